//! Counts every document of loaded answers.

use std::collections::BTreeMap;

use super::counts::SystemCounts;
use super::engine::Engine;
use super::wanted::Wanted;
use super::{Settings, System};
use crate::document::Reference;

/// Counts the answers of one system document by document, for the metrics in `wanted`. Item
/// outcomes are kept if the settings request documents.
pub fn count_system(
    references: &BTreeMap<String, Reference>,
    system: &System,
    settings: &Settings,
    wanted: &Wanted,
) -> SystemCounts {
    let settings = Settings { items: false, examples: false, ..settings.clone() };
    let mut engine = Engine::counting(&settings, wanted.clone());
    engine.count(references.iter(), system);
    let mut counts = engine.into_counts(&system.name);
    counts.cluster(references, &settings.cluster);
    counts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::count_system;
    use crate::document::{Annotations, Entity, Layer, Reference, Span};
    use crate::score::packed::PackedItem;
    use crate::score::wanted::Wanted;
    use crate::score::{Answer, Settings, Status, System, SystemCounts};

    fn annotations(spans: &[(u32, u32, &str)]) -> Annotations {
        let entity = |&(start, end, label): &(u32, u32, &str)| Entity::new(Span::new(start, end), label);
        Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
    }

    /// Generates 3,000 documents with all kinds of errors, in chunks with different labels, and one
    /// failed document.
    fn loaded() -> (BTreeMap<String, Reference>, System) {
        let labels = ["A", "B", "C", "D", "E", "F", "G"];
        let label = |at: u32| labels[at as usize % (3 + at as usize / 1000).min(7)];
        let (mut references, mut answers) = (BTreeMap::new(), BTreeMap::new());
        for at in 0..3_000_u32 {
            let id = format!("d{at:04}");
            let gold = [(0, 4, label(at)), (6, 9, label(at + 1)), (20, 30, label(at * 7)), (20, 30, label(at * 7))];
            let found =
                [(0, 4 + at % 2, label(at)), (6, 9, label(at + at % 3)), (20, 30, label(at * 7)), (40, 44, "Z")];
            references.insert(id.clone(), Reference { gold: annotations(&gold), ..Reference::default() });
            let answer = match at % 100 {
                99 => Answer::without(Status::Failed, "no"),
                _ => Answer::ok(annotations(&found)),
            };
            answers.insert(id, answer);
        }
        (references, System { name: "x".to_owned(), declared: [Layer::Entities].into(), answers })
    }

    fn all(counts: &SystemCounts) -> Vec<(String, crate::metric::Statistics, Vec<PackedItem<'_>>)> {
        let layer = counts.layer(&Layer::Entities).unwrap();
        let row = |row: u32| {
            let id = counts.documents()[layer.document(row) as usize].id.to_string();
            let statistics = layer.statistics(&[row], |key| key.metric != crate::metric::CONFIDENCE);
            (id, statistics, layer.outcomes(row).collect())
        };
        (0..layer.len() as u32).map(row).collect()
    }

    #[test]
    fn parts_in_any_order_are_the_whole() {
        let (references, system) = loaded();
        let settings = Settings::default();
        let of = |from: usize, to: usize| {
            let part = references.iter().skip(from).take(to - from).map(|(id, one)| (id.clone(), one.clone()));
            count_system(&part.collect(), &system, &settings, &Wanted::All)
        };
        let whole = of(0, 3_000);
        let mut parts = of(2_000, 3_000);
        parts.merge(of(0, 500));
        parts.merge(of(500, 2_000));
        let parts = parts.in_order();
        assert_eq!(all(&parts), all(&whole));
        assert_eq!(parts.unanswered(None), 30);
    }

    #[test]
    fn sums_that_are_not_wanted_are_not_kept() {
        let (references, system) = loaded();
        let settings = Settings::default();
        let wanted = Wanted::named(&["entities.exact.f1".to_owned()], &settings);
        let counts = count_system(&references, &system, &settings, &wanted);
        let keys = counts.layer(&Layer::Entities).unwrap().keys();
        assert!(keys.len() > 7 && keys.iter().all(|key| key.metric == "exact"), "{keys:?}");
    }
}
