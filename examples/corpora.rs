//! Scores many small corpora in one process, for parity tests against other tools.
//!
//! A line of standard input is `{"gold": [...], "pred": [...], "preset": "...", "options": "..."}`
//! with documents of
//! `karat.document/1`; preset, options (TOML) and `zero_division` may be left out. In place of the
//! documents, `gold_tokens` and `pred_tokens` may be the content of two token files. What a preset
//! refuses gives `{"refused": true}`. A line of standard output is an object of the figures by
//! name; an undefined one is null. With `"counts": true` the outcomes stand beside, as
//! `NAME#counts`: correct, incorrect, partial, missed, spurious.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};
use std::path::Path;

use karat::document::{Document, Reference};
use karat::error::Recovered;
use karat::format::{Entry, read_document, tokens};
use karat::metric::Options;
use karat::preset;
use karat::score::{Figure, Settings, System, refusals, score};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, json};

#[derive(Deserialize)]
struct Corpus<'a> {
    #[serde(borrow, default)]
    gold: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    pred: Vec<&'a RawValue>,
    gold_tokens: Option<String>,
    pred_tokens: Option<String>,
    preset: Option<String>,
    options: Option<String>,
    #[serde(default)]
    counts: bool,
    zero_division: Option<f64>,
}

fn entries(documents: &[&RawValue], token_file: Option<&String>) -> Vec<Entry> {
    if let Some(text) = token_file {
        let Recovered { value: entries, diagnostics } = tokens::read(Path::new("stdin"), text);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        return entries;
    }
    let read = |document: &&RawValue| read_document(Path::new("stdin"), document.get()).expect("a good document");
    documents.iter().map(read).collect()
}

fn main() -> io::Result<()> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let line = line?;
        let corpus: Corpus<'_> = serde_json::from_str(&line)?;
        let references: BTreeMap<String, Reference> = entries(&corpus.gold, corpus.gold_tokens.as_ref())
            .into_iter()
            .map(|entry| {
                let document = entry.text.map(|text| Document::new(&entry.id, text));
                (entry.id, Reference { document, gold: entry.annotations, ..Reference::default() })
            })
            .collect();
        let answers: BTreeMap<_, _> = entries(&corpus.pred, corpus.pred_tokens.as_ref())
            .into_iter()
            .map(|entry| (entry.id.clone(), entry.into_answer()))
            .collect();
        let declared = references.values().flat_map(|reference| reference.gold.layers()).collect();
        let system = System { name: "pred".to_owned(), declared, answers };
        let find = |name: &String| preset::find(name).unwrap_or_else(|| panic!("there is no preset {name}"));
        let options =
            corpus.options.as_deref().map_or_else(Options::default, |text| toml::from_str(text).expect("options"));
        let settings = Settings {
            preset: corpus.preset.as_ref().map(find),
            options,
            zero_division: corpus.zero_division,
            ..Settings::default()
        };
        if !refusals(&references, &system.answers, &settings).is_empty() {
            writeln!(out, "{}", json!({"refused": true}))?;
            continue;
        }
        let scores = score(&references, &system, &settings);
        let mut figures: Map<String, _> =
            scores.figures().map(|figure| (figure.name.to_string(), json!(figure.value))).collect();
        if corpus.counts {
            let counts = |figure: &Figure| {
                let c = figure.counts?;
                let counts = json!([c.correct, c.incorrect, c.partial, c.missed, c.spurious]);
                Some((format!("{}#counts", figure.name), counts))
            };
            figures.extend(scores.figures().filter_map(counts));
        }
        serde_json::to_writer(&mut out, &figures)?;
        out.write_all(b"\n")?;
    }
    out.flush()
}
