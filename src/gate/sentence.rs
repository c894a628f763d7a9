//! One-sentence explanations of findings for reviewers.

use std::collections::BTreeMap;

use super::{GateFinding, GateVerdict};
use crate::compare::{Change, Compared, DocumentFlips, LayerComparison};
use crate::decimals::{decimals, signed};

/// Returns a sentence such as "F1 fell by .031 [-.048, -.014]; 60 documents; 12 PERSON items lost,
/// most in `briefs-014`".
pub fn sentence(finding: &GateFinding, figure: &Compared, layer: &LayerComparison, too_few: Option<usize>) -> String {
    let mut parts = Vec::new();
    let what = called(figure);
    match finding.delta {
        _ if finding.verdict == GateVerdict::Identical => {
            parts.push("both systems gave the same answers for every document".to_owned());
        }
        None => parts.push(format!("{what} is undefined on one side")),
        Some(delta) => {
            let is_uniform = figure.difference.is_some_and(|of| of.error == Some(0.0));
            let how = match delta {
                _ if is_uniform && delta != 0.0 => {
                    let way = if delta > 0.0 { "rose" } else { "fell" };
                    format!("{what} of all {} documents {way} by {:.3}", finding.documents, delta.abs())
                }
                _ if delta > 0.0 => format!("{what} rose by {}", decimals(delta, 3)),
                _ if delta < 0.0 => format!("{what} fell by {}", decimals(-delta, 3)),
                _ => format!("{what} did not change"),
            };
            let bounds = finding.low.zip(finding.high).filter(|_| !is_uniform);
            parts.push(match bounds {
                Some((low, high)) => format!("{how} [{}, {}]", signed(low, 3), signed(high, 3)),
                None => how,
            });
        }
    }
    parts.push(format!("{} documents", finding.documents));
    if finding.verdict == GateVerdict::Pass && is_surely_worse(finding, figure) {
        parts.push("worse, but within the margin".to_owned());
    }
    if let Some(least) = too_few {
        parts.push(format!("the rule asks for {least} at least"));
    }
    if finding.verdict == GateVerdict::Inconclusive
        && let Some(needed) = finding.documents_needed
    {
        parts.push(format!("about {needed} would suffice for a margin of {}", finding.margin));
    }
    let is_worse = figure.delta().is_some_and(|delta| delta != 0.0) && finding.verdict != GateVerdict::Identical;
    parts.extend(is_worse.then(|| lost(figure, layer)).flatten());
    parts.join("; ")
}

/// Returns the common name of a figure: `F1`, `recall`, `BLEU`.
fn called(figure: &Compared) -> String {
    let name = &figure.name;
    match &*name.stat {
        "" if !name.metric.is_empty() => name.metric.to_string(),
        "" => name.layer.to_string(),
        "f1" => "F1".to_owned(),
        stat => stat.to_owned(),
    }
}

fn is_surely_worse(finding: &GateFinding, figure: &Compared) -> bool {
    if figure.direction.is_lower() {
        finding.low.is_some_and(|low| low > 0.0)
    } else {
        finding.high.is_some_and(|high| high < 0.0)
    }
}

/// Describes how many items were lost, the label with the most losses, and the document with the
/// most losses.
fn lost(figure: &Compared, layer: &LayerComparison) -> Option<String> {
    let of_figure = |flip: &&crate::compare::Flip| {
        flip.change == Change::Lost && figure.name.label.as_deref().is_none_or(|label| flip.side.label == label)
    };
    let mut by_label: BTreeMap<&str, usize> = BTreeMap::new();
    for flip in layer.flips.iter().flat_map(|document| &document.flips).filter(of_figure) {
        *by_label.entry(flip.side.label.as_str()).or_default() += 1;
    }
    let (label, count) = by_label.into_iter().rev().max_by_key(|(_, count)| *count)?;
    let in_document = |document: &DocumentFlips| {
        document.flips.iter().filter(of_figure).filter(|flip| flip.side.label == label).count()
    };
    let worst = layer.flips.iter().rev().max_by_key(|document| in_document(document))?;
    let items = if count == 1 { "item" } else { "items" };
    let label = if label.is_empty() { String::new() } else { format!("{label} ") };
    let place = match in_document(worst) {
        one if one == count => format!("in `{}`", worst.id),
        1 => format!("in {count} documents"),
        _ => format!("most in `{}`", worst.id),
    };
    Some(format!("{count} {label}{items} lost, {place}"))
}
