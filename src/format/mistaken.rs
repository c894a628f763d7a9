//! Names files that look like something else than what karat reads: compressed or binary files,
//! Python's notation of objects, JSON in a Markdown fence, and objects that are spread over lines.
//! A parser's own message about such a file is about its first byte, and there is one for each
//! line.

use std::path::Path;

use serde::de::IgnoredAny;

use super::has_extension;
use crate::error::Diagnostic;

/// Returns a diagnostic that names a binary file by its first bytes.
pub(super) fn binary(bytes: &[u8]) -> Option<Diagnostic> {
    let (what, help) = match bytes {
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, ..] => ("a bzip2 file", "decompress it, as with `bunzip2`"),
        [0xFD, b'7', b'z', b'X', b'Z', 0, ..] => ("an xz file", "decompress it, as with `unxz`"),
        [b'A', b'R', b'R', b'O', b'W', b'1', ..] => ("an Arrow file", "write JSON lines, one object a document"),
        [b'P', b'K', 3, 4, ..] if is_workbook(bytes) => ("an Excel workbook", "save the sheet as CSV"),
        [b'P', b'K', 3, 4, ..] => ("a zip archive", "unpack it, and name the files inside"),
        [b'%', b'P', b'D', b'F', b'-', ..] => ("a PDF file", "extract its text first"),
        [b'S', b'Q', b'L', b'i', b't', b'e', b' ', ..] => ("an SQLite database", "export JSON lines or CSV"),
        // Two bytes alone may be anything; a pickle also ends with its instruction to stop.
        [0x80, 2..=5, .., b'.'] => ("a Python pickle", "write JSON lines, one object a document"),
        [first, 0, third, 0, ..] | [0, first, 0, third, ..] if *first != 0 && *third != 0 => {
            ("UTF-16 text", "convert it with `iconv -f UTF-16LE -t UTF-8`, or UTF-16BE")
        }
        _ => return None,
    };
    Some(Diagnostic::new(format!("this is {what}, which karat does not read")).help(help))
}

/// Whether a zip archive is a workbook, by the names of its first files.
fn is_workbook(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let has = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    has(b"xl/") || has(b"[Content_Types].xml")
}

/// Returns a diagnostic for a whole text file that is meant as JSON and is not. `is_karat` says
/// whether it can only be in karat's format, whose `.jsonl` files have one object a line.
pub(crate) fn text(file: &Path, text: &str, is_karat: bool) -> Option<Diagnostic> {
    let named = |what: &str, help: &str| Some(Diagnostic::new(what).in_file(file).at((1, 1)).help(help));
    let content = text.trim_start();
    let is_lines = ["jsonl", "ndjson"].iter().any(|extension| has_extension(file, extension));
    if let Some(rest) = content.strip_prefix("```") {
        let inside = rest.split_once('\n').map_or("", |(_, inside)| inside.trim_start());
        if is_lines || has_extension(file, "json") || inside.starts_with(['{', '[']) {
            return named("this is JSON in a Markdown fence (```)", "remove the lines with ``` at its start and end");
        }
    }
    if is_python(content) {
        return named("this is Python's notation of objects, not JSON", PYTHON);
    }
    let first = content.lines().next().unwrap_or_default();
    if !content.starts_with('{') || serde_json::from_str::<IgnoredAny>(first).is_ok() {
        return None;
    }
    let mut objects = 0;
    for object in serde_json::Deserializer::from_str(content).into_iter::<IgnoredAny>() {
        object.ok()?;
        objects += 1;
    }
    let is_spread = objects > 1 || (objects == 1 && is_lines && is_karat);
    is_spread.then(|| named("these are pretty-printed objects, over several lines each", LINES)).flatten()
}

/// Whether a text begins with an object as Python prints it.
fn is_python(text: &str) -> bool {
    let inside = text.strip_prefix('[').unwrap_or(text).trim_start();
    let key = inside.strip_prefix('{').map(str::trim_start).and_then(|inside| inside.strip_prefix('\''));
    key.and_then(|key| key.split_once('\'')).is_some_and(|(_, after)| after.trim_start().starts_with(':'))
}

const PYTHON: &str = "write it with `json.dumps`, not with `str` or `print`";
const LINES: &str = "write each object on one line, as `jq -c . FILE` does";

/// Returns a diagnostic for a JSON text with a syntax error at a byte offset, if the error has a
/// well-known cause.
pub(super) fn json(text: &str, at: usize) -> Option<Diagnostic> {
    let found = text.get(at..)?;
    let word: &str = found.split(|char: char| !char.is_ascii_alphabetic()).next().unwrap_or_default();
    match word {
        "NaN" | "Infinity" => {
            let diagnostic = Diagnostic::new(format!("`{word}` is not JSON, which has no such number"));
            Some(diagnostic.help("write `null`, or leave the key out"))
        }
        "None" | "True" | "False" => {
            Some(Diagnostic::new(format!("`{word}` is Python's notation, not JSON")).help(PYTHON))
        }
        _ if found.starts_with('\'') => {
            Some(Diagnostic::new("single quotes are Python's notation, not JSON").help(PYTHON))
        }
        _ if text.trim_start().starts_with("```") => {
            let diagnostic = Diagnostic::new("this is JSON in a Markdown fence (```)");
            Some(diagnostic.help("remove the lines with ``` at its start and end"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{binary, json, text};

    #[test]
    fn binary_files_are_named() {
        let named = |bytes: &[u8]| binary(bytes).map(|diagnostic| diagnostic.message);
        for (bytes, what) in [
            (&b"\xFD7zXZ\0"[..], "xz"),
            (b"PK\x03\x04", "zip archive"),
            (b"PK\x03\x04 xl/workbook.xml", "Excel"),
            (b"{\0\"\0", "UTF-16"),
            (b"\0{\0\"", "UTF-16"),
            (b"\x80\x04\x95\x02\0\0\0\0\0\0\0}.", "Python pickle"),
        ] {
            assert!(named(bytes).is_some_and(|message| message.contains(what)), "{what}");
        }
        assert_eq!(named(b"{\"id\": 1}"), None);
        assert_eq!(named(b""), None);
        assert_eq!(named(b"\x80\x02"), None);
    }

    #[test]
    fn texts_that_are_nearly_json_are_named() {
        let named =
            |file: &str, content: &str| text(Path::new(file), content, true).map(|diagnostic| diagnostic.message);
        let says = |file: &str, content: &str, what: &str| named(file, content).is_some_and(|m| m.contains(what));
        assert!(says("a.jsonl", "```json\n{\"id\": 1}\n```", "fence"));
        assert!(says("a.jsonl", "{'id': 1}\n", "Python"));
        assert!(says("a.jsonl", "{\n \"id\": 1\n}\n{\n \"id\": 2\n}\n", "pretty-printed"));
        assert!(says("a.jsonl", "{\n \"id\": 1\n}\n", "pretty-printed"));
        for (file, content) in [
            ("a.json", "{\n \"id\": 1\n}\n"),
            ("a.jsonl", "{\"id\": 1}\n{\"id\": 2}\n"),
            ("a.jsonl", "{\n \"id\": }\n"),
            ("a.conll", "{ O\n'a' O\n"),
            ("a.md", "```\nx"),
        ] {
            assert_eq!(named(file, content), None, "{content}");
        }
        assert!(json("{\"a\": NaN}", 6).is_some_and(|diagnostic| diagnostic.message.contains("NaN")));
        assert!(json("{\"a\": None}", 6).is_some_and(|diagnostic| diagnostic.message.contains("Python")));
        assert!(json("{\"a\": x}", 6).is_none());
    }
}
