//! Lints near-duplicate documents in different splits. A system tuned on one is then measured on
//! the other, which overestimates how well it generalises.

use std::collections::BTreeMap;

use super::finding::View;
use super::shingles::{ShingleOverlap, near_duplicates};
use super::splits::{location, members};
use super::{Finding, Lint, Severity};
use crate::error::Diagnostic;

/// Reports two documents of different splits that are near-duplicates; identical ones are errors.
pub(super) const LEAK: Lint = Lint {
    code: "split-leak",
    level: Severity::Warning,
    what: "documents of two splits share half of their five-word sequences; an error if they share all of them",
    check,
};

fn check(view: &View<'_>) -> Vec<Finding> {
    let mut homes: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for (split, at, id) in members(view) {
        homes.entry(id).or_insert((split, at));
    }
    let documents: Vec<_> =
        view.cases.iter().filter_map(|case| Some((case.id, case.document?.text(), *homes.get(case.id)?))).collect();
    let texts: Vec<&str> = documents.iter().map(|(_, text, _)| *text).collect();
    let pairs = near_duplicates(&texts, |a, b| documents[a].2.0 != documents[b].2.0);
    let finding = |((a, b), similarity): (&(usize, usize), &ShingleOverlap)| {
        // The finding is located where the later of the two splits names its document.
        let (mut first, mut second) = (documents[*a], documents[*b]);
        if first.2 > second.2 {
            (first, second) = (second, first);
        }
        let names = format!("{:?} of `{}` and {:?} of `{}`", first.0, first.2.0, second.0, second.2.0);
        let (level, message) = if similarity.shared == similarity.of {
            (Severity::Error, format!("{names} are the same text"))
        } else {
            (
                LEAK.level,
                format!("{names} share {} of their {} sequences of five words", similarity.shared, similarity.of),
            )
        };
        let diagnostic = Diagnostic::new(message)
            .help("a system tuned on one split has seen the documents of the other: keep both in one split");
        Finding { level, ..LEAK.finding(location(second.2.0, second.2.1), diagnostic) }
    };
    pairs.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::Severity;
    use crate::check::testing::{findings_with, messages};

    #[test]
    fn only_across_splits() {
        let a = "The mayor of Oslo opened the new bridge on Monday.";
        let b = "The mayor of Oslo opened the new bridge on Sunday.";
        let c = "Nobody came to the old town hall, it was said.";
        let texts = [(a, "{}"), (b, "{}"), (c, "{}"), (a, "{}"), (c, "{}")];
        let info = "[splits]\ntest = [\"d0\", \"d2\", \"d4\"]\ndev = [\"d1\", \"d3\"]\n";
        let found = findings_with(info, &texts);
        assert_eq!(
            messages(&found, "split-leak"),
            [
                "\"d1\" of `dev` and \"d0\" of `test` share 5 of their 7 sequences of five words",
                "\"d3\" of `dev` and \"d0\" of `test` are the same text"
            ]
        );
        assert_eq!(found.iter().filter(|finding| finding.level == Severity::Error).count(), 1);
    }
}
