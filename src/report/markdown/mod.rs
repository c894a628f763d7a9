//! `report.md`, for reviewers with little time: verdicts first, then one section for each layer,
//! then examples of errors with their context. It is short, so that it is read: CSV and HTML have
//! all figures, documents and items.

use std::io::{self, Write};

mod boundaries;
mod confidence;
mod confusion;
mod documents;
mod errors;
mod examples;
pub(super) mod inert;
mod interleave;
mod labels;
mod layers;
mod page;
mod signatures;
pub(super) mod table;
mod timings;
mod verdicts;
mod verdicts_on_points;
mod within;

pub use within::within;

use super::{Renderer, Report};

/// Renders `report.md`.
pub struct Markdown;

/// The sections of the page, in order. Each returns its text with headings, or an empty string.
const SECTIONS: [fn(&Report) -> String; 9] = [
    verdicts::section,
    timings::section,
    layers::section,
    confidence::section,
    documents::section,
    errors::section,
    examples::section,
    signatures::warnings,
    signatures::section,
];

impl Renderer for Markdown {
    fn file_name(&self) -> &'static str {
        "report.md"
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        let parts = SECTIONS.iter().map(|section| section(report)).filter(|part| !part.is_empty());
        let parts: Vec<String> = parts.collect();
        let title = page::title(report);
        write!(out, "{title}{}\n{}", page::contents(&title, &parts), parts.join("\n"))
    }
}
