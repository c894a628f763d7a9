//! Reads the files that annotation tools write beside their exports: labelling configurations,
//! which name the text of a task, and lists of labels, whose numbers some exports contain.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::document::Value;
use crate::error::Diagnostic;
use crate::format::decode;

/// The tags of Label Studio's labelling configuration that show a text.
static TEXT_TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?s)<(?:Text|HyperText|Paragraphs)\b([^>]*)>").expect("the pattern is well formed"));
/// The attribute that names the key of the data.
static VALUE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"\bvalue\s*=\s*["']\$([^"']+)["']"#).expect("the pattern is well formed"));

fn text_of(file: &Path) -> Result<String, Diagnostic> {
    let bytes = fs::read(file).map_err(|error| Diagnostic::io("read this", file, &error))?;
    decode(&bytes).map(str::to_owned).map_err(|diagnostic| diagnostic.in_file(file))
}

/// Returns the key of the text in a task's data, which the labelling configuration of Label Studio
/// names as `value="$key"`.
///
/// # Errors
/// Fails if the file cannot be read, or shows no text or several.
pub fn load_text_key(file: &Path) -> Result<String, Diagnostic> {
    let text = text_of(file)?;
    let tags = TEXT_TAG.captures_iter(&text).filter_map(|tag| VALUE.captures(tag.get(1)?.as_str())?.get(1));
    let mut keys: Vec<&str> = tags.map(|key| key.as_str()).collect();
    keys.dedup();
    match keys[..] {
        [key] => Ok(key.to_owned()),
        [] => {
            let diagnostic = Diagnostic::new("the labelling configuration shows no text").in_file(file);
            Err(diagnostic.help("it must contain a tag such as `<Text name=\"text\" value=\"$text\"/>`"))
        }
        _ => {
            let message = format!("the labelling configuration shows several texts: {}", keys.join(", "));
            Err(Diagnostic::new(message).in_file(file).help("leave the tag of the text that was labelled"))
        }
    }
}

/// Returns the names of labels by their numbers: from doccano's export of labels, which is a list
/// of objects with `id` and `text`, or from a list of names or lines of names, which count from 0.
///
/// # Errors
/// Fails if the file cannot be read or contains none of these.
pub fn load_label_names(file: &Path) -> Result<BTreeMap<String, String>, Diagnostic> {
    let text = text_of(file)?;
    if !text.trim_start().starts_with(['[', '{']) {
        let names = text.lines().map(str::trim).filter(|line| !line.is_empty());
        return Ok((0..).zip(names).map(|(number, name): (usize, _)| (number.to_string(), name.to_owned())).collect());
    }
    let wrong = || {
        let diagnostic = Diagnostic::new("this is no list of labels").in_file(file);
        diagnostic.help("it must be a JSON list of names, or of objects with `id` and `text`, or one name a line")
    };
    let root: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
    let items = root.as_array().ok_or_else(wrong)?;
    let pair = |(number, item): (usize, &Value)| {
        if let Some(name) = item.as_str() {
            return Some((number.to_string(), name.to_owned()));
        }
        let name = ["text", "name", "label"].iter().find_map(|key| item.get(key)?.as_str())?;
        Some((item.get("id")?.to_string(), name.to_owned()))
    };
    items.iter().enumerate().map(pair).collect::<Option<_>>().ok_or_else(wrong)
}
