//! `facts.csv`: the numbers, dates and names of every summary whose source text is known, and
//! whether the source contains them.

use std::io::{self, Write};

use super::context::around;
use super::scores_csv::{header, write_rows};
use super::{Renderer, Report};
use crate::document::Document;
use crate::metric::source::Fact;

/// Renders `facts.csv`: one row for each fact of each summary.
pub struct FactsCsv;

const HEADER: [&str; 12] = [
    "dataset",
    "extractor",
    "document",
    "kind",
    "invented",
    "text",
    "value",
    "start",
    "end",
    "source_start",
    "source_end",
    "source_context",
];

impl Renderer for FactsCsv {
    fn file_name(&self) -> &'static str {
        "facts.csv"
    }

    fn write(&self, report: &Report, out: &mut dyn Write) -> io::Result<()> {
        write_rows(out, header(&HEADER))?;
        for extractor in &report.extractors {
            if let Some(rows) = &extractor.rows {
                rows.copy_facts(out)?;
                continue;
            }
            for (id, document) in extractor.scores.layers.iter().flat_map(|layer| &layer.documents) {
                write_rows(out, rows(&report.dataset, &extractor.name, id, report.texts.get(id), &document.facts))?;
            }
        }
        Ok(())
    }
}

/// Returns one row for each fact of one document.
pub(super) fn rows<'a>(
    dataset: &'a str,
    extractor: &'a str,
    id: &'a str,
    text: Option<&'a Document>,
    facts: &'a [Fact],
) -> impl Iterator<Item = Vec<String>> + 'a {
    facts.iter().map(move |fact| {
        let start = [dataset, extractor, id].map(str::to_owned);
        [start.to_vec(), cells(text, fact)].concat()
    })
}

fn cells(document: Option<&Document>, fact: &Fact) -> Vec<String> {
    let place = |of: fn((u32, u32)) -> u32| fact.source.map(|place| of(place).to_string()).unwrap_or_default();
    let context = fact.source.and_then(|place| around(document?, place));
    vec![
        fact.kind.to_string(),
        if fact.invented { "yes" } else { "no" }.to_owned(),
        fact.text.clone(),
        fact.value.clone(),
        fact.start.to_string(),
        fact.end.to_string(),
        place(|place| place.0),
        place(|place| place.1),
        context.map(|c| format!("{}⟦{}⟧{}", c.before, c.range, c.after)).unwrap_or_default(),
    ]
}
