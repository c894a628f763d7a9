//! Locates quotations that a model copied from a document.
//!
//! The search proceeds by levels: the exact text, then normalised white space and typography, then
//! any case. On each level, matches at word boundaries precede matches inside words, so that "Al"
//! is found before "Also". The k-th mention of the same quotation and label gets the k-th match.

use std::collections::BTreeSet;

use super::normalise::{NormalisationLevel, NormalisedText};
use crate::document::{Document, Entity, Span};
use crate::text::excerpt;

/// Finds the spans of quotations in one document.
pub(super) struct Finder<'d> {
    document: &'d Document,
    /// The document's text by level; each is computed on first use.
    normalised: [Option<NormalisedText>; NormalisationLevel::ALL.len()],
    /// Spans that are already assigned, by label, in bytes.
    taken: BTreeSet<(String, usize, usize)>,
}

impl<'d> Finder<'d> {
    pub fn new(document: &'d Document) -> Self {
        Self { document, normalised: [const { None }; NormalisationLevel::ALL.len()], taken: BTreeSet::new() }
    }

    /// Assigns the span of an entity that has offsets.
    pub fn take(&mut self, entity: &Entity) {
        if let Some(range) = self.document.bytes(entity.start, entity.end) {
            self.taken.insert((entity.label.clone(), range.start, range.end));
        }
    }

    /// Returns the next span of a quotation that is not yet assigned to this label.
    ///
    /// # Errors
    /// Fails with a note if there is no (further) match.
    pub fn find(&mut self, quote: &str, label: &str) -> Result<Span, String> {
        let mut matches = 0;
        for (at, level) in NormalisationLevel::ALL.into_iter().enumerate() {
            let wanted = NormalisedText::new(quote, level).text;
            let wanted = wanted.trim();
            if wanted.is_empty() {
                return Err(format!("the quote {} is empty", excerpt(quote)));
            }
            let text = self.normalised[at].get_or_insert_with(|| NormalisedText::new(self.document.text(), level));
            let (mut whole, mut within) = (Vec::new(), Vec::new());
            for (start, _) in text.text.match_indices(wanted) {
                let end = start + wanted.len();
                let Some(original) = text.original(start..end) else { continue };
                let is_whole = is_edge(&text.text, start) && is_edge(&text.text, end);
                if is_whole { whole.push(original) } else { within.push(original) }
            }
            for range in whole.into_iter().chain(within) {
                matches += 1;
                if self.taken.insert((label.to_owned(), range.start, range.end)) {
                    return Ok(self.document.span(range));
                }
            }
        }
        Err(match matches {
            0 => format!("the quote {} does not occur in the text", excerpt(quote)),
            _ => format!("the quote {} occurs more often in the answer than in the text", excerpt(quote)),
        })
    }
}

/// Whether a byte offset is not inside a word.
fn is_edge(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    let after = text[at..].chars().next().is_some_and(char::is_alphanumeric);
    !(before && after)
}

#[cfg(test)]
mod tests {
    use super::Finder;
    use crate::document::Document;

    fn spans(text: &str, quotes: &[(&str, &str)]) -> Vec<String> {
        let document = Document::new("d", text);
        let mut finder = Finder::new(&document);
        let describe = |(quote, label): &(&str, &str)| match finder.find(quote, label) {
            Ok(span) => format!("{}..{} {}", span.start, span.end, span.text.unwrap()),
            Err(note) => note,
        };
        quotes.iter().map(describe).collect()
    }

    #[test]
    fn the_next_mention_is_the_next_place() {
        let found = spans("🙂 Ada met Ada.", &[("Ada", "A"), ("Ada", "B"), ("Ada", "A"), ("Ada", "A")]);
        assert_eq!(
            found,
            [
                "2..5 Ada",
                "2..5 Ada",
                "10..13 Ada",
                "the quote \"Ada\" occurs more often in the answer than in the text"
            ]
        );
    }

    #[test]
    fn words_come_before_parts_of_words() {
        assert_eq!(spans("Also Al, al", &[("Al", ""); 4])[..3], ["5..7 Al", "0..2 Al", "9..11 al"]);
    }

    #[test]
    fn what_reads_the_same_is_the_same() {
        let text = "He said\u{A0}\n“it’s over” — in OSLO…";
        let found = spans(
            text,
            &[("said \"it's", ""), ("over\" - in", ""), ("oslo...", ""), (" Oslo ", "x"), ("Bergen", ""), (" \n", "")],
        );
        assert_eq!(
            found,
            [
                "3..14 said\u{A0}\n“it’s",
                "15..25 over” — in",
                "26..31 OSLO…",
                "26..30 OSLO",
                "the quote \"Bergen\" does not occur in the text",
                "the quote \" \\n\" is empty"
            ]
        );
    }
}
