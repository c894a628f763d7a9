//! Packed encoding of the sums and outcomes of one document, so that those of 100,000 documents fit
//! in memory.
//!
//! Values are encoded by postcard: most counts of a document are below 128 and take one byte each,
//! whereas a [`Statistic`] in a map takes 150 bytes. Sums of matches, of which a document has one
//! for each metric and label, are encoded here, which takes less than half the time of postcard.
//! Sums of corpus formulas are stored unpacked beside the bytes, because the formulas with their
//! options are not serialised.

use std::borrow::Cow;

use postcard::ser_flavors::Flavor;
use serde::{Deserialize, Serialize};

use crate::metric::{Class, Counts, Item, Side, Statistic};

/// Appends the bytes of postcard to a vector. Single bytes, which most values take, are not copied
/// as slices.
struct Bytes<'b>(&'b mut Vec<u8>);

impl Flavor for Bytes<'_> {
    type Output = ();

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.0.push(byte);
        Ok(())
    }

    fn try_extend(&mut self, bytes: &[u8]) -> postcard::Result<()> {
        match bytes {
            [byte] => self.0.push(*byte),
            bytes => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<()> {
        Ok(())
    }
}

/// Appends a value to packed bytes.
pub(super) fn push(bytes: &mut Vec<u8>, value: &impl Serialize) {
    postcard::serialize_with_flavor(value, Bytes(bytes)).expect("a packed value has a length");
}

/// Appends an unsigned integer with the bytes that postcard gives it: LEB128.
fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Encodings of sums, in the lowest two bits of the first number of a sum.
mod encoding {
    pub const MATCHES: u64 = 0;
    pub const POSTCARD: u64 = 1;
    pub const OTHER: u64 = 2;
}

/// Appends a sum under the number of its key. Statistics without a packed form are appended to
/// `others`.
pub(super) fn push_statistic(bytes: &mut Vec<u8>, key: u32, statistic: &Statistic, others: &mut Vec<Statistic>) {
    let key = u64::from(key) << 2;
    match statistic {
        Statistic::Matches { counts, credit2, predicted } => {
            let Counts { correct, incorrect, partial, missed, spurious } = *counts;
            [key | encoding::MATCHES, correct, incorrect, partial, missed, spurious, *credit2, *predicted]
                .into_iter()
                .for_each(|number| push_number(bytes, number));
        }
        Statistic::Corpus(_) => {
            push(bytes, &(key | encoding::OTHER, others.len()));
            others.push(statistic.clone());
        }
        _ => push(bytes, &(key | encoding::POSTCARD, statistic)),
    }
}

/// The text of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Text<'a> {
    /// Unknown or empty.
    None,
    /// The text that the span covers in the document.
    Covered,
    /// A text that is stored with the item.
    Own(&'a str),
}

/// The outcome of a gold item, or of a spurious prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackedItem<'a> {
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

impl<'a> PackedItem<'a> {
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

/// Reads the values that [`push`] and [`push_statistic`] appended, in their order.
#[derive(Clone)]
pub(super) struct Reader<'b>(pub &'b [u8]);

impl<'b> Reader<'b> {
    /// Reads the next value, which must be of the type that was appended.
    pub fn next<T: Deserialize<'b>>(&mut self) -> T {
        let (value, rest) = postcard::take_from_bytes(self.0).expect("a value of this type was packed here");
        self.0 = rest;
        value
    }

    /// Reads the next unsigned integer.
    fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let Some((byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            shift += 7;
            if *byte < 0x80 {
                break;
            }
        }
        number
    }

    /// Reads the next sum and the number of its key.
    pub fn statistic<'s>(&mut self, others: &'s [Statistic]) -> (u32, Cow<'s, Statistic>) {
        let first = self.number();
        let statistic = match first & 3 {
            encoding::MATCHES => {
                let counts = Counts {
                    correct: self.number(),
                    incorrect: self.number(),
                    partial: self.number(),
                    missed: self.number(),
                    spurious: self.number(),
                };
                Cow::Owned(Statistic::Matches { counts, credit2: self.number(), predicted: self.number() })
            }
            encoding::POSTCARD => Cow::Owned(self.next()),
            _ => Cow::Borrowed(&others[self.number() as usize]),
        };
        ((first >> 2) as u32, statistic)
    }
}

#[cfg(test)]
mod tests {
    use super::{PackedItem, Reader, Text, push, push_statistic};
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
            push_statistic(&mut bytes, key, statistic, &mut others);
        }
        let mut reader = Reader(&bytes);
        for (key, statistic) in (1000..).zip(&statistics) {
            let (found, read) = reader.statistic(&others);
            assert_eq!((found, &*read), (key, statistic));
        }
        assert_eq!((reader.0.len(), others.len()), (0, 1));
    }

    #[test]
    fn outcomes_are_read_as_they_were_written() {
        let outcome = |class, is_gold, span, text| PackedItem { class, is_gold, span, label: "PÉR", text };
        let outcomes = [
            outcome(Class::Correct, true, Some((3, 900)), Text::Covered),
            outcome(Class::Duplicate, false, None, Text::Own("é")),
            outcome(Class::Missed, true, Some((0, 0)), Text::None),
        ];
        let mut bytes = Vec::new();
        outcomes.iter().for_each(|outcome| push(&mut bytes, outcome));
        let mut reader = Reader(&bytes);
        outcomes.iter().for_each(|outcome| assert_eq!(reader.next::<PackedItem<'_>>(), *outcome));
        assert!(reader.0.is_empty());
    }
}
