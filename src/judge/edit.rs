//! Changes one verdict of a file of hand-made verdicts.

use serde_json::{Value, json};

use crate::document::Support;
use crate::error::Diagnostic;

/// Returns the lines of a file of verdicts with the verdict on a key point set, or removed if it is
/// `None`. Other lines, and what they say beside the verdict, stay as they are.
///
/// # Errors
/// Fails at the first line that is not a JSON object: tables are not edited.
pub fn set_verdict(
    lines: &str,
    document: &str,
    key_point: &str,
    verdict: Option<Support>,
) -> Result<String, Diagnostic> {
    let mut kept = String::new();
    for (number, line) in (1..).zip(lines.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let row: Value = serde_json::from_str(line).unwrap_or_default();
        if !row.is_object() {
            let diagnostic = Diagnostic::new("this is not a line of JSON: verdicts are corrected in such files only");
            return Err(diagnostic.at((number, 1)));
        }
        if (row["id"].as_str(), row["key_point"].as_str()) != (Some(document), Some(key_point)) {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    if let Some(verdict) = verdict {
        let line = json!({"id": document, "key_point": key_point, "verdict": verdict.as_str()});
        kept.push_str(&format!("{line}\n"));
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::set_verdict;
    use crate::document::Support;

    #[test]
    fn a_verdict_is_added_replaced_and_removed() {
        let one = set_verdict("", "a", "K1", Some(Support::Full)).unwrap();
        assert_eq!(one, "{\"id\":\"a\",\"key_point\":\"K1\",\"verdict\":\"supported\"}\n");
        let two = set_verdict(&one, "a", "K2", Some(Support::Partial)).unwrap();
        let changed = set_verdict(&two, "a", "K1", Some(Support::Not)).unwrap();
        assert_eq!(changed.lines().count(), 2);
        assert!(changed.ends_with("{\"id\":\"a\",\"key_point\":\"K1\",\"verdict\":\"not_supported\"}\n"), "{changed}");
        let only = two.lines().last().unwrap().to_owned() + "\n";
        assert_eq!(set_verdict(&changed, "a", "K1", None).unwrap(), only);
        let table = set_verdict("id,key_point,verdict\n", "a", "K1", None).unwrap_err();
        assert_eq!(table.position, Some((1, 1)));
    }
}
