//! `facts.csv`: the numbers, dates and names of every summary whose source is known, and whether the source has them.

use super::context::around;
use super::scores_csv::to_csv;
use super::{Renderer, Report};
use crate::document::Document;
use crate::metric::source::Fact;

/// Every fact of every summary.
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

    fn render(&self, report: &Report) -> String {
        let rows = report.extractors.iter().flat_map(|extractor| {
            let documents = extractor.scores.layers.iter().flat_map(|layer| &layer.documents);
            documents.flat_map(|(id, document)| {
                let start = [&report.dataset, &extractor.name, id].map(Clone::clone);
                let text = report.texts.get(id);
                document.facts.iter().map(move |fact| [start.to_vec(), cells(text, fact)].concat())
            })
        });
        to_csv(&HEADER, rows)
    }
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
        context.map(|c| format!("{}⟦{}⟧{}", c.before, c.stretch, c.after)).unwrap_or_default(),
    ]
}
