//! Lints entity labels outside the inventory that `dataset.toml` declares. No extractor can match a
//! misspelt label.

use super::case::{entity, key};
use super::finding::View;
use super::{Finding, Lint, Severity};
use crate::error::Diagnostic;

/// Reports a label that is not in the inventory. Datasets without an inventory are not checked.
pub(super) const UNKNOWN_LABEL: Lint = Lint {
    code: "unknown-label",
    level: Severity::Error,
    what: "a label that is not among the `labels` of dataset.toml",
    check,
};

fn check(view: &View<'_>) -> Vec<Finding> {
    let known = &view.info.labels;
    let mut findings = Vec::new();
    for case in view.cases.iter().filter(|_| !known.is_empty()) {
        for (at, found) in case.entities().filter(|(_, found)| !known.contains(&found.label)) {
            let diagnostic = Diagnostic::new(format!("the dataset has no label {:?}", found.label));
            let diagnostic = diagnostic.help_with_nearest(&found.label, known.iter().map(String::as_str));
            findings.push(UNKNOWN_LABEL.at(case, [entity(at), vec![key("label")]].concat(), diagnostic));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::check::testing::findings_with;

    #[test]
    fn the_nearest_label_is_proposed() {
        let texts = [("Ada", r#"{"entities": [{"start": 0, "end": 3, "label": "PERSN"}]}"#)];
        let found = findings_with("labels = [\"PERSON\", \"ORG\"]", &texts);
        assert_eq!(found[0].diagnostic.help.as_deref(), Some("did you mean `PERSON`?"));
        assert!(findings_with("", &texts).is_empty());
    }
}
