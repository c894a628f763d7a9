//! Reads the table of an extractor of `kind = "process"`.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use super::extractors::{COMMON_KEYS, REPLY_KEYS};
use super::reader::Reader;
use super::values::{Count, Size, Time, UnitName};
use super::{Config, ExtractorKind};
use crate::extractor::process::{Mode, ProcessSettings};

const PROCESS_KEYS: [&str; 17] = [
    "command",
    "mode",
    "layers",
    "workers",
    "in_flight",
    "timeout",
    "start_timeout",
    "retries",
    "backoff",
    "max_output",
    "max_text",
    "offset_unit",
    "env",
    "env_names",
    "cwd",
    "files",
    "lock",
];

/// The values of the table. All but `command` are optional.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProcessTable {
    command: Vec<String>,
    mode: Option<Mode>,
    workers: Option<Count>,
    in_flight: Option<Count>,
    timeout: Option<Time>,
    start_timeout: Option<Time>,
    retries: Option<u32>,
    backoff: Option<Time>,
    max_output: Option<Size>,
    max_text: Option<Size>,
    offset_unit: Option<UnitName>,
    env: BTreeMap<String, String>,
    env_names: Vec<String>,
    cwd: Option<PathBuf>,
    files: Vec<PathBuf>,
    lock: Option<PathBuf>,
}

impl Reader<'_> {
    pub(super) fn process(&mut self, name: &str, at: Range<usize>, table: &DeTable<'_>) -> Option<ExtractorKind> {
        let known: Vec<&str> = COMMON_KEYS.into_iter().chain(REPLY_KEYS).chain(PROCESS_KEYS).collect();
        let table_name = format!("extractors.{name}");
        self.refuse_unknown_keys(table, &table_name, &known);
        let layers = self.layers(table);
        let read: ProcessTable = self.typed_table(table, &PROCESS_KEYS)?;
        if read.command.first().is_none_or(String::is_empty) {
            let span = table.get("command").map_or(at, Spanned::span);
            self.diagnostic(
                format!("[{table_name}] names no program"),
                Some(span),
                "write `command = [\"python3\", \"mine.py\"]`",
            );
            return None;
        }
        // The program's working directory may be another one, where a relative path would not
        // resolve.
        let home = if self.folder.as_os_str().is_empty() { Path::new(".") } else { self.folder };
        let home = std::path::absolute(home).unwrap_or_else(|_| home.to_owned());
        let folder = read.cwd.map_or_else(|| home.clone(), |cwd| home.join(cwd));
        let mut settings = ProcessSettings { home: home.clone(), ..ProcessSettings::new(read.command, folder) };
        // A program given by a path is resolved against the folder of the configuration, whatever
        // its working directory is.
        if let Some(program) = settings.command.first_mut().filter(|program| program.contains('/')) {
            *program = home.join(&*program).display().to_string();
        }
        let is_once =
            settings.command.iter().any(|argument| argument.contains("{input}") || argument.contains("{document}"));
        settings.mode = match read.mode {
            Some(mode) => mode,
            None if is_once => Mode::Once,
            None => Mode::Lines,
        };
        if settings.mode == Mode::Once && layers.is_none() {
            let diagnostic = format!("[{table_name}] runs once a document, and names no `layers`");
            self.diagnostic(diagnostic, Some(at), "write the layers that it fills, as in `layers = [\"entities\"]`");
            return None;
        }
        settings.layers = layers;
        let Count(workers) = read.workers.unwrap_or(Count(settings.workers));
        let Count(in_flight) = read.in_flight.unwrap_or(Count(settings.in_flight));
        (settings.workers, settings.in_flight) = (workers, in_flight);
        settings.timeout = read.timeout.map_or(settings.timeout, |time| time.0);
        settings.start_timeout = read.start_timeout.map_or(settings.start_timeout, |time| time.0);
        settings.retries = read.retries.unwrap_or(settings.retries);
        settings.backoff = read.backoff.map_or(settings.backoff, |time| time.0);
        settings.max_output = read.max_output.map_or(self.limits.reply, |size| size.0);
        settings.max_text = read.max_text.map(|size| size.0);
        settings.offset_unit = read.offset_unit.map(|UnitName(unit)| unit);
        (settings.env, settings.env_names) = (read.env, read.env_names);
        settings.files = read.files.into_iter().map(|file| home.join(file)).collect();
        settings.lock = read.lock.map(|file| home.join(file));
        Some(ExtractorKind::Process(Box::new(settings)))
    }

    /// Sets which files beside their scripts programs do not depend on: the configuration, the
    /// datasets, recorded answers, baselines and reports.
    pub(super) fn ignore_data(&self, config: &mut Config) {
        let own = ["reports", "golden/baselines"].map(|folder| self.folder.join(folder));
        let datasets = config.datasets.values();
        let data = datasets.flat_map(|dataset| [dataset.documents.clone(), dataset.golden.clone()]);
        let recorded = config.extractors.iter().filter_map(|extractor| match &extractor.kind {
            ExtractorKind::Predictions(files) => Some(files.path.clone()),
            #[cfg(feature = "http")]
            ExtractorKind::Http(settings) => settings.service.cassettes.clone(),
            #[cfg(feature = "http")]
            ExtractorKind::OpenAi(settings) => settings.service.cassettes.clone(),
            _ => None,
        });
        let ignored: Vec<PathBuf> = own.into_iter().chain([self.file.to_owned()]).chain(data).chain(recorded).collect();
        for extractor in &mut config.extractors {
            if let ExtractorKind::Process(settings) = &mut extractor.kind {
                settings.ignored.clone_from(&ignored);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::ProcessTable;

    fn table(text: &str) -> Result<ProcessTable, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn times_and_sizes_have_units() {
        let time = |text: &str| table(&format!("timeout = {text}")).map(|table| table.timeout.unwrap().0);
        assert_eq!(time("\"30s\""), Ok(Duration::from_secs(30)));
        assert_eq!(time("\"1m 30s\""), Ok(Duration::from_secs(90)));
        assert_eq!(time("\"200ms\""), Ok(Duration::from_millis(200)));
        assert_eq!(time("1.5"), Ok(Duration::from_millis(1500)));
        for wrong in ["\"0s\"", "\"-1s\"", "\"soon\"", "0", "-2", "1e300", "\"9000h\""] {
            assert!(time(wrong).unwrap_err().contains("a time is written"), "{wrong}");
        }
        let size = |text: &str| table(&format!("max_output = {text}")).map(|table| table.max_output.unwrap().0);
        assert_eq!((size("\"64MB\""), size("\"2 KB\""), size("7")), (Ok(64_000_000), Ok(2_000), Ok(7)));
        for wrong in ["\"0MB\"", "\"many\"", "\"99999999999999GB\""] {
            assert!(size(wrong).unwrap_err().contains("a size is written"), "{wrong}");
        }
        assert!(table("workers = 0").is_err() && table("in_flight = 5000").is_err());
    }
}
