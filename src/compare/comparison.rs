//! Comparison of two systems: for every figure the paired difference, its confidence interval, a
//! p-value and the power of the test.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::flips::{DocumentFlips, flips};
use super::pairs::Pairs;
use super::residuals::{ResidualSums, parts};
use super::{CompareSettings, Test, TestUsed, paired_tests, randomisation};
use crate::document::{Document, Layer, Reference};
use crate::error::Diagnostic;
use crate::metric::{Direction, MetricName, Signature};
use crate::score::{Formulas, Settings, System, SystemCounts, Wanted, count_system};
use crate::stats::{Design, Interval, PairedDifference, benjamini_hochberg, holm, sign_flip_p};

/// How a figure changed from base to candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeVerdict {
    /// Both systems gave byte-identical answers for every document.
    Identical,
    /// The figure is the same for every document, though some answers differ.
    Unchanged,
    /// The candidate is better: the adjusted p-value is at most [`ALPHA`].
    Better,
    /// The candidate is worse: the adjusted p-value is at most [`ALPHA`].
    Worse,
    /// The difference is not significant on these documents.
    Inconclusive,
    /// The figure describes the output, such as its length: neither end of it is better.
    Descriptive,
}

impl fmt::Display for ChangeVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Identical => "identical",
            Self::Unchanged => "unchanged",
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Inconclusive => "inconclusive",
            Self::Descriptive => "descriptive",
        })
    }
}

/// Significance level of the tests (0.05), and of the one-sided test that power is computed for.
pub const ALPHA: f64 = 0.05;
/// Power (0.8) at which detectable differences and required sample sizes are computed.
pub const POWER: f64 = 0.8;

/// One figure of both systems, with the difference and its test.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The name of the figure.
    pub name: MetricName,
    /// Whether higher or lower values are better.
    pub direction: Direction,
    /// The metric signature: which settings and versions the figure was computed with.
    pub signature: Signature,
    /// The value of the base; `None` if its denominator is zero.
    pub base: Option<f64>,
    /// The value of the candidate; `None` if its denominator is zero.
    pub candidate: Option<f64>,
    /// The difference, candidate minus base, with its standard error; `None` if either value is
    /// undefined.
    pub difference: Option<PairedDifference>,
    /// The confidence interval of the difference, in the units of the figure.
    pub interval: Option<Interval>,
    /// The two-sided p-value of the chosen test, 0 to 1; approximate randomisation by default.
    pub p: Option<f64>,
    /// The test that gave the p-value; `None` without a p-value, and if both systems gave identical
    /// answers, which needs no test.
    pub test: Option<TestUsed>,
    /// The p-value adjusted for multiple testing: by Holm over the deciding metrics, by Benjamini
    /// and Hochberg over the other figures of the same kind. `None`, like `p`, for descriptive
    /// figures.
    pub p_adjusted: Option<f64>,
    /// Whether the figure belongs to one of the deciding metrics.
    pub decides: bool,
    /// The smallest difference that this number of clusters detects with a power of 80 % in a
    /// one-sided test at 5 %.
    pub mde: Option<f64>,
    /// The number of clusters needed to detect a difference as large as the margin.
    pub needed: Option<usize>,
    /// The number of documents that the figure rests on in both systems.
    pub documents: usize,
    /// The number of clusters that these documents form.
    pub clusters: usize,
    /// The number of documents that are left out, since a system did not answer them and the figure
    /// is undefined without an answer.
    pub left_out: usize,
    /// Whether the figure rests on answers and the candidate answers fewer documents than the base:
    /// it can then not be better.
    pub has_fewer_answers: bool,
    /// The resulting verdict.
    pub verdict: ChangeVerdict,
}

impl Compared {
    /// Returns the difference, candidate minus base.
    pub fn delta(&self) -> Option<f64> {
        self.difference.map(|difference| difference.delta)
    }

    /// Returns the improvement of the candidate: the difference, negated for metrics where lower is
    /// better.
    pub fn gain(&self) -> Option<f64> {
        self.delta().map(|delta| if self.direction.is_lower() { -delta } else { delta })
    }
}

/// The comparison of one layer.
#[derive(Debug, Clone)]
pub struct LayerComparison {
    /// The layer that is compared.
    pub layer: Layer,
    /// Figures over the whole layer and averages over labels, followed by the per-label figures of
    /// the deciding metrics.
    pub figures: Vec<Compared>,
    /// The number of documents.
    pub documents: usize,
    /// The number of clusters that the documents form.
    pub clusters: usize,
    /// The changed items by document, worst document first.
    pub flips: Vec<DocumentFlips>,
}

/// The comparison of two systems on the same golden files.
#[derive(Debug, Clone)]
pub struct Comparison {
    /// The name of the base system.
    pub base: String,
    /// The name of the candidate system.
    pub candidate: String,
    /// The layers that both systems answer.
    pub layers: Vec<LayerComparison>,
    /// Whether both systems gave byte-identical answers for every document.
    pub is_identical: bool,
}

impl Comparison {
    /// Iterates over the figures of all layers.
    pub fn figures(&self) -> impl Iterator<Item = &Compared> {
        self.layers.iter().flat_map(|layer| &layer.figures)
    }
}

/// Compares two systems on the same golden files.
///
/// # Errors
/// Fails if documents lack the metadata field that they are clustered by.
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

/// Returns the documents whose text is known.
type Texts<'a, 't> = &'a (dyn Fn(&str) -> Option<&'t Document> + Sync);

/// Compares the counts of two systems, base and candidate, on the same golden files. If `ids` is
/// given, only these documents take part. `texts` contains the documents whose text is known.
pub fn compare_counts<'t>(
    systems: [&SystemCounts; 2],
    settings: &Settings,
    asked: &CompareSettings,
    ids: Option<&BTreeSet<String>>,
    texts: &(dyn Fn(&str) -> Option<&'t Document> + Sync),
) -> Comparison {
    compare_documents(systems, settings, asked, ids, Some(texts))
}

/// Compares the headline figure of every layer, without other figures and without the changed
/// items: much less work than [`compare_counts`], and the same values, p-values and verdicts if
/// every layer has a headline figure.
pub fn compare_headlines(systems: [&SystemCounts; 2], settings: &Settings, asked: &CompareSettings) -> Comparison {
    let asked = CompareSettings { metrics: Vec::new(), ..asked.clone() };
    compare_documents(systems, settings, &asked, None, None)
}

/// Compares the deciding figures alone over some documents, without the changed items. Their values
/// and p-values do not depend on which other figures are compared.
pub(super) fn compare_deciding(
    systems: [&SystemCounts; 2],
    settings: &Settings,
    asked: &CompareSettings,
    ids: &BTreeSet<String>,
) -> Comparison {
    compare_documents(systems, settings, asked, Some(ids), None)
}

/// Compares the counts of two systems: all figures and the changed items if there are texts, and
/// the deciding figures otherwise.
fn compare_documents<'t>(
    systems: [&SystemCounts; 2],
    settings: &Settings,
    asked: &CompareSettings,
    ids: Option<&BTreeSet<String>>,
    texts: Option<Texts<'_, 't>>,
) -> Comparison {
    let [base, candidate] = systems;
    let is_identical = is_identical(systems, ids);
    let mut layers: Vec<LayerComparison> = base
        .layers()
        .filter_map(|counts| Pairs::new(systems, counts, settings, ids))
        .filter(|pairs| ids.is_none() || pairs.documents > 0)
        .map(|pairs| {
            let answered = answered_by_both(systems, ids);
            let of_answers =
                answered.as_ref().and_then(|ids| Pairs::new(systems, pairs.sides[0].counts, settings, Some(ids)));
            let has_fewer_answers = candidate.with_answers(ids).len() < base.with_answers(ids).len();
            let of_answers = of_answers.as_ref().map(|of_answers| (of_answers, has_fewer_answers));
            layer(systems, (&pairs, of_answers), asked, is_identical, texts)
        })
        .collect();
    adjust(&mut layers);
    for figure in layers.iter_mut().flat_map(|layer| &mut layer.figures) {
        figure.verdict = verdict(figure, is_identical);
    }
    Comparison { base: base.name.clone(), candidate: candidate.name.clone(), layers, is_identical }
}

/// Returns the documents that both systems answered, at least in one repeat; `None` if these are
/// all.
pub(super) fn answered_by_both(
    systems: [&SystemCounts; 2],
    ids: Option<&BTreeSet<String>>,
) -> Option<BTreeSet<String>> {
    if systems.iter().all(|system| system.unanswered(ids) == 0) {
        return None;
    }
    let [base, candidate] = systems.map(|system| system.with_answers(ids));
    Some(base.intersection(&candidate).map(|id| (*id).to_owned()).collect())
}

fn is_identical(systems: [&SystemCounts; 2], ids: Option<&BTreeSet<String>>) -> bool {
    let [base, candidate] = systems.map(|system| {
        let documents = system.documents().iter().map(|document| (&*document.id, document.answer));
        documents.filter(|(id, _)| ids.is_none_or(|ids| ids.contains(*id)))
    });
    base.eq(candidate)
}

/// Compares the figures of a layer: those that rest on answers over the documents that both systems
/// answered, which are the second pairs if they are not all. With them comes whether the candidate
/// answers fewer documents. Without texts only the deciding figures are compared.
fn layer<'t>(
    systems: [&SystemCounts; 2],
    (pairs, of_answers): (&Pairs<'_>, Option<(&Pairs<'_>, bool)>),
    asked: &CompareSettings,
    is_identical: bool,
    texts: Option<Texts<'_, 't>>,
) -> LayerComparison {
    let formulas = pairs.formulas;
    let counts = pairs.sides[0].counts;
    let mut names = wanted(formulas, formulas.names(counts.layer(), &pairs.pool()), asked);
    if texts.is_none() {
        names.retain(|(_, decides)| *decides);
    }
    let figures = match of_answers {
        None => figures(pairs, &names, asked, is_identical),
        Some((of_answers, has_fewer_answers)) => {
            let left_out = pairs.documents - of_answers.documents;
            let (resting, others): (Vec<_>, Vec<_>) =
                names.iter().cloned().partition(|(name, _)| formulas.rests_on_answers(name));
            let resting = figures(of_answers, &resting, asked, is_identical).into_iter().map(|figure| Compared {
                left_out,
                has_fewer_answers,
                ..figure
            });
            let mut found: Vec<Compared> = figures(pairs, &others, asked, is_identical);
            found.extend(resting);
            let places: BTreeMap<&MetricName, usize> = names.iter().map(|(name, _)| name).zip(0..).collect();
            found.sort_by_key(|figure| places.get(&figure.name).copied());
            found
        }
    };
    LayerComparison {
        layer: counts.layer().clone(),
        figures,
        documents: pairs.documents,
        clusters: pairs.clusters(),
        flips: texts.map_or_else(Vec::new, |texts| flips(systems, pairs, texts)),
    }
}

/// Compares figures, each given with whether it decides.
fn figures(
    pairs: &Pairs<'_>,
    names: &[(MetricName, bool)],
    asked: &CompareSettings,
    is_identical: bool,
) -> Vec<Compared> {
    if names.is_empty() {
        return Vec::new();
    }
    let formulas = pairs.formulas;
    let both = pairs.pool();
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
        let difference = delta.map(|delta| PairedDifference::new(delta, parts.spread).with_residuals(&parts.few));
        let design = difference.and_then(|difference| Design::new(&difference, ALPHA));
        let [base, candidate] = values(name);
        let direction = formulas.direction(name, &both);
        let p = difference.and(p).filter(|_| direction != Direction::Descriptive);
        Compared {
            direction,
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
            documents: pairs.documents,
            clusters: pairs.clusters(),
            left_out: 0,
            has_fewer_answers: false,
            verdict: ChangeVerdict::Inconclusive,
            name: name.clone(),
        }
    });
    figures.collect()
}

/// The most clusters for which assignments are drawn. Above this number the p-value comes from the
/// normal limit of the randomisation test, which is then as accurate as sampling.
const MOST_DRAWN_FROM: usize = 2_000;

/// Returns the p-values of the chosen test and the test that gave them; `None` below two clusters.
fn tests(
    pairs: &Pairs<'_>,
    names: &[&MetricName],
    parts: &[ResidualSums],
    deltas: &[Option<f64>],
    asked: &CompareSettings,
) -> (Vec<Option<f64>>, Option<TestUsed>) {
    match asked.test {
        Test::Wilcoxon => (paired_tests::p_values(pairs, names, asked.test), Some(TestUsed::Wilcoxon)),
        Test::Sign => (paired_tests::p_values(pairs, names, asked.test), Some(TestUsed::Sign)),
        Test::Randomisation if pairs.clusters() < 2 || asked.assignments == 0 => (vec![None; names.len()], None),
        Test::Randomisation if pairs.clusters() > MOST_DRAWN_FROM => {
            let p = |(parts, delta): (&ResidualSums, &Option<f64>)| delta.map(|delta| sign_flip_p(delta, parts.flips));
            (parts.iter().zip(deltas).map(p).collect(), Some(TestUsed::NormalRandomisation))
        }
        Test::Randomisation => {
            let (p, is_exact) = randomisation::p_values(pairs, names, asked.seed, asked.assignments);
            let test = if is_exact { TestUsed::ExactRandomisation } else { TestUsed::Randomisation };
            (p.into_iter().map(Some).collect(), Some(test))
        }
    }
}

/// Returns the figures to compare, each with whether it decides: all figures over the whole layer,
/// and the per-label figures of the deciding metrics.
fn wanted(formulas: Formulas<'_>, names: Vec<MetricName>, asked: &CompareSettings) -> Vec<(MetricName, bool)> {
    let is_asked = |name: &MetricName| asked.metrics.contains(&name.to_string());
    let mut deciding: Vec<MetricName> = names
        .iter()
        .filter(|name| if asked.metrics.is_empty() { formulas.is_headline(name) } else { is_asked(name) })
        .cloned()
        .collect();
    if asked.metrics.is_empty() && deciding.is_empty() {
        deciding.extend(names.iter().find(|name| name.is_whole()).cloned());
    }
    let is_of_deciding = |name: &MetricName| deciding.contains(&name.unlabelled());
    let keep = |name: MetricName| {
        let decides = deciding.contains(&name);
        (decides || name.label.is_none() || is_of_deciding(&name)).then_some((name, decides))
    };
    names.into_iter().filter_map(keep).collect()
}

/// Adjusts the p-values: by Holm over the deciding metrics, by Benjamini and Hochberg over the
/// other whole-layer figures and, separately, over labels.
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

pub(super) fn verdict(figure: &Compared, is_identical: bool) -> ChangeVerdict {
    if is_identical {
        return ChangeVerdict::Identical;
    }
    if figure.difference.is_some_and(|difference| difference.delta == 0.0 && difference.error == Some(0.0)) {
        return ChangeVerdict::Unchanged;
    }
    if figure.direction == Direction::Descriptive {
        return ChangeVerdict::Descriptive;
    }
    match (figure.gain(), figure.p_adjusted) {
        (Some(gain), Some(p)) if p <= ALPHA && gain > 0.0 && !figure.has_fewer_answers => ChangeVerdict::Better,
        (Some(gain), Some(p)) if p <= ALPHA && gain < 0.0 => ChangeVerdict::Worse,
        _ => ChangeVerdict::Inconclusive,
    }
}
