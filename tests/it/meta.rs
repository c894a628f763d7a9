//! `karat meta`: every format, every way to write scores and ratings, and what is wrong with them.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const SCORES: &str = "system,document,alike,edits
a,d1,0.25,0.75
a,d2,0.5,0.75
b,d1,0.5,0.5
b,d2,0.25,0.5
c,d1,0.75,0.25
c,d2,0.75,0.75
d,d1,0.75,0.25
d,d2,1,0
";
const RATINGS: &str = "system,document,rating
a,d1,1
a,d2,3
b,d1,2
b,d2,2
c,d1,4
c,d2,3
d,d1,4
d,d2,5
";

/// Few resamples: what is shown is the form of the output.
pub(crate) const META: [&str; 9] =
    ["meta", "--scores", "scores.csv", "--ratings", "ratings.csv", "--resamples", "40", "--permutations", "300"];

pub(crate) fn files() -> Cli {
    let cli = Cli::new();
    cli.write("scores.csv", SCORES);
    cli.write("ratings.csv", RATINGS);
    cli
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    META.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn every_format() {
    let cli = files();
    assert_cmd!("meta_table", cli.karat(&with(&["--negate", "edits"])));
    assert_cmd!("meta_md", cli.karat(&with(&["--negate", "edits", "--level", "summary"])));
    assert_cmd!("meta_csv", cli.karat(&with(&["--negate", "edits", "--format", "csv", "--coefficient", "kendall"])));
    let one = ["--level", "system", "--coefficient", "spearman", "--negate", "edits", "--format", "json"];
    assert_cmd!("meta_json", cli.karat(&with(&one)));
    assert_cmd!("meta_help", cli.karat(&["meta", "--help"]));
}

/// The example of the documentation.
#[test]
fn the_example_that_is_made_up() {
    let cli = Cli::new();
    cli.write("scores.csv", include_str!("../../examples/meta/scores.csv"));
    cli.write("ratings.csv", include_str!("../../examples/meta/ratings.csv"));
    let example = ["meta", "--scores", "scores.csv", "--ratings", "ratings.csv", "--negate", "edits"];
    assert_cmd!("meta_example", cli.karat(&[&example[..], &["--coefficient", "kendall"]].concat()));
}

/// Scores give the same bytes in any notation and order of their rows and for any number of
/// threads.
#[test]
fn neither_form_nor_order_nor_threads_matter() {
    let cli = files();
    let wanted = cli.json(&META);
    let reversed = |text: &str| {
        let (header, rows) = text.split_once('\n').unwrap();
        let rows: Vec<&str> = rows.lines().rev().collect();
        format!("{header}\n\n{}\r\n", rows.join("\r\n")).replace(',', ";")
    };
    cli.write("reversed.csv", reversed(SCORES));
    let mut long = "extractor\tdocument\tmetric\tvalue\tgold\n".to_owned();
    let mut lines = String::new();
    let mut list = Vec::new();
    for row in SCORES.lines().skip(1) {
        let [system, document, alike, edits] = row.split(',').collect::<Vec<_>>().try_into().unwrap();
        long.push_str(&format!("{system}\t{document}\tedits\t{edits}\t7\n{system}\t{document}\talike\t{alike}\t7\n"));
        let object = format!(r#"{{"alike": {alike}, "edits": {edits}, "id": "{document}", "model": "{system}"}}"#);
        lines.push_str(&format!("{object}\n"));
        list.push(object);
    }
    cli.write("long.tsv", long);
    cli.write("scores.jsonl", lines);
    cli.write("list.json", format!("[{}]", list.join(",\n")));
    for file in ["reversed.csv", "long.tsv", "scores.jsonl", "list.json"] {
        let other = [&["meta", "--scores", file], &META[3..]].concat();
        assert_eq!(cli.json(&other), wanted, "{file}");
    }
    for jobs in ["1", "3"] {
        assert_eq!(cli.json(&with(&["--jobs", jobs])), wanted);
    }
    assert_ne!(cli.json(&with(&["--seed", "2"])), wanted);
}

/// What `karat score` prints, a file a system.
#[test]
fn karats_own_scores() {
    let cli = Cli::with_dataset();
    let line = |id: &str, summary: &str| format!("{{\"id\": \"{id}\", \"summaries\": [\"{summary}\"]}}\n");
    cli.write("gold.jsonl", line("a", "Ada is fine today.") + &line("b", "Nobody objected to it."));
    let systems = [
        ("one", "Ada is fine.", "Nobody did."),
        ("two", "Ada went home.", "It was objected to."),
        ("three", "No.", "Nobody objected to it."),
    ];
    for (system, a, b) in systems {
        cli.write(&format!("{system}.jsonl"), line("a", a) + &line("b", b));
        let score = ["score", "--gold", "gold.jsonl", "--pred", &format!("{system}.jsonl"), "--format", "json"];
        let output = cli.karat(&[&score[..], &["--per-document"]].concat()).output().unwrap();
        assert!(output.status.success());
        cli.write(&format!("{system}.json"), output.stdout);
        let output = cli.karat(&score).output().unwrap();
        cli.write(&format!("{system}-whole.json"), output.stdout);
    }
    let ratings: Vec<String> = ["one", "two", "3rd"]
        .iter()
        .flat_map(|system| {
            ["a", "b"]
                .map(|id| format!("{{\"system\": \"{system}\", \"document\": \"{id}\", \"rating\": {}}}", system.len()))
        })
        .collect();
    cli.write("ratings.jsonl", ratings.join("\n"));
    let start = ["meta", "--scores", "one.json", "--scores", "two.json", "--ratings", "ratings.jsonl"];
    let found = cli.json(&[&start[..], &["--scores", "3rd=three.json", "--metric", "summary.rouge1"]].concat());
    let metrics: Vec<&Value> =
        found["dimensions"][0]["correlations"].as_array().unwrap().iter().map(|f| &f["metric"]).collect();
    assert_eq!(metrics.len(), 27, "precision, recall and F1");
    assert!(metrics.contains(&&Value::from("summary.rouge1.f1")));
    assert_eq!(found["dimensions"][0]["summaries"], 6);
    assert_cmd!("meta_whole_scores", cli.karat(&[&start[..], &["--scores", "one-whole.json"]].concat()));
}

#[test]
fn dimensions_and_annotators() {
    let cli = files();
    let mut rows = "system,document,rater,coherence,relevance\n".to_owned();
    for row in RATINGS.lines().skip(1) {
        let (start, rating) = row.rsplit_once(',').unwrap();
        let rating: f64 = rating.parse().unwrap();
        rows.push_str(&format!("{start},x,{},{}\n{start},y,{},\n", rating - 0.5, -rating, rating + 0.5));
    }
    cli.write("wide.csv", rows);
    let found = cli.json(&[&["meta", "--ratings", "wide.csv"], &META[1..3], &META[5..]].concat());
    let (one, other) = (&found["dimensions"][0], &found["dimensions"][1]);
    assert_eq!((&one["dimension"], &other["dimension"]), (&"coherence".into(), &"relevance".into()));
    assert_eq!((&one["ratings"], &other["ratings"]), (&16.into(), &8.into()));
    let wanted = cli.json(&META);
    assert_eq!(one["correlations"], wanted["dimensions"][0]["correlations"], "the mean of two is the one rating");
    let value = |of: &Value| of["correlations"][0]["value"].as_f64().unwrap();
    assert!((value(one) + value(other)).abs() < 1e-12);
    let args = [&["meta", "--ratings", "wide.csv", "--dimension", "relevance"], &META[1..3], &META[5..]].concat();
    assert_eq!(cli.json(&args)["dimensions"].as_array().unwrap().len(), 1);
}

#[test]
fn what_is_compared() {
    let cli = files();
    let pairs = |args: &[&str]| {
        let found = cli.json(&with(args))["dimensions"][0]["comparisons"].clone();
        let names =
            |found: &Value| format!("{}-{}", found["first"].as_str().unwrap(), found["second"].as_str().unwrap());
        found.as_array().unwrap().iter().map(names).collect::<Vec<_>>()
    };
    let one = ["--level", "global", "--coefficient", "pearson"];
    assert_eq!(pairs(&one), ["alike-edits"]);
    assert_eq!(pairs(&[&one[..], &["--compare", "edits,alike"]].concat()), ["edits-alike"]);
    assert_eq!(pairs(&[&one[..], &["--compare", "edits,alike", "--compare", "alike,edits"]].concat()), ["edits-alike"]);
    assert!(pairs(&[&one[..], &["--compare", "none"]].concat()).is_empty());
    // Eleven metrics are too many to be tested unasked.
    let mut rows = format!("system,document,{}\n", (0..11).map(|at| format!("m{at}")).collect::<Vec<_>>().join(","));
    for row in RATINGS.lines().skip(1) {
        let (start, rating) = row.rsplit_once(',').unwrap();
        let values: Vec<String> =
            (0..11).map(|at| ((rating.parse::<i32>().unwrap() * (at + 3)) % 7).to_string()).collect();
        rows.push_str(&format!("{start},{}\n", values.join(",")));
    }
    cli.write("scores.csv", rows);
    assert!(pairs(&one).is_empty());
    assert_eq!(pairs(&[&one[..], &["--compare", "all"]].concat()).len(), 55);
    let args = [&META[..5], &one[..], &["--compare", "all", "--permutations", "50", "--format", "csv"]].concat();
    let output = cli.karat(&args).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("raise `--permutations`"));
}

#[test]
fn what_lacks_a_score_or_a_rating() {
    let cli = files();
    cli.write("ratings.csv", RATINGS.replace("b,d1,2\n", "").replace("d,d2,5", "e,d2,5"));
    cli.write("scores.csv", SCORES.replace("c,d1,0.75,0.25", "c,d1,,0.25"));
    assert_cmd!("meta_missing", cli.karat(&META));
    assert_cmd!(
        "meta_missing_skip",
        cli.karat(&with(&["--missing", "skip", "--level", "system", "--coefficient", "pearson"]))
    );
    cli.write("ratings.csv", RATINGS.replace(",d1", ",x1").replace(",d2", ",x2"));
    assert_cmd!("meta_nothing_in_common", cli.karat(&with(&["--missing", "skip"])));
}

#[test]
fn what_is_wrong_with_a_file() {
    let cli = files();
    cli.write(
        "scores.csv",
        SCORES.replace("b,d1,0.5,0.5", "b,d1,n/a,NaN").replace("c,d2", ",d2") + "a,d2,1,1\na,d3,1\n",
    );
    cli.write("ratings.csv", "system,document,annotator,rating\na,d1,x,1\na,d1,y,2\na,d1,x,\"good\"\na,d1,x,3\n");
    assert_cmd!("meta_errors", cli.karat(&META));
    cli.write(
        "scores.jsonl",
        "{\"system\": \"a\", \"document\": \"d1\", \"m\": \"0.5\"}\n{\"system\": \"a\", \"m\": 1}\n{\"system\": \n",
    );
    cli.write("ratings.jsonl", "{\"system\": \"a\", \"document\": 7, \"dimension\": \"fluency\"}\n{\"system\": \"a\", \"document\": 7, \"score\": true}\n[3]\n");
    assert_cmd!("meta_errors_json", cli.karat(&["meta", "--scores", "scores.jsonl", "--ratings", "ratings.jsonl"]));
    cli.write("empty.csv", " \n");
    cli.write("header.csv", "system,model,document,m\n");
    cli.write("no-document.csv", "system,m\na,1\n");
    cli.write("no-value.csv", "system,document,metric\na,d,m\n");
    let faulty =
        ["empty.csv", "header.csv", "no-document.csv", "no-value.csv", "nowhere.csv"].map(|file| ["--scores", file]);
    assert_cmd!("meta_headers", cli.karat(&[&["meta", "--ratings", "empty.csv"], faulty.as_flattened()].concat()));
}

#[test]
fn names_that_are_not_there() {
    let cli = files();
    let names = ["--metric", "alke", "--negate", "edit", "--compare", "alike,other", "--dimension", "coherence"];
    assert_cmd!("meta_names", cli.karat(&with(&names)));
    assert_cmd!("meta_compare_one", cli.karat(&with(&["--compare", "alike"])));
    assert_cmd!("meta_confidence", cli.karat(&with(&["--confidence", "95"])));
    cli.write("one.csv", "document,alike\nd1,1\n");
    assert_cmd!("meta_no_system", cli.karat(&["meta", "--scores", "one.csv", "--ratings", "ratings.csv"]));
    assert_cmd!(
        "meta_named_system",
        cli.karat(&["meta", "--scores", "a=one.csv", "--ratings", "ratings.csv", "--missing", "skip"])
    );
}

/// A constant metric has no correlation, which is not an error.
#[test]
fn a_constant_metric() {
    let cli = files();
    cli.write(
        "scores.csv",
        SCORES
            .lines()
            .map(|row| row.to_owned() + if row.starts_with("sys") { ",same\n" } else { ",1\n" })
            .collect::<String>(),
    );
    assert_cmd!(
        "meta_constant",
        cli.karat(&with(&["--metric", "same", "--metric", "alike", "--coefficient", "kendall"]))
    );
}

/// Scores that differ by their last bit rank alike from JSON and from CSV: a double that is read
/// wrongly would tie or swap them.
#[test]
fn ranks_from_json_are_those_from_csv() {
    let cli = files();
    let scores: Vec<String> =
        (0..64_u64).map(|at| f64::from_bits(0.233_f64.to_bits() + at * 7919 % 64).to_string()).collect();
    let (mut table, mut lines, mut ratings) =
        ("system,document,alike\n".to_owned(), String::new(), "system,document,rating\n".to_owned());
    for (at, score) in scores.iter().enumerate() {
        let (system, document) = (at / 8, at % 8);
        table.push_str(&format!("s{system},d{document},{score}\n"));
        lines.push_str(&format!("{{\"system\": \"s{system}\", \"document\": \"d{document}\", \"alike\": {score}}}\n"));
        ratings.push_str(&format!("s{system},d{document},{}\n", at * 7919 % 64));
    }
    cli.write("scores.csv", table);
    cli.write("scores.jsonl", lines);
    cli.write("ratings.csv", ratings);
    let from =
        |file: &str| cli.json(&[&["meta", "--scores", file], &META[3..], &["--coefficient", "spearman"]].concat());
    let (csv, json) = (from("scores.csv"), from("scores.jsonl"));
    assert_eq!(csv, json);
    // The ratings are the scores' own order; one tie or swap of 64 would take 1e-5.
    let global =
        csv["dimensions"][0]["correlations"].as_array().unwrap().iter().find(|one| one["level"] == "global").unwrap();
    assert!((global["value"].as_f64().unwrap() - 1.0).abs() < 1e-12, "{global}");
}

#[test]
fn a_score_beyond_doubles_is_refused() {
    let cli = files();
    let long = "9".repeat(400);
    for (score, why) in [("1e400", "1e400 is beyond the range of a double"), (&*long, "within the range of doubles")] {
        cli.write("scores.jsonl", format!("{{\"system\": \"a\", \"document\": \"d1\", \"alike\": {score}}}\n"));
        let output = cli.karat(&[&["meta", "--scores", "scores.jsonl"], &META[3..]].concat()).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && errors.contains(why), "{errors}");
    }
}
