//! Formats with one word a line: HIPE, CoNLL-2012, CoNLL-U, CorefUD, WebAnno TSV and GermEval, as
//! their tools write them.

use serde_json::{Value, json};

use crate::cli::{Cli, assert_cmd};

fn value(scores: &Value, metric: &str) -> Option<f64> {
    scores["metrics"][metric]["value"].as_f64()
}

/// Returns what a file contains as lines of `karat.document/1`.
fn converted(cli: &Cli, file: &str, more: &[&str]) -> String {
    let args = [&["convert", file, "--to", "karat", "--out", "shown.jsonl", "--force"], more].concat();
    let output = cli.karat(&args).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    cli.read("shown.jsonl")
}

const HIPE: &str = "TOKEN\tNE-COARSE-LIT\tNE-COARSE-METO\tNE-FINE-LIT\tMISC
# hipe2022:document_id = one\t\t\t\t
Ada\tB-pers\tO\tB-pers.ind\t_
Lovelace\tE-pers\tO\tE-pers.ind\tNoSpaceAfter
,\tO\tO\tO\t_
Oslo\tS-loc\tS-org\tS-loc.adm\tEndOfLine

# hipe2022:document_id = two\t\t\t\t
Bern\tS-loc\tO\tS-loc.adm\t_
Rom\tS-loc\tO\tS-loc.adm\t_
";

#[test]
fn hipe_reads_iobes_and_the_column_that_is_named() {
    let cli = Cli::new();
    cli.write("g.tsv", HIPE);
    insta::assert_snapshot!("column_formats_hipe", converted(&cli, "g.tsv", &[]));
    let column = ["--column", "NE-COARSE-METO"];
    insta::assert_snapshot!("column_formats_hipe_meto", converted(&cli, "g.tsv", &column));
    let fails = |column| ["convert", "g.tsv", "--to", "csv", "--out", "x.csv", "--column", column];
    assert_cmd!("column_formats_hipe_no_column", cli.karat(&fails("NE-NESTED")));
    cli.write("odd.tsv", HIPE.replace("B-pers\tO", "B_pers\tO").replace("S-loc\tO", "U-loc\tO"));
    assert_cmd!("column_formats_hipe_tags", cli.karat(&["convert", "odd.tsv", "--to", "csv", "--out", "x.csv"]));
}

/// Documents with 2 gold, 2 predicted and 1 correct entity; with 1 gold one; with 1 predicted one.
#[test]
fn figures_are_averaged_over_documents_as_hipe_does() {
    let cli = Cli::new();
    let file = |tags: [&str; 4]| {
        let document = |(id, tags): (&str, &[&str])| {
            let words: String = tags.iter().map(|tag| format!("w\t{tag}\t_\n")).collect();
            format!("# document_id = {id}\n{words}\n")
        };
        let documents = [("a", &tags[..2]), ("b", &tags[2..3]), ("c", &tags[3..])].map(document).concat();
        format!("TOKEN\tNE-COARSE-LIT\tMISC\n{documents}")
    };
    cli.write("g.tsv", file(["B-loc", "B-pers", "B-loc", "O"]));
    cli.write("p.tsv", file(["B-loc", "B-loc", "O", "B-org"]));
    cli.write("o.toml", "[spans]\ndocument_macro = true\n");
    let scores = cli.json(&["score", "--gold", "g.tsv", "--pred", "p.tsv", "--options", "o.toml"]);
    let figure = |scheme: &str, stat: &str| value(&scores, &format!("entities.document-macro-{scheme}-{stat}"));
    for scheme in ["strict", "type"] {
        assert_eq!(["precision", "recall", "f1"].map(|stat| figure(scheme, stat)), [Some(0.25), Some(0.25), Some(0.5)]);
    }
}

/// Systems leave out the lines that begin documents, and the flags.
#[test]
fn hipe_predictions_without_comments_are_joined_by_words() {
    let cli = Cli::new();
    cli.write("g.tsv", HIPE);
    let pred: String = HIPE
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| format!("{line}\n"))
        .collect();
    cli.write("p.tsv", &pred);
    let scores = cli.json(&["score", "--gold", "g.tsv", "--pred", "p.tsv"]);
    assert_eq!(value(&scores, "entities.strict.f1"), Some(1.0));
    assert_eq!(scores["metrics"]["entities.strict.f1"]["documents"], 2);
    cli.write("p.tsv", pred.replace("Bern", "Basel"));
    assert_cmd!("column_formats_hipe_other_word", cli.karat(&["score", "--gold", "g.tsv", "--pred", "p.tsv"]));
    cli.write("p.tsv", pred.replace("Rom\tS-loc\tO\tS-loc.adm\t_\n", ""));
    assert_cmd!("column_formats_hipe_word_missing", cli.karat(&["score", "--gold", "g.tsv", "--pred", "p.tsv"]));
    cli.write("p.tsv", format!("{pred}Ende\tO\tO\tO\t_\n"));
    assert_cmd!("column_formats_hipe_word_too_many", cli.karat(&["score", "--gold", "g.tsv", "--pred", "p.tsv"]));
}

#[test]
fn coreference_with_other_words_is_scored_by_positions() {
    let cli = Cli::new();
    let file = |word| {
        format!(
            "#begin document (X); part 000\nx 0 0 {word} (4)\nx 0 1 b (4)\n#end document\n#begin document (Y); part 000\ny 0 0 a (4)\ny 0 1 b (4)\n#end document\n"
        )
    };
    cli.write("g.conll", file("a"));
    cli.write("p.conll", file("Ah"));
    let args = ["score", "--gold", "g.conll", "--pred", "p.conll", "--metric", "coreference.muc.f1"];
    assert_cmd!("column_formats_words_differ", cli.karat(&args));
    assert_cmd!("column_formats_strict_words", cli.karat(&[&args[..], &["--strict-words"]].concat()));
    // The library has no such option, and refuses other words.
    let [gold, predicted] = ["g.conll", "p.conll"].map(|file| cli.path().join(file));
    let error = karat::Scoring::new().score_files(gold, predicted).unwrap_err();
    let message = &error.diagnostics()[0].message;
    assert!(message.starts_with("word 1 is \"Ah\""), "{message}");
    cli.write("p.conll", file("a").replace("x 0 1 b (4)", "x 0 1 b -\nx 0 2 c (4)"));
    assert_cmd!("column_formats_word_beyond", cli.karat(&args));
}

/// The reference scorer 8.01 gives 1 for MUC and B3: the mention that stands in two clusters stays
/// in the one that begins first.
#[test]
fn a_repeated_mention_stays_in_its_first_cluster() {
    let cli = Cli::new();
    let file = |cells: [&str; 4]| {
        let lines: String =
            ["b", "c", "d", "e"].iter().zip(cells).map(|(word, cell)| format!("x 0 0 {word} {cell}\n")).collect();
        format!("#begin document (X); part 000\n# a comment is no word\n{lines}\n#end document\n")
    };
    cli.write("g.conll", file(["(1", "1)", "(1)", "(3)"]));
    cli.write("p.conll", file(["(1|(3|(3", "3)|3)|1)", "(1)", "(3)"]));
    let scores = cli.json(&["score", "--gold", "g.conll", "--pred", "p.conll"]);
    assert_eq!(value(&scores, "coreference.muc.f1"), Some(1.0));
    assert_eq!(value(&scores, "coreference.b3.f1"), Some(1.0));
}

#[test]
fn conllu_is_read_with_its_spaces() {
    let cli = Cli::new();
    cli.write(
        "u.conllu",
        "# newdoc id = d1
# sent_id = s1
# text = Zoë went to the café.
1\tZoë\tZoë\tPROPN\t_\t_\t2\tnsubj\t_\tNER=B-PER
2-3\twent\t_\t_\t_\t_\t_\t_\t_\t_
2\two\t_\t_\t_\t_\t0\troot\t_\t_
3\tnt\t_\t_\t_\t_\t2\tdep\t_\t_
3.1\tnull\t_\t_\t_\t_\t_\t_\t_\t_
4\tto\t_\t_\t_\t_\t2\tcase\t_\t_
5\tNew\t_\t_\t_\t_\t2\tobl\t_\tNER=B-LOC
6\tYork\t_\t_\t_\t_\t5\tflat\t_\tNER=I-LOC|SpaceAfter=No
7\t.\t_\t_\t_\t_\t2\tpunct\t_\tSpacesAfter=\\n

# newdoc id = d2
1\tOslo\t_\t_\t_\t_\t0\troot\t_\tNER=S-LOC
",
    );
    insta::assert_snapshot!("column_formats_conllu", converted(&cli, "u.conllu", &[]));
    cli.write(
        "plus.conllup",
        "# global.columns = ID FORM UPOS X:NE\n1\tAda\tPROPN\tB-PER\n2\tran\tVERB\tO\n\n1\tBo\tPROPN\tB-PER\n",
    );
    insta::assert_snapshot!("column_formats_conllu_plus", converted(&cli, "plus.conllup", &[]));
    cli.write("bare.conllu", "1\tAda\t_\tPROPN\t_\t_\t0\troot\t_\t_\n");
    assert_cmd!("column_formats_conllu_bare", cli.karat(&["convert", "bare.conllu", "--to", "csv", "--out", "x.csv"]));
    // A token file by its name, and CoNLL-U by its content.
    cli.write(
        "u.conll",
        "1\tAda\t_\tPROPN\t_\t_\t0\troot\t_\tMine=PER|SpaceAfter=No\n2\t.\t_\t_\t_\t_\t1\t_\t_\tMine=O\n",
    );
    assert_cmd!(
        "column_formats_conllu_tag",
        cli.karat(&["convert", "u.conll", "--to", "csv", "--out", "x.csv", "--column", "Mine"])
    );
    cli.write("bad.conllu", "1\tAda\t_\tPROPN\t_\t_\t0\troot\t_\tNER=O\nx\ty\n");
    assert_cmd!("column_formats_conllu_bad", cli.karat(&["convert", "bad.conllu", "--to", "csv", "--out", "x.csv"]));
}

const COREF_UD: &str = "# global.Entity = eid-etype-head-other
# newdoc id = d
1\tAda\t_\t_\t_\t_\t0\t_\t_\tEntity=(e1-person-1-)
2\tmet\t_\t_\t_\t_\t1\t_\t_\t_
3\ther\t_\t_\t_\t_\t1\t_\t_\tEntity=(e2-person-2-(e1-person-1-)
4\tsister\t_\t_\t_\t_\t1\t_\t_\tEntity=e2)|SpaceAfter=No
5\t.\t_\t_\t_\t_\t1\t_\t_\t_

1\tShe\t_\t_\t_\t_\t0\t_\t_\tEntity=(e1-person-1-)
1.1\tpro\t_\t_\t_\t_\t_\t_\t_\tEntity=(e2-person-1-)
2\tpicked\t_\t_\t_\t_\t1\t_\t_\tEntity=(e3[1/2]-act-1-)
3\tit\t_\t_\t_\t_\t1\t_\t_\t_
4\tup\t_\t_\t_\t_\t1\t_\t_\tEntity=(e3[2/2]-act-1-)
";

#[test]
fn coref_ud_is_read_as_clusters() {
    let cli = Cli::new();
    cli.write("c.conllu", COREF_UD);
    assert_cmd!(
        "column_formats_coref_ud_notes",
        cli.karat(&["convert", "c.conllu", "--to", "karat", "--out", "x.jsonl"])
    );
    insta::assert_snapshot!("column_formats_coref_ud", cli.read("x.jsonl"));
    cli.write("bad.conllu", COREF_UD.replace("Entity=e2)|", "Entity=e9)|"));
    assert_cmd!(
        "column_formats_coref_ud_bad",
        cli.karat(&["convert", "bad.conllu", "--to", "karat", "--out", "y.jsonl"])
    );
}

const WEB_ANNO: &str = "#FORMAT=WebAnno TSV 3.3
#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value
#T_SP=webanno.custom.Mood|mood
#T_CH=de.tudarmstadt.ukp.dkpro.core.api.coref.type.CoreferenceLink|referenceType|referenceRelation


#Text=\u{1d11e} Ada Lovelace left.
1-1\t0-2\t\u{1d11e}\t_\t_\t_\t_\t_\t
1-2\t3-6\tAda\tQ7259[1]\tPER[1]\t_\tname[1]\t*->1-1\t
1-3\t7-15\tLovelace\tQ7259[1]|*[2]\tPER[1]|A\\_B[2]\t_\tname[1]\t*->1-1\t
1-4\t16-20\tleft\t_\t_\thappy\t_\t_\t
1-5\t20-21\t.\t_\t_\t_\t_\t_\t

#Text=She ran.
2-1\t22-25\tShe\t_\t_\t_\tpr[1]\t*->1-2\t
2-2\t26-29\tran\t*\t*\thappy\t_\t_\t
2-3\t29-30\t.\t_\t_\t_\t_\t_\t
";

#[test]
fn web_anno_is_read_by_layer() {
    let cli = Cli::new();
    cli.write("doc.tsv", WEB_ANNO);
    insta::assert_snapshot!("column_formats_webanno", converted(&cli, "doc.tsv", &[]));
    insta::assert_snapshot!("column_formats_webanno_mood", converted(&cli, "doc.tsv", &["--column", "Mood"]));
    let convert = |file| ["convert", file, "--to", "csv", "--out", "x.csv"];
    assert_cmd!(
        "column_formats_webanno_no_layer",
        cli.karat(&[&convert("doc.tsv")[..], &["--column", "Moods"]].concat())
    );
    cli.write("bad.tsv", WEB_ANNO.replace("22-25\tShe", "23-26\tShe").replace("\t*\t*\thappy", "\t*\thappy"));
    assert_cmd!("column_formats_webanno_bad", cli.karat(&convert("bad.tsv")));
    cli.write("off.tsv", WEB_ANNO.replace("26-29\tran", "27-30\tran"));
    assert_cmd!("column_formats_webanno_offsets", cli.karat(&convert("off.tsv")));
}

/// The line of a word has a cell for each of its entities, so that their number is bounded.
#[test]
fn web_anno_has_at_most_100_entities_for_a_word() {
    let cli = Cli::new();
    let mut entities: Vec<Value> = (0..150).map(|at| json!({"start": at, "end": 400 - at, "label": "A"})).collect();
    entities.push(json!({"start": 390, "end": 391, "label": "B"}));
    cli.write("gold.jsonl", json!({"id": "d", "text": "x".repeat(400), "entities": entities}).to_string());
    let (_, _, notes) = cli.run(&["convert", "gold.jsonl", "--to", "webanno", "--out", "out"]);
    let loss = "entities whose first word has 100 others: 50, first in document \"d\": A at 100..300";
    assert!(notes.contains(loss), "{notes}");
    let most = cli.read("out/d.tsv").lines().map(|line| line.matches("A[").count()).max();
    assert_eq!(most, Some(100));
    let back: Value = serde_json::from_str(&converted(&cli, "out/d.tsv", &[])).unwrap();
    let ends: Vec<u64> =
        back["entities"].as_array().unwrap().iter().map(|entity| entity["end"].as_u64().unwrap()).collect();
    let expected: Vec<u64> = (0..100).map(|at| 400 - at).chain([391]).collect();
    assert_eq!(ends, expected);
}

#[test]
fn germ_eval_has_two_levels() {
    let cli = Cli::new();
    cli.write("g.tsv", "#\tnews 1 [2014]\n1\tStadt\tB-ORG\tO\n2\tKöln\tI-ORG\tB-LOC\n3\ttagt\tO\tO\n\n#\tnews 2 [2014]\n1\tBonn\tB-LOCderiv\tO\n");
    insta::assert_snapshot!("column_formats_germeval", converted(&cli, "g.tsv", &[]));
    insta::assert_snapshot!("column_formats_germeval_inner", converted(&cli, "g.tsv", &["--column", "4"]));
    // As a token file, whose first column is no word.
    insta::assert_snapshot!("column_formats_germeval_tokens", converted(&cli, "g.tsv", &["--column", "3"]));
    cli.write("bad.tsv", "1\tStadt\tB-ORG\tO\n3\tKöln\tORG\tO\n4\tx\n");
    assert_cmd!("column_formats_germeval_bad", cli.karat(&["convert", "bad.tsv", "--to", "csv", "--out", "x.csv"]));
}
