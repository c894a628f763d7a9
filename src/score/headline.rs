//! The headline figure of a layer: the one shown if only one is shown.

use super::{Figure, LayerScores};
use crate::document::Layer;
use crate::metric::MetricName;

/// Returns metric, statistic and cut-off of the headline figure of a layer.
pub fn headline(layer: &Layer) -> (&'static str, &'static str, u32) {
    match layer {
        Layer::Entities => ("strict", "f1", 0),
        Layer::Summaries => ("rouge1", "f1", 0),
        Layer::KeyPoints => ("", "recall", 0),
        Layer::Keyphrases => ("", "f1", 10),
        Layer::Relations | Layer::Events => ("strict", "f1", 0),
        Layer::Coreference => ("conll", "f1", 0),
        Layer::Records(_) | Layer::KeySentences => ("", "f1", 0),
    }
}

/// Returns the headline figure of a layer, if it has one.
pub fn headline_figure(scores: &LayerScores) -> Option<&Figure> {
    scores.figures.iter().find(|figure| is_headline(&figure.name))
}

/// Returns whether a name is that of the headline figure of its layer.
pub fn is_headline(name: &MetricName) -> bool {
    (&*name.metric, &*name.stat, name.at) == headline(&name.layer) && is_whole(name)
}

/// Returns whether a figure is over the whole layer, without a label and without an average.
pub fn is_whole(name: &MetricName) -> bool {
    name.label.is_none() && name.average.is_none()
}
