//! Ranks systems by preferences between their answers.

use std::collections::{BTreeMap, BTreeSet};

use super::{Outcomes, PreferenceRow, outcomes};
use crate::stats::correction::{Linearised, Sums};
use crate::stats::{
    BradleyTerry, Interval, PairComparison, Preference, Unrankable, bradley_terry, number_t, share_logit_t,
};

/// A system in a ranking.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedSystem {
    /// The name.
    pub name: String,
    /// Numbers of pairs that it wins, ties and loses.
    pub outcomes: [u64; 3],
    /// The share of its pairs that it wins, ties counting half, 0 to 1.
    pub win_rate: f64,
    /// The interval of the win rate, clustered by document; `None` with one document.
    pub win_interval: Option<Interval>,
    /// The strength of Bradley and Terry: log odds, whose mean over systems is 0; `None` if there
    /// are no finite strengths.
    pub strength: Option<f64>,
    /// The interval of the strength, clustered by document; `None` for a system in fewer than five
    /// documents.
    pub strength_interval: Option<Interval>,
}

/// Systems by descending strength; without strengths, by descending win rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// The systems.
    pub systems: Vec<RankedSystem>,
    /// The weight of ties in the model, 0 or more; `None` if there are no strengths.
    pub nu: Option<f64>,
    /// Why there are no strengths.
    pub unranked: Option<String>,
    /// Number of documents.
    pub documents: usize,
    /// What the judges said.
    pub outcomes: Outcomes,
    /// The level of the intervals, such as .95.
    pub confidence: f64,
}

/// The fewest documents of a system whose strength has an interval.
const FEWEST_DOCUMENTS: usize = 5;

/// Ranks the systems of preferences.
pub fn rank(rows: &[PreferenceRow], confidence: f64) -> Ranking {
    let outcomes = outcomes(rows);
    let names: BTreeSet<&String> = outcomes.pairs.iter().flat_map(|(_, systems, _)| systems).collect();
    let names: Vec<&String> = names.into_iter().collect();
    let documents: BTreeSet<&String> = outcomes.pairs.iter().map(|(document, ..)| document).collect();
    let clusters: BTreeMap<&String, usize> = documents.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let index = |name: &String| names.binary_search(&name).expect("every name is in the list");
    let comparisons: Vec<PairComparison> = outcomes
        .pairs
        .iter()
        .map(|(document, systems, preference)| PairComparison {
            cluster: clusters[document],
            systems: systems.each_ref().map(index),
            preference: *preference,
        })
        .collect();
    let model = match outcomes.exchanged {
        // Whatever was judged in one order only says what was shown first.
        [all, 0] if all > 0 => Err(Unrankable::NothingPreferred),
        _ => bradley_terry(names.len(), clusters.len(), &comparisons),
    };
    let unranked = model.as_ref().err().map(|why| reason(why, &names, &outcomes));
    let system = |at: usize| {
        let (counts, win_rate, win_interval) = wins(at, clusters.len(), &comparisons, confidence);
        let strength = model.as_ref().ok().map(|model| model.strengths[at]);
        // In a few documents a system may fare alike by accident, which is no certainty.
        let documents: BTreeSet<usize> =
            comparisons.iter().filter(|one| one.systems.contains(&at)).map(|one| one.cluster).collect();
        let interval = |model: &BradleyTerry| {
            if documents.len() < FEWEST_DOCUMENTS {
                return None;
            }
            number_t(model.strengths[at], &model.residuals[at], confidence)
        };
        RankedSystem {
            name: names[at].clone(),
            outcomes: counts,
            win_rate,
            win_interval,
            strength,
            strength_interval: model.as_ref().ok().and_then(interval),
        }
    };
    let mut systems: Vec<RankedSystem> = (0..names.len()).map(system).collect();
    let key = |system: &RankedSystem| system.strength.unwrap_or(system.win_rate);
    systems.sort_by(|one, other| key(other).total_cmp(&key(one)));
    let (documents, nu) = (clusters.len(), model.ok().map(|model| model.nu));
    Ranking { systems, nu, unranked, documents, outcomes, confidence }
}

/// The wins, ties and losses of a system, and its win rate with its interval.
fn wins(
    at: usize,
    clusters: usize,
    comparisons: &[PairComparison],
    confidence: f64,
) -> ([u64; 3], f64, Option<Interval>) {
    let mut counts = [0; 3];
    let mut sums = vec![Sums::default(); clusters];
    for comparison in comparisons.iter().filter(|comparison| comparison.systems.contains(&at)) {
        let is_first = comparison.systems[0] == at;
        let (outcome, credit) = match comparison.preference {
            Preference::Tie => (1, 0.5),
            Preference::First if is_first => (0, 1.0),
            Preference::Second if !is_first => (0, 1.0),
            _ => (2, 0.0),
        };
        counts[outcome] += 1;
        sums[comparison.cluster].numerator += credit;
        sums[comparison.cluster].denominator += 1.0;
    }
    sums.retain(|sums| sums.denominator > 0.0);
    let Some(rate) = Linearised::ratio(&sums) else { return (counts, 0.0, None) };
    let least = rate.value * (1.0 - rate.value) / counts.iter().sum::<u64>() as f64;
    (counts, rate.value, share_logit_t(rate.value, &rate.residuals, least, confidence))
}

/// Says why there are no strengths.
fn reason(why: &Unrankable, names: &[&String], outcomes: &Outcomes) -> String {
    match why {
        Unrankable::NothingPreferred if outcomes.exchanged[0] > 0 && outcomes.exchanged[1] == 0 => {
            "no preference survives the exchange of the order".to_owned()
        }
        Unrankable::NothingPreferred => "every pair is a tie".to_owned(),
        Unrankable::Infinite => {
            "some systems win or tie, and never lose, so that strengths would be infinite: more documents are needed"
                .to_owned()
        }
        Unrankable::NeverPreferred(systems) => {
            let list: Vec<String> = systems.iter().take(3).map(|at| format!("{:?}", names[*at])).collect();
            let more = systems.len().saturating_sub(list.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!(
                "no verdict prefers {}{more} to any of the other systems, or they are not compared: strengths would be infinite",
                list.join(", ")
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::PreferenceRow;
    use super::rank;
    use crate::stats::Preference;

    fn rows(preferences: &[(&str, &str, &str, Preference)]) -> Vec<PreferenceRow> {
        let row = |(document, first, second, preference): &(&str, &str, &str, Preference)| PreferenceRow {
            document: (*document).to_owned(),
            systems: [(*first).to_owned(), (*second).to_owned()],
            preference: *preference,
            judge: String::new(),
        };
        preferences.iter().map(row).collect()
    }

    #[test]
    fn the_stronger_system_comes_first() {
        use Preference::{First, Second, Tie};
        let found = rank(
            &rows(&[("1", "a", "b", Second), ("2", "a", "b", Second), ("3", "a", "b", First), ("4", "b", "a", Tie)]),
            0.95,
        );
        let [first, second] = found.systems.as_slice() else { panic!("two systems") };
        assert_eq!((first.name.as_str(), first.outcomes, second.outcomes), ("b", [2, 1, 1], [1, 1, 2]));
        assert_eq!((first.win_rate, found.documents), (0.625, 4));
        assert!((first.strength.unwrap() + second.strength.unwrap()).abs() < 1e-12);
        assert_eq!(first.strength_interval, None, "four documents are too few");
    }

    #[test]
    fn without_a_path_both_ways_there_is_no_strength() {
        let found = rank(&rows(&[("1", "a", "b", Preference::First), ("2", "b", "c", Preference::First)]), 0.95);
        assert!(found.unranked.unwrap().starts_with("no verdict prefers \"b\", \"c\" to any"));
        assert_eq!(found.systems[0].strength, None);
        let always = |first, second| ("1", first, second, Preference::First);
        let found = rank(&rows(&[always("a", "b"), always("b", "a")]), 0.95);
        assert!(found.unranked.unwrap().contains("no preference survives"));
    }
}
