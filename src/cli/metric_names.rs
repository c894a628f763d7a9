//! Selection of metrics by their names, as `--metric` gives them.

use std::collections::BTreeSet;

use karat::error::{Diagnostic, Error};
use karat::score::Scores;

/// Returns whether `asked` selects the metric `name`: it equals the name, or is a prefix of it that
/// ends before `.`, `[` or `@`.
pub(super) fn is_asked(name: &str, asked: &str) -> bool {
    name.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[', '@']))
}

/// Removes the figures that `metrics` does not select; an empty list selects all. Fails if a metric
/// is unknown.
pub(super) fn select(scores: &mut Scores, metrics: &[String]) -> Result<(), Error> {
    let names: BTreeSet<String> = scores.figures().map(|figure| figure.name.to_string()).collect();
    let unknown: Vec<Diagnostic> = metrics
        .iter()
        .filter(|metric| !names.iter().any(|name| is_asked(name, metric)))
        .map(|metric| {
            let diagnostic = Diagnostic::new(format!("there is no metric `{metric}` here"));
            let near: BTreeSet<&str> = names.iter().map(String::as_str).filter(|name| !name.contains('[')).collect();
            diagnostic.help_with_nearest(metric, near)
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Error::Input(unknown));
    }
    if !metrics.is_empty() {
        for layer in &mut scores.layers {
            layer.retain(|name| metrics.iter().any(|metric| is_asked(&name.to_string(), metric)));
        }
    }
    Ok(())
}
