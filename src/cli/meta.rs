//! `karat meta`: meta-evaluation of metrics, by their correlation with human ratings.

use std::cell::RefCell;
use std::collections::BTreeSet;

use karat::error::{Diagnostic, Error};
use karat::meta::{Compare, Level, Loaded, MOST_METRICS, MetaSettings, RatedScores, evaluate, join, load};
use karat::report::{COMPARISON_HEADER, MetaReport, comparison_cells};
use karat::stats::correlation::Coefficient;

use super::args::meta::MetaArgs;
use super::output_format::OutputFormat;
use super::score::is_asked;
use super::{exit, output, table, threads};

pub(super) fn execute(args: &MetaArgs) -> Result<u8, Error> {
    // Scores of unselected metrics are not loaded, but their names are kept to suggest spellings.
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
        return Err(Error::NothingSelected(diagnostic.help("they are joined by the names of systems and documents")));
    }
    let settings = settings(args, compare);
    let pool = threads::pool(args.threads.jobs.unwrap_or(0).into());
    let evaluate_all = || judged.iter().map(|judged| evaluate(judged, &settings)).collect();
    // If no thread pool can be created, the current threads compute the same result.
    let dimensions = pool.map_or_else(|_| evaluate_all(), |pool| pool.install(evaluate_all));
    let negated: BTreeSet<String> = args.negate.iter().cloned().collect();
    let report = MetaReport { settings, negated: negated.into_iter().collect(), dimensions };
    args.format.print(&report, || tables(&report))?;
    notes(&judged, &report, args).iter().for_each(|note| output::note(note));
    Ok(exit::PASS)
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

/// Returns notes on limits of the figures: absent summaries, untested metrics and too few
/// permutations.
fn notes(judged: &[RatedScores], report: &MetaReport, args: &MetaArgs) -> Vec<String> {
    let mut notes = Vec::new();
    for judged in judged {
        let (found, name) = (judged.numbers, &judged.name);
        let whole = found.systems * found.documents;
        if found.summaries < whole {
            notes.push(format!(
                "note: {name}: {} of {whole} pairs of a system and a document have a summary: the means of systems are not of the same documents\n",
                found.summaries
            ));
        }
        // The other formats show this number themselves.
        if args.format == OutputFormat::Csv && found.left_out > 0 {
            notes.push(format!("note: {name}: {} summaries were left out\n", found.left_out));
        }
    }
    let metrics = judged.first().map_or(0, |judged| judged.metrics.len());
    if args.compare.is_empty() && metrics > MOST_METRICS {
        notes.push(format!(
            "note: {metrics} metrics are not tested against each other: `--compare A,B` or `--compare all` does\n"
        ));
    }
    let pairs = report.dimensions.iter().map(|found| found.comparisons.len()).max().unwrap_or(0)
        / (report.settings.levels.len() * report.settings.coefficients.len());
    let drawn = report.dimensions.iter().flat_map(|found| &found.comparisons).filter_map(|found| found.permuted);
    if let Some(fewest) = drawn.filter(|test| !test.exact).map(|test| test.permutations).min() {
        let least = pairs as f64 / (fewest + 1) as f64;
        if least > 0.05 {
            notes.push(format!(
                "note: with {pairs} pairs, {fewest} permutations cannot give a corrected p below {least:.3}: raise `--permutations`\n"
            ));
        }
    }
    notes
}

/// Renders the correlations and comparisons of each dimension, then the method.
fn tables(report: &MetaReport) -> String {
    let mut parts = Vec::new();
    for dimension in &report.dimensions {
        parts.push(format!("{}: {}\n", dimension.name, dimension.rests_on()));
        let mut rows = table::new(report.figure_header());
        report.figure_cells(dimension).into_iter().for_each(|row| {
            rows.add_row(row);
        });
        parts.push(table::render(rows));
        if !dimension.comparisons.is_empty() {
            let mut rows = table::new(COMPARISON_HEADER);
            comparison_cells(dimension).into_iter().for_each(|row| {
                rows.add_row(row);
            });
            parts.push(table::render(rows));
        }
    }
    parts.push(format!("{}\n", report.method()));
    parts.join("\n")
}
