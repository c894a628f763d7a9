//! Selection of metrics, so that only the sums of requested metrics are kept.

use std::sync::Arc;

use super::Settings;
use crate::document::Layer;
use crate::metric::Headline;

/// The metrics whose figures are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Wanted {
    /// Every metric.
    #[default]
    All,
    /// The metrics of the figures with these names.
    Named(Arc<[String]>),
    /// The metric of the headline figure of each layer.
    Headlines,
    /// The metric of the headline figure of each layer, and those of the figures with these names.
    HeadlinesAnd(Arc<[String]>),
}

impl Wanted {
    /// Selects the metrics of the figures with these names, such as `entities.strict.f1` or
    /// `entities.strict[*].recall`. Selects every metric if one of the names is unknown: the error
    /// message then lists all figures.
    pub fn named(names: &[String], settings: &Settings) -> Self {
        let metric_groups = settings.metric_groups();
        let is_known = |name: &String| {
            metric_groups.iter().any(|group| {
                let metrics = group.metrics(&settings.options);
                let scored = Layer::FIXED.iter().filter(|layer| group.scores(layer));
                scored.into_iter().any(|layer| metrics.iter().any(|metric| is_of(name, layer, metric)))
            })
        };
        // Layers of records have user-defined names.
        let is_records = |name: &String| name.starts_with("records.");
        if names.iter().all(|name| is_known(name) || is_records(name)) { Self::Named(names.into()) } else { Self::All }
    }

    /// Selects the metric of the headline figure of each layer, and what [`named`](Self::named)
    /// selects.
    pub fn headlines_and(names: &[String], settings: &Settings) -> Self {
        match Self::named(names, settings) {
            Self::Named(names) => Self::HeadlinesAnd(names),
            all => all,
        }
    }

    /// Returns whether figures of a metric are wanted in a layer with this headline figure.
    pub(super) fn has(&self, layer: &Layer, metric: &str, headline: Option<Headline>) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|name| is_of(name, layer, metric)),
            Self::Headlines => is_headline(metric, headline),
            Self::HeadlinesAnd(names) => {
                is_headline(metric, headline) || names.iter().any(|name| is_of(name, layer, metric))
            }
        }
    }
}

fn is_headline(metric: &str, headline: Option<Headline>) -> bool {
    headline.is_some_and(|headline| headline.metric == metric)
}

/// Returns whether a name may be that of a figure of a metric of a layer.
fn is_of(name: &str, layer: &Layer, metric: &str) -> bool {
    let Some(rest) = name.strip_prefix(&*layer.metric_prefix()) else { return false };
    let rest =
        if metric.is_empty() { Some(rest) } else { rest.strip_prefix('.').and_then(|rest| rest.strip_prefix(metric)) };
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '@']))
}

#[cfg(test)]
mod tests {
    use super::{Wanted, is_of};
    use crate::document::Layer;
    use crate::metric::Headline;
    use crate::score::Settings;

    #[test]
    fn names_are_of_metrics() {
        assert!(is_of("entities.strict.f1", &Layer::Entities, "strict"));
        assert!(is_of("entities.strict[*].macro.f1", &Layer::Entities, "strict"));
        assert!(is_of("keyphrases.f1@10", &Layer::Keyphrases, ""));
        assert!(is_of("records.people[name].f1", &Layer::Records("people".into()), ""));
        assert!(!is_of("entities.stricter.f1", &Layer::Entities, "strict"));
        assert!(!is_of("entities.strict.f1", &Layer::Relations, "strict"));
    }

    #[test]
    fn a_name_of_no_figure_wants_everything() {
        let settings = Settings::default();
        let named =
            |names: &[&str]| Wanted::named(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), &settings);
        let wanted = named(&["entities.strict.f1", "summary.rouge1.f1"]);
        let has = |wanted: &Wanted, layer, metric| wanted.has(layer, metric, Some(Headline::new("rouge1", "f1")));
        assert!(has(&wanted, &Layer::Entities, "strict") && !has(&wanted, &Layer::Entities, "exact"));
        assert_eq!(named(&["entities.strct.f1"]), Wanted::All);
        assert!(has(&Wanted::Headlines, &Layer::Summaries, "rouge1"));
        assert!(!has(&Wanted::Headlines, &Layer::Summaries, "rouge2"));
    }
}
