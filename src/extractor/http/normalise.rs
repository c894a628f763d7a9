//! Normalised text with a byte map back to the original, to locate quotations that a model copied
//! inexactly.

use std::ops::Range;

/// Strength of the normalisation; each level includes the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NormalisationLevel {
    /// No change.
    Exact,
    /// White space is collapsed to single spaces; typographic quotation marks, dashes and ellipses
    /// become their ASCII forms; invisible characters are removed.
    Typed,
    /// In addition, letters are converted to lower case.
    Lower,
}

impl NormalisationLevel {
    /// All levels, in the order in which a quotation is searched.
    pub const ALL: [Self; 3] = [Self::Exact, Self::Typed, Self::Lower];
}

/// A normalised text with a map to the original.
pub(super) struct NormalisedText {
    /// The normalised text.
    pub text: String,
    /// For each byte of the normalised text, the byte range of the original that it stands for.
    origins: Vec<(usize, usize)>,
}

impl NormalisedText {
    pub fn new(original: &str, level: NormalisationLevel) -> Self {
        let mut normalised =
            Self { text: String::with_capacity(original.len()), origins: Vec::with_capacity(original.len()) };
        for (at, c) in original.char_indices() {
            normalised.add(c, at..at + c.len_utf8(), level);
        }
        normalised
    }

    fn add(&mut self, c: char, from: Range<usize>, level: NormalisationLevel) {
        if level == NormalisationLevel::Exact {
            return self.push(c, from);
        }
        match c {
            _ if c.is_whitespace() => match self.origins.last_mut() {
                Some(last) if self.text.ends_with(' ') => last.1 = from.end,
                _ => self.push(' ', from),
            },
            '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => {}
            '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{2039}' | '\u{203A}' | '`' | '\u{B4}' => self.push('\'', from),
            '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{AB}' | '\u{BB}' => self.push('"', from),
            '\u{2010}'..='\u{2015}' | '\u{2212}' => self.push('-', from),
            '\u{2026}' => (0..3).for_each(|_| self.push('.', from.clone())),
            _ if level == NormalisationLevel::Lower => {
                c.to_lowercase().for_each(|lower| self.push(lower, from.clone()));
            }
            _ => self.push(c, from),
        }
    }

    fn push(&mut self, c: char, from: Range<usize>) {
        self.text.push(c);
        self.origins.resize(self.text.len(), (from.start, from.end));
    }

    /// The byte range of the original that a byte range of the normalised text stands for; `None`
    /// if it is empty or out of range.
    pub fn original(&self, range: Range<usize>) -> Option<Range<usize>> {
        let (first, last) = (self.origins.get(range.start)?, self.origins.get(range.end.checked_sub(1)?)?);
        Some(first.0..last.1)
    }
}

#[cfg(test)]
mod tests {
    use super::{NormalisationLevel, NormalisedText};

    #[test]
    fn a_levelled_text_knows_where_it_comes_from() {
        let original = "“Ä\u{A0}\n b”… so\u{AD}ft İ";
        let normalised = NormalisedText::new(original, NormalisationLevel::Lower);
        assert_eq!(normalised.text, "\"ä b\"... soft i\u{307}");
        let back = |part: &str| {
            let at = normalised.text.find(part).unwrap();
            &original[normalised.original(at..at + part.len()).unwrap()]
        };
        assert_eq!(back("ä b\""), "Ä\u{A0}\n b”");
        assert_eq!((back("..."), back("."), back("soft"), back("i\u{307}")), ("…", "…", "so\u{AD}ft", "İ"));
        assert_eq!(NormalisedText::new(original, NormalisationLevel::Exact).text, original);
        assert!(NormalisedText::new("", NormalisationLevel::Exact).original(0..0).is_none());
    }
}
