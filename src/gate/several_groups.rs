//! Tests of two metric groups on one layer, in every path that turns annotations into a verdict.

use std::collections::BTreeMap;

use super::{GateCase, GateVerdict, Rule, Spent, judge, noise};
use crate::compare::{CompareSettings, Comparison, compare, power_of_one};
use crate::document::{Annotations, Entity, Layer, Reference, Span};
use crate::metric::{
    self, Direction, METRIC_GROUPS, MetricGroup, Name, Options, Outcome, Signature, Statistic, StatisticKey,
};
use crate::preset::{self, NoReasons, Preset};
use crate::score::{Answer, Engine, Scores, Settings, System, headline_figure, score};

/// The number of predictions that are longer than every gold item of their document.
struct TooLong;

const TOO_LONG: &str = "too_long";
const NAME: &str = "entities.too_long";

impl MetricGroup for TooLong {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        Some(gold.entities.as_ref()?.len() as u64)
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![TOO_LONG.into()]
    }

    fn signature(&self, _: &str, _: &Options) -> Signature {
        Signature::of("too-long")
    }

    fn direction(&self, _: &str) -> Direction {
        Direction::Lower
    }

    fn count(&self, _: &Layer, case: &metric::Case<'_>) -> Outcome {
        let lengths = |side: &Annotations| -> Vec<u32> {
            side.entities.iter().flatten().map(|entity| entity.end - entity.start).collect()
        };
        let longest = lengths(case.gold).into_iter().max().unwrap_or(0);
        let sum = lengths(case.predicted).into_iter().filter(|length| *length > longest).count() as f64;
        let mut outcome = Outcome::default();
        outcome.statistics.add(StatisticKey::whole(TOO_LONG), Statistic::Amount { sum, documents: 1 });
        outcome
    }
}

/// A preset of these groups and [`TooLong`].
fn with_too_long(groups: &[&'static dyn MetricGroup]) -> &'static Preset {
    Box::leak(Box::new(Preset {
        name: "own",
        about: "a second group of entities",
        parity: "",
        metric_groups: Box::leak([groups, &[&TooLong]].concat().into_boxed_slice()),
        reasons: &NoReasons,
    }))
}

fn settings(preset: Option<&'static Preset>) -> Settings {
    Settings { preset, examples: true, ..Settings::default() }
}

const DOCUMENTS: u32 = 12;

fn annotations(spans: &[(u32, u32)]) -> Annotations {
    let entity = |&(start, end): &(u32, u32)| Entity::new(Span::new(start, end), "A");
    Annotations { entities: Some(spans.iter().map(entity).collect()), ..Annotations::default() }
}

fn references() -> BTreeMap<String, Reference> {
    let gold = || annotations(&[(0, 4), (10, 14)]);
    let reference = |at| (format!("d{at:02}"), Reference { gold: gold(), ..Reference::default() });
    (0..DOCUMENTS).map(reference).collect()
}

/// A system that makes one span too long in every `every`-th document.
fn system(every: u32) -> System {
    let answer = |at| {
        let end = if at % every == 0 { 19 } else { 14 };
        (format!("d{at:02}"), Answer::ok(annotations(&[(0, 4), (10, end)])))
    };
    let answers = (0..DOCUMENTS).map(answer).collect();
    System { name: format!("every {every}"), declared: [Layer::Entities].into(), answers }
}

fn value(scores: &Scores, name: &str) -> Option<f64> {
    scores.figures().find(|figure| figure.name.to_string() == name).unwrap_or_else(|| panic!("{name}")).value
}

/// All figures of karat are as without the second group, and its own figure is there too.
#[test]
fn a_second_group_adds_its_figures_and_changes_no_other() {
    let both = score(&references(), &system(3), &settings(Some(with_too_long(METRIC_GROUPS))));
    let alone = score(&references(), &system(3), &settings(None));
    let ([both, alone], name) = ([&both.layers[0], &alone.layers[0]], "entities.too_long");
    let (own, others): (Vec<_>, Vec<_>) = both.figures.iter().partition(|figure| figure.name.to_string() == name);
    assert_eq!(others, alone.figures.iter().collect::<Vec<_>>());
    let [own] = own[..] else { panic!("{own:?}") };
    assert_eq!(own.value, Some(4.0 / 12.0));
    assert_eq!(own.signature.to_string(), "too-long");
    assert!(own.interval.is_some());
    assert_eq!(headline_figure(both), headline_figure(alone));
    let of_document = |id: &str| {
        let mut figures = both.in_document(&both.documents[id]);
        figures.find(|(figure, _)| figure.to_string() == name).and_then(|(_, value)| value)
    };
    assert_eq!(["d00", "d01"].map(of_document), [Some(1.0), Some(0.0)]);
    assert_eq!(both.documents["d00"].items, alone.documents["d00"].items);
    assert_eq!((&both.items, &both.examples), (&alone.items, &alone.examples));
}

/// The fast path of one group does not leave out the other.
#[test]
fn several_groups_have_no_fast_path() {
    let (alone, both) = (settings(None), settings(Some(with_too_long(METRIC_GROUPS))));
    let [alone, both] = [alone, both].map(|settings| Settings { documents: false, examples: false, ..settings });
    assert!(Engine::new(&alone).plain_counter().is_some());
    assert!(Engine::new(&both).plain_counter().is_none());
    assert!(Engine::new(&both).tag_counter().is_none());
}

fn compared(settings: &Settings, metrics: &[&str]) -> Comparison {
    let metrics = metrics.iter().map(|name| (*name).to_owned()).collect();
    let asked = CompareSettings { metrics, ..CompareSettings::default() };
    compare(&references(), &system(4), &system(1), settings, &asked).unwrap()
}

#[test]
fn a_figure_of_the_second_group_is_compared_and_judged_by_its_direction() {
    let settings = settings(Some(with_too_long(METRIC_GROUPS)));
    let comparison = compared(&settings, &[NAME]);
    let figure = comparison.figures().find(|figure| figure.name.to_string() == NAME).unwrap();
    assert!(figure.decides);
    assert_eq!((figure.base, figure.candidate), (Some(3.0 / 12.0), Some(1.0)));
    assert_eq!((figure.direction, figure.gain()), (Direction::Lower, Some(-0.75)));
    let scores = score(&references(), &system(1), &settings);
    let judged = |margin| {
        let rule = Rule { metric: Some(NAME.to_owned()), margin: Some(margin), ..Rule::default() };
        let case = GateCase {
            dataset: "",
            extractor: "",
            slice: None,
            comparison: Some(&comparison),
            scores: &scores,
            documents: DOCUMENTS as usize,
            failed: 0,
            spent: Spent::default(),
        };
        let findings = judge(&[(&rule, case)]);
        assert_eq!(findings.len(), 1);
        findings[0].verdict
    };
    assert_eq!([judged(1.5), judged(0.01)], [GateVerdict::Pass, GateVerdict::Fail]);
}

#[test]
fn karats_comparison_is_the_same_beside_a_second_group() {
    let [both, alone] = [Some(with_too_long(METRIC_GROUPS)), None].map(|preset| compared(&settings(preset), &[]));
    // The adjusted p-value of a figure that does not decide depends on the number of figures.
    let deciding =
        |comparison: &Comparison| -> Vec<_> { comparison.figures().filter(|figure| figure.decides).cloned().collect() };
    assert_eq!(deciding(&both), deciding(&alone));
    assert_eq!(deciding(&both)[0].name.to_string(), "entities.strict.f1");
}

#[test]
fn power_and_noise_know_both_groups() {
    let settings = settings(Some(with_too_long(METRIC_GROUPS)));
    let names = |metrics: &[&str]| -> Vec<String> {
        let metrics: Vec<String> = metrics.iter().map(|name| (*name).to_owned()).collect();
        let curves = power_of_one(&references(), &system(3), &settings, &metrics, 0.0, &[0.1]);
        curves.into_iter().map(|curve| curve.name.to_string()).collect()
    };
    assert_eq!(names(&[]), ["entities.strict.f1"]);
    assert_eq!(names(&[NAME]), [NAME]);
    let repeats = [system(2), system(3)];
    let found = noise(&references(), &repeats, &settings, &[NAME.to_owned()], 0.1).unwrap();
    assert_eq!(found.noise[0].name.to_string(), NAME);
    assert_eq!(found.noise[0].mean, Some((6.0 / 12.0 + 4.0 / 12.0) / 2.0));
}

/// A preset that replaces karat's own group keeps its arithmetic beside the second group.
#[test]
fn a_preset_replaces_one_of_the_groups() {
    for name in ["nervaluate", "spacy", "conlleval", "gate"] {
        let preset = preset::find(name).unwrap();
        let both = score(&references(), &system(3), &settings(Some(with_too_long(preset.metric_groups))));
        let alone = score(&references(), &system(3), &settings(Some(preset)));
        assert_eq!(value(&both, NAME), Some(4.0 / 12.0), "{name}");
        for figure in alone.figures() {
            let beside = both.figures().find(|other| other.name == figure.name).unwrap();
            let precise = |value: Option<f64>| value.map(|value| format!("{value:.12}"));
            assert_eq!(beside.value, figure.value, "{name}: {}", figure.name);
            assert_eq!(beside.signature, figure.signature, "{name}: {}", figure.name);
            let low = |interval: Option<crate::stats::Interval>| precise(interval.map(|interval| interval.low));
            assert_eq!(low(beside.interval), low(figure.interval), "{name}: {}", figure.name);
        }
    }
}

#[test]
#[should_panic(expected = "count the metric \"too_long\"; rename one")]
fn two_groups_cannot_count_the_same_metric() {
    let _ = score(&references(), &system(3), &settings(Some(with_too_long(&[&TooLong]))));
}
