//! Strengths of systems from comparisons of two: the model of Bradley and Terry (1952) with
//! Davidson's ties (1970).
//!
//! System i is preferred to j with the odds `exp(b_i) : exp(b_j)`, and a tie has the weight
//! `nu sqrt(exp(b_i) exp(b_j))` beside them. The likelihood is maximised by Newton's method; it is
//! concave. Errors are those of documents as clusters (the sandwich of the scores of documents), so
//! that many comparisons of one document do not count as many documents.

/// What a comparison of two systems says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Preference {
    /// The first system is better.
    First,
    /// The second system is better.
    Second,
    /// Neither is.
    Tie,
}

/// A comparison of two systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairComparison {
    /// Index of the cluster, such as the document.
    pub cluster: usize,
    /// Indices of the first and the second system.
    pub systems: [usize; 2],
    /// Which of them is better.
    pub preference: Preference,
}

/// The strengths of systems.
#[derive(Debug, Clone, PartialEq)]
pub struct BradleyTerry {
    /// The strength of each system: log odds, whose mean is 0.
    pub strengths: Vec<f64>,
    /// The weight of ties, 0 if there are none.
    pub nu: f64,
    /// The residuals of each strength, one for each cluster.
    pub residuals: Vec<Vec<f64>>,
}

/// Why there are no finite strengths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unrankable {
    /// There are no comparisons, or all are ties.
    NothingPreferred,
    /// No comparison prefers, or ties, one of these systems to one of the others.
    NeverPreferred(Vec<usize>),
    /// There are ties, and the likelihood grows without end, as where one system wins or ties with
    /// another and never loses.
    Infinite,
}

/// Estimates the strengths of systems, given their number and that of clusters. Without ties they
/// are finite if and only if the systems cannot be divided into two groups of which one is never
/// preferred to the other (Ford 1957). With ties that is not enough, and differences of more than
/// 20 between systems that are compared are taken as infinite.
///
/// # Errors
/// Fails if the strengths are not finite.
pub fn bradley_terry(
    systems: usize,
    clusters: usize,
    comparisons: &[PairComparison],
) -> Result<BradleyTerry, Unrankable> {
    if comparisons.iter().all(|comparison| comparison.preference == Preference::Tie) {
        return Err(Unrankable::NothingPreferred);
    }
    connected(systems, comparisons)?;
    let has_ties = comparisons.iter().any(|comparison| comparison.preference == Preference::Tie);
    let size = systems + usize::from(has_ties);
    let mut parameters = vec![0.0; size];
    let mut likelihood = log_likelihood(&parameters, systems, comparisons);
    let mut has_converged = false;
    for _ in 0..MOST_STEPS {
        let (gradient, information) = derivatives(&parameters, systems, comparisons);
        let inverse = inverse(information);
        let step: Vec<f64> = inverse.iter().map(|row| dot(row, &gradient)).collect();
        if !step.iter().all(|step| step.is_finite()) {
            return Err(Unrankable::Infinite);
        }
        let mut scale = 1.0;
        loop {
            let moved: Vec<f64> = parameters.iter().zip(&step).map(|(value, step)| value + scale * step).collect();
            let reached = log_likelihood(&moved, systems, comparisons);
            // Halved steps of a concave function climb. Of small steps only rounding would be seen.
            if reached >= likelihood || scale < 1e-6 || step.iter().all(|step| step.abs() < 1e-5) {
                (parameters, likelihood) = (moved, reached);
                break;
            }
            scale /= 2.0;
        }
        // The convergence is quadratic: one more step would be below the last digit.
        if step.iter().all(|step| step.abs() < 1e-9) {
            has_converged = true;
            break;
        }
    }
    let difference = |one: &PairComparison| (parameters[one.systems[0]] - parameters[one.systems[1]]).abs();
    if !has_converged || comparisons.iter().any(|one| difference(one) > MOST_DIFFERENCE) {
        return Err(Unrankable::Infinite);
    }
    let (_, information) = derivatives(&parameters, systems, comparisons);
    let inverse = inverse(information);
    let mut scores = vec![vec![0.0; size]; clusters];
    for comparison in comparisons {
        add_score(&parameters, systems, comparison, &mut scores[comparison.cluster]);
    }
    let residuals = |row: &Vec<f64>| scores.iter().map(|score| dot(row, score)).collect();
    let residuals = inverse[..systems].iter().map(residuals).collect();
    let nu = if has_ties { parameters[systems].exp() } else { 0.0 };
    parameters.truncate(systems);
    let mean = parameters.iter().sum::<f64>() / systems as f64;
    Ok(BradleyTerry { strengths: parameters.iter().map(|strength| strength - mean).collect(), nu, residuals })
}

/// Newton's method converges in a few steps where the maximum is finite.
const MOST_STEPS: usize = 200;
/// The largest difference of strengths, of systems that are compared, that counts as finite: odds
/// of 5 * 10^8. Where the maximum is infinite, rounding ends Newton's method far beyond it.
const MOST_DIFFERENCE: f64 = 20.0;

/// Fails if the systems can be divided into two groups of which one is never preferred to, and
/// never ties with, the other.
fn connected(systems: usize, comparisons: &[PairComparison]) -> Result<(), Unrankable> {
    let reached = |is_forward: bool| {
        let mut next = vec![Vec::new(); systems];
        for PairComparison { systems: [first, second], preference, .. } in comparisons {
            let mut edge = |winner: usize, loser: usize| {
                let (from, to) = if is_forward { (winner, loser) } else { (loser, winner) };
                next[from].push(to);
            };
            if *preference != Preference::Second {
                edge(*first, *second);
            }
            if *preference != Preference::First {
                edge(*second, *first);
            }
        }
        let (mut is_reached, mut open) = (vec![false; systems], vec![0]);
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut is_reached[at], true) {
                open.extend(&next[at]);
            }
        }
        is_reached
    };
    let group =
        |is_reached: &[bool], wanted: bool| (0..systems).filter(|at| is_reached[*at] == wanted).collect::<Vec<_>>();
    // What the first system reaches by preferences is never preferred to the rest; and the rest of
    // what reaches it is never preferred to what does.
    let below = reached(true);
    if below.contains(&false) {
        return Err(Unrankable::NeverPreferred(group(&below, true)));
    }
    let above = reached(false);
    if above.contains(&false) {
        return Err(Unrankable::NeverPreferred(group(&above, false)));
    }
    Ok(())
}

/// The probabilities that the first system is preferred, that the second is, and of a tie.
fn chances(parameters: &[f64], systems: usize, [first, second]: [usize; 2]) -> [f64; 3] {
    let half = (parameters[first] - parameters[second]) / 2.0;
    let tie = parameters.get(systems).map_or(f64::NEG_INFINITY, |log_nu| *log_nu);
    let most = half.abs().max(tie);
    let weights = [half - most, -half - most, tie - most].map(f64::exp);
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

fn index(preference: Preference) -> usize {
    match preference {
        Preference::First => 0,
        Preference::Second => 1,
        Preference::Tie => 2,
    }
}

fn log_likelihood(parameters: &[f64], systems: usize, comparisons: &[PairComparison]) -> f64 {
    let of = |one: &PairComparison| chances(parameters, systems, one.systems)[index(one.preference)].ln();
    comparisons.iter().map(of).sum()
}

/// Adds the gradient of a comparison's log likelihood.
fn add_score(parameters: &[f64], systems: usize, comparison: &PairComparison, score: &mut [f64]) {
    let [first, second] = comparison.systems;
    let [wins, losses, ties] = chances(parameters, systems, comparison.systems);
    let observed = match comparison.preference {
        Preference::First => 0.5,
        Preference::Second => -0.5,
        Preference::Tie => 0.0,
    };
    let excess = observed - (wins - losses) / 2.0;
    score[first] += excess;
    score[second] -= excess;
    if let Some(of_ties) = score.get_mut(systems) {
        *of_ties += f64::from(u8::from(comparison.preference == Preference::Tie)) - ties;
    }
}

/// The gradient and the information matrix. The strengths are determined up to a constant: a matrix
/// of ones holds their sum at 0.
fn derivatives(parameters: &[f64], systems: usize, comparisons: &[PairComparison]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let size = parameters.len();
    let mut gradient = vec![0.0; size];
    let mut information = vec![vec![0.0; size]; size];
    for comparison in comparisons {
        add_score(parameters, systems, comparison, &mut gradient);
        let [first, second] = comparison.systems;
        let [wins, losses, ties] = chances(parameters, systems, comparison.systems);
        let mean = (wins - losses) / 2.0;
        let variance = (wins + losses) / 4.0 - mean * mean;
        for (one, other, sign) in
            [(first, first, 1.0), (second, second, 1.0), (first, second, -1.0), (second, first, -1.0)]
        {
            information[one][other] += sign * variance;
        }
        if size > systems {
            information[systems][systems] += ties * (1.0 - ties);
            for (at, sign) in [(first, 1.0), (second, -1.0)] {
                information[at][systems] -= sign * mean * ties;
                information[systems][at] -= sign * mean * ties;
            }
        }
    }
    information[..systems].iter_mut().for_each(|row| row[..systems].iter_mut().for_each(|cell| *cell += 1.0));
    (gradient, information)
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(one, other)| one * other).sum()
}

/// The inverse of a positive definite matrix, by Gauss and Jordan's elimination with pivots.
fn inverse(mut matrix: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let size = matrix.len();
    for (at, row) in matrix.iter_mut().enumerate() {
        row.extend((0..size).map(|column| f64::from(u8::from(column == at))));
    }
    for column in 0..size {
        let pivot =
            (column..size).max_by(|one, other| matrix[*one][column].abs().total_cmp(&matrix[*other][column].abs()));
        matrix.swap(column, pivot.unwrap_or(column));
        let scale = matrix[column][column];
        matrix[column].iter_mut().for_each(|cell| *cell /= scale);
        let row = matrix[column].clone();
        for (at, other) in matrix.iter_mut().enumerate() {
            let factor = other[column];
            if at != column && factor != 0.0 {
                other.iter_mut().zip(&row).for_each(|(cell, of_pivot)| *cell -= factor * of_pivot);
            }
        }
    }
    matrix.into_iter().map(|row| row[size..].to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::{PairComparison, Preference, Unrankable, bradley_terry};

    fn comparison(cluster: usize, first: usize, second: usize, preference: Preference) -> PairComparison {
        PairComparison { cluster, systems: [first, second], preference }
    }

    fn of_two(wins: usize, losses: usize, ties: usize) -> Vec<PairComparison> {
        let preferences = [(Preference::First, wins), (Preference::Second, losses), (Preference::Tie, ties)];
        let each = preferences.into_iter().flat_map(|(preference, count)| std::iter::repeat_n(preference, count));
        each.enumerate().map(|(at, preference)| comparison(at, 0, 1, preference)).collect()
    }

    /// Of two systems, the odds are wins : losses, and nu is ties / sqrt(wins * losses).
    #[test]
    fn two_systems_in_closed_form() {
        let found = bradley_terry(2, 12, &of_two(8, 4, 0)).unwrap();
        assert!((found.strengths[0] - found.strengths[1] - 2_f64.ln()).abs() < 1e-12 && found.nu == 0.0);
        // The variance of a difference in log odds is 1/8 + 1/4; G/(G-1) is not in the squares.
        let squares: f64 = found.residuals[0].iter().map(|residual| residual * residual).sum();
        assert!((4.0 * squares - (1.0 / 8.0 + 1.0 / 4.0)).abs() < 1e-12);
        let tied = bradley_terry(2, 18, &of_two(8, 2, 8)).unwrap();
        assert!((tied.strengths[0] - tied.strengths[1] - 4_f64.ln()).abs() < 1e-9);
        assert!((tied.nu - 2.0).abs() < 1e-9);
    }

    #[test]
    fn systems_that_only_win_have_no_strength() {
        assert_eq!(bradley_terry(2, 3, &of_two(3, 0, 0)), Err(Unrankable::NeverPreferred(vec![1])));
        assert_eq!(bradley_terry(2, 3, &of_two(0, 3, 0)), Err(Unrankable::NeverPreferred(vec![0])));
        assert_eq!(bradley_terry(2, 3, &of_two(0, 0, 3)), Err(Unrankable::NothingPreferred));
        assert_eq!(bradley_terry(2, 3, &of_two(2, 0, 1)), Err(Unrankable::Infinite));
        let apart = [comparison(0, 0, 1, Preference::First), comparison(0, 1, 0, Preference::First)];
        assert!(matches!(bradley_terry(3, 1, &apart), Err(Unrankable::NeverPreferred(_))));
    }

    proptest! {
        /// The order of the systems in a comparison says nothing, and residuals sum to zero.
        #[test]
        fn exchanged_systems_change_nothing(outcomes in proptest::collection::vec((0_usize..4, 1_usize..4, 0_u8..3), 8..60)) {
            let preference = |code: u8| [Preference::First, Preference::Second, Preference::Tie][usize::from(code)];
            let straight: Vec<_> = outcomes.iter().enumerate()
                .map(|(at, (first, step, code))| comparison(at / 2, *first, (first + step) % 4, preference(*code))).collect();
            let turned: Vec<_> = straight.iter().map(|one| {
                let [first, second] = one.systems;
                let preference = match one.preference {
                    Preference::First => Preference::Second,
                    Preference::Second => Preference::First,
                    Preference::Tie => Preference::Tie,
                };
                comparison(one.cluster, second, first, preference)
            }).collect();
            let clusters = outcomes.len().div_ceil(2);
            let (one, other) = (bradley_terry(4, clusters, &straight), bradley_terry(4, clusters, &turned));
            prop_assert!(one.is_ok() == other.is_ok());
            if let (Ok(one), Ok(other)) = (one, other) {
                for (a, b) in one.strengths.iter().zip(&other.strengths) {
                    prop_assert!((a - b).abs() < 1e-7, "{a} {b}");
                }
                for residuals in &one.residuals {
                    prop_assert!(residuals.iter().sum::<f64>().abs() < 1e-7);
                }
            }
        }
    }
}
