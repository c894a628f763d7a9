//! Formats of corpora and annotation tools that XML, JSON and token offsets are exchanged in: as
//! the tools write them, and with errors.

use crate::cli::{Cli, assert_cmd};

/// Returns a file or folder as `karat.document/1`.
fn read(cli: &Cli, path: &str, more: &[&str]) -> String {
    let args = [&["convert", path, "--to", "karat", "--out", "shown.jsonl", "--force"], more].concat();
    let output = cli.karat(&args).output().unwrap();
    assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stderr));
    format!("== {path} {}\n{}", more.join(" "), cli.read("shown.jsonl"))
}

/// Asserts the message of a file that is refused.
fn assert_refused(name: &str, file: &str, content: &str, more: &[&str]) {
    let cli = Cli::new();
    cli.write(file, content);
    let args = [&["convert", file, "--to", "karat", "--out", "x.jsonl"], more].concat();
    assert_cmd!(name, cli.karat(&args));
}

const XMI: &str = r#"<?xml version="1.0" encoding="UTF-8"?><xmi:XMI xmlns:pos="http:///de/tudarmstadt/ukp/dkpro/core/api/lexmorph/type/pos.ecore" xmlns:xmi="http://www.omg.org/XMI" xmlns:cas="http:///uima/cas.ecore" xmlns:type3="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore" xmlns:type4="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore" xmlns:type5="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore" xmlns:custom="http:///webanno/custom.ecore" xmi:version="2.0">
    <cas:NULL xmi:id="0"/>
    <type3:DocumentMetaData xmi:id="1" sofa="90" begin="0" end="27" documentTitle="a.txt" documentId="editor"/>
    <type5:Token xmi:id="2" sofa="90" begin="0" end="2"/>
    <type5:Sentence xmi:id="3" sofa="90" begin="0" end="27"/>
    <type4:NamedEntity xmi:id="10" sofa="90" begin="3" end="6" value="PER" identifier="urn:ada"/>
    <type4:NamedEntity xmi:id="11" sofa="90" begin="11" end="13" value="PER"/>
    <type4:NamedEntity xmi:id="12" sofa="90" begin="17" end="21"/>
    <custom:Mood xmi:id="13" sofa="90" begin="7" end="10" label="glad" sure="true"/>
    <custom:Knows xmi:id="14" sofa="90" begin="11" end="13" Governor="10" Dependent="11" value="friend"/>
    <custom:MeetingWhoLink xmi:id="15" role="guest" target="11"/>
    <custom:MeetingWhoLink xmi:id="16" target="10"/>
    <custom:MeetingWhoLink xmi:id="17" role="host"/>
    <custom:Meeting xmi:id="18" sofa="90" begin="7" end="10" who="15 16 17"/>
    <custom:CorefLink xmi:id="20" sofa="90" begin="3" end="6" next="21" referenceType="name"/>
    <custom:CorefLink xmi:id="21" sofa="90" begin="24" end="27"/>
    <custom:CorefChain xmi:id="22" sofa="90" first="20"/>
    <cas:Sofa xmi:id="90" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="𝄞 Ada met Bo in Oslo &amp; Ada.&#10;"/>
    <cas:View sofa="90" members="1 2 3 10 11 12 13 14 18 20 21 22"/>
</xmi:XMI>
"#;

const CAS: &str = r#"{"%TYPES": {"webanno.custom.Meeting": {"%NAME": "webanno.custom.Meeting", "%SUPER_TYPE": "uima.tcas.Annotation"}},
"%FEATURE_STRUCTURES": [
 {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaID": "_InitialView", "mimeType": "text", "sofaString": "𝄞 Ada met Bo."},
 {"%ID": 2, "%TYPE": "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", "@sofa": 1, "begin": 3, "end": 6, "value": "PER"},
 {"%ID": 3, "%TYPE": "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", "@sofa": 1, "begin": 11, "end": 13, "value": "PER", "sure": true},
 {"%ID": 4, "%TYPE": "webanno.custom.Knows", "@sofa": 1, "begin": 11, "end": 13, "@Governor": 2, "@Dependent": 3},
 {"%ID": 5, "%TYPE": "uima.cas.FSArray", "%ELEMENTS": [6]},
 {"%ID": 6, "%TYPE": "webanno.custom.MeetingWhoLink", "role": "guest", "@target": 3},
 {"%ID": 7, "%TYPE": "webanno.custom.Meeting", "@sofa": 1, "begin": 7, "end": 10, "@who": 5}],
"%VIEWS": {"_InitialView": {"%SOFA": 1, "%MEMBERS": [2, 3, 4, 7]}}}
"#;

#[test]
fn a_cas_is_read() {
    let cli = Cli::new();
    cli.write("xmi/a.xmi", XMI);
    // INCEpTION exports the type system beside the documents.
    cli.write("xmi/TypeSystem.xml", "<typeSystemDescription/>");
    cli.write("cas/a.json", CAS);
    insta::assert_snapshot!("exchange_cas", [read(&cli, "xmi", &[]), read(&cli, "cas", &[])].concat());
    let args = ["convert", "xmi", "--to", "uima-xmi", "--out", "written"];
    assert_cmd!("exchange_cas_written", cli.karat(&args));
    insta::assert_snapshot!("exchange_cas_files", cli.read("written/a.xmi") + &cli.read("written/TypeSystem.xml"));
    assert!(cli.karat(&["convert", "xmi", "--to", "uima-json", "--out", "json"]).status().unwrap().success());
    let shown = |path: &str| read(&cli, path, &[]).split_once('\n').unwrap().1.to_owned();
    assert_eq!(shown("written"), shown("json"));
}

#[test]
fn a_cas_with_errors() {
    assert_refused("exchange_xmi_past_end", "a.xmi", &XMI.replace("end=\"21\"", "end=\"99\""), &[]);
    assert_refused(
        "exchange_xmi_in_character",
        "a.xmi",
        &XMI.replace("begin=\"3\" end=\"6\" value", "begin=\"1\" end=\"6\" value"),
        &[],
    );
    assert_refused("exchange_xmi_relation_to_token", "a.xmi", &XMI.replace("Governor=\"10\"", "Governor=\"2\""), &[]);
    assert_refused("exchange_xmi_unknown_id", "a.xmi", &XMI.replace("target=\"11\"", "target=\"77\""), &[]);
    assert_refused("exchange_xmi_no_text", "a.xmi", &XMI.replace("sofaString", "sofaURI"), &[]);
    let sofa = "<cas:Sofa xmi:id=\"91\" sofaID=\"other\" sofaString=\"x\"/></xmi:XMI>";
    assert_refused("exchange_xmi_views", "a.xmi", &XMI.replace("</xmi:XMI>", sofa), &[]);
    assert_refused("exchange_xmi_broken", "a.xmi", &XMI.replace("</xmi:XMI>", ""), &[]);
    assert_refused("exchange_cas_json", "a.json", &CAS.replace("\"begin\": 7", "\"begin\": \"x\""), &[]);
    assert_refused("exchange_cas_json_reference", "a.json", &CAS.replace("\"@target\": 3", "\"@target\": [3]"), &[]);
}

const BIOC: &str = r#"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>
<!DOCTYPE collection SYSTEM "BioC.dtd">
<collection><source>PubMed</source><date>20200101</date><key>x.key</key>
<document><id>7</id><infon key="license">CC0</infon>
<passage><infon key="type">title</infon><offset>0</offset><text>Aβ 𝄞 &lt;x&gt;</text>
<annotation id="A1"><infon key="type">Gene</infon><infon key="identifier">351</infon><location offset="0" length="2"/><text>Aβ</text></annotation></passage>
<passage><infon key="type">abstract</infon><offset>10</offset>
<sentence><offset>10</offset><text>One two.</text><annotation id="A2"><infon key="type">Pair</infon><location offset="14" length="3"/><location offset="10" length="3"/><text>One two</text></annotation></sentence>
<sentence><offset>20</offset><text>Three.</text></sentence>
<relation id="R1"><infon key="relation">binds</infon><infon key="novel">No</infon><node refid="A1" role="agent"/><node refid="A2" role="theme"/></relation></passage>
<relation id="R2"><infon key="type">CID</infon><infon key="Chemical">D1</infon><infon key="Disease">D2</infon></relation>
</document>
<document><id>8</id><passage><offset>0</offset><text>Plain.</text></passage></document>
</collection>
"#;

#[test]
fn bioc_is_read() {
    let cli = Cli::new();
    cli.write("a.xml", BIOC);
    // Java writes UTF-16 units: the character beyond the Basic Multilingual Plane counts twice.
    let wide = BIOC.replace("Aβ 𝄞", "𝄞 Aβ").replace("offset=\"0\" length=\"2\"", "offset=\"2\" length=\"2\"");
    let later = [("\"2\" length", "\"3\" length"), (">10<", ">11<"), (">20<", ">21<"), ("\"14\"", "\"15\"")];
    let utf16 = later.into_iter().fold(wide.clone(), |file, (from, to)| file.replace(from, to));
    cli.write("wide.xml", &wide);
    cli.write("utf16.xml", utf16.replace("\"10\"", "\"11\""));
    let annotation = |start: usize, text: &str| {
        format!(
            r#"{{"id": "1", "infons": {{"type": "Gene", "identifier": null, "score": 0.50}}, "text": "{text}", "locations": [{{"offset": {start}, "length": {}}}]}}"#,
            text.len()
        )
    };
    // Bytes, and the same id in two passages.
    let (first, second) = (annotation(4, "abc"), annotation(9, "def"));
    cli.write("bytes.json", format!(r#"{{"PubTator3": [{{"id": 5, "passages": [{{"offset": 0, "text": "é é abc", "annotations": [{first}], "relations": []}}, {{"offset": 10, "text": "def", "annotations": [{}]}}]}}]}}"#, second.replace("\"offset\": 9", "\"offset\": 10")).replace("\"offset\": 4", "\"offset\": 6"));
    cli.write("lines.jsonl", r#"{"bioctype": "BioCDocument", "id": "l1", "infons": {}, "passages": [{"offset": 0, "text": "abc", "annotations": []}]}
{"bioctype": "BioCDocument", "id": "l2", "infons": {}, "passages": [{"offset": 2, "text": "abc"}], "relations": []}
"#);
    let content = |file: &str| read(&cli, file, &[]).split_once('\n').unwrap().1.to_owned();
    assert_eq!(content("wide.xml"), content("utf16.xml"));
    let shown = ["a.xml", "bytes.json", "lines.jsonl"].map(|file| read(&cli, file, &[]));
    insta::assert_snapshot!("exchange_bioc", shown.concat());
}

#[test]
fn bioc_with_errors() {
    assert_refused(
        "exchange_bioc_overlap",
        "a.xml",
        &BIOC.replace("<offset>10</offset>\n", "<offset>5</offset>\n"),
        &[],
    );
    assert_refused("exchange_bioc_no_type", "a.xml", &BIOC.replace("<infon key=\"type\">Gene</infon>", ""), &[]);
    assert_refused("exchange_bioc_no_node", "a.xml", &BIOC.replace("refid=\"A2\"", "refid=\"R2\""), &[]);
    assert_refused("exchange_bioc_text", "a.xml", &BIOC.replace("<text>Aβ</text>", "<text>Ab</text>"), &[]);
    assert_refused("exchange_bioc_far", "a.xml", &BIOC.replace(">20<", ">4000000000<"), &[]);
    assert_refused("exchange_bioc_location", "a.xml", &BIOC.replace("length=\"2\"", "length=\"-2\""), &[]);
    let json = r#"{"source": "s", "documents": [{"id": "a", "passages": [{"text": "x"}]}, {"passages": []}]}"#;
    assert_refused("exchange_bioc_json", "a.json", json, &[]);
}

const PUBTATOR: &str = "\
1|t|Aβ 𝄞 binds
1|a|One two | three.
1\t0\t2\tAβ\tGene\t351
1\t11\t18\tOne two\tPair\tD1|D2\tOne|two
1\tCID\tD1\tD2
1\tAssociation\t351\tD2\tNovel

2|t|No abstract
2|a|
2\t0\t2\tNo\tX
";

#[test]
fn pubtator_is_read() {
    let cli = Cli::new();
    cli.write("a.pubtator", PUBTATOR);
    let joined = read(&cli, "a.pubtator", &[]);
    // The text that was annotated has a space between title and abstract.
    cli.write("docs/1.txt", "Aβ 𝄞 binds One two | three.");
    cli.write("docs/2.txt", "No abstract");
    insta::assert_snapshot!("exchange_pubtator", joined + &read(&cli, "a.pubtator", &["--documents", "docs"]));
}

#[test]
fn pubtator_with_errors() {
    let file = "1|t|Ada\n1|t|Bo\n2\t0\t3\tAda\tP\tx\n1\t0\n1\t0\t3\tAda\n1\t0\t99999999999\tAda\tP\t\n\n3|a|x\n";
    assert_refused("exchange_pubtator_faults", "a.pubtator", file, &[]);
    assert_refused("exchange_pubtator_text", "a.txt", "1|t|Ada\n1\t0\t3\tBob\tP\tx\n", &[]);
}

const GATE: &str = r#"{"annotation_sets": {"": {"name": "", "annotations": [], "next_annid": 0}, "Original markups": {"name": "Original markups", "annotations": [{"type": "p", "start": 0, "end": 5, "id": 0, "features": {}}], "next_annid": 1}, "Key": {"name": "Key", "annotations": [{"type": "Token", "start": 0, "end": 2, "id": 0, "features": {}}, {"type": "Person", "start": 3, "end": 6, "id": 1, "features": {"gender": "female", "rank": 1.10}}], "next_annid": 2}}, "text": "𝄞 Ada", "features": {"lang": "en"}, "offset_type": "j", "name": ""}
"#;

#[test]
fn gate_is_read() {
    let cli = Cli::new();
    cli.write("java.bdocjs", GATE);
    let python = GATE.replace("\"j\"", "\"p\"").replace("\"start\": 3, \"end\": 6", "\"start\": 2, \"end\": 5");
    cli.write("python.json", python.replace("\"name\": \"\"}\n", "\"name\": \"doc\"}\n"));
    insta::assert_snapshot!("exchange_gate", [read(&cli, "java.bdocjs", &[]), read(&cli, "python.json", &[])].concat());
}

#[test]
fn gate_with_errors() {
    let sets = GATE.replace(
        "\"annotations\": []",
        "\"annotations\": [{\"type\": \"X\", \"start\": 0, \"end\": 2, \"id\": 0, \"features\": {}}]",
    );
    assert_refused("exchange_gate_sets", "a.bdocjs", &sets, &[]);
    assert_refused("exchange_gate_unit", "a.bdocjs", &GATE.replace("\"offset_type\": \"j\", ", ""), &[]);
    assert_refused("exchange_gate_offset", "a.bdocjs", &GATE.replace("\"start\": 3", "\"start\": 1"), &[]);
}

const DYGIE: &str = r#"{"doc_key": "d1", "dataset": "x", "sentences": [["Ada", "(", "𝄞", ")", "met", "Bo", "."], ["She", "left", "."]], "ner": [[[0, 0, "PER"], [5, 5, "PER"], [2, 2, "MUSIC"]], [[7, 7, "PER"]]], "relations": [[[0, 0, 5, 5, "MET"]], []], "events": [[[[4, "Meet"], [0, 0, "Who"], [5, 5, "Who"]]], []], "clusters": [[[0, 0], [7, 7]]], "sentence_start": [0, 7]}
"#;

#[test]
fn dygie_is_read() {
    let cli = Cli::new();
    cli.write("a.jsonl", DYGIE);
    let predicted = r#""predicted_ner": [[[0, 0, "PER", 7.5, 0.75]], [[7, 8, "PER", 1.5, 0.5]]], "predicted_relations": [[[0, 0, 7, 8, "MET", 3.5, 0.25]], []], "doc_key""#;
    cli.write("predicted.jsonl", DYGIE.replace("\"doc_key\"", predicted));
    cli.write("docs/d1.txt", "Ada (𝄞) met\nBo. She left.");
    let shown = [
        read(&cli, "a.jsonl", &[]),
        read(&cli, "a.jsonl", &["--documents", "docs"]),
        read(&cli, "predicted.jsonl", &["--from", "dygie-predicted"]),
    ];
    assert_eq!(read(&cli, "predicted.jsonl", &["--from", "dygie"]).lines().nth(1), shown[0].lines().nth(1));
    insta::assert_snapshot!("exchange_dygie", shown.concat());
    assert_cmd!("exchange_dygie_both", cli.karat(&["convert", "predicted.jsonl", "--to", "karat", "--out", "x.jsonl"]));
}

#[test]
fn dygie_with_errors() {
    assert_refused("exchange_dygie_tokens", "a.jsonl", &DYGIE.replace("[7, 7, \"PER\"]", "[7, 17, \"PER\"]"), &[]);
    assert_refused("exchange_dygie_no_entity", "a.jsonl", &DYGIE.replace("[[0, 0, 5, 5,", "[[0, 1, 5, 5,"), &[]);
    assert_refused("exchange_dygie_lists", "a.jsonl", &DYGIE.replace(", [[7, 7, \"PER\"]]]", "]"), &[]);
    let cli = Cli::new();
    cli.write("a.jsonl", DYGIE);
    cli.write("docs/d1.txt", "Ada (𝄞) saw Bo.");
    assert_cmd!(
        "exchange_dygie_other_text",
        cli.karat(&["convert", "a.jsonl", "--documents", "docs", "--to", "karat", "--out", "x.jsonl"])
    );
}

const DOCRED: &str = r#"[{"title": "Ada", "sents": [["Ada", "met", "Bo", "."], ["She", "saw", "Bo", "Ek", "."]], "vertexSet": [[{"name": "Ada", "sent_id": 0, "pos": [0, 1], "type": "PER"}, {"name": "She", "sent_id": 1, "pos": [0, 1], "type": "PER"}], [{"name": "Bo Ek", "sent_id": 1, "pos": [2, 4], "type": "PER"}]], "labels": [{"r": "P1", "h": 1, "t": 0, "evidence": [0, 1]}, {"r": "P2", "h": 0, "t": 1, "evidence": []}]}]
"#;

#[test]
fn docred_is_read() {
    let cli = Cli::new();
    cli.write("a.json", DOCRED);
    insta::assert_snapshot!("exchange_docred", read(&cli, "a.json", &[]));
}

#[test]
fn docred_with_errors() {
    assert_refused("exchange_docred_position", "a.json", &DOCRED.replace("[2, 4]", "[2, 9]"), &[]);
    assert_refused("exchange_docred_entity", "a.json", &DOCRED.replace("\"h\": 1", "\"h\": 2"), &[]);
    let answers = r#"[{"title": "Ada", "h_idx": 0, "t_idx": 1, "r": "P1", "evidence": []}]"#;
    assert_refused("exchange_docred_answers", "a.json", answers, &[]);
}
