//! Every output format on the one shared fixture.

use karat::report::{JsonOptions, RENDERERS, to_json};

use crate::cli::outline;
use crate::fixture;

#[test]
fn every_renderer() {
    let report = fixture::report();
    // What `report.html` contains is tested where its data are decoded.
    for renderer in RENDERERS.iter().filter(|renderer| renderer.file_name() != "report.html") {
        insta::assert_snapshot!(format!("fixture_{}", renderer.file_name()), renderer.render(&report));
    }
}

#[test]
fn json() {
    let report = fixture::report();
    let options = JsonOptions { per_document: true, ..JsonOptions::default() };
    let outline = outline(&to_json(&report.extractors[0], &options));
    let (metrics, rest): (Vec<&str>, Vec<&str>) = outline.lines().partition(|line| line.starts_with("/metrics/"));
    insta::assert_snapshot!("fixture_json_metrics", metrics.join("\n"));
    insta::assert_snapshot!("fixture_json", rest.join("\n"));
}

#[test]
fn tables_of_csv_have_rows_of_one_length_and_lose_no_text() {
    let report = fixture::report();
    for renderer in RENDERERS.iter().filter(|renderer| renderer.file_name().ends_with(".csv")) {
        let content = renderer.render(&report);
        let mut reader = csv::Reader::from_reader(content.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        assert!(!rows.is_empty(), "{}", renderer.file_name());
        if renderer.file_name() == "alignment.csv" {
            assert!(rows.iter().any(|row| row.iter().any(|cell| cell == "\"quoted\"\n# no heading")));
        }
    }
}

/// Every row of a Markdown table has the columns of its head, whatever the documents contain.
#[test]
fn tables_of_markdown_stay_tables() {
    let report = fixture::report();
    let markdown = RENDERERS.iter().find(|renderer| renderer.file_name() == "report.md").unwrap().render(&report);
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    let mut head: Option<usize> = None;
    for line in markdown.lines() {
        match (line.starts_with('|'), head) {
            (true, None) => head = Some(columns(line)),
            (true, Some(expected)) => assert_eq!(columns(line), expected, "{line}"),
            (false, _) => head = None,
        }
    }
    assert!(!markdown.contains("<script>") && !markdown.contains("<b>"));
}
