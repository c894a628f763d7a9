//! Each annotator scored against each other, as if one were gold: F1 is the same either way, precision and recall swap.

use std::collections::BTreeMap;

use crate::document::{Annotations, Annotator, Layer, LayerSet, Reference};
use crate::metric::{FAMILIES, MetricName};
use crate::score::{Answer, Scores, Settings, Subject, score};

/// Two annotators.
#[derive(Debug, Clone)]
pub struct Pairwise {
    /// Taken as gold.
    pub first: String,
    /// Taken as predicted.
    pub second: String,
    /// Every figure, and what became of every item.
    pub scores: Scores,
}

/// Scores every pair. Only layers that both labelled in a document are compared.
pub fn pairwise(annotators: &[Annotator], settings: &Settings) -> Vec<Pairwise> {
    let mut pairs = Vec::new();
    for (at, first) in annotators.iter().enumerate() {
        for second in &annotators[at + 1..] {
            pairs.push(Pairwise {
                first: first.name.clone(),
                second: second.name.clone(),
                scores: score_pair(first, second, settings),
            });
        }
    }
    pairs
}

fn score_pair(first: &Annotator, second: &Annotator, settings: &Settings) -> Scores {
    let mut references = BTreeMap::new();
    let mut answers = BTreeMap::new();
    let mut declared = LayerSet::new();
    for (id, one) in &first.documents {
        let Some(other) = second.documents.get(id) else { continue };
        let both: LayerSet = one.gold.layers().intersection(&other.gold.layers()).cloned().collect();
        let gold = only(&one.gold, &both);
        references.insert(id.clone(), Reference { document: one.document.clone(), text_sha256: None, gold });
        answers.insert(id.clone(), Answer::ok(other.gold.clone()));
        declared.extend(both);
    }
    score(&references, &Subject { name: second.name.clone(), declared, answers }, settings)
}

/// The layers of a set, without the others.
fn only(annotations: &Annotations, layers: &LayerSet) -> Annotations {
    let has = |layer: Layer| layers.contains(&layer);
    let records = annotations.records.as_ref().map(|records| {
        let kept = records.iter().filter(|(name, _)| has(Layer::Records((*name).clone().into())));
        kept.map(|(name, records)| (name.clone(), records.clone())).collect()
    });
    let whole = annotations.clone();
    Annotations {
        entities: whole.entities.filter(|_| has(Layer::Entities)),
        relations: whole.relations.filter(|_| has(Layer::Relations)),
        records,
        key_points: whole.key_points.filter(|_| has(Layer::KeyPoints)),
        key_sentences: whole.key_sentences.filter(|_| has(Layer::KeySentences)),
        summaries: whole.summaries.filter(|_| has(Layer::Summaries)),
        keyphrases: whole.keyphrases.filter(|_| has(Layer::Keyphrases)),
        ignore: whole.ignore,
    }
}

/// The human ceiling of every figure that is the same either way: its mean over the pairs of annotators. A figure above it
/// fits one annotator's habits more than the task.
pub fn ceiling(pairs: &[Pairwise]) -> BTreeMap<MetricName, f64> {
    let mut sums: BTreeMap<MetricName, (f64, f64)> = BTreeMap::new();
    for figure in pairs.iter().flat_map(|pair| pair.scores.figures()) {
        let is_symmetric = figure.name.stat == "f1" && FAMILIES.iter().any(|family| family.scores(&figure.name.layer));
        if let Some(value) = figure.value.filter(|_| is_symmetric) {
            let sum = sums.entry(figure.name.clone()).or_default();
            *sum = (sum.0 + value, sum.1 + 1.0);
        }
    }
    sums.into_iter().map(|(name, (sum, pairs))| (name, sum / pairs)).collect()
}
