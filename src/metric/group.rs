//! The trait of a metric group: metrics that are computed together from one alignment of a layer.

use std::collections::BTreeMap;
use std::panic::RefUnwindSafe;

use super::source::Fact;
use super::summary::Ngram;
use super::{
    Arithmetic, CONFIDENCE, Direction, Headline, Item, Karat, Name, Options, PlainCounter, Statistics, Tagged,
};
use crate::document::{Annotations, Answer, Document, Layer, LayerSet, Reference, TagDecoder};
use crate::error::Diagnostic;
use crate::metric::Signature;

/// The gold and predicted annotations of one document.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The text, if it is known: items then show their context.
    pub document: Option<&'a Document>,
    /// The golden file.
    pub gold: &'a Annotations,
    /// The prediction; empty if the extractor failed.
    pub predicted: &'a Annotations,
    /// The options chosen by the user.
    pub options: &'a Options,
}

/// The contribution of one document to the scores of one layer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Sums that add up over documents.
    pub statistics: Statistics,
    /// Every gold and predicted item with its outcome, in text order.
    pub items: Vec<Item>,
    /// For a summary whose source text is known: its numbers, dates and names, in order.
    pub facts: Vec<Fact>,
    /// Warnings about the reliability of the figures, such as a text of which a tokenizer leaves
    /// nothing.
    pub warnings: Vec<String>,
}

/// Metrics that are computed together from one alignment of one layer.
pub trait MetricGroup: Send + Sync + RefUnwindSafe {
    /// Returns whether the group scores a layer.
    fn scores(&self, layer: &Layer) -> bool;

    /// Returns whether an extractor that declares these layers can be scored on `layer`; by
    /// default, if it declares `layer`.
    fn is_answered_by(&self, layer: &Layer, declared: &LayerSet) -> bool {
        declared.contains(layer)
    }

    /// Returns the number of gold items of a golden file in the layer; `None` if the layer is not
    /// annotated.
    fn gold_items(&self, layer: &Layer, gold: &Annotations, options: &Options) -> Option<u64>;

    /// Returns the names of the metrics, in report order; a single empty name if the layer has only
    /// one metric.
    fn metrics(&self, _options: &Options) -> Vec<Name> {
        vec!["".into()]
    }

    /// Returns the signature of a metric: figures are comparable only if their signatures are
    /// equal.
    fn signature(&self, metric: &str, options: &Options) -> Signature;

    /// Returns whether higher or lower values of a metric are better; by default, higher ones.
    fn direction(&self, _metric: &str) -> Direction {
        Direction::Higher
    }

    /// Returns whether a metric needs no golden annotations and describes answers, so that it is
    /// undefined for a document that was not answered; by default, only the confidence of
    /// predictions.
    fn rests_on_answers(&self, metric: &str) -> bool {
        metric == CONFIDENCE
    }

    /// Returns the headline figure of the layers that the group scores: the one shown if only one
    /// is shown. `None` if it has none. Of several groups of a layer, the first with a headline
    /// figure decides.
    fn headline(&self) -> Option<Headline> {
        None
    }

    /// Returns a warning about all figures of the group under these options, such as verdicts of a
    /// judge whose errors nothing corrects.
    fn caution(&self, _options: &Options) -> Option<String> {
        None
    }

    /// Returns how sums become figures; karat's own arithmetic unless a preset reproduces another
    /// tool.
    fn arithmetic(&self) -> &dyn Arithmetic {
        &Karat
    }

    /// Returns whether the group reads the tags of token files itself. For other groups they are
    /// decoded leniently into entities.
    fn reads_tags(&self) -> bool {
        self.tag_decoder() != TagDecoder::Karat
    }

    /// Returns who decodes the tags of token files: the reproduced tool if the group reads tags
    /// itself.
    fn tag_decoder(&self) -> TagDecoder {
        TagDecoder::Karat
    }

    /// Returns diagnostics for annotations, gold or predicted, that the reproduced tool refuses to
    /// score.
    fn refuses(&self, _annotations: &Annotations, _options: &Options) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Returns a number that must be equal for all golden files; if it is not,
    /// [`Self::refuses_together`] reports why.
    fn number_in_common(&self, _gold: &Annotations, _options: &Options) -> Option<usize> {
        None
    }

    /// Returns diagnostics for what the group refuses in all documents together, golden files and
    /// predictions.
    fn refuses_together(
        &self,
        _references: &BTreeMap<String, Reference>,
        _answers: &BTreeMap<String, Answer>,
        _options: &Options,
    ) -> Vec<Diagnostic> {
        Vec::new()
    }

    /// Counts one document. Called only if the golden file has the layer.
    fn count(&self, layer: &Layer, case: &Case<'_>) -> Outcome;

    /// Counts one document, but leaves [`Outcome::items`] empty.
    fn sum(&self, layer: &Layer, case: &Case<'_>) -> Outcome {
        self.count(layer, case)
    }

    /// Returns a few distinctive unigrams and bigrams of the summaries of a document, to be shown
    /// to readers.
    fn ngrams(&self, _case: &Case<'_>) -> Vec<Ngram> {
        Vec::new()
    }

    /// Returns a fast path that computes the same sums for documents with only plain entities, if
    /// these options allow one.
    fn plain(&self, _options: &Options) -> Option<&dyn PlainCounter> {
        None
    }

    /// Returns a fast path that computes the same sums for documents with only tags, if there is
    /// one.
    fn tagged(&self) -> Option<&dyn Tagged> {
        None
    }
}
