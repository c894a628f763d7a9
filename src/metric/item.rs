//! The outcome of every single item: the rows of `alignment.csv` and the example errors of
//! `report.md`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The outcome of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// Found, with the right boundaries, label or value.
    Correct,
    /// A key point that is partially supported.
    Partial,
    /// Right boundaries, wrong label.
    Mislabelled,
    /// Right label, wrong boundaries.
    Misbounded,
    /// Overlapping, but neither boundaries nor label are right.
    MislabelledMisbounded,
    /// A field whose value differs from the gold value; an event whose trigger is right but whose
    /// arguments are not.
    WrongValue,
    /// A gold item without a matching prediction.
    Missed,
    /// A prediction without a matching gold item.
    Spurious,
    /// A prediction that repeats another one.
    Duplicate,
}

impl Class {
    /// Every class, in the order of the reports.
    pub const ALL: [Self; 9] = [
        Self::Correct,
        Self::Partial,
        Self::Mislabelled,
        Self::Misbounded,
        Self::MislabelledMisbounded,
        Self::WrongValue,
        Self::Missed,
        Self::Spurious,
        Self::Duplicate,
    ];

    /// Returns the class of a pair of labelled spans.
    pub fn of_pair(same_span: bool, same_label: bool) -> Self {
        match (same_span, same_label) {
            (true, true) => Self::Correct,
            (true, false) => Self::Mislabelled,
            (false, true) => Self::Misbounded,
            (false, false) => Self::MislabelledMisbounded,
        }
    }

    /// Returns whether gold and prediction are paired but differ.
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::Mislabelled | Self::Misbounded | Self::MislabelledMisbounded | Self::WrongValue)
    }

    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::Partial => "partial",
            Self::Mislabelled => "mislabelled",
            Self::Misbounded => "misbounded",
            Self::MislabelledMisbounded => "mislabelled_misbounded",
            Self::WrongValue => "wrong_value",
            Self::Missed => "missed",
            Self::Spurious => "spurious",
            Self::Duplicate => "duplicate",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The kind of error of an item; only for spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// The prediction covers the gold span and more.
    TooLong,
    /// The prediction lies within the gold span and omits some of it.
    TooShort,
    /// The prediction begins and ends too early, or begins and ends too late.
    Shifted,
    /// Right boundaries, wrong label.
    Label,
    /// Wrong boundaries and wrong label.
    Both,
    /// One gold span is covered by several predictions side by side.
    Split,
    /// One prediction covers several gold spans side by side.
    Merged,
    /// The gold span has no matching prediction.
    Missed,
    /// The prediction has no matching gold span.
    Spurious,
    /// The prediction repeats another one.
    Duplicate,
}

impl Detail {
    /// Every detail, in the order of the reports.
    pub const ALL: [Self; 10] = [
        Self::TooLong,
        Self::TooShort,
        Self::Shifted,
        Self::Label,
        Self::Both,
        Self::Split,
        Self::Merged,
        Self::Missed,
        Self::Spurious,
        Self::Duplicate,
    ];

    /// Returns the name used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::Shifted => "shifted",
            Self::Label => "label",
            Self::Both => "both",
            Self::Split => "split",
            Self::Merged => "merged",
            Self::Missed => "missed",
            Self::Spurious => "spurious",
            Self::Duplicate => "duplicate",
        }
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The gold or the predicted side of an item.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Side {
    /// The span in the document in code points, if the item has one.
    pub span: Option<(u32, u32)>,
    /// The label or field name; empty if the layer has none.
    pub label: String,
    /// The covered text, phrase or value.
    pub text: String,
}

/// A pair of items, or one item without a partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The outcome class.
    pub class: Class,
    /// The gold side; `None` for a spurious prediction.
    pub gold: Option<Side>,
    /// The predicted side; `None` for a missed gold item.
    pub predicted: Option<Side>,
    /// The evidence for a judgement that does not pair spans: the predicted sentence that supports
    /// a key point.
    pub evidence: Option<String>,
    /// The kind of error, for spans.
    pub detail: Option<Detail>,
    /// The ground of a key point judgement: `alias`, `pattern`, `overlap 8/10`, `file` or `judge`.
    pub ground: Option<String>,
    /// The indices, from 0 in the order of the document, of the gold and of the predicted record
    /// whose values are compared; `None` for a record without a partner, and in other layers.
    pub records: [Option<u32>; 2],
}

impl Item {
    /// Returns a pair.
    pub fn pair(class: Class, gold: Side, predicted: Side) -> Self {
        Self { predicted: Some(predicted), ..Self::one(class, Some(gold)) }
    }

    /// Returns a gold item without a matching prediction.
    pub fn missed(gold: Side) -> Self {
        Self::one(Class::Missed, Some(gold))
    }

    /// Returns a prediction without a matching gold item.
    pub fn spurious(class: Class, predicted: Side) -> Self {
        Self { predicted: Some(predicted), ..Self::one(class, None) }
    }

    fn one(class: Class, gold: Option<Side>) -> Self {
        Self { class, gold, predicted: None, evidence: None, detail: None, ground: None, records: [None; 2] }
    }

    /// Removes the texts of both sides and of the evidence.
    pub fn withhold_texts(&mut self) {
        self.gold.iter_mut().chain(&mut self.predicted).for_each(|side| side.text.clear());
        self.evidence = None;
    }

    /// Returns the span in the document, of the gold side if there is one.
    pub fn span(&self) -> Option<(u32, u32)> {
        let side = self.gold.as_ref().and_then(|side| side.span);
        side.or_else(|| self.predicted.as_ref().and_then(|side| side.span))
    }
}
