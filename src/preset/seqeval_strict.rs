//! seqeval 1.2.2, `mode="strict"`: only chunks that are well formed in a scheme are entities, and
//! tags of other schemes are refused.

use super::Preset;
use super::sequence::{self, ACCURACY, FoundEntity, STRICT};
use super::sequence_plain;
use crate::document::{Annotations, Chunk, Document, Layer, Scheme, TagDecoder, TagName, Tags};
use crate::error::Diagnostic;
use crate::metric::signature::{EMPTY, Signature};
use crate::metric::{
    Arithmetic, Case, Headline, MetricGroup, Name, Options, Outcome, PlainStatistics, TagTable, Tagged,
};

/// One preset per scheme.
pub(super) const PRESETS: &[Preset] = &[
    Preset {
        name: "seqeval-strict-iob1",
        about: "seqeval 1.2.2, strict mode, scheme IOB1",
        parity: "tests/parity/seqeval.py",
        metric_groups: &[&SeqevalStrict(Scheme::Iob1)],
        reasons: &sequence::OfTags,
    },
    Preset {
        name: "seqeval-strict-iob2",
        about: "seqeval 1.2.2, strict mode, scheme IOB2",
        parity: "tests/parity/seqeval.py",
        metric_groups: &[&SeqevalStrict(Scheme::Iob2)],
        reasons: &sequence::OfTags,
    },
    Preset {
        name: "seqeval-strict-ioe1",
        about: "seqeval 1.2.2, strict mode, scheme IOE1",
        parity: "tests/parity/seqeval.py",
        metric_groups: &[&SeqevalStrict(Scheme::Ioe1)],
        reasons: &sequence::OfTags,
    },
    Preset {
        name: "seqeval-strict-ioe2",
        about: "seqeval 1.2.2, strict mode, scheme IOE2",
        parity: "tests/parity/seqeval.py",
        metric_groups: &[&SeqevalStrict(Scheme::Ioe2)],
        reasons: &sequence::OfTags,
    },
    Preset {
        name: "seqeval-strict-iobes",
        about: "seqeval 1.2.2, strict mode, scheme IOBES",
        parity: "tests/parity/seqeval.py",
        metric_groups: &[&SeqevalStrict(Scheme::Iobes)],
        reasons: &sequence::OfTags,
    },
    Preset {
        name: "seqeval-strict-bilou",
        about: "seqeval 1.2.2, strict mode, scheme BILOU",
        parity: "tests/parity/seqeval.py",
        metric_groups: &[&SeqevalStrict(Scheme::Bilou)],
        reasons: &sequence::OfTags,
    },
];

struct SeqevalStrict(Scheme);

impl MetricGroup for SeqevalStrict {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Entities
    }

    fn tag_decoder(&self) -> TagDecoder {
        TagDecoder::Tool(Some(self.0))
    }

    fn refuses(&self, annotations: &Annotations, _: &Options) -> Vec<Diagnostic> {
        let Some(tags) = &annotations.tags else { return Vec::new() };
        let describe = |token: u32| {
            let message = format!("the tag {:?} is none of {}'s", &*tags.file.tag(token).text, self.0);
            let diagnostic = Diagnostic::new(message).in_file(&tags.file.file).at((tags.file.line_of(token), 1));
            let prefixes: Vec<String> = self.0.prefixes().chars().map(|prefix| format!("`{prefix}`")).collect();
            let help = format!("tags begin with one of {}; `--preset seqeval` takes any", prefixes.join(", "));
            diagnostic.help(help)
        };
        self.0.unknown_ids(tags).into_iter().map(describe).collect()
    }

    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        match (&gold.tags, &gold.entities) {
            (Some(tags), _) => Some(self.0.chunks(tags).len() as u64),
            (None, entities) => entities.as_ref().map(|entities| entities.len() as u64),
        }
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        vec![STRICT.into(), ACCURACY.into()]
    }

    fn signature(&self, metric: &str, _: &Options) -> Signature {
        let signature = Signature::preset("seqeval-1.2.2");
        match metric {
            STRICT => signature.with("mode", "strict").with("scheme", self.0.to_string()).open(EMPTY, "null"),
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
        let found = |tags| self.found(tags, case.document);
        let mut outcome = match (&case.gold.tags, &case.predicted.tags) {
            (Some(gold), Some(predicted)) => sequence::compare(found(gold), found(predicted)),
            _ => {
                let of = |side| sequence::of_spans(side, case.document, found);
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

impl Tagged for SeqevalStrict {
    /// Tags of other schemes are refused; their diagnostics need locations, so the fast path does
    /// not apply.
    fn label<'t>(&self, tag: &'t TagName) -> Option<&'t str> {
        self.0.prefixes().contains(tag.prefix as char).then_some(&*tag.strict_label)
    }

    fn sum(&self, gold: &Tags, predicted: &Tags, table: &TagTable, statistics: &mut PlainStatistics) -> Option<u64> {
        let count = sequence_plain::compare(&self.0.chunks(gold), &self.0.chunks(predicted), table, statistics);
        sequence_plain::add_accuracy(gold, predicted, table, statistics, false);
        Some(count)
    }
}

impl SeqevalStrict {
    fn found<'a>(&self, tags: &'a Tags, document: Option<&'a Document>) -> Vec<FoundEntity<'a>> {
        let label = |chunk: Chunk| &*tags.file.names[chunk.name as usize].strict_label;
        sequence::of_chunks(tags, document, &self.0.chunks(tags), label, |_| None)
    }
}
