//! What became of every single item: the rows of `alignment.csv` and the worked errors of `report.md`.

use std::fmt;

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Found, with the right boundaries, label or value.
    Correct,
    /// A key point that is carried in part.
    Partial,
    /// Right boundaries, wrong label.
    Mislabelled,
    /// Right label, wrong boundaries.
    Misbounded,
    /// Overlapping, but neither boundaries nor label are right.
    MislabelledMisbounded,
    /// A field with another value than the gold one; an event whose trigger is right and whose arguments are not.
    WrongValue,
    /// A gold item without an answer.
    Missed,
    /// A prediction that answers nothing.
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

    /// The class of a pair of labelled spans.
    pub fn of_pair(same_span: bool, same_label: bool) -> Self {
        match (same_span, same_label) {
            (true, true) => Self::Correct,
            (true, false) => Self::Mislabelled,
            (false, true) => Self::Misbounded,
            (false, false) => Self::MislabelledMisbounded,
        }
    }

    /// Whether gold and prediction are a pair and not the same.
    pub fn is_wrong(self) -> bool {
        matches!(self, Self::Mislabelled | Self::Misbounded | Self::MislabelledMisbounded | Self::WrongValue)
    }

    /// The name in files.
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

/// How an item went wrong, more finely than by its class. Of spans alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// The prediction covers the gold span and more.
    TooLong,
    /// The prediction lies in the gold span and leaves some of it out.
    TooShort,
    /// The prediction begins or ends too early on one side and too late on the other.
    Shifted,
    /// Right boundaries, wrong label.
    Label,
    /// Wrong boundaries and wrong label.
    Both,
    /// One gold span, several predictions side by side in it.
    Split,
    /// One prediction over several gold spans side by side.
    Merged,
    /// Nothing answers the gold span.
    Missed,
    /// The prediction answers nothing.
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

    /// The name in files.
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
    /// Place in the document, in code points, where the item has one.
    pub span: Option<(u32, u32)>,
    /// Label or field name; empty where the layer has none.
    pub label: String,
    /// Covered text, phrase or value.
    pub text: String,
}

/// A pair of items, or one without a partner.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What became of it.
    pub class: Class,
    /// The gold side; `None` for a spurious prediction.
    pub gold: Option<Side>,
    /// The predicted side; `None` for a missed gold item.
    pub predicted: Option<Side>,
    /// The predicted text that carried a verdict which is no pair of spans: the sentence that covers a key point.
    pub evidence: Option<String>,
    /// How it went wrong, where it did and is a span.
    pub detail: Option<Detail>,
    /// What a verdict rests on: of a key point `alias`, `pattern`, `overlap 8/10`, `file` or `judge`.
    pub ground: Option<String>,
}

impl Item {
    /// A pair.
    pub fn pair(class: Class, gold: Side, predicted: Side) -> Self {
        Self { class, gold: Some(gold), predicted: Some(predicted), evidence: None, detail: None, ground: None }
    }

    /// A gold item without an answer.
    pub fn missed(gold: Side) -> Self {
        Self { class: Class::Missed, gold: Some(gold), predicted: None, evidence: None, detail: None, ground: None }
    }

    /// A prediction that answers nothing.
    pub fn spurious(class: Class, predicted: Side) -> Self {
        Self { class, gold: None, predicted: Some(predicted), evidence: None, detail: None, ground: None }
    }

    /// Where it stands in the document, by the gold side if there is one.
    pub fn place(&self) -> Option<(u32, u32)> {
        let side = self.gold.as_ref().and_then(|side| side.span);
        side.or_else(|| self.predicted.as_ref().and_then(|side| side.span))
    }
}
