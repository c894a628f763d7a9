//! `report.md`: for a person. The verdicts first, then layer by layer, then what went wrong, with
//! the text around it.

use std::io::{self, Write};

mod boundaries;
mod confidence;
mod confusion;
mod documents;
mod errors;
mod examples;
mod interleave;
mod labels;
mod layers;
mod page;
mod signatures;
pub(super) mod table;
mod timings;
mod verdicts;
mod verdicts_on_points;

use super::{Renderer, Report};

/// The report that a reviewer reads.
pub struct Markdown;

/// The parts of the page, in order. Each gives its own headings, or nothing.
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
        let page: Vec<String> = [page::title(report)].into_iter().chain(parts).collect();
        out.write_all(page.join("\n").as_bytes())
    }
}
