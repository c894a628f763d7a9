//! What is wrong with documents, golden files and predictions; and places where nothing can be
//! written.

use crate::cli::{Cli, assert_cmd};

macro_rules! data_error {
    ($name:ident, $($file:expr => $content:expr),+) => {
        #[test]
        fn $name() {
            let cli = Cli::with_dataset();
            $(cli.write($file, $content);)+
            assert_cmd!(stringify!($name), cli.karat(&["run"]));
            assert!(!cli.exists("reports"), "nothing is written after an error");
        }
    };
}

data_error!(golden_file_missing, "docs/c.txt" => "A third one.");
data_error!(golden_file_without_document, "golden/c.json" => r#"{"id": "c"}"#);
data_error!(golden_file_of_another_id, "golden/b.json" => r#"{"id": "x"}"#);
data_error!(broken_json, "golden/b.json" => "{\"id\": \"b\",\n \"entities\": [}\n");
data_error!(wrong_json_type, "golden/b.json" => "{\"id\": \"b\",\n \"entities\": [{\"start\": -1, \"end\": 2, \"label\": \"A\"}]}");
data_error!(json_list_of_documents, "golden/b.json" => "[{\"id\": \"b\", \"entities\": []},\n 7]");
data_error!(misspelt_layer, "golden/b.json" => "{\"id\": \"b\",\n \"entites\": []}");
data_error!(misspelt_field, "golden/b.json" => r#"{"id": "b", "entities": [{"start": 0, "end": 1, "lable": "A", "label": "A"}]}"#);
data_error!(offsets_past_the_end, "golden/b.json" => "{\"id\": \"b\", \"entities\": [\n {\"start\": 8, \"end\": 99, \"label\": \"A\"}]}");
data_error!(offsets_that_cover_nothing, "golden/b.json" => r#"{"id": "b", "key_sentences": [{"start": 4, "end": 4}]}"#);
data_error!(text_mismatch, "golden/b.json" => "{\"id\": \"b\", \"entities\": [\n {\"start\": 0, \"end\": 7, \"label\": \"A\", \"text\": \"happened\"}]}");
data_error!(text_mismatch_in_a_record, "golden/b.json" => r#"{"id": "b", "records": {"s": [{"cue": {"start": 0, "end": 2, "text": "no"}}]}}"#);
data_error!(another_version_of_the_text, "golden/b.json" => r#"{"id": "b", "text_sha256": "00", "entities": []}"#);
data_error!(utf16_offsets_inside_a_character, "docs/b.txt" => "𝄞 x", "golden/b.json" => r#"{"id": "b", "offset_unit": "utf16", "entities": [{"start": 1, "end": 4, "label": "A"}]}"#);
data_error!(relation_to_unknown_id, "golden/b.json" => r#"{"id": "b", "entities": [{"id": "T1", "start": 0, "end": 7, "label": "A"}], "relations": [{"label": "R", "head": "T1", "tail": "T2"}]}"#);
data_error!(entity_id_twice, "golden/b.json" => r#"{"id": "b", "entities": [{"id": "T1", "start": 0, "end": 7, "label": "A"}, {"id": "T1", "start": 0, "end": 7, "label": "B"}]}"#);
data_error!(fragments_out_of_order, "golden/b.json" => r#"{"id": "b", "entities": [{"start": 0, "end": 9, "label": "A", "fragments": [[5, 9], [0, 2]]}]}"#);
data_error!(confidence_above_one, "golden/b.json" => r#"{"id": "b", "entities": [{"start": 0, "end": 7, "label": "A", "confidence": 7}]}"#);
data_error!(record_place_below_zero, "golden/b.json" => r#"{"id": "b", "records": {"s": [{"cue": {"start": -3, "end": 2}}]}}"#);
data_error!(empty_label, "golden/b.json" => r#"{"id": "b", "entities": [{"start": 0, "end": 7, "label": " "}]}"#);
data_error!(document_is_no_utf8, "docs/b.txt" => b"Good\nna\xEFve");
data_error!(document_is_utf16, "docs/b.txt" => b"\xFF\xFEN\0o\0");
data_error!(golden_file_is_no_utf8, "golden/b.json" => b"{\"id\": \"\xFF\"}");
data_error!(duplicate_document, "docs/more.jsonl" => "{\"id\": \"c\", \"text\": \"x\"}\n\n{\"id\": \"a\", \"text\": \"y\"}\n");
data_error!(duplicate_golden_file, "golden/more.jsonl" => "{\"id\": \"a\"}\n");
data_error!(document_line_without_text, "docs/more.jsonl" => "{\"id\": \"c\"}\n");
data_error!(unknown_key_in_dataset_toml, "dataset.toml" => "name = \"x\"\nlicense = \"MIT\"\n");
data_error!(several_diagnostics_in_one_go,
    "golden/a.json" => r#"{"id": "a", "entities": [{"start": 0, "end": 999, "label": "A"}, {"start": 1, "end": 0, "label": "A"}]}"#,
    "golden/b.json" => "{");

#[test]
fn more_diagnostics_than_anyone_reads() {
    let cli = Cli::with_dataset();
    for number in 0..25 {
        cli.write(&format!("docs/x{number:02}.txt"), "text");
    }
    assert_cmd!("errors_above_the_limit", cli.karat(&["run"]));
}

#[test]
fn no_documents() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", crate::cli::CONFIG.replace("\"docs\"", "\"golden\""));
    assert_cmd!("no_documents", cli.karat(&["run"]));
}

#[test]
fn no_such_folder() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", crate::cli::CONFIG.replace("\"docs\"", "\"dosc\""));
    assert_cmd!("no_such_folder", cli.karat(&["run"]));
}

#[test]
fn an_unwritable_folder_is_found_before_the_run() {
    let cli = Cli::with_dataset();
    cli.write("taken", "a file");
    assert_cmd!("unwritable_output", cli.karat(&["run", "--out", "taken/here"]));
    assert_eq!(cli.read("taken"), "a file");
}

#[test]
fn an_earlier_report_survives_a_diagnostic() {
    let cli = Cli::with_dataset();
    assert!(cli.karat(&["run", "-q"]).status().unwrap().success());
    let before = cli.read("reports/d/report.md");
    cli.write("golden/b.json", "{");
    assert_eq!(cli.karat(&["run", "-q"]).output().unwrap().status.code(), Some(2));
    assert_eq!(cli.read("reports/d/report.md"), before);
    let files: Vec<_> = std::fs::read_dir(cli.path().join("reports/d")).unwrap().collect();
    assert_eq!(files.len(), karat::report::RENDERERS.len(), "no temporary file is left behind");
}

#[test]
fn predictions_that_do_not_fit() {
    let cli = Cli::with_dataset();
    let config = format!("{}[extractors.theirs]\nkind = \"predictions\"\npath = \"p.jsonl\"\n", crate::cli::CONFIG);
    cli.write("karat.toml", config);
    cli.write("p.jsonl", "{\"id\": \"a\", \"entities\": [{\"start\": 0, \"end\": 4, \"label\": \"A\", \"text\": \"Ada\"}]}\n{\"id\": \"z\"}\n");
    assert_cmd!("predictions_that_do_not_fit", cli.karat(&["run"]));
}

/// A run reports the errors of golden files and of predictions at once, as `score` does.
#[test]
fn golden_files_and_predictions_that_do_not_fit() {
    let cli = Cli::with_dataset();
    let config = format!("{}[extractors.theirs]\nkind = \"predictions\"\npath = \"p.jsonl\"\n", crate::cli::CONFIG);
    cli.write("karat.toml", config);
    cli.write("golden/b.json", r#"{"id": "b", "entities": [{"start": 3, "end": 3, "label": "A"}]}"#);
    cli.write("p.jsonl", "{\"id\": \"a\", \"entities\": [{\"start\": 0, \"end\": 400, \"label\": \"A\"}]}\n");
    assert_cmd!("golden_files_and_predictions_that_do_not_fit", cli.karat(&["run"]));
}
