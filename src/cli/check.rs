//! `karat check`: finds errors in golden files. With `--against`, reports golden labels that most
//! extractors of a run contradict alike. With `--fix`, trims white space at the edges of spans,
//! sorts entities and drops exact copies.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use karat::check::{Answers, Finding, Level, NOT_FIXED, Place, check, suspects};
use karat::config::Config;
use karat::corpus::Lenient;
use karat::error::{Diagnostic, Error};
use karat::format::{Locator, Source};
use karat::report::CheckExport;
use karat::store::{RunLayout, load_answers};

use super::args::check::{CheckArgs, Deny};
use super::fix::{FixedFiles, fix_files};
use super::output_format::OutputFormat;
use super::{diagnostics, exit, output, runs};

/// The name of a dataset and the paths of its files.
struct Target {
    name: String,
    documents: Option<PathBuf>,
    golden: PathBuf,
}

pub(super) fn execute(args: &CheckArgs) -> Result<u8, Error> {
    let targets = targets(args)?;
    let load = || -> Vec<Lenient> {
        targets.iter().map(|target| Lenient::load(&target.name, target.documents.as_deref(), &target.golden)).collect()
    };
    let mut loaded = load();
    let fixed = if args.fix { Some(fix_files(&loaded)?) } else { None };
    if fixed.as_ref().is_some_and(|fixed| !fixed.files.is_empty()) {
        loaded = load();
    }
    let mut findings = match &args.against {
        Some(run) => against(run, &loaded)?,
        None => loaded.iter().flat_map(lint).collect(),
    };
    findings.extend(fixed.iter().flat_map(|fixed| not_fixed(fixed, &findings)).collect::<Vec<_>>());
    let documents = loaded.iter().map(|dataset| dataset.ids.len()).sum();
    show(args, &findings, documents, fixed.as_ref())?;
    let errors = count(&findings, Level::Error);
    let refused = errors > 0 || args.deny == Some(Deny::Warnings) && !findings.is_empty();
    Ok(if refused { exit::INPUT } else { exit::PASS })
}

fn targets(args: &CheckArgs) -> Result<Vec<Target>, Error> {
    if let Some(golden) = &args.golden {
        let name = golden.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Ok(vec![Target { name, documents: args.documents.clone(), golden: golden.clone() }]);
    }
    let config = Config::load(&args.config)?;
    let unknown_ids = args.datasets.iter().filter(|name| !config.datasets.contains_key(*name));
    let unknown: Vec<Diagnostic> = unknown_ids
        .map(|name| {
            let diagnostic = Diagnostic::new(format!("there is no dataset {name:?}")).in_file(&args.config);
            diagnostic.help_with_nearest(name, config.datasets.keys().map(String::as_str))
        })
        .collect();
    if !unknown.is_empty() {
        return Err(Error::Input(unknown));
    }
    let wanted = config.datasets.iter().filter(|(name, _)| args.datasets.is_empty() || args.datasets.contains(name));
    let target = |(name, dataset): (&String, &karat::config::DatasetConfig)| Target {
        name: name.clone(),
        documents: Some(dataset.documents.clone()),
        golden: dataset.golden.clone(),
    };
    let mut targets: Vec<Target> = Vec::new();
    for candidate in wanted.map(target) {
        // Splits of a dataset share their files, which are read once, unless datasets are selected
        // by name or compared with a run.
        let same = |other: &Target| (&other.documents, &other.golden) == (&candidate.documents, &candidate.golden);
        if !args.datasets.is_empty() || args.against.is_some() || !targets.iter().any(same) {
            targets.push(candidate);
        }
    }
    if targets.is_empty() {
        let diagnostic = Diagnostic::new("there is no dataset to check").in_file(&args.config);
        return Err(Error::NothingSelected(
            diagnostic.help("declare one as [datasets.NAME], or use --golden and --documents"),
        ));
    }
    Ok(targets)
}

/// Returns the findings with their locations, ordered by document, then by file.
fn lint(loaded: &Lenient) -> Vec<Finding> {
    let mut findings = locate(check(loaded), loaded);
    findings.sort_by_cached_key(|finding| {
        let diagnostic = &finding.diagnostic;
        (
            diagnostic.document.clone(),
            diagnostic.file.clone(),
            diagnostic.position,
            finding.code,
            diagnostic.message.clone(),
        )
    });
    findings
}

fn locate(findings: Vec<Finding>, loaded: &Lenient) -> Vec<Finding> {
    let mut locator = Locator::default();
    findings.into_iter().map(|finding| place(finding, loaded, &mut locator)).collect()
}

fn place(mut finding: Finding, loaded: &Lenient, locator: &mut Locator) -> Finding {
    let id = finding.diagnostic.document.clone().unwrap_or_default();
    let document = loaded.dataset.references.get(&id).and_then(|reference| reference.document.as_ref());
    let diagnostic = finding.diagnostic.clone();
    let golden = loaded.golden.get(&id);
    let in_golden = |locator: &mut Locator, diagnostic: Diagnostic, path: &[karat::document::Step]| match golden {
        Some(source) => locator.in_json(diagnostic, source, path),
        None => diagnostic,
    };
    finding.diagnostic = match &finding.place {
        Place::Known => diagnostic,
        Place::Golden(path) => in_golden(locator, diagnostic, path),
        Place::Text(start, end) => match (loaded.documents.get(&id), document) {
            (Some(source), Some(document)) => locator.in_text(diagnostic, source, document, (*start, *end)),
            _ => in_golden(locator, diagnostic, &[karat::document::Step::Key("text".to_owned())]),
        },
        Place::Info(path) => match &loaded.info_file {
            Some(file) => locator.in_toml(diagnostic, file, path),
            None => diagnostic,
        },
    };
    finding
}

/// Returns the suspect labels of all datasets for which the run has predictions. Fails if no
/// dataset has the entities of two extractors.
fn against(run: &Path, loaded: &[Lenient]) -> Result<Vec<Finding>, Error> {
    let (mut findings, mut diagnostics, mut most) = (Vec::new(), Vec::new(), None);
    let layout = RunLayout::new(run);
    // A folder without a manifest may contain predictions alone. With a manifest, the predictions
    // must match it.
    if layout.manifest().is_file() {
        let is_loaded = |dataset: &str, _: &str| loaded.iter().any(|loaded| loaded.dataset.name == dataset);
        runs::open(run)?.select(is_loaded).map_err(Error::Input)?;
    }
    for dataset in loaded {
        let answers = match load_answers(&layout, dataset) {
            Ok(Some(answers)) => answers,
            Ok(None) => continue,
            Err(wrong) => {
                diagnostics.extend(wrong);
                continue;
            }
        };
        let able = with_entities(&answers);
        most = most.max(Some(able));
        findings.extend(locate(suspects(dataset, &answers), dataset));
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    let what = match most {
        Some(2..) => return Ok(findings),
        Some(1) => "only one extractor of this run finds entities",
        Some(_) => "no extractor of this run finds entities",
        None => "there are no predictions for the dataset in this folder",
    };
    let help = "name the folder of a run, as .karat/runs/<id>, in which two extractors or more found entities";
    Err(Diagnostic::new(what).in_file(run).help(help).into())
}

fn with_entities(answers: &Answers) -> usize {
    let able =
        |documents: &&BTreeMap<_, karat::document::Annotations>| documents.values().any(|a| a.entities.is_some());
    answers.values().filter(able).count()
}

/// Returns the findings for files with offsets in other units, which are not fixed.
fn not_fixed(fixed: &FixedFiles, findings: &[Finding]) -> Vec<Finding> {
    let to_fix = |id: &str| {
        let of_it = findings.iter().filter(|finding| finding.diagnostic.document.as_deref() == Some(id));
        of_it.filter(|finding| matches!(finding.code, "edge-space" | "duplicate")).count() > 0
    };
    let finding = |(id, source): &(String, Source)| {
        let diagnostic = Diagnostic::new("not fixed: its offsets don't count code points").of_document(id);
        let path = [karat::document::Step::Key("offset_unit".to_owned())];
        let diagnostic = Locator::default().in_json(diagnostic, source, &path);
        let diagnostic = diagnostic.help("convert the offsets and take `offset_unit` out, or fix it by hand");
        Finding { level: Level::Warning, code: NOT_FIXED, place: Place::Known, diagnostic }
    };
    fixed.other_units.iter().filter(|(id, _)| to_fix(id)).map(finding).collect()
}

fn show(args: &CheckArgs, findings: &[Finding], documents: usize, fixed: Option<&FixedFiles>) -> Result<(), Error> {
    let fixed = fixed.map(|fixed| fixed.files.as_slice());
    let table = || {
        let fixed = fixed.unwrap_or_default().iter();
        let fixed =
            fixed.map(|fixed| format!("fixed {} (document {:?}): {}\n", fixed.file, fixed.document, fixed.changes));
        fixed.chain(findings.iter().map(diagnostics::of_finding)).collect()
    };
    args.format.print(&CheckExport { findings, documents, fixed }, table)?;
    if !matches!(args.format, OutputFormat::Table | OutputFormat::Github) {
        return Ok(());
    }
    let number = |number: usize, noun: &str| format!("{number} {noun}{}", if number == 1 { "" } else { "s" });
    let errors = number(count(findings, Level::Error), "error");
    let warnings = number(count(findings, Level::Warning), "warning");
    output::print(&format!("{errors}, {warnings} in {}\n", number(documents, "document")))
}

fn count(findings: &[Finding], level: Level) -> usize {
    findings.iter().filter(|finding| finding.level == level).count()
}
