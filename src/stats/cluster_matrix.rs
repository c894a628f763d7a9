//! What clusters contribute to sums.

/// A row of `width` numbers a cluster, in the order of the clusters: whatever is summed over documents, such as true positives
/// of every label. Numbers are finite.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    width: usize,
    count: usize,
    values: Vec<f64>,
}

impl Rows {
    /// No rows yet, of `width` numbers each.
    pub fn new(width: usize) -> Self {
        Self { width, count: 0, values: Vec::new() }
    }

    /// How many numbers a row has.
    pub fn width(&self) -> usize {
        self.width
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Adds the row of one more cluster.
    ///
    /// # Panics
    ///
    /// If it is not `width` numbers.
    pub fn push(&mut self, row: &[f64]) {
        assert_eq!(row.len(), self.width, "rows have one width");
        self.values.extend_from_slice(row);
        self.count += 1;
    }

    /// The row of cluster `at`, from 0.
    pub fn row(&self, at: usize) -> &[f64] {
        &self.values[at * self.width..][..self.width]
    }

    /// The sums over all rows, added in their order.
    pub fn total(&self) -> Vec<f64> {
        let mut total = vec![0.0; self.width];
        for at in 0..self.count {
            total.iter_mut().zip(self.row(at)).for_each(|(sum, value)| *sum += value);
        }
        total
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;

    #[test]
    fn rows_add_up() {
        let mut rows = Rows::new(2);
        assert!(rows.is_empty());
        assert_eq!(rows.total(), [0.0, 0.0]);
        rows.push(&[1.0, 2.0]);
        rows.push(&[3.0, 0.5]);
        assert_eq!((rows.len(), rows.width(), rows.row(1)), (2, 2, [3.0, 0.5].as_slice()));
        assert_eq!(rows.total(), [4.0, 2.5]);
    }

    #[test]
    fn rows_may_be_empty() {
        let mut rows = Rows::new(0);
        rows.push(&[]);
        assert_eq!(rows.len(), 1);
        assert!(rows.row(0).is_empty() && rows.total().is_empty());
    }
}
