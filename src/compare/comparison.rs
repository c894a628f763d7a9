//! Every figure of two systems, with the difference, its interval, and a test.

use std::collections::BTreeMap;
use std::fmt;

use super::flips::{DocumentFlips, flips};
use super::pairs::{Pair, pairs};
use super::randomisation::p_values;
use super::{CompareSettings, Test, paired_tests};
use crate::document::{Layer, Reference};
use crate::error::Fault;
use crate::metric::{MetricName, Signature, Tally, is_better_lower};
use crate::score::{Columns, Formulas, LayerTallies, Settings, Subject, is_headline, is_whole, tallies};
use crate::stats::{Design, Interval, PairedDifference, benjamini_hochberg, holm};

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
    /// The difference, candidate less base, with its standard error; `None` where a side is undefined.
    pub difference: Option<PairedDifference>,
    /// The interval of the difference.
    pub interval: Option<Interval>,
    /// The two-sided p-value of the test that was asked for: approximate randomisation, by default.
    pub p: Option<f64>,
    /// The same, adjusted: Holm over the metrics that decide, Benjamini and Hochberg over the others of its kind.
    pub p_adjusted: Option<f64>,
    /// Whether it is one of the metrics that decide.
    pub decides: bool,
    /// The smallest difference that as many documents would show with a power of 80 %, one-sided at 5 %.
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
    /// Figures over the whole layer and averages over labels, then those by label of the metrics that decide.
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
    base: &Subject,
    candidate: &Subject,
    settings: &Settings,
    asked: &CompareSettings,
) -> Result<Comparison, Vec<Fault>> {
    settings.cluster.clusters(references)?;
    let is_identical = references.keys().all(|id| base.answers.get(id) == candidate.answers.get(id));
    let mut others = tallies(references, candidate, settings);
    let mut layers = Vec::new();
    for of_base in tallies(references, base, settings) {
        let Some(at) = others.iter().position(|other| other.layer == of_base.layer) else { continue };
        let of_candidate = others.swap_remove(at);
        let pairs = pairs(&of_base, &of_candidate, references, settings);
        layers.push(layer(&of_base, &of_candidate, &pairs, asked, is_identical));
    }
    adjust(&mut layers);
    for figure in layers.iter_mut().flat_map(|layer| &mut layer.figures) {
        figure.verdict = verdict(figure, is_identical);
    }
    Ok(Comparison { base: base.name.clone(), candidate: candidate.name.clone(), layers, is_identical })
}

fn layer(
    base: &LayerTallies<'_>,
    candidate: &LayerTallies<'_>,
    pairs: &[Pair],
    asked: &CompareSettings,
    is_identical: bool,
) -> LayerComparison {
    let columns = Columns::of(pairs.iter().flat_map(|pair| [&pair.base, &pair.candidate]));
    let formulas = base.formulas;
    let totals = [total(pairs, |pair| &pair.base), total(pairs, |pair| &pair.candidate)];
    let mut both = totals[0].clone();
    both.merge(&totals[1]);
    let names = wanted(formulas.names(&base.layer, &both), asked);
    let p = if is_identical {
        vec![Some(1.0); names.len()]
    } else if asked.test != Test::Randomisation {
        names.iter().map(|(name, _)| paired_tests::p_value(formulas, pairs, name, asked.test)).collect()
    } else {
        let all: Vec<&MetricName> = names.iter().map(|(name, _)| name).collect();
        p_values(formulas, &columns, pairs, &all, asked)
    };
    let figures = names.into_iter().zip(p).map(|((name, decides), p)| {
        let [one, other] = [0, 1].map(|side| formulas.value(&totals[side], &name));
        let difference = one.zip(other).map(|(one, other)| {
            let shares = shares(formulas, &totals, pairs, &name);
            PairedDifference::new(other - one, &shares)
        });
        let design = difference.and_then(|difference| Design::new(&difference, ALPHA));
        Compared {
            signature: formulas.signature(&name, &both),
            base: one,
            candidate: other,
            interval: difference.and_then(|difference| difference.interval(asked.confidence)),
            mde: design.map(|design| design.minimum_detectable_effect(POWER)),
            needed: design.and_then(|design| design.clusters_for_margin(asked.margin, POWER)),
            p: difference.and(p),
            p_adjusted: None,
            difference,
            decides,
            verdict: Verdict::Inconclusive,
            name,
        }
    });
    LayerComparison {
        layer: base.layer.clone(),
        figures: figures.collect(),
        documents: base.documents.len(),
        clusters: pairs.len(),
        flips: flips(&base.documents, &candidate.documents),
    }
}

fn total<'p>(pairs: &'p [Pair], side: impl Fn(&'p Pair) -> &'p Tally) -> Tally {
    let mut total = Tally::default();
    pairs.iter().for_each(|pair| total.merge(side(pair)));
    total
}

/// The figures that are compared, and whether they decide: all over the whole layer, and those by label of what decides.
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

/// What each cluster brings to the difference of a figure, to first order.
fn shares(formulas: Formulas<'_>, totals: &[Tally; 2], pairs: &[Pair], name: &MetricName) -> Vec<f64> {
    let of_base = formulas.residuals(&totals[0], pairs.iter().map(|pair| &pair.base), name);
    let of_candidate = formulas.residuals(&totals[1], pairs.iter().map(|pair| &pair.candidate), name);
    let both = of_base.into_iter().zip(of_candidate);
    both.filter_map(|(one, other)| match (one, other) {
        (None, None) => None,
        (one, other) => Some(other.unwrap_or(0.0) - one.unwrap_or(0.0)),
    })
    .collect()
}

/// Holm over the metrics that decide; Benjamini and Hochberg over the other figures of whole layers, and over labels.
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
