//! Scoring documents as they come, in any order, without keeping them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::accumulator::{Accumulator, Part};
use super::formulas::Formulas;
use super::sums::Sums;
use super::{Answer, LayerScores, Scores, Settings, Status};
use crate::align::Item;
use crate::document::{Annotations, Layer, LayerSet, Reference};
use crate::error::Fault;
use crate::metric::{Case, FAMILIES, Family, PlainSum, PlainTally, incomplete};

/// Sums up documents for [`super::score`]'s scores, to the bit. Documents' own figures and items are not kept; of figures
/// that are no counts, every document's part is.
pub struct Scorer<'s> {
    pub(super) settings: &'s Settings,
    pub(super) sums: Partial,
    plain: Option<PlainSum>,
}

/// One document to be scored.
#[derive(Debug)]
pub enum Scored {
    /// Nothing but plain spans on both sides; labels are numbered as [`Scorer::add`] is told.
    Plain {
        /// The gold spans.
        gold: Vec<Item>,
        /// The predicted ones.
        predicted: Vec<Item>,
    },
    /// Anything.
    Full {
        /// The document's id.
        id: String,
        /// The golden file.
        reference: Box<Reference>,
        /// What was predicted.
        answer: Box<Answer>,
    },
}

/// The sums of some documents.
#[derive(Default)]
pub(super) struct Partial {
    pub layers: BTreeMap<Layer, Accumulator>,
    /// By layer and document, so that they do not come in the order of the work.
    warnings: BTreeSet<(Layer, String, Vec<String>)>,
    /// The documents that were not answered, and why.
    ends: BTreeMap<String, (Status, Option<String>)>,
    /// The documents that were answered with an empty summary.
    empty_summaries: BTreeSet<String>,
    /// Whether a family refuses a document.
    is_refused: bool,
    /// By family, the numbers that golden files must have in common.
    in_common: BTreeSet<(usize, usize)>,
    /// Layers of golden files, and of predictions.
    pub golden: LayerSet,
    pub predicted: LayerSet,
}

impl<'s> Scorer<'s> {
    /// Nothing is counted yet.
    pub fn new(settings: &'s Settings) -> Self {
        let scorer = Self { settings, sums: Partial::default(), plain: None };
        let plain = scorer.wants(&Layer::Entities).and_then(|family| family.plain(&settings.options));
        Self { plain, ..scorer }
    }

    /// Whether documents of nothing but plain spans can be given as such.
    pub fn takes_plain(&self) -> bool {
        self.plain.is_some()
    }

    fn families(&self) -> &'static [&'static dyn Family] {
        self.settings.preset.map_or(FAMILIES, |preset| preset.families)
    }

    pub(super) fn wants(&self, layer: &Layer) -> Option<&'static dyn Family> {
        let family = *self.families().iter().find(|family| family.scores(layer))?;
        self.settings.layers.as_ref().is_none_or(|layers| layers.contains(layer)).then_some(family)
    }

    /// Adds documents. Labels of plain spans are given in sorted order. `false` where scores would depend on the order of
    /// plain spans, or where documents are refused: then they must be read whole, to be put in order or to say why.
    ///
    /// Documents come in portions for one thread each, and are made ready there.
    ///
    /// # Errors
    /// With what is wrong with the documents.
    pub fn add<T: Send>(
        &mut self,
        documents: Vec<Vec<T>>,
        labels: &[Arc<str>],
        prepare: impl Fn(T) -> Result<Scored, Vec<Fault>> + Sync,
    ) -> Result<bool, Vec<Fault>> {
        let partials: Vec<Result<Partial, Vec<Fault>>> =
            documents.into_par_iter().map(|portion| self.sum(portion, labels, &prepare)).collect();
        let mut faults = Vec::new();
        for partial in partials {
            match partial {
                Ok(partial) => self.sums.merge(partial),
                Err(more) => faults.extend(more),
            }
        }
        let is_ordered = || self.sums.layers.values().all(Accumulator::can_be_put_in_order);
        if faults.is_empty() { Ok(is_ordered() && !self.sums.is_refused()) } else { Err(faults) }
    }

    fn sum<T>(
        &self,
        documents: Vec<T>,
        labels: &[Arc<str>],
        prepare: &impl Fn(T) -> Result<Scored, Vec<Fault>>,
    ) -> Result<Partial, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut sums = Partial::default();
        let mut tally = PlainTally::default();
        let family = self.wants(&Layer::Entities);
        let metrics = family.map(|family| family.metrics(&self.settings.options));
        let mut plain = family.map_or_else(Accumulator::default, |family| Accumulator::new(family.arithmetic()));
        for document in documents {
            match (prepare(document), self.plain, &metrics) {
                (Ok(Scored::Plain { gold, predicted }), Some(sum), Some(metrics)) => {
                    sum(&gold, &predicted, &mut tally);
                    plain.add_plain(&tally, metrics, labels, gold.len() as u64);
                }
                (Ok(Scored::Full { id, reference, answer }), ..) => self.sum_full(id, &reference, &answer, &mut sums),
                (Ok(Scored::Plain { .. }), ..) => {}
                (Err(more), ..) => faults.extend(more),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        if let Some(metrics) = metrics.filter(|_| plain.documents > 0) {
            plain.settle(&metrics);
            sums.golden.insert(Layer::Entities);
            sums.predicted.insert(Layer::Entities);
            sums.layers.entry(Layer::Entities).or_default().merge(plain);
        }
        Ok(sums)
    }

    fn sum_full(&self, id: String, reference: &Reference, answer: &Answer, sums: &mut Partial) {
        let layers = reference.gold.layers();
        sums.predicted.extend(answer.annotations.layers());
        let nothing = Annotations::default();
        let is_answered = answer.status == Status::Ok;
        let predicted = if is_answered { &answer.annotations } else { &nothing };
        let options = &self.settings.options;
        let case = Case { document: reference.document.as_ref(), gold: &reference.gold, predicted, options };
        for layer in &layers {
            let Some(family) = self.wants(layer) else { continue };
            let Some(gold) = family.gold_items(layer, &reference.gold, options) else { continue };
            let outcome = family.sum(layer, &case);
            let new = || Accumulator::in_any_order(family.arithmetic());
            let part = Part { id: &id, tally: &outcome.tally, is_answered, gold };
            sums.layers.entry(layer.clone()).or_insert_with(new).add(&part);
            if !outcome.warnings.is_empty() {
                sums.warnings.insert((layer.clone(), id.clone(), outcome.warnings));
            }
        }
        for (place, family) in self.families().iter().enumerate() {
            let is_refused = |annotations| !family.refuses(annotations, options).is_empty();
            sums.is_refused |= is_refused(&reference.gold) || is_refused(&answer.annotations);
            sums.in_common.extend(family.number_in_common(&reference.gold, options).map(|number| (place, number)));
        }
        if reference.gold.summaries.is_some() && answer.has_empty_summary() {
            sums.empty_summaries.insert(id.clone());
        }
        if !is_answered {
            sums.ends.insert(id, (answer.status, answer.message.clone()));
        }
        sums.golden.extend(layers);
    }

    /// The layers of all golden files, and of all predictions.
    pub fn layers(&self) -> (&LayerSet, &LayerSet) {
        (&self.sums.golden, &self.sums.predicted)
    }

    /// The documents that were not answered, and why.
    pub fn ends(&self) -> &BTreeMap<String, (Status, Option<String>)> {
        &self.sums.ends
    }

    /// The documents that were answered with an empty summary where golden files have one.
    pub fn empty_summaries(&self) -> &BTreeSet<String> {
        &self.sums.empty_summaries
    }

    /// The scores of whoever declares these layers.
    pub fn finish(mut self, declared: &LayerSet) -> Scores {
        let mut layers = Vec::new();
        for (layer, mut accumulated) in std::mem::take(&mut self.sums.layers) {
            let Some(family) = self.wants(&layer).filter(|family| family.is_answered_by(&layer, declared)) else {
                continue;
            };
            accumulated.put_in_order();
            let sums = Sums::new(Formulas { family, settings: self.settings }, &layer, accumulated, 1);
            let (figures, ranking) = (sums.figures(), sums.ranking());
            let of_layer = self.sums.warnings.iter().filter(|(of, ..)| *of == layer);
            let warnings = of_layer.flat_map(|(_, id, warnings)| {
                warnings.iter().map(move |warning| format!("document {id:?}: {warning}"))
            });
            let without = ranking.as_ref().and_then(|ranked| incomplete(&ranked.ranking));
            let warnings = without.into_iter().chain(warnings).collect();
            layers.push(LayerScores { layer, figures, documents: BTreeMap::new(), ranking, warnings });
        }
        Scores { layers }
    }
}

impl Partial {
    fn is_refused(&self) -> bool {
        self.is_refused || self.in_common.iter().zip(self.in_common.iter().skip(1)).any(|(one, next)| one.0 == next.0)
    }

    fn merge(&mut self, other: Self) {
        for (layer, accumulator) in other.layers {
            self.layers.entry(layer).or_default().merge(accumulator);
        }
        self.warnings.extend(other.warnings);
        self.ends.extend(other.ends);
        self.empty_summaries.extend(other.empty_summaries);
        self.is_refused |= other.is_refused;
        self.in_common.extend(other.in_common);
        self.golden.extend(other.golden);
        self.predicted.extend(other.predicted);
    }
}
