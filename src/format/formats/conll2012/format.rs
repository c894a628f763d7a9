//! Registers CoNLL-2012 coreference among the formats of annotations.

use std::path::PathBuf;

use super::{looks_like, read, write};
use crate::error::Recovered;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::Format;
use crate::format::losses::Losses;
use crate::format::output::Output;

/// The `conll2012` format.
pub(in crate::format::formats) const FORMATS: &[Format] = &[Format {
    name: "conll2012",
    about: "CoNLL-2012: a token a line, coreference in the last column",
    extensions: &["conll", "v4_gold_conll", "v4_auto_conll"],
    looks_like: |look| looks_like(look.head),
    read: |input| {
        let Recovered { value: entries, diagnostics } = read(input.file, input.text);
        diagnostics.into_iter().map(Err).chain(entries.into_iter().map(Ok)).collect()
    },
    capabilities: Capabilities { absent_entities: true, coreference: true, fix, ..SPANS },
    write: |outputs, _| {
        let document = |output: &Output| write(output.document.id(), output.document.text(), &output.annotations).0;
        vec![(PathBuf::new(), outputs.iter().map(document).collect::<String>().into_bytes())]
    },
    ..Format::DEFAULTS
}];

fn fix(output: &mut Output, losses: &mut Losses) {
    for entity in output.annotations.entities.take().into_iter().flatten() {
        losses.note("entities", &format!("{} at {}..{}", entity.label, entity.start, entity.end));
    }
    let (_, lost) = write(output.document.id(), output.document.text(), &output.annotations);
    lost.iter().for_each(|(what, which)| losses.note(what, which));
    for cluster in output.annotations.coreference.iter_mut().flatten() {
        if let Some(id) = cluster.id.take() {
            losses.note("names of clusters (they are numbered)", &id);
        }
    }
}
