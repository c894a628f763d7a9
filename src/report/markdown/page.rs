//! The title, the introduction and the table of contents of the page, and phrases that sections
//! share.

use super::super::Report;
use super::inert;

pub(super) fn title(report: &Report) -> String {
    let title = report.info.name.as_deref().unwrap_or(&report.dataset);
    let mut text = format!("# {}\n\n", inert::name(title));
    if let Some(description) = &report.info.description {
        text.push_str(&format!("{}\n\n", inert::escape_text(description)));
    }
    let extractors = report.extractors.len();
    let level = report.extractors.first().map_or("95", |extractor| extractor.scores.level());
    text.push_str(&format!(
        "{}, {}. Figures are micro averages unless they say otherwise. Behind ± is the wider half of the {level} % interval, whose \
         unit is the document{}. A dash is an undefined figure or a layer that the extractor does not fill.\n",
        counted(report.size(), "document"),
        counted(extractors, "extractor"),
        source(report, "scores.csv", "both ends"),
    ));
    if report.is_of_run {
        text.push_str(
            "\nOpen [report.html](report.html), which `karat run` writes beside this page, for the documents, all errors and the \
             definitions. `scores.csv` has all figures, \
             `documents.csv` all documents, `alignment.csv` all items, and `facts.csv` the facts of all summaries.\n",
        );
    }
    for line in report.sample.iter().flat_map(|sample| sample.lines()) {
        text.push_str(&format!("\n> {}\n", inert::escape_text(line)));
    }
    if !report.ceiling.is_empty() {
        let (passes, documents) = report.passes;
        text.push_str(&format!(
            "\nThe ceiling is what {passes} labelling passes reach when scored against each other, on {documents} of the {}. It \
             is shown where it bounds: where the passes differ and no extractor is above them. A summary is scored against the best \
             of its references, a pass against one other.\n",
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

/// Returns the table of contents of the sections below a title. The section on timings is left out,
/// so that a page with timings differs from one without in that section alone.
pub(super) fn contents(title: &str, sections: &[String]) -> String {
    let heading_of = |text: &str, level: &str| text.lines().find_map(|line| Some(line.strip_prefix(level)?.to_owned()));
    let title = anchor(&heading_of(title, "# ").unwrap_or_default());
    let headings = sections.iter().flat_map(|section| section.lines().filter_map(|line| line.strip_prefix("## ")));
    let links = headings.filter(|heading| *heading != "Timings").map(|heading| {
        // The anchor of a heading with escapes depends on how GitHub renders these.
        if heading.contains(|char: char| !(char.is_ascii_alphanumeric() || " :-_".contains(char))) {
            return heading.to_owned();
        }
        let anchor = anchor(heading);
        let again = if anchor == title { "-1" } else { "" };
        format!("[{heading}](#{anchor}{again})")
    });
    format!("\nContents: {}\n", links.collect::<Vec<_>>().join(" · "))
}

/// The beginning of the line with the table of contents, which leads to the verdicts first. No text
/// from input files begins so, since its brackets are escaped.
pub(super) const CONTENTS: &str = "Contents: [";

/// Returns the anchor that GitHub gives to a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|char| char.is_alphanumeric() || matches!(char, ' ' | '-' | '_'));
    kept.flat_map(char::to_lowercase).map(|char| if char == ' ' { '-' } else { char }).collect()
}

/// Returns the end of a sentence that names the file of a run in which there is more; empty if the
/// report is not of a run.
pub(super) fn source(report: &Report, file: &str, what: &str) -> String {
    if report.is_of_run { format!("; `{file}` has {what}") } else { String::new() }
}

pub(super) fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
