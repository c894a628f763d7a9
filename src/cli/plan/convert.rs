//! The plan of `karat convert`.

use std::path::{Path, PathBuf};

use karat::corpus::ReadAs;
use karat::error::{Diagnostic, Error};
use karat::format::tokens::{Column, TokenOptions};
use karat::format::{Format, Purpose};

use super::super::args::convert::{ConvertArgs, DenyLosses};
use super::export;

/// What `karat convert` reads, and what it writes where.
pub(in crate::cli) struct ConvertPlan<'a> {
    pub input: PathBuf,
    pub read_as: ReadAs<'a>,
    pub documents: Option<PathBuf>,
    pub to: &'static Format,
    pub out: PathBuf,
    /// Whether the format writes a folder of files.
    pub writes_folder: bool,
    /// Whether the ids of documents become names of files.
    pub ids_are_names: bool,
    pub refuses_losses: bool,
    pub overwrites: bool,
}

/// The output path that means standard output.
const PRINTED: &str = "-";

impl<'a> ConvertPlan<'a> {
    /// Whether the output is printed on standard output.
    pub fn is_printed(&self) -> bool {
        self.out == Path::new(PRINTED)
    }

    /// Decides whether the output is a file or a folder, and reads the files about the export.
    /// Fails if one of them is invalid, or if a field has two sources.
    pub fn resolve(args: &'a ConvertArgs) -> Result<Self, Error> {
        let is_printed = args.out == Path::new(PRINTED);
        if is_printed && args.to.folder {
            let diagnostic = Diagnostic::new(format!("{} writes several files, which cannot be printed", args.to.name));
            return Err(diagnostic.help("name a folder with --out").into());
        }
        let is_folder = !is_printed && is_folder(&args.out);
        let mut export = export::resolve(&args.export)?;
        if args.predictions {
            export.purpose = Purpose::Predictions;
        }
        let offset_unit = args.offset_unit.map(Into::into);
        let column = args.column.as_deref().map(Column::from).unwrap_or_default();
        Ok(Self {
            input: args.input.clone(),
            read_as: ReadAs {
                format: args.from,
                offset_unit,
                form: args.form.form(),
                tokens: TokenOptions { column, notation: args.tags, ..TokenOptions::default() },
                export,
                misfit: args.misfit.into(),
                labels: args.class_names.unwrap_or_default(),
                map: args.fields.fields()?,
                ..ReadAs::default()
            },
            documents: args.documents.clone(),
            to: args.to,
            out: args.out.clone(),
            writes_folder: args.to.folder || (args.to.name == "karat" && is_folder),
            ids_are_names: args.to.folder || is_folder,
            refuses_losses: args.deny == Some(DenyLosses::Losses),
            overwrites: args.force,
        })
    }
}

/// Returns whether a path is a folder, or does not exist and has no extension.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || (!path.exists() && path.extension().is_none())
}
