//! Finds the JSON object in the text of a model's answer, which may be preceded by reasoning, put
//! between Markdown fences, or surrounded by prose.

use std::ops::Range;

use crate::document::{LayerSet, Value};
use crate::plain_words::plain_words;
use crate::text::excerpt;

/// The tags of reasoning blocks.
const REASONING: [(&str, &str); 3] =
    [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>")];
/// The most `{` in prose that may begin an object.
const MOST_OBJECTS: usize = 10_000;

/// Returns the JSON value of an answer. What surrounds it is left out with a note, unless `strict`
/// forbids it.
///
/// # Errors
/// Fails with a whole sentence if there is no JSON object, or several that may be meant.
pub(super) fn json_answer(
    content: &str,
    layers: &LayerSet,
    strict: bool,
    notes: &mut Vec<String>,
) -> Result<Value, String> {
    let content = content.trim();
    let error = match serde_json::from_str::<Value>(content) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if strict {
        return Err(not_json(content, ", and `strict_answer` allows nothing around it", &error));
    }
    let text = without_opened_reasoning(content, notes)?;
    surrounded(text, layers, notes).or_else(|message| match behind_reasoning(text, notes)? {
        Some(rest) => surrounded(rest, layers, notes),
        None => Err(message),
    })
}

fn not_json(content: &str, detail: &str, error: &serde_json::Error) -> String {
    let words = error.to_string();
    // A position helps only in a line that the message shows as a whole.
    let words = if content.len() > 80 { plain_words(&words) } else { words };
    format!("the model's answer is not JSON{detail} ({words}): {}", excerpt(content))
}

/// Returns the JSON value in a text with fences or prose around it.
fn surrounded(text: &str, layers: &LayerSet, notes: &mut Vec<String>) -> Result<Value, String> {
    let (inner, is_fenced) = unfenced(text);
    let error = match serde_json::from_str(inner) {
        Ok(value) => {
            if is_fenced {
                notes.push("the model put its answer between ``` fences".to_owned());
            }
            return Ok(value);
        }
        Err(error) => error,
    };
    let Objects { mut found, is_cut_off } = objects(inner);
    if is_cut_off {
        return Err(format!(
            "the model's answer has a JSON object that does not end: raise `max_tokens`: {}",
            excerpt(text)
        ));
    }
    // What precedes the end of a reasoning block is a draft, unless the tag is within an object.
    let ends = REASONING.into_iter().flat_map(|(_, close)| inner.match_indices(close).map(|(at, _)| at));
    let is_within = |at: usize| found.iter().any(|(range, _)| range.contains(&at));
    if let Some(end) = ends.filter(|at| !is_within(*at)).max() {
        found.retain(|(range, _)| range.start > end);
        if found.is_empty() {
            return Err(format!("the model's answer has no JSON object behind its reasoning: {}", excerpt(text)));
        }
    }
    let all: Vec<Value> = found.into_iter().map(|(_, value)| value).collect();
    let has_layer = |value: &&Value| layers.iter().any(|layer| value.get(&layer.to_string()).is_some());
    let meant: Vec<&Value> = all.iter().filter(has_layer).collect();
    let only = match (meant.as_slice(), all.as_slice()) {
        ([one], _) => (*one).clone(),
        ([], [one]) => one.clone(),
        ([], []) => return Err(not_json(text, if is_fenced { " between its ``` fences" } else { "" }, &error)),
        (several, all) => {
            let count = if several.is_empty() { all.len() } else { several.len() };
            return Err(format!("the model's answer contains {count} JSON objects, and not one: {}", excerpt(text)));
        }
    };
    notes.push("the model wrote text around its JSON object, which was left out".to_owned());
    Ok(only)
}

/// Returns an answer in prose without the reasoning block at its beginning.
///
/// # Errors
/// Fails if the block does not end, or if nothing follows it.
pub(super) fn without_reasoning<'c>(content: &'c str, notes: &mut Vec<String>) -> Result<&'c str, String> {
    let text = without_opened_reasoning(content, notes)?;
    Ok(if text.len() < content.trim().len() { text } else { behind_reasoning(text, notes)?.unwrap_or(text) })
}

fn without_opened_reasoning<'c>(content: &'c str, notes: &mut Vec<String>) -> Result<&'c str, String> {
    let content = content.trim();
    let Some((open, close)) = REASONING.into_iter().find(|(open, _)| content.starts_with(open)) else {
        return Ok(content);
    };
    match content.split_once(close) {
        Some((_, rest)) => answer_behind(rest, open, notes),
        None => Err(format!("the model's answer is a `{open}` block that does not end: raise `max_tokens`")),
    }
}

/// The text behind a reasoning block whose opening tag was part of the prompt.
fn behind_reasoning<'c>(text: &'c str, notes: &mut Vec<String>) -> Result<Option<&'c str>, String> {
    let found = REASONING.into_iter().find_map(|(open, close)| Some((open, text.split_once(close)?.1)));
    found.map(|(open, rest)| answer_behind(rest, open, notes)).transpose()
}

fn answer_behind<'c>(rest: &'c str, open: &str, notes: &mut Vec<String>) -> Result<&'c str, String> {
    let rest = rest.trim();
    if rest.is_empty() {
        return Err(format!("the model's answer is only a `{open}` block: there is no answer behind it"));
    }
    notes.push(format!("the model's answer begins with a `{open}` block, which was left out"));
    Ok(rest)
}

/// Returns an answer without Markdown code fences, and whether there were any.
pub(super) fn unfenced(content: &str) -> (&str, bool) {
    let content = content.trim();
    let Some(rest) = content.strip_prefix("```") else { return (content, false) };
    let Some((_, rest)) = rest.split_once('\n') else { return (content, false) };
    (rest.trim_end().strip_suffix("```").unwrap_or(rest).trim(), true)
}

/// The JSON objects in a text that are not within one another.
struct Objects {
    /// The objects with their ranges, in bytes.
    found: Vec<(Range<usize>, Value)>,
    /// Whether the text ends within an object that has a key.
    is_cut_off: bool,
}

fn objects(text: &str) -> Objects {
    let (mut found, mut from, mut is_cut_off) = (Vec::new(), 0, false);
    for _ in 0..MOST_OBJECTS {
        let Some(at) = text[from..].find('{').map(|at| from + at) else { break };
        let mut values = serde_json::Deserializer::from_str(&text[at..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                from = at + values.byte_offset();
                found.push((at..from, value));
            }
            other => {
                let has_key = text[at + 1..].trim_start().starts_with('"');
                is_cut_off |= has_key && other.is_some_and(|read| read.is_err_and(|error| error.is_eof()));
                from = at + 1;
            }
        }
    }
    Objects { found, is_cut_off }
}

#[cfg(test)]
mod tests {
    use super::{json_answer, unfenced};
    use crate::document::{Layer, LayerSet};

    fn read(content: &str) -> Result<(String, Vec<String>), String> {
        let mut notes = Vec::new();
        let value = json_answer(content, &LayerSet::from([Layer::Summaries]), false, &mut notes)?;
        Ok((value.to_string(), notes))
    }

    #[test]
    fn what_surrounds_the_object_is_left_out() {
        let plain = r#"{"summaries":["a </think> {b}"]}"#;
        for (content, note) in [
            (plain.to_owned(), None),
            (format!("<think>It is {{short}}.\n{{\"summaries\": []}}</think>\n\n{plain}"), Some("`<think>` block")),
            (format!("```json\n{plain}\n```"), Some("``` fences")),
            (format!("Here is {{it}}:\n```json\n{plain}\n```\nDone {{}}."), Some("text around")),
            (format!("Sure! {plain}"), Some("text around")),
        ] {
            let (value, notes) = read(&content).unwrap();
            assert_eq!(value, plain, "{content}");
            assert_eq!(notes.len(), usize::from(note.is_some()), "{notes:?}");
            assert!(notes.iter().zip(note).all(|(found, part)| found.contains(part)), "{notes:?}");
        }
        // A block whose opening tag was part of the prompt, with a draft in it.
        let (value, notes) = read(&format!("Not {{\"summaries\": []}}.</think>\n{plain}")).unwrap();
        assert_eq!((value.as_str(), notes.len()), (plain, 1));
        assert!(read(r#"{"summaries": []} or {"summaries": ["x"]}"#).unwrap_err().contains("2 JSON objects"));
        let draft = r#"Maybe {"summaries": []}.</think> I cannot summarise this."#;
        assert!(read(draft).unwrap_err().contains("is not JSON"));
        let cut = r#"As in {"summaries": []}: {"summaries": ["Ada"#;
        assert!(read(cut).unwrap_err().contains("does not end: raise `max_tokens`"));
        assert!(read("<think>so").unwrap_err().contains("does not end: raise `max_tokens`"));
        assert!(read("<think>so</think> ").unwrap_err().contains("there is no answer behind it"));
        let strict = json_answer(&format!("Sure! {plain}"), &LayerSet::new(), true, &mut Vec::new());
        assert!(strict.unwrap_err().contains("`strict_answer` allows nothing around it"));
    }

    #[test]
    fn fences_are_taken_off() {
        assert_eq!(unfenced(" ```json\n{}\n``` \n"), ("{}", true));
        assert_eq!(unfenced("```\n{}"), ("{}", true));
        assert_eq!((unfenced("{}"), unfenced("```")), (("{}", false), ("```", false)));
    }
}
