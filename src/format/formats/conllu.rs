//! Reads CoNLL-U, CoNLL-U Plus and CorefUD, and writes CoNLL-U. Entities are tags in `MISC`
//! (`NER=B-PER`) or in a column of CoNLL-U Plus; coreference is CorefUD's `Entity=(e1-person...)`.
//! The text is rebuilt from the words and what `MISC` says about spaces, unless the document is
//! known.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::document::{Cluster, Entity, Span};
use crate::error::Diagnostic;
use crate::format::capabilities::{Capabilities, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::losses::Losses;
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::tokens::Column;
use crate::format::words;
use crate::format::{Entry, Source};

/// The `conllu` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "conllu",
    about: "CoNLL-U and CoNLL-U Plus: tags in MISC or a column; coreference of CorefUD (read only)",
    extensions: &["conllu", "conllup", "conll"],
    chooses_column: true,
    looks_like,
    read,
    capabilities: Capabilities { label, fix, ..SPANS },
    write,
    ..Format::DEFAULTS
}];

const COLUMNS: [&str; 10] = ["ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC"];

/// Names of columns and of keys in `MISC` that contain tags.
const TAG_NAMES: [&str; 6] = ["NER", "NE", "ENTITY", "ENTITIES", "NAMEDENTITY", "NAMED_ENTITY"];

fn looks_like(look: &Look<'_>) -> bool {
    let mut lines = look.head.lines();
    if lines.clone().any(|line| line.starts_with("# global.columns =")) {
        return true;
    }
    match lines.clone().find(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        Some(line) => {
            let cells: Vec<&str> = line.split('\t').collect();
            cells.len() == COLUMNS.len()
                && matches!(word_id(cells[0]), Some(id) if id.starts_with('0') || id.starts_with('1'))
        }
        None => lines.any(|line| line.starts_with("# newdoc id =")),
    }
}

/// Returns an id of a word if it is one: `3`, `3-4` or `3.1`.
fn word_id(cell: &str) -> Option<&str> {
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = cell.split(['-', '.']).collect();
    (parts.len() <= 2 && parts.iter().all(|part| is_number(part))).then_some(cell)
}

/// Returns the value of a key in `MISC`.
fn misc<'t>(cell: &'t str, key: &str) -> Option<&'t str> {
    cell.split('|').find_map(|part| part.split_once('=').filter(|(name, _)| *name == key)).map(|(_, value)| value)
}

/// Where tags are.
#[derive(Clone)]
enum TagSource {
    Column(usize),
    Misc(String),
}

/// A line of a word.
struct Row<'t> {
    cells: Vec<&'t str>,
    bytes: (usize, usize),
    /// The index of the word of the text that the line is or belongs to; `None` for words that are
    /// not in the text.
    surface: Option<usize>,
}

/// The lines of one document.
#[derive(Default)]
struct Rows<'t> {
    id: Option<&'t str>,
    line: usize,
    rows: Vec<Row<'t>>,
    /// The words of the text, with the white space before and after each.
    surface: Vec<(&'t str, String, Option<String>)>,
    is_begun: bool,
}

/// The columns of a file, and whether it declares coreference.
struct Header<'t> {
    columns: Vec<&'t str>,
    /// The index of the cluster's id in an `Entity`.
    cluster: usize,
    has_clusters: bool,
}

impl Header<'_> {
    fn index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| *column == name)
    }
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let mut header = Header { columns: COLUMNS.to_vec(), cluster: 0, has_clusters: false };
    let (mut documents, mut diagnostics) = (Vec::new(), Vec::new());
    let has_documents = input.text.lines().any(|line| line.starts_with("# newdoc"));
    let mut open = Rows::default();
    // The last word of a token of several words, such as `1-2`.
    let mut inside: Option<usize> = None;
    let (mut paragraph, mut start) = (false, 0);
    for (number, whole) in (1..).zip(input.text.split_inclusive('\n')) {
        let line = whole.trim_end_matches(['\n', '\r']);
        let bytes = (start, start + line.len());
        start += whole.len();
        if let Some(comment) = line.strip_prefix('#') {
            let (key, value) = comment.split_once('=').unwrap_or((comment, ""));
            let (key, value) = (key.trim(), value.trim());
            match key {
                "global.columns" => header.columns = value.split_whitespace().collect(),
                "global.Entity" => {
                    header.cluster = value.split('-').position(|field| field == "eid").unwrap_or(0);
                    header.has_clusters = true;
                }
                "newdoc id" | "newdoc" => {
                    push(&mut documents, &mut open);
                    open = Rows {
                        id: Some(value).filter(|id| !id.is_empty()),
                        line: number,
                        is_begun: true,
                        ..Rows::default()
                    };
                }
                "sent_id" if !has_documents => {
                    push(&mut documents, &mut open);
                    open = Rows { id: Some(value), line: number, ..Rows::default() };
                }
                "newpar" | "newpar id" => paragraph = true,
                _ => {}
            }
            continue;
        }
        if line.trim().is_empty() {
            inside = None;
            if !has_documents {
                push(&mut documents, &mut open);
            }
            continue;
        }
        let mut diagnostic = |message: String, help: &str| {
            let diagnostic = Diagnostic::new(message).in_file(input.file).at_bytes(input.text, bytes.0..bytes.1);
            diagnostics.push(diagnostic.help(help));
        };
        let cells: Vec<&str> = line.split('\t').collect();
        let (id, form) = (header.index("ID").unwrap_or(0), header.index("FORM").unwrap_or(1));
        if cells.len() != header.columns.len() || cells.len() <= id.max(form) {
            let message = format!("the line has {} columns, not {}", cells.len(), header.columns.len());
            diagnostic(
                message,
                "columns are separated by tabs; `# global.columns` declares others than the ten of CoNLL-U",
            );
            continue;
        }
        let Some(id) = word_id(cells[id]) else {
            diagnostic(format!("{:?} is not the number of a word", cells[id]), "write 3, 3-4 or 3.1");
            continue;
        };
        if cells[form].is_empty() {
            diagnostic("the word is empty".to_owned(), "write `_` for a word that is not known");
            continue;
        }
        if open.rows.is_empty() && open.line == 0 {
            open.line = number;
        }
        let range = id.split_once('-').and_then(|(_, last)| last.parse::<usize>().ok());
        let is_empty_node = id.contains('.');
        let is_part = range.is_none() && inside.is_some_and(|last| id.parse::<usize>().is_ok_and(|id| id <= last));
        if !is_empty_node && !is_part {
            let spaces = header.index("MISC").and_then(|misc| cells.get(misc)).copied().unwrap_or_default();
            open.surface(cells[form], spaces, std::mem::take(&mut paragraph));
            inside = range;
        }
        let surface = (!is_empty_node).then(|| open.surface.len() - 1);
        // A line of several words is only their surface.
        if range.is_none() {
            open.rows.push(Row { cells, bytes, surface });
        }
    }
    push(&mut documents, &mut open);
    let source = match source(input, &header, &documents) {
        Ok(source) => source,
        Err(diagnostic) => {
            diagnostics.push(diagnostic.in_file(input.file));
            None
        }
    };
    if !diagnostics.is_empty() {
        return diagnostics.into_iter().map(Err).collect();
    }
    let width = documents.len().to_string().len();
    let mut left_out = LeftOut::default();
    let mut results: Vec<Result<Entry, Diagnostic>> = Vec::new();
    for (number, document) in (1..).zip(&documents) {
        let id = document.id.map_or_else(|| format!("{number:0width$}"), str::to_owned);
        match entry(input, &header, source.as_ref(), &id, document, &mut left_out) {
            Ok(entry) => results.push(Ok(entry)),
            Err(diagnostics) => results.extend(diagnostics.into_iter().map(Err)),
        }
    }
    left_out.note(input);
    results
}

/// Ends a document, if it has words or a line begins it.
fn push<'t>(documents: &mut Vec<Rows<'t>>, open: &mut Rows<'t>) {
    let ended = std::mem::take(open);
    if !ended.surface.is_empty() || ended.is_begun {
        documents.push(ended);
    }
}

impl<'t> Rows<'t> {
    /// Adds a word of the text.
    fn surface(&mut self, form: &'t str, spaces: &str, begins_paragraph: bool) {
        let before = match self.surface.last() {
            _ if begins_paragraph && !self.surface.is_empty() => "\n".to_owned(),
            Some((_, _, Some(after))) => after.clone(),
            Some(_) => " ".to_owned(),
            None => misc(spaces, "SpacesBefore").map(unescape).unwrap_or_default(),
        };
        let after = match misc(spaces, "SpacesAfter") {
            Some(after) => Some(unescape(after)),
            None => (misc(spaces, "SpaceAfter") == Some("No")).then(String::new),
        };
        self.surface.push((form, before, after));
    }

    fn text(&self) -> String {
        let mut text = String::new();
        for (form, before, _) in &self.surface {
            text.push_str(before);
            text.push_str(form);
        }
        text.push_str(self.surface.last().and_then(|(_, _, after)| after.as_deref()).unwrap_or_default());
        text
    }
}

/// Returns where the tags of a file are; `None` if it has coreference and no tags.
fn source(input: &Input<'_>, header: &Header<'_>, documents: &[Rows<'_>]) -> Result<Option<TagSource>, Diagnostic> {
    let rows = || documents.iter().flat_map(|document| &document.rows);
    let of_misc = |row: &Row<'_>, key: &str| header.index("MISC").is_some_and(|at| misc(row.cells[at], key).is_some());
    let lacks = |what: String| {
        let line = documents.first().map_or(1, |document| document.line.max(1));
        let columns = header.columns.join(", ");
        let help = format!("`--column` names a key of MISC, or a column with tags: {columns}");
        Err(Diagnostic::new(what).at((line, 1)).help(help))
    };
    match input.tokens.column {
        Column::Number(number) if (3..=header.columns.len()).contains(&number) => {
            Ok(Some(TagSource::Column(number - 1)))
        }
        Column::Number(number) => lacks(format!("there is no column {number} of tags")),
        Column::Named(name) => match header.index(name) {
            Some(at) => Ok(Some(TagSource::Column(at))),
            None if rows().any(|row| of_misc(row, name)) => Ok(Some(TagSource::Misc(name.to_owned()))),
            None => lacks(format!("there is no column {name:?}, and no such key in MISC")),
        },
        Column::Last | Column::GoldOfOneFile => {
            let is_tags =
                |name: &str| TAG_NAMES.contains(&name.rsplit(':').next().unwrap_or(name).to_uppercase().as_str());
            if let Some(at) = header.columns.iter().position(|name| is_tags(name)) {
                return Ok(Some(TagSource::Column(at)));
            }
            let has = |prefix: fn(&str) -> bool| {
                let misc = header.index("MISC")?;
                let mut parts =
                    rows().flat_map(|row| row.cells[misc].split('|')).filter_map(|part| part.split_once('='));
                parts.find(|(key, value)| is_tags(key) && prefix(value)).map(|(key, _)| key.to_owned())
            };
            // CorefUD's `Entity` has brackets.
            if let Some(key) = has(|value| !value.contains(['(', ')'])) {
                return Ok(Some(TagSource::Misc(key)));
            }
            if header.has_clusters || has(|value| value.contains(['(', ')'])).is_some() {
                return Ok(None);
            }
            // Documents without words have no entities.
            if rows().next().is_none() {
                return Ok(Some(TagSource::Misc("NER".to_owned())));
            }
            lacks("the file has no entities and no coreference".to_owned())
        }
    }
}

/// What karat cannot represent of a file's coreference.
#[derive(Default)]
struct LeftOut {
    not_in_text: usize,
    in_parts: usize,
}

impl LeftOut {
    fn note(&self, input: &Input<'_>) {
        if self.not_in_text > 0 {
            let message = format!("mentions of words that are not in the text are left out: {}", self.not_in_text);
            input.notes.state(input.file, message);
        }
        if self.in_parts > 0 {
            let message =
                format!("mentions of several parts are read from their first to their last word: {}", self.in_parts);
            input.notes.state(input.file, message);
        }
    }
}

fn entry(
    input: &Input<'_>,
    header: &Header<'_>,
    source: Option<&TagSource>,
    id: &str,
    document: &Rows<'_>,
    left_out: &mut LeftOut,
) -> Result<Entry, Vec<Diagnostic>> {
    let mut entry = Entry::foreign(Source { file: input.file.to_owned(), line: document.line.max(1) }, id);
    let forms = || document.surface.iter().map(|(form, ..)| *form);
    let at = |row: &Row<'_>, diagnostic: Diagnostic| {
        diagnostic.in_file(input.file).at_bytes(input.text, row.bytes.0..row.bytes.1).of_document(id)
    };
    let known = (input.documents)(id).map(|document| document.text().to_owned());
    let text = known.clone().unwrap_or_else(|| document.text());
    let ranges = words::align(forms(), &text).map_err(|other| {
        let diagnostic = other.diagnostic(document.surface[other.word].0);
        let row = document.rows.iter().find(|row| row.surface == Some(other.word));
        vec![row.map_or_else(|| diagnostic.clone().in_file(input.file), |row| at(row, diagnostic.clone()))]
    })?;
    if known.is_none() {
        entry.text = Some(text);
    }
    let range = |row: &Row<'_>| row.surface.map(|word| ranges[word]);
    let mut places = SourceMap::default();
    let mut diagnostics = Vec::new();
    if let Some(source) = source {
        let in_text: Vec<&Row<'_>> = document.rows.iter().filter(|row| row.surface.is_some()).collect();
        let tag = |row: &Row<'_>| match source {
            TagSource::Column(column) => row.cells[*column].to_owned(),
            TagSource::Misc(key) => {
                header.index("MISC").and_then(|at| misc(row.cells[at], key)).unwrap_or("O").to_owned()
            }
        };
        let tags: Vec<String> = in_text.iter().map(|row| tag(row)).collect();
        for (row, tag) in in_text.iter().zip(&tags).filter(|(_, tag)| !is_tag(tag)) {
            let diagnostic = Diagnostic::new(format!("the tag {tag:?} is neither IOB nor IOBES"));
            let help =
                "a tag is `O`, or `B`, `I`, `E` or `S`, a hyphen and a label; `--column` names another column or key";
            diagnostics.push(at(row, diagnostic.help(help)));
        }
        let mut entities: Vec<Entity> = Vec::new();
        for (first, last, label) in words::decode(tags.iter().map(|tag| tag.split_once('-').filter(|_| tag != "-"))) {
            let (Some((start, _)), Some((_, end))) = (range(in_text[first]), range(in_text[last])) else { continue };
            places.note(
                "entities",
                entities.len(),
                SourceLocation::Bytes(in_text[first].bytes.0..in_text[first].bytes.1),
            );
            entities.push(Entity::new(Span::new(start, end), label));
        }
        entry.annotations.entities = Some(entities);
    }
    let is_misc = matches!(source, Some(TagSource::Misc(key)) if key == "Entity");
    let mentions =
        if is_misc { Mentions::default() } else { mentions(header, document, left_out, &at, &mut diagnostics) };
    if header.has_clusters || mentions.is_found {
        let mut clusters: BTreeMap<String, Vec<Span>> = BTreeMap::new();
        for (cluster, first, last) in mentions.all {
            let mut covered = document.rows[first..=last].iter().filter_map(range);
            match covered.next() {
                Some((start, end)) => {
                    let end = covered.next_back().map_or(end, |last| last.1);
                    clusters.entry(cluster).or_default().push(Span::new(start, end));
                }
                None => left_out.not_in_text += 1,
            }
        }
        let cluster = |(id, mut mentions): (String, Vec<Span>)| {
            mentions.sort_by_key(|span| (span.start, span.end));
            Cluster { id: Some(id), mentions }
        };
        entry.annotations.coreference = Some(clusters.into_iter().map(cluster).collect());
    }
    entry.places = Some(places);
    if diagnostics.is_empty() { Ok(entry) } else { Err(diagnostics) }
}

fn is_tag(tag: &str) -> bool {
    matches!(tag, "_" | "-" | "*") || words::is_tag(tag)
}

/// The mentions of a document: cluster, first and last line.
#[derive(Default)]
struct Mentions {
    all: Vec<(String, usize, usize)>,
    is_found: bool,
}

/// Reads the `Entity` of each line: `(e1-person-1` begins a mention, `e1)` ends one, and
/// `(e1-person-1)` is one word. `e1[1/2]` is the first of two parts.
fn mentions(
    header: &Header<'_>,
    document: &Rows<'_>,
    left_out: &mut LeftOut,
    at: &impl Fn(&Row<'_>, Diagnostic) -> Diagnostic,
    diagnostics: &mut Vec<Diagnostic>,
) -> Mentions {
    let mut found = Mentions::default();
    let Some(column) = header.index("MISC") else { return found };
    let mut begun: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut parts: BTreeMap<String, usize> = BTreeMap::new();
    for (number, row) in document.rows.iter().enumerate() {
        let mut rest = misc(row.cells[column], "Entity").unwrap_or_default();
        found.is_found |= !rest.is_empty();
        while !rest.is_empty() {
            let (opens, inner) = rest.strip_prefix('(').map_or((false, rest), |inner| (true, inner));
            let length = inner.find(['(', ')']).unwrap_or(inner.len());
            let (content, behind) = inner.split_at(length);
            let closes = behind.starts_with(')');
            rest = if closes { &behind[1..] } else { behind };
            let fields: Vec<&str> = content.split('-').collect();
            let name = if opens { fields.get(header.cluster).copied().unwrap_or_default() } else { content };
            if name.is_empty() || !(opens || closes) {
                let diagnostic = Diagnostic::new(format!("{content:?} neither begins nor ends a mention"));
                diagnostics.push(at(row, diagnostic.help("write `(e1-person`, `e1)` or `(e1-person)`")));
                break;
            }
            if opens {
                begun.entry(name.to_owned()).or_default().push(number);
            }
            if !closes {
                continue;
            }
            let Some(first) = begun.get_mut(name).and_then(Vec::pop) else {
                let diagnostic = Diagnostic::new(format!("`{name})` ends a mention that has not begun"));
                diagnostics.push(at(row, diagnostic.help(format!("an earlier line needs `({name}`"))));
                continue;
            };
            match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
                None => found.all.push((name.to_owned(), first, number)),
                Some((cluster, part)) => {
                    let (part, all) = part.split_once('/').unwrap_or((part, part));
                    let begin = *parts.entry(cluster.to_owned()).or_insert(first);
                    if part == all {
                        parts.remove(cluster);
                        left_out.in_parts += 1;
                        found.all.push((cluster.to_owned(), begin, number));
                    }
                }
            }
        }
    }
    for (name, lines) in begun {
        for row in lines {
            let diagnostic = Diagnostic::new(format!("the mention that begins with `({name}` does not end"));
            diagnostics.push(at(&document.rows[row], diagnostic.help(format!("a later line needs `{name})`"))));
        }
    }
    found
}

const ESCAPES: [(char, char); 6] = [(' ', 's'), ('\t', 't'), ('\n', 'n'), ('\r', 'r'), ('|', 'p'), ('\\', '\\')];

fn unescape(value: &str) -> String {
    let mut text = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next() } else { None };
        let known = escaped.and_then(|letter| ESCAPES.iter().find(|(_, known)| *known == letter)).map(|(c, _)| *c);
        text.extend(known.or(escaped).or(Some(c)));
    }
    text
}

fn escape(text: &str) -> String {
    let escape = |c: char| match ESCAPES.iter().find(|(known, _)| *known == c) {
        Some((_, letter)) => vec!['\\', *letter],
        None => vec![c],
    };
    text.chars().flat_map(escape).collect()
}

fn label(label: &str) -> String {
    words::label(label).replace('|', "_")
}

fn fix(output: &mut Output, losses: &mut Losses) {
    words::trim_entities(output, losses);
    words::remove_overlapping(output, losses, 1);
    let text = output.document.text();
    if !text.is_empty() && text.trim().is_empty() {
        losses.note("white space of texts (read the file with --documents)", output.document.id());
    }
}

fn write(outputs: &[Output], _: bool) -> Files {
    let mut lines = String::new();
    for output in outputs {
        let (id, text) = (output.document.id(), output.document.text());
        lines.push_str(&format!("# newdoc id = {id}\n"));
        let entities = output.annotations.entities.as_deref().unwrap_or_default();
        let all = words::split(text, &words::edges(entities));
        let tags = words::tags(&all, entities.iter());
        let mut before = text.len() - text.trim_start().len();
        for (number, (word, tag)) in (1..).zip(all.iter().zip(tags)) {
            let mut misc = format!("NER={tag}");
            match word.gap(text) {
                Some("") => misc.push_str("|SpaceAfter=No"),
                Some(" ") => {}
                Some(gap) => misc.push_str(&format!("|SpacesAfter={}", escape(gap))),
                None if word.rest(text).is_empty() => {}
                None => misc.push_str(&format!("|SpacesAfter={}", escape(word.rest(text)))),
            }
            if before > 0 {
                misc.push_str(&format!("|SpacesBefore={}", escape(&text[..before])));
                before = 0;
            }
            lines.push_str(&format!("{number}\t{}\t_\t_\t_\t_\t_\t_\t_\t{misc}\n", word.text));
        }
        lines.push('\n');
    }
    vec![(PathBuf::new(), lines.into_bytes())]
}

#[cfg(test)]
mod tests {
    use super::{escape, misc, unescape, word_id};

    #[test]
    fn cells_are_taken_apart() {
        assert_eq!(misc("NER=B-A|SpaceAfter=No", "SpaceAfter"), Some("No"));
        assert_eq!(misc("_", "NER"), None);
        assert_eq!(unescape(&escape(" \t\n\r|\\x")), " \t\n\r|\\x");
        for (cell, is_id) in [("3", true), ("3-4", true), ("3.1", true), ("x", false), ("3-", false), ("1-2-3", false)]
        {
            assert_eq!(word_id(cell).is_some(), is_id, "{cell}");
        }
    }
}
