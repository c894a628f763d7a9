//! Token files as tools write them: tags of other notations, columns, headers, and one file for
//! both sides.

use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

fn files(gold: &str, pred: &str) -> Cli {
    let cli = Cli::new();
    cli.write("g.conll", gold);
    cli.write("p.conll", pred);
    cli
}

fn score<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["score", "--gold", "g.conll", "--pred", "p.conll"], more].concat()
}

fn f1(cli: &Cli, args: &[&str]) -> Option<f64> {
    cli.json(args)["metrics"]["entities.strict.f1"]["value"].as_f64()
}

/// Returns the entities of a file as `text/label`, converted with more arguments.
fn entities(cli: &Cli, file: &str, more: &[&str]) -> Vec<String> {
    let args = [&["convert", file, "--to", "karat", "--out", "shown.jsonl", "--force"], more].concat();
    let output = cli.karat(&args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = cli.read("shown.jsonl");
    let documents = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut found = Vec::new();
    for document in documents {
        let text: Vec<char> = document["text"].as_str().unwrap().chars().collect();
        for entity in document["entities"].as_array().unwrap() {
            let [start, end] = ["start", "end"].map(|key| entity[key].as_u64().unwrap() as usize);
            let covered: String = text[start..end].iter().collect();
            found.push(format!("{covered}/{}", entity["label"].as_str().unwrap()));
        }
    }
    found
}

#[test]
fn tags_without_prefixes_are_refused_or_read_as_io() {
    let cli = files("Acme ORG\nhired O\nJane PER\nRoe PER\n. O\n", "Acme O\nhired O\nJane PER\nRoe PER\n. O\n");
    assert_cmd!("layouts_unprefixed", cli.karat(&score(&[])));
    assert_eq!(entities(&cli, "g.conll", &["--tags", "io"]), ["Acme/ORG", "Jane Roe/PER"]);
    let recall = &cli.json(&score(&["--tags", "io"]))["metrics"]["entities.strict.recall"]["value"];
    assert_eq!(recall.as_f64(), Some(0.5));
    // seqeval reads ORG as O: its figures, with a warning.
    assert_cmd!(
        "layouts_unprefixed_seqeval",
        cli.karat(&score(&["--preset", "seqeval", "--metric", "entities.strict.f1"]))
    );
    assert_eq!(f1(&cli, &score(&["--preset", "seqeval"])), Some(1.0));
    assert_cmd!("layouts_unprefixed_convert", cli.karat(&["convert", "g.conll", "--to", "karat", "--out", "x.jsonl"]));
}

#[test]
fn prefixes_after_labels_are_refused_or_read_as_suffixes() {
    let cli = files("Jane\tPER-B\nRoe\tPER-I\nmet\tO\nBo\tPER-S\n", "Jane\tB-PER\nRoe\tI-PER\nmet\tO\nBo\tB-PER\n");
    assert_cmd!("layouts_suffix", cli.karat(&["convert", "g.conll", "--to", "karat", "--out", "x.jsonl"]));
    assert_eq!(entities(&cli, "g.conll", &["--tags", "suffix"]), ["Jane Roe/PER", "Bo/PER"]);
    assert_cmd!("layouts_no_suffix", cli.karat(&score(&["--tags", "suffix"])));
}

#[test]
fn each_tag_of_no_scheme_is_named_with_its_lines() {
    let cli = files("a OBJ\nb nan\nc None\nd B-PER\ne B_PER\nf O-X\ng OBJ\nh B-\ni b-PER\n", "a O\n");
    assert_cmd!("layouts_outside", cli.karat(&["convert", "g.conll", "--to", "karat", "--out", "x.jsonl"]));
    cli.write("b.conll", "a (PER*\nb *)\nc *\nd (ORG)\n");
    assert_cmd!("layouts_brackets", cli.karat(&["convert", "b.conll", "--to", "karat", "--out", "x.jsonl"]));
    cli.write("nan.conll", "a nan\nb PER\n");
    assert_cmd!("layouts_nan", cli.karat(&["convert", "nan.conll", "--to", "karat", "--out", "x.jsonl"]));
}

#[test]
fn bilou_is_recognised_and_a_mixture_is_not_decoded() {
    let gold = "Ann U-PER\nBob U-PER\nran O\nNew B-LOC\nYork L-LOC\nOslo U-LOC\n";
    let pred = "Ann U-PER\nBob O\nran O\nNew B-LOC\nYork L-LOC\nOslo O\n";
    let cli = files(gold, pred);
    assert_cmd!("layouts_bilou", cli.karat(&score(&["--metric", "entities.strict.f1"])));
    let wanted = f1(&cli, &score(&["--from", "bilou"]));
    assert_eq!((f1(&cli, &score(&[])), f1(&cli, &score(&["--tags", "bilou"]))), (wanted, wanted));
    assert_eq!(wanted, Some(2.0 / 3.0));
    // An entity that does not end is read, as in the other schemes.
    cli.write("open.conll", "New B-LOC\nYork I-LOC\nran O\nBob U-PER\nBo L-PER\n");
    assert_eq!(entities(&cli, "open.conll", &[]), ["New York/LOC", "Bob/PER", "Bo/PER"]);
    cli.write("mixed.conll", "Ann S-PER\nBob U-PER\n");
    assert_cmd!("layouts_mixed", cli.karat(&["convert", "mixed.conll", "--to", "karat", "--out", "x.jsonl"]));
    // IOBES needs no note.
    cli.write("iobes.conll", "Ann S-PER\nNew B-LOC\nYork E-LOC\nRome B-LOC\n");
    assert_eq!(entities(&cli, "iobes.conll", &[]), ["Ann/PER", "New York/LOC", "Rome/LOC"]);
    assert_cmd!("layouts_bilou_seqeval", cli.karat(&score(&["--preset", "seqeval", "--metric", "entities.strict.f1"])));
}

#[test]
fn a_named_notation_is_a_scheme_and_contradicts_another_format() {
    let cli = files("Ann I-PER\n", "Ann I-PER\n");
    assert_cmd!("layouts_tags_iob2", cli.karat(&score(&["--tags", "iob2"])));
    assert_cmd!("layouts_tags_and_from", cli.karat(&score(&["--tags", "iob2", "--from", "iobes"])));
    assert_cmd!("layouts_tags_unknown", cli.karat(&score(&["--tags", "bio"])));
    cli.write("g.jsonl", r#"{"id": "a", "entities": []}"#);
    assert_cmd!(
        "layouts_not_tokens",
        cli.karat(&["convert", "g.jsonl", "--to", "csv", "--out", "x.csv", "--column", "2"])
    );
}

#[test]
fn a_header_is_recognised_and_names_columns() {
    let cli = Cli::new();
    cli.write("header.conll", "token\ttag\nJane\tB-PER\n");
    assert_cmd!("layouts_header", cli.karat(&["convert", "header.conll", "--to", "karat", "--out", "x.jsonl"]));
    cli.write("two.tsv", "Word\tPOS\tcoarse\tfine\nJane\tNNP\tB-PER\tB-PER.writer\nran\tV\tO\tO\n");
    let from = ["--from", "conll"];
    assert_eq!(entities(&cli, "two.tsv", &[&from[..], &["--column", "coarse"]].concat()), ["Jane/PER"]);
    assert_eq!(entities(&cli, "two.tsv", &[&from[..], &["--column", "4"]].concat()), ["Jane/PER.writer"]);
    let column = |name| ["convert", "two.tsv", "--from", "conll", "--to", "csv", "--out", "x.csv", "--column", name];
    assert_cmd!("layouts_no_such_name", cli.karat(&column("coarser")));
    assert_cmd!("layouts_no_such_number", cli.karat(&column("5")));
    assert_cmd!("layouts_wrong_column", cli.karat(&column("POS")));
}

/// flair writes whether a space follows in the last column.
#[test]
fn a_column_of_flags_contains_no_tags() {
    let cli = Cli::new();
    cli.write("sp.conll", "It O +\nFrench B-LOC -\n- O -\ntown O -\n");
    assert_eq!(entities(&cli, "sp.conll", &[]), ["French/LOC"]);
    assert_cmd!("layouts_flags", cli.karat(&["convert", "sp.conll", "--to", "csv", "--out", "x.csv"]));
    cli.write("pos.conll", "It O PRP\nFrench B-LOC JJ\n");
    assert_cmd!("layouts_other_column", cli.karat(&["convert", "pos.conll", "--to", "csv", "--out", "y.csv"]));
    assert_eq!(entities(&cli, "pos.conll", &["--column", "2"]), ["French/LOC"]);
}

#[test]
fn numbers_before_words_are_no_words() {
    let cli = Cli::new();
    cli.write("n.conll", "1 Ada B-PER\n2 ran O\n\n1 Oslo B-LOC\n2 slept O\n");
    assert_eq!(entities(&cli, "n.conll", &[]), ["Ada/PER", "Oslo/LOC"]);
    cli.write("years.conll", "1 CD O\n3 CD O\n");
    assert_eq!(entities(&cli, "years.conll", &[]), Vec::<String>::new());
}

const CONLL_2003: &str = "-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
German JJ B-NP B-MISC
call NN I-NP O
. . O O
";

#[test]
fn a_file_scored_against_itself_is_right() {
    let cli = files(CONLL_2003, CONLL_2003);
    for preset in [&[][..], &["--preset", "seqeval"], &["--preset", "conlleval"]] {
        let args = [&["score", "--gold", "g.conll", "--pred", "./g.conll"], preset].concat();
        assert_eq!(f1(&cli, &args), Some(1.0), "{preset:?}");
        assert_eq!(f1(&cli, &score(preset)), Some(1.0), "{preset:?}");
    }
    let metric = ["--metric", "entities.strict.f1"];
    assert_cmd!(
        "layouts_self",
        cli.karat(&[&["score", "--gold", "g.conll", "--pred", "g.conll"], &metric[..]].concat())
    );
    // conlleval's own format is announced.
    cli.write("e.conll", "a NN B-X B-X\nb NN I-X O\n\nc NN B-Y B-Y\n");
    assert_cmd!(
        "layouts_one_file",
        cli.karat(&[&["score", "--gold", "e.conll", "--pred", "e.conll"], &metric[..]].concat())
    );
    // Two columns of entities without a label in common are no pair of gold and predicted tags.
    cli.write("o.conll", "a B-X B-Y\nb O O\n");
    assert_eq!(f1(&cli, &["score", "--gold", "o.conll", "--pred", "o.conll"]), Some(1.0));
}

#[test]
fn the_first_word_that_differs_is_named_with_both_lines() {
    let cli = files("a O\nb B-X\n\nc O\n", "# id = 7\n\na O\nB B-X\n\nc O\n");
    assert_cmd!("layouts_other_word", cli.karat(&score(&[])));
}

#[test]
fn tags_of_hugging_face_datasets_are_recognised_as_bilou() {
    let cli = Cli::new();
    let line = |last| {
        format!(r#"{{"tokens": ["Bo", "met", "Ada", "Roe"], "ner_tags": ["U-PER", "O", "B-PER", "{last}-PER"]}}"#)
    };
    cli.write("d.jsonl", line("L"));
    assert_eq!(entities(&cli, "d.jsonl", &[]), ["Bo/PER", "Ada Roe/PER"]);
    let convert = ["convert", "d.jsonl", "--to", "karat", "--out", "x.jsonl"];
    assert_cmd!("layouts_hf_tokens_bilou", cli.karat(&convert));
    cli.write("d.jsonl", line("E"));
    assert_cmd!("layouts_hf_tokens_mixed", cli.karat(&[&convert[..], &["--force"]].concat()));
}

#[test]
fn tags_of_a_dataset_outside_the_scheme_are_errors_unless_their_notation_is_named() {
    let cli = Cli::new();
    let row = |tags: &str| format!("{{\"id\": \"1\", \"tokens\": [\"Ada\", \"met\", \"Bo\"], \"ner_tags\": {tags}}}\n");
    cli.write("io.jsonl", row(r#"["person", "O", "person"]"#));
    cli.write("suffix.jsonl", row(r#"["person-B", "O", "person-B"]"#));
    cli.write("prefixed.jsonl", row(r#"["B-person", "O", "B-person"]"#));
    let score = |gold: &str, more: &[&str]| {
        let args = [&["score", "--gold", gold, "--pred", gold, "--format", "json"], more].concat();
        let output = cli.karat(&args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, _, message) = score("io.jsonl", &[]);
    assert_eq!(code, Some(2));
    assert!(message.contains("the tag \"person\" is in no tagging scheme"), "{message}");
    assert!(message.contains("`--tags io` reads tags without prefixes"), "{message}");
    for (file, more) in
        [("io.jsonl", &["--tags", "io"][..]), ("suffix.jsonl", &["--tags", "suffix"]), ("prefixed.jsonl", &[])]
    {
        let (code, out, message) = score(file, more);
        assert_eq!(code, Some(0), "{file}: {message}");
        assert!(out.contains("entities.strict[person].f1"), "{file}: {out}");
    }
}
