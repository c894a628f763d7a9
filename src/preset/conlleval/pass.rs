//! The pass of conlleval over both columns of a file, line by line.

use crate::document::TagName;

/// A tag as the script splits it: the part before the first hyphen, and the label after it, as text
/// or number.
pub(super) type Tag<L> = (u8, L);

/// The tag that stands for a sentence break.
pub(super) const BREAK: Tag<&str> = (b'O', "");
/// The tag that stands for a sentence break, with a numbered label.
pub(super) const NUMBERED_BREAK: Tag<u32> = (b'O', u32::MAX);

pub(super) fn tag(name: &TagName) -> Tag<&str> {
    (name.conll_prefix, &name.conll_label)
}

pub(super) fn ends<L: Copy + PartialEq>(before: Tag<L>, now: Tag<L>) -> bool {
    match (before.0, now.0) {
        (b'B' | b'I', b'B' | b'O') | (b'E', b'E' | b'I' | b'O') | (b'[' | b']', _) => true,
        (b'O' | b'.', _) => false,
        _ => before.1 != now.1,
    }
}

pub(super) fn begins<L: Copy + PartialEq>(before: Tag<L>, now: Tag<L>) -> bool {
    match (before.0, now.0) {
        (b'B' | b'I' | b'O', b'B') | (b'O' | b'E', b'I' | b'E') | (_, b'[' | b']') => true,
        (_, b'O' | b'.') => false,
        _ => before.1 != now.1,
    }
}

/// The state of the pass over both columns.
pub(super) struct Pass<L> {
    pub before: (Tag<L>, Tag<L>),
    /// Whether both columns are inside an entity that is correct so far; `None` before the first
    /// line.
    pub is_right: Option<bool>,
}

/// The effect of one line.
pub(super) struct LineEffect {
    pub ends: (bool, bool),
    pub begins: (bool, bool),
    /// Whether a correct entity ended before this line.
    pub was_right: bool,
    /// Whether both columns open an entity with the same label.
    pub opens_both: bool,
}

impl<L: Copy + PartialEq> Pass<L> {
    pub fn new(outside: Tag<L>, is_right: Option<bool>) -> Self {
        Self { before: (outside, outside), is_right }
    }

    pub fn step(&mut self, gold: Tag<L>, predicted: Tag<L>) -> LineEffect {
        let ends = (ends(self.before.0, gold), ends(self.before.1, predicted));
        let begins = (begins(self.before.0, gold), begins(self.before.1, predicted));
        let mut was_right = false;
        if ends.0 && ends.1 && self.before.0.1 == self.before.1.1 {
            was_right = self.is_right == Some(true);
            self.is_right = Some(false);
        } else if ends.0 != ends.1 || gold.1 != predicted.1 {
            self.is_right = Some(false);
        }
        let opens_both = begins.0 && begins.1 && gold.1 == predicted.1;
        if opens_both {
            self.is_right = Some(true);
        }
        self.before = (gold, predicted);
        LineEffect { ends, begins, was_right, opens_both }
    }
}
