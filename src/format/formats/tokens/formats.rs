//! Registers token files among the formats of annotations: `conll`, which decodes tags leniently,
//! and one format for each tagging scheme, in which ill-formed tags are errors.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::layout::layout;
use super::options::Notation;
use super::outside::{check_outside, recognise};
use super::reader::read_as;
use super::{EXTENSIONS, strict, write};
use crate::document::{Annotations, Document, Entity, Scheme, Tags};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};

/// The lenient format. Its `looks_like` cannot detect its files, since they may look like other
/// tables; [`Format::of_file`] does.
const LENIENT: Format = Format {
    name: "conll",
    about: "token files (CoNLL-2003, BIO and similar): tags of any scheme, read leniently; written as IOB2",
    extensions: &EXTENSIONS,
    looks_like: |_| false,
    read: |input| read(input, None),
    chooses_column: true,
    chooses_tags: true,
    capabilities: Capabilities { label, fix: |output, losses| fix(output, losses, Scheme::Iob2), ..SPANS },
    write: |outputs, _| written(outputs, Scheme::Iob2),
    ..Format::DEFAULTS
};

/// Defines the format of one scheme. A macro, since function pointers cannot capture the scheme.
macro_rules! of_scheme {
    ($name:literal, $scheme:ident, $about:literal) => {
        Format {
            name: $name,
            about: concat!("token files of the scheme ", $about, ", read strictly"),
            read: |input| read(input, Some(Scheme::$scheme)),
            write: |outputs, _| written(outputs, Scheme::$scheme),
            capabilities: Capabilities { label, fix: |output, losses| fix(output, losses, Scheme::$scheme), ..SPANS },
            ..LENIENT
        }
    };
}

/// The lenient format, and those of the tagging schemes. In these, tags that are ill-formed by the
/// scheme are errors.
pub(in crate::format::formats) const FORMATS: &[Format] = &[
    LENIENT,
    of_scheme!("iob1", Iob1, "IOB1"),
    of_scheme!("iob2", Iob2, "IOB2 (BIO)"),
    of_scheme!("ioe1", Ioe1, "IOE1"),
    of_scheme!("ioe2", Ioe2, "IOE2"),
    of_scheme!("iobes", Iobes, "IOBES (BIOES)"),
    of_scheme!("bilou", Bilou, "BILOU"),
];

/// Reads a file whose scheme is the format's, or that of `--tags`, or else recognised.
fn read(input: &Input<'_>, of_format: Option<Scheme>) -> Vec<Result<Entry, Diagnostic>> {
    let options = &input.tokens;
    let named = match options.notation {
        Some(Notation::Scheme(scheme)) => Some(scheme),
        Some(Notation::Io | Notation::Suffix) | None => None,
    };
    if let (Some(scheme), Some(notation)) = (of_format, options.notation)
        && notation != Notation::Scheme(scheme)
    {
        let diagnostic =
            Diagnostic::new(format!("the format is {scheme}, and `--tags` is another")).in_file(input.file);
        return vec![Err(diagnostic.help("leave out one of `--from` and `--tags`"))];
    }
    let layout = match layout(input.text, options.column) {
        Ok(layout) => layout,
        Err(diagnostic) => return vec![Err(diagnostic.in_file(input.file))],
    };
    layout.notes.iter().for_each(|note| input.notes.state(input.file, note));
    let read = read_as(input.file, input.text, &layout, options.notation);
    let mut results: Vec<Result<Entry, Diagnostic>> = read.diagnostics.into_iter().map(Err).collect();
    let Some(file) = read.entries.iter().find_map(|entry| Some(entry.annotations.tags.as_ref()?.file.clone())) else {
        return results;
    };
    let scheme = of_format.or(named);
    let mut diagnostics = check_outside(&file, input.text, layout.header, &read.outside, options, input.notes);
    let mut is_bilou = false;
    if scheme.is_none() && diagnostics.is_empty() {
        match recognise(&file, options, input.notes) {
            Ok(recognised) => is_bilou = recognised == Some(Scheme::Bilou),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    if !diagnostics.is_empty() {
        results.extend(diagnostics.into_iter().map(Err));
        return results;
    }
    for mut entry in read.entries {
        let Some(tags) = &mut entry.annotations.tags else { continue };
        (tags.scheme, tags.is_bilou) = (scheme, is_bilou);
        let astray = scheme.map_or_else(Vec::new, |scheme| strict(tags, scheme));
        if astray.is_empty() {
            results.push(Ok(entry));
        } else {
            results.extend(astray.into_iter().map(Err));
        }
    }
    results
}

/// Converts a label to one that is read back unchanged: without white space, and without `-` at its
/// ends.
pub(in crate::format::formats) fn label(label: &str) -> String {
    let written: String = label.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect();
    written.trim_matches('-').to_owned()
}

/// Removes entities that tags cannot represent, and notes changes of white space.
fn fix(output: &mut Output, losses: &mut Losses, scheme: Scheme) {
    let lines = fit(output, losses, scheme);
    let entries = super::read(&PathBuf::new(), &lines).value;
    let joined = entries.first().and_then(|entry| entry.text.as_deref()).unwrap_or_default();
    if joined != output.document.text() {
        losses.note("white space of texts (read the file with --documents)", output.document.id());
    }
}

/// Removes entities that do not begin and end with words, that overlap, or that the scheme cannot
/// represent. Returns the lines of the others.
pub(in crate::format::formats) fn fit(output: &mut Output, losses: &mut Losses, scheme: Scheme) -> String {
    let mut entities = output.annotations.entities.take().unwrap_or_default();
    entities.sort_by(|a, b| (a.start, b.end, &a.label).cmp(&(b.start, a.end, &b.label)));
    let mut lose = |entity: &Entity, why: &'static str| {
        losses.note(why, &format!("{} at {}..{}", entity.label, entity.start, entity.end));
    };
    // Of duplicate entities, the first is written.
    let (_, lost) = write(&output.document, &entities, scheme);
    for loss in &lost {
        lose(&loss.entity, loss.why);
        if let Some(at) = entities.iter().rposition(|entity| *entity == loss.entity) {
            entities.remove(at);
        }
    }
    // An entity whose end the scheme cannot mark is removed, which may make others representable.
    let lines = loop {
        let (lines, _) = write(&output.document, &entities, scheme);
        let kept = written_spans(&lines, &output.document, scheme);
        match entities.iter().position(|entity| !kept.contains(&(entity.start, entity.end))) {
            Some(at) => lose(&entities.remove(at), "entities that the scheme has no tags for"),
            None => break lines,
        }
    };
    output.annotations.entities = Some(entities);
    lines
}

/// Returns the code point ranges of the entities that are read back from the lines of a document.
fn written_spans(lines: &str, document: &Document, scheme: Scheme) -> BTreeSet<(u32, u32)> {
    let entries = super::read(&PathBuf::new(), lines).value;
    let Some(tags) = entries.into_iter().next().and_then(|entry| entry.annotations.tags) else {
        return BTreeSet::new();
    };
    let mut tags = Tags { scheme: Some(scheme), ..tags };
    if tags.place_in(document.text()).is_err() {
        return BTreeSet::new();
    }
    let mut annotations = Annotations { tags: Some(tags), ..Annotations::default() };
    annotations.decode_tags();
    annotations.entities.into_iter().flatten().map(|entity| (entity.start, entity.end)).collect()
}

fn written(outputs: &[Output], scheme: Scheme) -> Files {
    let lines = outputs.iter().map(|output| {
        let entities = output.annotations.entities.as_deref().unwrap_or_default();
        write(&output.document, entities, scheme).0
    });
    vec![(PathBuf::new(), lines.collect::<String>().into_bytes())]
}
