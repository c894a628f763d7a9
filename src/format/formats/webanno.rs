//! Reads and writes WebAnno TSV 3, which WebAnno and INCEpTION export: a document a file, with a
//! word a line and a column for each feature of each layer. Entities are those of one layer of
//! spans, clusters those of the coreference chains. Offsets count UTF-16 units in the file.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::path::PathBuf;

use crate::document::{Cluster, Entity, Span, Value};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::tokens::Column;
use crate::format::words;
use crate::format::{Entry, Source};

/// The `webanno` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "webanno",
    about: "WebAnno TSV 3 (WebAnno, INCEpTION): a file a document; coreference is read only",
    extensions: &["tsv"],
    folder: true,
    chooses_column: true,
    looks_like,
    read,
    capabilities: Capabilities { label, fix, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

const FORMAT: &str = "#FORMAT=WebAnno TSV 3";
const NAMED_ENTITY: &str = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity";

fn looks_like(look: &Look<'_>) -> bool {
    look.head.starts_with(FORMAT)
}

/// A layer of the header.
struct Layer<'t> {
    kind: &'t str,
    name: &'t str,
    features: Vec<&'t str>,
    /// The index of its first column.
    column: usize,
}

impl Layer<'_> {
    /// Returns the name without its package.
    fn short(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }
}

/// A line of a word or a part of one.
struct Row<'t> {
    /// Its range in UTF-16 units.
    range: (u32, u32),
    word: String,
    cells: Vec<&'t str>,
    bytes: (usize, usize),
}

/// A sentence: its text, and the index of its first line.
struct Sentence {
    text: String,
    first: usize,
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let mut diagnostics = Vec::new();
    let (mut layers, mut sentences, mut rows) =
        (Vec::<Layer<'_>>::new(), Vec::<Sentence>::new(), Vec::<Row<'_>>::new());
    let (mut next_column, mut start) = (0, 0);
    for whole in input.text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let bytes = (start, start + line.len());
        start += whole.len();
        let declared =
            ["#T_SP=", "#T_CH=", "#T_RL="].into_iter().find_map(|kind| Some((kind, line.strip_prefix(kind)?)));
        if let Some((kind, rest)) = declared {
            let mut parts = rest.split('|');
            let name = parts.next().unwrap_or_default();
            let features: Vec<&str> = parts.filter(|feature| !feature.is_empty()).collect();
            let column = next_column;
            next_column += features.len().max(1);
            layers.push(Layer { kind, name, features, column });
            continue;
        }
        if let Some(text) = line.strip_prefix("#Text=") {
            // A sentence of several lines repeats the mark.
            match sentences.last_mut().filter(|sentence| sentence.first == rows.len()) {
                Some(sentence) => sentence.text.push_str(&format!("\n{}", unescape(text))),
                None => sentences.push(Sentence { text: unescape(text), first: rows.len() }),
            }
            continue;
        }
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        match row(line, bytes, next_column) {
            Ok(row) => rows.push(row),
            Err((message, help)) => {
                let diagnostic = Diagnostic::new(message).in_file(input.file).at_bytes(input.text, bytes.0..bytes.1);
                diagnostics.push(diagnostic.help(help));
            }
        }
    }
    if !diagnostics.is_empty() {
        return diagnostics.into_iter().map(Err).collect();
    }
    match entry(input, &layers, &sentences, &rows) {
        Ok(entry) => vec![Ok(entry)],
        Err(diagnostics) => diagnostics.into_iter().map(Err).collect(),
    }
}

fn row(line: &str, bytes: (usize, usize), columns: usize) -> Result<Row<'_>, (String, &'static str)> {
    const HELP: &str = "a line is 1-1, 0-4, the word and a column for each feature of the header, by tabs";
    let mut cells = line.split('\t');
    let (Some(_), Some(range), Some(word)) = (cells.next(), cells.next(), cells.next()) else {
        return Err(("the line has fewer than three columns".to_owned(), HELP));
    };
    let range = range.split_once('-').and_then(|(start, end)| Some((start.parse().ok()?, end.parse().ok()?)));
    let Some(range) = range.filter(|(start, end): &(u32, u32)| start < end) else {
        return Err(("the second column is no range of offsets".to_owned(), HELP));
    };
    let mut cells: Vec<&str> = cells.collect();
    if cells.last() == Some(&"") {
        cells.pop();
    }
    if cells.len() != columns {
        return Err((format!("the line has {} columns of features, the header {columns}", cells.len()), HELP));
    }
    Ok(Row { range, word: unescape(word), cells, bytes })
}

/// Builds the text from the sentences, each at the offset that its first word gives. Characters
/// between sentences are not in the file: a gap is read as one line break and spaces.
fn text(input: &Input<'_>, sentences: &[Sentence], rows: &[Row<'_>]) -> Result<String, Diagnostic> {
    let mut text: Vec<u16> = Vec::new();
    for sentence in sentences {
        let mut start = text.len();
        if let Some(row) = rows.get(sentence.first) {
            let before = sentence.text.find(&row.word).map_or(0, |at| sentence.text[..at].encode_utf16().count());
            let found = (row.range.0 as usize).checked_sub(before).filter(|found| *found >= text.len());
            let Some(found) = found.filter(|found| *found <= text.len() + input.text.len()) else {
                let diagnostic =
                    Diagnostic::new("the sentence begins before the last one has ended").in_file(input.file);
                let diagnostic = diagnostic.at_bytes(input.text, row.bytes.0..row.bytes.1);
                return Err(diagnostic.help("offsets count UTF-16 units from the beginning of the document"));
            };
            start = found;
        }
        while text.len() < start {
            text.push(u16::from(if text.len() + 1 == start { b'\n' } else { b' ' }));
        }
        text.extend(sentence.text.encode_utf16());
    }
    String::from_utf16(&text).map_err(|_| {
        let diagnostic = Diagnostic::new("an offset lies within a character").in_file(input.file).at((1, 1));
        diagnostic.help("offsets count UTF-16 units from the beginning of the document")
    })
}

/// Returns the layer of entities and the index of the feature that is the label.
fn entities_of<'l, 't>(
    layers: &'l [Layer<'t>],
    column: Column<'_>,
) -> Result<Option<(&'l Layer<'t>, usize)>, Diagnostic> {
    let spans: Vec<&Layer<'_>> = layers.iter().filter(|layer| layer.kind == "#T_SP=").collect();
    let feature = |layer: &Layer<'_>| layer.features.iter().position(|name| *name == "value").unwrap_or(0);
    let list = || {
        let names: Vec<&str> = spans.iter().map(|layer| layer.short()).collect();
        format!("`--column` names a layer of spans, or a feature of one: {}", names.join(", "))
    };
    match column {
        Column::Number(number) => {
            // The first three columns are the number, the offsets and the word.
            let found = spans.iter().find_map(|layer| {
                let at = number.checked_sub(4)?.checked_sub(layer.column)?;
                (at < layer.features.len().max(1)).then_some((*layer, at))
            });
            found
                .map(Some)
                .ok_or_else(|| Diagnostic::new(format!("column {number} is of no layer of spans")).help(list()))
        }
        Column::Named(name) => {
            let by_layer = spans.iter().find(|layer| layer.name == name || layer.short() == name);
            let by_feature = || {
                spans.iter().find_map(|layer| Some((*layer, layer.features.iter().position(|known| *known == name)?)))
            };
            let found = by_layer.map(|layer| (*layer, feature(layer))).or_else(by_feature);
            found.map(Some).ok_or_else(|| Diagnostic::new(format!("there is no layer of spans {name:?}")).help(list()))
        }
        Column::Last | Column::GoldOfOneFile => {
            let named = spans.iter().find(|layer| layer.name == NAMED_ENTITY);
            match (named, &spans[..]) {
                (Some(layer), _) => Ok(Some((layer, feature(layer)))),
                (None, []) => Ok(None),
                (None, [layer]) => Ok(Some((layer, feature(layer)))),
                (None, _) => {
                    Err(Diagnostic::new("there are several layers of spans, and none is NamedEntity").help(list()))
                }
            }
        }
    }
}

fn entry(
    input: &Input<'_>,
    layers: &[Layer<'_>],
    sentences: &[Sentence],
    rows: &[Row<'_>],
) -> Result<Entry, Vec<Diagnostic>> {
    let of_header = |diagnostic: Diagnostic| vec![diagnostic.in_file(input.file).at((1, 1))];
    let layer = entities_of(layers, input.tokens.column).map_err(of_header)?;
    let chains: Vec<&Layer<'_>> = layers.iter().filter(|layer| layer.kind == "#T_CH=").collect();
    if layer.is_none() && chains.is_empty() {
        let diagnostic = Diagnostic::new("the header has no layer of spans and no chains");
        return Err(of_header(diagnostic.help("export the document with its layers: `#T_SP=...` declares one")));
    }
    let text = text(input, sentences, rows).map_err(|diagnostic| vec![diagnostic])?;
    let mut units: Vec<u32> = Vec::with_capacity(text.len() + 1);
    for (at, c) in (0..).zip(text.chars()) {
        units.extend(std::iter::repeat_n(at, c.len_utf16()));
    }
    units.push(text.chars().count() as u32);
    let mut diagnostics = Vec::new();
    let utf16: Vec<u16> = text.encode_utf16().collect();
    for row in rows {
        let covered = utf16.get(row.range.0 as usize..row.range.1 as usize).map(String::from_utf16_lossy);
        if covered.as_deref() != Some(&row.word) {
            let message =
                format!("the word is {:?}, but its offsets cover {:?}", row.word, covered.unwrap_or_default());
            let diagnostic =
                Diagnostic::new(message).in_file(input.file).at_bytes(input.text, row.bytes.0..row.bytes.1);
            diagnostics.push(diagnostic.help("offsets count UTF-16 units from the beginning of the document"));
        }
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let range =
        |first: &Row<'_>, last: &Row<'_>| Span::new(units[first.range.0 as usize], units[last.range.1 as usize]);
    let mut entry = Entry::foreign(Source { file: input.file.to_owned(), line: 0 }, input.stem());
    let mut places = SourceMap::default();
    if let Some((layer, feature)) = layer {
        let mut found: Vec<(Entity, (usize, usize))> = Vec::new();
        for annotation in annotations(rows, layer) {
            let label = match annotation.values[feature].as_str() {
                "*" => layer.short().to_owned(),
                value => value.to_owned(),
            };
            let mut entity = Entity::new(range(&rows[annotation.first], &rows[annotation.last]), &label);
            for (name, value) in layer.features.iter().zip(&annotation.values).filter(|(_, value)| *value != "*") {
                if layer.features.get(feature) != Some(name) {
                    entity.attributes.insert((*name).to_owned(), Value::from(value.as_str()));
                }
            }
            found.push((entity, rows[annotation.first].bytes));
        }
        found.sort_by_key(|(entity, _)| (entity.start, Reverse(entity.end)));
        for (at, (_, bytes)) in found.iter().enumerate() {
            places.note("entities", at, SourceLocation::Bytes(bytes.0..bytes.1));
        }
        entry.annotations.entities = Some(found.into_iter().map(|(entity, _)| entity).collect());
    }
    if !chains.is_empty() {
        entry.annotations.coreference = Some(clusters(rows, &chains, range));
    }
    entry.text = Some(text);
    entry.places = Some(places);
    Ok(entry)
}

/// An annotation of a layer of spans: its first and last line, and the values of its features.
struct Annotation {
    first: usize,
    last: usize,
    values: Vec<String>,
}

/// Returns the annotations of a layer. Lines with one disambiguating number (`PER[3]`) are one
/// annotation; without a number each line is one.
fn annotations(rows: &[Row<'_>], layer: &Layer<'_>) -> Vec<Annotation> {
    let mut found: Vec<Annotation> = Vec::new();
    let mut numbered: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        let columns: Vec<Vec<&str>> = row.cells[layer.column..layer.column + layer.features.len().max(1)]
            .iter()
            .map(|cell| stacked(cell))
            .collect();
        for place in 0..columns[0].len() {
            let parts: Vec<(&str, Option<u32>)> =
                columns.iter().map(|column| numbered_value(column.get(place).copied().unwrap_or("_"))).collect();
            if parts.iter().all(|(value, _)| *value == "_") {
                continue;
            }
            let values = || parts.iter().map(|(value, _)| unescape(value)).collect();
            match parts[0].1.and_then(|number| numbered.get(&number)) {
                Some(known) => found[*known].last = at,
                None => {
                    numbered.extend(parts[0].1.map(|number| (number, found.len())));
                    found.push(Annotation { first: at, last: at, values: values() });
                }
            }
        }
    }
    found
}

/// Returns the clusters of chains, whose links are cells such as `coref->4-1`: chain 4, mention 1.
fn clusters(rows: &[Row<'_>], chains: &[&Layer<'_>], range: impl Fn(&Row<'_>, &Row<'_>) -> Span) -> Vec<Cluster> {
    let mut clusters: BTreeMap<(usize, u32), BTreeMap<u32, (usize, usize)>> = BTreeMap::new();
    for (number, layer) in chains.iter().enumerate() {
        for (at, row) in rows.iter().enumerate() {
            let cells = &row.cells[layer.column..layer.column + layer.features.len().max(1)];
            for cell in cells.iter().flat_map(|cell| stacked(cell)) {
                let link = cell.rsplit_once("->").and_then(|(_, link)| link.split('[').next()?.split_once('-'));
                let Some((Ok(chain), Ok(link))) = link.map(|(chain, link)| (chain.parse(), link.parse())) else {
                    continue;
                };
                let mention = clusters.entry((number, chain)).or_default().entry(link).or_insert((at, at));
                mention.1 = at;
            }
        }
    }
    let cluster = |((layer, chain), mentions): ((usize, u32), BTreeMap<u32, (usize, usize)>)| {
        let id = if layer == 0 { chain.to_string() } else { format!("{}-{chain}", layer + 1) };
        let mut mentions: Vec<Span> =
            mentions.values().map(|(first, last)| range(&rows[*first], &rows[*last])).collect();
        mentions.sort_by_key(|span| (span.start, span.end));
        Cluster { id: Some(id), mentions }
    };
    clusters.into_iter().map(cluster).collect()
}

/// Splits a cell at the bars that are not escaped.
fn stacked(cell: &str) -> Vec<&str> {
    let (mut parts, mut start, mut is_escaped) = (Vec::new(), 0, false);
    for (at, c) in cell.char_indices() {
        match c {
            '\\' if !is_escaped => is_escaped = true,
            '|' if !is_escaped => {
                parts.push(&cell[start..at]);
                start = at + 1;
            }
            _ => is_escaped = false,
        }
    }
    parts.push(&cell[start..]);
    parts
}

/// Splits a value from its disambiguating number: `PER[3]`.
fn numbered_value(part: &str) -> (&str, Option<u32>) {
    let found = part.strip_suffix(']').and_then(|part| {
        let (value, number) = part.rsplit_once('[')?;
        (!value.ends_with('\\')).then_some(())?;
        Some((value, number.parse().ok()?))
    });
    found.map_or((part, None), |(value, number)| (value, Some(number)))
}

fn unescape(value: &str) -> String {
    let mut text = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        text.extend(match escaped {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            escaped => escaped.or(Some(c)),
        });
    }
    text
}

/// Escapes the characters that have a meaning in cells, or only those that end lines and columns.
fn escape(value: &str, is_cell: bool) -> String {
    let mut text = String::new();
    for c in value.chars() {
        match c {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\\' => text.push_str("\\\\"),
            '[' | ']' | '|' | '_' | '>' | ';' | '*' if is_cell => text.extend(['\\', c]),
            c => text.push(c),
        }
    }
    text
}

/// The largest number of entities of one word in a file that is written. The line of a word has a
/// value for each, so that without a bound the file would grow with the square of entities that
/// enclose each other.
const MOST_STACKED: usize = 100;

/// Converts a label that means that a feature has no value.
fn label(label: &str) -> String {
    if matches!(label, "*" | "_" | "") { "NamedEntity".to_owned() } else { label.to_owned() }
}

fn fix(output: &mut Output, losses: &mut Losses) {
    words::trim_entities(output, losses);
    let entities = output.annotations.entities.get_or_insert_default();
    entities.retain(|entity| {
        let stays = entity.start < entity.end;
        if !stays {
            losses.note("entities of white space", &format!("{} at {}..{}", entity.label, entity.start, entity.end));
        }
        stays
    });
    entities.sort_by_key(|entity| (entity.start, Reverse(entity.end)));
    // The ends of the entities around the next one.
    let mut open = BinaryHeap::new();
    entities.retain(|entity| {
        while open.peek().is_some_and(|Reverse(end)| *end <= entity.start) {
            open.pop();
        }
        let stays = open.len() < MOST_STACKED;
        if stays {
            open.push(Reverse(entity.end));
        } else {
            losses.note(
                "entities whose first word has 100 others",
                &format!("{} at {}..{}", entity.label, entity.start, entity.end),
            );
        }
        stays
    });
}

fn write(outputs: &[Output], _: bool) -> Files {
    let file = |output: &Output| (PathBuf::from(format!("{}.tsv", output.document.id())), lines(output).into_bytes());
    outputs.iter().map(file).collect()
}

fn lines(output: &Output) -> String {
    let text = output.document.text();
    let entities = output.annotations.entities.as_deref().unwrap_or_default();
    let mut lines = format!("{FORMAT}.3\n#T_SP={NAMED_ENTITY}|identifier|value\n\n\n#Text={}\n", escape(text, false));
    // The UTF-16 offset of each code point.
    let mut units: Vec<usize> = vec![0];
    for c in text.chars() {
        units.push(units[units.len() - 1] + c.len_utf16());
    }
    // The entities are in order of their starts. Words do not extend over the edges of entities.
    let mut next = (1..).zip(entities).peekable();
    let mut covering: Vec<(usize, &Entity)> = Vec::new();
    for (number, word) in (1..).zip(words::split(text, &words::edges(entities))) {
        let (start, end) = word.range;
        covering.extend(std::iter::from_fn(|| next.next_if(|(_, entity)| entity.start <= start)));
        covering.retain(|(_, entity)| end <= entity.end);
        let cell = |value: &dyn Fn(&Entity) -> String| {
            let parts: Vec<String> =
                covering.iter().map(|(number, entity)| format!("{}[{number}]", value(entity))).collect();
            if parts.is_empty() { "_".to_owned() } else { parts.join("|") }
        };
        let (identifier, label) = (cell(&|_| "*".to_owned()), cell(&|entity| escape(&entity.label, true)));
        let (from, to) = (units[start as usize], units[end as usize]);
        lines.push_str(&format!("1-{number}\t{from}-{to}\t{}\t{identifier}\t{label}\t\n", escape(word.text, false)));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{escape, numbered_value, stacked, unescape};

    #[test]
    fn cells_are_taken_apart() {
        assert_eq!(stacked("a\\|b[1]|c"), ["a\\|b[1]", "c"]);
        assert_eq!(numbered_value("PER[3]"), ("PER", Some(3)));
        assert_eq!(numbered_value("x\\[3\\]"), ("x\\[3\\]", None));
        assert_eq!(unescape(&escape("a[b]|\\_\n*", true)), "a[b]|\\_\n*");
    }
}
