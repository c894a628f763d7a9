//! The documents in which a figure fell or rose most from base to candidate: what to look at in a
//! layer whose figures are not made of items, such as summaries.

use std::collections::BTreeSet;

use super::comparison::answered_by_both;
use super::pairs::Pairs;
use super::{Compared, Comparison, LayerComparison};
use crate::document::{Annotations, Answer, Status};
use crate::metric::{Direction, MetricName};
use crate::parallel;
use crate::score::{Settings, SystemCounts};

/// The figure of one document under both systems.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentChange {
    /// The document id.
    pub id: String,
    /// The document's figure under the base.
    pub base: f64,
    /// The document's figure under the candidate.
    pub candidate: f64,
}

impl DocumentChange {
    /// Returns the difference, candidate minus base.
    pub fn delta(&self) -> f64 {
        self.candidate - self.base
    }

    /// Returns whether the figures differ by more than rounding.
    fn is_change(&self) -> bool {
        const ROUNDING: f64 = 1e-12;
        self.delta().abs() > ROUNDING * self.base.abs().max(self.candidate.abs()).max(1.0)
    }
}

/// The documents in which one figure changed.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureChanges {
    /// The name of the figure.
    pub name: MetricName,
    /// Whether higher or lower values are better.
    pub direction: Direction,
    /// The number of documents whose figure is defined for both systems.
    pub documents: usize,
    /// The number of documents whose figure fell.
    pub fell: usize,
    /// The number of documents whose figure rose.
    pub rose: usize,
    /// The largest falls, the largest first; ties are in order of document id.
    pub falls: Vec<DocumentChange>,
    /// The largest rises, the largest first; ties are in order of document id.
    pub rises: Vec<DocumentChange>,
}

impl FigureChanges {
    /// Iterates over the listed documents.
    pub fn listed(&self) -> impl Iterator<Item = &DocumentChange> {
        self.falls.iter().chain(&self.rises)
    }
}

/// Returns the documents with the largest falls and rises of each deciding figure, at most `most`
/// of either. Figures of a layer with changed items are left out, since its items show what to look
/// at. A figure that rests on answers is compared over the documents that both systems answered.
pub fn document_changes(
    systems: [&SystemCounts; 2],
    settings: &Settings,
    comparison: &Comparison,
    most: usize,
) -> Vec<FigureChanges> {
    if comparison.is_identical || most == 0 {
        return Vec::new();
    }
    let without_items = comparison.layers.iter().filter(|layer| layer.flips.is_empty());
    without_items.flat_map(|layer| of_layer(systems, settings, layer, most)).collect()
}

fn of_layer(
    systems: [&SystemCounts; 2],
    settings: &Settings,
    layer: &LayerComparison,
    most: usize,
) -> Vec<FigureChanges> {
    let figures: Vec<&Compared> = layer.figures.iter().filter(|figure| figure.decides).collect();
    let pairs = systems[0].layer(&layer.layer).and_then(|counts| Pairs::new(systems, counts, settings, None));
    let Some(pairs) = pairs.filter(|_| !figures.is_empty()) else { return Vec::new() };
    let answered = answered_by_both(systems, None);
    let formulas = pairs.formulas;
    let rests_on_answers: Vec<bool> = figures.iter().map(|figure| formulas.rests_on_answers(&figure.name)).collect();
    let [base, candidate] = &pairs.sides;
    let of_cluster = |cluster: usize| {
        let rows = base.rows(cluster).iter().zip(candidate.rows(cluster));
        let of_document = |(row, other): (&u32, &u32)| {
            let id = &*systems[0].documents()[base.counts.document(*row) as usize].id;
            let is_answered = answered.as_ref().is_none_or(|ids| ids.contains(id));
            let before = base.counts.statistics(&[*row], |_| true);
            let after = candidate.counts.statistics(&[*other], |_| true);
            let change = |(figure, rests): (&&Compared, &bool)| {
                let of = |statistics| formulas.value_of_document(statistics, &figure.name);
                let (base, candidate) = (of(&before)?, of(&after)?);
                (is_answered || !rests).then(|| DocumentChange { id: id.to_owned(), base, candidate })
            };
            figures.iter().zip(&rests_on_answers).map(change).collect::<Vec<_>>()
        };
        rows.map(of_document).collect::<Vec<_>>()
    };
    let documents: Vec<Vec<Option<DocumentChange>>> =
        parallel::map(0..pairs.clusters(), of_cluster).into_iter().flatten().collect();
    let of_figure = |(at, figure): (usize, &&Compared)| {
        let known: Vec<&DocumentChange> = documents.iter().filter_map(|document| document[at].as_ref()).collect();
        let (falls, rises): (Vec<_>, Vec<_>) =
            known.iter().filter(|change| change.is_change()).partition(|change| change.delta() < 0.0);
        FigureChanges {
            name: figure.name.clone(),
            direction: figure.direction,
            documents: known.len(),
            fell: falls.len(),
            rose: rises.len(),
            falls: largest(falls, most),
            rises: largest(rises, most),
        }
    };
    figures.iter().enumerate().map(of_figure).collect()
}

/// Returns the largest changes, the largest first; ties are in order of document id.
fn largest(mut changes: Vec<&DocumentChange>, most: usize) -> Vec<DocumentChange> {
    changes.sort_by(|a, b| b.delta().abs().total_cmp(&a.delta().abs()).then_with(|| a.id.cmp(&b.id)));
    changes.into_iter().take(most).cloned().collect()
}

/// The summaries of one system for a document, of every repeat.
#[derive(Debug, Clone, PartialEq)]
pub struct AnswerTexts {
    /// The status of the document.
    pub status: Status,
    /// The summaries, in order of the repeats.
    pub texts: Vec<String>,
}

impl AnswerTexts {
    /// Returns the summaries of an answer; a document without one is missing.
    pub fn of(answer: Option<&Answer>) -> Self {
        let Some(answer) = answer else { return Self { status: Status::Missing, texts: Vec::new() } };
        let texts = answer.each().flat_map(|answer| answer.annotations.summaries.iter().flatten());
        Self { status: answer.end().0, texts: texts.cloned().collect() }
    }
}

/// The summaries of a document by both systems, with the references.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryTexts {
    /// The reference summaries.
    pub references: Vec<String>,
    /// The summaries of the base.
    pub base: AnswerTexts,
    /// The summaries of the candidate.
    pub candidate: AnswerTexts,
}

impl SummaryTexts {
    /// Returns the summaries of a document; `None` if neither system wrote one.
    pub fn of(gold: &Annotations, [base, candidate]: [Option<&Answer>; 2]) -> Option<Self> {
        let references = gold.summaries.iter().flatten().cloned().collect();
        let texts = Self { references, base: AnswerTexts::of(base), candidate: AnswerTexts::of(candidate) };
        (!texts.base.texts.is_empty() || !texts.candidate.texts.is_empty()).then_some(texts)
    }
}

/// Returns the ids of the documents that changes list.
pub fn listed_documents(changes: &[FigureChanges]) -> BTreeSet<&str> {
    changes.iter().flat_map(FigureChanges::listed).map(|change| change.id.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::{DocumentChange, largest};

    #[test]
    fn the_largest_come_first_and_ties_by_id() {
        let change = |id: &str, candidate| DocumentChange { id: id.to_owned(), base: 0.5, candidate };
        let changes = [change("c", 0.25), change("b", 0.25), change("a", 0.375), change("d", 0.0)];
        assert!(changes.iter().all(DocumentChange::is_change));
        let found = largest(changes.iter().collect(), 3);
        assert_eq!(found.iter().map(|change| change.id.as_str()).collect::<Vec<_>>(), ["d", "b", "c"]);
        assert!(!change("e", 0.5 + 1e-16).is_change());
    }
}
