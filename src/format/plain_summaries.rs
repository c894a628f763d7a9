//! The fast path for another common case of `karat.document/1`: an id and summaries.
//!
//! It reports no errors: a line with anything else is rejected, and the full reader reads it again.

use serde::Deserialize;

/// The summaries of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainSummaries {
    /// The id, which joins them to their document.
    pub id: String,
    /// The value of `summary`, or those of `summaries`.
    pub summaries: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SummaryFields {
    id: String,
    summaries: Option<Vec<String>>,
    summary: Option<String>,
}

/// Reads a line; returns `None` if the full reader must read it. The full reader reads the same
/// from every line that is accepted here, and the validation of single documents finds no errors in
/// it.
pub fn read_summaries(line: &str) -> Option<PlainSummaries> {
    let SummaryFields { id, summaries, summary } = serde_json::from_str(line).ok()?;
    let summaries = match (summary, summaries) {
        (None, summaries) => summaries?,
        (Some(only), None) => vec![only],
        (Some(_), Some(_)) => return None,
    };
    (!id.is_empty()).then_some(PlainSummaries { id, summaries })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::read_summaries;
    use crate::format::read_line;

    #[test]
    fn the_careful_reader_reads_the_same() {
        let lines = [
            r#"{"id": "a", "summary": "Rain.\nAnd \u00e9 sun."}"#,
            r#"{"summaries": ["One.", ""], "id": "a"}"#,
            r#"{"id": "a", "summaries": [], "summary": null}"#,
        ];
        for line in lines {
            let (plain, careful) =
                (read_summaries(line).unwrap(), read_line(Path::new("gold.jsonl"), 1, line).unwrap());
            assert_eq!((&plain.id, Some(&plain.summaries)), (&careful.id, careful.annotations.summaries.as_ref()));
        }
    }

    #[test]
    fn anything_else_is_left_to_it() {
        let lines = [
            r#"{"id": 7, "summary": "x"}"#,
            r#"{"id": "a", "summaries": ["Two."], "summary": "One."}"#,
            r#"{"id": "", "summary": "x"}"#,
            r#"{"id": "a"}"#,
            r#"{"id": "a", "summary": "x", "text": "y"}"#,
            r#"{"id": "a", "summary": "x", "sumary": "y"}"#,
            r#"{"id": "a", "summary": "x", "summary": "y"}"#,
            r#"{"id": "a", "summary": 1}"#,
            r#"{"id": "a", "summary": "x"} x"#,
        ];
        assert!(lines.iter().all(|line| read_summaries(line).is_none()));
    }
}
