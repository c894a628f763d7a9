//! Loads the schemas of records from their files, and validates golden files against them.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::entries::{KnownDocuments, ReadAs, load_entries_as};
use crate::document::{Step, Value};
use crate::error::{Diagnostic, position_of};
use crate::format::{Locator, Notes, Purpose, Source, decode, plainest_error};
use crate::metric::{Options, Schema};

/// Loads the schemas whose files the options name, relative to a folder. Invalid schemas are
/// skipped, with diagnostics.
pub fn load_schemas(options: &mut Options, folder: &Path) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for records in options.records.values_mut() {
        let Some(file) = records.schema.as_ref().map(|file| folder.join(file)) else { continue };
        match load(&file) {
            Ok(schema) => records.loaded = Some(Arc::new(schema)),
            Err(wrong) => diagnostics.extend(wrong),
        }
    }
    diagnostics
}

fn load(file: &Path) -> Result<Schema, Vec<Diagnostic>> {
    let bytes = fs::read(file).map_err(|error| {
        let diagnostic = Diagnostic::io("read the schema", file, &error);
        vec![diagnostic.help("`schema` is a path from the folder of the file that names it")]
    })?;
    let text = decode(&bytes).map_err(|diagnostic| vec![diagnostic.in_file(file)])?;
    let root: Value = serde_json::from_str(text).map_err(|error| vec![broken(file, text, &error)])?;
    let source = Source { file: file.to_owned(), line: 0 };
    Schema::new(root).map_err(|diagnostics| {
        let located = diagnostics.into_iter().map(|wrong| {
            let diagnostic = Diagnostic::new(wrong.message);
            let diagnostic = match wrong.help {
                Some(help) => diagnostic.help(help),
                None => diagnostic.help("docs/FORMAT.md lists the keywords of schemas"),
            };
            (diagnostic, wrong.path)
        });
        source.locate_all(located.collect(), text)
    })
}

fn broken(file: &Path, text: &str, error: &serde_json::Error) -> Diagnostic {
    let plainest = plainest_error(text, error);
    let error = plainest.as_ref().unwrap_or(error);
    let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let at = text.floor_char_boundary((line_start + error.column().saturating_sub(1)).min(text.len()));
    let words = error.to_string();
    let bare = words.rfind(" at line ").map_or(words.as_str(), |end| &words[..end]);
    Diagnostic::new(format!("broken JSON: {bare}"))
        .in_file(file)
        .at(position_of(text, at))
        .help("a schema is a JSON file")
}

/// Validates golden files against the schemas of their records, and returns the violations. The
/// files are read again for this, if there is any schema, to locate violations in them.
pub fn check_schemas(golden: &Path, read_as: ReadAs<'_>, options: &Options) -> Vec<Diagnostic> {
    let with_schema: Vec<_> =
        options.records.iter().filter_map(|(name, records)| Some((name, records.loaded.as_ref()?))).collect();
    if with_schema.is_empty() {
        return Vec::new();
    }
    // What readers assume was noted when the files were loaded.
    let read_as = ReadAs { notes: Notes::default(), ..read_as }.with_purpose(Purpose::Gold);
    let entries = load_entries_as(golden, read_as, &KnownDocuments::new()).value;
    let (mut diagnostics, mut locator) = (Vec::new(), Locator::default());
    for entry in entries.values() {
        for (name, schema) in &with_schema {
            for (at, record) in entry.annotations.records_of(name).unwrap_or_default().iter().enumerate() {
                for violation in schema.violations_in_gold(record) {
                    let pointer = violation.pointer();
                    let above = [Step::Key("records".to_owned()), Step::Key((*name).clone()), Step::Index(at)];
                    let path: Vec<Step> = above.into_iter().chain(violation.path).collect();
                    let message = format!("/records/{name}/{at}{pointer}: {}", violation.message);
                    let diagnostic =
                        Diagnostic::new(message).of_document(&entry.id).help("fix the golden file, or the schema");
                    diagnostics.push(locator.in_json(diagnostic, &entry.source, &path));
                }
            }
        }
    }
    diagnostics
}
