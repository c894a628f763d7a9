//! `report.html`: what the page contains, and that nothing in it acts. How it looks and behaves is
//! tested in a browser (`tests/browser`).

use std::collections::BTreeMap;
use std::io::Read;

use base64::prelude::{BASE64_STANDARD, Engine};
use flate2::read::GzDecoder;
use karat::report::{Html, RENDERERS, Renderer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cli::{Cli, outline};
use crate::{fixture, hostile};

/// The text between two others, which must be there.
fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let start = text.find(before).unwrap_or_else(|| panic!("no {before:?}")) + before.len();
    &text[start..start + text[start..].find(after).unwrap()]
}

/// The overview of a page, and its blocks by name.
fn data(page: &str) -> (Value, BTreeMap<String, Value>) {
    let overview = serde_json::from_str(between(page, "id=\"overview\">", "</script>")).unwrap();
    let block = |part: &str| {
        let (name, rest) = part.split_once("\">").unwrap();
        let bytes = BASE64_STANDARD.decode(rest.split_once("</script>").unwrap().0).unwrap();
        let mut json = String::new();
        GzDecoder::new(bytes.as_slice()).read_to_string(&mut json).unwrap();
        (name.to_owned(), serde_json::from_str(&json).unwrap())
    };
    (overview, page.split("id=\"b-").skip(1).map(block).collect())
}

#[test]
fn equal_models_give_equal_pages() {
    assert_eq!(Html.render(&fixture::report()), Html.render(&fixture::report()));
}

#[test]
fn the_policy_names_the_script_and_the_style() {
    let page = Html.render(&fixture::report());
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\"");
    let hash = |content: &str| format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(content)));
    let script = hash(between(&page, "\n<script>", "</script>"));
    let style = hash(between(&page, "<style>", "</style>"));
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src {script}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
        )
    );
}

/// Nothing that stands in the data becomes an element, and nothing is fetched.
#[test]
fn texts_stay_texts() {
    let strings: Vec<String> = hostile::STRINGS.iter().map(|(_, string)| (*string).to_owned()).collect();
    let page = Html.render(&hostile::report(&strings));
    let viewer = between(&page, "\n<script>", "</script>");
    let style = between(&page, "<style>", "</style>");
    let rest = page.replace(viewer, "").replace(style, "");
    let tags: Vec<&str> = rest.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()).collect();
    let known = [
        "!doctype", "html", "head", "meta", "title", "/title", "link", "style", "/style", "/head", "body", "div",
        "/div", "script", "/script", "/body", "/html",
    ];
    for tag in tags {
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(known.contains(&name.trim()), "<{tag}>");
        assert!(
            !attributes.contains("src=") && !attributes.contains("http:") && !attributes.contains(" on"),
            "<{tag}>"
        );
    }
    // Preact knows the name; a component that used it would set the key.
    assert!(!viewer.contains("dangerouslySetInnerHTML:"), "a component sets markup");
    let (overview, _) = data(&page);
    assert_eq!(overview["dataset"], strings.concat());
}

/// What the page tells of the fixture, decoded.
#[test]
fn data_of_the_fixture() {
    let (overview, blocks) = data(&Html.render(&fixture::report()));
    insta::assert_snapshot!("html_overview", outline(&format!("{overview:#}")));
    let shown =
        ["index", "errors-0", "a0-0"].map(|name| format!("{name}\n{}", outline(&format!("{:#}", blocks[name]))));
    insta::assert_snapshot!("html_blocks", shown.join("\n"));
}

/// Every error of `alignment.csv` is on the page of errors, and in the answer to its document.
#[test]
fn the_items_are_those_of_the_alignment() {
    let report = fixture::report();
    let (overview, blocks) = data(&Html.render(&report));
    let alignment = RENDERERS.iter().find(|renderer| renderer.file_name() == "alignment.csv").unwrap().render(&report);
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(alignment.as_bytes()).records().map(Result::unwrap).collect();
    for (at, extractor) in report.extractors.iter().enumerate() {
        let own = || rows.iter().filter(|row| row[1] == extractor.name);
        let wrong = own().filter(|row| &row[4] != "correct").count();
        assert_eq!(blocks[&format!("errors-{at}")].as_array().unwrap().len(), wrong);
        let answers = blocks[&format!("a{at}-0")].as_array().unwrap();
        let items = answers.iter().flat_map(|answer| answer["items"].as_array().unwrap());
        assert_eq!(items.count(), own().count());
    }
    assert_eq!(overview["blocks"].as_array().unwrap().len(), blocks.len());
}

/// Rows that were put aside while a run was scored give the same items as those in memory.
#[test]
fn a_run_and_a_score_show_the_same_items() {
    let cli = Cli::with_dataset();
    assert_eq!(cli.karat(&["run", "--quiet", "--out", "r"]).status().unwrap().code(), Some(0));
    let of_run = data(&cli.read("r/d/report.html"));
    let at = of_run.0["extractors"].as_array().unwrap().iter().position(|one| one["name"] == "patterns").unwrap();
    let scored = cli.karat(&[
        "score",
        "--gold",
        "golden",
        "--documents",
        "docs",
        "--pred",
        "r/predictions/d/patterns.jsonl",
        "--format",
        "html",
    ]);
    let of_score = data(&String::from_utf8({ scored }.output().unwrap().stdout).unwrap());
    let without_lines = |value: &Value| {
        let items = value[0]["items"].as_array().unwrap().iter();
        let names = |blocks: &Value, item: &Value| blocks["layers"][item[0].as_u64().unwrap() as usize]["name"].clone();
        (items.cloned().collect::<Vec<_>>(), names(&of_run.0, &value[0]["items"][0]))
    };
    let [run, score] = [&of_run.1[&format!("a{at}-0")], &of_score.1["a0-0"]].map(without_lines);
    let sides = |items: &[Value]| {
        items.iter().map(|item| (item[1].clone(), item[2].clone(), item[3].clone())).collect::<Vec<_>>()
    };
    assert_eq!(sides(&run.0), sides(&score.0));
    // The run knows the golden files: an error leads to its label's line.
    let lines: Vec<&Value> = run.0.iter().map(|item| &item[6]).collect();
    assert!(lines.contains(&&Value::from(2)), "{lines:?}");
    assert_eq!(of_run.1["d0"][0]["file"], "golden/a.json");
}

#[test]
fn confidential_texts_are_not_in_the_page() {
    let mut report = fixture::report();
    report.withhold_texts();
    let (overview, blocks) = data(&Html.render(&report));
    assert_eq!(overview["confidential"], true);
    for (name, block) in blocks.iter().filter(|(name, _)| *name != "definitions") {
        let text = block.to_string();
        assert!(!text.contains("Bold") && !text.contains("SUM(A1)"), "{name}");
    }
}

/// The overview of a run has the headline figures against the accepted baseline, as `karat compare`
/// has them, and what the gate says.
#[test]
fn the_overview_has_the_figures_behind_the_verdict() {
    let cli = Cli::new();
    let lines = |line: &dyn Fn(usize) -> Value| -> String {
        let with_id = |at: usize| {
            let mut value = line(at);
            value["id"] = json!(format!("d{at:02}"));
            format!("{value}\n")
        };
        (0..24).map(with_id).collect()
    };
    let [ada, oslo] = [(0, 3, "PERSON"), (11, 15, "GPE")]
        .map(|(start, end, label)| json!({"start": start, "end": end, "label": label}));
    let whole = json!({"entities": [&ada, &oslo], "summary": "Ada is in Oslo", "keyphrases": ["Oslo"]});
    cli.write("docs.jsonl", lines(&|_| json!({"text": "Ada now in Oslo."})));
    cli.write(
        "gold.jsonl",
        lines(&|_| json!({"entities": [&ada, &oslo], "summaries": ["Ada is in Oslo"], "keyphrases": ["Oslo"]})),
    );
    let rule =
        |metric: &str, more: &str| format!("[[gate]]\nextractor = \"e\"\nmetric = {metric:?}\nmargin = 0.01\n{more}\n");
    cli.write(
        "karat.toml",
        "[datasets.d]\ndocuments = \"docs.jsonl\"\ngolden = \"gold.jsonl\"\n\
         [extractors.e]\nkind = \"predictions\"\npath = \"e.jsonl\"\n\
         [extractors.f]\nkind = \"predictions\"\npath = \"f.jsonl\"\n"
            .to_owned()
            + &rule("entities.strict.f1", "")
            + &rule("summary.rouge1.f1", "informational = true"),
    );
    cli.write("e.jsonl", lines(&|_| whole.clone()));
    cli.write("f.jsonl", lines(&|_| whole.clone()));
    let succeeds = |args: &[&str]| assert!(cli.karat(args).output().unwrap().status.success(), "{args:?}");
    succeeds(&["run", "--quiet", "--out", "a"]);
    succeeds(&["accept", "a", "--extractor", "e"]);
    // Entities and words are lost in some documents, and the layer of key phrases in all.
    cli.write(
        "e.jsonl",
        lines(&|at| {
            let entities = if at % 3 == 0 { vec![&ada] } else { vec![&ada, &oslo] };
            json!({"entities": entities, "summary": if at % 4 == 0 { "Ada is" } else { "Ada is in Oslo" }})
        }),
    );
    succeeds(&["run", "--quiet", "--out", "b"]);
    let (overview, _) = data(&cli.read("b/d/report.html"));
    let [e, f] = [0, 1].map(|at| &overview["extractors"][at]);
    let compared = cli.json(&["compare", "baseline", "b"]);
    let metrics = [
        ("entities", "entities.strict.f1", true),
        ("summaries", "summary.rouge1.f1", false),
        ("keyphrases", "keyphrases.f1@10", false),
    ];
    for (layer, metric, decides) in metrics {
        let mut of_page = e["baseline"]["figures"][layer].clone();
        assert_eq!(of_page["decides"], decides, "{metric}");
        of_page["decides"] = json!(true);
        assert_eq!(of_page, compared["metrics"][metric], "{metric}");
        assert_eq!(of_page["verdict"], "worse", "{metric}");
    }
    assert!(e["headlines"].get("keyphrases").is_none());
    let gate = cli.karat(&["gate", "b", "--format", "json"]).output().unwrap();
    assert_eq!(gate.status.code(), Some(100));
    let gate: Value = serde_json::from_slice(&gate.stdout).unwrap();
    let findings = e["baseline"]["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 2);
    for (finding, judged) in findings.iter().zip(gate["rules"].as_array().unwrap()) {
        for key in ["metric", "verdict", "delta", "message", "informational"] {
            assert_eq!(finding[key], judged[key], "{key}");
        }
    }
    assert_eq!((&e["verdict"], &e["notCompared"]), (&json!("fail"), &json!("the baseline has no such figure")));
    assert_eq!(f["baseline"], Value::Null);
    assert_eq!(f["notCompared"], "there is no accepted baseline to compare with");
    // Files of predictions have no baseline.
    let scored =
        cli.karat(&["score", "--gold", "gold.jsonl", "--pred", "e.jsonl", "--format", "html"]).output().unwrap();
    let (overview, _) = data(&String::from_utf8(scored.stdout).unwrap());
    assert_eq!(overview["extractors"][0]["baseline"], Value::Null);
}

/// The report of a large run compares only what the gate judges, which it counts anyway.
#[test]
fn a_large_run_is_compared_where_a_rule_asks_for_it() {
    let cli = Cli::new();
    let lines = |line: &str| (0..1_001).map(|at| format!("{{\"id\": \"d{at:04}\", {line}}}\n")).collect::<String>();
    let entities = "\"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"PERSON\"}]";
    cli.write("docs.jsonl", lines("\"text\": \"Ada\""));
    cli.write("gold.jsonl", lines(&format!("{entities}, \"keyphrases\": [\"Ada\"]")));
    cli.write("p.jsonl", lines(&format!("{entities}, \"keyphrases\": [\"Ada\"]")));
    cli.write(
        "karat.toml",
        "[datasets.d]\ndocuments = \"docs.jsonl\"\ngolden = \"gold.jsonl\"\n\
         [extractors.e]\nkind = \"predictions\"\npath = \"p.jsonl\"\n\
         [extractors.f]\nkind = \"predictions\"\npath = \"p.jsonl\"\n\
         [[gate]]\nextractor = \"e\"\nmetric = \"entities.strict.f1\"\nmargin = 0.01\n",
    );
    for args in [&["run", "--quiet", "--out", "a"][..], &["accept", "a"]] {
        assert!(cli.karat(args).output().unwrap().status.success(), "{args:?}");
    }
    let page = cli.karat(&["report", "a", "--format", "html"]).output().unwrap();
    let (overview, _) = data(&String::from_utf8(page.stdout).unwrap());
    let [e, f] = [0, 1].map(|at| &overview["extractors"][at]);
    let figures = e["baseline"]["figures"].as_object().unwrap();
    assert_eq!(figures.keys().collect::<Vec<_>>(), ["entities"]);
    assert_eq!(figures["entities"]["verdict"], "identical");
    assert_eq!((&e["verdict"], &f["verdict"]), (&json!("identical"), &json!("not gated")));
    assert_eq!(f["baseline"], Value::Null);
    for extractor in [e, f] {
        assert!(extractor["notCompared"].as_str().unwrap().contains("karat compare baseline RUN"), "{extractor}");
    }
}

/// `karat report` gives the page that the run wrote, and refuses what is no run.
#[test]
fn a_run_is_reported_again() {
    let cli = Cli::with_dataset();
    assert_eq!(cli.karat(&["run", "--quiet", "--out", "r"]).status().unwrap().code(), Some(0));
    for (format, file) in [("html", "report.html"), ("md", "report.md"), ("csv", "scores.csv")] {
        let printed = cli.karat(&["report", "r", "--format", format]).output().unwrap();
        assert_eq!(String::from_utf8(printed.stdout).unwrap(), cli.read(&format!("r/d/{file}")), "{format}");
    }
    let refused = cli.karat(&["report", "docs", "--format", "html"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("this is not a run"));
    cli.write("r/run.json", "{\"schema\": \"karat.run/9\"}");
    let refused = cli.karat(&["report", "r"]).output().unwrap();
    assert!(String::from_utf8(refused.stderr).unwrap().contains("karat.run/9"));
}

#[test]
fn a_comparison_has_a_page() {
    let cli = Cli::with_dataset();
    cli.write("base.jsonl", "{\"id\": \"a\", \"entities\": []}\n{\"id\": \"b\", \"entities\": []}\n");
    cli.write("new.jsonl", "{\"id\": \"a\", \"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"PERSON\"}]}\n{\"id\": \"b\", \"entities\": []}\n");
    let compared = ["compare", "--gold", "golden", "base.jsonl", "new.jsonl", "--format", "html"];
    let printed = cli.karat(&compared).output().unwrap();
    let (overview, blocks) = data(&String::from_utf8(printed.stdout).unwrap());
    assert_eq!(overview["kind"], "comparison");
    assert_eq!(blocks["comparison"]["flips"][0]["change"], "gained");
    let names: Vec<&Value> = overview["extractors"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["base.jsonl", "new.jsonl"]);
}
