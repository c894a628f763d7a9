//! `karat check --fix`: fixes golden files. All of them are replaced together at the end, so that
//! an error leaves every file unchanged.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use karat::check::{FixOutcome, Fixed, fix};
use karat::corpus::Lenient;
use karat::error::{Diagnostic, Error};
use karat::format::{Source, decode, is_compressed, is_parquet};
use karat::store::Staging;

/// The results of fixing golden files.
#[derive(Default)]
pub(super) struct FixedFiles {
    /// The changed files.
    pub files: Vec<Fixed>,
    /// Golden objects that are not fixed because their offsets do not count code points: the id of
    /// the document and the source of the object.
    pub other_units: Vec<(String, Source)>,
}

/// Fixes the golden files of datasets. Fails if a file cannot be read or written.
pub(super) fn fix_files(loaded: &[Lenient]) -> Result<FixedFiles, Error> {
    let mut fixed = FixedFiles::default();
    let mut staging = Staging::default();
    for dataset in loaded {
        let mut files: BTreeMap<&Path, Vec<(&String, &Source)>> = BTreeMap::new();
        for (id, source) in &dataset.golden {
            files.entry(&source.file).or_default().push((id, source));
        }
        for (file, objects) in files {
            fix_file(file, &objects, dataset, &mut fixed, &mut staging)?;
        }
    }
    staging.commit()?;
    Ok(fixed)
}

fn fix_file(
    file: &Path,
    objects: &[(&String, &Source)],
    dataset: &Lenient,
    fixed: &mut FixedFiles,
    staging: &mut Staging,
) -> Result<(), Error> {
    let bytes = fs::read(file).map_err(|error| Error::from(Diagnostic::io("read this", file, &error)))?;
    if is_compressed(&bytes) {
        let diagnostic = Diagnostic::new("--fix does not write compressed files").in_file(file);
        return Err(diagnostic.help("decompress it, and check the file that comes out").into());
    }
    if is_parquet(&bytes) {
        let diagnostic = Diagnostic::new("--fix does not write Parquet files").in_file(file);
        return Err(diagnostic
            .help("`karat convert` writes its documents to a .jsonl file, which --fix writes")
            .into());
    }
    let text = decode(&bytes).map_err(|diagnostic| Error::from(diagnostic.in_file(file)))?;
    let mark = &bytes[..bytes.len() - text.len()];
    // Lines keep their line breaks. A file that contains a single object counts as one line.
    let whole = objects.iter().any(|(_, source)| source.line == 0);
    let mut lines: Vec<String> =
        if whole { vec![text.to_owned()] } else { text.split_inclusive('\n').map(str::to_owned).collect() };
    let before = fixed.files.len();
    for (id, source) in objects {
        let document = dataset.dataset.references.get(*id).and_then(|reference| reference.document.as_ref());
        let (Some(document), Some(line)) = (document, lines.get_mut(source.line.saturating_sub(1))) else { continue };
        match fix(line, document) {
            FixOutcome::Unchanged => {}
            FixOutcome::OtherUnit => fixed.other_units.push(((*id).clone(), (*source).clone())),
            FixOutcome::Fixed(text, changes) => {
                *line = text;
                let changes = changes.to_string();
                fixed.files.push(Fixed { file: source.to_string(), document: (*id).clone(), changes });
            }
        }
    }
    if fixed.files.len() > before {
        staging.add(file, &[mark, lines.concat().as_bytes()].concat())?;
    }
    Ok(())
}
