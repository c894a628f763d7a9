//! Lints layers that are empty, absent or unknown. An empty layer means that there is nothing to
//! find, and every prediction in it counts as spurious; an absent layer is not scored. Confusing
//! the two distorts precision.

use std::collections::BTreeMap;

use super::case::{GoldenCase, key};
use super::finding::View;
use super::{Finding, FindingLocation, Lint, Severity};
use crate::document::{Layer, Step};
use crate::error::Diagnostic;

/// Reports a layer that is empty in one document and not in others.
pub(super) const EMPTY_LAYER: Lint = Lint {
    code: "empty-layer",
    level: Severity::Warning,
    what: "a layer is empty in a document and not in others",
    check: empty,
};

/// Reports a declared layer that a golden file lacks.
pub(super) const ABSENT_LAYER: Lint = Lint {
    code: "absent-layer",
    level: Severity::Warning,
    what: "a golden file lacks a layer that is among the `layers` of dataset.toml",
    check: absent,
};

/// Reports a declared layer that karat does not know.
pub(super) const UNKNOWN_LAYER: Lint = Lint {
    code: "unknown-layer",
    level: Severity::Error,
    what: "dataset.toml declares a layer that karat does not know",
    check: unknown,
};

/// Returns the number of annotations in a layer; `None` if the layer was not annotated.
fn size(case: &GoldenCase<'_>, layer: &Layer) -> Option<usize> {
    let gold = case.gold;
    match layer {
        Layer::Entities => gold.entities.as_ref().map(Vec::len),
        Layer::Relations => gold.relations.as_ref().map(Vec::len),
        Layer::Events => gold.events.as_ref().map(Vec::len),
        Layer::Coreference => gold.coreference.as_ref().map(Vec::len),
        Layer::Records(name) => gold.records_of(name).map(<[_]>::len),
        Layer::KeyPoints => gold.key_points.as_ref().map(Vec::len),
        Layer::KeySentences => gold.key_sentences.as_ref().map(Vec::len),
        Layer::Summaries => gold.summaries.as_ref().map(Vec::len),
        Layer::Keyphrases => gold.keyphrases.as_ref().map(Vec::len),
        Layer::Scores(_) => None,
    }
}

fn path(layer: &Layer) -> Vec<Step> {
    match layer {
        Layer::Records(name) => vec![key("records"), key(name)],
        other => vec![key(&other.to_string())],
    }
}

fn empty(view: &View<'_>) -> Vec<Finding> {
    let mut filled: BTreeMap<Layer, usize> = BTreeMap::new();
    for case in view.cases {
        for layer in case.gold.layers() {
            if size(case, &layer) > Some(0) {
                *filled.entry(layer).or_default() += 1;
            }
        }
    }
    let mut findings = Vec::new();
    for case in view.cases.iter().filter(|case| case.document.is_none_or(|document| !document.text().trim().is_empty()))
    {
        for layer in case.gold.layers().into_iter().filter(|layer| size(case, layer) == Some(0)) {
            let Some(&others) = filled.get(&layer) else { continue };
            let others = if others == 1 {
                "another document has labels in it"
            } else {
                &format!("{others} other documents have labels in it")
            };
            let diagnostic = Diagnostic::new(format!("`{layer}` is empty, and {others}"));
            let diagnostic = diagnostic
                .help("an empty layer means that there is nothing to find; remove it if the layer was not labelled");
            findings.push(EMPTY_LAYER.at(case, path(&layer), diagnostic));
        }
    }
    findings
}

fn absent(view: &View<'_>) -> Vec<Finding> {
    let declared: Vec<Layer> = view.info.layers.iter().filter_map(|name| name.parse().ok()).collect();
    let mut findings = Vec::new();
    for case in view.cases {
        for layer in declared.iter().filter(|layer| size(case, layer).is_none()) {
            let diagnostic = Diagnostic::new(format!("`{layer}` is absent, and dataset.toml declares it"));
            let diagnostic = diagnostic
                .help("an absent layer is not scored; if it was labelled and nothing was found, write an empty list");
            findings.push(ABSENT_LAYER.at(case, Vec::new(), diagnostic));
        }
    }
    findings
}

fn unknown(view: &View<'_>) -> Vec<Finding> {
    let unknown_names = view.info.layers.iter().enumerate().filter(|(_, name)| name.parse::<Layer>().is_err());
    let finding = |(at, name): (usize, &String)| {
        let diagnostic = Diagnostic::new(format!("`{name}` is not a layer")).help_with_nearest(name, Layer::NAMES);
        UNKNOWN_LAYER.finding(FindingLocation::Info(vec![key("layers"), Step::Index(at)]), diagnostic)
    };
    unknown_names.map(finding).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{findings_with, messages};

    #[test]
    fn empty_absent_and_unknown() {
        let texts = [
            ("x y", r#"{"records": {"r": [{"a": 1}]}, "keyphrases": []}"#),
            ("x z", r#"{"records": {"r": []}, "keyphrases": []}"#),
            (" ", r#"{"records": {"r": []}}"#),
        ];
        let found = findings_with("layers = [\"records.r\", \"keyphrase\", \"keyphrases\"]", &texts);
        assert_eq!(messages(&found, "empty-layer"), ["`records.r` is empty, and another document has labels in it"]);
        assert_eq!(messages(&found, "absent-layer"), ["`keyphrases` is absent, and dataset.toml declares it"]);
        assert_eq!(messages(&found, "unknown-layer"), ["`keyphrase` is not a layer"]);
    }
}
