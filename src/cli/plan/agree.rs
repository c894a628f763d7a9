//! The plan of `karat agree`.

use std::path::{Path, PathBuf};

use karat::error::{Diagnostic, Error};
use karat::score::Settings;

use super::super::args::{AgreeArgs, MissingDocuments};
use super::super::output_format::OutputFormat;

/// Which annotators `karat agree` compares, and what it writes.
pub(in crate::cli) struct AgreePlan {
    /// The files of each annotator, or one export of several annotators.
    pub annotators: Vec<PathBuf>,
    /// The documents, if they were named.
    pub documents: Option<PathBuf>,
    /// Whether an annotator may lack documents of another one.
    pub accepts_missing: bool,
    /// The layers to compare, as settings.
    pub settings: Settings,
    /// The file of the worklist.
    pub worklist: Option<PathBuf>,
    pub format: OutputFormat,
}

impl AgreePlan {
    /// Fails if the worklist would overwrite a file of an annotator.
    pub fn resolve(args: &AgreeArgs) -> Result<Self, Error> {
        if let Some(out) = &args.out {
            refuse_input_as_output(out, &args.annotators)?;
        }
        let layers = (!args.layers.is_empty()).then(|| args.layers.iter().cloned().collect());
        Ok(Self {
            annotators: args.annotators.clone(),
            documents: args.documents.clone(),
            accepts_missing: args.missing == MissingDocuments::Skip,
            settings: Settings { layers, ..Settings::default() },
            worklist: args.out.clone(),
            format: args.format,
        })
    }
}

/// Fails if the worklist would overwrite a file of an annotator.
fn refuse_input_as_output(out: &Path, inputs: &[PathBuf]) -> Result<(), Error> {
    let Ok(target) = out.canonicalize() else { return Ok(()) };
    let is_input = |input: &PathBuf| input.canonicalize().is_ok_and(|input| target.starts_with(input));
    if !inputs.iter().any(is_input) {
        return Ok(());
    }
    let diagnostic = Diagnostic::new("this is an annotator's file, which the output would overwrite").in_file(out);
    Err(diagnostic.help("name another file with --out").into())
}
