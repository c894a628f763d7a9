//! The plan of `karat init`.

use std::path::{Path, PathBuf};

use karat::config;
use karat::error::{Diagnostic, Error};

use super::super::args::init::{InitArgs, Template};
use super::super::args::plugin::Language;

/// The folder that is set up, and what is written there.
pub(in crate::cli) struct InitPlan {
    /// The folder; empty for the current one, so that its paths are shown as they are.
    pub folder: PathBuf,
    /// The example that the user named.
    pub template: Option<Template>,
    /// The language of the extractor that is written; `None` writes none.
    pub language: Option<Language>,
    pub has_workflow: bool,
    /// Whether the extractors are run in the end.
    pub runs: bool,
    pub is_dry_run: bool,
}

impl InitPlan {
    /// Checks that the folder can be set up. Fails if it has a karat.toml or is a file.
    pub fn resolve(args: &InitArgs) -> Result<Self, Error> {
        let folder = if args.folder == Path::new(".") { PathBuf::new() } else { args.folder.clone() };
        if folder.exists() && !folder.is_dir() {
            let diagnostic = Diagnostic::new("this is a file, not a folder").in_file(folder);
            return Err(diagnostic.help("name the folder of your data, or a new one").into());
        }
        let file = folder.join(config::FILE);
        if file.symlink_metadata().is_ok() {
            let diagnostic = Diagnostic::new("this folder is set up already").in_file(file);
            return Err(diagnostic.help("`karat run` runs it; to start anew, rename this file first").into());
        }
        Ok(Self {
            folder,
            template: args.template,
            language: args.lang,
            has_workflow: !args.no_ci,
            runs: !args.no_run,
            is_dry_run: args.dry_run,
        })
    }
}
