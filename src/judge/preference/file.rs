//! Reads preferences from files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::rows::{Columns, Row, text_of};
use crate::error::{Diagnostic, Recovered};
use crate::format::{decode, sha256};
use crate::stats::Preference;

/// What one judge says about the answers of two systems to one document, in the order in which they
/// were shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreferenceRow {
    /// Id of the document.
    pub document: String,
    /// The system that was shown first, and the one that was shown second.
    pub systems: [String; 2],
    /// Which of them is better.
    pub preference: Preference,
    /// The judge or person; empty if the file names none.
    pub judge: String,
}

/// The preferences of files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreferenceFile {
    /// The rows, in the order of the files.
    pub rows: Vec<PreferenceRow>,
    /// The first 12 hex digits of the SHA-256 hash of each file's content.
    pub hashes: Vec<String>,
}

const HELP: &str =
    "a preference has `id`, `first`, `second`, `verdict` (first, second or tie) and, if there are several, `judge`";

const COLUMNS: Columns<5> = Columns { names: ["id", "first", "second", "verdict", "judge"], required: 4, help: HELP };

impl PreferenceFile {
    /// Reads files of JSON lines or tables with a header.
    ///
    /// # Errors
    /// Fails with every invalid line of every file, and with every second verdict of a judge on the
    /// same answers in the same order.
    pub fn load(paths: &[PathBuf]) -> Result<Self, Vec<Diagnostic>> {
        let (mut file, mut diagnostics) = (Self::default(), Vec::new());
        let mut seen: BTreeMap<(String, String, [String; 2]), (PathBuf, usize)> = BTreeMap::new();
        for path in paths {
            let found = file.add(path, &mut seen);
            diagnostics.extend(found.into_iter().map(|diagnostic| diagnostic.in_file(path)));
        }
        if diagnostics.is_empty() { Ok(file) } else { Err(diagnostics) }
    }

    fn add(
        &mut self,
        path: &Path,
        seen: &mut BTreeMap<(String, String, [String; 2]), (PathBuf, usize)>,
    ) -> Vec<Diagnostic> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return vec![Diagnostic::io("read the preferences", path, &error)],
        };
        let text = match decode(&bytes) {
            Ok(text) => text,
            Err(diagnostic) => return vec![diagnostic],
        };
        self.hashes.push(sha256(text)[..12].to_owned());
        let Recovered { value: rows, mut diagnostics } = COLUMNS.read(text);
        for row in rows {
            let line = row.line;
            match preference(row) {
                Err(diagnostic) => diagnostics.push(diagnostic.at((line, 1))),
                Ok(row) => {
                    let key = (row.judge.clone(), row.document.clone(), row.systems.clone());
                    if let Some((earlier, at)) = seen.insert(key, (path.to_owned(), line)) {
                        let message = format!(
                            "a second verdict on the same answers in the same order ({}:{at} has one)",
                            earlier.display()
                        );
                        let diagnostic = Diagnostic::new(message).of_document(&row.document).at((line, 1));
                        diagnostics.push(diagnostic.help("remove one of them, or name different judges"));
                    }
                    self.rows.push(row);
                }
            }
        }
        diagnostics.sort_by_key(|diagnostic| diagnostic.position);
        diagnostics
    }
}

fn preference(row: Row<5>) -> Result<PreferenceRow, Diagnostic> {
    let has_judge = matches!(&row.cells[4], Some(judge) if !judge.is_null() && judge.as_str() != Some(""));
    let text = |cell| text_of(cell).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let [id, first, second, verdict, judge] = row.cells.map(|cell| cell.and_then(text));
    let need = |cell: Option<String>, column: &str| {
        cell.ok_or_else(|| Diagnostic::new(format!("there is no `{column}`")).help(HELP))
    };
    let document = need(id, "id")?;
    let of = |diagnostic: Diagnostic| diagnostic.of_document(&document);
    let systems = [need(first, "first").map_err(of)?, need(second, "second").map_err(of)?];
    if systems[0] == systems[1] {
        let diagnostic = Diagnostic::new(format!("the system {:?} is compared with itself", systems[0]));
        return Err(of(
            diagnostic.help("`first` and `second` name the two systems in the order in which they were shown")
        ));
    }
    if let Some(name) = systems.iter().find(|name| ["first", "second", "tie"].contains(&name.as_str())) {
        let diagnostic = Diagnostic::new(format!("a system is called {name:?}, which a verdict means otherwise"));
        return Err(of(diagnostic.help("rename the system")));
    }
    if has_judge && judge.is_none() {
        return Err(of(Diagnostic::new("`judge` is not a name").help(HELP)));
    }
    let verdict = need(verdict, "verdict").map_err(of)?;
    let preference = match verdict.as_str() {
        "first" => Preference::First,
        "second" => Preference::Second,
        "tie" => Preference::Tie,
        name if name == systems[0] => Preference::First,
        name if name == systems[1] => Preference::Second,
        _ => {
            let diagnostic = Diagnostic::new(format!(
                "{verdict:?} is not a verdict: use `first`, `second`, `tie`, or the name of one of the systems"
            ));
            return Err(of(diagnostic));
        }
    };
    Ok(PreferenceRow { document, systems, preference, judge: judge.unwrap_or_default() })
}

#[cfg(test)]
mod tests {
    use super::{Preference, PreferenceFile};

    fn load(text: &str) -> Result<PreferenceFile, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("p");
        std::fs::write(&path, text).unwrap();
        let plain = |diagnostics: Vec<crate::error::Diagnostic>| {
            diagnostics.into_iter().map(|found| format!("{:?} {}", found.position, found.message)).collect()
        };
        PreferenceFile::load(&[path]).map_err(plain)
    }

    #[test]
    fn lines_and_tables_are_equivalent() {
        let json = "{\"id\": 1, \"first\": \"a\", \"second\": \"b\", \"verdict\": \"b\", \"judge\": \"j\"}\n";
        let (one, other) =
            (load(json).unwrap(), load("id\tfirst\tsecond\tverdict\tjudge\n1\ta\tb\tsecond\tj\n").unwrap());
        assert_eq!((&one.rows, one.rows[0].preference), (&other.rows, Preference::Second));
    }

    #[test]
    fn every_wrong_line_is_reported() {
        let row = |first: &str, verdict: &str| format!("1,{first},b,{verdict}\n");
        let text = format!(
            "id,first,second,verdict\n{}{}{}{}{}",
            row("a", "first"),
            row("b", "tie"),
            row("a", "tie"),
            row("c", "3"),
            row("tie", "first")
        );
        let found = load(&text).unwrap_err().join("\n");
        for part in [
            "(6, 1)) a system is called \"tie\"",
            "(3, 1)) the system \"b\"",
            "(4, 1)) a second verdict",
            "(5, 1)) \"3\" is not a verdict",
        ] {
            assert!(found.contains(part), "{part}: {found}");
        }
        assert!(load("id,first,second\n").unwrap_err()[0].contains("no column `verdict`"));
    }
}
