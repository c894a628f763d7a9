//! `report.html`: one self-contained page that shows the report in a browser, without a network.
//!
//! The page is a viewer (TypeScript in `viewer/`, built into `viewer.js` and `viewer.css` here) and
//! its data: an overview in plain JSON, which comes first, and blocks of compressed JSON that the
//! viewer decodes when they are shown. Equal models give equal bytes.

mod block;
mod definitions;
mod documents;
mod index;
mod items;
mod overview;
mod page;

use std::io::{self, Write};

use serde_json::Value;

use super::comparison::ComparisonReport;
use super::{Renderer, Report};
use items::Items;
use page::{Kind, Page};
pub use page::{escaped, policy_hash};

/// Renders `report.html`.
pub struct Html;

impl Renderer for Html {
    fn file_name(&self) -> &'static str {
        "report.html"
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        write_page(report, None, None, out)
    }
}

/// Returns the page on a report that `karat view` serves, which can ask it to correct golden files.
/// `live` describes the state of that server; the page reads it as `Live` in `viewer/src/live.ts`.
///
/// # Panics
/// Panics if stored rows cannot be read.
pub fn live_page(report: &Report, live: &Value) -> String {
    let mut content = Vec::new();
    write_page(report, None, Some(live), &mut content).expect("writing to memory");
    String::from_utf8(content).expect("reports are UTF-8")
}

/// Returns the page on a comparison, given the report on both systems: the baseline first.
///
/// # Panics
/// Panics if stored rows cannot be read.
pub fn comparison_to_html(report: &Report, comparison: &ComparisonReport) -> String {
    let mut content = Vec::new();
    write_page(report, Some(comparison), None, &mut content).expect("writing to memory");
    String::from_utf8(content).expect("reports are UTF-8")
}

/// Writes the overview, the blocks of data, and the viewer.
fn write_page(
    report: &Report,
    comparison: Option<&ComparisonReport>,
    live: Option<&Value>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let kind = if comparison.is_some() { Kind::Comparison } else { Kind::Report };
    let ids = index::ids(report);
    let chunks = documents::chunks(report, &ids);
    let mut page = Page::begin(&report.dataset, kind, live.is_some(), out)?;
    if let Some(live) = live {
        page.plain("live", live)?;
    }
    page.plain("overview", &overview::overview(report, kind, &ids, &chunks))?;
    let items: Vec<Items> =
        report.extractors.iter().map(|extractor| Items::of(report, extractor)).collect::<io::Result<_>>()?;
    page.block("index", &index::index(report, &ids, &chunks, &items))?;
    if let Some(comparison) = comparison {
        page.block("comparison", &comparison.to_value())?;
    }
    for (at, extractor) in report.extractors.iter().enumerate() {
        page.block(&format!("scores-{at}"), &overview::scores(extractor))?;
        page.block(&format!("errors-{at}"), &documents::errors(report, &ids, &items[at]))?;
    }
    page.block("slices", &index::slices(report))?;
    page.block("definitions", &definitions::definitions(report))?;
    for (chunk, range) in chunks.iter().enumerate() {
        let of_chunk = &ids[range.clone()];
        page.block(&format!("d{chunk}"), &documents::documents(report, of_chunk))?;
        for (at, extractor) in report.extractors.iter().enumerate() {
            page.block(&format!("a{at}-{chunk}"), &documents::answers(extractor, of_chunk, &items[at]))?;
        }
    }
    page.end()
}
