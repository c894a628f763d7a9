//! seqeval 1.2.2, default mode: lenient decoding of tags of any scheme, entities compared as sets.

use super::Preset;
use super::sequence::{self, ACCURACY, FoundEntity, STRICT};
use super::sequence_plain;
use crate::document::{Annotations, Chunk, Document, Layer, TagDecoder, TagName, Tags, lenient};
use crate::metric::signature::{EMPTY, Signature};
use crate::metric::{
    Arithmetic, Case, Headline, MetricGroup, Name, Options, Outcome, PlainStatistics, TagTable, Tagged,
};

/// seqeval in its default mode.
pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "seqeval",
    about: "seqeval 1.2.2, default mode: tags of any scheme, read leniently",
    parity: "tests/parity/seqeval.py",
    metric_groups: &[&SeqevalLenient],
    reasons: &sequence::OfTags,
}];

struct SeqevalLenient;

impl MetricGroup for SeqevalLenient {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn tag_decoder(&self) -> TagDecoder {
        TagDecoder::Tool(None)
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        match (&gold.tags, &gold.entities) {
            (Some(tags), _) => Some(lenient::chunks(tags).len() as u64),
            (None, entities) => entities.as_ref().map(|entities| entities.len() as u64),
        }
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![STRICT.into(), ACCURACY.into()]
    }

    fn signature(&self, metric: &str, _: &Options) -> Signature {
        let signature = Signature::preset("seqeval-1.2.2");
        match metric {
            STRICT => signature.with("mode", "default").open(EMPTY, "null"),
            metric => signature.with("metric", metric.to_owned()),
        }
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new(STRICT, "f1"))
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        &sequence::Seqeval
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let mut outcome = match (&case.gold.tags, &case.predicted.tags) {
            (Some(gold), Some(predicted)) => {
                sequence::compare(found(gold, case.document), found(predicted, case.document))
            }
            _ => {
                let of = |side| sequence::of_spans(side, case.document, |tags| found(tags, case.document));
                sequence::compare(of(case.gold), of(case.predicted))
            }
        };
        sequence::add_accuracy(&mut outcome, case, sequence::same_tags);
        outcome
    }

    fn tagged(&self) -> Option<&dyn Tagged> {
        Some(self)
    }
}

impl Tagged for SeqevalLenient {
    fn label<'t>(&self, tag: &'t TagName) -> Option<&'t str> {
        Some(&tag.label)
    }

    fn sum(&self, gold: &Tags, predicted: &Tags, table: &TagTable, statistics: &mut PlainStatistics) -> Option<u64> {
        let count = sequence_plain::compare(&lenient::chunks(gold), &lenient::chunks(predicted), table, statistics);
        sequence_plain::add_accuracy(gold, predicted, table, statistics, false);
        Some(count)
    }
}

fn found<'a>(tags: &'a Tags, document: Option<&'a Document>) -> Vec<FoundEntity<'a>> {
    let chunks = lenient::chunks(tags);
    let label = |chunk: Chunk| &*tags.file.names[chunk.name as usize].label;
    sequence::of_chunks(tags, document, &chunks, label, |chunk| note(tags, chunk))
}

/// Returns what makes a chunk ill-formed in schemes that begin entities with `B-` or `S-`.
fn note(tags: &Tags, chunk: Chunk) -> Option<&'static str> {
    match tags.file.tag(chunk.first).prefix {
        b'B' | b'S' => None,
        b'I' => Some("an orphan I- opens an entity"),
        b'E' => Some("an orphan E- opens an entity"),
        _ => Some("a prefix that seqeval does not know opens an entity by its label"),
    }
}
