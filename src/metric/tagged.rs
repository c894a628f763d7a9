//! The interface of fast paths for documents that contain only tags: they are counted without
//! building texts, annotations or items, which makes large token files fast.
//!
//! Figures are bit-identical to those of [`super::MetricGroup::sum`].

use super::PlainStatistics;
use crate::document::{TagName, Tags};

/// The interpretation of the tags of both files, by their indices in `names`, which both files
/// share.
#[derive(Debug, Clone, Default)]
pub struct TagTable {
    /// The number of each tag's label among all labels, sorted.
    pub labels: Vec<u32>,
    /// A number that is equal for tags that count as equal.
    pub texts: Vec<u32>,
}

/// A metric group that can count tags alone.
pub trait Tagged: Sync {
    /// Returns the label of a tag; `None` if files with such a tag must be loaded completely.
    fn label<'t>(&self, tag: &'t TagName) -> Option<&'t str>;

    /// Returns the text by which two tags are compared.
    fn text<'t>(&self, tag: &'t TagName) -> &'t str {
        &tag.text
    }

    /// Sums one document, whose tokens and sentences are the same on both sides, into `statistics`,
    /// which is cleared first. Returns the number of gold entities; `None` if the files must be
    /// loaded completely.
    fn sum(&self, gold: &Tags, predicted: &Tags, table: &TagTable, statistics: &mut PlainStatistics) -> Option<u64>;
}
