//! The title and introduction of the page, and helpers for counted nouns.

use super::super::Report;
use super::inert;

pub(super) fn title(report: &Report) -> String {
    let title = report.info.name.as_deref().unwrap_or(&report.dataset);
    let mut text = format!("# {}\n\n", inert::name(title));
    if let Some(description) = &report.info.description {
        text.push_str(&format!("{}\n\n", inert::escape(description)));
    }
    let extractors = report.extractors.len();
    let level = report.extractors.first().map_or("95", |extractor| extractor.scores.level());
    text.push_str(&format!(
        "{}, {}. Figures are micro averages unless they say otherwise; the interval behind a figure is a {level} % interval \
         whose unit is the document. A dash is an undefined figure or a layer that the extractor does not fill.\n",
        counted(report.size(), "document"),
        counted(extractors, "extractor"),
    ));
    if !report.ceiling.is_empty() {
        let (passes, documents) = report.passes;
        text.push_str(&format!(
            "\nThe ceiling is what {passes} labelling passes reach when scored against each other, on {documents} of the {}: \
             what a figure can be expected to reach at best. A summary is scored against the best of its references, a pass \
             against one other. What describes a summary by itself (its density, its facts) is no goal: there it is what the \
             passes have.\n",
            counted(report.size(), "document"),
        ));
    }
    if report.is_confidential {
        text.push_str(
            "\nThe documents are confidential: their texts are withheld, and what quotes them is; offsets, labels and ids remain.\n",
        );
    }
    if report.size() < 10 {
        text.push_str(&format!(
            "\n> {} cannot tell much about any other: read the intervals, not the third decimal.\n",
            capital(&counted(report.size(), "document"))
        ));
    }
    text
}

pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
