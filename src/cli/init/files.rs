//! The files that `karat init` writes: a pure function of what the folder contains and of the
//! options.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use karat::config;
use karat::document::{Layer, LayerSet};
#[cfg(feature = "builtin")]
use karat::extractor::builtin;
use karat::format::{file_names, stem};
use karat::metric::{LayerGroups, METRIC_GROUPS};

use super::super::args::init::Template;
use super::super::args::plugin::Language;
use super::super::plugin::starters;
use super::super::schema;
use super::found::{Documents, Found, FoundPredictions, Golden, shown, unique};
use super::templates::{Example, example};
use super::workflow::workflow;

/// The folder and the name of the extractor that is written.
pub(super) const STARTER: (&str, &str) = ("extractors/mine", "mine");

/// The most golden files that are written for documents without labels; of more documents, one file
/// has a line for each.
const MOST_SKELETONS: usize = 50;

/// The lines of `.gitignore`: runs and caches, and what programs leave beside themselves.
const IGNORED: &str = ".karat/\n__pycache__/\nnode_modules/\n/extractors/*/target/\n";

/// The schema by which editors check karat.toml. It is not committed, since `karat schema` prints
/// that of the version in use.
const SCHEMA: &str = ".karat/karat.toml.schema.json";

/// A file to be written.
pub(super) struct NewFile {
    /// The path, relative to the folder that is set up.
    pub path: PathBuf,
    pub content: String,
    pub is_program: bool,
}

impl NewFile {
    fn text(path: impl Into<PathBuf>, content: impl Into<String>) -> Self {
        Self { path: path.into(), content: content.into(), is_program: false }
    }
}

/// Where the data of the datasets comes from.
pub(super) enum Data {
    Example(Template),
    Found(Found),
}

impl Data {
    /// Returns whether golden files have labels, so that figures can be judged.
    pub fn is_labelled(&self) -> bool {
        let Self::Found(found) = self else { return true };
        found.datasets.iter().any(|dataset| matches!(dataset.golden, Golden::Found { .. }))
    }
}

/// The parts of karat.toml.
struct Setup {
    datasets: Vec<SetupDataset>,
    /// The names of built-in extractors.
    builtins: Vec<&'static str>,
    /// The extractors of predictions.
    predictions: Vec<SetupPredictions>,
}

/// A table `[datasets.NAME]`.
struct SetupDataset {
    name: String,
    documents: String,
    golden: String,
    /// The metric of the gate rule; `None` if the layer that counts is not known.
    metric: Option<String>,
}

/// A table `[extractors.NAME]` of predictions.
struct SetupPredictions {
    name: String,
    path: String,
    /// The dataset that the predictions are for.
    dataset: String,
}

/// Returns the files in the order in which they are written. karat.toml is the last, so that an
/// interrupted command can be repeated.
pub(super) fn files(data: &Data, language: Option<Language>, has_workflow: bool) -> Vec<NewFile> {
    let (setup, mut files, label) = match data {
        Data::Example(template) => {
            let example = example(*template);
            let label = (*template == Template::Entities).then_some("GPE");
            (of_example(example), example_files(example), label)
        }
        Data::Found(found) => {
            let label = found.datasets.iter().find_map(|dataset| match &dataset.golden {
                Golden::Found { label, .. } => label.as_deref(),
                Golden::Skeletons(_) => None,
            });
            (of_found(found, language.is_some()), found_files(found), label)
        }
    };
    if let Some(language) = language {
        files.extend(starter(language, label));
    }
    files.push(NewFile::text(".gitignore", IGNORED));
    files.push(NewFile::text(SCHEMA, schema::of_configuration()));
    if has_workflow {
        files.push(NewFile::text(".github/workflows/karat.yml", workflow(language)));
    }
    files.push(NewFile::text(config::FILE, setup.to_toml(language, has_workflow)));
    files
}

fn of_example(example: &Example) -> Setup {
    let dataset = SetupDataset {
        name: "example".to_owned(),
        documents: "datasets/example/docs".to_owned(),
        golden: "golden/example".to_owned(),
        metric: Some(example.metric.to_owned()),
    };
    Setup {
        datasets: vec![dataset],
        builtins: example.builtins.iter().copied().filter(|name| find_builtin(name).is_some()).collect(),
        predictions: Vec::new(),
    }
}

fn example_files(example: &Example) -> Vec<NewFile> {
    let mut files = vec![NewFile::text("datasets/example/dataset.toml", example.info)];
    for document in example.documents {
        files.push(NewFile::text(format!("datasets/example/docs/{}.txt", document.id), document.text));
        files.push(NewFile::text(format!("golden/example/{}.json", document.id), document.golden));
    }
    files
}

fn of_found(found: &Found, has_starter: bool) -> Setup {
    let (mut datasets, mut layers) = (Vec::new(), LayerSet::new());
    for dataset in &found.datasets {
        let documents = match &dataset.documents {
            Documents::Found(path) => shown(path),
            Documents::Written { file, .. } => file.clone(),
        };
        let (golden, own_layers) = match &dataset.golden {
            Golden::Found { path, layers, .. } => (shown(path), layers.clone()),
            Golden::Skeletons(_) => ("golden".to_owned(), LayerSet::new()),
        };
        let metric = own_layers.iter().find_map(headline);
        datasets.push(SetupDataset { name: dataset.name.clone(), documents, golden, metric });
        layers.extend(own_layers);
    }
    let predictions = named(&found.predictions);
    let fitting = ["rules", "statements", "lead", "rake"]
        .into_iter()
        .filter(|name| find_builtin(name).is_some_and(|(_, filled)| filled.iter().any(|layer| layers.contains(layer))));
    let mut builtins: Vec<&'static str> = if predictions.is_empty() { fitting.collect() } else { Vec::new() };
    // A run needs an extractor, although none of the built-in ones fills these layers.
    if builtins.is_empty() && predictions.is_empty() && !has_starter && find_builtin("rules").is_some() {
        builtins.push("rules");
    }
    Setup { datasets, builtins, predictions }
}

fn found_files(found: &Found) -> Vec<NewFile> {
    let mut files = Vec::new();
    for dataset in &found.datasets {
        if let Documents::Written { file, lines } = &dataset.documents {
            files.push(NewFile::text(file, lines.clone()));
        }
        if let Golden::Skeletons(ids) = &dataset.golden {
            let skeleton = |id: &String| format!("{{\"id\": {}}}\n", serde_json::json!(id));
            let are_names = ids.iter().all(|id| file_names::unfit(id).is_none());
            if ids.len() <= MOST_SKELETONS && are_names {
                files.extend(ids.iter().map(|id| NewFile::text(format!("golden/{id}.json"), skeleton(id))));
            } else {
                files.push(NewFile::text("golden/golden.jsonl", ids.iter().map(skeleton).collect::<String>()));
            }
        }
    }
    files
}

/// Returns the metric by which a change of this layer is gated: its headline figure.
fn headline(layer: &Layer) -> Option<String> {
    Some(LayerGroups::of(METRIC_GROUPS, layer)?.headline()?.name(layer).to_string())
}

/// Returns the description of a built-in extractor and the layers that it fills; `None` if this
/// karat was built without them.
#[cfg(feature = "builtin")]
fn find_builtin(name: &str) -> Option<(&'static str, &'static [Layer])> {
    builtin::find(name).map(|found| (found.about, found.layers))
}

#[cfg(not(feature = "builtin"))]
fn find_builtin(_: &str) -> Option<(&'static str, &'static [Layer])> {
    None
}

/// Names the extractors of predictions after their files.
fn named(predictions: &[FoundPredictions]) -> Vec<SetupPredictions> {
    let mut taken = BTreeSet::from([STARTER.1.to_owned()]);
    let name = |FoundPredictions { path, dataset }: &FoundPredictions| {
        let plain = |char: char| if char.is_ascii_alphanumeric() || char == '_' { char } else { '-' };
        let stem: String = stem(path).chars().map(plain).collect();
        let stem = Some(stem).filter(|stem| stem.contains(|char: char| char.is_ascii_alphanumeric()));
        let base = stem.unwrap_or_else(|| "predictions".to_owned());
        let name = unique(&base, &mut taken);
        SetupPredictions { name, path: shown(path), dataset: dataset.clone() }
    };
    predictions.iter().map(name).collect()
}

/// Returns the files of the starter project. It labels words that begin with a capital with the
/// golden files' most frequent label, if there is one.
fn starter(language: Language, label: Option<&str>) -> Vec<NewFile> {
    let (folder, name) = STARTER;
    let is_plain = |label: &&str| label.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.'));
    let label = label.filter(is_plain).unwrap_or("NAME");
    let file = |file: &starters::StarterFile| NewFile {
        path: Path::new(folder).join(file.name),
        content: file.filled(name, folder).replace("\"NAME\"", &format!("\"{label}\"")),
        is_program: file.is_program,
    };
    starters::files(language).iter().map(file).collect()
}

impl Setup {
    fn to_toml(&self, language: Option<Language>, has_workflow: bool) -> String {
        let text = |value: &str| toml::Value::from(value).to_string();
        let mut file = format!(
            "#:schema ./{SCHEMA}\n\
             # The configuration of karat. Paths start from the folder of this file.\n\
             # `karat run` runs the extractors on {}, scores them and writes reports/.\n\
             # `karat schema karat.toml > {SCHEMA}` writes the schema, by which editors check this file.\n",
            if self.datasets.len() == 1 { "the dataset" } else { "the datasets" }
        );
        for SetupDataset { name, documents, golden, .. } in &self.datasets {
            let (documents, golden) = (text(documents), text(golden));
            file.push_str(&format!("\n[datasets.{name}]\ndocuments = {documents}\ngolden = {golden}\n"));
            file.push_str(
                "# layers = [\"entities\"]         # the layers to score; by default, all that the golden files have\n",
            );
        }
        for name in &self.builtins {
            let about = find_builtin(name).map_or("", |(about, _)| about);
            file.push_str(&format!("\n# Built into karat: {about}\n[extractors.{name}]\nkind = \"builtin\"\n"));
        }
        for SetupPredictions { name, path, dataset } in &self.predictions {
            let path = text(path);
            let datasets =
                if self.datasets.len() == 1 { String::new() } else { format!("datasets = [\"{dataset}\"]\n") };
            file.push_str(&format!(
                "\n# What a program of yours wrote. A document without a prediction counts as missed.\n\
                 [extractors.{name}]\nkind = \"predictions\"\npath = {path}\n\
                 {datasets}# missing = \"error\"             # refuses documents without a prediction instead\n"
            ));
        }
        if let Some(language) = language {
            file.push_str(&program(language));
        }
        let metrics: BTreeSet<&str> = self.datasets.iter().filter_map(|dataset| dataset.metric.as_deref()).collect();
        if !metrics.is_empty() {
            let by = if has_workflow { "`karat gate`, which .github/workflows/karat.yml runs" } else { "`karat gate`" };
            file.push_str(&format!(
                "\n# What a change has to keep, judged by {by}.\n\
                 # The baselines are in golden/baselines: commit them. An extractor without a baseline is\n\
                 # accepted when it is judged for the first time.\n\
                 [gate]\nif_no_baseline = \"accept\"\n"
            ));
        }
        // A rule holds for all datasets, unless these are judged by different metrics.
        let is_shared = metrics.len() == 1 && self.datasets.iter().all(|dataset| dataset.metric.is_some());
        let ruled = self.datasets.iter().filter_map(|dataset| Some((&dataset.name, dataset.metric.as_deref()?)));
        for (name, metric) in ruled.take(if is_shared { 1 } else { usize::MAX }) {
            let dataset = if is_shared { String::new() } else { format!("dataset = \"{name}\"\n") };
            file.push_str(&format!(
                "\n[[gate.rules]]\n{dataset}metric = \"{metric}\"\n\
                 margin = 0.02                   # no worse than by this\n"
            ));
        }
        file
    }
}

/// Returns the table of the extractor that is written.
fn program(language: Language) -> String {
    let (folder, name) = STARTER;
    let table = |command: &str, files: &str| {
        format!("[extractors.{name}]\nkind = \"process\"\ncommand = [{command}]\nfiles = [{files}]\n")
    };
    let script = |interpreter: &str, file: &str| {
        let path = format!("\"{folder}/{file}\"");
        format!(
            "\n# A program to replace by yours: {folder}/README.md.\n{}",
            table(&format!("\"{interpreter}\", {path}"), &path)
        )
    };
    match language {
        Language::Python => script("python3", "extractor.py"),
        Language::Node => script("node", "extractor.mjs"),
        Language::Shell => script("sh", "extractor.sh"),
        Language::Rust => {
            let files =
                ["Cargo.toml", "Cargo.lock", "src/main.rs"].map(|file| format!("\"{folder}/{file}\"")).join(", ");
            format!(
                "\n# A program to replace by yours: {folder}/README.md. It has to be built first, so that it runs only\n\
                 # if it is named, as in `karat run --extractor {name}`, until `on_request` is removed.\n{}on_request = true\n",
                table(&format!("\"{folder}/target/release/{name}\""), &files)
            )
        }
    }
}
