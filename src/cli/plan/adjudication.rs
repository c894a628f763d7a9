//! The plan of `karat view --passes`.

use std::path::{Path, PathBuf};

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
    /// Finds the dataset of the passes. Fails if its texts are confidential, or if it is not known
    /// where the adjudicated files belong.
    pub fn resolve(args: &ViewArgs) -> Result<Self, Error> {
        let [first, second] = args.passes.as_slice() else {
            return Err(Diagnostic::new("--passes takes two passes").into());
        };
        let golden = golden_folder(first).filter(|folder| golden_folder(second) == Some(folder));
        let is_named = args.config != Path::new(karat::config::FILE);
        let config = (is_named || args.config.exists()).then(|| ConfigFile::load(&args.config)).transpose()?;
        let is_golden = |path: &Path| golden.is_some_and(|golden| is_same(path, golden));
        let datasets = config.iter().flat_map(|config| &config.parsed.datasets);
        let datasets: Vec<_> = datasets.filter(|(_, dataset)| is_golden(&dataset.golden)).collect();
        if texts::are_withheld() || datasets.iter().any(|(_, dataset)| dataset.is_confidential) {
            let diagnostic = Diagnostic::new("the documents are confidential: their texts are not shown here");
            return Err(diagnostic.help("without texts, disagreements cannot be decided").into());
        }
        let Some(out) = args.out.as_deref().or(golden) else {
            let diagnostic = Diagnostic::new("the passes are not in the folder `passes` of golden files");
            return Err(diagnostic.help("name the folder of the adjudicated files with --out").into());
        };
        let out = if out == Path::new("") { Path::new(".") } else { out };
        if let Some(pass) = args.passes.iter().find(|pass| is_within(out, pass)) {
            let diagnostic = Diagnostic::new("this is a pass, which the adjudicated files would overwrite");
            return Err(diagnostic.in_file(pass).help("name another folder with --out").into());
        }
        let of_dataset = datasets.first().map(|(_, dataset)| dataset.documents.clone());
        Ok(Self {
            pool: args.threads.pool()?,
            passes: [first.clone(), second.clone()],
            documents: args.documents.clone().or(of_dataset),
            dataset: datasets.first().map(|(name, _)| (*name).clone()),
            out: out.to_owned(),
            is_read_only: args.read_only,
            opens: !args.no_open,
            port: args.port,
            author: args.record_author.clone(),
        })
    }
}

/// Returns the folder of golden files that has a pass in its folder `passes`.
fn golden_folder(pass: &Path) -> Option<&Path> {
    let passes = pass.parent()?;
    passes.file_name().filter(|name| *name == "passes").and_then(|_| passes.parent())
}

fn is_same(one: &Path, other: &Path) -> bool {
    let other = if other == Path::new("") { Path::new(".") } else { other };
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn is_within(path: &Path, folder: &Path) -> bool {
    matches!((path.canonicalize(), folder.canonicalize()), (Ok(path), Ok(folder)) if path.starts_with(&folder))
}
