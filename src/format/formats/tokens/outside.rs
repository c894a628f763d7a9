//! Tags that are in no tagging scheme, and files whose tags are of two schemes. Decoded leniently,
//! such tags become wrong entities or none (`ORG` reads as `O` to a tool that looks at the first
//! letter), so karat reports each of them with its lines.

use super::layout::columns_of_tags;
use super::options::{Notation, TokenOptions, is_suffix_tag, is_tag};
use crate::document::{Scheme, TagDecoder, TokenFile};
use crate::error::Diagnostic;
use crate::format::notes::Notes;

/// Whether a tag is in no tagging scheme.
pub fn is_outside(tag: &str) -> bool {
    !is_tag(tag)
}

/// Whether tags have prefixes that only BILOU has.
pub fn uses_bilou<'t>(mut tags: impl Iterator<Item = &'t str>) -> bool {
    tags.any(|tag| is_tag(tag) && tag.starts_with(['U', 'L']))
}

/// The tokens that have one tag.
struct Occurrences {
    name: u32,
    count: usize,
    /// The lines of the first five.
    lines: Vec<usize>,
}

/// Returns where tags occur, in the order of their first tokens. Tags that only lines that begin
/// documents have are left out.
fn occurrences(file: &TokenFile, names: &[u32]) -> Vec<Occurrences> {
    const SHOWN: usize = 5;
    let mut places = vec![usize::MAX; file.names.len()];
    let mut found: Vec<Occurrences> = Vec::new();
    let is_wanted: Vec<bool> = (0..file.names.len() as u32).map(|name| names.contains(&name)).collect();
    for (token, name) in (0..).zip(&file.tags).filter(|(_, name)| is_wanted[**name as usize]) {
        let place = &mut places[*name as usize];
        if *place == usize::MAX {
            *place = found.len();
            found.push(Occurrences { name: *name, count: 0, lines: Vec::new() });
        }
        let one = &mut found[*place];
        one.count += 1;
        if one.lines.len() < SHOWN {
            one.lines.push(file.line_of(token));
        }
    }
    found
}

impl Occurrences {
    fn tag<'f>(&self, file: &'f TokenFile) -> &'f str {
        &file.names[self.name as usize].text
    }

    fn lines(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(ToString::to_string).collect();
        let more = if self.count > self.lines.len() { ", ..." } else { "" };
        format!("{} {}{more}", if self.count == 1 { "line" } else { "lines" }, lines.join(", "))
    }
}

/// Checks the tags of a file that are not written in the notation. They are errors to karat, and a
/// warning if the tool behind a preset decodes them.
pub(in crate::format::formats) fn check_outside(
    file: &TokenFile,
    text: &str,
    header: usize,
    outside: &[u32],
    options: &TokenOptions<'_>,
    notes: &Notes,
) -> Vec<Diagnostic> {
    let found = occurrences(file, outside);
    if found.is_empty() {
        return Vec::new();
    }
    if options.decoder != TagDecoder::Karat {
        let total: usize = found.iter().map(|one| one.count).sum();
        notes.warn(&file.file, warning(file, &found, total));
        return Vec::new();
    }
    let help = help(file, text, header, options.notation);
    let diagnostic = |one: &Occurrences| {
        let times = if one.count > 1 { format!(" ({}: {} tokens)", one.lines(), one.count) } else { String::new() };
        let what = match options.notation {
            Some(Notation::Io) => "is not a label without a prefix",
            Some(Notation::Suffix) => "is not a label with a suffix",
            None | Some(Notation::Scheme(_)) => "is in no tagging scheme",
        };
        let diagnostic = Diagnostic::new(format!("the tag {:?} {what}{times}", one.tag(file)));
        diagnostic.in_file(&file.file).at((one.lines[0], 1)).help(help.clone())
    };
    found.iter().map(diagnostic).collect()
}

fn warning(file: &TokenFile, found: &[Occurrences], total: usize) -> String {
    const SHOWN: usize = 10;
    let shown: Vec<String> =
        found.iter().take(SHOWN).map(|one| format!("{:?} ({})", one.tag(file), one.lines())).collect();
    let more = if found.len() > SHOWN { format!(" and {} other tags", found.len() - SHOWN) } else { String::new() };
    let tokens = if total == 1 { "1 token has a tag".to_owned() } else { format!("{total} tokens have tags") };
    format!("{tokens} of no tagging scheme, which the preset decodes as its tool does: {}{more}", shown.join(", "))
}

/// Returns how the file can be read.
fn help(file: &TokenFile, text: &str, header: usize, notation: Option<Notation>) -> String {
    const RULE: &str = "a tag is `O`, or one of the prefixes B, I, E, S, U and L before a hyphen and a label";
    match notation {
        Some(Notation::Io) => return "leave out `--tags io`, which reads labels without prefixes".to_owned(),
        Some(Notation::Suffix) => {
            return "`--tags suffix` reads a label, a hyphen and one of B, I, E, S, U, L".to_owned();
        }
        None | Some(Notation::Scheme(_)) => {}
    }
    let columns: Vec<String> =
        columns_of_tags(text, header).iter().map(|number| format!("`--column {number}`")).collect();
    if !columns.is_empty() {
        return format!("the tags may be in another column: {}", columns.join(" or "));
    }
    let all: Vec<u32> = (0..file.names.len() as u32).collect();
    let used = occurrences(file, &all);
    let mut labels = used.iter().map(|one| one.tag(file)).filter(|tag| *tag != "O");
    if labels.clone().all(is_suffix_tag) {
        return "`--tags suffix` reads tags whose prefix follows the label".to_owned();
    }
    let is_label = |tag: &str| !is_tag(tag) && tag.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c));
    let is_missing = |tag: &str| ["nan", "none", "null", "na", "n/a"].contains(&tag.to_lowercase().as_str());
    if labels.clone().all(|tag| is_label(tag) && !is_missing(tag)) {
        return "`--tags io` reads tags without prefixes: adjacent tokens with one label are one entity".to_owned();
    }
    if labels.any(|tag| tag.contains(['(', ')', '*'])) {
        return "these are brackets as in CoNLL-2012's column of names; convert them to tags such as B-PER".to_owned();
    }
    RULE.to_owned()
}

/// Returns the scheme that the prefixes of the tags show if karat must decode them by it: BILOU.
/// The other schemes are decoded alike.
///
/// # Errors
/// Fails if tags have prefixes of IOBES and of BILOU, in either of which the others are wrong.
pub(in crate::format::formats) fn recognise(
    file: &TokenFile,
    options: &TokenOptions<'_>,
    notes: &Notes,
) -> Result<Option<Scheme>, Diagnostic> {
    let first = |prefixes: [char; 2]| {
        let wanted = |name: &u32| {
            let tag = &*file.names[*name as usize].text;
            is_tag(tag) && tag.starts_with(prefixes)
        };
        let names: Vec<u32> = (0..file.names.len() as u32).filter(wanted).collect();
        let found = occurrences(file, &names);
        found.first().map(|one| (one.tag(file).to_owned(), one.lines[0]))
    };
    let Some((bilou, line)) = first(['U', 'L']) else { return Ok(None) };
    let is_of_tool = match options.decoder {
        TagDecoder::Karat => false,
        TagDecoder::Tool(Some(_)) => return Ok(None),
        TagDecoder::Tool(None) => true,
    };
    if let Some((iobes, other)) = first(['E', 'S']) {
        let message =
            format!("the tags are of two schemes: {bilou:?} is BILOU's, {iobes:?} in line {other} is IOBES's");
        if is_of_tool {
            notes.warn(&file.file, format!("{message}; the preset decodes both as its tool does"));
            return Ok(None);
        }
        let diagnostic = Diagnostic::new(message).in_file(&file.file).at((line, 1));
        return Err(diagnostic.help("`--tags bilou` or `--tags iobes` names every tag that is not well-formed in it"));
    }
    if is_of_tool {
        let message =
            format!("the tags look like BILOU ({bilou:?} in line {line}), which the preset's tool does not decode");
        notes.warn(&file.file, message);
        return Ok(None);
    }
    notes.state(&file.file, format!("the tags are read as BILOU, since line {line} has {bilou:?}"));
    Ok(Some(Scheme::Bilou))
}
