//! Reads verdicts from a file, either JSON lines or a table with a header.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::rows::{Columns, Row, text_of};
use super::support::parse_support;
use crate::document::{KeyPoint, KeyPointVerdict, Reference, Status, Value};
use crate::error::{Diagnostic, Recovered};
use crate::format::{decode, sha256};
use crate::score::System;

/// A file of verdicts by document and key point.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictFile {
    /// Path of the file, as the user wrote it.
    pub path: PathBuf,
    /// The first 12 hex digits of the SHA-256 hash of the content, which identify the file in
    /// signatures.
    pub hash: String,
    /// The verdicts by document id and [`KeyPoint::name`].
    pub verdicts: BTreeMap<String, BTreeMap<String, KeyPointVerdict>>,
    /// SHA-256 of the summary that was judged, where the file says which it was.
    summaries: BTreeMap<(String, String), String>,
}

/// The rows of the file.
const COLUMNS: Columns<5> =
    Columns { names: ["id", "key_point", "verdict", "sentence", "summary_sha256"], required: 3, help: HELP };

impl VerdictFile {
    /// Reads a file and validates it against the golden files: every verdict must refer to an
    /// existing key point.
    ///
    /// # Errors
    /// Fails with every invalid line, or if two key points of a document share an id.
    pub fn load(path: &Path, references: &BTreeMap<String, Reference>) -> Result<Self, Vec<Diagnostic>> {
        let bytes = std::fs::read(path).map_err(|error| vec![Diagnostic::io("read the verdicts", path, &error)])?;
        let text = decode(&bytes).map_err(|diagnostic| vec![diagnostic.in_file(path)])?;
        let doubles = double_names(references);
        if !doubles.is_empty() {
            return Err(doubles);
        }
        let Recovered { value: rows, mut diagnostics } = COLUMNS.read(text);
        let mut verdicts: BTreeMap<String, BTreeMap<String, KeyPointVerdict>> = BTreeMap::new();
        let mut summaries = BTreeMap::new();
        for row in rows {
            let line = row.line;
            let summary = row.cells[4].clone().and_then(text_of);
            match verdict(row, references) {
                Err(diagnostic) => diagnostics.push(diagnostic.at((line, 1))),
                Ok((id, point, verdict)) => match verdicts.entry(id.clone()).or_default().entry(point) {
                    Entry::Vacant(entry) => {
                        summaries.extend(summary.map(|summary| ((id, entry.key().clone()), summary)));
                        entry.insert(verdict);
                    }
                    Entry::Occupied(entry) => {
                        let message = format!("a second verdict on the key point {:?}", entry.key());
                        diagnostics
                            .push(Diagnostic::new(message).of_document(id).at((line, 1)).help("remove one of them"));
                    }
                },
            }
        }
        diagnostics.sort_by_key(|diagnostic| diagnostic.position);
        let hash = sha256(text)[..12].to_owned();
        let file = Self { path: path.to_owned(), hash, verdicts, summaries };
        if diagnostics.is_empty() {
            Ok(file)
        } else {
            Err(diagnostics.into_iter().map(|diagnostic| diagnostic.in_file(path)).collect())
        }
    }

    /// The source of the verdicts in signatures: `file:HASH`.
    pub fn given(&self) -> String {
        format!("file:{}", self.hash)
    }

    /// Removes the verdicts on other summaries than those that `summary` returns by the id of the
    /// document, as far as the file says which summaries were judged. Returns the number of removed
    /// verdicts.
    pub fn retain_of<'s>(&mut self, summary: impl Fn(&str) -> Option<&'s str>) -> usize {
        let mut removed = 0;
        for ((id, point), judged) in &self.summaries {
            if summary(id).map(sha256).as_ref() != Some(judged) {
                removed += usize::from(self.verdicts.get_mut(id).is_some_and(|points| points.remove(point).is_some()));
            }
        }
        removed
    }

    /// Adds the verdicts to the answered predictions.
    ///
    /// # Errors
    /// Fails with every golden key point of an answered document that lacks a verdict.
    pub fn attach(&self, references: &BTreeMap<String, Reference>, system: &mut System) -> Result<(), Vec<Diagnostic>> {
        let nothing = BTreeMap::new();
        let mut diagnostics = Vec::new();
        for (id, reference) in references {
            let Some(answer) =
                system.answers.get_mut(id).filter(|answer| answer.each().any(|one| one.status == Status::Ok))
            else {
                continue;
            };
            let verdicts = self.verdicts.get(id).unwrap_or(&nothing);
            let missing = names(reference).into_iter().filter(|name| !verdicts.contains_key(name));
            diagnostics.extend(missing.map(|name| {
                let diagnostic = Diagnostic::new(format!("there is no verdict on the key point {name:?}"));
                diagnostic.of_document(id).in_file(&self.path).help("every key point of an answered document needs one")
            }));
            answer.annotations_mut().for_each(|annotations| annotations.verdicts = Some(verdicts.clone()));
        }
        if diagnostics.is_empty() { Ok(()) } else { Err(diagnostics) }
    }
}

/// Returns an error for each document with two golden key points of the same id, since a verdict
/// could refer to either.
pub(super) fn double_names(references: &BTreeMap<String, Reference>) -> Vec<Diagnostic> {
    let double = |(id, reference): (&String, &Reference)| {
        let mut seen = BTreeSet::new();
        let name = names(reference).into_iter().find(|name| !seen.insert(name.clone()))?;
        let diagnostic = Diagnostic::new(format!("two key points have the id {name:?}")).of_document(id);
        Some(diagnostic.help("a verdict could refer to either"))
    };
    references.iter().filter_map(double).collect()
}

/// The names of the golden key points of a document.
fn names(reference: &Reference) -> Vec<String> {
    let points: Vec<&KeyPoint> = reference.gold.key_points.iter().flatten().collect();
    points.iter().enumerate().map(|(index, point)| point.name(index)).collect()
}

/// Returns the document, the key point and the verdict of a row.
fn verdict(
    row: Row<5>,
    references: &BTreeMap<String, Reference>,
) -> Result<(String, String, KeyPointVerdict), Diagnostic> {
    let [id, point, verdict, sentence, _] = row.cells;
    let need = |cell: Option<Value>, column: &str| {
        cell.and_then(text_of).ok_or_else(|| Diagnostic::new(format!("there is no `{column}`")).help(HELP))
    };
    let id = need(id, "id")?;
    let Some(reference) = references.get(&id) else {
        let diagnostic = Diagnostic::new(format!("there is no golden file of the document {id:?}"));
        return Err(diagnostic.help_with_nearest(&id, references.keys().map(String::as_str)));
    };
    let point = need(point, "key_point").map_err(|diagnostic| diagnostic.of_document(&id))?;
    let names = names(reference);
    if !names.contains(&point) {
        let diagnostic = Diagnostic::new(format!("there is no key point {point:?}")).of_document(&id);
        return Err(diagnostic.help_with_nearest(&point, names.iter().map(String::as_str)));
    }
    let Some(verdict) = verdict else {
        return Err(Diagnostic::new("there is no `verdict`").of_document(&id).help(HELP));
    };
    let support = serde_json::from_str(&verdict.to_string())
        .map_err(|error| error.to_string())
        .and_then(|verdict| parse_support(&verdict))
        .map_err(|message| Diagnostic::new(message).of_document(&id))?;
    Ok((id, point, KeyPointVerdict { support, sentence: sentence.and_then(text_of) }))
}

const HELP: &str = "a verdict has `id`, `key_point`, `verdict` and, if known, `sentence`";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::VerdictFile;
    use crate::document::{Annotations, Answer, KeyPoint, Reference, Status, Support};
    use crate::score::System;

    fn references() -> BTreeMap<String, Reference> {
        let named = KeyPoint { id: Some("K1".to_owned()), ..KeyPoint::default() };
        let gold = Annotations { key_points: Some(vec![named, KeyPoint::default()]), ..Annotations::default() };
        let reference = Reference { gold, ..Reference::default() };
        [("a".to_owned(), reference.clone()), ("b".to_owned(), reference)].into()
    }

    fn load(text: &str) -> Result<VerdictFile, Vec<String>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v");
        std::fs::write(&path, text).unwrap();
        let plain = |diagnostics: Vec<crate::error::Diagnostic>| {
            diagnostics
                .into_iter()
                .map(|diagnostic| format!("{:?} {}", diagnostic.position, diagnostic.message))
                .collect()
        };
        VerdictFile::load(&path, &references()).map_err(plain)
    }

    #[test]
    fn lines_and_tables_are_equivalent() {
        let json = "{\"id\": \"a\", \"key_point\": \"K1\", \"verdict\": 0.5, \"sentence\": \"So.\"}\n\n\
                    {\"id\": \"a\", \"key_point\": \"#2\", \"verdict\": \"not_support\", \"note\": 1}\n";
        let table = "key_point;id;verdict;sentence\nK1;a;partial;So.\n#2;a;0;\n";
        let (one, other) = (load(json).unwrap(), load(table).unwrap());
        assert_eq!(one.verdicts, other.verdicts);
        assert_eq!(one.verdicts["a"]["K1"].support, Support::Partial);
        assert_eq!(one.verdicts["a"]["#2"].sentence, None);
        assert_ne!(one.hash, other.hash);
    }

    #[test]
    fn every_wrong_line_is_reported() {
        let row = |rest: &str| format!("{{\"id\": \"a\", {rest}}}");
        let text = [
            row("\"key_point\": \"K1\", \"verdict\": 1"),
            row("\"key_point\": \"K1\", \"verdict\": 0"),
            row("\"key_point\": \"K9\", \"verdict\": 0"),
            row("\"key_point\": \"#2\", \"verdict\": \"maybe\""),
            row("\"key_point\": \"#2\""),
            "{\"id\": \"z\", \"key_point\": \"K1\", \"verdict\": 1}".to_owned(),
            "{".to_owned(),
        ];
        let diagnostics = load(&text.join("\n")).unwrap_err();
        assert_eq!(diagnostics.len(), 6);
        assert!(
            diagnostics.iter().any(|diagnostic| diagnostic.contains("(2, 1)") && diagnostic.contains("second verdict")),
            "{diagnostics:?}"
        );
        assert!(
            diagnostics.iter().any(|diagnostic| diagnostic.contains("\"maybe\" is not a verdict")),
            "{diagnostics:?}"
        );
        assert!(load("id,verdict\na,1\n").unwrap_err()[0].contains("no column `key_point`"));
    }

    #[test]
    fn verdicts_on_other_summaries_are_removed() {
        let own = crate::format::sha256("One.");
        let row = |id: &str, point: &str, hash: &str| {
            format!("{{\"id\": \"{id}\", \"key_point\": \"{point}\", \"verdict\": 1{hash}}}\n")
        };
        let of = |hash: &str| format!(", \"summary_sha256\": \"{hash}\"");
        let text =
            row("a", "K1", &of(&own)) + &row("a", "#2", &of("00")) + &row("b", "K1", &of(&own)) + &row("b", "#2", "");
        let mut file = load(&text).unwrap();
        assert_eq!(file.retain_of(|id| (id == "a").then_some("One.")), 2);
        let kept = |id: &str| file.verdicts[id].keys().map(String::as_str).collect::<Vec<_>>();
        // A verdict that does not say which summary was judged is kept.
        assert_eq!((kept("a"), kept("b")), (vec!["K1"], vec!["#2"]));
    }

    #[test]
    fn an_answered_document_needs_every_verdict() {
        let file = load("id,key_point,verdict\na,K1,1\n").unwrap();
        let answers = [
            ("a".to_owned(), Answer::ok(Annotations::default())),
            ("b".to_owned(), Answer::without(Status::Failed, "no")),
        ];
        let mut system = System { name: "x".to_owned(), declared: [].into(), answers: answers.into() };
        let diagnostics = file.attach(&references(), &mut system).unwrap_err();
        assert_eq!(diagnostics.len(), 1);
        assert!(diagnostics[0].message.contains("\"#2\"") && diagnostics[0].document.as_deref() == Some("a"));
    }
}
