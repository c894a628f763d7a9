//! The examples of `karat init --template`. Their files are embedded from the folder `templates`.
//! Each has six documents: with fewer than five, no gate rule can fail.

use super::super::args::init::Template;

/// An example: a dataset and the built-in extractors that run on it.
pub(super) struct Example {
    /// The content of `dataset.toml`.
    pub info: &'static str,
    /// The documents with their golden files.
    pub documents: &'static [ExampleDocument],
    /// The built-in extractors.
    pub builtins: &'static [&'static str],
    /// The metric of the gate rule.
    pub metric: &'static str,
}

/// A document of an example.
pub(super) struct ExampleDocument {
    pub id: &'static str,
    pub text: &'static str,
    pub golden: &'static str,
}

macro_rules! example {
    ($name:literal, [$($id:literal),*], $builtins:expr, $metric:literal) => {
        const {
            &Example {
                info: include_str!(concat!("templates/", $name, "/dataset.toml")),
                documents: &[$(ExampleDocument {
                    id: $id,
                    text: include_str!(concat!("templates/", $name, "/docs/", $id, ".txt")),
                    golden: include_str!(concat!("templates/", $name, "/golden/", $id, ".json")),
                }),*],
                builtins: &$builtins,
                metric: $metric,
            }
        }
    };
}

pub(super) fn example(template: Template) -> &'static Example {
    match template {
        Template::Entities => {
            example!(
                "entities",
                ["ferry", "flood", "library", "market", "merger", "race"],
                ["rules", "patterns"],
                "entities.strict.f1"
            )
        }
        Template::Summaries => {
            example!(
                "summaries",
                ["bees", "bridge", "orchard", "radio", "sleep", "tram"],
                ["lead", "textrank"],
                "summary.rouge1.f1"
            )
        }
        Template::Records => {
            example!(
                "records",
                ["budget", "clinic", "council", "museum", "strike", "trial"],
                ["statements"],
                "records.statements.f1"
            )
        }
    }
}
