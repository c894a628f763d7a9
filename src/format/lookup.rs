//! The lookup of formats: by name, and by the content of a file.

use std::path::Path;

use super::definition::{Format, Look};
use super::{FORMATS, conll2012, decode, formats, has_extension, mistaken, tokens};
use crate::error::Diagnostic;

impl Format {
    /// Returns the format with a name.
    pub fn find(name: &str) -> Option<&'static Self> {
        FORMATS.iter().copied().find(|format| format.name == name)
    }

    /// Returns karat's own format, `karat.document/1`.
    pub fn own() -> &'static Self {
        &formats::karat::FORMATS[0]
    }

    /// Returns the formats that match the beginning of a file.
    pub fn candidates(file: &Path, bytes: &[u8]) -> Vec<&'static Self> {
        matching(&FORMATS, file, bytes, decode(bytes).ok())
    }

    /// Detects the format of a text file from its content.
    ///
    /// # Errors
    /// Fails if several formats match, or none.
    pub fn detect(file: &Path, text: &str) -> Result<&'static Self, Diagnostic> {
        only(&matching(&FORMATS, file, text.as_bytes(), Some(text)), file)
    }

    /// Returns the format of a file and the file's text, which is empty for a binary format. The
    /// format is the named one, or is detected from content. Token files are also recognised by
    /// their extension, since other tables have columns, too.
    ///
    /// # Errors
    /// Fails if the file is clearly in another format than the named one, if several formats match
    /// or none, or if a file in a text format is not UTF-8.
    pub fn of_file<'a>(
        file: &Path,
        bytes: &'a [u8],
        named: Option<&'static Self>,
    ) -> Result<(&'static Self, &'a str), Diagnostic> {
        format_among(&FORMATS, file, bytes, named)
    }

    /// Returns a diagnostic if the formats that match a file do not include this one.
    fn refuse_other(&self, candidates: &[&Self], file: &Path) -> Option<Diagnostic> {
        if candidates.is_empty() || candidates.iter().any(|format| format.name == self.name) {
            return None;
        }
        let list = names(candidates).replace(", ", " or ").replace('`', "");
        let diagnostic = Diagnostic::new(format!("this looks like {list}, not {}", self.name)).in_file(file);
        Some(diagnostic.help(format!("write `--from {}`", candidates[0].name)))
    }
}

fn format_among<'a>(
    formats: &[&'static Format],
    file: &Path,
    bytes: &'a [u8],
    named: Option<&'static Format>,
) -> Result<(&'static Format, &'a str), Diagnostic> {
    let text = decode(bytes).map_err(|diagnostic| diagnostic.in_file(file));
    let candidates = matching(formats, file, bytes, text.as_ref().ok().copied());
    if !candidates.iter().copied().chain(named).any(|format| format.binary)
        && let Some(diagnostic) = other_content(&candidates, file, bytes, text.as_ref().ok().copied())
    {
        return Err(diagnostic);
    }
    if let Some(diagnostic) = named.and_then(|named| named.refuse_other(&candidates, file)) {
        return Err(diagnostic);
    }
    match named {
        Some(format) if format.binary => Ok((format, "")),
        Some(format) => Ok((format, text?)),
        None if candidates.iter().any(|format| format.binary) => Ok((only(&candidates, file)?, "")),
        None => {
            let text = text?;
            let tokens = is_of_tokens(file, text, &candidates).then(|| Format::find("conll")).flatten();
            Ok((tokens.map_or_else(|| only(&candidates, file), Ok)?, text))
        }
    }
}

/// Returns a diagnostic that names a file which is in none of the text formats.
pub(super) fn other_content(
    candidates: &[&Format],
    file: &Path,
    bytes: &[u8],
    text: Option<&str>,
) -> Option<Diagnostic> {
    let is_karat = candidates.iter().all(|format| format.name == Format::own().name);
    mistaken::binary(bytes).map(|diagnostic| diagnostic.in_file(file)).or_else(|| mistaken::text(file, text?, is_karat))
}

/// Returns the formats that match the beginning of a file. The text is that of the bytes, if they
/// are UTF-8.
fn matching(formats: &[&'static Format], file: &Path, bytes: &[u8], text: Option<&str>) -> Vec<&'static Format> {
    let look = &Look::new(file, bytes, text);
    let matches = |binary: bool| {
        formats.iter().copied().filter(move |format| format.binary == binary && (format.looks_like)(look))
    };
    let binary: Vec<&'static Format> = matches(true).collect();
    if !binary.is_empty() || text.is_none() { binary } else { matches(false).collect() }
}

/// Returns the format that matches a file, if it is the only one.
fn only(candidates: &[&'static Format], file: &Path) -> Result<&'static Format, Diagnostic> {
    match candidates {
        [format] => Ok(format),
        // Malformed or empty JSON is probably meant to be karat's format, whose reader reports
        // the error.
        [] if is_json(file) => Ok(Format::own()),
        [] => Err(Diagnostic::new("this is in none of the formats that karat reads")
            .in_file(file)
            .help(format!("name it with `--from`: {}", names(&FORMATS)))),
        _ => Err(Diagnostic::new(format!("this may be {}", names(candidates).replace(", ", " or ")))
            .in_file(file)
            .help("choose one with `--from`")),
    }
}

/// Whether a file is a token file: it has the extension of one and is in no other format with that
/// extension, or is in no other format and has columns of tokens and tags.
pub(super) fn is_of_tokens(file: &Path, text: &str, candidates: &[&Format]) -> bool {
    let by_name = tokens::is_token_file(file) && !candidates.iter().any(|format| format.has_extension(file));
    let by_content = || !Format::own().has_extension(file) && candidates.is_empty() && tokens::looks_like(text);
    (by_name || by_content()) && !conll2012::looks_like(text)
}

fn names(formats: &[&Format]) -> String {
    formats.iter().map(|format| format!("`{}`", format.name)).collect::<Vec<_>>().join(", ")
}

fn is_json(file: &Path) -> bool {
    ["json", "jsonl", "ndjson", "parquet"].iter().any(|extension| has_extension(file, extension))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{FORMATS, Format, format_among};

    static ZIP: Format = Format {
        name: "zip",
        extensions: &["zip"],
        binary: true,
        looks_like: |look| look.bytes.starts_with(b"PK\x03\x04"),
        ..Format::DEFAULTS
    };

    /// Returns the name of the format of a file, or the message of the error.
    fn format(file: &str, bytes: &[u8], named: Option<&'static Format>) -> String {
        let formats: Vec<&'static Format> = FORMATS.iter().copied().chain([&ZIP]).collect();
        match format_among(&formats, Path::new(file), bytes, named) {
            Ok((format, text)) => format!("{} {text:?}", format.name),
            Err(diagnostic) => diagnostic.message,
        }
    }

    #[test]
    fn a_binary_format_is_detected_from_the_first_bytes() {
        assert_eq!(format("a.zip", b"PK\x03\x04\xFF", None), "zip \"\"");
        assert_eq!(format("a.jsonl", b"PK\x03\x04 is text", None), "zip \"\"");
        assert_eq!(format("a.zip", b"\xFF", Some(&ZIP)), "zip \"\"");
        assert_eq!(format("a.jsonl", b"PK\x03\x04", Some(Format::own())), "this looks like zip, not karat");
        assert_eq!(format("a.zip", b"{\"id\": \"a\"}", Some(&ZIP)), "this looks like karat, not zip");
    }

    #[test]
    fn a_text_format_reads_utf_8_only() {
        assert_eq!(format("a.jsonl", b"\xEF\xBB\xBF{\"id\": 1}", None), "karat \"{\\\"id\\\": 1}\"");
        assert_eq!(format("a.ann", b"T1\xFF", None), "invalid UTF-8: byte 2 is 0xFF");
        assert_eq!(format("a.ann", b"T1\xFF", Format::find("brat")), "invalid UTF-8: byte 2 is 0xFF");
    }

    #[test]
    fn the_extension_of_token_files_yields_to_formats_that_share_it() {
        assert_eq!(format("a.conll", b"Ada B-PER", None), "conll \"Ada B-PER\"");
        assert!(format("a.conll", b"#begin document (a); part 000\n", None).starts_with("conll2012 "));
        assert!(format("a.bio", b"#begin document (a); part 000\n", None).starts_with("conll2012 "));
    }
}
