//! Helpers shared by presets of sequence labelling tools: entities of both sides, compared as sets.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{PresetDifference, Reasons, numpy};
use crate::document::{self, Annotations, Chunk, Document};
use crate::metric::{
    Arithmetic, Average, Case, Class, Counts, Detail, Item, Name, Options, Outcome, Side, Statistic, StatisticKey,
    Statistics,
};

/// The metric of entities: equal span, equal label.
pub(super) const STRICT: &str = "strict";
/// The fraction of tokens whose tags are equal.
pub(super) const ACCURACY: &str = "accuracy";

/// An entity of one side.
#[derive(Debug, Clone)]
pub(super) struct FoundEntity<'a> {
    /// End and start: token indices from the first token of the document, or code points. Tokens
    /// before the document have negative indices.
    pub place: (i64, i64),
    /// Its label.
    pub label: Cow<'a, str>,
    /// The span in the document, in code points.
    pub span: (u32, u32),
    /// The covered text.
    pub text: Cow<'a, str>,
    /// What is unusual about its tags.
    pub note: Option<&'static str>,
}

impl FoundEntity<'_> {
    fn key(&self) -> ((i64, i64), &str) {
        (self.place, &self.label)
    }

    pub fn side(&self) -> Side {
        Side { span: Some(self.span), label: self.label.to_string(), text: self.text.to_string() }
    }
}

/// Returns the entities of chunks, with token indices.
pub(super) fn of_chunks<'a>(
    tags: &'a document::Tags,
    document: Option<&'a Document>,
    chunks: &[Chunk],
    label: impl Fn(Chunk) -> &'a str,
    note: impl Fn(Chunk) -> Option<&'static str>,
) -> Vec<FoundEntity<'a>> {
    if chunks.is_empty() {
        return Vec::new();
    }
    let file = &*tags.file;
    let begin = tags.tokens().start;
    let base = file.tokens[begin as usize].0;
    // In ASCII texts, byte offsets are code point offsets.
    let ranges = (tags.places.is_some() || !tags.joined().is_ascii()).then(|| tags.ranges());
    let found = |chunk: &Chunk| {
        let first = chunk.first.max(begin);
        let bytes = (file.tokens[first as usize].0, file.tokens[chunk.last as usize].1);
        let span = match &ranges {
            Some(all) => (all[(first - begin) as usize].0, all[(chunk.last - begin) as usize].1),
            None => (bytes.0 - base, bytes.1 - base),
        };
        let joined = &file.text[bytes.0 as usize..bytes.1 as usize];
        let own = || document.and_then(|document| document.slice(span.0, span.1));
        let relative = |token: u32| i64::from(token) - i64::from(begin);
        FoundEntity {
            place: (relative(chunk.last), relative(chunk.first)),
            label: Cow::Borrowed(label(*chunk)),
            span,
            text: Cow::Borrowed(if tags.places.is_some() { own().unwrap_or(joined) } else { joined }),
            note: note(*chunk),
        }
    };
    chunks.iter().map(found).collect()
}

/// Returns the entities of annotations: decoded from tags, or else as given; with code point
/// offsets.
pub(super) fn of_spans<'a>(
    annotations: &'a Annotations,
    document: Option<&'a Document>,
    decode: impl Fn(&'a document::Tags) -> Vec<FoundEntity<'a>>,
) -> Vec<FoundEntity<'a>> {
    if let Some(tags) = &annotations.tags {
        let mut found = decode(tags);
        for entity in &mut found {
            entity.place = (entity.span.1.into(), entity.span.0.into());
        }
        return found;
    }
    let found = |entity: &'a document::Entity| {
        let own = || document.and_then(|document| document.slice(entity.start, entity.end));
        FoundEntity {
            place: (entity.end.into(), entity.start.into()),
            label: Cow::Borrowed(&entity.label),
            span: (entity.start, entity.end),
            text: Cow::Borrowed(entity.text.as_deref().or_else(own).unwrap_or_default()),
            note: None,
        }
    };
    annotations.entities.iter().flatten().map(found).collect()
}

/// The sums of one label.
#[derive(Default)]
pub(super) struct LabelSums {
    pub correct: u64,
    pub gold: u64,
    pub predicted: u64,
}

impl LabelSums {
    pub fn statistic(&self) -> Statistic {
        let counts = Counts {
            correct: self.correct,
            missed: self.gold - self.correct,
            spurious: self.predicted - self.correct,
            ..Counts::default()
        };
        Statistic::matches(counts)
    }
}

/// Compares two sets of entities.
pub(super) fn compare<'a>(mut gold: Vec<FoundEntity<'a>>, mut predicted: Vec<FoundEntity<'a>>) -> Outcome {
    for side in [&mut gold, &mut predicted] {
        side.sort_by(|a, b| a.key().cmp(&b.key()));
        side.dedup_by(|a, b| a.key() == b.key());
    }
    let mut pairs = Vec::with_capacity(gold.len().max(predicted.len()));
    let (mut g, mut p) = (0, 0);
    while g < gold.len() || p < predicted.len() {
        let order = match (gold.get(g), predicted.get(p)) {
            (Some(gold), Some(predicted)) => gold.key().cmp(&predicted.key()),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        pairs.push((order.is_le().then(|| &gold[g]), order.is_ge().then(|| &predicted[p])));
        g += usize::from(order.is_le());
        p += usize::from(order.is_ge());
    }
    outcome(&pairs)
}

/// Returns the sums and items of entities with their partners.
pub(super) fn outcome(pairs: &[(Option<&FoundEntity<'_>>, Option<&FoundEntity<'_>>)]) -> Outcome {
    let mut labels: BTreeMap<&str, LabelSums> = BTreeMap::new();
    let mut whole = LabelSums::default();
    let mut items = Vec::with_capacity(pairs.len());
    for (gold, predicted) in pairs {
        let add = |sums: &mut LabelSums, gold: bool, predicted: bool| {
            sums.gold += u64::from(gold);
            sums.predicted += u64::from(predicted);
            sums.correct += u64::from(gold && predicted);
        };
        add(&mut whole, gold.is_some(), predicted.is_some());
        if let Some(found) = gold.or(*predicted) {
            let same = gold.is_some() && predicted.is_some();
            add(
                labels.entry(&found.label).or_default(),
                gold.is_some(),
                predicted.is_some() && (same || gold.is_none()),
            );
        }
        let mut item = match (gold, predicted) {
            (Some(gold), Some(predicted)) => Item::pair(Class::Correct, gold.side(), predicted.side()),
            (Some(gold), None) => Item { detail: Some(Detail::Missed), ..Item::missed(gold.side()) },
            (None, Some(predicted)) => {
                Item { detail: Some(Detail::Spurious), ..Item::spurious(Class::Spurious, predicted.side()) }
            }
            (None, None) => continue,
        };
        let note = |who: &str, found: &Option<&FoundEntity<'_>>| Some(format!("{who}: {}", found.as_ref()?.note?));
        let notes: Vec<String> = [note("gold", gold), note("predicted", predicted)].into_iter().flatten().collect();
        item.evidence = (!notes.is_empty()).then(|| notes.join("; "));
        items.push(item);
    }
    items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
    let mut statistics = Statistics::default();
    for (label, sums) in &labels {
        statistics.add(StatisticKey::labelled(STRICT, &Arc::from(*label)), sums.statistic());
    }
    statistics.add(StatisticKey::whole(STRICT), whole.statistic());
    Outcome { statistics, items, ..Outcome::default() }
}

/// Adds the fraction of equal tags: of tokens that both sides have or, if a document was not
/// answered, of the golden ones.
pub(super) fn add_accuracy(
    outcome: &mut Outcome,
    case: &Case<'_>,
    same: impl Fn(&document::Tags, &document::Tags) -> (u64, u64),
) {
    let Some(gold) = &case.gold.tags else { return };
    let (correct, tokens) = match &case.predicted.tags {
        Some(predicted) => same(gold, predicted),
        None if case.predicted.entities.is_none() => (0, gold.tokens().len() as u64),
        None => return,
    };
    outcome
        .statistics
        .add(StatisticKey::whole(ACCURACY), Statistic::Average { sum: correct as f64, documents: tokens });
}

/// Returns the number of tokens with equal tags, and the number of tokens.
pub(super) fn same_tags(gold: &document::Tags, predicted: &document::Tags) -> (u64, u64) {
    let (golds, predictions) = (gold.tokens(), predicted.tokens());
    let tokens = golds.len() as u64;
    let same = golds.zip(predictions).filter(|(g, p)| gold.file.tag(*g).text == predicted.file.tag(*p).text);
    (same.count() as u64, tokens)
}

/// The arithmetic of scikit-learn as copied by seqeval: F1 from rounded precision and recall,
/// averages by NumPy, 0 divided by 0 is 0.
pub(super) struct Seqeval;

impl Arithmetic for Seqeval {
    fn stats(&self, statistic: &Statistic, _: &Options) -> Vec<Name> {
        stats(statistic)
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        match *statistics.get(key)? {
            Statistic::Matches { counts, predicted, .. } => prf(counts.correct, predicted, counts.possible(), stat),
            Statistic::Average { sum, documents } => (documents > 0).then(|| sum / documents as f64),
            _ => None,
        }
    }

    fn zero_division(&self) -> Option<f64> {
        Some(0.0)
    }

    fn averages_nothing(&self) -> bool {
        true
    }

    fn averages(&self) -> &'static [Average] {
        &[Average::Macro, Average::Weighted]
    }

    fn average(&self, labels: &[(StatisticKey, f64, f64)]) -> Option<f64> {
        let total: f64 = labels.iter().map(|(_, weight, _)| weight).sum();
        if total == 0.0 {
            // No label has gold entities: every label has precision 0, and recall is the value of 0
            // divided by 0.
            return labels.first().map(|(_, _, value)| *value);
        }
        let weighted: Vec<f64> = labels.iter().map(|(_, weight, value)| value * weight).collect();
        Some(numpy::sum(&weighted) / total)
    }
}

/// The reasons why an entity of these presets differs from karat's.
pub(super) struct OfTags;

impl Reasons for OfTags {
    fn of_item(&self, difference: &PresetDifference<'_>) -> String {
        let evidence = difference.preset.and_then(|item| item.evidence.clone());
        evidence.unwrap_or_else(|| match (difference.karat, difference.preset) {
            (_, None) => "a sequence that is not well formed in the scheme, or a copy, is not an entity".to_owned(),
            (None, _) => "the tool finds an entity where karat's lenient reading has another or none".to_owned(),
            _ => "entities are compared as sets: another place or label is one missed and one spurious".to_owned(),
        })
    }

    fn of_figure(&self, _: &crate::metric::MetricName) -> Option<&'static str> {
        Some("0 divided by 0 is a number, and F1 comes from rounded precision and recall")
    }
}

/// Returns the statistics of a sum.
pub(super) fn stats(statistic: &Statistic) -> Vec<Name> {
    match statistic {
        Statistic::Average { .. } => vec!["".into()],
        _ => vec!["precision".into(), "recall".into(), "f1".into()],
    }
}

/// Returns precision, recall or F1 of counts; `None` if the denominator is zero.
pub(super) fn prf(correct: u64, predicted: u64, gold: u64, stat: &str) -> Option<f64> {
    let share = |whole: u64| (whole > 0).then(|| correct as f64 / whole as f64);
    let (precision, recall) = (share(predicted), share(gold));
    match (stat, precision, recall) {
        ("precision", ..) => precision,
        ("recall", ..) => recall,
        (_, None, None) => None,
        (_, Some(p), Some(r)) if p + r > 0.0 => Some(2.0 * p * r / (p + r)),
        _ => Some(0.0),
    }
}
