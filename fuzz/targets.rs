//! The bodies of the fuzz targets: each takes any bytes and panics only if karat has a defect.
//!
//! The programs below `fuzz_targets/` run them under libFuzzer, and `tests/it/fuzz_targets.rs` runs
//! them on mutated seeds in every `cargo test`.
#![allow(dead_code, reason = "each program uses one target")]

use std::path::Path;

use karat::align::{LabelledSpan, align, align_forms};
use karat::config::Config;
use karat::corpus::read_reply;
use karat::document::{Annotations, Document, Layer};
use karat::format::tokens::TokenOptions;
use karat::format::{Export, FORMATS, Format, Input, Notes, decode, read_document, read_lines};

/// The text that annotations are on.
const TEXT: &str = "Adaé 𝄞 Ada met Bo.\r\nIt rained.";

/// Reads a file. Its first line names the format that it is read as, and the rest is the content;
/// if the line names none, the content is read in the format that karat detects.
pub fn formats(data: &[u8]) {
    let line = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (name, content) = (&data[..line], data.get(line + 1..).unwrap_or_default());
    let named = FORMATS.iter().copied().find(|format| format.name.as_bytes() == name);
    let text = decode(content).ok();
    let detected = || Format::detect(Path::new("x.json"), text?).ok();
    let Some(format) = named.or_else(detected) else { return };
    let text = match text {
        _ if format.binary => "",
        Some(text) => text,
        None => return,
    };
    let file = Path::new("x").with_extension(format.extensions[0]);
    let _ = Format::candidates(&file, content);
    let (export, notes) = (Export::default(), Notes::default());
    let document = Document::new("x", TEXT);
    let documents = |id: &str| (id == "x").then_some(&document);
    for companion in [None, Some(TEXT)] {
        let input = Input {
            file: &file,
            text,
            bytes: content,
            companion,
            documents: &documents,
            tokens: TokenOptions::default(),
            labels: &[],
            offset_unit: None,
            export: &export,
            notes: &notes,
        };
        for read in (format.read)(&input) {
            if let Err(diagnostic) = read {
                let is_located = diagnostic.file.is_some() && diagnostic.position.is_some();
                assert!(is_located, "{}: no location: {diagnostic}", format.name);
            }
        }
    }
    if format.name == "karat" {
        let _ = read_document(&file, text);
        assert!(read_lines(&file, text).count() <= text.lines().count());
    }
}

/// Reads a configuration. Every error names the file.
pub fn config(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Err(error) = Config::parse(text, Path::new("karat.toml"), Path::new("")) {
        assert!(!error.diagnostics().is_empty());
        assert!(error.diagnostics().iter().all(|diagnostic| diagnostic.file.is_some()), "{error}");
    }
}

/// Reads an extractor's reply to a document. What is accepted lies in the document.
pub fn replies(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let document = Document::new("x", TEXT);
    if let Ok(mut annotations) =
        read_reply(text, None, &document, &[Layer::Entities, Layer::Relations, Layer::Summaries])
    {
        inside(&mut annotations, &document);
    }
}

fn inside(annotations: &mut Annotations, document: &Document) {
    annotations.each_range(&mut |path, &mut (start, end), _| {
        assert!(document.slice(start, end).is_some_and(|text| !text.is_empty()), "{path:?}: {start}..{end}");
    });
}

/// Aligns up to five gold with up to five predicted spans, which three bytes each describe, and
/// compares the value of the alignment with that of every other one.
pub fn alignment(data: &[u8]) {
    let mut sides = [Vec::new(), Vec::new()];
    for part in data.chunks_exact(3) {
        let [place, length, label] = [part[0], part[1], part[2]];
        let start = u32::from(place >> 1) % 16;
        let span = LabelledSpan::new(start, start + 1 + u32::from(length) % 6, u32::from(label) % 3);
        let side = &mut sides[usize::from(place & 1)];
        if side.len() < 5 {
            side.push(span);
        }
    }
    let [gold, predicted] = sides;
    let found = align(&gold, &predicted);
    assert_eq!(found.pairs.len() + found.missed.len(), gold.len());
    assert_eq!(found.pairs.len() + found.spurious.len(), predicted.len());
    let mut taken = [vec![false; gold.len()], vec![false; predicted.len()]];
    for pair in &found.pairs {
        for (taken, at) in taken.iter_mut().zip([pair.gold, pair.predicted]) {
            assert!(!std::mem::replace(&mut taken[at], true), "an item is in two pairs");
        }
    }
    let pairs = |alignment: &karat::align::Alignment, gold: &[LabelledSpan], predicted: &[LabelledSpan]| {
        let mut pairs: Vec<(LabelledSpan, LabelledSpan)> =
            alignment.pairs.iter().map(|pair| (gold[pair.gold].clone(), predicted[pair.predicted].clone())).collect();
        pairs.sort();
        pairs
    };
    let aligned = pairs(&found, &gold, &predicted);
    let value = aligned.iter().fold([0; 5], |sum, (gold, predicted)| add(sum, gain(gold, predicted)));
    assert_eq!(value, best(&gold, &mut predicted.clone()), "{gold:?} {predicted:?}");
    let (mut turned_gold, mut turned_predicted) = (gold.clone(), predicted.clone());
    turned_gold.reverse();
    turned_predicted.reverse();
    let turned = align(&turned_gold, &turned_predicted);
    assert_eq!(pairs(&turned, &turned_gold, &turned_predicted), aligned, "the order of the input matters");
    let forms: Vec<Vec<LabelledSpan>> = gold.iter().map(|span| vec![span.clone()]).collect();
    assert_eq!(pairs(&align_forms(&forms, &predicted), &gold, &predicted), aligned, "one form each");
}

/// The value of a pair, most important part first: equal span and label, equal span, equal label,
/// overlap, number of shared code points.
fn gain(gold: &LabelledSpan, predicted: &LabelledSpan) -> [u64; 5] {
    let (exact, same_label) = (gold.same_span(predicted), gold.label == predicted.label);
    let flags = [exact && same_label, exact, same_label, true].map(u64::from);
    [flags[0], flags[1], flags[2], flags[3], gold.shared(predicted)]
}

fn add(mut sum: [u64; 5], more: [u64; 5]) -> [u64; 5] {
    sum.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    sum
}

/// Returns the greatest value of any alignment, by trying all.
fn best(gold: &[LabelledSpan], predicted: &mut Vec<LabelledSpan>) -> [u64; 5] {
    let Some((first, rest)) = gold.split_first() else { return [0; 5] };
    let mut greatest = best(rest, predicted);
    for at in 0..predicted.len() {
        if first.shared(&predicted[at]) > 0 {
            let partner = predicted.remove(at);
            greatest = greatest.max(add(best(rest, predicted), gain(first, &partner)));
            predicted.insert(at, partner);
        }
    }
    greatest
}
