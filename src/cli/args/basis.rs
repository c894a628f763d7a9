//! The arguments that say what the offsets in files count.

use std::str::FromStr;

use clap::ValueEnum;
use karat::format::{ByteOrderMark, LineEnds, NormalisationForm, OffsetUnit, TextForm};

/// What offsets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(in crate::cli) enum Unit {
    /// Unicode code points, as Python counts
    CodePoint,
    /// Bytes of UTF-8
    Byte,
    /// UTF-16 units, as JavaScript and Java count
    Utf16,
}

impl From<Unit> for OffsetUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::CodePoint => Self::CodePoint,
            Unit::Byte => Self::Byte,
            Unit::Utf16 => Self::Utf16,
        }
    }
}

/// The line ends of the text that offsets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Ends {
    /// Line feeds: CRLF counts as one
    Lf,
    /// CRLF: every line feed counts as two
    Crlf,
}

impl From<Ends> for LineEnds {
    fn from(ends: Ends) -> Self {
        match ends {
            Ends::Lf => Self::Lf,
            Ends::Crlf => Self::Crlf,
        }
    }
}

/// The Unicode normalisation form of the text that offsets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Normalisation {
    /// Composed: an accented letter counts as one
    Nfc,
    /// Decomposed: a letter and its accent count as two
    Nfd,
}

impl From<Normalisation> for NormalisationForm {
    fn from(form: Normalisation) -> Self {
        match form {
            Normalisation::Nfc => Self::Nfc,
            Normalisation::Nfd => Self::Nfd,
        }
    }
}

/// Whether the text that offsets count begins with a byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Mark {
    /// A mark at the start counts as one, whether or not the text has it
    With,
    /// No mark counts, even if the text has one
    Without,
}

impl From<Mark> for ByteOrderMark {
    fn from(mark: Mark) -> Self {
        match mark {
            Mark::With => Self::With,
            Mark::Without => Self::Without,
        }
    }
}

fn form(ends: Option<Ends>, normalisation: Option<Normalisation>, mark: Option<Mark>) -> TextForm {
    TextForm {
        line_ends: ends.map(Into::into),
        normalisation: normalisation.map(Into::into),
        byte_order_mark: mark.map(Into::into),
    }
}

/// The form of the text that the offsets of one file count.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct FormArgs {
    /// Line ends of the text that offsets count, if the text has others
    #[arg(long, value_enum, value_name = "ENDS")]
    line_ends: Option<Ends>,
    /// Unicode normalisation of the text that offsets count, if the text has another
    #[arg(long, value_enum, value_name = "FORM")]
    normalise: Option<Normalisation>,
    /// Whether offsets count a byte order mark at the start of the text
    #[arg(long, value_enum, value_name = "MARK")]
    byte_order_mark: Option<Mark>,
}

impl FormArgs {
    /// Returns the form.
    pub fn form(&self) -> TextForm {
        form(self.line_ends, self.normalise, self.byte_order_mark)
    }
}

/// A side of a scoring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum Side {
    Gold,
    Predicted,
}

/// A value for one side or for both: `utf16`, `gold:utf16` or `pred:utf16`.
#[derive(Debug, Clone, Copy)]
pub(in crate::cli) struct Sided<T> {
    side: Option<Side>,
    value: T,
}

impl<T: ValueEnum> FromStr for Sided<T> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (side, name) = match text.split_once(':') {
            Some(("gold", name)) => (Some(Side::Gold), name),
            Some(("pred", name)) => (Some(Side::Predicted), name),
            _ => (None, text),
        };
        let known = || T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        let value = T::from_str(name, false).map_err(|_| {
            let names: Vec<String> = known().map(|value| value.get_name().to_owned()).collect();
            format!("possible values are {}, with `gold:` or `pred:` before it for one side", names.join(", "))
        })?;
        Ok(Self { side, value })
    }
}

/// What the offsets of both sides of a scoring count.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SidedBasisArgs {
    /// Unit of offsets in files that do not name one: code_point (the default), byte or utf16. This
    /// and the next three apply to files whose stored texts do not fit without them; `gold:` or
    /// `pred:` before the value limits them to one side
    #[arg(long, value_name = "UNIT")]
    offset_unit: Vec<Sided<Unit>>,
    /// Line ends of the text that offsets count, if the text has others: lf or crlf
    #[arg(long, value_name = "ENDS")]
    line_ends: Vec<Sided<Ends>>,
    /// Unicode normalisation of the text that offsets count, if the text has another: nfc or nfd
    #[arg(long, value_name = "FORM")]
    normalise: Vec<Sided<Normalisation>>,
    /// Whether offsets count a byte order mark at the start of the text: with or without
    #[arg(long, value_name = "MARK")]
    byte_order_mark: Vec<Sided<Mark>>,
}

/// Returns the last value for a side.
fn of<T: Copy>(values: &[Sided<T>], side: Side) -> Option<T> {
    values.iter().rev().find(|value| value.side.is_none_or(|of| of == side)).map(|value| value.value)
}

impl SidedBasisArgs {
    /// Returns the unit of the offsets of a side.
    pub fn unit(&self, side: Side) -> Option<OffsetUnit> {
        of(&self.offset_unit, side).map(Into::into)
    }

    /// Returns the form of the text that the offsets of a side count.
    pub fn form(&self, side: Side) -> TextForm {
        form(of(&self.line_ends, side), of(&self.normalise, side), of(&self.byte_order_mark, side))
    }
}
