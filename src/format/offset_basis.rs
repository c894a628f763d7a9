//! What offsets count: units of a form of the text, and their conversion to code points of the text
//! that karat has.

use std::fmt::Write as _;

use super::offset_unit::OffsetUnit;
use super::text_form::{ByteOrderMark, LineEnds, NormalisationForm, TextForm};

/// What offsets count: units of a text in a form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OffsetBasis {
    /// The unit.
    pub unit: OffsetUnit,
    /// The form of the text.
    pub form: TextForm,
}

impl OffsetBasis {
    /// Code points of the text as it is.
    pub const DEFAULT: Self = Self {
        unit: OffsetUnit::CodePoint,
        form: TextForm { line_ends: None, normalisation: None, byte_order_mark: None },
    };

    /// Returns every basis, in order of the number of ways in which it differs from the default.
    pub fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for byte_order_mark in [None, Some(ByteOrderMark::With), Some(ByteOrderMark::Without)] {
            for normalisation in [None, Some(NormalisationForm::Nfc), Some(NormalisationForm::Nfd)] {
                for line_ends in [None, Some(LineEnds::Lf), Some(LineEnds::Crlf)] {
                    let form = TextForm { line_ends, normalisation, byte_order_mark };
                    all.extend(OffsetUnit::ALL.map(|unit| Self { unit, form }));
                }
            }
        }
        all.sort_by_key(|basis| basis.differences());
        all
    }

    fn differences(self) -> usize {
        let TextForm { line_ends, normalisation, byte_order_mark } = self.form;
        usize::from(self.unit != OffsetUnit::CodePoint)
            + usize::from(line_ends.is_some())
            + usize::from(normalisation.is_some())
            + usize::from(byte_order_mark.is_some())
    }

    /// Returns what offsets count, for messages: "UTF-16 offsets in the text with CRLF counted as
    /// LF".
    pub fn describe(self) -> String {
        let form = self.describe_form();
        match (self.unit, form.is_empty()) {
            (unit, true) => format!("{unit} offsets"),
            (OffsetUnit::CodePoint, false) => format!("offsets in the text {form}"),
            (unit, false) => format!("{unit} offsets in the text {form}"),
        }
    }

    /// Returns the form of the text, for messages: "in NFC and with CRLF counted as LF".
    pub fn describe_form(self) -> String {
        let TextForm { line_ends, normalisation, byte_order_mark } = self.form;
        let mut forms = Vec::new();
        forms.extend(normalisation.map(|form| match form {
            NormalisationForm::Nfc => "in NFC",
            NormalisationForm::Nfd => "in NFD",
        }));
        forms.extend(line_ends.map(|ends| match ends {
            LineEnds::Lf => "with CRLF counted as LF",
            LineEnds::Crlf => "with LF counted as CRLF",
        }));
        forms.extend(byte_order_mark.map(|mark| match mark {
            ByteOrderMark::With => "with a byte order mark counted at its start",
            ByteOrderMark::Without => "without the byte order mark at its start",
        }));
        forms.join(" and ")
    }

    /// Returns the options that read offsets of this basis, as they are written on the command
    /// line. The options that are already given need not be repeated.
    pub fn options(self) -> String {
        let TextForm { line_ends, normalisation, byte_order_mark } = self.form;
        let mut options = String::new();
        if self.unit != OffsetUnit::CodePoint || self.form.is_as_stored() {
            let _ = write!(options, "--offset-unit {}", self.unit.as_str());
        }
        let mut add = |option: &str, value: &str| {
            let space = if options.is_empty() { "" } else { " " };
            let _ = write!(options, "{space}{option} {value}");
        };
        match line_ends {
            Some(LineEnds::Lf) => add("--line-ends", "lf"),
            Some(LineEnds::Crlf) => add("--line-ends", "crlf"),
            None => {}
        }
        match normalisation {
            Some(NormalisationForm::Nfc) => add("--normalise", "nfc"),
            Some(NormalisationForm::Nfd) => add("--normalise", "nfd"),
            None => {}
        }
        match byte_order_mark {
            Some(ByteOrderMark::With) => add("--byte-order-mark", "with"),
            Some(ByteOrderMark::Without) => add("--byte-order-mark", "without"),
            None => {}
        }
        options
    }
}

impl From<OffsetUnit> for OffsetBasis {
    fn from(unit: OffsetUnit) -> Self {
        Self { unit, ..Self::DEFAULT }
    }
}

/// A table from offsets of a basis to code points of the text as it is.
pub(crate) struct Converter {
    /// The offset and the code point of each boundary that both have, in order.
    boundaries: Vec<(u32, u32)>,
}

impl Converter {
    pub fn new(basis: impl Into<OffsetBasis>, text: &str) -> Self {
        let basis = basis.into();
        let width = |c: char| match basis.unit {
            OffsetUnit::CodePoint => 1,
            OffsetUnit::Byte => c.len_utf8() as u32,
            OffsetUnit::Utf16 => c.len_utf16() as u32,
        };
        let mut boundaries = Vec::with_capacity(text.len() + 1);
        let (mut offset, mut code_point) = (0, 0);
        boundaries.push((0, 0));
        basis.form.each_segment(text, &mut |segment, converted| {
            if segment == converted {
                for c in segment.chars() {
                    offset += width(c);
                    code_point += 1;
                    boundaries.push((offset, code_point));
                }
            } else {
                offset += converted.chars().map(width).sum::<u32>();
                code_point += segment.chars().count() as u32;
                boundaries.push((offset, code_point));
            }
        });
        Self { boundaries }
    }

    /// Returns the code point at an offset; `None` if the offset is past the end or inside a
    /// character.
    pub fn code_point(&self, offset: u32) -> Option<u32> {
        // Of several code points at one offset, the last: those before it are not in the form.
        let after = self.boundaries.partition_point(|(at, _)| *at <= offset);
        let (at, code_point) = *self.boundaries.get(after.checked_sub(1)?)?;
        (at == offset).then_some(code_point)
    }

    /// Returns the offset of a code point; that of the end of the text if it is past the end.
    pub fn offset(&self, code_point: u32) -> u32 {
        let after = self.boundaries.partition_point(|(_, at)| *at <= code_point);
        self.boundaries[after.saturating_sub(1)].0
    }
}

#[cfg(test)]
mod tests {
    use super::{ByteOrderMark, Converter, LineEnds, NormalisationForm, OffsetBasis, OffsetUnit, TextForm};

    fn in_form(form: TextForm) -> OffsetBasis {
        OffsetBasis { form, ..OffsetBasis::DEFAULT }
    }

    fn points(basis: OffsetBasis, text: &str) -> Vec<Option<u32>> {
        let converter = Converter::new(basis, text);
        (0..6).map(|offset| converter.code_point(offset)).collect()
    }

    #[test]
    fn wide_characters_take_several_units() {
        let text = "é𝄞x";
        let convert = |unit: OffsetUnit, offset| Converter::new(unit, text).code_point(offset);
        assert_eq!(convert(OffsetUnit::Byte, 6), Some(2));
        assert_eq!(convert(OffsetUnit::Byte, 3), None);
        assert_eq!(convert(OffsetUnit::Utf16, 3), Some(2));
        assert_eq!(convert(OffsetUnit::Utf16, 2), None);
        assert_eq!(convert(OffsetUnit::CodePoint, 4), None);
        let utf16 = Converter::new(OffsetUnit::Utf16, text);
        assert_eq!([0, 1, 2, 3, 4].map(|code_point| utf16.offset(code_point)), [0, 1, 3, 4, 4]);
    }

    #[test]
    fn forms_of_the_text_are_converted_by_segments() {
        let default = TextForm::default();
        let lf = in_form(TextForm { line_ends: Some(LineEnds::Lf), ..default });
        assert_eq!(points(lf, "a\r\nb"), [Some(0), Some(1), Some(3), Some(4), None, None]);
        let crlf = in_form(TextForm { line_ends: Some(LineEnds::Crlf), ..default });
        assert_eq!(points(crlf, "a\nb"), [Some(0), Some(1), None, Some(2), Some(3), None]);
        let nfc = in_form(TextForm { normalisation: Some(NormalisationForm::Nfc), ..default });
        assert_eq!(points(nfc, "e\u{301}x"), [Some(0), Some(2), Some(3), None, None, None]);
        let nfd = in_form(TextForm { normalisation: Some(NormalisationForm::Nfd), ..default });
        assert_eq!(points(nfd, "éx"), [Some(0), None, Some(1), Some(2), None, None]);
        let with = in_form(TextForm { byte_order_mark: Some(ByteOrderMark::With), ..default });
        assert_eq!(points(with, "ab"), [Some(0), Some(0), Some(1), Some(2), None, None]);
        let without = in_form(TextForm { byte_order_mark: Some(ByteOrderMark::Without), ..default });
        assert_eq!(points(without, "\u{feff}ab"), [Some(1), Some(2), Some(3), None, None, None]);
        let both = OffsetBasis { unit: OffsetUnit::Byte, ..nfd };
        assert_eq!(points(both, "éx"), [Some(0), None, None, Some(1), Some(2), None]);
    }

    #[test]
    fn the_simplest_basis_comes_first() {
        let all = OffsetBasis::all();
        assert_eq!(all.len(), 81);
        assert_eq!(all[..3], OffsetUnit::ALL.map(OffsetBasis::from));
        assert_eq!(all[3].describe(), "offsets in the text with CRLF counted as LF");
        assert_eq!(all[3].options(), "--line-ends lf");
    }
}
