//! Lints overlapping entities in datasets that do not declare nested entities. A flat tagger can
//! predict only one of the two, so the other always counts as missed.

use std::collections::{BTreeSet, VecDeque};

use super::case::{GoldenCase, brief, entity, identity};
use super::finding::View;
use super::{Finding, Lint, Severity};
use crate::align::LabelledSpan;
use crate::document::Entity;
use crate::error::Diagnostic;

/// Reports two entities that share words.
pub(super) const OVERLAP: Lint = Lint {
    code: "overlap",
    level: Severity::Error,
    what: "two entities share words, and dataset.toml does not set `nested = true`",
    check,
};

fn check(view: &View<'_>) -> Vec<Finding> {
    if view.info.nested { Vec::new() } else { view.cases.iter().flat_map(in_case).collect() }
}

/// Returns one finding for each entity that overlaps an earlier one. Optional entities are skipped,
/// since they are alternative labels of the same words.
fn in_case(case: &GoldenCase<'_>) -> Vec<Finding> {
    let mut entities: Vec<(usize, &Entity)> = case.entities().filter(|(_, entity)| !entity.optional).collect();
    entities.sort_by_key(|(at, entity)| (entity.start, entity.end, *at));
    // Of copies, which are findings of another lint, the first is compared with what follows.
    let mut seen = BTreeSet::new();
    let mut open: VecDeque<&Entity> = VecDeque::new();
    let mut findings = Vec::new();
    for (at, this) in entities {
        while open.front().is_some_and(|other| other.end <= this.start) {
            open.pop_front();
        }
        if let Some(other) = open.iter().find(|other| other.end > this.start && clash(this, other)) {
            let describe = |entity: &Entity| {
                let text = case.surface(entity).map_or_else(String::new, |text| format!(" {}", brief(text)));
                format!("{}{text} at {}..{}", entity.label, entity.start, entity.end)
            };
            let message = format!("{} overlaps {}", describe(this), describe(other));
            let help =
                "keep one of the two, mark the other `\"optional\": true`, or set `nested = true` in dataset.toml";
            findings.push(OVERLAP.at(case, entity(at), Diagnostic::new(message).help(help)));
        }
        if seen.insert(identity(this)) {
            open.push_back(this);
        }
    }
    findings
}

fn clash(a: &Entity, b: &Entity) -> bool {
    let item = |entity: &Entity| LabelledSpan {
        fragments: entity.fragments.clone(),
        ..LabelledSpan::new(entity.start, entity.end, 0)
    };
    identity(a) != identity(b) && item(a).shared(&item(b)) > 0
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{findings_with, messages};

    const GOLD: &str = r#"{"entities": [{"start": 5, "end": 9, "label": "B"}, {"start": 0, "end": 9, "label": "A"},
        {"start": 9, "end": 12, "label": "A"}, {"start": 0, "end": 4, "label": "C", "optional": true}]}"#;

    #[test]
    fn nested_entities_need_a_word_in_dataset_toml() {
        let texts = [("Bank of Oslo", GOLD)];
        assert_eq!(
            messages(&findings_with("", &texts), "overlap"),
            ["B \"of O\" at 5..9 overlaps A \"Bank of O\" at 0..9"]
        );
        assert!(messages(&findings_with("nested = true", &texts), "overlap").is_empty());
    }

    #[test]
    fn fragments_overlap_only_where_both_have_words() {
        let gold = r#"{"entities": [{"start": 0, "end": 12, "fragments": [[0, 4], [8, 12]], "label": "A"},
            {"start": 5, "end": 7, "label": "B"}, {"start": 8, "end": 9, "label": "B"}]}"#;
        let found = findings_with("", &[("Bank of Oslo", gold)]);
        assert_eq!(messages(&found, "overlap").len(), 1);
    }
}
