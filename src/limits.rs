//! Limits of the input: what one document, reply or file may contain at most. What exceeds a limit
//! is refused by name before it is worked on, so that no input exhausts the memory of the machine.
//!
//! The table `[limits]` of karat.toml, or of an options file, sets them. No limit changes a figure:
//! a document is either scored as it is or refused. Limits therefore belong to the process, like
//! its memory, and are set once before anything is read; every reader obeys them without being
//! given them.

use std::io::{self, Read};
use std::sync::OnceLock;

use serde::Deserialize;

use crate::error::Diagnostic;
use crate::size::Size;

/// The deepest nesting of JSON that readers can work on: deeper values could overflow the stack.
pub(crate) const DEEPEST: usize = 128;

/// The limits of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default, from = "LimitsTable")]
pub struct Limits {
    /// The most bytes of the text of a document, and of a summary.
    pub document: usize,
    /// The most items of one layer of a document, on one side, with their parts.
    pub items: usize,
    /// The most different labels of one layer of a document, on one side; also the most roles of
    /// events, names of records, and fields of the records of one name.
    pub labels: usize,
    /// The most lists and objects of JSON inside one another; at most 128.
    pub json_depth: usize,
    /// The most bytes of a program's or a server's reply to a document, unless `max_output` of the
    /// extractor says otherwise.
    pub reply: usize,
    /// The most bytes of a compressed file, decompressed.
    pub decompressed: usize,
}

impl Limits {
    /// The limits unless a file sets others. Normal data stays far below them.
    pub const DEFAULT: Self = Self {
        document: 100_000_000,
        items: 1_000_000,
        labels: 10_000,
        json_depth: DEEPEST,
        reply: 64 << 20,
        decompressed: 4_000_000_000,
    };

    /// The keys of the table.
    pub const KEYS: [&'static str; 6] = ["document", "items", "labels", "json_depth", "reply", "decompressed"];
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// The table as it is written, with sizes as in "64MB".
#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LimitsTable {
    document: Size,
    items: Most<{ usize::MAX }>,
    labels: Most<{ usize::MAX }>,
    json_depth: Most<DEEPEST>,
    reply: Size,
    decompressed: Size,
}

impl Default for LimitsTable {
    fn default() -> Self {
        let Limits { document, items, labels, json_depth, reply, decompressed } = Limits::DEFAULT;
        Self {
            document: Size(document),
            items: Most(items),
            labels: Most(labels),
            json_depth: Most(json_depth),
            reply: Size(reply),
            decompressed: Size(decompressed),
        }
    }
}

impl From<LimitsTable> for Limits {
    fn from(table: LimitsTable) -> Self {
        let LimitsTable { document, items, labels, json_depth, reply, decompressed } = table;
        Self {
            document: document.0,
            items: items.0,
            labels: labels.0,
            json_depth: json_depth.0,
            reply: reply.0,
            decompressed: decompressed.0,
        }
    }
}

/// A count from 1 to a greatest one.
struct Most<const GREATEST: usize>(usize);

impl<'de, const GREATEST: usize> Deserialize<'de> for Most<GREATEST> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = usize::deserialize(deserializer)?;
        let wrong = || match GREATEST {
            usize::MAX => "it must be at least 1".to_owned(),
            _ => format!("it must be from 1 to {GREATEST}"),
        };
        let fits = (1..=GREATEST).contains(&count);
        fits.then_some(Self(count)).ok_or_else(|| serde::de::Error::custom(wrong()))
    }
}

static CURRENT: OnceLock<Limits> = OnceLock::new();

/// Sets the limits of the process. Only the first call has an effect, so that all documents of a
/// process are under the same limits.
pub fn set(limits: Limits) {
    let _ = CURRENT.set(limits);
}

/// Returns the limits of the process.
pub fn current() -> &'static Limits {
    CURRENT.get().unwrap_or(&Limits::DEFAULT)
}

/// Returns the diagnostic for what exceeds a limit: the key of the table that sets it, and its
/// value.
pub(crate) fn exceeded(what: &str, key: &str, most: usize) -> Diagnostic {
    let help = format!("raise `{key}` in the table [limits] of karat.toml, or of the file that `--options` names");
    Diagnostic::new(format!("{what}, and `{key}` in [limits] allows {most}")).help(help)
}

/// Returns a diagnostic if a text, which `what` names, has more bytes than a document may have.
pub(crate) fn long_text(what: &str, text: &str) -> Option<Diagnostic> {
    let most = current().document;
    (text.len() > most).then(|| exceeded(&format!("{what} has {} bytes", text.len()), "document", most))
}

/// Reads the content of a compressed file. The inner result fails if there is more of it than the
/// limit allows: a few bytes can expand to any number.
///
/// # Errors
/// Fails if the content cannot be decompressed, or if there is no memory for it.
pub(crate) fn read_expanded(decoder: impl Read) -> io::Result<Result<Vec<u8>, Diagnostic>> {
    let most = current().decompressed;
    let mut content = Vec::new();
    // `read_to_end` reserves memory fallibly.
    decoder.take((most as u64).saturating_add(1)).read_to_end(&mut content)?;
    let is_long = content.len() > most;
    Ok(if is_long { Err(exceeded("it expands to more bytes", "decompressed", most)) } else { Ok(content) })
}

/// Returns the byte offset at which a JSON text exceeds the limit of nesting, and the diagnostic.
pub(crate) fn deep_json(json: &str) -> Option<(usize, Diagnostic)> {
    let most = current().json_depth;
    let at = deeper_than(json.as_bytes(), most)?;
    let diagnostic = if most < DEEPEST {
        exceeded("lists and objects are nested deeper", "json_depth", most)
    } else {
        Diagnostic::new(too_deep())
    };
    Some((at, diagnostic))
}

/// Returns the message for JSON that no limit can allow.
pub(crate) fn too_deep() -> String {
    format!("lists and objects are nested more than {DEEPEST} deep, and `json_depth` in [limits] cannot allow more")
}

/// Returns a diagnostic if the limit of nesting was lowered and a JSON text exceeds it. Without a
/// lowered limit the parsers themselves refuse what is too deep, and the text is not scanned.
pub(crate) fn deep_json_if_lowered(json: &str) -> Option<(usize, Diagnostic)> {
    if current().json_depth < DEEPEST { deep_json(json) } else { None }
}

/// Returns the byte offset of the first bracket that is nested more than `most` deep.
fn deeper_than(json: &[u8], most: usize) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = json.get(at) {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > most {
                    return Some(at);
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                at += 1;
                while json.get(at).is_some_and(|byte| *byte != b'"') {
                    at += if json[at] == b'\\' { 2 } else { 1 };
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Limits, deeper_than};

    fn read(text: &str) -> Result<Limits, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn keys_that_are_left_out_keep_their_defaults() {
        let limits = read("document = \"2MB\"\nitems = 5\njson_depth = 16").unwrap();
        let expected = Limits { document: 2_000_000, items: 5, json_depth: 16, ..Limits::DEFAULT };
        assert_eq!(limits, expected);
        assert_eq!(read("").unwrap(), Limits::DEFAULT);
    }

    #[test]
    fn values_that_are_no_limit_are_refused() {
        assert!(read("items = 0").unwrap_err().contains("at least 1"));
        assert!(read("json_depth = 129").unwrap_err().contains("from 1 to 128"));
        assert!(read("document = \"much\"").unwrap_err().contains("a size is written"));
        assert!(read("itms = 1").unwrap_err().contains("unknown field"));
    }

    #[test]
    fn brackets_in_strings_do_not_nest() {
        assert_eq!(deeper_than(br#"{"a": ["[[[", "\"[", {}]}"#, 3), None);
        assert_eq!(deeper_than(br#"{"a": ["[", {}]}"#, 2), Some(12));
        assert_eq!(deeper_than(b"[][][]", 1), None);
        assert_eq!(deeper_than(b"]]\"[", 1), None);
    }
}
