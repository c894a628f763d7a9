//! The plans of `karat plugin check` and `karat plugin new`.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use karat::config::{Config, ExtractorConfig};
use karat::error::{Diagnostic, Error};
use karat::extractor::process::ProcessSettings;
use karat::limits;
use karat::secrets::Secrets;

use super::super::args::plugin::{Language, PluginArgs, PluginCheckArgs, PluginCommand, PluginNewArgs};
use super::super::output_format::OutputFormat;

/// What `karat plugin` does.
pub(in crate::cli) enum PluginPlan {
    Check(ConformancePlan),
    New(NewPlan),
}

/// The check of an extractor.
pub(in crate::cli) struct ConformancePlan {
    pub subject: CheckSubject,
    /// The file that the extractor's table is in.
    pub config: PathBuf,
    pub format: OutputFormat,
}

/// The extractor that is checked.
pub(in crate::cli) enum CheckSubject {
    /// A program that the command line names.
    Program(Box<ProcessSettings>),
    /// An extractor of karat.toml, with the time limit of the command line.
    Extractor { extractor: Box<ExtractorConfig>, secrets: Arc<Secrets>, timeout: Option<Duration> },
}

/// The starter project that is written.
pub(in crate::cli) struct NewPlan {
    pub folder: PathBuf,
    /// The name of the extractor, which is that of the folder.
    pub name: String,
    pub language: Language,
}

impl PluginPlan {
    /// Finds the extractor in the configuration, or checks the folder of a new project.
    pub fn resolve(args: &PluginArgs) -> Result<Self, Error> {
        match &args.command {
            PluginCommand::Check(args) => {
                let subject = subject(args)?;
                Ok(Self::Check(ConformancePlan { subject, config: args.config.clone(), format: args.format }))
            }
            PluginCommand::New(args) => Ok(Self::New(new(args)?)),
        }
    }
}

fn subject(args: &PluginCheckArgs) -> Result<CheckSubject, Error> {
    let Some(name) = &args.extractor else {
        let mut program = ProcessSettings::new(args.program.clone(), PathBuf::from("."));
        program.timeout = args.timeout.unwrap_or(program.timeout);
        return Ok(CheckSubject::Program(Box::new(program)));
    };
    let config = Config::load(&args.config)?;
    config.limits.into_iter().for_each(limits::set);
    let secrets = Arc::new(config.secrets());
    let names: Vec<String> = config.extractors.iter().map(|extractor| extractor.name.clone()).collect();
    match config.extractors.into_iter().find(|extractor| extractor.name == *name) {
        Some(extractor) => {
            Ok(CheckSubject::Extractor { extractor: Box::new(extractor), secrets, timeout: args.timeout })
        }
        None => {
            let diagnostic = Diagnostic::new(format!("unknown extractor {name:?}")).in_file(&args.config);
            Err(diagnostic.help_with_nearest(name, names.iter().map(String::as_str)).into())
        }
    }
}

fn new(args: &PluginNewArgs) -> Result<NewPlan, Error> {
    let folder = &args.folder;
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // The name becomes a package name, a table key and a string literal in four languages.
    let fits = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char == '_');
    if !fits {
        let diagnostic = Diagnostic::new(format!("{name:?} cannot be an extractor's name")).in_file(folder);
        return Err(diagnostic.help("use ASCII letters, digits, `-` and `_`, and begin with a letter").into());
    }
    if folder.exists() {
        let diagnostic = Diagnostic::new("this folder already exists").in_file(folder);
        return Err(diagnostic.help("name another folder: existing files are not overwritten").into());
    }
    Ok(NewPlan { folder: folder.clone(), name, language: args.lang })
}
