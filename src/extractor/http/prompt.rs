//! The default prompt, for configurations that do not give their own.

use std::fs;
use std::path::{Path, PathBuf};

use super::template::unknown_id;
use crate::document::{Layer, LayerSet};
use crate::error::Diagnostic;
use crate::format::decode;

/// The placeholders of a prompt; `meta.FIELD` is allowed as well.
pub(super) const PLACEHOLDERS: [&str; 4] = ["text", "id", "labels", "meta"];

/// A prompt of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PromptSource {
    /// The text of the prompt.
    Here(String),
    /// The path of a file with the prompt.
    File(PathBuf),
}

impl PromptSource {
    /// Reads the template.
    ///
    /// # Errors
    /// Fails if the file cannot be read, contains a misspelt placeholder, or lacks `{text}`.
    pub(super) fn read(&self) -> Result<String, Diagnostic> {
        let path = match self {
            Self::Here(text) => return Ok(text.clone()),
            Self::File(path) => path,
        };
        let bytes = fs::read(path).map_err(|error| Diagnostic::io("read the prompt", path, &error))?;
        let text = decode(&bytes).map_err(|diagnostic| diagnostic.in_file(path))?;
        check(text, path)?;
        Ok(text.to_owned())
    }
}

fn check(text: &str, path: &Path) -> Result<(), Diagnostic> {
    if let Some((name, near)) = unknown_id(text, &PLACEHOLDERS) {
        let at = text.find(&format!("{{{name}}}")).unwrap_or_default();
        let diagnostic =
            Diagnostic::new(format!("`{{{name}}}` is not a placeholder")).help(format!("did you mean `{{{near}}}`?"));
        return Err(diagnostic.in_file(path).at_bytes(text, at..at + name.len() + 2));
    }
    if !text.contains("{text}") {
        let diagnostic = Diagnostic::new("the prompt does not contain the document's text").in_file(path);
        return Err(diagnostic.help("write `{text}` where the text belongs"));
    }
    Ok(())
}

/// The default system message.
pub(super) fn system() -> String {
    "You annotate documents. You answer with JSON that follows the schema you are given, and with nothing else. What you quote, \
     you copy from the document character by character: you correct nothing, and you leave nothing out."
        .to_owned()
}

/// The default system message for an answer in prose.
pub(super) fn system_of_prose() -> String {
    "You summarise documents. You answer with the summary, and with nothing else.".to_owned()
}

/// The default user message for an answer in prose.
pub(super) fn user_of_prose() -> String {
    "Write one short summary of the document below in your own words.\n\nThe document:\n\n{text}".to_owned()
}

/// The default user message for the given layers and entity labels.
pub(super) fn user(layers: &LayerSet, labels: &[String]) -> String {
    let mut lines = vec!["Annotate the document below.".to_owned(), String::new()];
    lines.extend(layers.iter().map(|layer| format!("- `{layer}`: {}", task(layer, labels))));
    lines.extend(["".to_owned(), "The document:".to_owned(), String::new(), "{text}".to_owned()]);
    lines.join("\n")
}

fn task(layer: &Layer, labels: &[String]) -> &'static str {
    match layer {
        Layer::Entities if labels.is_empty() => {
            "every mention of an entity, in the order of the text, with its quote and its label. A mention that comes again is \
             given again."
        }
        Layer::Entities => {
            "every mention of an entity, in the order of the text, with its quote and its label, which is one of {labels}. A \
             mention that comes again is given again."
        }
        Layer::KeySentences => "the sentences that make the best summary of the document, each quoted as a whole.",
        Layer::Summaries => "one short summary of the document in your own words.",
        Layer::Keyphrases => "the noun phrases that say what the document is about, the most important first.",
        Layer::KeyPoints => "the facts that a good summary must have, each in a sentence of its own.",
        // The configuration rejects these layers.
        Layer::Relations | Layer::Events | Layer::Coreference | Layer::Records(_) | Layer::Scores(_) => "nothing.",
    }
}
