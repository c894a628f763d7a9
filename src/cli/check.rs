//! `karat check`: finds errors in golden files. With `--against`, reports golden labels that most
//! extractors of a run contradict in the same way. With `--fix`, trims white space at the edges of
//! spans, sorts entities and drops exact copies.

use std::collections::BTreeMap;
use std::path::Path;

use karat::check::{Finding, FindingLocation, NOT_FIXED, Severity, SystemAnnotations, check, suspects};
use karat::corpus::{Lenient, ReadAs, load_answers};
use karat::error::{Diagnostic, Error};
use karat::format::{Locator, Source};
use karat::report::{CheckExport, CheckedDataset};
use karat::text::visible;

use super::fix::{FixedFiles, fix_files};
use super::output_format::{EVERYTHING, OutputFormat, write_files};
use super::plan::{CheckMode, CheckPlan, CheckTarget};
use super::{diagnostics, exit, notes, output, runs};

pub(super) fn execute(plan: &CheckPlan) -> Result<u8, Error> {
    let load = || -> Vec<Lenient> {
        let load = |target: &CheckTarget| {
            let read_as = ReadAs::mapping(&target.map);
            let mut loaded = Lenient::load_as(&target.name, target.documents.as_deref(), &target.golden, read_as);
            loaded.dataset.is_confidential = target.is_confidential;
            loaded
        };
        plan.targets.iter().map(load).collect()
    };
    let mut loaded = load();
    let fixed = if matches!(plan.mode, CheckMode::LintsAfterFix) { Some(fix_files(&loaded)?) } else { None };
    if fixed.as_ref().is_some_and(|fixed| !fixed.files.is_empty()) {
        loaded = load();
    }
    notes::of_reading(loaded.iter().map(|loaded| &loaded.dataset.notes));
    let by_dataset: Vec<Vec<Finding>> = match &plan.mode {
        CheckMode::Suspects { run } => against(run, &loaded)?,
        CheckMode::Lints | CheckMode::LintsAfterFix => loaded.iter().map(lint).collect(),
    };
    let of_dataset = |(loaded, findings): (&Lenient, &Vec<Finding>)| CheckedDataset {
        name: loaded.dataset.name.clone(),
        documents: loaded.ids.len(),
        findings: findings.len(),
    };
    let datasets: Vec<CheckedDataset> = loaded.iter().zip(&by_dataset).map(of_dataset).collect();
    let mut findings: Vec<Finding> = by_dataset.into_iter().flatten().collect();
    if let Some(fixed) = &fixed {
        let mut left = not_fixed(fixed, &findings);
        if loaded.iter().any(|dataset| dataset.dataset.is_confidential) {
            left.iter_mut().for_each(|finding| withhold_texts(finding, &[]));
        }
        left.extend(loaded.iter().flat_map(|dataset| not_editable(dataset, &findings)));
        findings.extend(left);
    }
    let export = CheckExport {
        findings: &findings,
        documents: datasets.iter().map(|dataset| dataset.documents).sum(),
        fixed: fixed.as_ref().map(|fixed| fixed.files.as_slice()),
        datasets: &datasets,
        denies_warnings: plan.denies_warnings,
    };
    write_files(&plan.files_to_write, EVERYTHING, &export)?;
    show(plan.format, &export)?;
    let has_errors = findings.iter().any(|finding| finding.level == Severity::Error);
    let refused = has_errors || plan.denies_warnings && !findings.is_empty();
    Ok(if refused { exit::INPUT } else { exit::PASS })
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
    findings.into_iter().map(|finding| location(finding, loaded, &mut locator)).collect()
}

fn location(mut finding: Finding, loaded: &Lenient, locator: &mut Locator) -> Finding {
    let id = finding.diagnostic.document.clone().unwrap_or_default();
    let document = loaded.dataset.references.get(&id).and_then(|reference| reference.document.as_ref());
    let diagnostic = finding.diagnostic.clone();
    let golden = loaded.golden.get(&id);
    let in_golden = |locator: &mut Locator, diagnostic: Diagnostic, path: &[karat::document::Step]| match golden {
        Some(source) => locator.in_json(diagnostic, source, path),
        None => match loaded.foreign.get(&id) {
            Some((source, places)) => locator.in_source_map(diagnostic, source, places, path),
            None => diagnostic,
        },
    };
    finding.diagnostic = match &finding.location {
        FindingLocation::Known => diagnostic,
        FindingLocation::Golden(path) => in_golden(locator, diagnostic, path),
        FindingLocation::Text(start, end) => match (loaded.documents.get(&id), document) {
            (Some(source), Some(document)) => locator.in_text(diagnostic, source, document, (*start, *end)),
            _ => in_golden(locator, diagnostic, &[karat::document::Step::Key("text".to_owned())]),
        },
        FindingLocation::Info(path) => match &loaded.info_file {
            Some(file) => locator.in_toml(diagnostic, file, path),
            None => diagnostic,
        },
    };
    if loaded.dataset.is_confidential {
        withhold_texts(&mut finding, &loaded.ids);
    }
    finding
}

/// Removes from a finding what may quote the text of a document: the line of the file, and
/// quotations other than ids.
fn withhold_texts(finding: &mut Finding, ids: &[String]) {
    let is_id = |word: &str| ids.binary_search_by(|id| id.as_str().cmp(word)).is_ok();
    finding.diagnostic = std::mem::take(&mut finding.diagnostic).without_texts(&is_id);
}

/// Returns the suspect labels of each dataset, none if the run has no predictions for it. Fails if
/// no dataset has the entities of two extractors.
fn against(run: &Path, loaded: &[Lenient]) -> Result<Vec<Vec<Finding>>, Error> {
    let (mut by_dataset, mut diagnostics, mut most) = (Vec::new(), Vec::new(), None);
    let read = runs::open_predictions(run)?;
    let is_loaded = |dataset: &str, _: &str| loaded.iter().any(|loaded| loaded.dataset.name == dataset);
    let mut selected = read.select(is_loaded).map_err(Error::Input)?;
    for dataset in loaded {
        let name = &dataset.dataset.name;
        let mut findings = Vec::new();
        let Some(extractors) = selected.remove(name) else {
            by_dataset.push(findings);
            continue;
        };
        let file = |extractor: String| (extractor.clone(), read.predictions(name, &extractor));
        match load_answers(&extractors.into_iter().map(file).collect(), dataset) {
            Ok(answers) => {
                most = most.max(Some(with_entities(&answers)));
                findings.extend(locate(suspects(dataset, &answers), dataset));
            }
            Err(wrong) => diagnostics.extend(wrong),
        }
        by_dataset.push(findings);
    }
    if !diagnostics.is_empty() {
        return Err(Error::Input(diagnostics));
    }
    let what = match most {
        Some(2..) => return Ok(by_dataset),
        Some(1) => "only one extractor of this run finds entities",
        Some(_) => "no extractor of this run finds entities",
        None => "there are no predictions for the dataset in this folder",
    };
    let help = "name the folder of a run, such as .karat/runs/<id>, in which at least two extractors found entities";
    Err(Diagnostic::new(what).in_file(run).help(help).into())
}

fn with_entities(answers: &SystemAnnotations) -> usize {
    let able =
        |documents: &&BTreeMap<_, karat::document::Annotations>| documents.values().any(|a| a.entities.is_some());
    answers.values().filter(able).count()
}

/// Returns whether a document has a finding that `--fix` repairs.
fn is_fixable(findings: &[Finding], id: &str) -> bool {
    let of_it = |finding: &&Finding| finding.diagnostic.document.as_deref() == Some(id);
    findings.iter().filter(of_it).any(|finding| matches!(finding.code, "edge-space" | "duplicate"))
}

/// Returns a finding for each file in another format than karat's own that `--fix` would repair.
fn not_editable(loaded: &Lenient, findings: &[Finding]) -> Vec<Finding> {
    let mut files: BTreeMap<&Path, (&String, usize)> = BTreeMap::new();
    for (id, (source, _)) in loaded.foreign.iter().filter(|(id, _)| is_fixable(findings, id)) {
        files.entry(&source.file).or_insert((id, 0)).1 += 1;
    }
    let finding = |(file, (id, documents)): (&Path, (&String, usize))| {
        let more = if documents > 1 { format!(" and {} more documents", documents - 1) } else { String::new() };
        let message = format!("not fixed{more}: `--fix` edits files in karat.document/1 only");
        let diagnostic = Diagnostic::new(message).in_file(file).of_document(id);
        let help = "convert it with `karat convert FILE --to karat --out GOLD.jsonl`, or correct it in the tool";
        Finding {
            level: Severity::Warning,
            code: NOT_FIXED,
            location: FindingLocation::Known,
            span: None,
            diagnostic: diagnostic.help(help),
        }
    };
    files.into_iter().map(finding).collect()
}

/// Returns the findings for files with offsets in other units, which are not fixed.
fn not_fixed(fixed: &FixedFiles, findings: &[Finding]) -> Vec<Finding> {
    let finding = |(id, source): &(String, Source)| {
        let diagnostic = Diagnostic::new("not fixed: its offsets do not count code points").of_document(id);
        let path = [karat::document::Step::Key("offset_unit".to_owned())];
        let diagnostic = Locator::default().in_json(diagnostic, source, &path);
        let diagnostic = diagnostic.help("convert the offsets and remove `offset_unit`, or fix the file by hand");
        Finding { level: Severity::Warning, code: NOT_FIXED, location: FindingLocation::Known, span: None, diagnostic }
    };
    fixed.other_units.iter().filter(|(id, _)| is_fixable(findings, id)).map(finding).collect()
}

fn show(format: OutputFormat, export: &CheckExport<'_>) -> Result<(), Error> {
    let table = || -> String {
        let fixed = export.fixed.unwrap_or_default().iter();
        let fixed = fixed.map(|fixed| {
            format!("fixed {} (document {:?}): {}\n", visible(&fixed.file), fixed.document, visible(&fixed.changes))
        });
        fixed.chain(export.findings.iter().map(diagnostics::of_finding)).collect()
    };
    match format {
        OutputFormat::Table => {
            output::print_styled(&table())?;
            output::print(&export.summary())
        }
        _ => format.print(export, String::new),
    }
}
