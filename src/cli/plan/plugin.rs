//! The plans of `karat plugin check` and `karat plugin new`.

use std::path::PathBuf;

use karat::config::{Config, ExtractorKind};
use karat::error::{Diagnostic, Error};
use karat::extractor::process::{Mode, ProcessSettings};
use karat::limits;

use super::super::args::plugin::{Language, PluginArgs, PluginCheckArgs, PluginCommand, PluginNewArgs};
use super::super::output_format::OutputFormat;

/// What `karat plugin` does.
pub(in crate::cli) enum PluginPlan {
    Check(Box<ProtocolPlan>),
    New(NewPlan),
}

/// The program that is checked against the protocol.
pub(in crate::cli) struct ProtocolPlan {
    pub program: ProcessSettings,
    pub format: OutputFormat,
}

/// The starter project that is written.
pub(in crate::cli) struct NewPlan {
    pub folder: PathBuf,
    /// The name of the extractor, which is that of the folder.
    pub name: String,
    pub language: Language,
}

impl PluginPlan {
    /// Finds the program in the configuration, or checks the folder of a new project.
    pub fn resolve(args: &PluginArgs) -> Result<Self, Error> {
        match &args.command {
            PluginCommand::Check(args) => {
                Ok(Self::Check(Box::new(ProtocolPlan { program: program(args)?, format: args.format })))
            }
            PluginCommand::New(args) => Ok(Self::New(new(args)?)),
        }
    }
}

fn program(args: &PluginCheckArgs) -> Result<ProcessSettings, Error> {
    let mut settings = match &args.extractor {
        Some(name) => configured(args, name)?,
        None => ProcessSettings::new(args.program.clone(), PathBuf::from(".")),
    };
    settings.timeout = args.timeout.unwrap_or(settings.timeout);
    Ok(settings)
}

fn configured(args: &PluginCheckArgs, name: &str) -> Result<ProcessSettings, Error> {
    let config = Config::load(&args.config)?;
    config.limits.into_iter().for_each(limits::set);
    let Some(extractor) = config.extractors.iter().find(|extractor| extractor.name == name) else {
        let diagnostic = Diagnostic::new(format!("unknown extractor {name:?}")).in_file(&args.config);
        return Err(diagnostic.help_with_nearest(name, config.extractors.iter().map(|one| one.name.as_str())).into());
    };
    match &extractor.kind {
        ExtractorKind::Process(settings) if settings.mode == Mode::Lines => Ok(settings.as_ref().clone()),
        _ => {
            let diagnostic =
                Diagnostic::new(format!("[extractors.{name}] is not a program that speaks karat.extractor/1"));
            Err(diagnostic
                .in_file(&args.config)
                .help("only `kind = \"process\"` without `mode = \"once\"` can be checked")
                .into())
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
