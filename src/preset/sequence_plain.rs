//! Fast path: compares entities of tags as sets and counts equal tags on numbers alone, with
//! results identical to [`super::sequence`].

use super::sequence::LabelSums;
use crate::document::{Chunk, Tags};
use crate::metric::{PlainStatistics, Statistic, TagTable};

/// Sums the chunks of both sides as sets of spans with labels. Returns the number of gold chunks,
/// including duplicates.
pub(super) fn compare(gold: &[Chunk], predicted: &[Chunk], table: &TagTable, statistics: &mut PlainStatistics) -> u64 {
    let (golds, predictions) = (keys(gold, table), keys(predicted, table));
    let mut entities = Vec::with_capacity(golds.len().max(predictions.len()));
    let (mut g, mut p) = (0, 0);
    while g < golds.len() || p < predictions.len() {
        let order = match (golds.get(g), predictions.get(p)) {
            (Some(gold), Some(predicted)) => gold.cmp(predicted),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        let label = if order.is_le() { golds[g].2 } else { predictions[p].2 };
        entities.push((label, order.is_le(), order.is_ge()));
        g += usize::from(order.is_le());
        p += usize::from(order.is_ge());
    }
    sum(&mut entities, statistics);
    gold.len() as u64
}

type LabelledChunk = (u32, u32, u32);

fn keys(chunks: &[Chunk], table: &TagTable) -> Vec<LabelledChunk> {
    let key = |chunk: &Chunk| (chunk.last, chunk.first, table.labels[chunk.name as usize]);
    let mut keys: Vec<LabelledChunk> = chunks.iter().map(key).collect();
    // They are usually sorted already.
    keys.sort();
    keys.dedup();
    keys
}

/// Sums entities, given as label and whether the gold and the predicted side have them.
pub(super) fn sum(entities: &mut [(u32, bool, bool)], statistics: &mut PlainStatistics) {
    statistics.wholes.clear();
    statistics.labels.clear();
    entities.sort_unstable_by_key(|(label, ..)| *label);
    let mut whole = LabelSums::default();
    for of_label in entities.chunk_by(|a, b| a.0 == b.0) {
        let mut sums = LabelSums::default();
        for (_, gold, predicted) in of_label {
            sums.gold += u64::from(*gold);
            sums.predicted += u64::from(*predicted);
            sums.correct += u64::from(*gold && *predicted);
        }
        whole.gold += sums.gold;
        whole.predicted += sums.predicted;
        whole.correct += sums.correct;
        statistics.labels.push((0, of_label[0].0, sums.statistic()));
    }
    statistics.wholes.push(whole.statistic());
}

/// Adds the fraction of equal tags.
pub(super) fn add_accuracy(
    gold: &Tags,
    predicted: &Tags,
    table: &TagTable,
    statistics: &mut PlainStatistics,
    openings: bool,
) {
    let of = |tags: &Tags| {
        let tokens = tags.tokens();
        tokens.start as usize..tokens.end as usize
    };
    let (golds, predictions) = (&gold.file.tags[of(gold)], &predicted.file.tags[of(predicted)]);
    let same = |a: u32, b: u32| a == b || table.texts[a as usize] == table.texts[b as usize];
    let mut correct = golds.iter().zip(predictions).filter(|(a, b)| same(**a, **b)).count();
    let mut tokens = golds.len();
    if openings && let (Some(a), Some(b)) = (gold.opening, predicted.opening) {
        tokens += 1;
        correct += usize::from(same(a, b));
    }
    statistics.wholes.push(Statistic::Average { sum: correct as f64, documents: tokens as u64 });
}
