//! Resolves which parts of an annotation tool's export are read.

use karat::corpus::{load_label_names, load_text_key};
use karat::error::Error;
use karat::format::{Annotators, Export};

use super::super::args::export::ExportArgs;

/// Reads the files that the arguments name. `--map text=KEY` takes precedence over the labelling
/// configuration when a file is read.
pub(super) fn resolve(args: &ExportArgs) -> Result<Export, Error> {
    Ok(Export {
        annotators: named(args.annotator.as_deref()),
        text_key: args.label_config.as_deref().map(load_text_key).transpose()?,
        label_names: args.label_names.as_deref().map(load_label_names).transpose()?.unwrap_or_default(),
        ..Export::default()
    })
}

/// Returns the choice of an annotator by name, or of the only one.
pub(super) fn named(name: Option<&str>) -> Annotators {
    name.map_or(Annotators::Only, |name| Annotators::Named(name.to_owned()))
}
