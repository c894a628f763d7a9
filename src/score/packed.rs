//! Packed encoding of the sums and outcomes of one document, so that those of 100,000 documents fit
//! in memory.
//!
//! Most counts of a document are below 128 and take one byte each as a variable-length integer
//! (LEB128), whereas a [`Statistic`] in a map takes 150 bytes. Statistics other than counts and
//! means are stored unpacked beside the bytes.

use std::borrow::Cow;

use crate::metric::{Class, Counts, Item, Side, Statistic};
use crate::stats::confidence::Ranking;

/// Kinds of sums, encoded in the lowest four bits of the first number of an entry.
mod kind {
    pub const MATCHES: u64 = 0;
    pub const FIELDS: u64 = 1;
    pub const SHARE: u64 = 2;
    pub const RECALL: u64 = 3;
    pub const UNRANKED: u64 = 4;
    pub const MEAN: u64 = 5;
    pub const AVERAGE: u64 = 6;
    pub const AMOUNT: u64 = 7;
    pub const SHARES: u64 = 8;
    pub const OTHER: u64 = 9;
}

/// Appends numbers to a byte vector.
pub(super) struct Writer<'b>(pub &'b mut Vec<u8>);

impl Writer<'_> {
    /// Appends an unsigned integer.
    pub fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn real(&mut self, value: f64) {
        self.0.extend_from_slice(&value.to_bits().to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    fn counts(&mut self, counts: &Counts) {
        let Counts { correct, incorrect, partial, missed, spurious } = *counts;
        [correct, incorrect, partial, missed, spurious].into_iter().for_each(|count| self.number(count));
    }

    /// Appends a sum under the number of its key. Statistics without a packed form are appended to
    /// `others`.
    pub fn statistic(&mut self, key: u32, statistic: &Statistic, others: &mut Vec<Statistic>) {
        let mut begin = |kind: u64| self.number(u64::from(key) << 4 | kind);
        match statistic {
            Statistic::Matches { counts, credit2, predicted } => {
                begin(kind::MATCHES);
                self.counts(counts);
                self.number(*credit2);
                self.number(*predicted);
            }
            Statistic::Fields { counts, absent } => {
                begin(kind::FIELDS);
                self.counts(counts);
                self.number(*absent);
            }
            Statistic::Share { hits: part, whole } => {
                begin(kind::SHARE);
                self.number(*part);
                self.number(*whole);
            }
            Statistic::Recall { hits: part, possible: whole } => {
                begin(kind::RECALL);
                self.number(*part);
                self.number(*whole);
            }
            Statistic::Ranking { ranking, bins } if ranking.ranked() == 0 => {
                begin(kind::UNRANKED);
                self.number(ranking.gold());
                self.number(ranking.unranked());
                self.number(u64::from(*bins));
            }
            Statistic::Mean { precision, recall, f1, documents } => {
                begin(kind::MEAN);
                [*precision, *recall, *f1].into_iter().for_each(|sum| self.real(sum));
                self.number(*documents);
            }
            Statistic::Average { sum, documents } => {
                begin(kind::AVERAGE);
                self.real(*sum);
                self.number(*documents);
            }
            Statistic::Amount { sum, documents } => {
                begin(kind::AMOUNT);
                self.real(*sum);
                self.number(*documents);
            }
            Statistic::Shares { precision, recall } => {
                begin(kind::SHARES);
                [precision.0, precision.1, recall.0, recall.1].into_iter().for_each(|sum| self.real(sum));
            }
            Statistic::Corpus(_) | Statistic::Ranking { .. } => {
                begin(kind::OTHER);
                self.number(others.len() as u64);
                others.push(statistic.clone());
            }
        }
    }

    /// Appends the outcome of an item, as far as comparisons need it. The text is omitted if
    /// `covered` gives it for the span.
    pub fn outcome(&mut self, outcome: &Outcome<'_>) {
        let Outcome { class, is_gold, span, label, text } = *outcome;
        let (kind, inline) = match text {
            Text::None => (0, None),
            Text::Covered => (1, None),
            Text::Own(text) => (2, Some(text)),
        };
        let class = Class::ALL.iter().position(|other| *other == class).unwrap_or_default() as u64;
        self.number(class << 4 | kind << 2 | u64::from(span.is_some()) << 1 | u64::from(is_gold));
        if let Some((start, end)) = span {
            self.number(u64::from(start));
            self.number(u64::from(end.wrapping_sub(start)));
        }
        self.text(label);
        if let Some(text) = inline {
            self.text(text);
        }
    }
}

/// The text of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Text<'a> {
    /// Unknown or empty.
    None,
    /// The text that the span covers in the document.
    Covered,
    /// A text that is stored with the item.
    Own(&'a str),
}

/// The outcome of a gold item, or of a spurious prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome<'a> {
    /// The outcome class.
    pub class: Class,
    /// Whether it is a gold item; otherwise a prediction without one.
    pub is_gold: bool,
    /// Its span in code points, if it has one.
    pub span: Option<(u32, u32)>,
    /// Its label or field; empty if the layer has none.
    pub label: &'a str,
    /// Its text.
    pub text: Text<'a>,
}

impl<'a> Outcome<'a> {
    /// Returns the outcome of an item, by its gold side if it has one. `covered` returns the text
    /// of a span if the document is known.
    pub fn of(item: &'a Item, covered: impl Fn((u32, u32)) -> Option<&'a str>) -> Option<Self> {
        let side: &Side = item.gold.as_ref().or(item.predicted.as_ref())?;
        let text = match side.text.as_str() {
            "" => Text::None,
            text if side.span.and_then(covered) == Some(text) => Text::Covered,
            text => Text::Own(text),
        };
        Some(Self { class: item.class, is_gold: item.gold.is_some(), span: side.span, label: &side.label, text })
    }
}

/// Reads numbers from bytes that a [`Writer`] wrote.
#[derive(Clone)]
pub(super) struct Reader<'b> {
    pub bytes: &'b [u8],
    pub at: usize,
}

impl<'b> Reader<'b> {
    /// Reads the next unsigned integer.
    pub fn number(&mut self) -> u64 {
        let first = self.bytes[self.at];
        self.at += 1;
        if first < 0x80 {
            return u64::from(first);
        }
        let (mut value, mut shift) = (u64::from(first & 0x7f), 7);
        loop {
            let byte = self.bytes[self.at];
            self.at += 1;
            value |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                return value;
            }
        }
    }

    fn real(&mut self) -> f64 {
        let mut bits = [0; 8];
        bits.copy_from_slice(&self.bytes[self.at..self.at + 8]);
        self.at += 8;
        f64::from_bits(u64::from_le_bytes(bits))
    }

    fn text(&mut self) -> &'b str {
        let length = self.number() as usize;
        let bytes = &self.bytes[self.at..self.at + length];
        self.at += length;
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    fn counts(&mut self) -> Counts {
        Counts {
            correct: self.number(),
            incorrect: self.number(),
            partial: self.number(),
            missed: self.number(),
            spurious: self.number(),
        }
    }

    /// Reads the next sum and the number of its key.
    pub fn statistic<'s>(&mut self, others: &'s [Statistic]) -> (u32, Cow<'s, Statistic>) {
        let first = self.number();
        let statistic = match first & 15 {
            kind::MATCHES => {
                Statistic::Matches { counts: self.counts(), credit2: self.number(), predicted: self.number() }
            }
            kind::FIELDS => Statistic::Fields { counts: self.counts(), absent: self.number() },
            kind::SHARE => Statistic::Share { hits: self.number(), whole: self.number() },
            kind::RECALL => Statistic::Recall { hits: self.number(), possible: self.number() },
            kind::UNRANKED => {
                let ranking = Ranking::without_confidence(self.number(), self.number());
                Statistic::Ranking { ranking, bins: self.number() as u32 }
            }
            kind::MEAN => Statistic::Mean {
                precision: self.real(),
                recall: self.real(),
                f1: self.real(),
                documents: self.number(),
            },
            kind::AVERAGE => Statistic::Average { sum: self.real(), documents: self.number() },
            kind::AMOUNT => Statistic::Amount { sum: self.real(), documents: self.number() },
            kind::SHARES => {
                Statistic::Shares { precision: (self.real(), self.real()), recall: (self.real(), self.real()) }
            }
            _ => return ((first >> 4) as u32, Cow::Borrowed(&others[self.number() as usize])),
        };
        ((first >> 4) as u32, Cow::Owned(statistic))
    }

    /// Reads the next outcome.
    pub fn outcome(&mut self) -> Outcome<'b> {
        let first = self.number();
        let span = (first & 2 > 0).then(|| {
            let start = self.number() as u32;
            (start, start.wrapping_add(self.number() as u32))
        });
        let label = self.text();
        let text = match first >> 2 & 3 {
            0 => Text::None,
            1 => Text::Covered,
            _ => Text::Own(self.text()),
        };
        Outcome { class: Class::ALL[(first >> 4) as usize], is_gold: first & 1 > 0, span, label, text }
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, Reader, Text, Writer};
    use crate::metric::corpus::{Corpus, Formula};
    use crate::metric::{Class, Counts, Statistic};
    use crate::stats::confidence::Ranking;

    #[test]
    fn sums_are_read_as_they_were_written() {
        let counts = Counts { correct: 1, incorrect: 200, partial: 3, missed: u64::MAX, spurious: 5 };
        let mut ranked = Ranking::default();
        ranked.predict(Some(0.5), true);
        let mut unranked = Ranking::default();
        unranked.expect(300);
        unranked.predict(None, false);
        let statistics = [
            Statistic::matches(Counts { missed: 7, ..counts }),
            Statistic::Fields { counts, absent: 6 },
            Statistic::Share { hits: 1, whole: 2 },
            Statistic::Recall { hits: 1, possible: 128 },
            Statistic::Ranking { ranking: ranked, bins: 10 },
            Statistic::Ranking { ranking: unranked, bins: 15 },
            Statistic::Mean { precision: 0.25, recall: 0.1, f1: 0.75, documents: 3 },
            Statistic::Shares { precision: (0.5, 1.0), recall: (1.5, 0.1) },
            Statistic::Average { sum: 0.3, documents: 1 },
            Statistic::Amount { sum: 7.5, documents: 2 },
            Statistic::Corpus(Corpus { formula: Formula::WordErrors, sums: vec![1.0, 2.0] }),
        ];
        let (mut bytes, mut others) = (Vec::new(), Vec::new());
        for (key, statistic) in (1000..).zip(&statistics) {
            Writer(&mut bytes).statistic(key, statistic, &mut others);
        }
        let mut reader = Reader { bytes: &bytes, at: 0 };
        for (key, statistic) in (1000..).zip(&statistics) {
            let (found, read) = reader.statistic(&others);
            assert_eq!((found, &*read), (key, statistic));
        }
        assert_eq!((reader.at, others.len()), (bytes.len(), 2));
    }

    #[test]
    fn outcomes_are_read_as_they_were_written() {
        let outcome = |class, is_gold, span, text| Outcome { class, is_gold, span, label: "PÉR", text };
        let outcomes = [
            outcome(Class::Correct, true, Some((3, 900)), Text::Covered),
            outcome(Class::Duplicate, false, None, Text::Own("é")),
            outcome(Class::Missed, true, Some((0, 0)), Text::None),
        ];
        let mut bytes = Vec::new();
        outcomes.iter().for_each(|outcome| Writer(&mut bytes).outcome(outcome));
        let mut reader = Reader { bytes: &bytes, at: 0 };
        outcomes.iter().for_each(|outcome| assert_eq!(reader.outcome(), *outcome));
        assert_eq!(reader.at, bytes.len());
    }
}
