//! `karat run --stream`: extracts and scores documents without loading the dataset, so that memory
//! does not grow with its size.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Instant;

use karat::corpus::{Dataset, FolderLines};
use karat::document::LayerSet;
use karat::error::{Diagnostic, Error};
use karat::extractor::Extractor;
use karat::format::{answer_to_lines, read_line, sha256_of_file};
use karat::history::RunSource;
use karat::report::{ExtractorReport, Report, cut_message};
use karat::runner::{Answers, DatasetFiles, NoCache, Observer, Plan, RunEvent, Streamed, Timings, Watch, stream};
use karat::score::streamed::{Obstacle, StreamedFiles};
use karat::score::{Engine, Origin, Policy, Scores, Settings, Status, declared};
use karat::secrets::Secrets;
use karat::store::{Header, Manifest, PredictionsFile, Project, RunWriter, Staging};
use serde::Deserialize;

use super::history::{RecordedAs, Recording};
use super::plan::RunPlan;
use super::printing::is_csv_safe;
use super::progress::Progress;
use super::reporting::{mark_part, print_summary};
use super::run_location::{self, RunFolderArgs};
use super::{exit, interrupt, notes, output, threads};

pub(super) fn execute(resolved: &RunPlan) -> Result<u8, Error> {
    let begun = Instant::now();
    let RunPlan { config, selection, .. } = resolved;
    let location = RunFolderArgs::of(resolved);
    let mut environment = location.environment(resolved.jobs);
    let pool = threads::pool(environment.jobs)?;
    let files = OnceLock::new();
    let run = || {
        let (plan, opened) = Plan::of_files(&config.parsed, &config.path, selection)?;
        let files = files.get_or_init(|| opened);
        notes::of_plan(&plan);
        notes::unprotected(&plan.secrets);
        let hashes = hashes(files)?;
        let documents = hashes.iter().map(|(name, [documents, _])| (name.clone(), documents.clone())).collect();
        let header = Header::new(&plan, &environment.started).on_files(documents);
        let (folder, journal, _lock) = location.begin(resolved.is_resumed, &plan, &header, &mut environment)?;
        let recording = Recording::begin(config.home());
        let (mut reports, mut counts, mut is_whole) = (Vec::new(), Vec::new(), true);
        for (dataset, settings) in &plan.datasets {
            let mut report = Report { is_of_run: true, ..Report::new(dataset) };
            for extractor in &plan.extractors {
                let Some(built) = extractor.on.get(&dataset.name) else { continue };
                let predictions = folder.full_predictions(&dataset.name, &extractor.name);
                built.handshake();
                let run = OneRun {
                    dataset,
                    files: &files[&dataset.name],
                    predictions,
                    published: folder.run.predictions(&dataset.name, &extractor.name),
                    secrets: &plan.secrets,
                    keep_failed: extractor.keep_failed.as_deref(),
                };
                let streamed = run.extract(built.as_ref(), resolved.is_quiet)?;
                is_whole &= streamed.is_whole;
                report.unlisted = report.unlisted.max(streamed.documents());
                let listed = streamed.is_whole.then(|| run.score(built.as_ref(), settings)).transpose()?;
                if streamed.is_whole && dataset.is_confidential {
                    run.publish()?;
                }
                report.extractors.push(of_extractor(
                    &extractor.name,
                    &streamed,
                    listed.unwrap_or_default(),
                    resolved.has_timings,
                ));
                counts.push((extractor.name.clone(), dataset.name.clone(), streamed, layers(built.as_ref())));
            }
            if dataset.is_confidential {
                report.withhold_texts();
            }
            reports.push(report);
        }
        if !is_whole {
            output::note("stopped; the same command with --resume continues\n");
            return Ok(exit::INCOMPLETE);
        }
        environment.ended = run_location::now();
        environment.gap().iter().for_each(|gap| mark_part(&mut reports, gap));
        let id = location.id(&environment);
        let mut answers = Answers::default();
        let mut manifest = Manifest::new(&plan, &answers, environment);
        for (name, [documents, golden]) in hashes {
            let size =
                reports.iter().find(|report: &&Report| report.dataset == name).map_or(0, |report| report.unlisted);
            manifest.set_files(&name, size, documents, golden);
        }
        for (extractor, dataset, streamed, layers) in &counts {
            manifest.set_streamed(extractor, dataset, streamed, layers);
            manifest.set_predictions(extractor, dataset, written(&folder.run.predictions(dataset, extractor))?);
        }
        let writer = RunWriter::new(&folder, &answers, manifest)?.with_errors(&plan)?;
        let manifest = writer.with_safe_csv(is_csv_safe()).finish(&reports)?;
        let profile = selection.profile.as_ref();
        let recorded_as = RecordedAs { id: &id, source: RunSource::Run, profile, is_interrupted: false };
        recording.finish(&folder, &manifest, &reports, recorded_as);
        Project::new(config.home()).ignore_in_git()?;
        journal.finish()?;
        for (extractor, dataset, streamed, _) in counts {
            answers.accounts.insert((extractor, dataset), streamed.account);
        }
        let shown = (resolved.format, resolved.is_quiet);
        print_summary(&reports, &answers, &folder, shown, &resolved.files_to_write, begun)
    };
    let result = pool.install(run);
    let files = files.get().into_iter().flat_map(BTreeMap::values);
    result.map_err(|error| files.fold(error, |error, files| files.locate(error)))
}

/// Maximum size of the golden and predicted lines in memory at a time, in bytes. It keeps every
/// thread busy, and is half the window of `karat score`, since document texts are in memory too.
const WINDOW: usize = 1 << 20;

fn layers(extractor: &dyn Extractor) -> Vec<String> {
    extractor.layers().iter().map(ToString::to_string).collect()
}

/// Returns the SHA-256 hashes of the documents and of the golden files, by dataset: of a folder,
/// that of its content, otherwise that of the file.
fn hashes(files: &BTreeMap<String, DatasetFiles>) -> Result<BTreeMap<String, [String; 2]>, Error> {
    let hash = |folder: &Option<FolderLines>, path: &Path| match folder {
        Some(lines) => Ok(lines.sha256().to_owned()),
        None => sha256_of_file(path).map_err(|error| Diagnostic::io("read this", path, &error)),
    };
    files
        .iter()
        .map(|(name, DatasetFiles { documents, golden, folders: [of_documents, of_golden] })| {
            Ok((name.clone(), [hash(of_documents, documents)?, hash(of_golden, golden)?]))
        })
        .collect::<Result<_, Diagnostic>>()
        .map_err(Error::from)
}

/// Reads the manifest's entry for a file of predictions. Fails if the file cannot be read.
fn written(file: &Path) -> Result<PredictionsFile, Diagnostic> {
    File::open(file).and_then(PredictionsFile::read).map_err(|error| Diagnostic::io("read this", file, &error))
}

/// One extractor on one dataset.
struct OneRun<'a> {
    dataset: &'a Dataset,
    files: &'a DatasetFiles,
    /// The path of the predictions with their texts.
    predictions: PathBuf,
    /// The path of the predictions in the run folder, which is the same unless the dataset is
    /// confidential.
    published: PathBuf,
    secrets: &'a Secrets,
    keep_failed: Option<&'a Path>,
}

impl OneRun<'_> {
    /// Extracts predictions into a partial file, which is renamed when it is complete. Resumes an
    /// existing partial file. If the predictions are complete already, returns their counts.
    fn extract(&self, extractor: &dyn Extractor, is_quiet: bool) -> Result<Streamed, Error> {
        let path = &self.predictions;
        let partial = path.with_extension("jsonl.partial");
        let write = |error: std::io::Error| Diagnostic::io("write this", path, &error);
        fs::create_dir_all(path.parent().unwrap_or(path)).map_err(write)?;
        if self.published != *path {
            // The run may have been interrupted before its dataset became confidential.
            for left in [self.published.clone(), self.published.with_extension("jsonl.partial")] {
                match fs::remove_file(&left) {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(write(error).into()),
                    _ => {}
                }
            }
        }
        if path.exists() {
            let (_, mut streamed) = earlier(&mut File::open(path).map_err(write)?).map_err(write)?;
            (streamed.is_whole, streamed.is_resumed) = (true, true);
            streamed.account.reported_version = extractor.reported_version();
            return Ok(streamed);
        }
        let mut out = OpenOptions::new().create(true).read(true).append(true).open(&partial).map_err(write)?;
        let done = earlier(&mut out).map_err(write)?;
        let progress = Progress::new(is_quiet);
        progress.note(&RunEvent::Started { tasks: 0 });
        let watch = Watch {
            observer: &progress,
            stop: interrupt::flag(),
            cache: &NoCache,
            secrets: self.secrets,
            keep_failed: self.keep_failed,
        };
        let streamed = stream(extractor, self.dataset, &self.files.documents, out, done, watch)?;
        progress.note(&RunEvent::Ended);
        if streamed.is_whole {
            fs::rename(&partial, path).map_err(write)?;
        }
        Ok(streamed)
    }

    /// Writes the predictions without texts to the run folder.
    fn publish(&self) -> Result<(), Error> {
        let path = &self.predictions;
        let read = |error: std::io::Error| Error::from(Diagnostic::io("read this", path, &error));
        let lines = BufReader::with_capacity(1 << 16, File::open(path).map_err(read)?).lines();
        let (mut staging, mut is_withheld) = (Staging::default(), false);
        staging.write(&self.published, |out| {
            lines.into_iter().enumerate().try_for_each(|(at, line)| {
                let entry = read_line(path, at + 1, &line?).map_err(|why| std::io::Error::other(why.to_string()))?;
                let id = entry.id.clone();
                let left = entry.into_answer().without_texts();
                is_withheld |= left.is_withheld();
                out.write_all(answer_to_lines(&id, &left).as_bytes())
            })
        })?;
        staging.commit()?;
        if !is_withheld {
            fs::remove_file(path).map_err(|error| Diagnostic::io("remove this", path, &error))?;
        }
        Ok(())
    }

    fn score(&self, extractor: &dyn Extractor, settings: &Settings) -> Result<Scores, Error> {
        let files = [self.files.golden.as_path(), &self.predictions];
        let documents = Some(self.files.documents.as_path());
        let policy = Policy { origin: Origin::Run, ..Policy::default() };
        let files = StreamedFiles { documents, window: WINDOW, ..StreamedFiles::new(files, policy) };
        let engine = match files.count(|| Engine::new(settings)) {
            Ok(engine) => engine,
            Err(Obstacle::Diagnostics(diagnostics)) => return Err(Error::Input(diagnostics)),
            Err(Obstacle::MustLoad) => {
                let diagnostic =
                    Diagnostic::new("these files cannot be scored as they are read").in_file(&self.files.golden);
                return Err(diagnostic
                    .help("docs/METHODOLOGY.md lists what needs loaded documents; run without --stream")
                    .into());
            }
        };
        // A program that declares no layers, or never its layers, is scored on none.
        let declared = match extractor.layers() {
            [] if extractor.pipeline().is_some() => LayerSet::new(),
            layers => declared(engine.layers().0, layers.iter().cloned().collect(), None),
        };
        Ok(engine.finish(&declared))
    }
}

/// Returns the number of complete lines in a file of predictions, and the counts of their statuses.
/// Truncates an incomplete last line.
fn earlier(file: &mut File) -> std::io::Result<(usize, Streamed)> {
    #[derive(Deserialize)]
    struct Line {
        id: String,
        status: Option<String>,
        error: Option<String>,
    }
    let (mut lines, mut whole, mut streamed) = (0, 0_u64, Streamed::default());
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::with_capacity(1 << 16, file.by_ref());
    let mut bytes = Vec::new();
    while reader.read_until(b'\n', &mut bytes)? > 0 {
        if bytes.last() != Some(&b'\n') {
            break;
        }
        if let Ok(Line { id, status, error }) = serde_json::from_slice::<Line>(&bytes) {
            let status = status.and_then(|status| status.parse().ok()).unwrap_or(Status::Ok);
            streamed.count(&id, status, error.as_deref());
        }
        lines += 1;
        whole += bytes.len() as u64;
        bytes.clear();
    }
    drop(reader);
    if file.metadata()?.len() > whole {
        file.set_len(whole)?;
    }
    Ok((lines, streamed))
}

fn of_extractor(name: &str, streamed: &Streamed, scores: Scores, timings: bool) -> ExtractorReport {
    ExtractorReport {
        ends: streamed.unanswered.iter().map(|(id, end)| (id.clone(), cut_message(end.clone()))).collect(),
        timings: timings.then(|| Timings::of(&streamed.account)),
        unlisted: streamed.counts.iter().map(|(status, count)| (*status, *count)).collect(),
        ..ExtractorReport::unlisted(name.to_owned(), scores)
    }
}
