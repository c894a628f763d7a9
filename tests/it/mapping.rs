//! Files with other tools' field names and containers: what is read, what is assumed and said, and
//! what is refused by name.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::cli::Cli;

/// Two summaries with references, whose mean ROUGE-1 F1 is 2/3.
const GOLD: &str =
    "{\"id\": \"a\", \"summaries\": [\"one two three\"]}\n{\"id\": \"b\", \"summaries\": [\"four five\"]}\n";
const PRED: &str =
    "{\"id\": \"a\", \"summary\": \"one two six\"}\n{\"id\": \"b\", \"summary\": \"four nine ten five\"}\n";

fn files(files: &[(&str, &str)]) -> Cli {
    let cli = Cli::new();
    files.iter().for_each(|(name, content)| cli.write(name, content));
    cli
}

/// ROUGE-1 F1 and standard error of `karat score` with these arguments.
fn rouge1(cli: &Cli, args: &[&str]) -> (f64, String) {
    let (code, out, notes) = cli.run(&[&["score", "--format", "json"], args].concat());
    assert_eq!(code, 0, "{args:?}: {notes}");
    let scores: Value = serde_json::from_str(&out).unwrap();
    (scores["metrics"]["summary.rouge1.f1"]["value"].as_f64().unwrap(), notes)
}

/// Standard error of a command that is refused.
fn refused(cli: &Cli, args: &[&str]) -> String {
    let (code, out, message) = cli.run(args);
    assert_eq!(code, 2, "{args:?}: {out}{message}");
    assert_eq!(out, "", "{args:?}");
    message
}

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn every_container_gives_the_same_figures() {
    let cli = files(&[
        ("gold.jsonl", GOLD),
        ("pred.jsonl", PRED),
        (
            "gold.json",
            "[{\"id\": \"a\", \"summaries\": [\"one two three\"]},\n {\"id\": \"b\", \"summaries\": [\"four five\"]}]",
        ),
        ("gold.csv", "id,summary\na,one two three\nb,four five\n"),
        ("pred.tsv", "id\tsummary\na\tone two six\nb\tfour nine ten five\n"),
        ("pred.csv", "id;summary\r\nb;\"four nine\nten five\"\r\na;one two six\r\n"),
    ]);
    cli.write("gold.jsonl.gz", gzip(GOLD));
    cli.write("pred.jsonl.zst", zstd::encode_all(PRED.as_bytes(), 0).unwrap());
    let (wanted, notes) = rouge1(&cli, &["--gold", "gold.jsonl", "--pred", "pred.jsonl"]);
    assert!((wanted - 2.0 / 3.0).abs() < 1e-12 && !notes.contains("note: gold"), "{wanted} {notes}");
    for gold in ["gold.json", "gold.csv", "gold.jsonl.gz", "gold.jsonl"] {
        for pred in ["pred.tsv", "pred.csv", "pred.jsonl.zst", "pred.jsonl"] {
            let (found, notes) = rouge1(&cli, &["--gold", gold, "--pred", pred]);
            assert_eq!((found, notes.as_str()), (wanted, ""), "{gold} {pred}");
        }
    }
    cli.write("cut.jsonl.gz", &gzip(GOLD)[..40]);
    assert!(
        refused(&cli, &["score", "--gold", "cut.jsonl.gz", "--pred", "pred.jsonl"]).contains("gzip file is damaged")
    );
}

#[test]
fn one_text_a_line_is_joined_by_line() {
    let cli = files(&[
        ("refs.txt", "one two three\nfour five\n"),
        ("more.txt", "one two six\nfour five\n"),
        ("hyps.en", "one two six\r\nfour nine ten five\r\n"),
        ("short", "one two six\n"),
        ("long.txt", "one two six\nfour nine ten five\n\n"),
        ("pred.jsonl", PRED),
    ]);
    let (found, notes) = rouge1(&cli, &["--gold", "refs.txt", "--pred", "hyps.en"]);
    assert!((found - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(notes, "note: refs.txt: joined by line with hyps.en; --join says otherwise\n");
    // Rows of JSON are joined by their numbers, too.
    assert_eq!(rouge1(&cli, &["--gold", "refs.txt", "--pred", "pred.jsonl", "--join", "line"]), (found, String::new()));
    // Further golden files are further references: the best of them counts.
    let (several, _) = rouge1(&cli, &["--gold", "refs.txt", "--gold", "more.txt", "--pred", "hyps.en"]);
    assert!((several - (1.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12, "{several}");
    let message = refused(&cli, &["score", "--gold", "refs.txt", "--pred", "short"]);
    assert!(message.contains("refs.txt has 2 lines, but this has 1 line: they are joined by line"), "{message}");
    let message = refused(&cli, &["score", "--gold", "refs.txt", "--pred", "long.txt"]);
    assert!(
        message.contains("has 2 lines, but this has 3 lines") && message.contains("last line of long.txt is empty")
    );
    let message = refused(&cli, &["score", "--gold", "refs.txt", "--gold", "pred.jsonl", "--pred", "hyps.en"]);
    assert!(message.contains("this is no file with one text a line"), "{message}");
}

#[test]
fn well_known_names_are_read_and_announced() {
    let cli = files(&[
        ("pred.jsonl", PRED),
        (
            "cnn.jsonl",
            "{\"article\": \"x\", \"highlights\": \"one two three\", \"id\": \"a\"}\n{\"article\": \"y\", \"highlights\": \"four five\", \"id\": \"b\"}\n",
        ),
        (
            "hf.jsonl",
            "{\"id\": \"a\", \"generated_text\": \"one two six\"}\n{\"id\": \"b\", \"generated_text\": \"four nine ten five\"}\n",
        ),
        (
            "references.jsonl",
            "{\"id\": \"a\", \"references\": [\"one two three\"]}\n{\"id\": \"b\", \"references\": [\"four five\"]}\n",
        ),
        ("comet.tsv", "src\tref\thyp\nx\tone two three\tone two six\ny\tfour five\tfour nine ten five\n"),
        ("refs.csv", "id,ref0,ref1\na,one two three,one two six\nb,four five,four five\n"),
    ]);
    let wanted = 2.0 / 3.0;
    let near = |found: f64| (found - wanted).abs() < 1e-12;
    let (found, notes) = rouge1(&cli, &["--gold", "cnn.jsonl", "--pred", "hf.jsonl"]);
    assert!(near(found));
    assert_eq!(
        notes,
        "note: cnn.jsonl: read `highlights` as summaries, `article` as the text; --gold-map says otherwise\n\
         note: hf.jsonl: read `generated_text` as summaries; --pred-map says otherwise\n"
    );
    assert!(near(rouge1(&cli, &["--gold", "references.jsonl", "--pred", "pred.jsonl"]).0));
    let (found, notes) = rouge1(&cli, &["--gold", "comet.tsv", "--pred", "comet.tsv"]);
    assert!(near(found) && notes.contains("read `ref` as summaries, `src` as the text") && notes.contains("`hyp`"));
    let (found, notes) = rouge1(&cli, &["--gold", "refs.csv", "--pred", "pred.jsonl"]);
    assert!((found - (1.0 + wanted) / 2.0).abs() < 1e-12 && notes.contains("`ref0` as summaries, `ref1` as summaries"));
    // The same rows in other forms of output, and in other commands.
    let table = cli.run(&["score", "--gold", "cnn.jsonl", "--pred", "hf.jsonl", "--metric", "summary.rouge1.f1"]);
    assert!(table.0 == 0 && table.1.contains("0.667"), "{table:?}");
    let compare = ["compare", "--gold", "cnn.jsonl", "--baseline", "hf.jsonl", "--candidate", "pred.jsonl"];
    let (code, out, notes) = cli.run(&compare);
    assert!(code == 0 && out.contains("both systems gave the same answers for every document"), "{out}");
    assert!(notes.contains("read `generated_text` as summaries"), "{notes}");
}

#[test]
fn names_that_could_mean_the_same_are_ambiguous() {
    let cli = files(&[
        ("gold.jsonl", GOLD),
        (
            "both.jsonl",
            "{\"id\": \"a\", \"summary\": \"one two three\", \"prediction\": \"one two six\"}\n{\"id\": \"b\", \"summary\": \"four five\", \"prediction\": \"four nine ten five\"}\n",
        ),
        ("no_id.jsonl", "{\"prediction\": \"one two six\"}\n{\"prediction\": \"four nine ten five\"}\n"),
        ("other.csv", "name,answer\na,one two six\nb,four nine ten five\n"),
    ]);
    let message = refused(&cli, &["score", "--gold", "gold.jsonl", "--pred", "both.jsonl"]);
    assert!(message.contains("`summary` and `prediction` may each be the candidate"), "{message}");
    assert!(message.contains("`--pred-map summary=prediction`"), "{message}");
    let map = ["--gold", "both.jsonl", "--pred", "both.jsonl", "--pred-map", "summary=prediction"];
    assert!((rouge1(&cli, &map).0 - 2.0 / 3.0).abs() < 1e-12);
    let message = refused(&cli, &["score", "--gold", "gold.jsonl", "--pred", "no_id.jsonl"]);
    assert!(message.contains("the rows have no `id`; their fields are `prediction`"), "{message}");
    assert!(message.contains("--pred-map id=FIELD") && message.contains("--join line"), "{message}");
    let by_line = ["--gold", "gold.jsonl", "--pred", "no_id.jsonl", "--join", "line"];
    assert!((rouge1(&cli, &by_line).0 - 2.0 / 3.0).abs() < 1e-12);
    let message = refused(&cli, &["score", "--gold", "gold.jsonl", "--pred", "other.csv"]);
    assert!(message.contains("no column is known to karat: the columns are `answer`, `name`"), "{message}");
    let map = ["--gold", "gold.jsonl", "--pred", "other.csv", "--pred-map", "id=name", "--pred-map", "summary=answer"];
    assert!((rouge1(&cli, &map).0 - 2.0 / 3.0).abs() < 1e-12);
}

#[test]
fn fields_are_mapped_from_columns_and_pointers() {
    let cli = files(&[
        (
            "gold.jsonl",
            "{\"id\": \"a\", \"text\": \"Jane left\", \"entities\": [{\"start\": 0, \"end\": 4, \"label\": \"PER\"}]}\n",
        ),
        (
            "deep.jsonl",
            "{\"meta\": {\"key\": \"a\"}, \"out\": [{\"ents\": [{\"begin\": 0, \"stop\": 4, \"type\": \"PER\"}]}]}\n",
        ),
        ("typed.jsonl", "{\"id\": \"a\", \"entities\": [{\"start\": 0, \"end\": 4, \"type\": \"PER\"}]}\n"),
        ("invoices.csv", "no,total,payee\n1,10.50,Orle\n2,,Bakery\n"),
    ]);
    let f1 = |pred: &str, map: &[&str]| {
        let args = [&["score", "--gold", "gold.jsonl", "--pred", pred, "--format", "json"], map].concat();
        let (code, out, notes) = cli.run(&args);
        assert_eq!(code, 0, "{notes}");
        let scores: Value = serde_json::from_str(&out).unwrap();
        (scores["metrics"]["entities.strict.f1"]["value"].as_f64(), notes)
    };
    let map = ["--pred-map", "id=/meta/key", "--pred-map", "entities=/out/0/ents"];
    assert_eq!(f1("deep.jsonl", &map), (Some(1.0), String::new()));
    let note = "note: typed.jsonl: read `type` of entities as `label`; --pred-map says otherwise\n";
    assert_eq!(f1("typed.jsonl", &[]), (Some(1.0), note.to_owned()));
    let message =
        refused(&cli, &["score", "--gold", "gold.jsonl", "--pred", "deep.jsonl", "--pred-map", "id=/meta/kez"]);
    assert!(message.contains("no row has the key `/meta/kez`"), "{message}");
    let record =
        ["--map", "id=no", "--map", "records.invoice.total=total", "--map", "records.invoice.payee.name=payee"];
    let convert = [&["convert", "invoices.csv", "--to", "karat", "--out", "invoices.jsonl"][..], &record].concat();
    assert_eq!(cli.run(&convert).0, 0);
    assert_eq!(
        cli.read("invoices.jsonl"),
        "{\"id\":\"1\",\"records\":{\"invoice\":[{\"payee\":{\"name\":\"Orle\"},\"total\":\"10.50\"}]}}\n\
         {\"id\":\"2\",\"records\":{\"invoice\":[{\"payee\":{\"name\":\"Bakery\"}}]}}\n"
    );
}

#[test]
fn documents_are_joined_by_their_texts() {
    let gold = "{\"id\": \"a\", \"text\": \"x\", \"summaries\": [\"one two three\"]}\n{\"id\": \"b\", \"text\": \"y\", \"summaries\": [\"four five\"]}\n";
    let pred = "{\"id\": \"7\", \"document\": \"y\", \"prediction\": \"four nine ten five\"}\n{\"id\": \"8\", \"document\": \"x\", \"prediction\": \"one two six\"}\n";
    let cli = files(&[("gold.jsonl", gold), ("pred.jsonl", pred), ("other.jsonl", &pred.replace("\"y\"", "\"z\""))]);
    let (found, notes) = rouge1(&cli, &["--gold", "gold.jsonl", "--pred", "pred.jsonl", "--join", "text"]);
    assert!((found - 2.0 / 3.0).abs() < 1e-12 && notes.contains("`document` as the text"), "{notes}");
    let message = refused(&cli, &["score", "--gold", "gold.jsonl", "--pred", "other.jsonl", "--join", "text"]);
    assert!(message.contains("no golden document has its text") && message.contains("other.jsonl:1:1"), "{message}");
}

#[test]
fn maps_of_the_configuration_are_read() {
    let cli = files(&[
        ("docs/a.txt", "One two three."),
        ("gold.csv", "key,abstract\na,one two three\n"),
        ("pred.jsonl", "{\"id\": \"a\", \"choices\": [{\"text\": \"one two six\"}]}\n"),
        (
            "karat.toml",
            "[datasets.d]\ndocuments = \"docs\"\ngolden = \"gold.csv\"\n[datasets.d.map]\nid = \"key\"\nsummary = [\"abstract\"]\n\
             [extractors.p]\nkind = \"predictions\"\npath = \"pred.jsonl\"\n[extractors.p.map]\nsummary = \"/choices/0/text\"\n",
        ),
    ]);
    let scores = cli.json(&["run"]);
    let value = &scores["datasets"]["d"]["p"]["metrics"]["summary.rouge1.f1"]["value"];
    assert!((value.as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-12, "{value}");
    assert_eq!(cli.run(&["check"]).0, 0);
    cli.write("karat.toml", cli.read("karat.toml").replace("summary = \"/ch", "sumary = \"/ch"));
    assert!(refused(&cli, &["run"]).contains("did you mean `summary`?"));
}

#[test]
fn several_systems_are_one_table() {
    let cli = files(&[
        ("gold.jsonl", GOLD),
        ("old.jsonl", PRED),
        ("new.jsonl", &PRED.replace("one two six", "one two three")),
        ("same/old.jsonl", PRED),
    ]);
    let score =
        ["score", "--gold", "gold.jsonl", "--pred", "old.jsonl", "--pred", "new.jsonl", "--metric", "summary.rouge1"];
    let (code, out, notes) = cli.run(&score);
    assert_eq!((code, notes.as_str()), (0, ""));
    insta::assert_snapshot!("several_systems", out);
    let (_, out, _) = cli.run(&[&score[..], &["--baseline", "old.jsonl"]].concat());
    insta::assert_snapshot!("several_systems_with_a_baseline", out);
    let json = cli.json(&[&score[..], &["--baseline", "old"]].concat());
    assert_eq!((json["schema"].as_str(), json["baseline"].as_str()), (Some("karat.systems/1"), Some("old")));
    let alone = cli.json(&["score", "--gold", "gold.jsonl", "--pred", "new.jsonl", "--metric", "summary.rouge1"]);
    assert_eq!(json["systems"]["new"], alone);
    assert_eq!(json["comparisons"][0]["candidate"], "new");
    let (_, csv, _) = cli.run(&[&score[..], &["--format", "csv"]].concat());
    assert_eq!(csv.lines().filter(|line| line.contains("summary.rouge1.f1")).count(), 2, "{csv}");
    let (_, out, _) = cli.run(&["score", "--gold", "gold.jsonl", "--pred", "old.jsonl", "--pred", "same/old.jsonl"]);
    assert!(out.contains("same/old.jsonl"), "{out}");
    let message = refused(&cli, &[&score[..], &["--baseline", "olf.jsonl"]].concat());
    assert!(message.contains("did you mean `old.jsonl`?"), "{message}");
}

#[test]
fn files_without_a_known_layer_are_refused() {
    let gold =
        "{\"id\": \"1\", \"text\": \"Jane left\", \"entities\": [{\"start\": 0, \"end\": 4, \"label\": \"PER\"}]}\n";
    let cli = files(&[
        ("gold.jsonl", gold),
        (
            "found.jsonl",
            "{\"id\": \"1\", \"text\": \"Jane left\", \"found\": [{\"start\": 0, \"end\": 4, \"label\": \"PER\"}]}\n",
        ),
        ("flat.jsonl", "{\"id\": \"1\", \"total\": 10, \"payee\": \"Orle\"}\n"),
        ("answer.jsonl", "{\"id\": \"1\", \"response\": \"Jane left.\"}\n"),
        ("texts.jsonl", "{\"id\": \"1\", \"text\": \"Jane left\"}\n"),
    ]);
    for (file, what) in [
        ("found.jsonl", "`found` looks like the entities: --pred-map entities=found reads it"),
        ("flat.jsonl", "it looks like a flat record: --pred-map records.NAME.payee=payee"),
        ("answer.jsonl", "did you mean `summary`? --pred-map summary=response reads `response`"),
        ("texts.jsonl", "the keys are `id`, `text`"),
    ] {
        let message = refused(&cli, &["score", "--gold", "gold.jsonl", "--pred", file]);
        assert!(message.contains("no document has a layer that karat knows"), "{file}: {message}");
        assert!(message.contains(what), "{file}: {message}");
        let gold = refused(&cli, &["score", "--gold", file, "--pred", "gold.jsonl"]);
        assert!(
            gold.contains("no document has a layer") && gold.contains("--gold-map") == what.contains("-map"),
            "{gold}"
        );
        let convert = refused(&cli, &["convert", file, "--to", "csv", "--out", "out.csv"]);
        assert!(convert.contains("no document has a layer"), "{file}: {convert}");
        assert_eq!(cli.run(&["check", "--golden", file]).0, 2, "{file}");
    }
    let (code, _, notes) =
        cli.run(&["score", "--gold", "gold.jsonl", "--pred", "found.jsonl", "--map", "entities=found"]);
    // The golden file has no `found`.
    assert!(code == 2 && notes.contains("no row has the key `found`"), "{notes}");
    assert_eq!(
        cli.run(&["score", "--gold", "gold.jsonl", "--pred", "found.jsonl", "--pred-map", "entities=found"]).0,
        0
    );
}

#[test]
fn two_keys_for_one_layer_are_an_error() {
    let cli = files(&[
        ("gold.jsonl", GOLD),
        ("pred.jsonl", &PRED.replace("\"summary\": \"one two six\"", "\"summary\": \"one\", \"summaries\": [\"two\"]")),
        (
            "doccano.jsonl",
            "{\"id\": 1, \"text\": \"EU it.\", \"label\": [[0, 2, \"X\"]], \"labels\": [[0, 2, \"Y\"]]}\n",
        ),
        ("misspelt.jsonl", "{\"id\": \"a\", \"entities\": [], \"references\": [\"x\"]}\n"),
    ]);
    let message = refused(&cli, &["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"]);
    assert!(
        message.contains("there are both `summary` and `summaries`") && message.contains("pred.jsonl:1:"),
        "{message}"
    );
    let message = refused(&cli, &["convert", "doccano.jsonl", "--to", "karat", "--out", "out.jsonl"]);
    assert!(message.contains("there are both `label` and `labels`"), "{message}");
    let message = refused(&cli, &["score", "--gold", "misspelt.jsonl", "--pred", "pred.jsonl"]);
    assert!(message.contains("did you mean `summaries`?"), "{message}");
}

#[test]
fn blank_references_and_duplicate_labels_are_warned_of() {
    let cli = files(&[
        ("gold.jsonl", "{\"id\": \"a\", \"summaries\": [\"\"]}\n{\"id\": \"b\", \"summaries\": [\"one two three\"]}\n"),
        ("pred.jsonl", "{\"id\": \"a\", \"summary\": \"x\"}\n{\"id\": \"b\", \"summary\": \"one two\"}\n"),
        (
            "twice.jsonl",
            "{\"id\": \"1\", \"entities\": [{\"start\": 0, \"end\": 19, \"label\": \"PER\"}, {\"start\": 0, \"end\": 19, \"label\": \"PER\"}]}\n",
        ),
        ("once.jsonl", "{\"id\": \"1\", \"entities\": [{\"start\": 0, \"end\": 19, \"label\": \"PER\"}]}\n"),
    ]);
    // Streamed, loaded, as a table and as JSON.
    for (gold, pred, warning) in [
        ("gold.jsonl", "pred.jsonl", "document \"a\": a reference is empty"),
        (
            "twice.jsonl",
            "once.jsonl",
            "document \"1\": the golden label PER at 0..19 is there twice: one of the two is always missed",
        ),
    ] {
        let score = ["score", "--gold", gold, "--pred", pred];
        let (_, _, streamed) = cli.run(&score);
        assert!(streamed.contains(&format!("warning: {warning}\n")), "{streamed}");
        for more in [&[][..], &["--per-document"]] {
            let json = cli.json(&[&score[..], more].concat());
            assert_eq!(json["warnings"][0], *warning);
        }
    }
}

#[test]
fn single_predictions_without_a_layer_are_listed() {
    let entity = "\"entities\": [{\"start\": 0, \"end\": 4, \"label\": \"PER\"}]";
    let gold: String = ["1", "2"].iter().map(|id| format!("{{\"id\": \"{id}\", {entity}}}\n")).collect();
    let cli = files(&[("gold.jsonl", &gold), ("pred.jsonl", &gold.replacen(entity, "\"found\": []", 1))]);
    for more in [&[][..], &["--per-document"]] {
        let score = [&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"][..], more].concat();
        let (code, _, notes) = cli.run(&score);
        assert!(
            code == 0 && notes.contains("note: answered without any layer, and scored as empty: \"1\"\n"),
            "{notes}"
        );
        assert_eq!(cli.json(&score)["answers"]["without_layers"], 1);
    }
}

#[test]
fn logs_of_harnesses_are_both_sides() {
    let cli = files(&[
        (
            "samples_xsum.jsonl",
            "{\"doc_id\": 0, \"doc\": {\"id\": \"x\"}, \"target\": \"one two three\", \"arguments\": {}, \"resps\": [[\"one two six\"]], \"filtered_resps\": [\"one two six\"], \"rouge1\": 0.6}\n{\"doc_id\": 1, \"doc\": {\"id\": \"y\"}, \"target\": \"four five\", \"arguments\": {}, \"resps\": [[\"four nine ten five\"]], \"filtered_resps\": [\"four nine ten five\"], \"rouge1\": 0.6}\n",
        ),
        (
            "scenario_state.json",
            "{\"adapter_spec\": {\"method\": \"generation\"},\n \"request_states\": [\n  {\"instance\": {\"input\": {\"text\": \"x\"}, \"references\": [{\"output\": {\"text\": \"one two three\"}, \"tags\": [\"correct\"]}], \"split\": \"test\", \"id\": \"id1\"}, \"request\": {}, \"result\": {\"success\": true, \"completions\": [{\"text\": \"one two six\", \"logprob\": -1.5}]}},\n  {\"instance\": {\"input\": {\"text\": \"y\"}, \"references\": [{\"output\": {\"text\": \"four five\"}, \"tags\": [\"correct\"]}], \"split\": \"test\", \"id\": \"id2\"}, \"request\": {}, \"result\": {\"success\": true, \"completions\": [{\"text\": \"four nine ten five\", \"logprob\": -1.5}]}}]}",
        ),
        (
            "inspect.json",
            "{\"version\": 2, \"status\": \"success\", \"eval\": {\"task\": \"sum\"}, \"samples\": [{\"id\": 1, \"epoch\": 1, \"input\": \"x\", \"target\": \"one two three\", \"output\": {\"model\": \"m\", \"completion\": \"one two six\"}}, {\"id\": 2, \"epoch\": 1, \"input\": \"y\", \"target\": \"four five\", \"output\": {\"model\": \"m\", \"completion\": \"four nine ten five\"}}]}",
        ),
    ]);
    for (file, tool) in
        [("samples_xsum.jsonl", "lm-evaluation-harness"), ("scenario_state.json", "HELM"), ("inspect.json", "Inspect")]
    {
        let (found, notes) = rouge1(&cli, &["--gold", file, "--pred", file]);
        assert!((found - 2.0 / 3.0).abs() < 1e-12, "{file}: {found}");
        assert_eq!(notes.matches(&format!("read as rows of {tool}")).count(), 2, "{file}: {notes}");
    }
}

#[test]
fn exports_of_tools_are_read_without_a_map() {
    let gold =
        "{\"id\": \"1\", \"text\": \"Jane left\", \"entities\": [{\"start\": 0, \"end\": 4, \"label\": \"PER\"}]}\n";
    let cli = files(&[
        ("gold.jsonl", gold),
        (
            "ents.jsonl",
            "{\"id\": \"1\", \"text\": \"Jane left\", \"ents\": [{\"start\": 0, \"end\": 4, \"label\": \"PER\"}]}\n",
        ),
        ("tokens.jsonl", "{\"id\": \"1\", \"tokens\": [\"Jane\", \"left\"], \"ner_tags\": [\"B-PER\", \"O\"]}\n"),
    ]);
    for file in ["ents.jsonl", "tokens.jsonl"] {
        let json = cli.json(&["score", "--gold", "gold.jsonl", "--pred", file]);
        assert_eq!(json["metrics"]["entities.strict.f1"]["value"], 1.0, "{file}");
    }
}

#[test]
fn a_map_of_the_text_names_the_key_of_an_export() {
    let task = "[{\"id\": 1, \"data\": {\"NOTE\": \"Jane left\", \"TITLE\": \"Jane came\"}, \"annotations\": [{\"result\": \
                [{\"type\": \"labels\", \"value\": {\"start\": 0, \"end\": 4, \"text\": \"Jane\", \"labels\": [\"PER\"]}}]}]}]";
    let cli = files(&[("tasks.json", task)]);
    for (map, text) in [("text=NOTE", "Jane left"), ("text=TITLE", "Jane came")] {
        let convert = ["convert", "tasks.json", "--to", "karat", "--out", "out.jsonl", "--force", "--map", map];
        let (code, _, notes) = cli.run(&convert);
        assert_eq!(code, 0, "{notes}");
        assert!(cli.read("out.jsonl").contains(&format!("\"text\":\"{text}\"")), "{map}");
    }
    let convert = ["convert", "tasks.json", "--to", "karat", "--out", "out.jsonl", "--force", "--map", "text=BODY"];
    assert!(refused(&cli, &convert).contains("no document has a text under the key `BODY`"));
}

#[test]
fn summaries_of_several_models_are_scored_by_model() {
    let row = |id: &str, model: &str, decoded: &str| {
        format!(
            "{{\"id\": \"{id}\", \"model_id\": \"{model}\", \"decoded\": \"{decoded}\", \"expert_annotations\": [], \
             \"references\": [\"one two three\", \"four\"]}}\n"
        )
    };
    let rows = [row("a", "M0", "one two three"), row("a", "M1", "five"), row("b", "M0", "six"), row("b", "M1", "five")];
    let cli = files(&[("summeval.jsonl", &rows.concat())]);
    let both = ["--gold", "summeval.jsonl", "--pred", "summeval.jsonl"];
    let message = refused(&cli, &[&["score"], &both[..]].concat());
    assert!(message.contains("this file has the predictions of 2 models"), "{message}");
    assert!(message.contains("choose one with `--pred-annotator`: \"M0\", \"M1\""), "{message}");
    for (model, f1) in [("M0", 0.5), ("M1", 0.0)] {
        let (found, notes) = rouge1(&cli, &[&both[..], &["--pred-annotator", model]].concat());
        assert!((found - f1).abs() < 1e-12, "{model}: {found}");
        assert!(notes.contains("read as rows of SummEval"), "{notes}");
    }
    let message = refused(&cli, &[&["score", "--pred-annotator", "M7"], &both[..]].concat());
    assert!(message.contains("there are no predictions of \"M7\""), "{message}");
}
