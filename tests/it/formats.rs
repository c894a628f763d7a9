//! Other tools' formats: detected from content, read, written, and what they cannot represent.

use std::collections::BTreeMap;
use std::path::Path;

use karat::document::{Alternative, Annotations, Argument, Cluster, Document, Entity, Event, Region, Relation, Span};
use karat::format::tokens::TokenOptions;
use karat::format::{Entry, Export, FORMATS, Format, Input, Notes, Output, has_extension};
use proptest::prelude::*;
use serde_json::Value;

use crate::cli::{Cli, assert_cmd};

/// Two documents with characters beyond the BMP, and everything that labels can represent.
const GOLD: &str = r##"{"id": "a", "text": "𝄞 Ada met Bo in Oslo, 🎻 and Ada left.\nBo paid.", "entities": [{"id": "T1", "start": 2, "end": 5, "label": "PERSON", "text": "Ada"}, {"id": "T2", "start": 10, "end": 12, "label": "PERSON", "text": "Bo"}, {"id": "T3", "start": 16, "end": 20, "label": "GPE", "text": "Oslo"}, {"id": "T4", "start": 22, "end": 23, "label": "THING", "text": "🎻"}]}
{"id": "b", "text": "Nothing.", "entities": []}
"##;
const RICH: &str = r##"{"id": "a", "text": "𝄞 Ada met Bo in Oslo.", "meta": {"source": "news"}, "entities": [{"id": "p", "start": 2, "end": 5, "label": "A PERSON", "text": "Ada", "optional": true, "confidence": 0.5}, {"id": "T2", "start": 10, "end": 12, "label": "PERSON", "attributes": {"Negation": true, "seen": 3}, "alternatives": [{"label": "X"}]}, {"start": 2, "end": 12, "fragments": [[2, 5], [10, 12]], "label": "PAIR", "text": "Ada Bo"}], "relations": [{"label": "MET", "head": "p", "tail": "T2"}], "events": [{"id": "E1", "label": "Meet", "trigger": {"start": 6, "end": 9}, "arguments": [{"role": "Who", "target": "p"}, {"role": "Who", "target": "T2"}]}], "coreference": [{"mentions": [{"start": 2, "end": 5}, {"start": 16, "end": 20}]}], "keyphrases": ["Oslo"], "summaries": ["They met."]}
"##;

fn convert<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [&["convert"], args].concat()
}

/// The output of every format, as its readers see it.
#[test]
fn every_format_is_written() {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    for format in FORMATS.iter() {
        let out = format!("out.{}", format.extensions[0]);
        let path = if format.folder { format.name } else { &out };
        let output =
            cli.karat(&convert(&["gold.jsonl", "--to", format.name, "--out", path, "--force"])).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let file = if format.folder { &format!("{}/a.{}", format.name, format.extensions[0]) } else { &out };
        let content = if format.binary { "(bytes)\n".to_owned() } else { cli.read(file) };
        insta::assert_snapshot!(format!("format_written_{}", format.name), content);
    }
}

/// The same figures whatever the two sides are written in.
#[test]
fn figures_are_the_same_across_formats() {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    cli.write("docs.jsonl", GOLD);
    let pred = GOLD
        .replace("\"GPE\"", "\"ORG\"")
        .replace("\"start\": 2,", "\"start\": 0,")
        .replace("\"text\": \"Ada\"", "\"text\": \"𝄞 Ada\"");
    cli.write("pred.jsonl", &pred);
    let score = |gold: &str, pred: &str| {
        let args = ["score", "--gold", gold, "--pred", pred, "--documents", "docs.jsonl", "--format", "json"];
        let output = cli.karat(&args).output().unwrap();
        assert!(output.status.success(), "{gold} {pred}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Value>(&output.stdout).unwrap()["metrics"].clone()
    };
    let wanted = score("gold.jsonl", "pred.jsonl");
    assert_eq!(wanted["entities.strict.f1"]["value"], 0.5);
    let path = |side: &str, format: &Format| match format.name {
        name if format.folder => format!("{side}-{name}"),
        name => format!("{side}-{name}.{}", format.extensions[0]),
    };
    for format in FORMATS.iter() {
        for side in ["gold", "pred"] {
            let (input, out) = (format!("{side}.jsonl"), path(side, format));
            let output = cli.karat(&convert(&[&input, "--to", format.name, "--out", &out])).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
    }
    // One has no entities.
    let formats = || FORMATS.iter().filter(|format| format.name != "conll2012");
    for (first, second) in formats().zip(formats().cycle().skip(1)) {
        assert_eq!(score(&path("gold", first), &path("pred", second)), wanted, "{} {}", first.name, second.name);
    }
}

#[test]
fn what_is_lost_is_listed() {
    let cli = Cli::new();
    cli.write("rich.jsonl", RICH);
    for format in FORMATS.iter() {
        let out = if format.folder { format.name.to_owned() } else { format!("out-{}.txt", format.name) };
        let args = convert(&["rich.jsonl", "--to", format.name, "--out", &out]);
        assert_cmd!(format!("convert_losses_{}", format.name), cli.karat(&args));
    }
    assert_cmd!(
        "convert_deny_losses",
        cli.karat(&convert(&["rich.jsonl", "--to", "spacy", "--out", "no.jsonl", "--deny", "losses"]))
    );
    assert!(!cli.exists("no.jsonl"));
    insta::assert_snapshot!("convert_rich_brat", cli.read("brat/a.ann"));
}

#[test]
fn what_is_there_stays() {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    cli.write("out.csv", "mine");
    let args = convert(&["gold.jsonl", "--to", "csv", "--out", "out.csv"]);
    assert_cmd!("convert_there_already", cli.karat(&args));
    assert_eq!(cli.read("out.csv"), "mine");
    assert!(cli.karat(&[&args[..], &["--force"]].concat()).status().unwrap().success());
    assert_cmd!(
        "convert_over_itself",
        cli.karat(&convert(&["gold.jsonl", "--to", "doccano", "--out", "gold.jsonl", "--force"]))
    );
    assert_eq!(cli.read("gold.jsonl"), GOLD);
    assert_cmd!("convert_needs_text", {
        cli.write("bare.jsonl", r#"{"id": "a", "entities": []}"#);
        cli.karat(&convert(&["bare.jsonl", "--to", "brat", "--out", "x"]))
    });
    assert_cmd!("convert_bad_id", {
        cli.write("bad.jsonl", r#"{"id": "../a", "text": "", "entities": []}"#);
        cli.karat(&convert(&["bad.jsonl", "--to", "brat", "--out", "x"]))
    });
    assert_cmd!("convert_unknown_format", cli.karat(&convert(&["gold.jsonl", "--to", "help", "--out", "x"])));
}

/// Files as the tools themselves write them.
#[test]
fn what_tools_write_is_read() {
    let cli = Cli::new();
    let show = |path: &str| {
        let args = ["convert", path, "--to", "karat", "--out", "shown.jsonl", "--force"];
        let output = cli.karat(&args).output().unwrap();
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
        format!("== {path}\n{}", cli.read("shown.jsonl"))
    };
    let text = "𝄞 Ada did not meet\nBo in Oslo.";
    cli.write("brat/x.txt", text);
    cli.write("brat/x.ann", "T1\tPerson 2 5\tAda\nT2\tMeet 14 18\tmeet\nT3\tPerson 19 21\tBo\nT4\tPair 2 5;19 21\tAda Bo\nT5\tPhrase 14 21\tmeet Bo\nE1\tMeet:T2 Who:T1 Who2:T3\nR1\tKnows Arg1:T1 Arg2:T3\nA1\tNegation E1\nM1\tConfidence E1 High\nN1\tReference T1 Wiki:7\tAda L.\n#1\tAnnotatorNotes T1\tis this her?\n*\tEquiv T1 T3\n");
    cli.write("brat/y.txt", "Empty.");
    cli.write("brat/y.ann", "");
    cli.write("doccano.jsonl", "{\"id\": 7, \"text\": \"𝄞 Ada\", \"label\": [[2, 5, \"PER\"]], \"Comments\": []}\n{\"id\": 8, \"text\": \"x\", \"label\": []}\n");
    cli.write("relations.jsonl", r#"{"id": 0, "text": "Ada met Bo", "entities": [{"id": 3, "start_offset": 0, "end_offset": 3, "label": "PER"}, {"id": 4, "start_offset": 8, "end_offset": 10, "label": "PER"}], "relations": [{"id": 9, "from_id": 3, "to_id": 4, "type": "met"}]}"#);
    cli.write("studio.json", r#"[{"id": 12, "data": {"text": "𝄞 Ada met Bo"}, "annotations": [{"id": 1, "was_cancelled": true, "result": []}, {"id": 2, "result": [
  {"id": "x1", "from_name": "l", "to_name": "t", "type": "labels", "value": {"start": 2, "end": 5, "text": "Ada", "labels": ["PER", "AUTHOR"]}},
  {"id": "x1", "from_name": "sure", "to_name": "t", "type": "choices", "value": {"start": 2, "end": 5, "choices": ["yes"]}},
  {"id": "x2", "from_name": "l", "to_name": "t", "type": "labels", "value": {"start": 10, "end": 12, "text": "Bo", "labels": ["PER"]}},
  {"type": "relation", "from_id": "x1", "to_id": "x2", "direction": "left", "labels": ["met"]}]}], "predictions": []},
 {"id": 13, "data": {"text": "Oslo"}, "predictions": [{"score": 0.5, "result": [{"id": "p", "from_name": "l", "to_name": "t", "type": "labels", "score": 0.75, "value": {"start": 0, "end": 4, "text": "Oslo", "labels": ["GPE"]}}]}]}]"#);
    cli.write("prodigy.jsonl", "{\"text\": \"Ada met Bo\", \"_input_hash\": -5, \"tokens\": [], \"spans\": [{\"start\": 0, \"end\": 3, \"token_start\": 0, \"token_end\": 0, \"label\": \"PER\"}], \"answer\": \"accept\"}\n{\"text\": \"No\", \"_input_hash\": 6, \"spans\": [], \"answer\": \"ignore\"}\n");
    cli.write(
        "spacy.json",
        "[[\"Ada met Bo\", {\"entities\": [[0, 3, \"PER\"], [8, 10, \"PER\", \"Q1\"]]}], [\"x\", {\"entities\": []}]]",
    );
    cli.write("web.json", r#"{"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationPage", "items": [{"id": "urn:1", "type": "Annotation", "body": [{"type": "TextualBody", "purpose": "tagging", "value": "PER"}, {"type": "TextualBody", "purpose": "commenting", "value": "who?"}], "target": {"source": "doc", "selector": {"type": "TextPositionSelector", "start": 0, "end": 3}}}]}"#);
    cli.write("hipe.tsv", "TOKEN\tNE-COARSE-LIT\tNE-FINE-LIT\tNEL-LIT\tMISC\n# hipe2022:document_id = n-1\nAda\tB-pers\tB-pers.ind\tQ7259\t_\nLove\tI-pers\tI-pers.ind\tQ7259\tNoSpaceAfter|EndOfLine\nlace\tI-pers\tI-pers.ind\tQ7259\tNoSpaceAfter\n.\tO\tO\t_\tEndOfLine\n🎻\tI-thing\tO\t_\t_\n");
    cli.write(
        "spans.csv",
        "document,start,end,label,text,score,colour\nd,0,3,PER,\"A,a\",0.5,red\nd,4,7,PER,met,,\ne,,,,,,\n",
    );
    cli.write("tokens.conll", "-DOCSTART- O\n\nAda B-PER\nLove I-PER\nmet O\n\nOslo B-LOC\n");
    let paths = [
        "tokens.conll",
        "brat",
        "doccano.jsonl",
        "relations.jsonl",
        "studio.json",
        "prodigy.jsonl",
        "spacy.json",
        "web.json",
        "hipe.tsv",
        "spans.csv",
    ];
    insta::assert_snapshot!("formats_read", paths.map(show).concat());
}

#[test]
fn diagnostics_have_a_location_and_the_expected_form() {
    let cli = Cli::new();
    let files = [
        ("brat/a.ann", "T1\tPerson 0 x\tAda\nT2 Person 0 3\tAda\nE1\tMeet:T9\nR1\tKnows Arg1:T1\nZ1\tx\nA1\tNeg T7\n"),
        (
            "doccano.jsonl",
            "{\"id\": 1, \"text\": \"Ada\", \"label\": [[0, 3]]}\n{\"id\": 2, \"text\": 5, \"label\": [[-1, 3, 7]]}\n{\"id\": 3, \"text\"\n",
        ),
        (
            "studio.json",
            "[{\"id\": 1, \"data\": {\"text\": \"Ada\"}, \"annotations\": [\n {\"result\": [{\"type\": \"labels\", \"value\": {\"start\": 0, \"labels\": [\"P\"]}}]}]},\n {\"data\": {\"text\": \"x\"}, \"id\": 2, \"annotations\": [{\"result\": []}, {\"result\": []}]}]",
        ),
        (
            "prodigy.jsonl",
            "{\"text\": \"Ada\", \"spans\": [{\"start\": 0, \"label\": \"P\"}], \"answer\": \"maybe\"}\n",
        ),
        ("spacy.jsonl", "[\"Ada\", {\"entities\": [[0, 3]]}]\n[\"Ada\", 3]\n"),
        (
            "web.jsonl",
            "{\"type\": \"Annotation\", \"body\": \"P\", \"target\": {\"source\": \"d\", \"selector\": {\"type\": \"XPathSelector\"}}}\n{\"type\": \"Annotation\", \"body\": \"P\", \"target\": {\"source\": \"d\", \"selector\": {\"type\": \"TextQuoteSelector\", \"exact\": \"Ada\"}}}\n",
        ),
        ("hipe.tsv", "TOKEN\tNE-COARSE-LIT\nAda\tB-pers\nmet\n"),
        ("spans.csv", "document,start,end,label,optional\nd,0,three,PER,\nd,0,3,,maybe\nd,0,3\n,0,3,PER,\n"),
    ];
    for (file, text) in files {
        cli.write(file, text);
        let path = if file.starts_with("brat") { "brat" } else { file };
        let name = format!("format_errors_{}", path.split('.').next().unwrap());
        assert_cmd!(name, cli.karat(&convert(&[path, "--to", "karat", "--out", "x.jsonl"])));
    }
    cli.write("late.csv", "document\tstart\tend\tlabel\ttext\na\t0\t3\tPER\tBob\na\t5\t99\tPER\tx\n");
    cli.write("docs/a.txt", "Ada met Bo.");
    assert_cmd!(
        "format_errors_late",
        cli.karat(&convert(&["late.csv", "--documents", "docs", "--to", "karat", "--out", "x.jsonl"]))
    );
}

#[test]
fn a_file_is_named_as_what_it_looks_like() {
    let cli = Cli::new();
    cli.write("a.ann", "T1\tPerson 0 3\tAda\n");
    cli.write("gold.jsonl", GOLD);
    cli.write("odd.xyz", "nothing that anyone knows");
    let as_karat = ["convert", "a.ann", "--from", "karat", "--to", "csv", "--out", "x.csv"];
    assert_cmd!("format_looks_like_brat", cli.karat(&as_karat));
    assert_cmd!(
        "format_looks_like_karat",
        cli.karat(&["score", "--gold", "gold.jsonl", "--pred", "gold.jsonl", "--from", "doccano"])
    );
    assert_cmd!("format_unknown", cli.karat(&convert(&["odd.xyz", "--to", "csv", "--out", "x.csv"])));
    cli.write("both/a.ann", "");
    cli.write("both/a.json", r#"{"id": "a"}"#);
    assert_cmd!("format_ambiguous", cli.karat(&convert(&["both", "--to", "csv", "--out", "x.csv"])));
}

#[test]
fn the_unit_of_offsets_is_detected_from_texts() {
    let cli = Cli::new();
    cli.write("utf16.jsonl", r#"{"id": "a", "text": "𝄞 Ada met Bo", "entities": [{"start": 3, "end": 6, "label": "P", "text": "Ada"}, {"start": 11, "end": 13, "label": "P", "text": "Bo"}, {"start": 0, "end": 2, "label": "X", "text": "?"}, {"start": 0, "end": 2, "label": "X", "text": "𝄞"}, {"start": 7, "end": 10, "label": "V", "text": "met"}]}"#);
    let args = ["score", "--gold", "utf16.jsonl", "--pred", "utf16.jsonl"];
    assert_cmd!("format_utf16", cli.karat(&args));
    cli.write("bytes.csv", "document,start,end,label,text\na,5,8,P,Ada\na,13,15,P,Bo\n");
    cli.write("docs/a.txt", "𝄞 Ada met Bo");
    let args = ["convert", "bytes.csv", "--documents", "docs", "--to", "csv", "--out", "points.csv"];
    assert_cmd!("format_bytes", cli.karat(&args));
    assert!(cli.karat(&[&args[..], &["--offset-unit", "byte"]].concat()).status().unwrap().success());
    assert_eq!(cli.read("points.csv"), "document,start,end,label,text\na,2,5,P,Ada\na,10,12,P,Bo\n");
}

#[test]
fn cyclic_events_and_unknown_arguments() {
    let cli = Cli::new();
    cli.write("e.jsonl", r#"{"id": "a", "text": "Ada met", "entities": [], "events": [{"id": "E1", "label": "M", "trigger": {"start": 0, "end": 3}, "arguments": [{"role": "R", "target": "E2"}]}, {"id": "E2", "label": "M", "trigger": {"start": 4, "end": 7}, "arguments": [{"role": "R", "target": "E1"}, {"role": "R", "target": "E3"}]}]}"#);
    assert_cmd!("format_event_errors", cli.karat(&["score", "--gold", "e.jsonl", "--pred", "e.jsonl"]));
}

// Random documents: what is written is read again, to the last label.

fn attributes() -> impl Strategy<Value = BTreeMap<String, karat::document::Value>> {
    let value = prop_oneof![
        Just("true"),
        Just("\"High\""),
        Just("\"two words\""),
        Just("9400111899223344556611"),
        Just("[1.10, 1e5]"),
        Just(r#"["a", "b"]"#),
        Just(r#"[{"type": "T", "text": "is it?"}]"#),
        Just(r#"[{"type": "T", "id": "Q:1", "text": ""}]"#),
    ];
    prop::collection::btree_map(
        prop_oneof![
            Just("Neg".to_owned()),
            Just("notes".to_owned()),
            Just("normalizations".to_owned()),
            Just("a b".to_owned()),
            Just("roles".to_owned())
        ],
        value.prop_map(|text| serde_json::from_str(text).unwrap()),
        0..3,
    )
}

prop_compose! {
    fn document()(
        words in prop::collection::vec(prop_oneof![Just("Ada"), Just("é𝄞"), Just(","), Just(" "), Just("\n"), Just("🎻x"), Just("\t"), Just("#"), Just("\"q\"")], 1..12),
        picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..4, "[A-Z]{1,2}[ :_-]?[A-Z]?", any::<bool>(), prop::option::of(0u8..101), attributes()), 0..6),
        links in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0u8..3, attributes()), 0..4),
        events in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), prop_oneof![Just("Theme"), Just("Theme2"), Just("A b")], attributes()), 0..3),
        rest in (any::<bool>(), any::<bool>(), any::<bool>()),
    ) -> (String, Annotations) {
        let text = words.concat();
        let length = text.chars().count();
        let range = |a: &prop::sample::Index, b: &prop::sample::Index| {
            let (a, b) = (a.index(length + 1), b.index(length + 1));
            let (start, end) = (a.min(b).min(length - 1), a.max(b));
            (start as u32, end.max(a.min(b).min(length - 1) + 1) as u32)
        };
        let entities: Vec<Entity> = picks.iter().enumerate().map(|(at, (a, b, kind, label, optional, sure, attributes))| {
            let (start, end) = range(a, b);
            let fragments = if *kind == 1 && end - start > 2 { vec![(start, start + 1), (end - 1, end)] } else { Vec::new() };
            let id = match kind { 0 => None, 1 => Some(format!("T{}", at + 4)), 2 => Some(format!("{at}")), _ => Some(format!("x{at}")) };
            let alternatives = if *kind == 3 { vec![Alternative { label: Some("Z".to_owned()), ..Alternative::default() }] } else { Vec::new() };
            Entity { id, start, end, fragments, label: label.trim().to_owned(), optional: *optional, alternatives, confidence: sure.map(|sure| f64::from(sure) / 100.0), attributes: attributes.clone(), ..Entity::default() }
        }).collect();
        let ids: Vec<String> = entities.iter().filter_map(|entity| entity.id.clone()).collect();
        let relations = links.iter().filter(|_| !ids.is_empty()).enumerate().map(|(at, (a, b, kind, attributes))| Relation {
            id: match kind { 0 => None, 1 => Some(format!("R{}", at + 1)), _ => Some(format!("r{at}")) },
            label: "MET AT".to_owned(), head: a.get(&ids).clone(), tail: b.get(&ids).clone(), attributes: attributes.clone(), confidence: (*kind == 2).then_some(0.5),
        }).collect::<Vec<_>>();
        let happened = events.iter().enumerate().map(|(at, (a, b, role, attributes))| {
            let (start, end) = range(a, b);
            let target = if at > 0 { Some("E1".to_owned()) } else { ids.first().cloned() };
            let argument = |target: String| Argument { role: (*role).to_owned(), target };
            let mut arguments: Vec<Argument> = target.into_iter().map(argument).collect();
            arguments.extend(ids.first().map(|id| Argument { role: "Theme".to_owned(), target: id.clone() }));
            Event { id: Some(format!("E{}", at + 1)), label: "Meet:x".to_owned(), trigger: Span::new(start, end), arguments, attributes: attributes.clone(), ..Event::default() }
        }).collect::<Vec<_>>();
        let mentions = entities.iter().take(2).map(|entity| Span::new(entity.start, entity.end)).chain([Span::new(0, 1)]).collect();
        let annotations = Annotations {
            entities: (rest.0 || !entities.is_empty()).then_some(entities),
            relations: (rest.1 || !relations.is_empty()).then_some(relations),
            events: (rest.2 && !happened.is_empty()).then_some(happened),
            coreference: rest.1.then(|| vec![Cluster { id: None, mentions }]),
            ignore: if rest.2 { vec![Region { start: 0, end: 1 }] } else { Vec::new() },
            keyphrases: rest.0.then(|| vec!["Ada".to_owned()]),
            ..Annotations::default()
        };
        (text, annotations)
    }
}

/// Reads what a format wrote: files in the order of documents.
fn read_back(format: &Format, outputs: &[Output]) -> Vec<Entry> {
    let (_export, _notes) = (Export::default(), Notes::default());
    let name = format!("x.{}", format.extensions[0]);
    let files = (format.write)(outputs, false);
    let by_id: BTreeMap<&str, &Document> =
        outputs.iter().map(|output| (output.document.id(), &output.document)).collect();
    let documents = |id: &str| by_id.get(id).copied();
    let mut entries = Vec::new();
    // A folder also contains companion files and type systems.
    let is_read = |path: &Path| !format.folder || format.has_extension(path);
    let (export, notes) = (Export::default(), Notes::default());
    for (path, bytes) in files.iter().filter(|(path, _)| is_read(path)) {
        let beside = files.iter().find(|(other, _)| {
            format.companion.is_some_and(|extension| has_extension(other, extension))
                && other.file_stem() == path.file_stem()
        });
        let file = if format.folder { path.as_path() } else { Path::new(&name) };
        let seen: Vec<&str> = Format::candidates(file, bytes).iter().map(|format| format.name).collect();
        assert!(
            seen == [format.name]
                || is_of_tokens(format)
                || (bytes.len() < 90 && seen.contains(&format.name))
                || bytes.is_empty(),
            "{seen:?} for {}",
            String::from_utf8_lossy(bytes)
        );
        let input = Input {
            file,
            text: if format.binary { "" } else { std::str::from_utf8(bytes).unwrap() },
            bytes,
            companion: beside.map(|(_, bytes)| std::str::from_utf8(bytes).unwrap()),
            documents: &documents,
            tokens: TokenOptions::default(),
            export: &export,
            notes: &notes,
            labels: &[],
            offset_unit: None,
        };
        for entry in (format.read)(&input) {
            entries.push(entry.unwrap_or_else(|diagnostic| {
                panic!("{}: {diagnostic}\n{}", format.name, String::from_utf8_lossy(bytes))
            }));
        }
    }
    entries
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(documents in prop::collection::vec(document(), 1..4)) {
        let outputs: Vec<Output> = documents.into_iter().enumerate().map(|(at, (text, annotations))| Output {
            document: Document::new((at + 1).to_string(), text), has_text: true, annotations,
        }).collect();
        // CoNLL-2012 joins words by spaces; it has a round trip of its own.
        for format in FORMATS.iter().filter(|format| format.name != "conll2012") {
            let (fitted, losses) = format.capabilities.fit(&outputs);
            let (again, no_more) = format.capabilities.fit(&fitted);
            let kinds = no_more.to_string();
            // Ids of documents are numbers already here, and empty documents and odd spaces stay
            // what they are.
            let allowed = ["ids of documents", "documents without labels", "white space of texts", "layers that were"];
            prop_assert!(kinds.lines().all(|line| allowed.iter().any(|kind| line.contains(kind))), "{}: {kinds}", format.name);
            for (first, second) in fitted.iter().zip(&again) {
                prop_assert_eq!(&first.annotations, &second.annotations, "{}", format.name);
            }
            if losses.is_empty() {
                for (before, after) in outputs.iter().zip(&fitted) {
                    let bare = |annotations: &Annotations| {
                        let mut bare = annotations.clone();
                        for entity in bare.entities.iter_mut().flatten() {
                            (entity.text, entity.id) = (None, None);
                        }
                        bare.events.iter_mut().flatten().for_each(|event| event.trigger.text = None);
                        bare.coreference.iter_mut().flatten().flat_map(|cluster| &mut cluster.mentions).for_each(|mention| mention.text = None);
                        bare.relations.iter_mut().flatten().for_each(|relation| relation.id = None);
                        bare
                    };
                    prop_assert_eq!(bare(&before.annotations), bare(&after.annotations), "{}: something was lost and not told", format.name);
                }
            }
            let read = read_back(format, &fitted);
            let mut by_id: BTreeMap<String, Entry> = read.into_iter().map(|entry| (entry.id.clone(), entry)).collect();
            karat_levels(&mut by_id);
            for output in &fitted {
                let Some(entry) = by_id.get_mut(output.document.id()) else {
                    prop_assert!(format.omits_empty, "{}: a document is missing", format.name);
                    prop_assert_eq!(output.annotations.entities.as_deref(), Some(&[][..]));
                    continue;
                };
                if let Some(tags) = &mut entry.annotations.tags {
                    prop_assert_eq!(tags.place_in(output.document.text()), Ok(()));
                    entry.annotations.decode_tags();
                    entry.annotations.tags = None;
                }
                entry.annotations.words = None;
                prop_assert_eq!(&entry.annotations, &output.annotations, "{}", format.name);
                if format.capabilities.text && !["hipe", "germeval", "conllu"].contains(&format.name) && !is_of_tokens(format) {
                    prop_assert_eq!(entry.text.as_deref(), Some(output.document.text()), "{}", format.name);
                }
            }
        }
    }
}

/// Ids that become names of files must be different files on Windows and macOS, too.
#[test]
fn ids_that_are_no_file_or_one_file_elsewhere_are_refused() {
    let cli = Cli::new();
    let line = |id: &str| format!("{{\"id\": \"{id}\", \"text\": \"Ada\", \"entities\": []}}\n");
    let ids = ["CON", "aux.v1", "end.", "Doc-1", "doc-1", "caf\u{e9}", "cafe\u{301}", "fine"];
    cli.write("gold.jsonl", ids.map(line).concat());
    assert_cmd!("convert_ids_elsewhere", cli.karat(&["convert", "gold.jsonl", "--to", "brat", "--out", "folder"]));
    assert!(!cli.path().join("folder").exists());
    let to_folder = cli.karat(&["convert", "gold.jsonl", "--to", "karat", "--out", "folder"]).output().unwrap();
    assert_eq!(to_folder.status.code(), Some(2));
    // One file contains any ids.
    let to_file = cli.karat(&["convert", "gold.jsonl", "--to", "karat", "--out", "all.jsonl"]).output().unwrap();
    assert!(to_file.status.success(), "{to_file:?}");
}

/// A document without a row in a table of spans was not annotated; one with a row that only names
/// it was found empty. Of the predictions, one of two is right in d1, one is spurious in d2, and
/// that in d3 is not scored.
#[test]
fn a_document_without_a_row_is_not_annotated_unless_it_is_listed() {
    let cli = Cli::new();
    for id in ["d1", "d2", "d3"] {
        cli.write(&format!("docs/{id}.txt"), "Ada met Bo.");
    }
    cli.write("gold.csv", "document,start,end,label\nd1,0,3,PER\nd2,,,\n");
    let line = |id: &str, start: u32, end: u32| {
        format!("{{\"id\": \"{id}\", \"entities\": [{{\"start\": {start}, \"end\": {end}, \"label\": \"PER\"}}]}}\n")
    };
    cli.write("pred.jsonl", line("d1", 0, 3) + &line("d2", 8, 10) + &line("d3", 8, 10));
    let score = ["score", "--gold", "gold.csv", "--documents", "docs", "--pred", "pred.jsonl"];
    let precision = &cli.json(&score)["metrics"]["entities.strict.precision"];
    assert_eq!((&precision["value"], &precision["documents"]), (&0.5.into(), &2.into()));
    assert_cmd!("csv_unlisted_check", cli.karat(&["check", "--golden", "gold.csv", "--documents", "docs"]));
    let convert = ["convert", "gold.csv", "--documents", "docs", "--to", "karat", "--out", "gold.jsonl"];
    assert_cmd!("csv_unlisted_convert", cli.karat(&convert));
    insta::assert_snapshot!("csv_unlisted_converted", cli.read("gold.jsonl"));
    // A system found nothing in a document without a row.
    cli.write("pred.csv", "document,start,end,label\nd1,0,3,PER\n");
    cli.write("all.csv", "document,start,end,label\nd1,0,3,PER\nd2,8,10,PER\n");
    let score = ["score", "--gold", "all.csv", "--pred", "pred.csv"];
    assert_eq!(cli.json(&score)["metrics"]["entities.strict.recall"]["value"], 0.5);
}

/// Token files are detected from their names, or from content that no other format has.
fn is_of_tokens(format: &Format) -> bool {
    ["conll", "iob1", "iob2", "ioe1", "ioe2", "iobes", "bilou"].contains(&format.name)
}

/// What loading does to the files of a corpus: a layer that one has, all have.
fn karat_levels(entries: &mut BTreeMap<String, Entry>) {
    let has = |layer: fn(&Annotations) -> bool, entries: &BTreeMap<String, Entry>| {
        entries.values().any(|entry| entry.places.is_some() && layer(&entry.annotations))
    };
    let relations = has(|one| one.relations.is_some(), entries);
    let events = has(|one| one.events.is_some(), entries);
    let coreference = has(|one| one.coreference.is_some(), entries);
    for entry in entries.values_mut().filter(|entry| entry.places.is_some()) {
        let one = &mut entry.annotations;
        one.relations = relations.then(|| one.relations.take().unwrap_or_default());
        one.events = events.then(|| one.events.take().unwrap_or_default());
        one.coreference = coreference.then(|| one.coreference.take().unwrap_or_default());
    }
}

/// Numbers of records, metadata, attributes and ids are written as they were read.
#[test]
fn numbers_are_written_as_they_were() {
    const NUMBERS: &str =
        "9400111899223344556611,-9400111899223344556611,1.10,1e5,0.1000000000000000055511151231257827";
    let cli = Cli::new();
    let line = format!(
        r#"{{"id":"a","text":"Ada","meta":{{"numbers":[{NUMBERS}]}},"entities":[{{"start":0,"end":3,"label":"P","attributes":{{"numbers":[{NUMBERS}]}}}}],"records":{{"r":[{{"deep":{{"numbers":[{NUMBERS}]}}}}]}}}}"#
    ) + "\n";
    cli.write("a.jsonl", &line);
    for (from, to) in [("a.jsonl", "b.jsonl"), ("b.jsonl", "c.jsonl")] {
        let output = cli.karat(&["convert", from, "--to", "karat", "--out", to]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(cli.read("c.jsonl"), line);
    // Metadata in another tool's format.
    let prodigy = ["convert", "a.jsonl", "--to", "prodigy", "--out", "p.jsonl", "--force"];
    assert!(cli.karat(&prodigy).output().unwrap().status.success());
    assert!(cli.read("p.jsonl").contains(&format!(r#""meta":{{"numbers":[{NUMBERS}]}}"#)));
    let back = ["convert", "p.jsonl", "--from", "prodigy", "--to", "karat", "--out", "back.jsonl"];
    assert!(cli.karat(&back).output().unwrap().status.success());
    assert!(cli.read("back.jsonl").contains(&format!(r#""meta":{{"numbers":[{NUMBERS}]}}"#)));
    cli.write("number.jsonl", "{\"id\":9400111899223344556611,\"entities\":[]}\n");
    assert!(
        cli.karat(&["convert", "number.jsonl", "--to", "karat", "--out", "id.jsonl"])
            .output()
            .unwrap()
            .status
            .success()
    );
    assert_eq!(cli.read("id.jsonl"), "{\"id\":\"9400111899223344556611\",\"entities\":[]}\n");
}

#[test]
fn a_conversion_is_printed_on_request() {
    let cli = Cli::new();
    cli.write("in.jsonl", GOLD);
    let output = cli.karat(&["convert", "in.jsonl", "--to", "doccano", "--out", "-"]).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && lines.starts_with("{\"id\":\"a\",\"label\":[[2,5,"), "{lines}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("wrote 2 documents with 4 entities to standard output"));
    let output = cli.karat(&["convert", "in.jsonl", "--to", "brat", "--out", "-"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("brat writes several files, which cannot be printed"));
}
