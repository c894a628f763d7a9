//! Minimum-cost assignment of floating-point costs, with the tie-breaking of the Python package
//! munkres 3.0.0.

/// Pairs of rows and columns with the least total cost, as many as the shorter side has, in the
/// order of the rows.
///
/// The algorithm is shortest augmenting paths with potentials, in double precision and with the
/// order of operations of munkres 3.0.0 (its own solver, not its optional C one). Each row starts
/// at its cheapest column if that is free, and at the first of equally cheap ones.
pub fn cheapest(costs: &[Vec<f64>]) -> Vec<(usize, usize)> {
    let (rows, columns) = (costs.len(), costs.first().map_or(0, Vec::len));
    if rows == 0 || columns == 0 {
        return Vec::new();
    }
    if rows <= columns {
        return assign(rows, columns, &|row, column| costs[row][column]);
    }
    let turned = assign(columns, rows, &|row, column| costs[column][row]);
    let mut pairs: Vec<(usize, usize)> = turned.into_iter().map(|(column, row)| (row, column)).collect();
    pairs.sort_unstable();
    pairs
}

const FREE: usize = usize::MAX;

fn assign(rows: usize, columns: usize, cost: &dyn Fn(usize, usize) -> f64) -> Vec<(usize, usize)> {
    let mut row_potentials = vec![0.0; rows];
    // The extra last column is the start of every path.
    let start = columns;
    let mut column_potentials = vec![0.0; columns + 1];
    let mut row_of = vec![FREE; columns + 1];
    let mut is_settled = vec![false; rows];
    for (row, potential) in row_potentials.iter_mut().enumerate() {
        let low = (0..columns).map(|column| cost(row, column)).fold(f64::INFINITY, f64::min);
        *potential = low;
        if let Some(column) = (0..columns).find(|&column| row_of[column] == FREE && cost(row, column) == low) {
            row_of[column] = row;
            is_settled[row] = true;
        }
    }
    for row in (0..rows).filter(|&row| !is_settled[row]) {
        row_of[start] = row;
        let mut reached_from = vec![start; columns + 1];
        let mut slack = vec![f64::INFINITY; columns + 1];
        let mut is_reached = vec![false; columns + 1];
        let mut at = start;
        while row_of[at] != FREE {
            is_reached[at] = true;
            let here = row_of[at];
            let potential = row_potentials[here];
            for column in (0..columns).filter(|&column| !is_reached[column]) {
                let reduced = cost(here, column) - potential - column_potentials[column];
                if reduced < slack[column] {
                    slack[column] = reduced;
                    reached_from[column] = at;
                }
            }
            let (mut least, mut next) = (f64::INFINITY, start);
            for column in (0..columns).filter(|&column| !is_reached[column]) {
                if slack[column] < least {
                    (least, next) = (slack[column], column);
                }
            }
            for (column, is_reached) in is_reached.iter().enumerate() {
                if *is_reached {
                    row_potentials[row_of[column]] += least;
                    column_potentials[column] -= least;
                } else {
                    slack[column] -= least;
                }
            }
            at = next;
        }
        while at != start {
            let before = reached_from[at];
            row_of[at] = row_of[before];
            at = before;
        }
    }
    let mut pairs: Vec<(usize, usize)> =
        (0..columns).filter(|&column| row_of[column] != FREE).map(|column| (row_of[column], column)).collect();
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
mod tests {
    use pathfinding::kuhn_munkres::kuhn_munkres_min;
    use pathfinding::matrix::Matrix;
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::cheapest;

    #[test]
    fn the_sum_is_least_not_each_pair() {
        assert_eq!(
            cheapest(&[vec![4.0, 1.0, 3.0], vec![2.0, 0.0, 5.0], vec![3.0, 2.0, 2.0]]),
            [(0, 1), (1, 0), (2, 2)]
        );
        assert_eq!(cheapest(&[vec![1.0], vec![0.0]]), [(1, 0)]);
        assert_eq!(cheapest(&[]), []);
        assert_eq!(cheapest(&[vec![], vec![]]), []);
    }

    proptest! {
        #[test]
        fn no_assignment_is_cheaper(rows in 1_usize..6, columns in 1_usize..6, costs in proptest::collection::vec(0_i32..9, 36)) {
            let cost = |row: usize, column: usize| costs[row * 6 + column];
            let matrix: Vec<Vec<f64>> =
                (0..rows).map(|row| (0..columns).map(|column| cost(row, column).into()).collect()).collect();
            let pairs = cheapest(&matrix);
            prop_assert_eq!(pairs.len(), rows.min(columns));
            let found: i32 = pairs.iter().map(|&(row, column)| cost(row, column)).sum();
            let turned = rows > columns;
            let best = if turned {
                kuhn_munkres_min(&Matrix::from_fn(columns, rows, |(column, row)| cost(row, column))).0
            } else {
                kuhn_munkres_min(&Matrix::from_fn(rows, columns, |(row, column)| cost(row, column))).0
            };
            prop_assert_eq!(found, best);
        }
    }
}
