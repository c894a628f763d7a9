//! Surface forms: the words that entities cover, over the whole dataset. The same form with different labels is told.

use std::collections::BTreeMap;

use super::case::{Case, brief, entity, key, times};
use super::finding::View;
use super::{Finding, Level, Lint};
use crate::error::Diagnostic;

/// The same words, labelled differently.
pub(super) const MIXED_LABELS: Lint =
    Lint { code: "mixed-labels", level: Level::Warning, what: "the same words are labelled differently", check };

/// Where a form is labelled.
pub(super) struct Mention<'a> {
    pub case: &'a Case<'a>,
    pub at: usize,
}

/// The labels of a form, each with the mentions that have it, in the order of the documents.
pub(super) type Labels<'a> = BTreeMap<&'a str, Vec<Mention<'a>>>;

/// All forms with a letter or a digit in them, white space made one space. Optional, ignored and discontinuous entities
/// say nothing of a form.
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
                forms.entry(form).or_default().entry(&entity.label).or_default().push(Mention { case, at });
            }
        }
    }
    forms
}

/// The labels of a form, the most frequent first.
fn by_frequency<'a, 'm>(labels: &'m Labels<'a>) -> Vec<(&'a str, &'m [Mention<'a>])> {
    let mut ordered: Vec<_> = labels.iter().map(|(label, mentions)| (*label, mentions.as_slice())).collect();
    ordered.sort_by_key(|(_, mentions)| std::cmp::Reverse(mentions.len()));
    ordered
}

/// The labels of a form with their counts, the most frequent first.
pub(super) fn statistics(labels: &Labels<'_>) -> String {
    let part = |(label, mentions): (&str, &[Mention<'_>])| format!("{label} {}", times(mentions.len()));
    by_frequency(labels).into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// One finding for every form, at the first mention with the rarest label.
fn check(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (form, labels) in &forms(view) {
        let ordered = by_frequency(labels);
        let [(usual, others), .., (_, [mention, ..])] = ordered.as_slice() else { continue };
        let diagnostic = Diagnostic::new(format!("{} is labelled {}", brief(form), statistics(labels)));
        let diagnostic = match others.first() {
            Some(first) => {
                let element = first.at + 1;
                diagnostic
                    .help(format!("is this one meant otherwise? {usual} is element {element} of {:?}", first.case.id))
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
