//! The headline figure of a layer: the one shown if only one is shown. The metric groups declare
//! it.

use super::{Figure, LayerScores};

/// Returns the headline figure of a layer, if it has one.
pub fn headline_figure(scores: &LayerScores) -> Option<&Figure> {
    let name = scores.headline.as_ref()?;
    scores.figures.iter().find(|figure| figure.name == *name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::document::Layer;
    use crate::metric::corpus::{Corpus, Formula};
    use crate::metric::{
        Arithmetic, CONFIDENCE, Counts, Direction, Karat, METRIC_GROUPS, MetricGroup, Options, Statistic,
    };
    use crate::preset::PRESETS;
    use crate::stats::confidence::Ranking;

    fn groups() -> impl Iterator<Item = &'static dyn MetricGroup> {
        METRIC_GROUPS.iter().chain(PRESETS.iter().flat_map(|preset| preset.metric_groups)).copied()
    }

    /// Options under which every metric exists.
    fn options() -> Options {
        let mut options = Options::default();
        options.summaries.source.words.max = Some(1);
        options
    }

    fn layers() -> impl Iterator<Item = Layer> {
        Layer::FIXED.into_iter().chain([Layer::Records("people".into()), Layer::Scores("accuracy".into())])
    }

    /// Sums of every kind that a metric may have.
    fn sums(metric: &str) -> Vec<Statistic> {
        if metric == CONFIDENCE {
            let mut ranking = Ranking::default();
            ranking.predict(Some(0.5), true);
            return vec![Statistic::Ranking { ranking, bins: 10 }];
        }
        vec![
            Statistic::matches(Counts::default()),
            Statistic::Fields { counts: Counts::default(), absent: 0 },
            Statistic::Share { hits: 0, whole: 0 },
            Statistic::Recall { hits: 0, possible: 0 },
            Statistic::Mean { precision: 0.0, recall: 0.0, f1: 0.0, documents: 0 },
            Statistic::Shares { precision: (0.0, 0.0), recall: (0.0, 0.0) },
            Statistic::Average { sum: 0.0, documents: 0 },
            Statistic::Amount { sum: 0.0, documents: 0 },
            Statistic::Corpus(Corpus { formula: Formula::WordErrors, sums: Vec::new() }),
        ]
    }

    #[test]
    fn every_metric_has_a_direction() {
        const LOWER: [&str; 6] =
            ["ter", "edit_distance", "invented_numbers", "invented_dates", "invented_names", "repetition"];
        const DESCRIPTIVE: [&str; 9] =
            ["coverage", "density", "compression", "novel1", "novel2", "novel3", "novel4", "words", "sentences"];
        let mut found: BTreeSet<String> = BTreeSet::new();
        for group in groups() {
            for metric in group.metrics(&options()) {
                found.insert(metric.to_string());
                let of_metric = if LOWER.contains(&&*metric) {
                    Direction::Lower
                } else if DESCRIPTIVE.contains(&&*metric) {
                    Direction::Descriptive
                } else {
                    Direction::Higher
                };
                assert_eq!(group.direction(&metric), of_metric, "{metric}");
                for statistic in sums(&metric) {
                    for stat in Karat.stats(&statistic, &options()) {
                        let expected = match &*stat {
                            "fabrication" | "ece" | "mce" | "brier" | "aurc" => Direction::Lower,
                            "best_threshold" => Direction::Descriptive,
                            _ => of_metric,
                        };
                        let direction = statistic.direction(&stat).unwrap_or(group.direction(&metric));
                        assert_eq!(direction, expected, "{metric}.{stat}");
                    }
                }
            }
        }
        assert!(LOWER.iter().chain(&DESCRIPTIVE).all(|metric| found.contains(*metric)), "{found:?}");
    }

    /// Metric, statistic and cut-off of the headline figures.
    fn expected_headline(layer: &Layer) -> (&'static str, &'static str, u32) {
        match layer {
            Layer::Entities => ("strict", "f1", 0),
            Layer::Summaries => ("rouge1", "f1", 0),
            Layer::KeyPoints => ("", "recall", 0),
            Layer::Keyphrases => ("", "f1", 10),
            Layer::Relations | Layer::Events => ("strict", "f1", 0),
            Layer::Coreference => ("conll", "f1", 0),
            Layer::Records(_) | Layer::KeySentences => ("", "f1", 0),
            Layer::Scores(_) => ("", "", 0),
        }
    }

    #[test]
    fn every_layer_has_a_headline_and_every_preset_that_has_its_metric() {
        for layer in layers() {
            let own = METRIC_GROUPS.iter().find_map(|group| group.headline().filter(|_| group.scores(&layer)));
            let own = own.unwrap_or_else(|| panic!("{layer} has no headline figure"));
            assert_eq!((own.metric, own.stat, own.at), expected_headline(&layer), "{layer}");
            for group in groups().filter(|group| group.scores(&layer)) {
                let has_it = group.metrics(&options()).iter().any(|metric| *metric == own.metric);
                assert_eq!(group.headline(), has_it.then_some(own), "{layer}: {:?}", group.metrics(&options()));
            }
        }
    }
}
