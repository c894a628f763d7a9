//! The metric group of relations: counts relations and lists them as items.

use std::collections::BTreeSet;

use super::resolved::{RelationComparison, ResolvedRelation};
use crate::align::OverlapIndex;
use crate::document::{Annotations, Layer};
use crate::metric::by_label::ByLabel;
use crate::metric::candidates;
use crate::metric::pairing::{Pairing, Possible};
use crate::metric::signature::{BETA, EMPTY, Signature, escaped};
use crate::metric::statistics::Name;
use crate::metric::target::{Target, Targets};
use crate::metric::{CONFIDENCE, Case, Class, Headline, Item, MetricGroup, Options, Outcome, Statistics, confidence};

/// Labelled pairs of entities.
pub struct Relations;

/// The name of a metric and which pairs it counts as correct.
type Mode = (&'static str, fn(&RelationComparison) -> bool);

const MODES: [Mode; 3] = [
    ("strict", |verdict| verdict.strict),
    ("boundaries", |verdict| verdict.boundaries),
    ("pair", |verdict| verdict.pair),
];

impl MetricGroup for Relations {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Relations
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, options: &Options) -> Option<u64> {
        gold.relations.as_ref()?;
        let case = Case { document: None, gold, predicted: gold, options };
        Some(resolve(gold, &case).iter().filter(|relation| !relation.is_optional()).count() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        MODES.iter().map(|(name, _)| *name).chain([CONFIDENCE]).map(Name::from).collect()
    }

    fn signature(&self, metric: &str, options: &Options) -> Signature {
        let symmetric: Vec<String> = options.relations.symmetric.iter().map(|label| escaped(label, &['+'])).collect();
        let symmetric = if symmetric.is_empty() { "none".to_owned() } else { symmetric.join("+") };
        let signature = Signature::of("relations").with("align", "karat-relations-1");
        if metric == CONFIDENCE {
            return confidence::sign(signature.with("symmetric", symmetric), Some("strict"), &options.confidence);
        }
        let signature = signature.with("mode", metric.to_owned()).with("symmetric", symmetric);
        signature.open(BETA, "1").open(EMPTY, "null")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("strict", "f1"))
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let (gold, predicted) = (resolve(case.gold, case), resolve(case.predicted, case));
        let optional: Vec<bool> = gold.iter().map(ResolvedRelation::is_optional).collect();
        let pairing = Pairing::new(&optional, predicted.len(), &possible(&gold, &predicted), RelationComparison::gain);
        let mut statistics = Statistics::default();
        for (mode, is_right) in MODES {
            let mut labels = ByLabel::default();
            for (g, p, verdict) in &pairing.pairs {
                labels.pair(gold[*g].label, predicted[*p].label, is_right(verdict));
            }
            pairing.missed.iter().for_each(|&g| labels.missed(gold[g].label));
            pairing.spurious.iter().for_each(|&p| labels.spurious(predicted[p].label));
            labels.add_to(&mut statistics, mode);
        }
        let (label, found) = (|g: usize| gold[g].label, |p: usize| (predicted[p].label, predicted[p].sure));
        pairing.rank(&case.options.confidence, label, found, |verdict| verdict.strict, &mut statistics);
        let warnings = pairing.warning().into_iter().collect();
        Outcome { statistics, items: items(&gold, &predicted, &pairing), warnings, ..Outcome::default() }
    }
}

/// Returns the relations outside ignored regions, in an order that depends only on their content.
fn resolve<'a>(annotations: &'a Annotations, case: &Case<'a>) -> Vec<ResolvedRelation<'a>> {
    let targets = Targets::new(annotations, case);
    let relations = annotations.relations.iter().flatten();
    let mut resolved: Vec<_> =
        relations.map(|relation| ResolvedRelation::new(relation, &targets, &case.options.relations)).collect();
    resolved.retain(|relation| !relation.is_ignored());
    resolved.sort();
    resolved
}

/// Returns the pairs whose arguments overlap: all of them, or of too many those with equal
/// arguments and those with the nearest heads or tails.
fn possible(gold: &[ResolvedRelation<'_>], predicted: &[ResolvedRelation<'_>]) -> Possible<RelationComparison> {
    type End = for<'r, 'a> fn(&'r ResolvedRelation<'a>) -> &'r Target<'a>;
    const ENDS: [End; 2] = [|relation| &relation.head, |relation| &relation.tail];
    // A symmetric relation is compared in both directions.
    let ranges = predicted
        .iter()
        .enumerate()
        .flat_map(|(p, relation)| ENDS.into_iter().filter_map(move |end| Some((end(relation).range()?, p))));
    let index = OverlapIndex::new(ranges);
    // Heads that all overlap, such as one entity with many relations, often have tails that do not.
    let of_gold = ENDS.map(|end| -> Vec<_> {
        gold.iter().enumerate().flat_map(|(g, relation)| end(relation).ranges().map(move |range| (range, g))).collect()
    });
    let fewest = of_gold
        .iter()
        .min_by_key(|located| located.iter().map(|(range, _)| index.count_overlapping(*range)).sum::<usize>());
    let all = fewest.and_then(|located| candidates::overlapping(located, &index, predicted.len()));
    let found = all.unwrap_or_else(|| {
        let mut found = candidates::equal(
            gold.iter().map(ResolvedRelation::content).zip(0..),
            predicted.iter().map(ResolvedRelation::content).zip(0..),
        );
        let ranges = |relation: &ResolvedRelation<'_>| ENDS.map(|end| end(relation).range());
        found.extend(candidates::equal(gold.iter().map(ranges).zip(0..), predicted.iter().map(ranges).zip(0..)));
        of_gold.iter().for_each(|located| found.extend(candidates::nearest(located, &index)));
        found
    });
    Possible::new(found, |g, p| gold[g].compare(&predicted[p]))
}

fn items(
    gold: &[ResolvedRelation<'_>],
    predicted: &[ResolvedRelation<'_>],
    pairing: &Pairing<RelationComparison>,
) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    for (g, p, verdict) in &pairing.pairs {
        let with_labels = verdict.boundaries && !verdict.strict;
        items.push(Item::pair(verdict.class(), gold[*g].side(with_labels), predicted[*p].side(with_labels)));
    }
    items.extend(pairing.missed.iter().map(|&g| Item::missed(gold[g].side(false))));
    // Of equal predictions, one is counted by its own outcome; the others are duplicates.
    let mut seen: BTreeSet<_> = pairing.pairs.iter().map(|(_, p, _)| predicted[*p].content()).collect();
    for &p in &pairing.spurious {
        let class = if seen.insert(predicted[p].content()) { Class::Spurious } else { Class::Duplicate };
        items.push(Item::spurious(class, predicted[p].side(false)));
    }
    items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
    items
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Relations;
    use crate::document::{Annotations, Layer};
    use crate::metric::{Case, Class, Counts, MetricGroup, Options, Outcome, Statistic, StatisticKey};

    /// Entities a to f of three code points each, ten apart, all but the last two people.
    fn entities() -> Value {
        let label = |at: usize| if at < 4 { "PERSON" } else { "ORG" };
        let entity = |(at, id): (usize, char)| json!({"id": id, "start": 10 * at, "end": 10 * at + 3, "label": label(at), "text": id});
        "abcdef".chars().enumerate().map(entity).collect()
    }

    /// Builds relations written as `a LEADS e`.
    fn annotations(relations: &[&str]) -> Annotations {
        let relation = |text: &&str| {
            let words: Vec<&str> = text.split(' ').collect();
            json!({"head": words[0], "label": words[1], "tail": words[2]})
        };
        let relations: Value = relations.iter().map(relation).collect();
        serde_json::from_value(json!({"entities": entities(), "relations": relations})).unwrap()
    }

    fn count(gold: &Annotations, predicted: &Annotations, options: &str) -> Outcome {
        let options: Options = toml::from_str(options).unwrap();
        Relations.count(&Layer::Relations, &Case { document: None, gold, predicted, options: &options })
    }

    /// Returns the numbers of correct, incorrect, missed and spurious items.
    fn counts(outcome: &Outcome, mode: &'static str) -> [u64; 4] {
        match outcome.statistics.get(&StatisticKey::whole(mode)) {
            Some(Statistic::Matches { counts: Counts { correct, incorrect, missed, spurious, .. }, .. }) => {
                [*correct, *incorrect, *missed, *spurious]
            }
            other => panic!("{mode}: {other:?}"),
        }
    }

    fn classes(outcome: &Outcome) -> Vec<Class> {
        outcome.items.iter().map(|item| item.class).collect()
    }

    #[test]
    fn types_directions_and_unknown_ids() {
        let gold = annotations(&["a LEADS e", "b LEADS f", "c KNOWS d", "a KNOWS b"]);
        let predicted = annotations(&["a LEADS e", "b OWNS f", "d KNOWS c", "c LEADS e", "a LEADS e"]);
        let outcome = count(&gold, &predicted, "");
        // A relation with head and tail swapped does not match.
        assert_eq!(counts(&outcome, "strict"), [1, 1, 2, 3]);
        assert_eq!(counts(&outcome, "pair"), [2, 0, 2, 3]);
        use Class::{Correct, Duplicate, Mislabelled, Missed, Spurious};
        assert_eq!(classes(&outcome), [Missed, Correct, Duplicate, Mislabelled, Missed, Spurious, Spurious]);
        assert_eq!(outcome.items[1].gold.as_ref().unwrap().text, "a -LEADS-> e");
        assert_eq!(
            (outcome.items[1].span(), &*outcome.items[3].predicted.as_ref().unwrap().text),
            (Some((0, 43)), "b -OWNS-> f")
        );
    }

    #[test]
    fn symmetric_types_have_no_direction_and_the_others_keep_theirs() {
        let (gold, predicted) = (annotations(&["a KNOWS b", "a LEADS e"]), annotations(&["b KNOWS a", "e LEADS a"]));
        let outcome = count(&gold, &predicted, "[relations]\nsymmetric = [\"KNOWS\"]");
        assert_eq!(counts(&outcome, "strict"), [1, 0, 1, 1]);
        assert_eq!(outcome.items[0].gold, outcome.items[0].predicted);
        assert_eq!(outcome.items[0].gold.as_ref().unwrap().text, "a -KNOWS- b");
    }

    #[test]
    fn labels_of_arguments_count_in_strict_alone() {
        let gold = annotations(&["a LEADS e"]);
        let mut predicted = gold.clone();
        predicted.entities.as_mut().unwrap()[4].label = "GPE".to_owned();
        let outcome = count(&gold, &predicted, "");
        assert_eq!((counts(&outcome, "strict"), counts(&outcome, "boundaries")), ([0, 1, 0, 0], [1, 0, 0, 0]));
        assert_eq!(classes(&outcome), [Class::Mislabelled]);
        let text = |side: &Option<crate::metric::Side>| side.as_ref().unwrap().text.clone();
        assert_eq!(text(&outcome.items[0].gold), "a [PERSON] -LEADS-> e [ORG]");
        assert_eq!(text(&outcome.items[0].predicted), "a [PERSON] -LEADS-> e [GPE]");
    }

    #[test]
    fn boundaries_and_fragments_of_arguments_count() {
        let gold = annotations(&["a LEADS e"]);
        let mut predicted = gold.clone();
        predicted.entities.as_mut().unwrap()[4].end = 42;
        assert_eq!(counts(&count(&gold, &predicted, ""), "pair"), [0, 1, 0, 0]);
        assert_eq!(classes(&count(&gold, &predicted, "")), [Class::Misbounded]);
        let mut predicted = gold.clone();
        predicted.entities.as_mut().unwrap()[4].fragments = vec![(40, 41), (42, 43)];
        assert_eq!(counts(&count(&gold, &predicted, ""), "boundaries"), [0, 1, 0, 0]);
    }

    #[test]
    fn an_argument_may_be_any_alternative_of_the_gold_entity() {
        let mut gold = annotations(&["a LEADS e"]);
        let alternatives = json!([{"start": 40, "end": 45}, {"label": "GPE"}]);
        gold.entities.as_mut().unwrap()[4].alternatives = serde_json::from_value(alternatives).unwrap();
        let mut predicted = annotations(&["a LEADS e"]);
        predicted.entities.as_mut().unwrap()[4].end = 45;
        assert_eq!(counts(&count(&gold, &predicted, ""), "strict"), [1, 0, 0, 0]);
        // The span of one alternative with the label of the other is neither of the two.
        predicted.entities.as_mut().unwrap()[4].label = "GPE".to_owned();
        assert_eq!(counts(&count(&gold, &predicted, ""), "strict"), [0, 1, 0, 0]);
        predicted.entities.as_mut().unwrap()[4].end = 43;
        assert_eq!(counts(&count(&gold, &predicted, ""), "strict"), [1, 0, 0, 0]);
    }

    #[test]
    fn what_rests_on_an_optional_entity_or_lies_in_an_ignored_region_counts_on_neither_side() {
        let mut gold = annotations(&["a LEADS e", "b LEADS f", "c LEADS e"]);
        gold.entities.as_mut().unwrap()[1].optional = true;
        gold.ignore = vec![crate::document::Region { start: 20, end: 21 }];
        let predicted = annotations(&["a LEADS e", "b LEADS f", "c LEADS f"]);
        assert_eq!(counts(&count(&gold, &predicted, ""), "strict"), [1, 0, 0, 0]);
        assert_eq!(Relations.gold_items(&Layer::Relations, &gold, &Options::default()), Some(1));
        // A relation that gold does not have is spurious, even on an optional entity.
        assert_eq!(counts(&count(&gold, &annotations(&["b LEADS e"]), ""), "strict"), [0, 0, 1, 1]);
    }

    #[test]
    fn an_argument_that_there_is_not_is_never_right() {
        let gold = annotations(&["a LEADS x"]);
        let outcome = count(&gold, &gold.clone(), "");
        assert_eq!(counts(&outcome, "strict"), [0, 0, 1, 1]);
        assert_eq!(outcome.items[0].gold.as_ref().unwrap().text, "a -LEADS-> x");
    }

    #[test]
    fn the_signature_names_the_mode_and_the_symmetric_types() {
        let options: Options = toml::from_str("[relations]\nsymmetric = [\"Q\", \"P\"]").unwrap();
        let expected = "relations|align:karat-relations-1|mode:strict|symmetric:P+Q|beta:1|empty:null";
        assert_eq!(Relations.signature("strict", &options).to_string(), expected);
    }
}
