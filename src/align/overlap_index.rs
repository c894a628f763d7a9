//! An index of ranges of text for overlap queries.
//!
//! A segment tree holds the largest end of each run of ranges in the order of their starts, so that
//! a query takes a logarithmic number of steps for each range that it finds, however deep the
//! ranges are nested. The alignment itself joins two sorted lists by a sweep
//! ([`super::component`]).

/// Half-open ranges, each with the index of its owner.
pub(crate) struct OverlapIndex {
    /// The ranges with the index of their owner, sorted by start.
    by_start: Vec<((u32, u32), usize)>,
    /// All ends, sorted.
    ends: Vec<u32>,
    /// The largest end below each node of a complete binary tree, whose root is node 1 and whose
    /// second half are the ranges by start.
    reach: Vec<u32>,
}

impl OverlapIndex {
    /// Indexes ranges, each with the index of its owner.
    pub fn new(ranges: impl IntoIterator<Item = ((u32, u32), usize)>) -> Self {
        let mut by_start: Vec<_> = ranges.into_iter().collect();
        by_start.sort_unstable();
        let mut ends: Vec<u32> = by_start.iter().map(|(range, _)| range.1).collect();
        let leaves = by_start.len().next_power_of_two();
        let mut reach = vec![0; 2 * leaves];
        reach[leaves..leaves + ends.len()].copy_from_slice(&ends);
        for node in (1..leaves).rev() {
            reach[node] = reach[2 * node].max(reach[2 * node + 1]);
        }
        ends.sort_unstable();
        Self { by_start, ends, reach }
    }

    /// Returns the owners of the ranges that overlap a range, by the starts of these.
    pub fn overlapping(&self, (start, end): (u32, u32)) -> impl Iterator<Item = usize> {
        let leaves = self.reach.len() / 2;
        let behind = self.started_before(end);
        // Nodes with their first range and their number of ranges, the leftmost on top.
        let mut open = vec![(1, 0, leaves)];
        std::iter::from_fn(move || {
            while let Some((node, first, ranges)) = open.pop() {
                if first >= behind || self.reach[node] <= start {
                    continue;
                }
                if ranges == 1 {
                    return Some(self.by_start[first].1);
                }
                let half = ranges / 2;
                open.push((2 * node + 1, first + half, half));
                open.push((2 * node, first, half));
            }
            None
        })
    }

    /// Returns the number of ranges that overlap a range, without listing them.
    pub fn count_overlapping(&self, (start, end): (u32, u32)) -> usize {
        self.started_before(end).saturating_sub(self.ends.partition_point(|&at| at <= start))
    }

    /// Returns the owners of at most `most` ranges that overlap a range, from those that precede it
    /// and from those that follow it in the order of starts and ends, with the nearest first. At
    /// most `most` ranges are looked at on each side.
    pub fn nearest(&self, range: (u32, u32), most: usize) -> Vec<usize> {
        let at = self.by_start.partition_point(|(other, _)| *other < range);
        let overlaps =
            |(other, owner): &((u32, u32), usize)| (other.0 < range.1 && range.0 < other.1).then_some(*owner);
        let after = self.by_start[at..].iter().take(most).filter_map(overlaps);
        let before = self.by_start[..at].iter().rev().take(most).filter_map(overlaps);
        after.chain(before).collect()
    }

    fn started_before(&self, end: u32) -> usize {
        self.by_start.partition_point(|(range, _)| range.0 < end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::OverlapIndex;

    #[test]
    fn finds_what_overlaps_and_not_what_touches() {
        let index = OverlapIndex::new([(0, 20), (2, 4), (4, 6), (9, 12), (30, 31)].into_iter().zip(0..));
        let found = |range| index.overlapping(range).collect::<Vec<_>>();
        assert_eq!(found((4, 9)), [0, 2]);
        assert_eq!(found((20, 30)), [] as [usize; 0]);
        assert_eq!(found((30, 40)), [4]);
        assert_eq!(index.nearest((4, 9), 1), [2]);
        assert_eq!(index.nearest((4, 9), 3), [2, 0]);
    }

    proptest! {
        #[test]
        fn finds_and_counts_what_a_scan_finds(
            ranges in prop::collection::vec((0u32..40, 1u32..40), 0..30), (start, length) in (0u32..40, 1u32..20)
        ) {
            let ranges: Vec<(u32, u32)> = ranges.into_iter().map(|(start, length)| (start, start + length)).collect();
            let index = OverlapIndex::new(ranges.iter().copied().zip(0..));
            let range = (start, start + length);
            let mut scanned: Vec<usize> = (0..ranges.len())
                .filter(|&at| ranges[at].0 < range.1 && range.0 < ranges[at].1)
                .collect();
            prop_assert_eq!(index.count_overlapping(range), scanned.len());
            let mut found: Vec<usize> = index.overlapping(range).collect();
            found.sort_unstable();
            scanned.sort_unstable();
            prop_assert_eq!(&found, &scanned);
            let mut nearest = index.nearest(range, ranges.len());
            nearest.sort_unstable();
            prop_assert_eq!(nearest, scanned);
        }
    }
}
