//! A matrix of what each cluster of documents contributes to sums.

/// A matrix with one row of `width` finite numbers per cluster, in the order of the clusters. The
/// columns are quantities that are summed over documents, such as true positives by label.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterMatrix {
    width: usize,
    count: usize,
    values: Vec<f64>,
}

impl ClusterMatrix {
    /// Creates an empty matrix with `width` columns.
    pub fn new(width: usize) -> Self {
        Self { width, count: 0, values: Vec::new() }
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Appends the row of a cluster.
    ///
    /// # Panics
    /// Panics if the row does not have `width` numbers.
    pub fn push(&mut self, row: &[f64]) {
        assert_eq!(row.len(), self.width, "rows have one width");
        self.values.extend_from_slice(row);
        self.count += 1;
    }

    /// The row of the cluster at index `at`.
    ///
    /// # Panics
    /// Panics if the index is out of range.
    pub fn row(&self, at: usize) -> &[f64] {
        &self.values[at * self.width..][..self.width]
    }

    /// The sums of the columns, added in the order of the rows.
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
    use super::ClusterMatrix;

    #[test]
    fn rows_add_up() {
        let mut rows = ClusterMatrix::new(2);
        assert!(rows.is_empty());
        assert_eq!(rows.total(), [0.0, 0.0]);
        rows.push(&[1.0, 2.0]);
        rows.push(&[3.0, 0.5]);
        assert_eq!((rows.len(), rows.width(), rows.row(1)), (2, 2, [3.0, 0.5].as_slice()));
        assert_eq!(rows.total(), [4.0, 2.5]);
    }

    #[test]
    fn rows_may_be_empty() {
        let mut rows = ClusterMatrix::new(0);
        rows.push(&[]);
        assert_eq!(rows.len(), 1);
        assert!(rows.row(0).is_empty() && rows.total().is_empty());
    }
}
