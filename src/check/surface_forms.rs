//! Collects the surface forms of a dataset, the words that its entities cover, and lints forms that
//! have different labels. Many forms are truly ambiguous, so the finding is a warning and names the
//! most frequent label.

use std::collections::BTreeMap;

use super::case::{GoldenCase, brief, entity, key, times};
use super::finding::View;
use super::{Finding, Lint, Severity};
use crate::error::Diagnostic;

/// Reports words that are labelled differently in the dataset.
pub(super) const MIXED_LABELS: Lint =
    Lint { code: "mixed-labels", level: Severity::Warning, what: "the same words are labelled differently", check };

/// An entity with a form: its document, and its index in the list of entities.
pub(super) struct FormOccurrence<'a> {
    pub case: &'a GoldenCase<'a>,
    pub at: usize,
}

/// The labels of a form, each with its mentions in the order of the documents.
pub(super) type Labels<'a> = BTreeMap<&'a str, Vec<FormOccurrence<'a>>>;

/// Returns all forms that contain a letter or a digit, with white space normalised to single
/// spaces. Optional, ignored and discontinuous entities are skipped.
pub(super) fn forms<'a>(view: &View<'a>) -> BTreeMap<String, Labels<'a>> {
    let mut forms: BTreeMap<String, Labels<'a>> = BTreeMap::new();
    for case in view.cases {
        for (at, entity) in case.entities() {
            if entity.optional || !entity.fragments.is_empty() || case.ignores(entity) {
                continue;
            }
            let Some(surface) = case.surface(entity) else { continue };
            if surface.contains(char::is_alphanumeric) {
                let form = surface.split_whitespace().collect::<Vec<_>>().join(" ");
                forms.entry(form).or_default().entry(&entity.label).or_default().push(FormOccurrence { case, at });
            }
        }
    }
    forms
}

/// Returns the labels of a form, the most frequent first.
fn by_frequency<'a, 'm>(labels: &'m Labels<'a>) -> Vec<(&'a str, &'m [FormOccurrence<'a>])> {
    let mut ordered: Vec<_> = labels.iter().map(|(label, mentions)| (*label, mentions.as_slice())).collect();
    ordered.sort_by_key(|(_, mentions)| std::cmp::Reverse(mentions.len()));
    ordered
}

/// Describes the labels of a form with their counts, the most frequent first.
pub(super) fn describe_labels(labels: &Labels<'_>) -> String {
    let part = |(label, mentions): (&str, &[FormOccurrence<'_>])| format!("{label} {}", times(mentions.len()));
    by_frequency(labels).into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Returns one finding for each form with several labels, at the first mention with the rarest
/// label.
fn check(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (form, labels) in &forms(view) {
        let ordered = by_frequency(labels);
        let [(usual, others), .., (_, [mention, ..])] = ordered.as_slice() else { continue };
        let diagnostic = Diagnostic::new(format!("{} is labelled {}", brief(form), describe_labels(labels)));
        let diagnostic = match others.first() {
            Some(first) => {
                let element = first.at + 1;
                diagnostic
                    .help(format!("is this one meant differently? {usual} is element {element} of {:?}", first.case.id))
            }
            None => diagnostic,
        };
        findings.push(MIXED_LABELS.at(mention.case, [entity(mention.at), vec![key("label")]].concat(), diagnostic));
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{findings_with, messages};

    #[test]
    fn counts_go_over_the_whole_dataset() {
        let labelled = |label: &str| format!(r#"{{"entities": [{{"start": 0, "end": 4, "label": "{label}"}}]}}"#);
        let (gpe, org) = (labelled("GPE"), labelled("ORG"));
        let found = findings_with("", &[("Oslo", &gpe), ("Oslo", &org), ("Oslo", &gpe), ("OSLO", &org)]);
        assert_eq!(messages(&found, "mixed-labels"), ["\"Oslo\" is labelled GPE twice, ORG once"]);
        assert_eq!(found[0].diagnostic.document.as_deref(), Some("d1"));
    }
}
