//! What `karat init` prints: the files that it wrote, how to label, and the commands to try next.

use std::path::{Path, PathBuf};

use karat::config;

use super::super::args::plugin::Language;
use super::super::plan::InitPlan;
use super::files::{Data, NewFile, STARTER};
use super::found::{Found, FoundDataset, Golden};

/// Returns a line for each file, and karat.toml itself if nothing is written.
pub(super) fn listing(plan: &InitPlan, new: &[NewFile], kept: &[NewFile]) -> String {
    let verb = if plan.is_dry_run { "would write" } else { "wrote" };
    let line = |verb: &str, path: &PathBuf| format!("{verb} {}\n", plan.folder.join(path).display());
    let mut text: String = new.iter().map(|file| line(verb, &file.path)).collect();
    text.extend(kept.iter().map(|file| line("kept, as it exists:", &file.path)));
    if plan.is_dry_run {
        let written = new.iter().filter(|file| file.path == Path::new(config::FILE));
        written.for_each(|file| text.push_str(&format!("\n{}", file.content)));
    } else {
        text.push('\n');
    }
    text
}

/// Returns how documents without golden files are labelled.
pub(super) fn labelling(data: &Data) -> Option<String> {
    let Data::Found(Found { datasets, .. }) = data else { return None };
    let [FoundDataset { golden: Golden::Skeletons(ids), .. }] = &datasets[..] else { return None };
    let documents = if ids.len() == 1 { "the document".to_owned() } else { format!("each of {} documents", ids.len()) };
    Some(format!(
        "note: no golden files were found, so golden/ has a skeleton for {documents}. A document counts as labelled \
         once its golden file has a layer: add `\"entities\": []` (or `\"summaries\"`, ...) and label by hand, or in the \
         browser with `karat view`.\n"
    ))
}

/// Returns the commands to try next.
pub(super) fn next_commands(plan: &InitPlan, data: &Data) -> String {
    let (folder, name) = STARTER;
    let mut commands = Vec::new();
    if !plan.folder.as_os_str().is_empty() {
        commands.push((format!("cd {}", plan.folder.display()), String::new()));
    }
    let first = commands.len();
    if !plan.runs {
        commands.push(("karat run".to_owned(), "runs the extractors and writes reports/".to_owned()));
    }
    commands.push(("karat view".to_owned(), "shows the run in a browser, where golden files are corrected".to_owned()));
    commands.push(match plan.language {
        Some(Language::Rust) => (
            format!("cargo build --release --manifest-path {folder}/Cargo.toml && karat run --extractor {name}"),
            String::new(),
        ),
        Some(_) => (format!("karat plugin check --extractor {name}"), format!("checks {folder} after you change it")),
        None => (
            format!("karat plugin new --lang python {folder}"),
            "writes an extractor to start from; or node, rust, shell".to_owned(),
        ),
    });
    commands.push(if data.is_labelled() {
        ("karat gate".to_owned(), "judges the run by the rules of karat.toml".to_owned())
    } else {
        ("karat check".to_owned(), "checks the golden files after you label".to_owned())
    });
    commands.truncate(first + 3);
    let width = commands.iter().map(|(command, _)| command.len()).filter(|length| *length < 50).max().unwrap_or(0);
    let lines =
        commands.iter().map(|(command, about)| format!("  {command:width$}  {about}").trim_end().to_owned() + "\n");
    format!("\nNext:\n{}", lines.collect::<String>())
}
