//! Lints splits of `dataset.toml` that name documents that do not exist, or the same document
//! twice.

use std::collections::{BTreeMap, BTreeSet};

use super::case::key;
use super::finding::View;
use super::{Finding, FindingLocation, Lint, Severity};
use crate::document::Step;
use crate::error::Diagnostic;

/// Reports an id in a split that no document has.
pub(super) const UNKNOWN_ID: Lint = Lint {
    code: "split-unknown",
    level: Severity::Error,
    what: "a split of dataset.toml names an unknown document",
    check: unknown,
};

/// Reports a document that is in two splits, or twice in one.
pub(super) const TWO_SPLITS: Lint = Lint {
    code: "split-twice",
    level: Severity::Error,
    what: "a document is in two splits of dataset.toml, or twice in one",
    check: twice,
};

/// Iterates over the members of all splits, as (split, index in its list, document id).
pub(super) fn members<'a>(view: &View<'a>) -> impl Iterator<Item = (&'a str, usize, &'a str)> {
    view.info
        .splits
        .iter()
        .flat_map(|(split, ids)| ids.iter().enumerate().map(|(at, id)| (split.as_str(), at, id.as_str())))
}

/// Returns the location of a split's member in `dataset.toml`.
pub(super) fn location(split: &str, at: usize) -> FindingLocation {
    FindingLocation::Info(vec![key("splits"), key(split), Step::Index(at)])
}

fn unknown(view: &View<'_>) -> Vec<Finding> {
    // A document that could not be read may have the id that a split names.
    let Some(ids) = view.ids else { return Vec::new() };
    let known: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
    let finding = |(split, at, id): (&str, usize, &str)| {
        let diagnostic = Diagnostic::new(format!("the split `{split}` names {id:?}, which is not a document"));
        let diagnostic = match crate::nearest::nearest(id, known.iter().copied()) {
            Some(near) => diagnostic.help(format!("did you mean {near:?}?")),
            None => diagnostic.help("splits are lists of document ids"),
        };
        UNKNOWN_ID.finding(location(split, at), diagnostic)
    };
    members(view).filter(|(_, _, id)| !known.contains(id)).map(finding).collect()
}

fn twice(view: &View<'_>) -> Vec<Finding> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for (split, at, id) in members(view) {
        let Some(first) = seen.get(id) else {
            seen.insert(id, split);
            continue;
        };
        let diagnostic = match *first == split {
            true => Diagnostic::new(format!("{id:?} is twice in the split `{split}`")).help("remove one of the two"),
            false => Diagnostic::new(format!("{id:?} is in the splits `{first}` and `{split}`"))
                .help("a system tuned on one split has seen the documents of the other: keep it in one of them"),
        };
        findings.push(TWO_SPLITS.finding(location(split, at), diagnostic));
    }
    findings
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{findings_with, messages};

    #[test]
    fn unknown_ids_and_doubles() {
        let texts = [("a", "{}"), ("b", "{}")];
        let info = "[splits]\ndev = [\"d0\", \"d0\"]\ntest = [\"d1\", \"d11\", \"d0\"]\n";
        let found = findings_with(info, &texts);
        assert_eq!(messages(&found, "split-unknown"), ["the split `test` names \"d11\", which is not a document"]);
        assert_eq!(
            messages(&found, "split-twice"),
            ["\"d0\" is twice in the split `dev`", "\"d0\" is in the splits `dev` and `test`"]
        );
    }
}
