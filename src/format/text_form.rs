//! Forms of a text that differ in line ends, Unicode normalisation or a byte order mark. Tools
//! change these without asking, and offsets then count another form than the one that is stored: a
//! `.txt` file checked out on Windows has CRLF where the annotation tool saw LF, and a text that a
//! browser normalised has fewer code points than the file.

use std::borrow::Cow;
use std::iter;

use unicode_normalization::char::{canonical_combining_class, decompose_canonical};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The byte order mark.
const MARK: char = '\u{feff}';

/// The line ends of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LineEnds {
    /// Line feeds, as on Unix and in texts that Python or a browser has read.
    Lf,
    /// Carriage returns with line feeds, as on Windows.
    Crlf,
}

/// A Unicode normalisation form that keeps the meaning of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NormalisationForm {
    /// Composed: `é` is one code point.
    Nfc,
    /// Decomposed: `é` is two code points, as in names of files on macOS.
    Nfd,
}

/// Whether a text begins with a byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ByteOrderMark {
    /// The text begins with one.
    With,
    /// The text does not begin with one.
    Without,
}

/// A form of a text. What is `None` is as it is in the text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextForm {
    /// The line ends.
    pub line_ends: Option<LineEnds>,
    /// The normalisation form.
    pub normalisation: Option<NormalisationForm>,
    /// Whether it begins with a byte order mark.
    pub byte_order_mark: Option<ByteOrderMark>,
}

impl TextForm {
    /// Whether every text is in this form as it is.
    pub fn is_as_stored(self) -> bool {
        self == Self::default()
    }

    /// Returns a text in this form.
    pub fn of(self, text: &str) -> Cow<'_, str> {
        if self.is_as_stored() {
            return Cow::Borrowed(text);
        }
        let mut converted = String::with_capacity(text.len());
        self.each_segment(text, &mut |_, segment| converted.push_str(segment));
        Cow::Owned(converted)
    }

    /// Whether two texts are the same in this form.
    pub fn same(self, one: &str, other: &str) -> bool {
        one == other || (!self.is_as_stored() && self.of(one) == self.of(other))
    }

    /// Whether two parts of texts are the same in this form. Parts have no byte order mark of their
    /// own.
    pub fn same_parts(self, one: &str, other: &str) -> bool {
        Self { byte_order_mark: None, ..self }.same(one, other)
    }

    /// Visits the segments of a text in order, each as it is and in this form. Segments are
    /// converted independently of each other.
    pub fn each_segment(self, text: &str, visit: &mut dyn FnMut(&str, &str)) {
        let mut rest = text;
        let bare = text.strip_prefix(MARK);
        match (self.byte_order_mark, bare) {
            (Some(ByteOrderMark::With), None) => visit("", "\u{feff}"),
            (Some(ByteOrderMark::Without), Some(bare)) => {
                visit("\u{feff}", "");
                rest = bare;
            }
            _ => {}
        }
        while !rest.is_empty() {
            let (segment, after) = rest.split_at(self.segment(rest));
            rest = after;
            match (segment, self.line_ends, self.normalisation) {
                ("\r\n", Some(LineEnds::Lf), _) => visit(segment, "\n"),
                ("\n", Some(LineEnds::Crlf), _) => visit(segment, "\r\n"),
                (_, _, Some(form)) if !segment.is_ascii() => {
                    let converted: String = match form {
                        NormalisationForm::Nfc => segment.nfc().collect(),
                        NormalisationForm::Nfd => segment.nfd().collect(),
                    };
                    visit(segment, &converted);
                }
                _ => visit(segment, segment),
            }
        }
    }

    /// Returns the length in bytes of the segment that a text begins with.
    fn segment(self, text: &str) -> usize {
        if self.line_ends.is_some() && text.starts_with("\r\n") {
            return 2;
        }
        let mut chars = text.char_indices().skip(1);
        let ends = |char: char| self.normalisation.is_none() || begins_segment(char);
        chars.find(|(_, char)| ends(*char)).map_or(text.len(), |(at, _)| at)
    }
}

/// Whether a character interacts with none before it in normalisation: it begins with a starter,
/// and composes with nothing before it.
fn begins_segment(char: char) -> bool {
    if char.is_ascii() {
        return true;
    }
    let mut first = None;
    decompose_canonical(char, |part| first = first.or(Some(part)));
    first.is_none_or(|first| canonical_combining_class(first) == 0)
        && is_nfc_quick(iter::once(char)) != IsNormalized::Maybe
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::{ByteOrderMark, LineEnds, NormalisationForm, TextForm};

    const LF: TextForm = TextForm { line_ends: Some(LineEnds::Lf), normalisation: None, byte_order_mark: None };

    fn normalised(form: NormalisationForm) -> TextForm {
        TextForm { normalisation: Some(form), ..TextForm::default() }
    }

    #[test]
    fn line_ends_and_marks_are_converted() {
        assert_eq!(LF.of("a\r\nb\rc\n"), "a\nb\rc\n");
        let crlf = TextForm { line_ends: Some(LineEnds::Crlf), ..LF };
        assert_eq!(crlf.of("a\r\nb\rc\n"), "a\r\nb\rc\r\n");
        let mark = |mark| TextForm { byte_order_mark: Some(mark), ..TextForm::default() };
        for text in ["a", "\u{feff}a"] {
            assert_eq!(mark(ByteOrderMark::With).of(text), "\u{feff}a");
            assert_eq!(mark(ByteOrderMark::Without).of(text), "a");
        }
        assert!(LF.same("a\r\n", "a\n") && !LF.same("a\r", "a\n"));
        assert!(mark(ByteOrderMark::With).same_parts("a", "a"));
    }

    proptest! {
        /// Segments are normalised one by one, which gives what normalising the whole text gives.
        #[test]
        fn segments_are_independent(text in "[a-cé\u{301}\u{308}\u{323}\u{1100}\u{1161}\u{11a8}각\u{9c7}\u{9be}\u{f73}\u{344}\u{212b}ﬁ𝅗𝅥]{0,12}") {
            prop_assert_eq!(normalised(NormalisationForm::Nfc).of(&text), text.nfc().collect::<String>());
            prop_assert_eq!(normalised(NormalisationForm::Nfd).of(&text), text.nfd().collect::<String>());
        }
    }
}
