//! How two runs computed their figures.

use std::collections::BTreeMap;
use std::path::Path;

use karat::error::Fault;

/// So many metrics are named.
const MOST: usize = 3;

/// The faults of figures that the reports of two runs have under unequal signatures. What a report does not have is not judged.
pub(super) fn differing(runs: [&Path; 2], dataset: &str, extractor: &str) -> Vec<Fault> {
    let [base, candidate] = runs.map(|run| signatures(run, dataset, extractor));
    let unequal = base.iter().filter_map(|(metric, was)| {
        let is = candidate.get(metric).filter(|is| *is != was)?;
        let message = format!(
            "{dataset}, {extractor}: `{metric}` was `{was}` in {}, and is `{is}` in {}",
            runs[0].display(),
            runs[1].display()
        );
        Some(Fault::new(message).help("`--force` scores both runs anew under today's options"))
    });
    unequal.take(MOST).collect()
}

/// The signature of every figure in a run's scores.csv.
fn signatures(run: &Path, dataset: &str, extractor: &str) -> BTreeMap<String, String> {
    let Ok(mut reader) = csv::Reader::from_path(run.join(dataset).join("scores.csv")) else { return BTreeMap::new() };
    let place = |headers: &csv::StringRecord, name: &str| headers.iter().position(|header| header == name);
    let Ok(headers) = reader.headers().cloned() else { return BTreeMap::new() };
    let columns = ["extractor", "metric", "signature"].map(|name| place(&headers, name));
    let [Some(of), Some(metric), Some(signature)] = columns else { return BTreeMap::new() };
    let rows = reader.records().filter_map(Result::ok).filter(|row| row.get(of) == Some(extractor));
    rows.filter_map(|row| Some((row.get(metric)?.to_owned(), row.get(signature)?.to_owned()))).collect()
}
