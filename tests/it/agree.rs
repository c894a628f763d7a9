//! `karat agree`: figures, coefficients, the worklist, and files that can't be compared.

use serde_json::{Value, json};

use crate::cli::{Cli, assert_cmd};

const A: &str = r#"{"id": "d1", "text": "Ada met Bo in Oslo.", "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 8, "end": 10, "label": "PERSON"}, {"start": 14, "end": 18, "label": "GPE"}], "key_sentences": [{"start": 0, "end": 19}]}
{"id": "d2", "text": "Bo left Oslo.", "entities": [{"start": 0, "end": 2, "label": "PERSON"}, {"start": 8, "end": 12, "label": "GPE"}]}
"#;
const B: &str = r#"{"id": "d1", "entities": [{"start": 0, "end": 3, "label": "PERSON"}, {"start": 8, "end": 10, "label": "ORG"}, {"start": 14, "end": 18, "label": "GPE"}], "key_sentences": []}
{"id": "d2", "entities": [{"start": 8, "end": 12, "label": "GPE"}], "key_sentences": [{"start": 0, "end": 13}]}
"#;

pub(crate) fn files() -> Cli {
    let cli = Cli::new();
    cli.write("a.jsonl", A);
    cli.write("b.jsonl", B);
    cli
}

fn agree(cli: &Cli, args: &[&str]) -> Value {
    cli.json(&[&["agree"], args].concat())
}

#[test]
fn every_format_and_the_worklist() {
    let cli = files();
    assert_cmd!("agree_table", cli.karat(&["agree", "a.jsonl", "b.jsonl", "--out", "work.csv"]));
    insta::assert_snapshot!("agree_worklist", cli.read("work.csv"));
    assert_cmd!("agree_md", cli.karat(&["agree", "a.jsonl", "b.jsonl", "--format", "md", "--layer", "entities"]));
    let layer = ["agree", "a.jsonl", "b.jsonl", "--format", "json", "--layer", "key_sentences"];
    assert_cmd!("agree_json", cli.karat(&layer));
}

/// A layer that one did not label is not compared; an empty one is.
#[test]
fn an_empty_layer_differs_from_an_absent_one() {
    let cli = files();
    let pair = &agree(&cli, &["a.jsonl", "b.jsonl"])["pairs"][0]["metrics"];
    assert_eq!(pair["key_sentences.f1"]["documents"], 1, "d2's key sentences are absent in a");
    assert_eq!(pair["key_sentences.f1"]["value"], 0.0, "d1's are empty in b");
    assert_eq!(pair["entities.strict.f1"]["documents"], 2);
}

#[test]
fn an_annotator_agrees_with_itself_and_order_of_the_two_changes_nothing() {
    let cli = files();
    cli.write("c.jsonl", A);
    let same = agree(&cli, &["a.jsonl", "c.jsonl"]);
    assert_eq!(same["pairs"][0]["metrics"]["entities.strict.f1"]["value"], 1.0);
    assert_eq!(same["coefficients"][0]["coefficients"]["cohen_kappa"]["value"], 1.0);
    let (there, back) = (agree(&cli, &["a.jsonl", "b.jsonl"]), agree(&cli, &["b.jsonl", "a.jsonl"]));
    assert_eq!(there["coefficients"], back["coefficients"]);
    let f1 = |agreement: &Value| agreement["pairs"][0]["metrics"]["entities.partial.f1"]["value"].clone();
    assert_eq!(f1(&there), f1(&back));
}

#[test]
fn three_annotators_make_three_pairs() {
    let cli = files();
    cli.write("c/d1.json", A.lines().next().unwrap());
    cli.write("c/d2.json", A.lines().nth(1).unwrap());
    let agreement = agree(&cli, &["a.jsonl", "b.jsonl", "c"]);
    assert_eq!(agreement["annotators"], serde_json::json!(["a", "b", "c"]));
    assert_eq!(agreement["pairs"].as_array().unwrap().len(), 3);
    assert!(agreement["coefficients"][0]["coefficients"]["fleiss_kappa"]["value"].is_number());
}

#[test]
fn what_cannot_be_compared() {
    let cli = files();
    cli.write("one.jsonl", A.lines().next().unwrap());
    assert_cmd!("agree_other_documents", cli.karat(&["agree", "a.jsonl", "one.jsonl"]));
    cli.write("old.jsonl", A.replace("Bo left", "He left"));
    assert_cmd!("agree_other_version", cli.karat(&["agree", "a.jsonl", "old.jsonl"]));
    cli.write("other.jsonl", "{\"id\": \"d1\", \"keyphrases\": []}\n{\"id\": \"d2\"}\n");
    assert_cmd!("agree_nothing_in_common", cli.karat(&["agree", "a.jsonl", "other.jsonl"]));
    let of_layer = ["agree", "a.jsonl", "a.jsonl", "--layer", "keyphrases"];
    assert_cmd!("agree_absent_layer", cli.karat(&of_layer));
    assert_cmd!("agree_alone", cli.karat(&["agree", "a.jsonl"]));
}

/// The value of a coefficient of the units of a kind, under a label if there is one.
fn coefficient(agreement: &Value, what: &str, label: Option<&str>, name: &str) -> Option<f64> {
    let all = agreement["coefficients"].as_array().unwrap();
    let of = all.iter().find(|of| of["what"] == what && of["label"].as_str() == label);
    of.unwrap_or_else(|| panic!("no {what} {label:?}"))["coefficients"][name]["value"].as_f64()
}

#[track_caller]
fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{found:?}, not {expected}");
}

/// A line of a document with entities, each a start, an end and a label.
fn entities(id: &str, entities: &[(u32, u32, &str)]) -> String {
    let entity = |(start, end, label): &(u32, u32, &str)| json!({"start": start, "end": end, "label": label});
    json!({"id": id, "entities": entities.iter().map(entity).collect::<Vec<_>>()}).to_string() + "\n"
}

/// ORG against LOC is the one difference of three units: observed agreement is 2/3, and chance is
/// 2/9, so kappa is 4/7; scikit-learn 1.9.1 prints 0.5714285714285714, and 1, 0, 0 and 1 for the
/// four labels, and krippendorff 0.9.0 an alpha of 0.6153846153846154.
#[test]
fn labels_stacked_on_a_span_are_units_of_their_own() {
    let cli = Cli::new();
    cli.write("a.jsonl", entities("d", &[(0, 1, "AAA"), (0, 1, "ORG"), (2, 3, "ZZZ")]));
    cli.write("b.jsonl", entities("d", &[(0, 1, "AAA"), (0, 1, "LOC"), (2, 3, "ZZZ")]));
    for files in [["a.jsonl", "b.jsonl"], ["b.jsonl", "a.jsonl"]] {
        let agreement = agree(&cli, &files);
        assert_eq!(agreement["coefficients"][0]["units"], 3);
        near(coefficient(&agreement, "entities", None, "cohen_kappa"), 4.0 / 7.0);
        near(coefficient(&agreement, "entities", None, "alpha_nominal"), 0.615_384_615_384_615_4);
        for (label, kappa) in [("AAA", 1.0), ("LOC", 0.0), ("ORG", 0.0), ("ZZZ", 1.0)] {
            near(coefficient(&agreement, "entities", Some(label), "cohen_kappa"), kappa);
        }
    }
}

/// Both marked PER on the same words, and one marked another label there, too. The units are
/// PER/PER, AAA/-, PER/- and ZZZ/ZZZ: for PER against all others, scikit-learn prints 0.5, and
/// for all labels 0.3846153846153846.
#[test]
fn a_label_that_another_one_is_stacked_on_is_agreed_on() {
    let cli = Cli::new();
    cli.write("a.jsonl", entities("d", &[(0, 1, "AAA"), (0, 1, "PER"), (2, 3, "ZZZ"), (4, 5, "PER")]));
    cli.write("b.jsonl", entities("d", &[(0, 1, "PER"), (2, 3, "ZZZ")]));
    let agreement = agree(&cli, &["a.jsonl", "b.jsonl"]);
    near(coefficient(&agreement, "entities", Some("PER"), "cohen_kappa"), 0.5);
    near(coefficient(&agreement, "entities", None, "cohen_kappa"), 0.384_615_384_615_384_6);
    // Without the PER that only one of them marked, they agree on PER everywhere.
    cli.write("a.jsonl", entities("d", &[(0, 1, "AAA"), (0, 1, "PER"), (2, 3, "ZZZ")]));
    near(coefficient(&agree(&cli, &["a.jsonl", "b.jsonl"]), "entities", Some("PER"), "cohen_kappa"), 1.0);
}

/// The units are P/P/P, A/-/A and Q/R/Q: krippendorff prints an alpha of 0.4838709677419355,
/// and statsmodels 0.15.0 a Fleiss' kappa of 0.41935483870967727.
#[test]
fn three_annotators_may_stack_labels() {
    let cli = Cli::new();
    let (first, second) = ([(0, 1, "P"), (0, 1, "A"), (2, 3, "Q")], [(0, 1, "P"), (2, 3, "R")]);
    cli.write("a.jsonl", entities("d", &first));
    cli.write("b.jsonl", entities("d", &second));
    cli.write("c.jsonl", entities("d", &first));
    let agreement = agree(&cli, &["a.jsonl", "b.jsonl", "c.jsonl"]);
    near(coefficient(&agreement, "entities", None, "alpha_nominal"), 0.483_870_967_741_935_5);
    near(coefficient(&agreement, "entities", None, "fleiss_kappa"), 0.419_354_838_709_677_27);
}

/// 40 documents with one class each, of which 32 agree. scikit-learn 1.9.1 prints
/// 0.7009345794392523; if the classes that differ were not paired, it would print
/// 0.5508771929824561.
#[test]
fn classes_of_documents_are_paired() {
    let table =
        [("A", "A", 10), ("B", "B", 9), ("C", "C", 13), ("A", "B", 4), ("B", "A", 1), ("C", "A", 2), ("C", "B", 1)];
    let classes: Vec<(&str, &str)> =
        table.iter().flat_map(|(one, other, documents)| vec![(*one, *other); *documents]).collect();
    let line = |(id, class): (usize, &str)| {
        format!("{{\"id\": \"{id}\", \"records\": {{\"topic\": [{{\"class\": \"{class}\"}}]}}}}\n")
    };
    let cli = Cli::new();
    cli.write("a.jsonl", classes.iter().map(|pair| pair.0).enumerate().map(line).collect::<String>());
    cli.write("b.jsonl", classes.iter().map(|pair| pair.1).enumerate().map(line).collect::<String>());
    let agreement = agree(&cli, &["a.jsonl", "b.jsonl"]);
    near(coefficient(&agreement, "records.topic", Some("class"), "cohen_kappa"), 0.700_934_579_439_252_3);
    assert_eq!(agreement["coefficients"][0]["units"], 40);
    // F1 is what it is for systems: 32 of 40 classes are right.
    near(agreement["pairs"][0]["metrics"]["records.topic.f1"]["value"].as_f64(), 0.8);
    let back = agree(&cli, &["b.jsonl", "a.jsonl"]);
    assert_eq!(agreement["coefficients"], back["coefficients"]);
}

/// 10 and "10" are different values for F1, and so they are for coefficients. By hand: three of
/// four units agree, chance is .5 * .25 + .5 * .5, so kappa is .6.
#[test]
fn a_number_is_not_its_text() {
    let cli = Cli::new();
    let lines = |values: [&str; 4]| -> String {
        let line = |(at, value): (usize, &str)| {
            format!("{{\"id\": \"{at}\", \"records\": {{\"v\": [{{\"n\": {value}}}]}}}}\n")
        };
        values.into_iter().enumerate().map(line).collect()
    };
    cli.write("a.jsonl", lines(["10", "11", "10", "11"]));
    cli.write("b.jsonl", lines(["\"10\"", "11", "10.0", "11"]));
    let agreement = agree(&cli, &["a.jsonl", "b.jsonl"]);
    near(agreement["pairs"][0]["metrics"]["records.v.f1"]["value"].as_f64(), 0.75);
    near(coefficient(&agreement, "records.v", Some("n"), "cohen_kappa"), 0.6);
}

fn sentences(spans: &[(u32, u32)]) -> String {
    let span = |(start, end): &(u32, u32)| json!({"start": start, "end": end});
    json!({"id": "d", "key_sentences": spans.iter().map(span).collect::<Vec<_>>()}).to_string() + "\n"
}

/// 0-16 and 0-19 share 16 of 19 code points, which is one sentence. One of three units agrees, and
/// chance is 5/9: kappa is -1/2. krippendorff prints -0.25.
#[test]
fn key_sentences_that_f1_pairs_are_one_unit() {
    let cli = Cli::new();
    cli.write("a.jsonl", sentences(&[(0, 16), (30, 40)]));
    cli.write("b.jsonl", sentences(&[(0, 19), (50, 60)]));
    let agreement = agree(&cli, &["a.jsonl", "b.jsonl"]);
    near(agreement["pairs"][0]["metrics"]["key_sentences.f1"]["value"].as_f64(), 0.5);
    assert_eq!(agreement["coefficients"][0]["units"], 3);
    near(coefficient(&agreement, "key_sentences", None, "cohen_kappa"), -0.5);
    near(coefficient(&agreement, "key_sentences", None, "alpha_nominal"), -0.25);
    // 0-9 and 0-19 share less than half, and are two sentences for both.
    cli.write("a.jsonl", sentences(&[(0, 9), (30, 40)]));
    let agreement = agree(&cli, &["a.jsonl", "b.jsonl"]);
    near(agreement["pairs"][0]["metrics"]["key_sentences.f1"]["value"].as_f64(), 0.0);
    assert_eq!(agreement["coefficients"][0]["units"], 4);
}

/// The units are the first sentence of all three, 30-40 of two and 50-60 of one: krippendorff
/// prints an alpha of 0.11111111111111116, and statsmodels a Fleiss' kappa of -2.5e-16, which is 0.
#[test]
fn key_sentences_of_three_annotators_are_joined() {
    let cli = Cli::new();
    cli.write("a.jsonl", sentences(&[(0, 16), (30, 40)]));
    cli.write("b.jsonl", sentences(&[(50, 60), (0, 19)]));
    cli.write("c.jsonl", sentences(&[(0, 17), (31, 40)]));
    for files in [["a.jsonl", "b.jsonl", "c.jsonl"], ["c.jsonl", "a.jsonl", "b.jsonl"]] {
        let agreement = agree(&cli, &files);
        assert_eq!(agreement["coefficients"][0]["units"], 3);
        near(coefficient(&agreement, "key_sentences", None, "alpha_nominal"), 0.111_111_111_111_111_16);
        near(coefficient(&agreement, "key_sentences", None, "fleiss_kappa"), 0.0);
    }
}

/// Three annotators of four documents, of which none saw all. krippendorff prints an alpha of
/// 0.4347826086956521; of the pairs of annotators, scikit-learn prints 0.2727272727272727, 1 and
/// 0.33333333333333337, and Cohen's kappa is their mean; irrCAC 0.4.4 prints an AC1 of 0.42885.
#[test]
fn documents_that_an_annotator_lacks_are_missing_data() {
    let cli = Cli::new();
    let d2 =
        |third: Option<(u32, u32, &'static str)>| [Some((0, 1, "G")), third].into_iter().flatten().collect::<Vec<_>>();
    let (p, none) = (Some((2, 3, "P")), None);
    cli.write("a.jsonl", entities("d1", &[(0, 1, "P"), (2, 3, "O")]) + &entities("d2", &d2(p)));
    cli.write(
        "b.jsonl",
        entities("d1", &[(0, 1, "P"), (2, 3, "P")])
            + &entities("d2", &d2(none))
            + &entities("d3", &[(0, 1, "O"), (2, 3, "G")]),
    );
    cli.write(
        "c.jsonl",
        entities("d2", &d2(p)) + &entities("d3", &[(0, 1, "O"), (2, 3, "O")]) + &entities("d4", &[(0, 1, "P")]),
    );
    let files = ["a.jsonl", "b.jsonl", "c.jsonl", "--missing", "skip"];
    let agreement = agree(&cli, &files);
    near(coefficient(&agreement, "entities", None, "alpha_nominal"), 0.434_782_608_695_652_1);
    let mean = (0.272_727_272_727_272_7 + 1.0 + 1.0 / 3.0) / 3.0;
    near(coefficient(&agreement, "entities", None, "cohen_kappa"), mean);
    let ac1 = coefficient(&agreement, "entities", None, "ac1").unwrap();
    assert!((ac1 - 0.42885).abs() < 6e-6, "{ac1}");
    assert_eq!(agreement["documents"], 3, "only one annotator has d4");
    let pairs: Vec<_> = agreement["pairs"].as_array().unwrap().iter().collect();
    let documents: Vec<_> = pairs.iter().map(|pair| &pair["metrics"]["entities.strict.f1"]["documents"]).collect();
    assert_eq!(documents, [2, 1, 2]);
    assert_cmd!("agree_missing_skip", cli.karat(&[&["agree"], &files[..]].concat()));
    assert_cmd!("agree_missing_error", cli.karat(&["agree", "a.jsonl", "b.jsonl", "c.jsonl"]));
}

/// The files of every format may lack documents.
#[test]
fn annotators_of_other_formats_may_lack_documents() {
    let cli = Cli::new();
    let text = |id: &str, start: u32, label: &str| {
        json!({"id": id, "text": "Ada met Bo.", "entities": [{"start": start, "end": start + 2, "label": label}]})
            .to_string()
            + "\n"
    };
    cli.write("a.jsonl", text("d1", 8, "PER") + &text("d2", 8, "PER"));
    cli.write("b.jsonl", text("d2", 8, "ORG") + &text("d3", 8, "PER"));
    for (to, a, b) in [
        ("csv", "a.csv", "b.csv"),
        ("brat", "brat-a", "brat-b"),
        ("doccano", "doccano-a.jsonl", "doccano-b.jsonl"),
        ("label-studio", "studio-a.json", "studio-b.json"),
        ("web-annotation", "web-a.jsonl", "web-b.jsonl"),
    ] {
        for (from, out) in [("a.jsonl", a), ("b.jsonl", b)] {
            let output = cli.karat(&["convert", from, "--to", to, "--out", out]).output().unwrap();
            assert!(output.status.success(), "{to}: {}", String::from_utf8_lossy(&output.stderr));
        }
        let refused = cli.karat(&["agree", a, b]).output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{to}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("--missing skip"), "{to}");
        let agreement = agree(&cli, &[a, b, "--missing", "skip"]);
        assert_eq!(agreement["documents"], 1, "{to}");
        assert_eq!(agreement["pairs"][0]["metrics"]["entities.strict.f1"]["documents"], 1, "{to}");
        assert_eq!(agreement["pairs"][0]["metrics"]["entities.exact.f1"]["value"], 1.0, "{to}");
    }
}

/// Fields of records and weights of key points are rated by two annotators.
#[test]
fn coefficients_that_three_annotators_have_not_are_named() {
    let cli = Cli::new();
    let line = r#"{"id": "d", "entities": [], "records": {"s": [{"a": 1}], "t": [{"b": 1}]}, "key_points": [{"text": "x", "weight": 1, "evidence": [{"start": 0, "end": 3}]}]}"#;
    for file in ["a.jsonl", "b.jsonl", "c.jsonl"] {
        cli.write(file, line);
    }
    let errors = |args: &[&str]| String::from_utf8(cli.karat(args).output().unwrap().stderr).unwrap();
    let note = "note: coefficients of records.s, records.t, key_points.weight are computed for two annotators only, and there are 3\n";
    assert!(errors(&["agree", "a.jsonl", "b.jsonl", "c.jsonl"]).contains(note));
    let of_layer = errors(&["agree", "a.jsonl", "b.jsonl", "c.jsonl", "--layer", "records.s"]);
    assert!(of_layer.contains("note: coefficients of records.s are computed for two"), "{of_layer}");
    assert_eq!(errors(&["agree", "a.jsonl", "b.jsonl"]), "");
    let page = cli.karat(&["agree", "a.jsonl", "b.jsonl", "c.jsonl", "--format", "md"]).output().unwrap().stdout;
    assert!(String::from_utf8(page).unwrap().contains("Not computed: coefficients of records.s, "));
}

/// Two passes beside the golden files give the reports a ceiling.
#[test]
fn a_report_shows_the_ceiling() {
    let cli = Cli::with_dataset();
    for id in ["a", "b"] {
        cli.write(&format!("golden/passes/one/{id}.json"), cli.read(&format!("golden/{id}.json")));
    }
    let other = cli.read("golden/a.json").replace("GPE", "LOC");
    cli.write("golden/passes/two/a.json", other);
    cli.write("golden/passes/two/b.json", cli.read("golden/b.json"));
    assert!(cli.karat(&["run", "-q"]).status().unwrap().success());
    insta::assert_snapshot!("agree_ceiling_report", cli.read("reports/d/report.md"));
    assert!(cli.read("reports/d/scores.csv").contains(",0.666667,"));
}

/// Cut-offs, ignored regions and optional entities count the same from either side.
#[test]
fn f1_is_the_same_either_way() {
    let cli = Cli::new();
    let one = r#"{"id": "d", "entities": [{"start": 0, "end": 3, "label": "P"}], "ignore": [{"start": 8, "end": 10}], "keyphrases": ["a", "b", "c", "d", "e", "f"]}"#;
    let other = r#"{"id": "d", "entities": [{"start": 0, "end": 3, "label": "P"}, {"start": 8, "end": 10, "label": "V"}, {"start": 20, "end": 22, "label": "V", "optional": true}], "keyphrases": ["f", "a"]}"#;
    cli.write("a.jsonl", one);
    cli.write("b.jsonl", other);
    let (there, back) = (agree(&cli, &["a.jsonl", "b.jsonl"]), agree(&cli, &["b.jsonl", "a.jsonl"]));
    for name in ["entities.strict.f1", "keyphrases.f1@5", "keyphrases.f1"] {
        let value = |agreement: &Value| agreement["pairs"][0]["metrics"][name]["value"].as_f64();
        assert!(value(&there).is_some() && value(&there) == value(&back), "{name}");
    }
    assert_eq!(there["pairs"][0]["metrics"]["entities.strict.f1"]["value"], 1.0);
    assert_eq!(there["coefficients"], back["coefficients"]);
}

#[test]
fn the_worklist_never_takes_the_place_of_a_label() {
    let cli = files();
    assert_cmd!("agree_out_is_an_input", cli.karat(&["agree", "a.jsonl", "b.jsonl", "--out", "a.jsonl"]));
    assert_eq!(cli.read("a.jsonl"), A);
}

#[test]
fn the_text_of_one_checks_the_other() {
    let cli = files();
    cli.write("b.jsonl", B.replace("\"start\": 8, \"end\": 12", "\"start\": 8, \"end\": 99"));
    assert_cmd!("agree_offsets_past_the_others_text", cli.karat(&["agree", "a.jsonl", "b.jsonl"]));
}

/// Two of three speakers agree: observed 2/3; by hand, chance is (1 * 1 + 1 * 1 + 1 * 0 + 0 * 1) /
/// 9 for Cohen.
#[test]
fn fields_of_records_are_rated_on_paired_records() {
    let cli = Cli::new();
    let line = |third: &str| {
        let record = |speaker: &str, at: u32| {
            format!("{{\"speaker\": \"{speaker}\", \"cue\": {{\"start\": {at}, \"end\": {}}}}}", at + 4)
        };
        format!(
            "{{\"id\": \"d\", \"records\": {{\"s\": [{}, {}, {}]}}}}\n",
            record("Ada", 0),
            record("Bo", 10),
            record(third, 20)
        )
    };
    cli.write("a.jsonl", line("Cy"));
    cli.write("b.jsonl", line("Di"));
    let agreement = agree(&cli, &["a.jsonl", "b.jsonl"]);
    let of = agreement["coefficients"].as_array().unwrap();
    let speaker = of.iter().find(|of| of["what"] == "records.s" && of["label"] == "speaker").unwrap();
    assert_eq!(speaker["units"], 3);
    let (observed, chance) = (2.0 / 3.0, 2.0 / 9.0);
    let kappa = speaker["coefficients"]["cohen_kappa"]["value"].as_f64().unwrap();
    assert!((kappa - (observed - chance) / (1.0 - chance)).abs() < 1e-12, "{kappa}");
}
