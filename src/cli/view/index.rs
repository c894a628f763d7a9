//! The page that lists the runs of the project, and chooses two to compare.

use karat::report::{escaped, policy_hash};

/// A run in the list.
pub(super) struct ListedRun {
    pub name: String,
    pub started: String,
    pub commit: String,
    pub datasets: Vec<String>,
    /// Whether it is the run that was asked for.
    pub is_asked: bool,
}

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:1.5em auto;max-width:60em;padding:0 1em;color-scheme:light dark}\
table{border-collapse:collapse}td,th{text-align:left;padding:3px 14px 3px 0;border-bottom:1px solid #8888}";

/// Renders the list: `extractors` are those of any run.
pub(super) fn page(runs: &[ListedRun], extractors: &[String]) -> String {
    let e = escaped;
    let rows: String = runs
        .iter()
        .map(|run| {
            let links: Vec<String> = run
                .datasets
                .iter()
                .map(|dataset| {
                    format!("<a href=\"/run/{}/{}\">{}</a>", encoded(&run.name), encoded(dataset), e(dataset))
                })
                .collect();
            let mark = if run.is_asked { " (asked for)" } else { "" };
            format!(
                "<tr><td>{}{mark}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                e(&run.name),
                e(&run.started),
                e(&run.commit),
                links.join(", ")
            )
        })
        .collect();
    let choice = |name: &str, values: &[&str]| {
        let options: String = values.iter().map(|value| format!("<option>{}</option>", e(value))).collect();
        format!("<label>{name} <select name=\"{name}\">{options}</select></label> ")
    };
    let names: Vec<&str> = runs.iter().map(|run| run.name.as_str()).collect();
    let mut datasets: Vec<&str> = runs.iter().flat_map(|run| &run.datasets).map(String::as_str).collect();
    datasets.sort_unstable();
    datasets.dedup();
    let extractors: Vec<&str> = extractors.iter().map(String::as_str).collect();
    let older: Vec<&str> = names.iter().skip(1).chain(names.first()).copied().collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}; img-src data:; form-action 'self'; base-uri 'none'\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>karat: runs</title>\
         <link rel=\"icon\" href=\"data:,\"><style>{STYLE}</style></head><body><main><h1>Runs</h1>\n\
         <table><thead><tr><th scope=\"col\">run</th><th scope=\"col\">started</th><th scope=\"col\">commit</th><th scope=\"col\">report</th></tr></thead>\n\
         <tbody>{rows}</tbody></table>\n<h2>Compare two</h2>\n<form action=\"/compare\" method=\"get\">{}{}{}{}<button>Compare</button></form>\n</main></body></html>\n",
        policy_hash(STYLE),
        choice("base", &older),
        choice("candidate", &names),
        choice("dataset", &datasets),
        choice("extractor", &extractors),
    )
}

/// Encodes a name as a part of an address.
fn encoded(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}
