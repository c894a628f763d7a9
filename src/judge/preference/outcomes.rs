//! What judges say about pairs of answers once both orders are known.

use std::collections::{BTreeMap, BTreeSet};

use super::PreferenceRow;
use crate::stats::Preference;
use crate::stats::agreement::{Scale, krippendorff_alpha};

/// A document, two systems in alphabetical order, and a judge.
type PairKey<'r> = (&'r str, [&'r str; 2], &'r str);

/// The outcomes of pairs, and how judges behave.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcomes {
    /// The outcome of each pair: the document, the systems in alphabetical order, and the
    /// preference between them in that order. One for each judge.
    pub pairs: Vec<(String, [String; 2], Preference)>,
    /// Number of verdicts.
    pub verdicts: usize,
    /// Number of pairs that were judged in both orders, and of those whose verdict survives the
    /// exchange; each pair counts for each judge.
    pub exchanged: [usize; 2],
    /// Number of verdicts that prefer the answer that was shown first, and of those that prefer the
    /// other one.
    pub by_slot: [usize; 2],
    /// The names of the judges; empty names are those of files that name none.
    pub judges: BTreeSet<String>,
    /// Krippendorff's alpha (nominal) of the judges' outcomes; `None` if it is undefined, as with
    /// one judge.
    pub alpha: Option<f64>,
}

impl Outcomes {
    /// The share of the pairs judged in both orders whose verdict survives the exchange, 0 to 1;
    /// `None` if there are none.
    pub fn consistency(&self) -> Option<f64> {
        let [all, surviving] = self.exchanged;
        (all > 0).then(|| surviving as f64 / all as f64)
    }

    /// The share of the preferences that are for the answer shown first, 0 to 1; .5 if the order
    /// has no effect and pairs are judged in both. `None` if there are no preferences.
    pub fn first_slot(&self) -> Option<f64> {
        let [first, second] = self.by_slot;
        (first + second > 0).then(|| first as f64 / (first + second) as f64)
    }
}

/// Combines verdicts in both orders: a preference that does not survive the exchange is a tie. A
/// pair that was judged in one order only keeps its verdict.
pub fn outcomes(rows: &[PreferenceRow]) -> Outcomes {
    let mut found = Outcomes { verdicts: rows.len(), ..Outcomes::default() };
    let mut by_pair: BTreeMap<PairKey<'_>, Vec<Preference>> = BTreeMap::new();
    for row in rows {
        let [first, second] = row.systems.each_ref().map(String::as_str);
        let is_turned = first > second;
        let (systems, preference) = match row.preference {
            _ if !is_turned => ([first, second], row.preference),
            Preference::First => ([second, first], Preference::Second),
            Preference::Second => ([second, first], Preference::First),
            Preference::Tie => ([second, first], Preference::Tie),
        };
        by_pair.entry((&row.document, systems, &row.judge)).or_default().push(preference);
        found.by_slot[0] += usize::from(row.preference == Preference::First);
        found.by_slot[1] += usize::from(row.preference == Preference::Second);
        found.judges.insert(row.judge.clone());
    }
    let names: Vec<&String> = found.judges.iter().collect();
    let mut ratings: BTreeMap<(&str, [&str; 2]), Vec<Option<f64>>> = BTreeMap::new();
    for ((document, systems, judge), preferences) in &by_pair {
        let survives = preferences.iter().all(|preference| *preference == preferences[0]);
        if preferences.len() > 1 {
            found.exchanged[0] += 1;
            found.exchanged[1] += usize::from(survives);
        }
        let preference = if survives { preferences[0] } else { Preference::Tie };
        found.pairs.push(((*document).to_owned(), systems.map(str::to_owned), preference));
        let of_judges = ratings.entry((document, *systems)).or_insert_with(|| vec![None; names.len()]);
        if let Some(rating) = names.iter().position(|name| name == judge).and_then(|at| of_judges.get_mut(at)) {
            *rating = Some(f64::from(preference as u8));
        }
    }
    let ratings: Vec<Vec<Option<f64>>> = ratings.into_values().collect();
    found.alpha = krippendorff_alpha(&ratings, Scale::Nominal);
    found
}

#[cfg(test)]
mod tests {
    use super::{Preference, PreferenceRow, outcomes};

    fn row(document: &str, systems: [&str; 2], preference: Preference, judge: &str) -> PreferenceRow {
        let systems = systems.map(str::to_owned);
        PreferenceRow { document: document.to_owned(), systems, preference, judge: judge.to_owned() }
    }

    #[test]
    fn a_preference_that_does_not_survive_the_exchange_is_a_tie() {
        let rows = [
            row("1", ["b", "a"], Preference::First, ""),
            row("1", ["a", "b"], Preference::Second, ""),
            row("2", ["b", "a"], Preference::First, ""),
            row("2", ["a", "b"], Preference::First, ""),
            row("3", ["b", "a"], Preference::Second, ""),
        ];
        let found = outcomes(&rows);
        let preferences: Vec<Preference> = found.pairs.iter().map(|(.., preference)| *preference).collect();
        assert_eq!(preferences, [Preference::Second, Preference::Tie, Preference::First]);
        assert_eq!((found.consistency(), found.first_slot()), (Some(0.5), Some(0.6)));
        assert_eq!(found.alpha, None);
    }

    #[test]
    fn a_judge_that_always_takes_the_first_has_no_consistency() {
        let always = |document, systems| row(document, systems, Preference::First, "j");
        let found = outcomes(&[always("1", ["a", "b"]), always("1", ["b", "a"])]);
        assert_eq!((found.consistency(), found.first_slot()), (Some(0.0), Some(1.0)));
        assert_eq!(found.pairs[0].2, Preference::Tie);
    }

    #[test]
    fn judges_are_compared_on_the_pairs_that_they_share() {
        let rows: Vec<_> = ["x", "y"]
            .into_iter()
            .flat_map(|judge| {
                [("1", Preference::First), ("2", Preference::Second), ("3", Preference::Tie)]
                    .map(|(document, preference)| row(document, ["a", "b"], preference, judge))
            })
            .collect();
        assert_eq!(outcomes(&rows).alpha, Some(1.0));
        assert_eq!(outcomes(&rows).pairs.len(), 6);
    }
}
