//! Changes one verdict of a file of hand-made verdicts, as a reviewer does who reads summaries.

use crate::document::{Fields, Support, Value};
use crate::error::Diagnostic;

/// A line of the file: its text with the line break, and its keys.
struct Line<'t> {
    text: &'t str,
    fields: Option<Fields>,
}

/// Returns the lines with a verdict set, or with that of the same document and key point removed
/// if `verdict` is `None`. Other lines stay as they are, and so do other keys of the line.
///
/// # Errors
/// Fails at the first line that is not a JSON object: tables are not edited.
pub fn set_verdict(
    content: &str,
    (document, key_point): (&str, &str),
    verdict: Option<(Support, &str)>,
) -> Result<String, Diagnostic> {
    let mut kept = String::new();
    let mut verdict = verdict.map(|(support, summary)| {
        [("verdict", support.as_str()), ("summary_sha256", summary)]
            .map(|(name, value)| (name.to_owned(), value.into()))
    });
    let mut end = "\n";
    for line in lines(content)? {
        end = if line.text.ends_with("\r\n") { "\r\n" } else { end };
        let is_own = |fields: &Fields| {
            text(fields, "id").as_deref() == Some(document) && text(fields, "key_point").as_deref() == Some(key_point)
        };
        match line.fields.filter(is_own) {
            None => kept.push_str(line.text),
            Some(mut fields) => {
                if let Some(changes) = verdict.take() {
                    fields.extend(changes);
                    kept.push_str(&format!("{}{end}", Value::Object(fields)));
                }
            }
        }
    }
    if let Some(changes) = verdict {
        if !kept.is_empty() && !kept.ends_with('\n') {
            kept.push_str(end);
        }
        let key =
            [("id", document), ("key_point", key_point)].map(|(name, value)| (name.to_owned(), Value::from(value)));
        let fields: Fields = key.into_iter().chain(changes).collect();
        kept.push_str(&format!("{}{end}", Value::Object(fields)));
    }
    Ok(kept)
}

/// The lines; blank ones have no keys.
fn lines(content: &str) -> Result<Vec<Line<'_>>, Diagnostic> {
    let mut found = Vec::new();
    for (number, text) in (1..).zip(content.split_inclusive('\n')) {
        let json = text.trim_start_matches('\u{feff}').trim();
        let fields = if json.is_empty() {
            None
        } else {
            let not_json = || Diagnostic::new("this is not a line of JSON: verdicts are corrected in such files only");
            Some(serde_json::from_str::<Fields>(json).map_err(|_| not_json().at((number, 1)))?)
        };
        found.push(Line { text, fields });
    }
    Ok(found)
}

/// The text of a string or number.
fn text(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::set_verdict;
    use crate::document::Support;

    #[test]
    fn a_verdict_is_added_replaced_and_removed() {
        let one = set_verdict("", ("a", "K1"), Some((Support::Full, "5a"))).unwrap();
        let expected = r#"{"id":"a","key_point":"K1","summary_sha256":"5a","verdict":"supported"}"#;
        assert_eq!(one, format!("{expected}\n"));
        let two = set_verdict(&one, ("a", "K2"), Some((Support::Partial, "5a"))).unwrap();
        assert!(two.starts_with(&one), "{two}");
        let changed = set_verdict(&two, ("a", "K1"), Some((Support::Not, "6b"))).unwrap();
        assert_eq!(changed, two.replacen("supported", "not_supported", 1).replacen("5a", "6b", 1));
        let only = two.strip_prefix(&one).unwrap();
        assert_eq!(set_verdict(&changed, ("a", "K1"), None).unwrap(), only);
    }

    #[test]
    fn the_rest_of_a_file_stays_as_it_is() {
        let other = r#"{"id": "b",  "key_point": "K1", "verdict": 0}"#;
        let own = r#"{"id": 7, "key_point": "K1", "verdict": 1, "sentence": "S.", "by": "x"}"#;
        let file = format!("\u{feff}{own}\r\n\r\n{other}");
        let after = set_verdict(&file, ("7", "K1"), Some((Support::Partial, "5a"))).unwrap();
        let changed = r#"{"by":"x","id":7,"key_point":"K1","sentence":"S.","summary_sha256":"5a","verdict":"partial"}"#;
        assert_eq!(after, format!("{changed}\r\n\r\n{other}"));
        let table = set_verdict("id,key_point,verdict\n", ("a", "K1"), None).unwrap_err();
        assert_eq!(table.position, Some((1, 1)));
    }
}
