//! `karat schema`: prints the JSON Schemas of karat's files. They are committed under `schemas/`
//! and embedded, so that a program always prints the schemas of what it reads and writes.

use karat::error::{Diagnostic, Error};
use serde_json::Value;

use super::args::schema::SchemaArgs;
use super::table::Cell;
use super::{exit, output, table};

/// A schema of a file.
pub(super) struct Schema {
    /// The name under which it is printed.
    pub name: &'static str,
    text: &'static str,
}

macro_rules! schemas {
    ($($name:literal)*) => {
        /// All schemas, in the order of the list.
        pub(super) const SCHEMAS: &[Schema] =
            &[$(Schema { name: $name, text: include_str!(concat!("../../schemas/", $name, ".json")) }),*];
    };
}

schemas! {
    "karat.toml"
    "dataset.toml"
    "document"
    "scores"
    "systems"
    "run_scores"
    "difference"
    "comparison"
    "gate"
    "power"
    "aa"
    "agreement"
    "meta"
    "ranking"
    "check"
    "plugin"
    "run"
    "baseline"
    "history"
    "history_list"
    "history_run"
    "history_trend"
    "history_diff"
}

impl Schema {
    /// Returns the title, which says what the schema describes.
    pub fn about(&self) -> String {
        let schema: Value = serde_json::from_str(self.text).unwrap_or_default();
        schema["title"].as_str().unwrap_or_default().to_owned()
    }
}

/// Returns the text of the schema of karat.toml.
pub(super) fn of_configuration() -> &'static str {
    SCHEMAS[0].text
}

pub(super) fn execute(args: &SchemaArgs) -> Result<u8, Error> {
    let Some(name) = &args.schema else {
        let mut rows = table::new(["schema", "what it describes"]).prose(&[1]);
        for schema in SCHEMAS {
            rows.add_row([Cell::from(schema.name), Cell::message(&schema.about())]);
        }
        output::print_text(&table::render_words(&rows))?;
        return Ok(exit::PASS);
    };
    // `karat.scores/1` is the name in the files themselves.
    let bare = name.strip_prefix("karat.").and_then(|name| name.split('/').next());
    let found = SCHEMAS.iter().find(|schema| schema.name == name || Some(schema.name) == bare);
    let Some(schema) = found else {
        let diagnostic = Diagnostic::new(format!("there is no schema {name:?}"));
        return Err(diagnostic.help_with_nearest(name, SCHEMAS.iter().map(|schema| schema.name)).into());
    };
    output::print_json(schema.text)?;
    Ok(exit::PASS)
}
