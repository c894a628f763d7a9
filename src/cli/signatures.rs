//! How two runs computed their figures.

use std::collections::BTreeMap;
use std::path::Path;

use karat::error::Fault;
use karat::metric::signature::{Signature, list_differences};

/// At most so many differences are reported.
const MOST: usize = 3;

/// The faults of figures that the reports of two runs have under unequal signatures. What a report does not have is not judged.
pub(super) fn differing(runs: [&Path; 2], dataset: &str, extractor: &str) -> Vec<Fault> {
    let [base, candidate] = runs.map(|run| signatures(run, dataset, extractor));
    let mut metrics_of: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (metric, was) in &base {
        let differences = candidate.get(metric).map(|is| was.differences(is)).unwrap_or_default();
        if !differences.is_empty() {
            metrics_of.entry(list_differences(&differences)).or_default().push(metric);
        }
    }
    let [base, candidate] = runs.map(Path::display);
    let unequal = metrics_of.into_iter().map(|(differences, metrics)| {
        let more = match metrics.len() - 1 {
            0 => String::new(),
            more => format!("; so do {more} more metrics"),
        };
        let of = format!("{dataset}, {extractor}: `{}` of {base} and of {candidate}", metrics[0]);
        Fault::new(format!("{of} differs in {differences}{more}"))
            .help("`--force` scores both runs anew under today's options")
    });
    unequal.take(MOST).collect()
}

/// The signature of every figure in a run's scores.csv.
fn signatures(run: &Path, dataset: &str, extractor: &str) -> BTreeMap<String, Signature> {
    let Ok(mut reader) = csv::Reader::from_path(run.join(dataset).join("scores.csv")) else { return BTreeMap::new() };
    let place = |headers: &csv::StringRecord, name: &str| headers.iter().position(|header| header == name);
    let Ok(headers) = reader.headers().cloned() else { return BTreeMap::new() };
    let columns = ["extractor", "metric", "signature"].map(|name| place(&headers, name));
    let [Some(of), Some(metric), Some(signature)] = columns else { return BTreeMap::new() };
    let rows = reader.records().filter_map(Result::ok).filter(|row| row.get(of) == Some(extractor));
    rows.filter_map(|row| Some((row.get(metric)?.to_owned(), row.get(signature)?.parse().ok()?))).collect()
}
