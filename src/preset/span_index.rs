//! An index of spans by position, for overlap queries.

/// Half-open spans, indexed by start.
pub(super) struct SpanIndex {
    /// Start, end and input index of each span, sorted by start.
    by_start: Vec<(u32, u32, usize)>,
    /// The largest end among the spans up to each of these.
    reach: Vec<u32>,
}

impl SpanIndex {
    /// Indexes spans, which are numbered in input order.
    pub(super) fn new(spans: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let numbered = spans.into_iter().enumerate().map(|(number, (start, end))| (start, end, number));
        let mut by_start: Vec<(u32, u32, usize)> = numbered.collect();
        by_start.sort_unstable();
        let ends = by_start.iter().scan(0, |reach: &mut u32, span| {
            *reach = (*reach).max(span.1);
            Some(*reach)
        });
        Self { reach: ends.collect(), by_start }
    }

    /// Returns the indices of the spans that overlap a span, in unspecified order.
    pub(super) fn overlapping(&self, start: u32, end: u32) -> impl Iterator<Item = usize> + '_ {
        let behind = self.by_start.partition_point(|span| span.0 < end);
        let reaching = (0..behind).rev().take_while(move |&at| self.reach[at] > start);
        reaching.map(|at| self.by_start[at]).filter(move |span| span.1 > start).map(|span| span.2)
    }
}

#[cfg(test)]
mod tests {
    use super::SpanIndex;

    #[test]
    fn finds_what_overlaps_and_not_what_touches() {
        let places = SpanIndex::new([(0, 20), (2, 4), (4, 6), (9, 12), (30, 31)]);
        let found = |start, end| {
            let mut found: Vec<usize> = places.overlapping(start, end).collect();
            found.sort_unstable();
            found
        };
        assert_eq!(found(4, 9), [0, 2]);
        assert_eq!(found(20, 30), [] as [usize; 0]);
        assert_eq!(found(30, 40), [4]);
    }
}
