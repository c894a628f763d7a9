//! The metric group of events: counts events and lists them as items.

use std::collections::BTreeSet;

use super::argument;
use super::resolved::{EventComparison, ResolvedEvent, resolve};
use crate::align::OverlapIndex;
use crate::document::{Annotations, Layer};
use crate::metric::by_label::ByLabel;
use crate::metric::candidates;
use crate::metric::pairing::{Pairing, Possible};
use crate::metric::signature::{BETA, EMPTY, Signature};
use crate::metric::statistics::Name;
use crate::metric::target::is_ignored;
use crate::metric::{CONFIDENCE, Case, Class, Headline, Item, MetricGroup, Options, Outcome, Statistics, confidence};

/// Triggers with arguments.
pub struct Events;

/// The name of a metric and which pairs it counts as correct.
type Mode = (&'static str, fn(&EventComparison) -> bool);

const MODES: [Mode; 3] = [
    ("strict", |verdict| verdict.strict),
    ("trigger", |verdict| verdict.trigger()),
    ("trigger-id", |verdict| verdict.same_place),
];

impl MetricGroup for Events {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Events
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        let events = gold.events.as_ref()?.iter();
        let counted = events.filter(|event| !is_ignored((event.trigger.start, event.trigger.end), &gold.ignore));
        Some(counted.count() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        ["strict", "trigger", "trigger-id", "argument", "argument-id", CONFIDENCE].map(Name::from).to_vec()
    }

    fn signature(&self, metric: &str, options: &Options) -> Signature {
        let signature = Signature::of("events").with("align", "karat-events-1");
        if metric == CONFIDENCE {
            return confidence::sign(signature.with("arguments", "multiset"), Some("strict"), &options.confidence);
        }
        let signature = signature.with("scheme", "ace-2005").with("mode", metric.to_owned());
        signature.with("arguments", "multiset").open(BETA, "1").open(EMPTY, "null")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("strict", "f1"))
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let (gold, predicted) = (resolve(case.gold, case), resolve(case.predicted, case));
        let required = vec![false; gold.len()];
        let pairing = Pairing::new(&required, predicted.len(), &possible(&gold, &predicted), EventComparison::gain);
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
        let of_arguments = argument::count(&gold, &predicted, &mut statistics);
        let of_events = pairing.warning_if(pairing.pairs.iter().any(|(_, _, verdict)| verdict.is_greedy));
        let warnings = of_events.or(of_arguments).into_iter().collect();
        Outcome { statistics, items: items(&gold, &predicted, &pairing), warnings, ..Outcome::default() }
    }
}

/// Returns the pairs whose triggers overlap: all of them, or of too many those with equal triggers
/// and those with the nearest ones.
fn possible(gold: &[ResolvedEvent<'_>], predicted: &[ResolvedEvent<'_>]) -> Possible<EventComparison> {
    let trigger = |event: &ResolvedEvent<'_>| event.trigger;
    let index = OverlapIndex::new(predicted.iter().map(trigger).zip(0..));
    let located: Vec<_> = gold.iter().map(trigger).zip(0..).collect();
    let all = candidates::overlapping(&located, &index, predicted.len());
    let found = all.unwrap_or_else(|| {
        let mut found = candidates::nearest(&located, &index);
        found.extend(candidates::equal(
            gold.iter().map(ResolvedEvent::content).zip(0..),
            predicted.iter().map(ResolvedEvent::content).zip(0..),
        ));
        let typed = |event: &ResolvedEvent<'_>| (event.trigger, event.label.to_owned());
        found.extend(candidates::equal(gold.iter().map(typed).zip(0..), predicted.iter().map(typed).zip(0..)));
        found.extend(candidates::equal(located.iter().copied(), predicted.iter().map(trigger).zip(0..)));
        found
    });
    Possible::new(found, |g, p| gold[g].compare(&predicted[p]))
}

fn items(gold: &[ResolvedEvent<'_>], predicted: &[ResolvedEvent<'_>], pairing: &Pairing<EventComparison>) -> Vec<Item> {
    let pair = |&(g, p, verdict): &(usize, usize, EventComparison)| {
        let with_labels = verdict.class() == Class::WrongValue;
        Item::pair(verdict.class(), gold[g].side(with_labels), predicted[p].side(with_labels))
    };
    let mut items: Vec<Item> = pairing.pairs.iter().map(pair).collect();
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

    use super::Events;
    use crate::document::{Annotations, Layer, Region};
    use crate::metric::{Case, Class, Counts, MetricGroup, Options, Outcome, Statistic, StatisticKey};

    /// Entities a to e of three code points each, ten apart, and events: `E1 Attack 100 AGENT:a
    /// PLACE:e`.
    fn annotations(events: &[&str]) -> Annotations {
        let entity = |(at, id): (usize, char)| json!({"id": id, "start": 10 * at, "end": 10 * at + 3, "label": "PERSON", "text": id});
        let entities: Value = "abcde".chars().enumerate().map(entity).collect();
        let event = |text: &&str| {
            let words: Vec<&str> = text.split(' ').collect();
            let start: u32 = words[2].parse().unwrap();
            let argument =
                |word: &&str| word.split_once(':').map(|(role, target)| json!({"role": role, "target": target}));
            let arguments: Vec<Value> = words[3..].iter().filter_map(argument).collect();
            let trigger = json!({"start": start, "end": start + 5, "text": "raids"});
            json!({"id": words[0], "label": words[1], "trigger": trigger, "arguments": arguments})
        };
        let events: Value = events.iter().map(event).collect();
        serde_json::from_value(json!({"entities": entities, "events": events})).unwrap()
    }

    fn count(gold: &Annotations, predicted: &Annotations) -> Outcome {
        let options = Options::default();
        Events.count(&Layer::Events, &Case { document: None, gold, predicted, options: &options })
    }

    /// Returns the numbers of correct, incorrect, missed and spurious items.
    fn counts(outcome: &Outcome, metric: &'static str) -> [u64; 4] {
        match outcome.statistics.get(&StatisticKey::whole(metric)) {
            Some(Statistic::Matches { counts: Counts { correct, incorrect, missed, spurious, .. }, .. }) => {
                [*correct, *incorrect, *missed, *spurious]
            }
            other => panic!("{metric}: {other:?}"),
        }
    }

    #[test]
    fn five_metrics() {
        let gold = annotations(&[
            "E1 Attack 100 AGENT:a PLACE:e",
            "E2 Attack 200 AGENT:b",
            "E3 Meet 300 WHO:a WHO:c",
            "E4 Die 400",
        ]);
        let predicted = annotations(&[
            "F1 Attack 100 PLACE:e AGENT:a",
            "F2 Attack 200 PLACE:b AGENT:d",
            "F3 Attack 300 WHO:a",
            "F4 Die 402",
            "F5 Die 500",
            "F6 Die 500",
        ]);
        let outcome = count(&gold, &predicted);
        assert_eq!(counts(&outcome, "strict"), [1, 3, 0, 2]);
        assert_eq!(counts(&outcome, "trigger"), [2, 2, 0, 2]);
        assert_eq!(counts(&outcome, "trigger-id"), [3, 1, 0, 2]);
        // Correct: a and e of the first attack. Wrong role: b of the second. The meeting's
        // arguments have another event type.
        assert_eq!(counts(&outcome, "argument"), [2, 1, 2, 2]);
        assert_eq!(counts(&outcome, "argument-id"), [3, 0, 2, 2]);
        use Class::{Correct, Duplicate, Misbounded, Mislabelled, Spurious, WrongValue};
        let classes: Vec<Class> = outcome.items.iter().map(|item| item.class).collect();
        assert_eq!(classes, [Correct, WrongValue, Mislabelled, Misbounded, Spurious, Duplicate]);
        assert_eq!(outcome.items[1].predicted.as_ref().unwrap().text, "raids(AGENT: d [PERSON], PLACE: b [PERSON])");
        assert_eq!(outcome.items[0].gold, outcome.items[0].predicted);
    }

    #[test]
    fn an_event_as_an_argument_is_its_trigger_and_type() {
        let gold = annotations(&["E1 Attack 100", "E2 Report 200 WHAT:E1"]);
        let same = annotations(&["X Report 200 WHAT:Y", "Y Attack 100"]);
        assert_eq!(counts(&count(&gold, &same), "strict"), [2, 0, 0, 0]);
        let other_type = annotations(&["X Report 200 WHAT:Y", "Y Meet 100"]);
        assert_eq!(counts(&count(&gold, &other_type), "strict"), [0, 2, 0, 0]);
        assert_eq!(counts(&count(&gold, &other_type), "argument"), [1, 0, 0, 0]);
    }

    #[test]
    fn an_argument_in_strict_has_its_label_too() {
        let gold = annotations(&["E1 Attack 100 AGENT:a"]);
        let mut predicted = gold.clone();
        predicted.entities.as_mut().unwrap()[0].label = "ORG".to_owned();
        let outcome = count(&gold, &predicted);
        assert_eq!((counts(&outcome, "strict"), counts(&outcome, "argument")), ([0, 1, 0, 0], [1, 0, 0, 0]));
    }

    #[test]
    fn the_same_argument_twice_is_two() {
        let gold = annotations(&["E1 Attack 100 AGENT:a", "E2 Attack 200 AGENT:a"]);
        let outcome = count(&gold, &annotations(&["E1 Attack 100 AGENT:a AGENT:a AGENT:a"]));
        assert_eq!(counts(&outcome, "argument"), [2, 0, 0, 1]);
        assert_eq!(counts(&outcome, "strict"), [0, 1, 1, 0]);
    }

    #[test]
    fn optional_arguments_and_ignored_regions_count_on_neither_side() {
        let mut gold = annotations(&["E1 Attack 100 AGENT:a PLACE:e AIM:d", "E2 Attack 200 AGENT:b"]);
        gold.entities.as_mut().unwrap()[4].optional = true;
        gold.ignore = vec![Region { start: 30, end: 31 }, Region { start: 204, end: 300 }];
        for events in [&["E1 Attack 100 AGENT:a PLACE:e"][..], &["E1 Attack 100 AGENT:a AIM:d", "E2 Attack 200"]] {
            let outcome = count(&gold, &annotations(events));
            assert_eq!(counts(&outcome, "strict"), [1, 0, 0, 0]);
            assert_eq!(counts(&outcome, "argument"), [1, 0, 0, 0]);
        }
        assert_eq!(Events.gold_items(&Layer::Events, &gold, &Options::default()), Some(1));
    }
}
