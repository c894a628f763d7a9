//! How a token file is to be read, as far as the user or the preset determines it.

use std::borrow::Cow;
use std::str::FromStr;

use crate::document::{Scheme, TagDecoder};

/// The column that contains the tags.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Column<'c> {
    /// The last column, or the one before a column that flags spaces.
    #[default]
    Last,
    /// The golden side of a file that is named on both sides. If the file is in conlleval's format,
    /// the golden tags are in the column before the last; otherwise the last column is both sides.
    GoldOfOneFile,
    /// A column by its number, counted from 1.
    Number(usize),
    /// A column by its name in the header.
    Named(&'c str),
}

impl<'c> From<&'c str> for Column<'c> {
    fn from(name: &'c str) -> Self {
        name.parse().map_or(Self::Named(name), Self::Number)
    }
}

/// How tags are written: the value of `--tags`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notation {
    /// Labels without prefixes; adjacent tokens with one label are one entity.
    Io,
    /// The prefix follows the label: `PER-B`.
    Suffix,
    /// Tags of one scheme; those that are ill-formed in it are errors.
    Scheme(Scheme),
}

impl Notation {
    /// The names, as messages list them.
    pub const NAMES: &'static str = "io, suffix, iob1, iob2, ioe1, ioe2, iobes, bilou";
}

impl FromStr for Notation {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "io" => Ok(Self::Io),
            "suffix" => Ok(Self::Suffix),
            name => name.parse().map(Self::Scheme).map_err(|_| format!("tags are written in {}", Self::NAMES)),
        }
    }
}

/// The options of token files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenOptions<'o> {
    /// The column that contains the tags.
    pub column: Column<'o>,
    /// How tags are written; `None` means that it is recognised from the tags.
    pub notation: Option<Notation>,
    /// Who decodes the tags.
    pub decoder: TagDecoder,
}

impl TokenOptions<'_> {
    /// Whether the user named neither a column nor a notation.
    pub fn is_recognised(&self) -> bool {
        self.notation.is_none() && matches!(self.column, Column::Last | Column::GoldOfOneFile)
    }
}

/// Whether a letter is a prefix of a tagging scheme.
fn is_prefix(byte: u8) -> bool {
    matches!(byte, b'B' | b'I' | b'E' | b'S' | b'U' | b'L')
}

/// Whether a tag is one of the tagging schemes': `O`, or a prefix, alone or before a hyphen and a
/// label.
pub(super) fn is_tag(tag: &str) -> bool {
    match tag.as_bytes() {
        [b'O'] => true,
        [prefix] | [prefix, b'-', _, ..] => is_prefix(*prefix),
        _ => false,
    }
}

/// Whether a tag consists of a label, a hyphen and a prefix.
pub(super) fn is_suffix_tag(tag: &str) -> bool {
    matches!(tag.as_bytes(), [_, .., b'-', prefix] if is_prefix(*prefix))
}

/// Returns a tag with its prefix in front; `None` if it is not written in the notation.
pub(in crate::format::formats) fn to_prefixed(tag: &str, notation: Option<Notation>) -> Option<Cow<'_, str>> {
    match notation {
        None | Some(Notation::Scheme(_)) => is_tag(tag).then_some(Cow::Borrowed(tag)),
        Some(_) if tag == "O" => Some(Cow::Borrowed(tag)),
        Some(Notation::Io) => (!is_tag(tag) || tag.len() == 1).then(|| Cow::Owned(format!("I-{tag}"))),
        Some(Notation::Suffix) => {
            let (label, prefix) = tag.rsplit_once('-').filter(|_| is_suffix_tag(tag))?;
            Some(Cow::Owned(format!("{prefix}-{label}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cow, Notation, is_tag, to_prefixed};

    #[test]
    fn only_tags_of_a_scheme_are_tags() {
        for tag in ["O", "B", "B-PER", "I-A-B", "U-X", "L--"] {
            assert!(is_tag(tag), "{tag}");
        }
        for tag in
            ["", "ORG", "LOC", "OBJ", "nan", "None", "PER-B", "(PER*", "*", "B_PER", "B-", "b-PER", "O-PER", "M-X"]
        {
            assert!(!is_tag(tag), "{tag}");
        }
    }

    #[test]
    fn other_notations_are_converted() {
        let convert = |tag, notation| to_prefixed(tag, Some(notation)).map(Cow::into_owned);
        assert_eq!(convert("ORG", Notation::Io).as_deref(), Some("I-ORG"));
        assert_eq!(convert("O", Notation::Io).as_deref(), Some("O"));
        assert_eq!(convert("B-ORG", Notation::Io), None);
        assert_eq!(convert("A-B-I", Notation::Suffix).as_deref(), Some("I-A-B"));
        assert_eq!(convert("B-PER", Notation::Suffix), None);
        assert_eq!(to_prefixed("ORG", None), None);
    }
}
