//! The result of `karat rank`: JSON (`karat.ranking/1`), CSV and Markdown.

use serde_json::{Value, json};

use super::Exporter;
use super::markdown::inert;
use super::markdown::table::{Align, Table};
use super::number::{bounds, six_places, three_places};
use super::scores_csv::to_csv;
use crate::decimals::decimals;
use crate::judge::preference::{RankedSystem, Ranking};
use crate::stats::Interval;

/// A ranking of systems by preferences, with the files that it rests on.
#[derive(Debug, Clone)]
pub struct RankingReport {
    /// The ranking.
    pub ranking: Ranking,
    /// The first 12 hex digits of the SHA-256 hash of each file.
    pub hashes: Vec<String>,
}

impl RankingReport {
    /// The header of the table.
    pub fn header(&self) -> [String; 8] {
        let level = decimals(100.0 * self.ranking.confidence, 1);
        let level = level.trim_end_matches('0').trim_end_matches('.');
        [
            "system",
            "strength",
            &format!("{level} % interval"),
            "win rate",
            &format!("{level} % interval of it"),
            "wins",
            "ties",
            "losses",
        ]
        .map(str::to_owned)
    }

    /// The rows of the table, one for each system.
    pub fn rows(&self) -> Vec<[String; 8]> {
        let row = |system: &RankedSystem| {
            let [wins, ties, losses] = system.outcomes.map(|count| count.to_string());
            [
                system.name.clone(),
                three_places(system.strength),
                bounds(system.strength_interval),
                three_places(Some(system.win_rate)),
                bounds(system.win_interval),
                wins,
                ties,
                losses,
            ]
        };
        self.ranking.systems.iter().map(row).collect()
    }

    /// Returns sentences on what the ranking rests on.
    pub fn rests_on(&self) -> String {
        let outcomes = &self.ranking.outcomes;
        let [exchanged, surviving] = outcomes.exchanged;
        let consistency = match outcomes.consistency() {
            None => "No pair was judged in both orders, so that the effect of the order is not known.".to_owned(),
            Some(share) => format!(
                "Of {exchanged} pairs in both orders, {surviving} verdicts survive the exchange (consistency {}).",
                decimals(share, 3)
            ),
        };
        let first = outcomes.first_slot().map_or_else(String::new, |share| {
            format!(" The answer shown first is preferred in {} of the preferences.", decimals(share, 3))
        });
        let alpha = if outcomes.judges.len() > 1 {
            format!(
                " {} judges agree with Krippendorff's alpha {}.",
                outcomes.judges.len(),
                three_places(outcomes.alpha)
            )
        } else {
            String::new()
        };
        let unranked =
            self.ranking.unranked.as_ref().map_or_else(String::new, |why| format!(" There are no strengths: {why}."));
        format!(
            "Verdicts: {}; documents: {}. {consistency}{first}{alpha}{unranked}",
            outcomes.verdicts, self.ranking.documents
        )
    }
}

impl Exporter for RankingReport {
    fn to_json(&self) -> String {
        let ranking = &self.ranking;
        let outcomes = &ranking.outcomes;
        let ends = |interval: Option<Interval>, value: Option<f64>| json!({"value": value, "low": interval.map(|one| one.low), "high": interval.map(|one| one.high)});
        let system = |system: &RankedSystem| {
            let [wins, ties, losses] = system.outcomes;
            json!({
                "system": system.name,
                "strength": ends(system.strength_interval, system.strength),
                "win_rate": ends(system.win_interval, Some(system.win_rate)),
                "wins": wins,
                "ties": ties,
                "losses": losses,
            })
        };
        let root: Value = json!({
            "schema": "karat.ranking/1",
            "files": self.hashes,
            "confidence": ranking.confidence,
            "documents": ranking.documents,
            "verdicts": outcomes.verdicts,
            "judges": outcomes.judges,
            "pairs_in_both_orders": outcomes.exchanged[0],
            "consistency": outcomes.consistency(),
            "first_slot_rate": outcomes.first_slot(),
            "alpha": outcomes.alpha,
            "nu": ranking.nu,
            "unranked": ranking.unranked,
            "systems": ranking.systems.iter().map(system).collect::<Vec<_>>(),
        });
        format!("{root:#}\n")
    }

    fn to_csv(&self) -> String {
        let header = [
            "system",
            "strength",
            "strength_low",
            "strength_high",
            "win_rate",
            "win_rate_low",
            "win_rate_high",
            "wins",
            "ties",
            "losses",
        ];
        let row = |system: &RankedSystem| {
            let ends = |interval: Option<Interval>| {
                [interval.map(|one| one.low), interval.map(|one| one.high)].map(six_places)
            };
            let mut row = vec![system.name.clone(), six_places(system.strength)];
            row.extend(ends(system.strength_interval));
            row.push(six_places(Some(system.win_rate)));
            row.extend(ends(system.win_interval));
            row.extend(system.outcomes.map(|count| count.to_string()));
            row
        };
        to_csv(&header, self.ranking.systems.iter().map(row))
    }

    fn to_markdown(&self) -> String {
        let header = self.header();
        let columns = header
            .iter()
            .enumerate()
            .map(|(at, name)| (name.as_str(), if at == 0 { Align::Left } else { Align::Right }));
        let mut table = Table::new(columns);
        for mut row in self.rows() {
            row[0] = inert::name(&row[0]);
            table.row(row);
        }
        format!("# Systems by preferences\n\n{}\n\n{}", inert::escape(&self.rests_on()), table.render())
    }
}
