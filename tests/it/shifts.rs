//! Offsets that count something else than code points of the text, files that are something else
//! than what karat reads, and messages that are repeated: each cause is named once, with the option
//! that fixes it.

use crate::cli::{Cli, assert_cmd};

/// Asserts that karat fails with one error, which contains these parts.
fn assert_one_error(cli: &Cli, args: &[&str], parts: &[&str]) {
    let (code, _, errors) = cli.run(args);
    assert_ne!(code, 0, "{args:?}");
    assert_eq!(errors.matches("error").count(), 1, "{errors}");
    parts.iter().for_each(|part| assert!(errors.contains(part), "{part:?} is not in {errors}"));
}

fn f1(cli: &Cli, args: &[&str]) -> f64 {
    cli.json(args)["metrics"]["entities.strict.f1"]["value"].as_f64().unwrap()
}

const BRAT: &str = "T1\tPER 10 18\tJane Roe\nT2\tLOC 25 29\tBern\n";

#[test]
fn offsets_that_count_lf_where_the_text_has_crlf() {
    let cli = Cli::new();
    cli.write("brat/a.ann", BRAT);
    cli.write("brat/a.txt", "Line one.\r\nJane Roe came.\r\nBern too.\r\n");
    cli.write("lf/a.ann", BRAT);
    cli.write("lf/a.txt", "Line one.\nJane Roe came.\nBern too.\n");
    let convert = ["convert", "brat", "--to", "karat", "--out", "out.jsonl"];
    assert_cmd!("shift_brat_crlf", cli.karat(&convert));
    assert_eq!(cli.run(&[&convert[..], &["--line-ends", "lf"]].concat()).0, 0);
    let written = cli.read("out.jsonl");
    assert!(written.contains(r#""start":11,"end":19"#) && written.contains(r#""start":27,"end":31"#), "{written}");
    // The other way round.
    cli.write("crlf/a.ann", "T1\tPER 11 19\tJane Roe\nT2\tLOC 27 31\tBern\n");
    cli.write("crlf/a.txt", "Line one.\nJane Roe came.\nBern too.\n");
    let convert = ["convert", "crlf", "--to", "karat", "--out", "other.jsonl"];
    assert_one_error(&cli, &convert, &["LF counted as CRLF: 2 of 2 match", "--line-ends crlf"]);
    assert_eq!(cli.run(&[&convert[..], &["--line-ends", "crlf"]].concat()).0, 0);
    // An option that one side needs leaves the other side as it is.
    let score = ["score", "--gold", "lf", "--pred", "crlf", "--line-ends", "crlf"];
    assert_eq!(f1(&cli, &score), 1.0);
    assert_eq!(f1(&cli, &["score", "--gold", "lf", "--pred", "crlf", "--line-ends", "pred:crlf"]), 1.0);
    let (_, _, notes) = cli.run(&score);
    let note = "note: lf: documents read without `--line-ends crlf`, since stored texts match only without it: 1, \
                first \"a\"";
    assert!(notes.contains(note), "{notes}");
    // A file that is read alone does not leave the option out.
    let convert = ["convert", "lf", "--to", "karat", "--out", "third.jsonl", "--line-ends", "crlf"];
    assert_one_error(&cli, &convert, &["2 of 2 match", "leave out `--line-ends crlf`"]);
}

#[test]
fn a_folder_of_files_has_one_message() {
    let cli = Cli::new();
    for id in 0..25 {
        cli.write(&format!("brat/{id:02}.ann"), BRAT);
        cli.write(&format!("brat/{id:02}.txt"), "Line one.\r\nJane Roe came.\r\nBern too.\r\n");
    }
    let convert = ["convert", "brat", "--to", "karat", "--out", "out.jsonl"];
    let parts = ["50 of 50 match, in 25 files, of which this is the first", "brat/00.ann", "--line-ends lf"];
    assert_one_error(&cli, &convert, &parts);
}

/// Wrong values are described as JSON, and errors are counted after the first 20.
#[test]
fn wrong_values_of_karat_lines() {
    let cli = Cli::new();
    let spans = [
        "{\"start\": 0, \"end\": 1, \"label\": null}",
        "{\"start\": 0, \"end\": 1, \"label\": \"\"}",
        "{\"start\": -1, \"end\": 1, \"label\": \"X\"}",
        "{\"start\": 0.0, \"end\": 1.0, \"label\": \"X\"}",
        "{\"start\": \"0\", \"end\": \"1\", \"label\": \"X\"}",
        "{\"start\": 0, \"end\": 1, \"label\": [\"X\"]}",
        "{\"start\": 0, \"end\": 1, \"type\": \"X\"}",
        "[0, 1, \"X\"]",
    ];
    let lines: String = (0..3)
        .flat_map(|copy| spans.iter().enumerate().map(move |(at, span)| (copy * spans.len() + at, span)))
        .map(|(id, span)| format!("{{\"id\": \"{id}\", \"entities\": [{span}]}}\n"))
        .collect();
    cli.write("lines.jsonl", lines);
    let (code, _, errors) = cli.run(&["convert", "lines.jsonl", "--to", "karat", "--out", "out.jsonl"]);
    assert!(code != 0 && errors.contains("error: and 4 more errors"), "{errors}");
    for word in ["u32", "u64", "struct ", "Wire", "enum ", "Option<", "String"] {
        assert!(!errors.contains(word), "{word:?} is in {errors}");
    }
}

#[test]
fn offsets_without_stored_texts_that_are_past_the_end() {
    let cli = Cli::new();
    cli.write("u.jsonl", "{\"doc_id\": 42, \"text\": \"hey 😄 Bern, Rome\", \"entities\": [[4, 6, \"EMO\"], [7, 11, \"LOC\"], [13, 17, \"LOC\"]], \"username\": \"admin\", \"metadata\": {}}\n");
    let convert = ["convert", "u.jsonl", "--to", "karat", "--out", "out.jsonl"];
    assert_one_error(&cli, &convert, &["UTF-16 offsets: 3 of 3 spans fit the text", "--offset-unit utf16"]);
    assert_eq!(cli.run(&[&convert[..], &["--offset-unit", "utf16"]].concat()).0, 0);
    assert!(cli.read("out.jsonl").contains(r#""start":12,"end":16"#));
}

#[test]
fn texts_in_another_normalisation() {
    let cli = Cli::new();
    let (nfc, nfd) = ("Zoë met Søren in Málaga.", "Zoe\u{308} met Søren in Ma\u{301}laga.");
    let gold = format!(
        "{{\"id\": \"1\", \"text\": \"{nfc}\", \"entities\": [{{\"start\": 0, \"end\": 3, \"label\": \"PER\", \"text\": \"Zoë\"}}, {{\"start\": 17, \"end\": 23, \"label\": \"LOC\", \"text\": \"Málaga\"}}]}}\n"
    );
    cli.write("g.jsonl", gold);
    // Text, stored texts and offsets in NFD.
    cli.write("p.jsonl", format!("{{\"id\": \"1\", \"text\": \"{nfd}\", \"entities\": [{{\"start\": 0, \"end\": 4, \"label\": \"PER\", \"text\": \"Zoe\u{308}\"}}, {{\"start\": 18, \"end\": 25, \"label\": \"LOC\", \"text\": \"Ma\u{301}laga\"}}]}}\n"));
    // Only the stored text is in NFD.
    cli.write("q.jsonl", format!("{{\"id\": \"1\", \"text\": \"{nfc}\", \"entities\": [{{\"start\": 0, \"end\": 3, \"label\": \"PER\", \"text\": \"Zoe\u{308}\"}}]}}\n"));
    // Only the offsets are in NFD.
    cli.write("r.jsonl", "{\"id\": \"1\", \"entities\": [{\"start\": 0, \"end\": 4, \"label\": \"PER\"}, {\"start\": 18, \"end\": 25, \"label\": \"LOC\"}]}\n");
    // Only the text is in NFD.
    cli.write("s.jsonl", format!("{{\"id\": \"1\", \"text\": \"{nfd}\", \"entities\": []}}\n"));
    for (file, form, wanted) in [("p", "nfd", 1.0), ("q", "nfc", 2.0 / 3.0), ("r", "nfd", 1.0), ("s", "nfd", 0.0)] {
        let file = format!("{file}.jsonl");
        let score = ["score", "--gold", "g.jsonl", "--pred", &file];
        let option = format!("--normalise {form}");
        let what = match file.as_str() {
            "q.jsonl" => "stored texts match only in NFC: 1 of 1".to_owned(),
            _ => format!("in {}", form.to_uppercase()),
        };
        assert_one_error(&cli, &score, &[&what, &option]);
        assert_eq!(f1(&cli, &[&score[..], &["--normalise", form]].concat()), wanted, "{file}");
    }
}

#[test]
fn offsets_that_count_a_byte_order_mark() {
    let cli = Cli::new();
    cli.write("docs/a.txt", "\u{feff}Ada met Bo.");
    cli.write("p.csv", "document,start,end,label,text\na,1,4,PER,Ada\na,9,11,PER,Bo\n");
    let convert = ["convert", "p.csv", "--documents", "docs", "--to", "csv", "--out", "out.csv"];
    assert_one_error(&cli, &convert, &["byte order mark", "2 of 2 match", "--byte-order-mark with"]);
    assert_eq!(cli.run(&[&convert[..], &["--byte-order-mark", "with"]].concat()).0, 0);
    assert_eq!(cli.read("out.csv"), "document,start,end,label,text\na,0,3,PER,Ada\na,8,10,PER,Bo\n");
    cli.write("q.csv", "document,start,end,label,text\na,0,3,PER,Ada\n");
    cli.write("marked.jsonl", "{\"id\": \"a\", \"text\": \"\u{feff}Ada met Bo.\"}\n");
    let convert = ["convert", "q.csv", "--documents", "marked.jsonl", "--to", "csv", "--out", "out.csv", "--force"];
    assert_one_error(&cli, &convert, &["without the byte order mark", "--byte-order-mark without"]);
    assert_eq!(cli.run(&[&convert[..], &["--byte-order-mark", "without"]].concat()).0, 0);
}

/// One wrong offset is no evidence that a mark is counted.
#[test]
fn a_single_offset_that_is_one_too_large() {
    let cli = Cli::new();
    let line = |spans: &str| format!("{{\"id\": \"a\", \"text\": \"Ada met Bo.\", \"entities\": [{spans}]}}\n");
    let span = |start: usize, end: usize, text: &str| {
        format!("{{\"start\": {start}, \"end\": {end}, \"label\": \"P\", \"text\": \"{text}\"}}")
    };
    cli.write("one.jsonl", line(&span(9, 11, "Bo")));
    cli.write("two.jsonl", line(&format!("{}, {}", span(1, 4, "Ada"), span(9, 11, "Bo"))));
    let convert = |file| ["convert", file, "--to", "karat", "--out", "out.jsonl"];
    assert_one_error(&cli, &convert("one.jsonl"), &["the text at 9..11 is \"o.\"", "\"Bo\" is at 8..10"]);
    assert_one_error(&cli, &convert("two.jsonl"), &["byte order mark", "2 of 2 match"]);
}

/// Every document of a file has the same cause, and a document that it does not explain keeps its
/// own errors.
#[test]
fn one_message_a_file() {
    let cli = Cli::new();
    let line = |id: usize, start: usize, text: &str| {
        format!(
            "{{\"id\": \"{id}\", \"text\": \"a\\r\\nAda\", \"entities\": [{{\"start\": {start}, \"end\": {}, \"label\": \"P\", \"text\": \"{text}\"}}]}}\n",
            start + 3
        )
    };
    let lines: String = (0..30).map(|id| line(id, 2, "Ada")).collect();
    cli.write("g.jsonl", &lines);
    let convert = ["convert", "g.jsonl", "--to", "karat", "--out", "out.jsonl"];
    assert_one_error(&cli, &convert, &["30 of 30 match", "--line-ends lf"]);
    cli.write("g.jsonl", lines + &line(30, 3, "Bob"));
    let (_, _, errors) = cli.run(&convert);
    assert!(errors.contains("30 of 30 match") && errors.contains("\"Bob\"") && errors.contains("2 errors"), "{errors}");
}

#[test]
fn stored_texts_that_contradict_each_other() {
    let cli = Cli::new();
    let line = |text: &str, more: &str| {
        format!(
            "{{\"id\": \"a\", \"entities\": [{{\"start\": 0, \"end\": 3, \"label\": \"P\", \"text\": \"{text}\"}}]{more}}}\n"
        )
    };
    cli.write("g.jsonl", line("Ada", ""));
    cli.write("p.jsonl", line("Bob", ""));
    cli.write("q.jsonl", line("Bob", ", \"keyphrases\": []"));
    assert_cmd!("shift_contradicting_texts", cli.karat(&["score", "--gold", "g.jsonl", "--pred", "p.jsonl"]));
    for more in [&["--pred", "q.jsonl"][..], &["--pred", "p.jsonl", "--per-document"]] {
        let args = [&["score", "--gold", "g.jsonl"], more].concat();
        assert_one_error(&cli, &args, &["is \"Bob\", but the golden file has \"Ada\" at 0..3"]);
    }
    assert_eq!(f1(&cli, &["score", "--gold", "g.jsonl", "--pred", "g.jsonl"]), 1.0);
    // Tools that read no texts score such files.
    assert_eq!(f1(&cli, &["score", "--gold", "g.jsonl", "--pred", "p.jsonl", "--misfit", "keep"]), 1.0);
}

#[test]
fn files_that_are_something_else() {
    let cli = Cli::new();
    let files: [(&str, &[u8], &str); 8] = [
        ("lines.jsonl", b"\xFD7zXZ\0\0\x04", "xz"),
        ("book.csv", b"PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml", "Excel workbook"),
        ("texts", b"a\0b\0\n\0", "UTF-16"),
        ("utf16.jsonl", b"{\0\"\0i\0d\0\"\0:\0", "UTF-16"),
        ("repr.jsonl", b"{'id': 'a', 'entities': []}\n{'id': 'b', 'entities': []}\n", "Python's notation"),
        ("fence.json", b"```json\n{\"id\": \"a\"}\n```\n", "Markdown fence"),
        ("nan.jsonl", b"{\"id\": \"a\", \"entities\": [], \"meta\": {\"x\": NaN}}\n", "`NaN` is not JSON"),
        ("none.jsonl", b"{\"id\": \"a\", \"entities\": None}\n", "Python's notation"),
    ];
    for (file, bytes, what) in files {
        cli.write(file, bytes);
        assert_one_error(&cli, &["convert", file, "--to", "karat", "--out", "out.jsonl"], &[what, file]);
    }
    let pretty = "{\n  \"id\": \"1\",\n  \"entities\": []\n}\n{\n  \"id\": \"2\",\n  \"entities\": []\n}\n";
    cli.write("pretty.jsonl", pretty);
    assert_cmd!("shift_pretty_printed", cli.karat(&["convert", "pretty.jsonl", "--to", "karat", "--out", "out.jsonl"]));
    let score = ["score", "--gold", "pretty.jsonl", "--pred", "pretty.jsonl"];
    assert_one_error(&cli, &score, &["pretty-printed"]);
    assert_one_error(&cli, &[&score[..], &["--map", "id=name"]].concat(), &["pretty-printed"]);
}

#[test]
fn warnings_end_and_help() {
    let cli = Cli::new();
    let lines = |key: &str, value: &str| -> String {
        (0..120).map(|id| format!("{{\"id\": \"{id}\", \"{key}\": {value}}}\n")).collect()
    };
    cli.write("g.jsonl", lines("summaries", "[\"市议会决定关闭旧泳池\"]"));
    cli.write("p.jsonl", lines("summary", "\"市议会投票关闭了泳池\""));
    assert_cmd!(
        "shift_warnings",
        cli.karat(&["score", "--gold", "g.jsonl", "--pred", "p.jsonl", "--metric", "summary.rouge1"])
    );
}

#[test]
fn a_document_that_lacks_a_repeat_is_named() {
    let cli = Cli::new();
    cli.write(
        "g.jsonl",
        "{\"id\": \"a\", \"summaries\": [\"one two three\"]}\n{\"id\": \"b\", \"summaries\": [\"four five six\"]}\n",
    );
    cli.write("p.jsonl", "{\"id\": \"a\", \"summary\": \"one two three\"}\n{\"id\": \"b\", \"summary\": \"four five six\"}\n{\"id\": \"a\", \"repeat\": 2, \"summary\": \"one two three\"}\n");
    let score = ["score", "--gold", "g.jsonl", "--pred", "p.jsonl"];
    let (_, _, notes) = cli.run(&score);
    assert!(notes.contains("since a repeat has no prediction: \"b\""), "{notes}");
    let scores = cli.json(&score);
    assert_eq!(scores["metrics"]["summary.rouge1.f1"]["value"], 0.75);
    assert_eq!((&scores["answers"]["ok"], &scores["answers"]["missing"]), (&1.into(), &1.into()));
    assert_eq!(scores["documents"]["b"]["message"], "repeat 2: there is no prediction for it");
}

#[test]
fn entities_without_offsets_say_nothing_about_the_unit() {
    let cli = Cli::new();
    let line = |first: &str, others: &str| {
        format!(
            "{{\"id\": \"a\", \"text\": \"😀 Jane Roe met Ann, Ann left.\", \"entities\": [{{{first}, \"label\": \"P\", \
             \"text\": \"Jane Roe\"}}{others}]}}\n"
        )
    };
    let ann = |offsets: &str| format!(", {{{offsets}\"label\": \"P\", \"text\": \"Ann\"}}");
    let located = ann("\"start\": 15, \"end\": 18, ") + &ann("\"start\": 20, \"end\": 23, ");
    cli.write("g.jsonl", line("\"start\": 2, \"end\": 10", &located));
    cli.write("p.jsonl", line("\"start\": 3, \"end\": 11", &ann("").repeat(2)));
    let score = ["score", "--gold", "g.jsonl", "--pred", "p.jsonl", "--locate", "ordered"];
    assert_one_error(&cli, &score, &["these look like UTF-16 offsets: 1 of 1 match"]);
    assert_eq!(f1(&cli, &[&score[..], &["--offset-unit", "pred:utf16"]].concat()), 1.0);
}

#[test]
fn documents_are_joined_by_text_in_the_form_that_offsets_count() {
    let cli = Cli::new();
    let line = |id: &str, text: &str, start: usize| {
        format!(
            "{{\"id\": \"{id}\", \"text\": \"{text}\", \"entities\": [{{\"start\": {start}, \"end\": {}, \"label\": \"P\", \
             \"text\": \"Ada\"}}]}}\n",
            start + 3
        )
    };
    cli.write("g.jsonl", line("a", r"One.\nAda", 5));
    cli.write("p.jsonl", line("b", r"One.\r\nAda", 6));
    let score = ["score", "--gold", "g.jsonl", "--pred", "p.jsonl", "--join", "text"];
    assert_one_error(&cli, &score, &["no golden document has its text"]);
    assert_eq!(f1(&cli, &[&score[..], &["--line-ends", "pred:crlf"]].concat()), 1.0);
}
