//! Every figure of two systems, with the difference, its interval, and a test.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::flips::{DocumentFlips, flips};
use super::pairs::Pairs;
use super::residuals::{Parts, parts};
use super::{CompareSettings, Test, TestUsed, paired_tests, randomisation};
use crate::document::{Document, Layer, Reference};
use crate::error::Diagnostic;
use crate::metric::{MetricName, Signature, is_better_lower};
use crate::score::{Settings, System, SystemCounts, Wanted, count_system, is_headline, is_whole};
use crate::stats::{Design, Interval, PairedDifference, benjamini_hochberg, holm, sign_flip_p};

/// How a figure changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every document was answered with the same bytes.
    Identical,
    /// The same on every document, though not all answers are.
    Unchanged,
    /// Better, by the adjusted p-value.
    Better,
    /// Worse, by the adjusted p-value.
    Worse,
    /// No more than noise, as far as these documents can tell.
    Inconclusive,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Identical => "identical",
            Self::Unchanged => "unchanged",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Inconclusive => "inconclusive",
        })
    }
}

/// Level of the tests, and the power that effects are asked to be seen with.
pub const ALPHA: f64 = 0.05;
/// See [`ALPHA`].
pub const POWER: f64 = 0.8;

/// One figure of both systems.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Its name.
    pub name: MetricName,
    /// How it is computed.
    pub signature: Signature,
    /// Its value over the base, and over the candidate; `None` where there is nothing to divide by.
    pub base: Option<f64>,
    /// See `base`.
    pub candidate: Option<f64>,
    /// The difference, candidate less base, with its standard error; `None` where a side is
    /// undefined.
    pub difference: Option<PairedDifference>,
    /// The interval of the difference.
    pub interval: Option<Interval>,
    /// The two-sided p-value of the test that was asked for: approximate randomisation, by default.
    pub p: Option<f64>,
    /// The test that gave it; `None` without a p-value, and where both systems answered alike,
    /// which needs no test.
    pub test: Option<TestUsed>,
    /// The p-value adjusted for several tests: Holm over the metrics that decide, Benjamini and
    /// Hochberg over the others of its kind.
    pub p_adjusted: Option<f64>,
    /// Whether it is one of the metrics that decide.
    pub decides: bool,
    /// The smallest difference that as many documents would show with a power of 80 %, one-sided at
    /// 5 %.
    pub mde: Option<f64>,
    /// How many clusters it takes to see a difference as large as the margin.
    pub needed: Option<usize>,
    /// What it comes to.
    pub verdict: Verdict,
}

impl Compared {
    /// The difference, candidate less base.
    pub fn delta(&self) -> Option<f64> {
        self.difference.map(|difference| difference.delta)
    }

    /// How much better the candidate is: of errors, the difference with the other sign.
    pub fn gain(&self) -> Option<f64> {
        self.delta().map(|delta| if is_better_lower(&self.name) { -delta } else { delta })
    }
}

/// One layer of both systems.
#[derive(Debug, Clone)]
pub struct LayerComparison {
    /// The layer.
    pub layer: Layer,
    /// Figures over the whole layer and averages over labels, then those by label of the metrics
    /// that decide.
    pub figures: Vec<Compared>,
    /// Documents, and the clusters that they are in.
    pub documents: usize,
    /// See `documents`.
    pub clusters: usize,
    /// What changed, worst document first.
    pub flips: Vec<DocumentFlips>,
}

/// Two systems.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// Their names.
    pub base: String,
    /// See `base`.
    pub candidate: String,
    /// Layer by layer, those that both answer.
    pub layers: Vec<LayerComparison>,
    /// Whether both answered every document alike.
    pub is_identical: bool,
}

impl Comparison {
    /// All figures of all layers.
    pub fn figures(&self) -> impl Iterator<Item = &Compared> {
        self.layers.iter().flat_map(|layer| &layer.figures)
    }
}

/// Compares two systems on the same golden files.
///
/// # Errors
/// Where documents lack the field that they are clustered by.
pub fn compare(
    references: &BTreeMap<String, Reference>,
    base: &System,
    candidate: &System,
    settings: &Settings,
    asked: &CompareSettings,
) -> Result<Comparison, Vec<Diagnostic>> {
    settings.cluster.clusters(references)?;
    let [base, candidate] = [base, candidate].map(|system| count_system(references, system, settings, &Wanted::All));
    let texts = |id: &str| references.get(id)?.document.as_ref();
    Ok(compare_counts([&base, &candidate], settings, asked, None, &texts))
}

/// Compares the counts of two systems on the same golden files, base and candidate; over the
/// documents of these ids alone, if ids are given. `texts` gives the documents whose text is known.
pub fn compare_counts<'t>(
    systems: [&SystemCounts; 2],
    settings: &Settings,
    asked: &CompareSettings,
    ids: Option<&BTreeSet<String>>,
    texts: &(dyn Fn(&str) -> Option<&'t Document> + Sync),
) -> Comparison {
    let [base, candidate] = systems;
    let is_identical = is_identical(systems, ids);
    let mut layers: Vec<LayerComparison> = base
        .layers()
        .filter_map(|counts| Pairs::new(systems, counts, settings, ids))
        .filter(|pairs| ids.is_none() || pairs.documents > 0)
        .map(|pairs| layer(systems, &pairs, asked, is_identical, texts))
        .collect();
    adjust(&mut layers);
    for figure in layers.iter_mut().flat_map(|layer| &mut layer.figures) {
        figure.verdict = verdict(figure, is_identical);
    }
    Comparison { base: base.name.clone(), candidate: candidate.name.clone(), layers, is_identical }
}

fn is_identical(systems: [&SystemCounts; 2], ids: Option<&BTreeSet<String>>) -> bool {
    let [base, candidate] = systems.map(|system| {
        let documents = system.documents().iter().map(|document| (&*document.id, document.answer));
        documents.filter(|(id, _)| ids.is_none_or(|ids| ids.contains(*id)))
    });
    base.eq(candidate)
}

fn layer<'t>(
    systems: [&SystemCounts; 2],
    pairs: &Pairs<'_>,
    asked: &CompareSettings,
    is_identical: bool,
    texts: &(dyn Fn(&str) -> Option<&'t Document> + Sync),
) -> LayerComparison {
    let formulas = pairs.formulas;
    let both = pairs.pool();
    let counts = pairs.sides[0].counts;
    let names = wanted(formulas.names(counts.layer(), &both), asked);
    let all: Vec<&MetricName> = names.iter().map(|(name, _)| name).collect();
    let is_randomised = !is_identical && asked.test == Test::Randomisation && asked.assignments > 0;
    let parts = parts(pairs, &all, is_randomised && pairs.clusters() > MOST_DRAWN_FROM);
    let values = |name: &MetricName| [0, 1].map(|side| formulas.value(&pairs.totals[side], name));
    let deltas: Vec<Option<f64>> = all
        .iter()
        .map(|name| values(name))
        .map(|[one, other]| one.zip(other).map(|(one, other)| other - one))
        .collect();
    let (p, test) =
        if is_identical { (vec![Some(1.0); all.len()], None) } else { tests(pairs, &all, &parts, &deltas, asked) };
    let rest = parts.into_iter().zip(p).zip(deltas);
    let figures = names.iter().zip(rest).map(|((name, decides), ((parts, p), delta))| {
        let difference = delta.map(|delta| PairedDifference::new(delta, parts.spread));
        let design = difference.and_then(|difference| Design::new(&difference, ALPHA));
        let [base, candidate] = values(name);
        let p = difference.and(p);
        Compared {
            signature: formulas.signature(name, &both),
            base,
            candidate,
            interval: difference.and_then(|difference| difference.interval(asked.confidence)),
            mde: design.map(|design| design.minimum_detectable_effect(POWER)),
            needed: design.and_then(|design| design.clusters_for_margin(asked.margin, POWER)),
            p,
            test: test.filter(|_| p.is_some()),
            p_adjusted: None,
            difference,
            decides: *decides,
            verdict: Verdict::Inconclusive,
            name: name.clone(),
        }
    });
    LayerComparison {
        layer: counts.layer().clone(),
        figures: figures.collect(),
        documents: pairs.documents,
        clusters: pairs.clusters(),
        flips: flips(systems, pairs, texts),
    }
}

/// More clusters than these are not drawn from: the normal limit of the randomisation test is then
/// as good as many draws.
const MOST_DRAWN_FROM: usize = 2_000;

/// The p-values that were asked for, and the test that gives them; `None` below two clusters.
fn tests(
    pairs: &Pairs<'_>,
    names: &[&MetricName],
    parts: &[Parts],
    deltas: &[Option<f64>],
    asked: &CompareSettings,
) -> (Vec<Option<f64>>, Option<TestUsed>) {
    match asked.test {
        Test::Wilcoxon => (paired_tests::p_values(pairs, names, asked.test), Some(TestUsed::Wilcoxon)),
        Test::Sign => (paired_tests::p_values(pairs, names, asked.test), Some(TestUsed::Sign)),
        Test::Randomisation if pairs.clusters() < 2 || asked.assignments == 0 => (vec![None; names.len()], None),
        Test::Randomisation if pairs.clusters() > MOST_DRAWN_FROM => {
            let p = |(parts, delta): (&Parts, &Option<f64>)| delta.map(|delta| sign_flip_p(delta, parts.flips));
            (parts.iter().zip(deltas).map(p).collect(), Some(TestUsed::NormalRandomisation))
        }
        Test::Randomisation => {
            let (p, is_exact) = randomisation::p_values(pairs, names, asked.seed, asked.assignments);
            let test = if is_exact { TestUsed::ExactRandomisation } else { TestUsed::Randomisation };
            (p.into_iter().map(Some).collect(), Some(test))
        }
    }
}

/// The figures that are compared, and whether they decide: all over the whole layer, and those by
/// label of what decides.
fn wanted(names: Vec<MetricName>, asked: &CompareSettings) -> Vec<(MetricName, bool)> {
    let is_asked = |name: &MetricName| asked.metrics.contains(&name.to_string());
    let mut deciding: Vec<MetricName> = names
        .iter()
        .filter(|name| if asked.metrics.is_empty() { is_headline(name) } else { is_asked(name) })
        .cloned()
        .collect();
    if asked.metrics.is_empty() && deciding.is_empty() {
        deciding.extend(names.iter().find(|name| is_whole(name)).cloned());
    }
    let is_of_deciding = |name: &MetricName| deciding.contains(&name.unlabelled());
    let keep = |name: MetricName| {
        let decides = deciding.contains(&name);
        (decides || name.label.is_none() || is_of_deciding(&name)).then_some((name, decides))
    };
    names.into_iter().filter_map(keep).collect()
}

/// Holm over the metrics that decide; Benjamini and Hochberg over the other figures of whole
/// layers, and over labels.
fn adjust(layers: &mut [LayerComparison]) {
    type Kind = fn(&Compared) -> bool;
    type Correction = fn(&[f64]) -> Vec<f64>;
    let kinds: [(Kind, Correction); 3] = [
        (|figure| figure.decides, holm),
        (|figure| !figure.decides && figure.name.label.is_none(), benjamini_hochberg),
        (|figure| !figure.decides && figure.name.label.is_some(), benjamini_hochberg),
    ];
    for (is_of_kind, correct) in kinds {
        let mut figures: Vec<&mut Compared> = layers
            .iter_mut()
            .flat_map(|layer| &mut layer.figures)
            .filter(|figure| is_of_kind(figure) && figure.p.is_some())
            .collect();
        let p: Vec<f64> = figures.iter().filter_map(|figure| figure.p).collect();
        for (figure, adjusted) in figures.iter_mut().zip(correct(&p)) {
            figure.p_adjusted = Some(adjusted);
        }
    }
}

pub(super) fn verdict(figure: &Compared, is_identical: bool) -> Verdict {
    if is_identical {
        return Verdict::Identical;
    }
    if figure.difference.is_some_and(|difference| difference.delta == 0.0 && difference.error == Some(0.0)) {
        return Verdict::Unchanged;
    }
    match (figure.gain(), figure.p_adjusted) {
        (Some(gain), Some(p)) if p <= ALPHA && gain > 0.0 => Verdict::Better,
        (Some(gain), Some(p)) if p <= ALPHA && gain < 0.0 => Verdict::Worse,
        _ => Verdict::Inconclusive,
    }
}
