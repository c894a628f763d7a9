//! The interface of fast paths for documents that contain only tags: they are counted without
//! building texts, annotations or items, which makes large token files fast.
//!
//! Figures are bit-identical to those of [`super::MetricGroup::sum`].

use super::PlainStatistics;
use crate::document::{TagName, Tags};

/// What the tags of both files come to, by their places in `names`, which both files share.
#[derive(Debug, Clone, Default)]
pub struct TagTable {
    /// The number of each tag's label among all labels, sorted.
    pub labels: Vec<u32>,
    /// A number that two tags share where they count as the same tag.
    pub texts: Vec<u32>,
}

/// A family that can count tags alone.
pub trait Tagged: Sync {
    /// The label that a tag has; `None` where files with such a tag must be read whole.
    fn label<'t>(&self, tag: &'t TagName) -> Option<&'t str>;

    /// What makes two tags the same.
    fn text<'t>(&self, tag: &'t TagName) -> &'t str {
        &tag.text
    }

    /// Sums one document, whose tokens and sentences are the same on both sides, into a tally, which is emptied first, and
    /// gives the number of gold entities; `None` where the files must be read whole.
    fn sum(&self, gold: &Tags, predicted: &Tags, table: &TagTable, statistics: &mut PlainStatistics) -> Option<u64>;
}
