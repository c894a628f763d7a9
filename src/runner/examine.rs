//! Runs the conformance test on an extractor of the configuration.

use std::sync::Arc;
use std::time::Duration;

use crate::config::{ExtractorConfig, ExtractorKind};
use crate::error::Diagnostic;
use crate::extractor::conformance::{self, ConformanceCheck};
#[cfg(feature = "http")]
use crate::extractor::http::{Remote, Replay, Service, check_live};
#[cfg(feature = "process")]
use crate::extractor::process::{self, Mode, Process};
use crate::secrets::Secrets;

/// Runs all checks on a program, a script or a service, with the settings of its table and,
/// if it is given, another time limit for a document. Services are asked anew: recorded answers
/// are neither read nor written.
///
/// # Errors
/// Fails if the extractor is built in or a file of predictions, or if its settings are invalid.
pub fn examine(
    extractor: &ExtractorConfig,
    secrets: &Arc<Secrets>,
    timeout: Option<Duration>,
) -> Result<Vec<ConformanceCheck>, Diagnostic> {
    #[cfg(feature = "http")]
    let live = |service: &mut Service| {
        service.cassettes = None;
        service.replay = Replay::Never;
        service.timeout = timeout.unwrap_or(service.timeout);
        service.max_text
    };
    match &extractor.kind {
        #[cfg(feature = "process")]
        ExtractorKind::Process(settings) => {
            let mut settings = settings.as_ref().clone();
            settings.timeout = timeout.unwrap_or(settings.timeout);
            if settings.mode == Mode::Lines {
                return Ok(process::examine(&settings));
            }
            let max_text = settings.max_text;
            let script = Process::new(&extractor.name, settings, Arc::clone(secrets));
            Ok(conformance::examine(&script, max_text))
        }
        #[cfg(feature = "http")]
        ExtractorKind::Http(settings) => {
            check_live()?;
            let mut settings = settings.as_ref().clone();
            let max_text = live(&mut settings.service);
            let service = Remote::endpoint(&extractor.name, settings, Arc::clone(secrets))?;
            Ok(conformance::examine(&service, max_text))
        }
        #[cfg(feature = "http")]
        ExtractorKind::OpenAi(settings) => {
            check_live()?;
            let mut settings = settings.as_ref().clone();
            let max_text = live(&mut settings.service);
            let model = Remote::model(&extractor.name, settings, Arc::clone(secrets))?;
            Ok(conformance::examine(&model, max_text))
        }
        _ => {
            let message = format!("[extractors.{}] is neither a program nor a service", extractor.name);
            Err(Diagnostic::new(message).help("`kind = \"process\"`, `\"http\"` and `\"openai\"` can be checked"))
        }
    }
}
