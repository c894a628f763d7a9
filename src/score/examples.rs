//! Example documents and items for reports, selected while documents are counted so that no others
//! are kept.
//!
//! The selection depends only on ids and scores, not on the order in which documents are counted or
//! the number of threads.

use std::collections::BTreeMap;

use super::Status;
use crate::document::Document;
use crate::metric::source::Fact;
use crate::metric::summary::Ngram;
use crate::metric::{Class, Item};

/// The number of lowest-scoring documents that are kept.
const LOWEST: usize = 5;
/// The number of documents from which items of a class are kept.
const DOCUMENTS: usize = 50;
/// The number of items of a class that are kept from each document.
const ITEMS: usize = 20;

/// A document shown in a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// The document id.
    pub id: String,
    /// The headline figure of this document alone.
    pub value: Option<f64>,
    /// The status of the answer.
    pub status: Status,
    /// The outcomes of its items.
    pub items: Vec<Item>,
    /// The numbers, dates and names of its summary, if its source text is known.
    pub facts: Vec<Fact>,
    /// Distinctive unigrams and bigrams of its summary.
    pub ngrams: Vec<Ngram>,
    /// The outcomes of its key points.
    pub key_points: Vec<Item>,
    /// The summary and its first reference; `None` for other layers, and if texts are withheld.
    pub summary: Option<SummaryTexts>,
}

/// A predicted summary beside a reference.
#[derive(Debug, Clone, PartialEq)]
pub struct SummaryTexts {
    /// The predicted summary.
    pub candidate: String,
    /// The first reference.
    pub reference: String,
    /// The number of references.
    pub references: usize,
}

/// The documents with the lowest values, in order of value, then id.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LowestDocuments(Vec<Example>);

impl LowestDocuments {
    /// Iterates over the documents, lowest value first.
    pub fn iter(&self) -> impl Iterator<Item = &Example> {
        self.0.iter()
    }

    /// Maps an undefined value to infinity, so that it sorts after all others.
    fn rank(value: Option<f64>) -> f64 {
        value.unwrap_or(f64::INFINITY)
    }

    fn admits(&self, value: Option<f64>, id: &str) -> bool {
        let Some(last) = self.0.get(LOWEST - 1) else { return true };
        Self::rank(value).total_cmp(&Self::rank(last.value)).then_with(|| id.cmp(&last.id)).is_lt()
    }

    fn insert(&mut self, example: Example) {
        let is_before = |other: &Example| {
            let by_value = Self::rank(other.value).total_cmp(&Self::rank(example.value));
            by_value.then_with(|| other.id.cmp(&example.id)).is_lt()
        };
        let at = self.0.partition_point(is_before);
        self.0.insert(at, example);
        self.0.truncate(LOWEST);
    }
}

/// Values found in documents, kept for the first documents in the order of their ids.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstDocuments<T>(BTreeMap<String, Vec<T>>);

impl<T> Default for FirstDocuments<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> FirstDocuments<T> {
    /// Iterates over the documents in the order of their ids, each with at least one value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[T])> {
        self.0.iter().map(|(id, found)| (id.as_str(), found.as_slice()))
    }

    fn admits(&self, id: &str) -> bool {
        self.0.len() < DOCUMENTS || self.0.last_key_value().is_some_and(|(last, _)| id < last.as_str())
    }

    fn insert(&mut self, id: String, found: impl IntoIterator<Item = T>) {
        let kept = self.0.entry(id).or_default();
        kept.extend(found.into_iter().take(ITEMS - kept.len().min(ITEMS)));
        if self.0.len() > DOCUMENTS {
            self.0.pop_last();
        }
    }

    fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|(id, found)| self.insert(id, found));
    }
}

/// The examples that a report shows for one layer of one system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Examples {
    /// The documents with the lowest headline figure, except those without one.
    pub lowest: LowestDocuments,
    /// The answered documents with the lowest headline figure for which n-grams or facts are known.
    pub summaries: LowestDocuments,
    /// Items that are not correct, by class.
    pub errors: BTreeMap<Class, FirstDocuments<Item>>,
    /// Judgements of key points, of any class.
    pub verdicts: FirstDocuments<Item>,
    /// Facts of summaries that do not occur in the source.
    pub invented: FirstDocuments<Fact>,
    /// The number of such facts in all documents.
    pub invented_count: u64,
    /// The documents that contain the kept errors, if their texts are known.
    pub texts: BTreeMap<String, Document>,
}

impl Examples {
    /// Returns whether a document with this headline figure would be among the lowest.
    pub(super) fn admits_lowest(&self, value: Option<f64>, id: &str) -> bool {
        value.is_some() && self.lowest.admits(value, id)
    }

    /// Returns whether an answered document with this headline figure would be among
    /// [`Self::summaries`].
    pub(super) fn admits_summary(&self, value: Option<f64>, id: &str) -> bool {
        self.summaries.admits(value, id)
    }

    /// Returns whether errors of a class in this document would be kept.
    pub(super) fn admits_error(&self, class: Class, id: &str) -> bool {
        self.errors.get(&class).is_none_or(|first| first.admits(id))
    }

    /// Returns whether judgements of the key points of this document would be kept.
    pub(super) fn admits_verdicts(&self, id: &str) -> bool {
        self.verdicts.admits(id)
    }

    /// Returns whether fabricated facts of this document would be kept.
    pub(super) fn admits_invented(&self, id: &str) -> bool {
        self.invented.admits(id)
    }

    pub(super) fn add_lowest(&mut self, example: Example) {
        self.lowest.insert(example);
    }

    pub(super) fn add_summary(&mut self, example: Example) {
        self.summaries.insert(example);
    }

    pub(super) fn add_error(&mut self, id: &str, item: &Item, document: Option<&Document>) {
        self.errors.entry(item.class).or_default().insert(id.to_owned(), [item.clone()]);
        if let Some(document) = document
            && !self.texts.contains_key(id)
        {
            self.texts.insert(id.to_owned(), document.clone());
        }
    }

    pub(super) fn add_verdicts(&mut self, id: &str, items: &[Item]) {
        if !items.is_empty() {
            self.verdicts.insert(id.to_owned(), items.iter().take(ITEMS).cloned());
        }
    }

    pub(super) fn add_invented(&mut self, id: &str, facts: &[Fact], is_kept: bool) {
        let invented = || facts.iter().filter(|fact| fact.invented);
        let count = invented().count();
        self.invented_count += count as u64;
        if is_kept && count > 0 {
            self.invented.insert(id.to_owned(), invented().take(ITEMS).cloned());
        }
    }

    /// Adds the examples selected from other documents.
    pub(super) fn merge(&mut self, other: Self) {
        other.lowest.0.into_iter().for_each(|example| self.lowest.insert(example));
        other.summaries.0.into_iter().for_each(|example| self.summaries.insert(example));
        for (class, first) in other.errors {
            self.errors.entry(class).or_default().merge(first);
        }
        self.verdicts.merge(other.verdicts);
        self.invented.merge(other.invented);
        self.invented_count += other.invented_count;
        self.texts.extend(other.texts);
        self.drop_other_texts();
    }

    /// Removes the texts of documents of which no error is kept any more.
    fn drop_other_texts(&mut self) {
        let errors = &self.errors;
        self.texts.retain(|id, _| errors.values().any(|first| first.0.contains_key(id)));
    }

    /// Removes texts: items and facts keep their offsets and labels, and what consists of texts is
    /// left out.
    pub(super) fn withhold_texts(&mut self) {
        for example in self.lowest.0.iter_mut().chain(&mut self.summaries.0) {
            example.items.iter_mut().chain(&mut example.key_points).for_each(Item::withhold_texts);
            example.facts = Vec::new();
            example.ngrams = Vec::new();
            example.summary = None;
        }
        let items = self.errors.values_mut().chain([&mut self.verdicts]).flat_map(|first| first.0.values_mut());
        items.flatten().for_each(Item::withhold_texts);
        self.invented.0.values_mut().flatten().for_each(Fact::withhold_texts);
        self.texts = BTreeMap::new();
    }

    /// Removes the lowest documents of a layer that has no headline figure.
    pub(super) fn finish(&mut self, has_headline: bool) {
        self.drop_other_texts();
        if !has_headline {
            self.lowest = LowestDocuments::default();
        }
    }
}
