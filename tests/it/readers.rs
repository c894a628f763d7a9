//! Readers of anything: whatever the bytes, an answer or an error, never a panic.

use std::path::Path;

use karat::config::Config;
use karat::document::Document;
use karat::format::tokens::TokenOptions;
use karat::format::{Export, FORMATS, Format, Input, Notes, decode, read_document, read_lines};
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
    "<?xml version=\"1.0\"?><collection><source>s</source><document><id>x</id><passage><offset>0</offset><text>Ada &amp; &#233;𝄞</text><annotation id=\"1\"><infon key=\"type\">P</infon><location offset=\"0\" length=\"3\"/><text>Ada</text></annotation><relation id=\"R\"><infon key=\"type\">r</infon><node refid=\"1\" role=\"a\"/><node refid=\"1\" role=\"b\"/></relation></passage><passage><offset>12</offset><sentence><offset>14</offset><text>Bo</text></sentence></passage></document></collection>",
    "{\"source\": \"s\", \"documents\": [{\"id\": \"x\", \"passages\": [{\"offset\": 0, \"text\": \"Ada 𝄞\", \"annotations\": [{\"id\": \"1\", \"infons\": {\"type\": \"P\"}, \"text\": \"𝄞\", \"locations\": [{\"offset\": 4, \"length\": 1}]}], \"relations\": [{\"infons\": {\"type\": \"r\"}, \"nodes\": [{\"refid\": \"1\", \"role\": \"a\"}]}]}]}]}",
    "<xmi:XMI xmlns:xmi=\"http://www.omg.org/XMI\" xmlns:cas=\"http:///uima/cas.ecore\" xmlns:c=\"http:///webanno/custom.ecore\"><c:Span xmi:id=\"1\" sofa=\"9\" begin=\"0\" end=\"3\" value=\"P\" links=\"3\"/><c:Rel xmi:id=\"2\" sofa=\"9\" begin=\"0\" end=\"3\" Governor=\"1\" Dependent=\"1\"/><c:Link xmi:id=\"3\" role=\"r\" target=\"1\"/><c:SomeLink xmi:id=\"4\" sofa=\"9\" begin=\"4\" end=\"6\" next=\"4\"/><c:SomeChain xmi:id=\"5\" first=\"4\"/><cas:Sofa xmi:id=\"9\" sofaNum=\"1\" sofaID=\"_InitialView\" sofaString=\"Ada 𝄞\"/></xmi:XMI>",
    "{\"%TYPES\": {}, \"%FEATURE_STRUCTURES\": [{\"%ID\": 1, \"%TYPE\": \"uima.cas.Sofa\", \"sofaString\": \"Ada 𝄞\"}, {\"%ID\": 2, \"%TYPE\": \"a.Span\", \"@sofa\": 1, \"begin\": 4, \"end\": 6, \"@links\": 3}, {\"%ID\": 3, \"%TYPE\": \"uima.cas.FSArray\", \"%ELEMENTS\": [4]}, {\"%ID\": 4, \"%TYPE\": \"a.Link\", \"role\": \"r\", \"@target\": 2}], \"%VIEWS\": {}}",
    "1|t|Ada 𝄞\n1|a|met Bo\n1\t0\t3\tAda\tP\tQ1\n1\t6\t9\tmet\tV\tQ1|Q2\ta|b\n1\tCID\tQ1\tQ2\n\n2|t|x\n",
    "{\"annotation_sets\": {\"\": {\"name\": \"\", \"annotations\": [{\"type\": \"P\", \"start\": 0, \"end\": 3, \"id\": 0, \"features\": {\"a\": [1]}}]}}, \"text\": \"Ada 𝄞\", \"features\": {}, \"offset_type\": \"j\", \"name\": \"x\"}",
    "{\"doc_key\": \"x\", \"sentences\": [[\"Adaé\", \"𝄞\"], [\"Ada\"]], \"ner\": [[[0, 1, \"P\"]], [[2, 2, \"Q\"]]], \"relations\": [[[0, 1, 2, 2, \"r\"]], []], \"events\": [[[[0, \"E\"], [2, 2, \"a\"]]], []], \"clusters\": [[[0, 1], [2, 2]]], \"predicted_ner\": [[[0, 0, \"P\", 1.5, 0.5]], []]}\n",
    "[{\"title\": \"x\", \"sents\": [[\"Adaé\", \"𝄞\"], [\"Ada\"]], \"vertexSet\": [[{\"name\": \"Adaé\", \"sent_id\": 0, \"pos\": [0, 2], \"type\": \"P\"}, {\"name\": \"Ada\", \"sent_id\": 1, \"pos\": [0, 1], \"type\": \"P\"}]], \"labels\": [{\"h\": 0, \"t\": 0, \"r\": \"P1\", \"evidence\": [0]}]}]",
    "{\"text\": \"Ada 𝄞\", \"ents\": [{\"start\": 0, \"end\": 3, \"label\": \"A\", \"kb_id\": \"Q\"}], \"tokens\": [{\"id\": 0, \"start\": 0, \"end\": 3}], \"spans\": {\"sc\": [{\"start\": 0, \"end\": 3, \"label\": \"B\"}]}}\n",
    "{\"classes\": [\"P\"], \"annotations\": [[\"Ada 𝄞\", {\"entities\": [[0, 3, \"P\"]]}], null]}",
    "[{\"id\": 1, \"paragraphs\": [{\"raw\": \"Ada  𝄞 é\", \"sentences\": [{\"tokens\": [{\"orth\": \"Ada\", \"space\": \" \", \"ner\": \"B-P\"}, {\"orth\": \"𝄞\", \"ner\": \"L-P\"}, {\"orth\": \"é\", \"ner\": \"-\"}]}]}]}]",
    "[{\"id\": 1, \"text\": \"Ada 𝄞\", \"label\": [{\"start\": 0, \"end\": 3, \"text\": \"Ada\", \"labels\": [\"P\"]}], \"annotator\": 1, \"annotation_id\": 2}]",
    "text,id,label,annotator,annotation_id\nAda 𝄞,1,\"[{\"\"start\"\": 0, \"\"end\"\": 3, \"\"labels\"\": [\"\"P\"\"]}]\",1,2\n",
    "[{\"id\": \"1\", \"fields\": {\"text\": \"Ada 𝄞\"}, \"suggestions\": {\"s\": {\"value\": [{\"start\": 0, \"end\": 3, \"label\": \"P\"}], \"agent\": \"m\"}}, \"responses\": {\"s\": [{\"value\": [{\"start\": 0, \"end\": 3, \"label\": \"P\"}], \"user_id\": \"u\"}]}}]",
    "{\"id\": \"1\", \"text\": \"Ada 𝄞\", \"status\": \"Default\", \"prediction\": [[\"P\", 0, 3, 0.5]], \"annotation\": [[\"P\", 0, 3]], \"annotation_agent\": \"u\"}\n",
    "{\"id\": 1, \"text\": \"Ada\", \"annotations\": [{\"label\": 7, \"start_offset\": 0, \"end_offset\": 3, \"user\": 1}]}\n",
    "{\"id\": \"x\", \"tokens\": [\"Ada\", \"𝄞\"], \"ner_tags\": [\"B-P\", \"O\"]}\n{\"tokens\": [\"Ada\"], \"ner_tags\": [0]}\n",
    "[{\"entity_group\": \"P\", \"score\": 0.5, \"word\": \"Ada\", \"start\": 0, \"end\": 3}]\n[{\"entity\": \"B-P\", \"index\": 1, \"word\": \"Ada\", \"start\": 0, \"end\": 3}, {\"entity\": \"I-P\", \"index\": 2, \"word\": \"é\", \"start\": 3, \"end\": 4}]\n",
    "[{\"tokenized_text\": [\"Ada\", \"𝄞\"], \"ner\": [[0, 1, \"P\"]]}, {\"id\": \"x\", \"tokenized_text\": [], \"ner\": []}]",
    "[[{\"start\": 0, \"end\": 3, \"text\": \"Ada\", \"label\": \"P\", \"score\": 0.5}], []]",
    "[{\"entity_type\": \"P\", \"start\": 0, \"end\": 3, \"score\": 0.5}]\n[]\n",
    "{\"extractions\": [{\"extraction_class\": \"P\", \"extraction_text\": \"Ada\", \"char_interval\": {\"start_pos\": 0, \"end_pos\": 3}, \"attributes\": {\"a\": \"b\"}}, {\"extraction_class\": \"P\", \"extraction_text\": \"é\", \"char_interval\": null}], \"text\": \"Ada\", \"document_id\": \"x\"}\n",
    "{\"File\": \"x.txt\", \"Line\": 0, \"Entities\": [{\"BeginOffset\": 0, \"EndOffset\": 3, \"Type\": \"P\", \"Text\": \"Ada\", \"Score\": 0.5}]}\n{\"File\": \"y.txt\", \"ErrorCode\": \"E\", \"ErrorMessage\": \"m\"}\n{\"ResultList\": [{\"Index\": 0, \"Entities\": []}], \"ErrorList\": []}\n",
    "{\"kind\": \"k\", \"results\": {\"documents\": [{\"id\": \"x\", \"entities\": [{\"offset\": 0, \"length\": 3, \"category\": \"P\", \"text\": \"Ada\", \"confidenceScore\": 0.5}]}], \"errors\": [{\"id\": \"y\", \"error\": {\"message\": \"m\"}}]}}",
    "{\"entities\": [{\"name\": \"Ada\", \"type\": \"P\", \"mentions\": [{\"text\": {\"content\": \"Ada\", \"beginOffset\": 0}, \"type\": \"PROPER\", \"probability\": 0.5}]}], \"encodingType\": \"UTF8\", \"language\": \"en\"}",
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
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0usize..4, "[\\[\\]{}<>&/=|:,;\"0-9a-zT\t\r\n\\\\ é𝄞#*-]{0,4}"), 0..5),
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
        let (export, notes) = (Export::default(), Notes::default());
        let document = Document::new("x", "Adaé 𝄞 Ada");
        let documents = |id: &str| (id == "x").then_some(&document);
        for (format, name) in FORMATS.iter().zip(&names) {
            let file = Path::new(name);
            let _ = Format::detect(file, &text);
            for companion in [None, Some("Adaé 𝄞 Ada")] {
                for read in (format.read)(&Input { file, text: &text, bytes: text.as_bytes(), companion, documents: &documents, tokens: TokenOptions::default(), labels: &[], offset_unit: None, export: &export, notes: &notes }) {
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
            // A file that is something else is named; of any other, the first wrong byte is.
            let message = &diagnostic.message;
            let is_located = message.contains("byte") || message.ends_with("which karat does not read");
            prop_assert!(is_located && diagnostic.help.is_some(), "{diagnostic}");
        }
    }

    #[test]
    fn configurations(text in almost_toml()) {
        if let Err(error) = Config::parse(&text, Path::new("karat.toml"), Path::new("")) {
            prop_assert!(error.diagnostics().iter().all(|diagnostic| diagnostic.file.is_some()));
        }
    }
}
