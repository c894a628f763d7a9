//! An index of ranges of text for overlap queries.
//!
//! A query reads every range from the first one that reaches past its start to the last one that
//! starts before its end: few on text, all of them if one range covers the whole document. The
//! alignment itself joins two sorted lists by a sweep ([`super::component`]), which is linear in
//! the number of pairs however deep the ranges are nested.

/// Half-open ranges, each with the index of its owner.
pub(crate) struct OverlapIndex {
    /// The ranges with the index of their owner, sorted by start.
    by_start: Vec<((u32, u32), usize)>,
    /// The largest end among the ranges up to each of these.
    reach: Vec<u32>,
}

impl OverlapIndex {
    /// Indexes ranges, each with the index of its owner.
    pub fn new(ranges: impl IntoIterator<Item = ((u32, u32), usize)>) -> Self {
        let mut by_start: Vec<_> = ranges.into_iter().collect();
        by_start.sort_unstable();
        let ends = by_start.iter().scan(0, |reach: &mut u32, (range, _)| {
            *reach = range.1.max(*reach);
            Some(*reach)
        });
        Self { reach: ends.collect(), by_start }
    }

    /// Returns the owners of the ranges that overlap a range, in unspecified order.
    pub fn overlapping(&self, (start, end): (u32, u32)) -> impl Iterator<Item = usize> {
        let behind = self.by_start.partition_point(|(range, _)| range.0 < end);
        let reaching = (0..behind).rev().take_while(move |&at| self.reach[at] > start);
        reaching.map(|at| self.by_start[at]).filter(move |(range, _)| range.1 > start).map(|(_, owner)| owner)
    }
}

#[cfg(test)]
mod tests {
    use super::OverlapIndex;

    #[test]
    fn finds_what_overlaps_and_not_what_touches() {
        let index = OverlapIndex::new([(0, 20), (2, 4), (4, 6), (9, 12), (30, 31)].into_iter().zip(0..));
        let found = |range| {
            let mut found: Vec<usize> = index.overlapping(range).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(found((4, 9)), [0, 2]);
        assert_eq!(found((20, 30)), [] as [usize; 0]);
        assert_eq!(found((30, 40)), [4]);
    }
}
