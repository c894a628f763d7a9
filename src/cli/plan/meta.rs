//! The plan of `karat meta`. Its scores and ratings are loaded here, since the names of metrics and
//! dimensions in the arguments are those of the files.

use std::cell::RefCell;
use std::collections::BTreeSet;

use karat::error::{Diagnostic, Error};
use karat::meta::{Compare, Level, Loaded, MetaSettings, RatedScores, join, load};
use karat::stats::correlation::Coefficient;
use rayon::ThreadPool;

use super::super::args::meta::MetaArgs;
use super::super::metric_names::is_asked;
use super::super::output_format::OutputFormat;

/// The scores and ratings that `karat meta` correlates, and how.
pub(in crate::cli) struct MetaPlan {
    /// The thread pool, if one could be created.
    pub pool: Option<ThreadPool>,
    /// The scores of all metrics with the ratings, by dimension.
    pub judged: Vec<RatedScores>,
    pub settings: MetaSettings,
    /// The metrics whose scores have changed sign.
    pub negated: BTreeSet<String>,
    pub format: OutputFormat,
}

impl MetaPlan {
    /// Loads scores and ratings and joins them. Fails if a name is unknown, or if no summary has
    /// all scores and a rating.
    pub fn resolve(args: &MetaArgs) -> Result<Self, Error> {
        // Scores of unselected metrics are not loaded, but their names are kept to suggest
        // spellings.
        let known = RefCell::new(BTreeSet::new());
        let metric = |name: &str| {
            known.borrow_mut().insert(name.to_owned());
            args.metrics.is_empty() || args.metrics.iter().any(|asked| is_asked(name, asked))
        };
        let dimension = |name: &str| args.dimensions.is_empty() || args.dimensions.iter().any(|asked| asked == name);
        let mut loaded = load(&args.scores, &args.ratings, &metric, &dimension).map_err(Error::Input)?;
        let compare = compare(args, &loaded)?;
        check_names(args, &compare, &loaded, &known.into_inner())?;
        for name in &args.negate {
            loaded.metrics.entry(name.clone()).or_default().values_mut().for_each(|score| *score = -*score);
        }
        let judged = join(&loaded, args.missing.into()).map_err(Error::Input)?;
        if let Some(empty) = judged.iter().find(|judged| judged.numbers.summaries == 0) {
            let diagnostic = Diagnostic::new(format!("no summary has all scores and a rating of `{}`", empty.name));
            return Err(Error::NothingSelected(
                diagnostic.help("they are joined by the names of systems and documents"),
            ));
        }
        Ok(Self {
            pool: args.threads.pool().ok(),
            judged,
            settings: settings(args, compare),
            negated: args.negate.iter().cloned().collect(),
            format: args.format,
        })
    }
}

fn settings(args: &MetaArgs, compare: Compare) -> MetaSettings {
    let all = MetaSettings::default();
    let mut levels: Vec<Level> = args.levels.iter().map(|level| (*level).into()).collect();
    let mut coefficients: Vec<Coefficient> =
        args.coefficients.iter().map(|coefficient| (*coefficient).into()).collect();
    levels.sort_unstable();
    levels.dedup();
    coefficients.sort_unstable();
    coefficients.dedup();
    MetaSettings {
        levels: if levels.is_empty() { all.levels } else { levels },
        coefficients: if coefficients.is_empty() { all.coefficients } else { coefficients },
        bootstrap: args.bootstrap.into(),
        resamples: args.resamples,
        confidence: args.confidence,
        permute: args.permute.into(),
        permutations: args.permutations,
        seed: args.seed,
        compare,
    }
}

/// Returns the pairs of metrics to compare. A name may contain commas, so a text is split at the
/// comma that yields two known metrics.
fn compare(args: &MetaArgs, loaded: &Loaded) -> Result<Compare, Error> {
    let pair = |text: &String| {
        let splits = || text.match_indices(',').map(|(at, _)| (&text[..at], &text[at + 1..]));
        let is_known = |name: &str| loaded.metrics.contains_key(name);
        let found = splits().find(|(first, second)| is_known(first) && is_known(second)).or_else(|| splits().next());
        match found {
            Some((first, second)) if first != second => Ok((first.to_owned(), second.to_owned())),
            _ => {
                let diagnostic = Diagnostic::new(format!("`--compare {text}` does not name two metrics"));
                Err(Error::from(diagnostic.help("write A,B to test A against B; or all, or none")))
            }
        }
    };
    match args.compare.as_slice() {
        [] => Ok(Compare::Unasked),
        [one] if one == "all" => Ok(Compare::All),
        [one] if one == "none" => Ok(Compare::Nothing),
        texts => {
            let mut pairs: Vec<(String, String)> = Vec::new();
            for text in texts {
                let (first, second) = pair(text)?;
                let same = |(a, b): &(String, String)| (a == &first && b == &second) || (a == &second && b == &first);
                // A repeated pair is a single test.
                if !pairs.iter().any(same) {
                    pairs.push((first, second));
                }
            }
            Ok(Compare::Pairs(pairs))
        }
    }
}

/// Fails with one diagnostic for each unknown metric or dimension.
fn check_names(args: &MetaArgs, compare: &Compare, loaded: &Loaded, known: &BTreeSet<String>) -> Result<(), Error> {
    let metrics = || loaded.metrics.keys().map(String::as_str);
    let mut diagnostics = Vec::new();
    let mut no_metric = |name: &str| {
        diagnostics.push(if known.contains(name) {
            Diagnostic::new(format!("the metric `{name}` is not among those that `--metric` selects"))
        } else {
            let diagnostic = Diagnostic::new(format!("there is no metric `{name}` among the scores"));
            diagnostic.help_with_nearest(name, known.iter().map(String::as_str))
        });
    };
    let absent = args.metrics.iter().filter(|asked| !metrics().any(|name| is_asked(name, asked)));
    absent.for_each(|name| no_metric(name));
    args.negate.iter().filter(|name| !loaded.metrics.contains_key(*name)).for_each(|name| no_metric(name));
    if let Compare::Pairs(pairs) = compare {
        let names: BTreeSet<&String> = pairs.iter().flat_map(|(first, second)| [first, second]).collect();
        names.into_iter().filter(|name| !loaded.metrics.contains_key(*name)).for_each(|name| no_metric(name));
    }
    if args.metrics.is_empty() && loaded.metrics.is_empty() {
        diagnostics
            .push(Diagnostic::new("there are no scores").help("a column named after the metric holds its scores"));
    }
    for name in args.dimensions.iter().filter(|name| !loaded.dimensions.contains_key(*name)) {
        diagnostics.push(Diagnostic::new(format!("there are no ratings of `{name}`")));
    }
    if args.dimensions.is_empty() && loaded.dimensions.is_empty() {
        diagnostics.push(Diagnostic::new("there are no ratings").help("a column `rating` holds them"));
    }
    if diagnostics.is_empty() { Ok(()) } else { Err(Error::Input(diagnostics)) }
}
