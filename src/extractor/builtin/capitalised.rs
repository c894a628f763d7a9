//! A baseline that labels every run of capitalised words as an entity: the lower bound for entity
//! extractors on English text.
//!
//! The rule cannot distinguish kinds of entities, so all have one label. The default is `GPE`: the
//! OntoNotes labels PERSON, ORG and GPE are about equally frequent in news, and mentions of places
//! are most often the bare run (persons come with titles, organisations with articles and
//! lower-case words).

use rustc_hash::FxHashSet;

use serde::{Deserialize, Serialize};

use super::BaselineExtractor;
use crate::document::{Annotations, Document, Entity, Layer};
use crate::text::capitalised_runs::{CapitalisedRun, runs};
use crate::text::words::{is_acronym, words};

const CONNECTORS: &[&str] = &["of", "the", "for", "de", "von", "van", "der", "bin", "da"];

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CapitalisedOptions {
    /// The label of every entity.
    label: String,
    /// Whether `of`, `the`, `for` and the particles of personal names join two capitalised words.
    connectors: bool,
    /// The minimum number of words of a run.
    min_words: usize,
}

impl Default for CapitalisedOptions {
    fn default() -> Self {
        Self { label: "GPE".to_owned(), connectors: true, min_words: 1 }
    }
}

pub struct Capitalised(CapitalisedOptions);

impl BaselineExtractor for Capitalised {
    type Options = CapitalisedOptions;

    const NAME: &'static str = "capitalised";
    const ABOUT: &'static str = "every run of capitalised words is an entity, all of one label";
    const REVISION: u32 = 1;
    const LAYERS: &'static [Layer] = &[Layer::Entities];

    fn new(options: CapitalisedOptions) -> Result<Self, String> {
        if options.label.trim().is_empty() {
            return Err("`label` is empty: write the label that every entity gets, such as \"ORG\"".to_owned());
        }
        if options.min_words == 0 {
            return Err("`min_words` is 0: a run has at least 1 word".to_owned());
        }
        Ok(Self(options))
    }

    fn annotate(&self, document: &Document) -> Annotations {
        let text = document.text();
        let connectors = if self.0.connectors { CONNECTORS } else { &[] };
        let lower: FxHashSet<&str> = words(text, 0..text.len())
            .into_iter()
            .map(|word| &text[word.range])
            .filter(|word| word.starts_with(char::is_lowercase))
            .collect();
        let entities = runs(text, connectors)
            .into_iter()
            .filter(|run| run.words.len() >= self.0.min_words && is_name(text, run, &lower))
            .map(|run| Entity::new(document.span(run.range()), self.0.label.as_str()))
            .collect();
        Annotations { entities: Some(entities), ..Annotations::default() }
    }
}

/// Whether a run is a name. A single word that opens a sentence is not a name if the document also
/// contains it in lower case, unless it is an acronym.
fn is_name(text: &str, run: &CapitalisedRun, lower: &FxHashSet<&str>) -> bool {
    let surface = &text[run.range()];
    run.words.len() > 1 || !run.is_initial || is_acronym(surface) || !lower.contains(surface.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::{Capitalised, CapitalisedOptions};
    use crate::document::Document;
    use crate::extractor::builtin::BaselineExtractor;

    fn found(text: &str, options: CapitalisedOptions) -> Vec<String> {
        let document = Document::new("d", text);
        let annotations = Capitalised::new(options).unwrap().annotate(&document);
        annotations.entities.unwrap().into_iter().map(|entity| entity.text.unwrap()).collect()
    }

    #[test]
    fn finds_runs_in_any_script_with_capitals() {
        let text = "Talks began.\r\nIn Київ the talks of Éva Żak with the Bank of England’s staff and NATO ended.";
        assert_eq!(found(text, CapitalisedOptions::default()), ["Київ", "Éva Żak", "Bank of England", "NATO"]);
    }

    #[test]
    fn options_are_obeyed() {
        let options = CapitalisedOptions { connectors: false, min_words: 2, ..CapitalisedOptions::default() };
        assert_eq!(found("We saw New York and the Bank of England.", options), ["New York"]);
    }

    #[test]
    fn useless_options_are_refused() {
        let empty = CapitalisedOptions { label: " ".into(), ..CapitalisedOptions::default() };
        assert!(Capitalised::new(empty).err().unwrap().starts_with("`label`"));
        assert!(Capitalised::new(CapitalisedOptions { min_words: 0, ..CapitalisedOptions::default() }).is_err());
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert!(found("", CapitalisedOptions::default()).is_empty());
        assert!(found("… — “”!? • \r\n", CapitalisedOptions::default()).is_empty());
    }
}
