//! Reads and changes the lines of hand-made verdicts that reviewers give while they read summaries.

use super::support::parse_support;
use crate::document::{Fields, Support, Value};
use crate::error::Diagnostic;

/// A reviewer's verdict on one key point of one summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandVerdict {
    /// The id of the document.
    pub document: String,
    /// The name of the key point.
    pub key_point: String,
    /// Whether the summary supports it.
    pub support: Support,
    /// SHA-256 of the summary that was judged; `None` in files from elsewhere.
    pub summary_sha256: Option<String>,
}

/// A line of the file: its text with the line break, and its keys.
struct Line<'t> {
    text: &'t str,
    fields: Option<Fields>,
}

/// Reads lines of verdicts.
///
/// # Errors
/// Fails at the first line that is no verdict in JSON: tables are not read here.
pub fn hand_verdicts(content: &str) -> Result<Vec<HandVerdict>, Diagnostic> {
    let mut verdicts = Vec::new();
    for (number, line) in (1..).zip(lines(content)?) {
        let Some(fields) = line.fields else { continue };
        let verdict = fields.get("verdict").map(ToString::to_string).unwrap_or_default();
        let verdict = serde_json::from_str(&verdict).map_err(|error| error.to_string());
        let support = verdict.and_then(|verdict| parse_support(&verdict));
        let support = support.map_err(|message| Diagnostic::new(message).at((number, 1)))?;
        let text = |name: &str| text(&fields, name).unwrap_or_default();
        let summary_sha256 = Some(text("summary_sha256")).filter(|hash| !hash.is_empty());
        verdicts.push(HandVerdict { document: text("id"), key_point: text("key_point"), support, summary_sha256 });
    }
    Ok(verdicts)
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
    use super::{hand_verdicts, set_verdict};
    use crate::document::Support;

    #[test]
    fn a_verdict_is_added_replaced_and_removed() {
        let one = set_verdict("", ("a", "K1"), Some((Support::Full, "5a"))).unwrap();
        let [verdict] = &hand_verdicts(&one).unwrap()[..] else { panic!("{one}") };
        assert_eq!((verdict.document.as_str(), verdict.key_point.as_str()), ("a", "K1"));
        assert_eq!((verdict.support, verdict.summary_sha256.as_deref()), (Support::Full, Some("5a")));
        let two = set_verdict(&one, ("a", "K2"), Some((Support::Partial, "5a"))).unwrap();
        assert!(two.starts_with(&one), "{two}");
        let changed = set_verdict(&two, ("a", "K1"), Some((Support::Not, "6b"))).unwrap();
        assert_eq!(changed, two.replacen("supported", "not_supported", 1).replacen("5a", "6b", 1));
        let only = two.strip_prefix(&one).unwrap();
        assert_eq!(set_verdict(&changed, ("a", "K1"), None).unwrap(), only);
    }

    #[test]
    fn the_rest_of_a_file_stays_as_it_is() {
        let file = "\u{feff}{\"id\": 7, \"key_point\": \"K1\", \"verdict\": 1, \"sentence\": \"S.\", \"by\": \"x\"}\r\n\r\n{\"id\": \"b\",  \"key_point\": \"K1\", \"verdict\": 0}";
        assert_eq!(hand_verdicts(file).unwrap().len(), 2);
        let after = set_verdict(file, ("7", "K1"), Some((Support::Partial, "5a"))).unwrap();
        assert!(after.contains("\"by\":\"x\"") && after.contains("\"sentence\":\"S.\""), "{after}");
        assert!(after.ends_with("\r\n\r\n{\"id\": \"b\",  \"key_point\": \"K1\", \"verdict\": 0}"), "{after}");
        assert_eq!(hand_verdicts(&after).unwrap()[0].support, Support::Partial);
        let table = set_verdict("id,key_point,verdict\n", ("a", "K1"), None).unwrap_err();
        assert_eq!(table.position, Some((1, 1)));
    }
}
