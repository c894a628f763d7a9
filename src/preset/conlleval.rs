//! conlleval, the Perl script of CoNLL-2000 (version of 2004-01-26). In one pass over both columns,
//! an entity is correct if both columns open it and close it together, with equal labels and no
//! boundary in between.

mod pass;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Preset;
use super::sequence::{self, ACCURACY, FoundEntity, STRICT};
use super::sequence_plain;
use crate::document::{Annotations, Chunk, Document, Layer, TagDecoder, TagName, Tags};
use crate::metric::signature::{EMPTY, Signature};
use crate::metric::{
    Arithmetic, Average, Case, Headline, MetricGroup, Name, Options, Outcome, PlainStatistics, Statistic, StatisticKey,
    Statistics, TagTable, Tagged,
};
use pass::{BREAK, NUMBERED_BREAK, Pass, Tag, begins, ends, tag};

/// The preset of the script.
pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "conlleval",
    about: "conlleval of 2004-01-26, the script of CoNLL-2000",
    parity: "tests/parity/conlleval.py",
    metric_groups: &[&Conlleval],
    reasons: &sequence::OfTags,
}];

struct Conlleval;

/// The name of sums that no report shows: entities that the script counts as correct under another
/// label than the one they began with, or in another document. `hits` are the correct ones to add
/// under the label, `possible` those to subtract.
const MOVED: &str = "moved";

impl MetricGroup for Conlleval {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn tag_decoder(&self) -> TagDecoder {
        TagDecoder::Tool(None)
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        match (&gold.tags, &gold.entities) {
            (Some(tags), _) => Some(count_begins(tags)),
            (None, entities) => entities.as_ref().map(|entities| entities.len() as u64),
        }
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![STRICT.into(), ACCURACY.into()]
    }

    fn signature(&self, metric: &str, _: &Options) -> Signature {
        let signature = Signature::preset("conlleval-2004-01-26");
        match metric {
            STRICT => signature.open(EMPTY, "null"),
            metric => signature.with("metric", metric.to_owned()),
        }
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new(STRICT, "f1"))
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        self
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let mut outcome = match (&case.gold.tags, &case.predicted.tags) {
            (Some(gold), Some(predicted)) => both(gold, predicted, case.document),
            _ => {
                let of = |side| sequence::of_spans(side, case.document, |tags| alone(tags, case.document));
                sequence::compare(of(case.gold), of(case.predicted))
            }
        };
        sequence::add_accuracy(&mut outcome, case, same_tags);
        outcome
    }

    fn tagged(&self) -> Option<&dyn Tagged> {
        Some(self)
    }
}

impl Tagged for Conlleval {
    fn label<'t>(&self, tag: &'t TagName) -> Option<&'t str> {
        (!is_odd(tag)).then_some(&*tag.conll_label)
    }

    fn text<'t>(&self, tag: &'t TagName) -> &'t str {
        &tag.conll_text
    }

    fn sum(&self, gold: &Tags, predicted: &Tags, table: &TagTable, statistics: &mut PlainStatistics) -> Option<u64> {
        let read = ColumnComparison::new(gold, predicted, [&table.labels; 2]);
        let label = |chunk: &Chunk| table.labels[chunk.name as usize];
        let (mut answered, mut is_free) = (vec![false; read.ours.len()], vec![true; read.theirs.len()]);
        for (g, p) in &read.right {
            (answered[*g], is_free[*p]) = (true, false);
        }
        let golds = read.ours.iter().zip(answered).map(|(chunk, is_right)| (label(chunk), true, is_right));
        let free = read.theirs.iter().zip(is_free).filter(|(_, is_free)| *is_free);
        let mut entities: Vec<_> = golds.chain(free.map(|(chunk, _)| (label(chunk), false, true))).collect();
        sequence_plain::sum(&mut entities, statistics);
        sequence_plain::add_accuracy(gold, predicted, table, statistics, true);
        read.moved.is_empty().then_some(read.ours.len() as u64)
    }
}

impl Arithmetic for Conlleval {
    fn stats(&self, statistic: &Statistic, _: &Options) -> Vec<Name> {
        sequence::stats(statistic)
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        match *statistics.get(key)? {
            Statistic::Matches { counts, predicted, .. } => {
                let moved = statistics
                    .iter()
                    .filter(|(other, _)| other.metric == MOVED && (key.label.is_none() || other.label == key.label));
                let (mut more, mut less) = (0, 0);
                for (_, statistic) in moved {
                    if let Statistic::Recall { hits, possible } = statistic {
                        more += hits;
                        less += possible;
                    }
                }
                sequence::prf(counts.correct + more - less, predicted, counts.possible(), stat)
            }
            Statistic::Average { sum, documents } => (documents > 0).then(|| sum / documents as f64),
            _ => None,
        }
    }

    fn zero_division(&self) -> Option<f64> {
        Some(0.0)
    }

    fn averages(&self) -> &'static [Average] {
        &[]
    }
}

/// Returns whether a tag belongs to no tagging scheme.
fn is_odd(name: &TagName) -> bool {
    match name.conll_prefix {
        b'B' | b'I' | b'E' | b'[' | b']' => false,
        b'O' => !name.conll_label.is_empty(),
        b'.' => true,
        _ => name.conll_label.is_empty(),
    }
}

/// Returns whether an entity that is correct so far continues from sentences before the document
/// into it. Only tags outside all schemes (a bare `M`, `.-PER`, `O-PER`) cause that.
fn carried(gold: &Tags, predicted: &Tags) -> bool {
    if ![gold, predicted].iter().any(|tags| tags.file.names.iter().any(is_odd)) {
        return false;
    }
    let (mut ours, mut theirs) = (gold.sentences.start, predicted.sentences.start);
    while ours > 0 && theirs > 0 {
        (ours, theirs) = (ours - 1, theirs - 1);
        let mut pass = Pass::new(BREAK, None);
        let tokens = |tags: &Tags, at: u32| tags.file.sentences[at as usize].first..tags.file.end_of(at);
        for (g, p) in tokens(gold, ours).zip(tokens(predicted, theirs)) {
            pass.step(tag(gold.file.tag(g)), tag(predicted.file.tag(p)));
        }
        pass.step(BREAK, BREAK);
        if let Some(is_right) = pass.is_right {
            return is_right;
        }
    }
    false
}

/// The entities of one column, while they are read.
#[derive(Default)]
struct Column {
    chunks: Vec<Chunk>,
    is_open: bool,
}

impl Column {
    fn take(&mut self, token: u32, name: u32, ends: bool, begins: bool) {
        self.is_open &= !ends;
        if begins {
            self.chunks.push(Chunk { first: token, last: token, name });
            self.is_open = true;
        } else if self.is_open
            && let Some(last) = self.chunks.last_mut()
        {
            last.last = token;
        }
    }
}

/// The result of the pass over both columns of a document.
struct ColumnComparison<'a> {
    ours: Vec<Chunk>,
    theirs: Vec<Chunk>,
    /// The index pairs of the correct entities.
    right: Vec<(usize, usize)>,
    /// Labels with the numbers of correct entities to add and to subtract: see [`MOVED`].
    moved: Vec<(&'a str, u64, u64)>,
}

impl<'a> ColumnComparison<'a> {
    /// Compares labels by numbers, which are equal on both sides if the labels are.
    fn new(gold: &'a Tags, predicted: &'a Tags, numbers: [&[u32]; 2]) -> Self {
        let tags = |tags: &Tags, numbers: &[u32]| -> Vec<Tag<u32>> {
            let number = |(name, number): (&TagName, &u32)| {
                (name.conll_prefix, if name.conll_label.is_empty() { u32::MAX } else { *number })
            };
            tags.file.names.iter().zip(numbers).map(number).collect()
        };
        let (golden, found) = (tags(gold, numbers[0]), tags(predicted, numbers[1]));
        let outside = (NUMBERED_BREAK, NUMBERED_BREAK);
        let mut pass = Pass::new(NUMBERED_BREAK, Some(carried(gold, predicted)));
        let (mut ours, mut theirs) = (Column::default(), Column::default());
        // The entities that both columns opened last.
        let mut open: Option<(usize, usize)> = None;
        let (mut right, mut moved) = (Vec::new(), Vec::new());
        let named = |number: u32| {
            let place = golden.iter().position(|(_, label)| *label == number);
            place.map_or("", |place| &*gold.file.names[place].conll_label)
        };
        let mut close = |open: Option<(usize, usize)>, chunks: &[Chunk], label: u32| match open {
            Some(pair) => {
                let began = golden[chunks[pair.0].name as usize].1;
                right.push(pair);
                if began != label {
                    moved.extend([(named(label), 1, 0), (named(began), 0, 1)]);
                }
            }
            None => moved.push((named(label), 1, 0)),
        };
        for (golds, predictions) in gold.sentences().zip(predicted.sentences()) {
            for (g, p) in golds.zip(predictions) {
                let (a, b) = (gold.file.tags[g as usize], predicted.file.tags[p as usize]);
                let now = (golden[a as usize], found[b as usize]);
                // Fast path: outside of any entity, as most tokens are.
                if now == outside && pass.before == outside && !ours.is_open && !theirs.is_open {
                    continue;
                }
                let label = pass.before.0.1;
                let step = pass.step(now.0, now.1);
                if step.was_right {
                    close(open.take(), &ours.chunks, label);
                }
                ours.take(g, a, step.ends.0, step.begins.0);
                theirs.take(p, b, step.ends.1, step.begins.1);
                if step.opens_both {
                    open = Some((ours.chunks.len() - 1, theirs.chunks.len() - 1));
                }
            }
            let label = pass.before.0.1;
            if pass.step(NUMBERED_BREAK, NUMBERED_BREAK).was_right {
                close(open.take(), &ours.chunks, label);
            }
            (ours.is_open, theirs.is_open) = (false, false);
        }
        let is_end = gold.sentences.end as usize == gold.file.sentences.len();
        if is_end && pass.is_right == Some(true) {
            close(open.take(), &ours.chunks, u32::MAX);
        }
        Self { ours: ours.chunks, theirs: theirs.chunks, right, moved }
    }

    /// Numbers the labels, then runs the pass.
    fn of(gold: &'a Tags, predicted: &'a Tags) -> Self {
        let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
        let mut number = |name: &'a TagName| {
            let next = numbers.len() as u32;
            *numbers.entry(&*name.conll_label).or_insert(next)
        };
        let ours: Vec<u32> = gold.file.names.iter().map(&mut number).collect();
        let theirs: Vec<u32> = predicted.file.names.iter().map(&mut number).collect();
        Self::new(gold, predicted, [&ours, &theirs])
    }
}

fn both(gold: &Tags, predicted: &Tags, document: Option<&Document>) -> Outcome {
    let read = ColumnComparison::of(gold, predicted);
    let golds = found(gold, document, &read.ours);
    let predictions = found(predicted, document, &read.theirs);
    let mut answers: Vec<Option<usize>> = vec![None; golds.len()];
    let mut is_free = vec![true; predictions.len()];
    for (g, p) in read.right {
        (answers[g], is_free[p]) = (Some(p), false);
    }
    let mut pairs: Vec<_> =
        golds.iter().zip(answers).map(|(gold, answer)| (Some(gold), answer.map(|p| &predictions[p]))).collect();
    let free = predictions.iter().zip(is_free).filter(|(_, is_free)| *is_free);
    pairs.extend(free.map(|(predicted, _)| (None, Some(predicted))));
    let mut outcome = sequence::outcome(&pairs);
    for (label, hits, possible) in read.moved {
        outcome.statistics.add(StatisticKey::labelled(MOVED, &Arc::from(label)), Statistic::Recall { hits, possible });
    }
    outcome
}

/// Returns the entities of one column alone.
fn alone<'a>(tags: &'a Tags, document: Option<&'a Document>) -> Vec<FoundEntity<'a>> {
    let mut column = Column::default();
    for sentence in tags.sentences() {
        let mut before = BREAK;
        for token in sentence {
            let now = tag(tags.file.tag(token));
            column.take(token, tags.file.tags[token as usize], ends(before, now), begins(before, now));
            before = now;
        }
        column.is_open = false;
    }
    found(tags, document, &column.chunks)
}

fn found<'a>(tags: &'a Tags, document: Option<&'a Document>, chunks: &[Chunk]) -> Vec<FoundEntity<'a>> {
    let label = |chunk: Chunk| &*tags.file.names[chunk.name as usize].conll_label;
    let note = |chunk: Chunk| match tags.file.tag(chunk.first).conll_prefix {
        b'B' | b'[' | b']' => None,
        b'I' => Some("an orphan I- opens an entity"),
        b'E' => Some("an orphan E- opens an entity"),
        _ => Some("a prefix that conlleval does not know opens an entity by its label"),
    };
    sequence::of_chunks(tags, document, chunks, label, note)
}

fn count_begins(tags: &Tags) -> u64 {
    let mut count = 0;
    for sentence in tags.sentences() {
        let mut before = BREAK;
        for token in sentence {
            let now = tag(tags.file.tag(token));
            count += u64::from(begins(before, now));
            before = now;
        }
    }
    count
}

/// Counts equal tags, including those of `-DOCSTART-` lines, which are tokens for the script.
fn same_tags(gold: &Tags, predicted: &Tags) -> (u64, u64) {
    let (golds, predictions) = (gold.tokens(), predicted.tokens());
    let mut tokens = golds.len() as u64;
    let same = |a: &TagName, b: &TagName| a.conll_text == b.conll_text;
    let mut correct =
        golds.zip(predictions).filter(|(g, p)| same(gold.file.tag(*g), predicted.file.tag(*p))).count() as u64;
    if let (Some(a), Some(b)) = (gold.opening, predicted.opening) {
        tokens += 1;
        correct += u64::from(same(&gold.file.names[a as usize], &predicted.file.names[b as usize]));
    }
    (correct, tokens)
}
