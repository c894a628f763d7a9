//! BLEU, chrF, TER, METEOR and the word error rate: what a user sees, and what must hold for every
//! corpus.

use karat::metric::options::{BleuOptions, ChrfOptions, TerOptions};
use proptest::prelude::*;
use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

const GOLD: &str = r#"{"id": "a", "summaries": ["The cat sat on the mat.", "A cat was sitting on the mat."]}
{"id": "b", "summaries": ["It was there at 3.14 p.m.", "It was there, in the afternoon."]}
{"id": "c", "summaries": ["Nobody came.", "Not one came to see it."]}
"#;
const PRED: &str = r#"{"id": "a", "summary": "On the mat, the cat sat."}
{"id": "b", "summary": "It was there"}
{"id": "c", "summary": ""}
"#;
const UNEQUAL: &str = r#"{"id": "a", "summaries": ["The cat sat on the mat.", "A cat was sitting on the mat."]}
{"id": "b", "summaries": ["It was there at 3.14 p.m."]}
{"id": "c", "summaries": ["Nobody came.", "Not one came to see it."]}
"#;
const PRESET: [&str; 2] = ["--preset", "sacrebleu"];

fn files(gold: &str) -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", gold);
    cli.write("pred.jsonl", PRED);
    cli
}

fn with<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], args].concat()
}

fn json(cli: &Cli, args: &[&str]) -> Value {
    cli.json(&with(args))
}

#[test]
fn the_preset() {
    let cli = files(GOLD);
    assert_cmd!("sacrebleu_table", cli.karat(&with(&PRESET)));
    assert_cmd!("sacrebleu_json", cli.karat(&with(&[&PRESET[..], &["--format", "json", "--per-document"]].concat())));
}

#[test]
fn on_request_without_a_preset() {
    let cli = files(UNEQUAL);
    let names = ["bleu", "chrf", "chrf++", "ter", "meteor", "edit_distance"].map(|name| format!("summary.{name}"));
    let args: Vec<&str> = names.iter().flat_map(|name| ["--metric", name.as_str()]).collect();
    assert_cmd!("sacrebleu_on_request", cli.karat(&with(&args)));
    let scores = json(&cli, &args);
    let signature = scores["metrics"]["summary.bleu"]["signature"].as_str().unwrap();
    assert_eq!(signature, "BLEU|nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0");
    assert!(json(&cli, &[])["metrics"].get("summary.bleu").is_none());
}

#[test]
fn references_of_unequal_number_are_refused_unless_they_may_vary() {
    let cli = files(UNEQUAL);
    assert_cmd!("sacrebleu_unequal", cli.karat(&with(&PRESET)));
    cli.write("options.toml", "[summaries]\nvariable_references = true\n");
    let scores = json(&cli, &[&PRESET[..], &["--options", "options.toml"]].concat());
    let signature = scores["metrics"]["summary.ter"]["signature"].as_str().unwrap();
    assert!(signature.starts_with("TER|nrefs:var|"), "{signature}");
}

#[test]
fn options_change_figures_and_signatures() {
    let cli = files(GOLD);
    cli.write(
        "options.toml",
        "[summaries.bleu]\ntokenize = \"char\"\nsmooth_method = \"floor\"\nlowercase = true\n\
         [summaries.chrf]\nchar_order = 4\nword_order = 1\nbeta = 3\n[summaries.ter]\nnormalized = true\n",
    );
    assert_cmd!(
        "sacrebleu_options",
        cli.karat(&with(&[&PRESET[..], &["--options", "options.toml", "--format", "csv"]].concat()))
    );
    cli.write("wrong.toml", "[summaries.bleu]\nsmooth_method = \"kneser\"\n");
    assert_cmd!("sacrebleu_wrong_option", cli.karat(&with(&[&PRESET[..], &["--options", "wrong.toml"]].concat())));
    cli.write("order.toml", "[summaries.bleu]\nmax_ngram_order = 0\n");
    assert_cmd!("sacrebleu_wrong_order", cli.karat(&with(&[&PRESET[..], &["--options", "order.toml"]].concat())));
}

/// Ten documents that are all right leave room for an eleventh that is not; more errors than words
/// have no upper end.
#[test]
fn intervals_keep_to_the_scale() {
    let lines = |make: &dyn Fn(usize) -> String| (0..10).map(make).collect::<Vec<_>>().join("\n");
    let cli = files(&lines(&|at| format!(r#"{{"id": "{at}", "summaries": ["one two three four {at}"]}}"#)));
    cli.write("pred.jsonl", lines(&|at| format!(r#"{{"id": "{at}", "summary": "one two three four {at}"}}"#)));
    let scores = json(&cli, &PRESET);
    let bleu = &scores["metrics"]["summary.bleu"];
    // sacreBLEU's own figure is this much above 100.
    assert_eq!((bleu["value"].as_f64(), bleu["high"].as_f64()), (Some(100.000_000_000_000_04), Some(100.0)));
    assert!((60.0..80.0).contains(&bleu["low"].as_f64().unwrap()), "{bleu}");
    let many = |at: usize| format!(r#"{{"id": "{at}", "summary": "{}"}}"#, "x ".repeat(10 + at));
    cli.write("pred.jsonl", lines(&many));
    let ter = &json(&cli, &PRESET)["metrics"]["summary.ter"];
    let figure = |name: &str| ter[name].as_f64().unwrap();
    assert!(figure("value") > 200.0 && figure("low") < figure("value") && figure("high") > figure("value"), "{ter}");
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!["a", "b", "c", "d.", "(e)", "5,", "日本", "É", "\n"]), 0..30)
        .prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn figures_are_in_their_range(one in text(), other in text(), summary in text()) {
        let (bleu, chrf, ter) = (BleuOptions::default(), ChrfOptions::default(), TerOptions::default());
        let references = [one.as_str(), other.as_str()];
        let score = bleu.score(&bleu.count(&references, &summary));
        prop_assert!((0.0..=100.0 + 1e-9).contains(&score));
        for counts in chrf.count(&references, &summary) {
            prop_assert!((0.0..=100.0 + 1e-9).contains(&chrf.score(&counts)));
        }
        prop_assert!(ter.score(&ter.count(&references, &summary)) >= 0.0);
    }

    /// The order of references changes nothing: the best counts, and of equals one with the same
    /// counts or score.
    #[test]
    fn the_order_of_references_changes_nothing(one in text(), other in text(), summary in text()) {
        let (bleu, chrf, ter) = (BleuOptions::default(), ChrfOptions::default(), TerOptions::default());
        let (there, back) = ([one.as_str(), other.as_str()], [other.as_str(), one.as_str()]);
        prop_assert_eq!(bleu.count(&there, &summary), bleu.count(&back, &summary));
        prop_assert_eq!(ter.count(&there, &summary), ter.count(&back, &summary));
        let scores = |references: &[&str]| chrf.count(references, &summary).map(|counts| chrf.score(&counts));
        prop_assert_eq!(scores(&there), scores(&back));
    }

    #[test]
    fn a_reference_is_right(summary in text(), other in text()) {
        let (chrf, ter) = (ChrfOptions::default(), TerOptions::default());
        prop_assert_eq!(ter.count(&[&other, &summary], &summary)[0], 0.0);
        if summary.contains(|c: char| !c.is_whitespace()) {
            for counts in chrf.count(&[&other, &summary], &summary) {
                prop_assert!((chrf.score(&counts) - 100.0).abs() < 1e-9);
            }
        }
    }
}
