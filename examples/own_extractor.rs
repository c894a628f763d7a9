//! An extractor that is written outside karat, run over documents in memory and scored.
//!
//! `cargo run --example own_extractor`
//!
//! Here the extractor is called directly, one document after another. For an extractor that karat
//! itself is to run, in parallel and with a cache, write a program that speaks docs/PROTOCOL.md and
//! name it in karat.toml (`kind = "process"`).

use std::io::{self, Write};

use karat::document::{Annotations, Document, Entity, Layer, Span};
use karat::extractor::{ExtractError, Extractor};

/// Labels words of two capital letters or more as `ORG`.
struct Acronyms;

impl Extractor for Acronyms {
    fn name(&self) -> &str {
        "acronyms"
    }

    fn fingerprint(&self) -> String {
        concat!("acronyms ", env!("CARGO_PKG_VERSION")).to_owned()
    }

    fn layers(&self) -> &[Layer] {
        &[Layer::Entities]
    }

    fn extract(&self, document: &Document) -> Result<Annotations, ExtractError> {
        if document.is_empty() {
            return Err(ExtractError::new("the text is empty"));
        }
        let text = document.text();
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| {
            let mut letters = word.chars();
            word.chars().count() >= 2 && letters.all(char::is_uppercase)
        });
        // Spans count code points: `Document::span` converts the bytes that string functions count.
        let entities = words.map(|word| {
            let start = word.as_ptr() as usize - text.as_ptr() as usize;
            Entity::new(document.span(start..start + word.len()), "ORG")
        });
        Ok(Annotations { entities: Some(entities.collect()), ..Annotations::default() })
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let documents = [
        Document::new("a", "The EU and the UN met in Genève."),
        Document::new("b", "Genève, said the WHO; the UK disagreed."),
        Document::new("c", ""),
    ];
    let org = |start, end| Entity::new(Span::new(start, end), "ORG");
    let gpe = |start, end| Entity::new(Span::new(start, end), "GPE");
    let golden = [vec![org(4, 6), org(15, 17), gpe(25, 31)], vec![gpe(0, 6), org(17, 20), gpe(26, 28)], vec![]];

    let gold = documents.iter().zip(golden).map(|(document, entities)| {
        let annotations = Annotations { entities: Some(entities), ..Annotations::default() };
        (document.id(), (document.clone(), annotations))
    });
    let predicted = documents.iter().map(|document| (document.id(), Acronyms.extract(document)));
    let scores = karat::score(gold, predicted)?;

    let mut out = io::stdout().lock();
    for name in ["entities.strict.precision", "entities.strict.recall", "entities.strict.f1", "entities.exact.f1"] {
        let figure = scores.figure(name).ok_or(name)?;
        let value = figure.value.map_or("undefined".to_owned(), |value| format!("{value:.3}"));
        writeln!(out, "{name:26} {value}  ({} of {} documents answered)", figure.documents_answered, figure.documents)?;
    }
    for (id, (status, message)) in &scores.ends {
        writeln!(out, "document {id}: {status}: {}", message.as_deref().unwrap_or_default())?;
    }
    Ok(())
}
