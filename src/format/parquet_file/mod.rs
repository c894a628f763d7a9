//! Reads Parquet files as JSON lines, one object a row, so that whatever reads JSON lines reads
//! them: field maps, well-known column names and the formats of other tools.
//!
//! The rows come from the row reader of the `parquet` crate, which needs no Arrow, and only if
//! karat is built with the feature `parquet`. Otherwise these files are refused. All rows are in
//! memory as text, as those of a compressed file are.

#[cfg(feature = "parquet")]
mod rows;

use crate::error::Diagnostic;

#[cfg(feature = "parquet")]
pub(super) use rows::{hugging_face_features, to_json_lines};

/// How to convert a file to JSON lines. Timestamps, dates and decimals become JSON values, and
/// numbers keep all digits, which they do not in pandas' `to_json`.
const CONVERT: &str = "`duckdb -c \"COPY (FROM 'FILE.parquet') TO 'FILE.jsonl' (FORMAT json)\"`";

/// Whether the bytes are those of a Parquet file, which begins and ends with `PAR1` (`PARE` if it
/// is encrypted). A file that was cut off is one, too: a structure in Thrift's compact protocol
/// follows the first mark, and begins with 0x15 there. A text may begin with `PAR1`, the name of a
/// gene.
pub fn is_parquet(bytes: &[u8]) -> bool {
    let Some((mark, rest)) = bytes.split_at_checked(4).filter(|(mark, _)| matches!(*mark, b"PAR1" | b"PARE")) else {
        return false;
    };
    rest.first() == Some(&0x15) || (rest.len() >= 8 && rest.ends_with(mark))
}

/// Fails, since karat was built without the feature `parquet`.
#[cfg(not(feature = "parquet"))]
pub(super) fn to_json_lines(_: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
    let diagnostic = Diagnostic::new("this is a Parquet file, and this karat was built without Parquet");
    let help = format!("build it with `cargo install --path . --features parquet`, or convert the file: {CONVERT}");
    Err(diagnostic.help(help))
}

/// Returns `None`, since karat was built without the feature `parquet`.
#[cfg(not(feature = "parquet"))]
pub(super) fn hugging_face_features(_: &std::path::Path) -> Option<serde_json::Value> {
    None
}

/// Returns the diagnostic for a Parquet file where rows are not read.
pub(super) fn no_text() -> Diagnostic {
    Diagnostic::new("this is a Parquet file, and a text is expected").help(format!("convert it: {CONVERT}"))
}

#[cfg(test)]
mod tests {
    use super::is_parquet;

    #[test]
    fn parquet_files_are_recognised_and_texts_are_not() {
        for bytes in [&b"PAR1\x15\x04"[..], b"PAR1\x00\x00\x00\x00PAR1", b"PARE\x15"] {
            assert!(is_parquet(bytes), "{bytes:?}");
        }
        for bytes in [&b"PAR1 is a gene\n"[..], b"PAR1\nPAR1", b"PAR1PAR1", b"PAR1", b"PAR", b"", b"{}"] {
            assert!(!is_parquet(bytes), "{bytes:?}");
        }
    }
}
