//! Changes entities in brat's standoff format: the lines that begin with `T`.

use std::ops::Range;

use super::change::GoldChange;
use super::file::Target;
use super::verify::refused;
use crate::document::{Entity, Step};
use crate::error::Diagnostic;
use crate::format::{SourceLocation, replace_ranges};

/// A line, as byte ranges of the text.
struct BratLine<'t> {
    id: &'t str,
    body: Range<usize>,
    /// The text of the label, if there is a column for it.
    text: Option<Range<usize>>,
    /// The line with its line break.
    whole: Range<usize>,
}

/// Returns the text of the file after a change.
pub(super) fn change(target: &Target<'_>, change: &GoldChange) -> Result<String, Diagnostic> {
    let lines = lines(target.text);
    let entities = target.before.entities.as_deref().unwrap_or_default();
    let of = change.of().map(|of| of.find(entities)).transpose()?;
    let Some(at) = of else {
        let (Some(span), Some(label)) = (change.span(), change.label()) else { return Err(refused()) };
        return add(target, &lines, span, label);
    };
    let line = line_of(target, &lines, at)?;
    let edits = match change {
        GoldChange::SetLabel { label, .. } => {
            refuse_shared(target.text, &lines, line.id, &[Use::Trigger])?;
            vec![(parts(target.text, line).0, label.clone())]
        }
        GoldChange::SetSpan { start, end, .. } => {
            refuse_shared(target.text, &lines, line.id, &[Use::Trigger, Use::Mention])?;
            let mut spans = spans(&entities[at]);
            if let Some(first) = spans.first_mut() {
                first.0 = *start;
            }
            if let Some(last) = spans.last_mut() {
                last.1 = *end;
            }
            let text = line.text.clone().filter(|text| !text.is_empty());
            let text = text.map(|range| (range, covered(target, &spans)));
            let offsets = (parts(target.text, line).1, written(target, &spans)?);
            [offsets].into_iter().chain(text).collect()
        }
        GoldChange::Delete { .. } => {
            if let Some((referrer, _)) = referrers(target.text, &lines, line.id).first() {
                let message = format!("the line {referrer} of the file refers to the label {}", line.id);
                return Err(Diagnostic::new(message).help("delete that line in the file first"));
            }
            vec![(removed(target.text, &line.whole), String::new())]
        }
        _ => return Err(refused()),
    };
    Ok(replace_ranges(target.text, edits))
}

fn lines(text: &str) -> Vec<BratLine<'_>> {
    let mut start = 0;
    let mut lines = Vec::new();
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let range = start..start + whole.len();
        if let Some(tab) = line.find('\t') {
            let body = tab + 1;
            let next = line[body..].find('\t').map(|at| body + at);
            lines.push(BratLine {
                id: &line[..tab],
                body: start + body..start + next.unwrap_or(line.len()),
                text: next.map(|next| start + next + 1..start + line.len()),
                whole: range,
            });
        }
        start += whole.len();
    }
    lines
}

/// Returns the line of an entity.
fn line_of<'l, 't>(
    target: &Target<'_>,
    lines: &'l [BratLine<'t>],
    entity: usize,
) -> Result<&'l BratLine<'t>, Diagnostic> {
    let path = [Step::Key("entities".to_owned()), Step::Index(entity)];
    match target.entry.places.as_ref().and_then(|places| places.find(&path)) {
        Some(SourceLocation::Bytes(bytes)) => lines.iter().find(|line| line.whole.start == bytes.start),
        _ => None,
    }
    .ok_or_else(refused)
}

/// Returns the byte ranges of the label and of the offsets of a line.
fn parts(text: &str, line: &BratLine<'_>) -> (Range<usize>, Range<usize>) {
    let body = text[line.body.clone()].trim_end();
    let space = body.find(' ').unwrap_or(body.len());
    let start = line.body.start;
    (start..start + space, start + (space + 1).min(body.len())..start + body.len())
}

/// Returns the parts of an entity in code points.
fn spans(entity: &Entity) -> Vec<(u32, u32)> {
    if entity.fragments.is_empty() { vec![(entity.start, entity.end)] } else { entity.fragments.clone() }
}

/// Returns the offsets of parts as the file writes them.
fn written(target: &Target<'_>, spans: &[(u32, u32)]) -> Result<String, Diagnostic> {
    let part =
        |&(start, end): &(u32, u32)| Ok(format!("{} {}", target.offsets.written(start)?, target.offsets.written(end)?));
    Ok(spans.iter().map(part).collect::<Result<Vec<_>, Diagnostic>>()?.join(";"))
}

/// Returns the text of parts in one line, as brat writes it.
fn covered(target: &Target<'_>, spans: &[(u32, u32)]) -> String {
    let slice = |&(start, end): &(u32, u32)| target.document.slice(start, end).unwrap_or_default();
    let text = spans.iter().map(slice).collect::<Vec<_>>().join(" ");
    text.chars().map(|c| if c.is_whitespace() || c.is_control() { ' ' } else { c }).collect()
}

/// Adds a line after the last label, with the next number.
fn add(target: &Target<'_>, lines: &[BratLine<'_>], span: (u32, u32), label: &str) -> Result<String, Diagnostic> {
    let text = target.text;
    let labels = || lines.iter().filter(|line| line.id.starts_with('T'));
    let number = labels().filter_map(|line| line.id[1..].parse::<u64>().ok()).max().unwrap_or(0) + 1;
    let line = format!("T{number}\t{label} {}\t{}", written(target, &[span])?, covered(target, &[span]));
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let at = labels().next_back().map_or(text.len(), |line| line.whole.end);
    let is_open = at > 0 && !text[..at].ends_with('\n');
    let line = if is_open { format!("{line_break}{line}") } else { format!("{line}{line_break}") };
    Ok(replace_ranges(text, vec![(at..at, line)]))
}

/// Returns the byte range that is removed with a line: its line break, or that before it if it is
/// the last line and has none.
fn removed(text: &str, line: &Range<usize>) -> Range<usize> {
    if text[line.clone()].ends_with('\n') {
        return line.clone();
    }
    let before = text[..line.start].trim_end_matches('\n');
    let before = before.strip_suffix('\r').unwrap_or(before);
    if line.start - before.len() <= 2 { before.len()..line.end } else { line.clone() }
}

/// How a line refers to a label.
#[derive(PartialEq, Eq)]
enum Use {
    /// As the trigger of an event.
    Trigger,
    /// As a mention of a cluster.
    Mention,
    Other,
}

/// Returns the ids of the lines that refer to a label, and how.
fn referrers<'t>(text: &str, lines: &[BratLine<'t>], id: &str) -> Vec<(&'t str, Use)> {
    let refers = |line: &BratLine<'t>| {
        let mut cells = text[line.body.clone()].split_whitespace();
        let target = |cell: &str| cell.rsplit_once(':').map(|(_, target)| target == id).unwrap_or_default();
        match line.id.as_bytes().first()? {
            b'E' => match cells.position(target)? {
                0 => Some(Use::Trigger),
                _ => Some(Use::Other),
            },
            b'R' => cells.any(target).then_some(Use::Other),
            b'*' => cells.skip(1).any(|cell| cell == id).then_some(Use::Mention),
            b'A' | b'M' | b'N' | b'#' => (cells.nth(1)? == id).then_some(Use::Other),
            _ => None,
        }
    };
    lines.iter().filter_map(|line| Some((line.id, refers(line)?))).collect()
}

/// Refuses to change a label that other lines use in one of these ways, and so would change, too.
fn refuse_shared(text: &str, lines: &[BratLine<'_>], id: &str, uses: &[Use]) -> Result<(), Diagnostic> {
    let shared = referrers(text, lines, id).into_iter().find(|(_, used)| uses.contains(used));
    let Some((referrer, used)) = shared else { return Ok(()) };
    let message = match used {
        Use::Trigger => format!("the label {id} is the trigger of the event {referrer}, which would change, too"),
        _ => format!("the label {id} is a mention in a line with {referrer}, which would change, too"),
    };
    Err(Diagnostic::new(message).help("change both in the file by hand"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::document::Document;
    use crate::edit::{GoldChange, GoldFile, change_file};
    use crate::format::Source;

    const TEXT: &str = "𝄞 Ada met\r\nBö in Rome.";
    const LINES: &str = "T1\tPER 2 5\tAda\r\nT2\tPER 2 5;11 13\tAda Bö\r\nR1\tIN Arg1:T1 Arg2:T3\r\nT3\tLOC 17 21\tRome\r\nT5\tMeet 6 9\tmet\r\nE1\tMeet:T5 Who:T1\r\nA1\tSure T3\r\nT7\tDAY 14 16\tin\r\n";

    fn changed(lines: &str, json: &str) -> Result<String, String> {
        let source = Source { file: PathBuf::from("a.ann"), line: 0 };
        let change: GoldChange = serde_json::from_str(json).unwrap();
        let file = GoldFile::new(lines.as_bytes(), &source);
        let changed = change_file(&file, &Document::new("a", TEXT), &change);
        changed.map(|bytes| String::from_utf8(bytes).unwrap()).map_err(|diagnostic| diagnostic.message)
    }

    #[test]
    fn only_the_line_of_the_label_changes() {
        let of = r#"{"start": 14, "end": 16, "label": "DAY"}"#;
        let set = format!(r#"{{"kind": "set_label", "of": {of}, "label": "ROLE"}}"#);
        let after = LINES.replace("DAY 14", "ROLE 14");
        assert_eq!(changed(LINES, &set).unwrap(), after);
        let back = set.replace("DAY", "X").replace("ROLE", "DAY").replace("\"X\"", "\"ROLE\"");
        assert_eq!(changed(&after, &back).unwrap(), LINES);
        let span = format!(r#"{{"kind": "set_span", "of": {of}, "start": 9, "end": 16}}"#);
        assert_eq!(changed(LINES, &span).unwrap(), LINES.replace("DAY 14 16\tin", "DAY 9 16\t  Bö in"));
        let parts = r#"{"kind": "set_span", "of": {"start": 2, "end": 13, "label": "PER"}, "start": 3, "end": 12}"#;
        assert_eq!(changed(LINES, parts).unwrap(), LINES.replace("2 5;11 13\tAda Bö", "3 5;11 12\tda B"));
        let marked = format!("\u{feff}{LINES}");
        assert_eq!(changed(&marked, &set).unwrap(), format!("\u{feff}{after}"));
    }

    #[test]
    fn labels_are_added_after_the_last_and_deleted_with_their_line() {
        let add = r#"{"kind": "add_entity", "start": 11, "end": 13, "label": "PER"}"#;
        let delete = r#"{"kind": "delete", "of": {"start": 11, "end": 13, "label": "PER"}}"#;
        for (lines, after) in [
            (LINES.to_owned(), format!("{LINES}T8\tPER 11 13\tBö\r\n")),
            (LINES.trim_end().to_owned(), format!("{LINES}T8\tPER 11 13\tBö")),
            ("T1\tLOC 17 21\tRome\n".to_owned(), "T1\tLOC 17 21\tRome\nT2\tPER 11 13\tBö\n".to_owned()),
            (String::new(), "T1\tPER 11 13\tBö\n".to_owned()),
        ] {
            assert_eq!(changed(&lines, add).unwrap(), after);
            assert_eq!(changed(&after, delete).unwrap(), lines);
        }
    }

    #[test]
    fn what_brat_cannot_hold_or_other_lines_refer_to_is_refused_by_name() {
        let ada = r#"{"start": 2, "end": 5, "label": "PER"}"#;
        let rome = r#"{"start": 17, "end": 21, "label": "LOC"}"#;
        for (json, message) in [
            (
                format!(r#"{{"kind": "delete", "of": {ada}}}"#),
                "the relation \"R1\" with the label \"IN\" refers to the label \"T1\"",
            ),
            (
                format!(r#"{{"kind": "delete", "of": {rome}}}"#),
                "the relation \"R1\" with the label \"IN\" refers to the label \"T3\"",
            ),
            (
                format!(r#"{{"kind": "set_optional", "of": {ada}, "optional": true}}"#),
                "files in the format brat cannot hold optional labels",
            ),
            (
                r#"{"kind": "ignore", "start": 0, "end": 1}"#.to_owned(),
                "files in the format brat cannot hold ignored regions",
            ),
            (
                format!(r#"{{"kind": "set_label", "of": {ada}, "label": "A B"}}"#),
                "files in the format brat cannot hold the label \"A B\"",
            ),
            (
                r#"{"kind": "delete", "of": {"start": 6, "end": 9, "label": "Meet"}}"#.to_owned(),
                "there is no label \"Meet\" at 6..9",
            ),
        ] {
            assert_eq!(changed(LINES, &json).unwrap_err(), message);
        }
        for (line, message) in [
            ("#1\tNote T7\tsure?\r\n", "the line #1 of the file refers to the label T7"),
            ("A2\tSure T7\r\n", "the line A2 of the file refers to the label T7"),
            ("*\tEquiv T1 T7\r\n", "the line * of the file refers to the label T7"),
            ("E2\tGo:T7\r\nA2\tSure T7\r\n", "the line E2 of the file refers to the label T7"),
        ] {
            let delete = r#"{"kind": "delete", "of": {"start": 14, "end": 16, "label": "DAY"}}"#;
            assert_eq!(changed(&format!("{LINES}{line}"), delete).unwrap_err(), message);
        }
        let set = format!(r#"{{"kind": "set_span", "of": {ada}, "start": 2, "end": 9}}"#);
        let shared = format!("{LINES}*\tEquiv T1 T7\r\n");
        let message = "the label T1 is a mention in a line with *, which would change, too";
        assert_eq!(changed(&shared, &set).unwrap_err(), message);
        let label = format!(r#"{{"kind": "set_label", "of": {ada}, "label": "ORG"}}"#);
        assert_eq!(changed(&shared, &label).unwrap(), shared.replace("T1\tPER", "T1\tORG"));
        let trigger = LINES.replace("Who:T1", "Who:T1 About:T5");
        let set = r#"{"kind": "set_label", "of": {"start": 6, "end": 9, "label": "Meet"}, "label": "See"}"#;
        let message = "the label T5 is the trigger of the event E1, which would change, too";
        assert_eq!(changed(&trigger, set).unwrap_err(), message);
    }
}
