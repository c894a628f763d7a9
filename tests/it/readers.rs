//! Readers of anything: whatever the bytes, an answer or a fault, never a panic.

use std::path::Path;

use karat::config::Config;
use karat::document::Document;
use karat::format::tokens::TokenOptions;
use karat::format::{FORMATS, Format, Input, Notes, decode, read_document, read_lines};
use proptest::prelude::*;

/// Pieces of what the readers know, so that random text gets past their first line of defence.
fn almost_json() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("{\"id\": \"a\", ".to_owned()),
        Just("\"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"A\"}]".to_owned()),
        Just("\"records\": {\"s\": [{\"cue\": {\"start\": 4294967296, \"end\": -1}}]}".to_owned()),
        Just("\"entites\": []".to_owned()),
        Just("\"offset_unit\": \"utf16\"".to_owned()),
        Just("}".to_owned()),
        Just(", ".to_owned()),
        Just("\n".to_owned()),
        "[\\[\\]{}:,\"0-9a-z\\\\ é𝄞]{0,6}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn almost_toml() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("[datasets.d]\n".to_owned()),
        Just("[extractors.lead]\nkind = \"builtin\"\n".to_owned()),
        Just("[profiles.\"é\"]\nextractors = [1]\n".to_owned()),
        Just("documents = \"d\"\n".to_owned()),
        Just("layers = [\"x\"]\n".to_owned()),
        Just("sentences = 99999999999999999999\n".to_owned()),
        "[\\[\\]=.\"a-z0-9é\n ]{0,8}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Good files of every format, to be cut and stirred.
const GOOD: &[&str] = &[
    "T1\tPerson 0 3;5 9\tAda\nT2\tMeet 4 7\tmet\nE1\tMeet:T2 Who:T1 Who2:E1\nR1\tKnows Arg1:T1 Arg2:T2\nA1\tNeg E1\nN1\tRef T1 Q:1\tx\n#1\tNote A1\t𝄞\n*\tEquiv T1 T2\n",
    "{\"id\": 1, \"text\": \"Ada 𝄞\", \"label\": [[0, 3, \"PER\"], [4, 5, \"é\"]]}\n{\"id\": 2, \"text\": \"\", \"entities\": [{\"id\": 1, \"start_offset\": 0, \"end_offset\": 1, \"label\": \"A\"}], \"relations\": [{\"from_id\": 1, \"to_id\": 1, \"type\": \"R\"}]}\n",
    "[{\"id\": 1, \"data\": {\"text\": \"Ada 𝄞\"}, \"annotations\": [{\"result\": [{\"id\": \"a\", \"type\": \"labels\", \"from_name\": \"l\", \"value\": {\"start\": 0, \"end\": 3, \"labels\": [\"P\", \"Q\"]}}, {\"type\": \"relation\", \"from_id\": \"a\", \"to_id\": \"a\"}]}]}]",
    "{\"text\": \"Ada\", \"spans\": [{\"start\": 0, \"end\": 3, \"label\": \"P\"}], \"relations\": [{\"label\": \"R\", \"head_span\": {\"start\": 0, \"end\": 3}, \"child_span\": {\"start\": 0, \"end\": 3}}], \"answer\": \"accept\"}\n",
    "[\"Ada 𝄞\", {\"entities\": [[0, 3, \"P\"], [4, 5, \"X\", \"Q1\"]]}]\n[\"\", {\"entities\": []}]\n",
    "{\"@context\": \"http://www.w3.org/ns/anno.jsonld\", \"type\": \"AnnotationPage\", \"items\": [{\"type\": \"Annotation\", \"body\": {\"value\": \"P\"}, \"target\": {\"source\": \"x\", \"selector\": [{\"type\": \"TextQuoteSelector\", \"exact\": \"Ada\", \"prefix\": \"\", \"suffix\": \"é\"}]}}]}",
    "TOKEN\tNE-COARSE-LIT\tNEL-LIT\tMISC\n# hipe2022:document_id = x\nAda\tB-P\tQ1\tNoSpaceAfter|EndOfLine\n𝄞\tI-P\t_\t_\n",
    "document,start,end,label,text,fragments,optional,own\nx,0,3,P,\"A\"\"da\",0-1;2-3,true,1\nx,,,,,,,\ny;0;1;P;;;;\n",
    "{\"id\": \"a\", \"text\": \"Ada\", \"entities\": [{\"start\": 0, \"end\": 3, \"label\": \"A\"}]}\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents(text in almost_json()) {
        let file = Path::new("x.json");
        if let Err(diagnostic) = read_document(file, &text) {
            prop_assert!(diagnostic.file.is_some() && diagnostic.position.is_some(), "{diagnostic}");
        }
        let entries = read_lines(file, &text).count();
        prop_assert!(entries <= text.lines().count());
    }

    #[test]
    fn other_formats(
        good in prop::sample::select(GOOD),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, "[\\[\\]{}:,;\"0-9a-zT\t\r\n\\\\ é𝄞#*-]{0,4}"), 0..5),
        anything in prop::option::weighted(0.1, ".*"),
    ) {
        let mut text: Vec<char> = anything.unwrap_or_else(|| good.to_owned()).chars().collect();
        for (at, taken, put) in cuts {
            let at = at.index(text.len() + 1);
            let end = (at + taken).min(text.len());
            text.splice(at..end, put.chars());
        }
        let text: String = text.into_iter().collect();
        let names: Vec<String> = FORMATS.iter().map(|format| format!("x.{}", format.extensions[0])).collect();
        let notes = Notes::default();
        let document = Document::new("x", "Adaé 𝄞 Ada");
        let documents = |id: &str| (id == "x").then_some(&document);
        for (format, name) in FORMATS.iter().zip(&names) {
            let file = Path::new(name);
            let _ = Format::detect(file, &text);
            for companion in [None, Some("Adaé 𝄞 Ada")] {
                for read in (format.read)(&Input { file, text: &text, bytes: text.as_bytes(), companion, documents: &documents, tokens: TokenOptions::default(), notes: &notes }) {
                    if let Err(diagnostic) = read {
                        prop_assert!(diagnostic.file.is_some() && diagnostic.position.is_some(), "{}: {diagnostic}", format.name);
                    }
                }
            }
        }
    }

    #[test]
    fn bytes(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        if let Err(diagnostic) = decode(&bytes) {
            prop_assert!(diagnostic.message.contains("byte") && diagnostic.help.is_some());
        }
    }

    #[test]
    fn configurations(text in almost_toml()) {
        if let Err(error) = Config::parse(&text, Path::new("karat.toml"), Path::new("")) {
            prop_assert!(error.diagnostics().iter().all(|diagnostic| diagnostic.file.is_some()));
        }
    }
}
