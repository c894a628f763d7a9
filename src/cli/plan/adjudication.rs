//! The plan of `karat view --passes`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use karat::config::{DatasetConfig, FILE};
use karat::error::{Diagnostic, Error};
use rayon::ThreadPool;

use super::super::args::view::ViewArgs;
use super::super::texts;
use super::config_file::ConfigFile;

/// The passes that are adjudicated, and where the result is written.
pub(in crate::cli) struct AdjudicationPlan {
    pub pool: ThreadPool,
    /// The folders or files of the two passes.
    pub passes: [PathBuf; 2],
    /// The documents, if they were named or if the passes are those of a dataset.
    pub documents: Option<PathBuf>,
    /// The files `dataset.toml` of the datasets that the passes, the documents or the result belong
    /// to; they need not exist.
    pub metadata: Vec<PathBuf>,
    /// The name of the dataset whose passes they are.
    pub dataset: Option<String>,
    /// The folder of the adjudicated files.
    pub out: PathBuf,
    pub is_read_only: bool,
    /// Whether a browser is opened.
    pub opens: bool,
    pub port: u16,
    /// The name that is recorded with decisions.
    pub author: Option<String>,
}

impl AdjudicationPlan {
    /// Finds the dataset of the passes. Fails if its texts are confidential or may be, or if it is
    /// not known where the adjudicated files belong.
    pub fn resolve(args: &ViewArgs) -> Result<Self, Error> {
        let [first, second] = args.passes.as_slice() else {
            return Err(Diagnostic::new("--passes takes two passes").into());
        };
        let golden = golden_folder(first).filter(|folder| golden_folder(second).as_ref() == Some(folder));
        let golden = golden.map(|folder| as_typed(&folder, first));
        let is_named = args.config != Path::new(FILE);
        // From inside of the folder of golden files, the configuration is in a folder above.
        let file =
            if is_named || args.config.exists() { Some(args.config.clone()) } else { config_above(&args.passes) };
        let config = file.map(|file| ConfigFile::load(&file)).transpose()?;
        let datasets = || config.iter().flat_map(|config| &config.parsed.datasets);
        // A dataset is confidential or sealed also if only one of the passes, the result or the
        // documents belong to it.
        let has = |path: &PathBuf, dataset: &DatasetConfig| is_within(path, &dataset.golden);
        let is_related = |dataset: &DatasetConfig| {
            args.passes.iter().chain(&args.out).any(|path| has(path, dataset))
                || args.documents.as_ref().is_some_and(|path| is_within(path, &dataset.documents))
        };
        let related: Vec<&DatasetConfig> =
            datasets().map(|(_, dataset)| dataset).filter(|one| is_related(one)).collect();
        if texts::are_withheld() || related.iter().any(|dataset| dataset.is_confidential) {
            let diagnostic = Diagnostic::new("the documents are confidential: their texts are not shown here");
            return Err(diagnostic.help("without texts, disagreements cannot be decided").into());
        }
        let is_unmatched = |pass: &PathBuf| !related.iter().any(|dataset| has(pass, dataset));
        if datasets().any(|(_, dataset)| dataset.is_confidential)
            && let Some(pass) = args.passes.iter().find(|pass| is_unmatched(pass))
        {
            let what =
                "this pass belongs to no dataset of the configuration, and may be confidential as one of them is";
            let diagnostic = Diagnostic::new(what).in_file(pass);
            return Err(diagnostic.help("move it into the folder `passes` of the golden files of its dataset").into());
        }
        let Some(out) = args.out.clone().or_else(|| golden.clone()) else {
            let diagnostic = Diagnostic::new("the passes are not in the folder `passes` of golden files");
            return Err(diagnostic.help("name the folder of the adjudicated files with --out").into());
        };
        let out = if out == Path::new("") { PathBuf::from(".") } else { out };
        if let Some(pass) = args.passes.iter().find(|pass| is_within(&out, pass)) {
            let diagnostic = Diagnostic::new("this is a pass, which the adjudicated files would overwrite");
            return Err(diagnostic.in_file(pass).help("name another folder with --out").into());
        }
        let folder = resolved(&out);
        if args.passes.iter().flat_map(|pass| locations(pass)).any(|at| at.parent() == Some(folder.as_path())) {
            let diagnostic =
                Diagnostic::new("this folder contains a pass: adjudicated files are not written beside it");
            return Err(diagnostic.in_file(out).help("name another folder with --out").into());
        }
        let is_golden = |path: &Path| golden.as_ref().is_some_and(|golden| resolved(golden) == resolved(path));
        let datasets: Vec<_> = datasets().filter(|(_, dataset)| is_golden(&dataset.golden)).collect();
        let of_dataset = datasets.first().map(|(_, dataset)| dataset.documents.clone());
        let documents = args.documents.clone().or(of_dataset);
        let of_datasets = related.iter().map(|dataset| dataset.documents.as_path());
        let metadata =
            of_datasets.chain(documents.as_deref()).filter_map(|path| Some(path.parent()?.join("dataset.toml")));
        let mut metadata: Vec<PathBuf> = metadata.collect();
        let mut seen = BTreeSet::new();
        metadata.retain(|file| seen.insert(file.clone()));
        Ok(Self {
            pool: args.threads.pool()?,
            passes: [first.clone(), second.clone()],
            metadata,
            documents,
            dataset: datasets.first().map(|(name, _)| (*name).clone()),
            out,
            is_read_only: args.read_only,
            opens: !args.no_open,
            port: args.port,
            author: args.record_author.clone(),
        })
    }
}

/// Returns the folder of golden files that has a pass in its folder `passes`, as an absolute path.
fn golden_folder(pass: &Path) -> Option<PathBuf> {
    let is_passes = |folder: &&Path| folder.file_name().is_some_and(|name| name == "passes");
    locations(pass).iter().find_map(|at| Some(at.parent().filter(is_passes)?.parent()?.to_owned()))
}

/// Returns the nearest configuration in a folder above a pass, if there is one: it may make the
/// texts confidential, which would be shown if it were not found.
fn config_above(passes: &[PathBuf]) -> Option<PathBuf> {
    let above = |at: PathBuf| at.ancestors().skip(1).map(|folder| folder.join(FILE)).find(|file| file.is_file());
    passes.iter().flat_map(|pass| locations(pass)).find_map(above)
}

/// Returns a folder as the path of a pass in its folder `passes` has it, if it does.
fn as_typed(folder: &Path, pass: &Path) -> PathBuf {
    let typed = pass.parent().and_then(Path::parent).filter(|typed| resolved(typed) == folder);
    typed.unwrap_or(folder).to_owned()
}

/// Whether a path is a folder, or lies in it, or leads into it.
fn is_within(path: &Path, folder: &Path) -> bool {
    let folder = resolved(folder);
    locations(path).iter().any(|at| at.starts_with(&folder))
}

/// Returns where a path is and where it leads, which differ if its last part is a link.
fn locations(path: &Path) -> [PathBuf; 2] {
    let place = path.parent().zip(path.file_name()).map(|(folder, name)| resolved(folder).join(name));
    let target = resolved(path);
    [place.unwrap_or_else(|| target.clone()), target]
}

/// Returns the absolute path without links. Parts that do not exist stay as they are.
fn resolved(path: &Path) -> PathBuf {
    let full = |path: &Path| if path == Path::new("") { Path::new(".").canonicalize() } else { path.canonicalize() };
    let existing = path.ancestors().find_map(|ancestor| Some((ancestor, full(ancestor).ok()?)));
    let Some((ancestor, full)) = existing else { return path.to_owned() };
    match path.strip_prefix(ancestor) {
        Ok(rest) if rest != Path::new("") => full.join(rest),
        _ => full,
    }
}
