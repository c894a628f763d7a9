//! What a family of metrics is.

use std::collections::BTreeMap;
use std::panic::RefUnwindSafe;

use super::source::Fact;
use super::summary::Ngram;
use super::{Arithmetic, Item, Karat, Name, Options, PlainCounter, Statistics, Tagged};
use crate::document::{Annotations, Answer, Document, Layer, LayerSet, Reference};
use crate::error::Diagnostic;
use crate::metric::Signature;

/// One document's gold and predicted annotations.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The text, where it is known: items then show their context.
    pub document: Option<&'a Document>,
    /// The golden file.
    pub gold: &'a Annotations,
    /// The prediction; empty where the extractor failed.
    pub predicted: &'a Annotations,
    /// What the user chose.
    pub options: &'a Options,
}

/// What one document contributes to one layer's scores.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Sums that add up over documents.
    pub statistics: Statistics,
    /// Every gold and predicted item with what became of it, in text order.
    pub items: Vec<Item>,
    /// Of a summary whose source is known: the numbers, dates and names in it, in its order.
    pub facts: Vec<Fact>,
    /// What a reader should know before believing the figures, such as a text that a tokenizer emptied.
    pub warnings: Vec<String>,
}

/// Metrics that are computed together from one alignment of one layer.
pub trait MetricGroup: Send + Sync + RefUnwindSafe {
    /// Whether it scores a layer.
    fn scores(&self, layer: &Layer) -> bool;

    /// Whether an extractor that declares these layers can be scored on `layer`; by default, if it declares it.
    fn is_answered_by(&self, layer: &Layer, declared: &LayerSet) -> bool {
        declared.contains(layer)
    }

    /// How many gold items a golden file holds in the layer; `None` where the layer was not annotated.
    fn gold_items(&self, layer: &Layer, gold: &Annotations, options: &Options) -> Option<u64>;

    /// The metrics it computes, in report order; one empty name where the layer has but one.
    fn metrics(&self, _options: &Options) -> Vec<Name> {
        vec!["".into()]
    }

    /// How a metric of the family is computed: figures are compared only where signatures are equal.
    fn signature(&self, metric: &str, options: &Options) -> Signature;

    /// How its sums become figures; karat's own way, unless it stands in for another tool.
    fn arithmetic(&self) -> &dyn Arithmetic {
        &Karat
    }

    /// Whether it reads the tags of token files themselves. For others they are decoded leniently into entities.
    fn reads_tags(&self) -> bool {
        false
    }

    /// What the tool that it stands in for refuses to score, of either side of a document.
    fn refuses(&self, _annotations: &Annotations, _options: &Options) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// A number that has to be the same for every golden file: where it is not, [`Self::refuses_together`] says what is wrong.
    fn number_in_common(&self, _gold: &Annotations, _options: &Options) -> Option<usize> {
        None
    }

    /// What it refuses of all documents taken together, of the golden files and the predictions.
    fn refuses_together(
        &self,
        _references: &BTreeMap<String, Reference>,
        _answers: &BTreeMap<String, Answer>,
        _options: &Options,
    ) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Counts one document. Called only where the golden file has the layer.
    fn count(&self, layer: &Layer, case: &Case<'_>) -> Outcome;

    /// The same without the items, for whoever asks for sums alone.
    fn sum(&self, layer: &Layer, case: &Case<'_>) -> Outcome {
        self.count(layer, case)
    }

    /// A few telling words and pairs of words of a document's summaries, for whoever reads them.
    fn ngrams(&self, _case: &Case<'_>) -> Vec<Ngram> {
        Vec::new()
    }

    /// A fast way to the same sums for documents of nothing but plain entities, if it has one under these options.
    fn plain(&self, _options: &Options) -> Option<&dyn PlainCounter> {
        None
    }

    /// The same for documents of nothing but tags.
    fn tagged(&self) -> Option<&dyn Tagged> {
        None
    }
}
