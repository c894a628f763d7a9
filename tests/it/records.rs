//! Records: what may be chosen, schemas, presets, and what is wrong with them.

use serde_json::Value;

use crate::cli::{CONFIG, Cli, assert_cmd};

const GOLD: &str = r#"{"id": "a", "records": {"orders": [{"no": "A-1", "date": "2025-08-20", "total": 1000, "note": null, "to": {"city": "Rome"}, "items": [{"what": "pen", "price": 1.5}, {"what": "ink", "price": 2}]}]}}
{"id": "b", "records": {"orders": [{"no": "A-2", "date": "2025-08-21", "total": 10, "note": null, "to": {"city": {"one_of": ["Munich", "München"]}}, "items": []}]}}
"#;
const PRED: &str = r#"{"id": "a", "records": {"orders": [{"no": "a-1", "date": "August 20, 2025", "total": "1,000.00", "note": "urgent", "to": {"city": "Rom"}, "items": [{"what": "ink", "price": 2.0}]}]}}
{"id": "b", "records": {"orders": [{"no": "A-2", "date": "22.8.2025", "total": 10.4, "to": {"city": "münchen"}}]}}
"#;
const OPTIONS: &str = r#"[records.orders.fields]
date = { compare = "date" }
total = { compare = "number", relative = 0.05, weight = 2 }
"to.city" = { compare = "edit", threshold = 0.75 }
"#;
const SCHEMA: &str = r##"{
  "type": "object",
  "required": ["no"],
  "properties": {
    "no": {"type": "string", "pattern": "^A-\\d+$"},
    "total": {"type": "number", "minimum": 0},
    "to": {"$ref": "#/$defs/address"}
  },
  "$defs": {"address": {"properties": {"city": {"type": "string"}}}}
}
"##;

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", GOLD);
    cli.write("pred.jsonl", PRED);
    cli.write("options.toml", OPTIONS);
    cli.write("schema.json", SCHEMA);
    cli
}

const SCORE: [&str; 5] = ["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"];

fn metrics(cli: &Cli, args: &[&str]) -> Value {
    let output = cli.karat(&[&SCORE[..], args, &["--format", "json"]].concat()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["metrics"].take()
}

#[test]
fn by_default_and_by_choice() {
    let cli = files();
    assert_cmd!("records_by_default", cli.karat(&SCORE));
    assert_cmd!("records_by_choice", cli.karat(&[&SCORE[..], &["--options", "options.toml"]].concat()));
}

/// The names and shapes that others rely on.
#[test]
fn the_contract_of_the_json() {
    let found = metrics(&files(), &["--options", "options.toml"]);
    let whole = &found["records.orders.f1"];
    assert_eq!(
        whole["counts"],
        serde_json::json!({"correct": 9, "incorrect": 1, "partial": 0, "missed": 2, "spurious": 1, "absent": 2})
    );
    assert_eq!(found["records.orders.fabrication"]["value"], 1.0 / 3.0);
    assert_eq!(found["records.orders[note].fabrication"]["value"], 0.5);
    assert_eq!(found["records.orders[items.price].recall"]["value"], 0.5);
    assert_eq!(found["records.orders.accuracy"]["value"], 0.0);
    // What anls_star 1.0.1 gives for the two documents, averaged.
    assert_eq!(found["records.orders.anls"]["value"], f64::midpoint(0.361_111_111_111_111_1, 0.583_333_333_333_333_4));
    assert_eq!(found["records.orders.by_weight.recall"]["value"], 11.0 / 14.0);
    assert!(found.get("records.orders.macro.fabrication").is_none());
}

#[test]
fn a_schema_is_held_against_both_sides() {
    let cli = files();
    cli.write("options.toml", "[records.orders]\nschema = \"schema.json\"\n");
    let metric = ["--options", "options.toml", "--metric", "records.orders.schema_valid"];
    assert_cmd!("records_schema", cli.karat(&[&SCORE[..], &metric].concat()));
    cli.write("gold.jsonl", GOLD.replace("\"A-2\"", "2").replace("\"Rome\"", "null"));
    assert_cmd!("records_schema_broken_by_gold", cli.karat(&[&SCORE[..], &metric].concat()));
}

#[test]
fn a_schema_that_cannot_be_used() {
    let cli = files();
    cli.write("options.toml", "[records.orders]\nschema = \"schema.json\"\n");
    cli.write(
        "schema.json",
        SCHEMA.replace("\"required\"", "\"requierd\"").replace("#/$defs/address", "#/$defs/adress"),
    );
    let options = [&SCORE[..], &["--options", "options.toml"]].concat();
    assert_cmd!("records_schema_unknown_keyword", cli.karat(&options));
    cli.write("schema.json", "{\n  \"type\": \"object\",\n}\n");
    assert_cmd!("records_schema_broken_json", cli.karat(&options));
    cli.write("options.toml", "[records.orders]\nschema = \"none.json\"\n");
    assert_cmd!("records_schema_missing", cli.karat(&options));
}

macro_rules! bad_options {
    ($name:ident, $options:expr) => {
        #[test]
        fn $name() {
            let cli = files();
            cli.write("options.toml", $options);
            let options = ["--options", "options.toml"];
            assert_cmd!(concat!("records_", stringify!($name)), cli.karat(&[&SCORE[..], &options].concat()));
        }
    };
}

bad_options!(unknown_comparator, "[records.orders.fields.total]\ncompare = \"nmuber\"\n");
bad_options!(unknown_key, "[records.orders.fields.total]\ncomapre = \"number\"\n");
bad_options!(negative_tolerance, "[records.orders.fields.total]\ncompare = \"number\"\nabsolute = -0.5\n");
bad_options!(tolerance_of_a_text, "[records.orders.fields.total]\nrelative = 0.1\n");
bad_options!(threshold_above_one, "[records.orders.fields.no]\ncompare = \"edit\"\nthreshold = 80\n");
bad_options!(no_weight_at_all, "[records.orders.fields]\nno = { weight = 0 }\ntotal = { weight = 0 }\n");
bad_options!(unknown_layer, "[records.order.fields.total]\ncompare = \"number\"\n");

#[test]
fn a_bad_choice_in_the_configuration() {
    let cli = Cli::with_dataset();
    cli.write("karat.toml", format!("{CONFIG}\n[records.quotes.fields.quote]\ncompare = \"plaec\"\n"));
    assert_cmd!("records_bad_choice_in_the_configuration", cli.karat(&["run"]));
}

#[test]
fn presets() {
    let cli = files();
    assert_cmd!(
        "records_stickler",
        cli.karat(&[&SCORE[..], &["--preset", "stickler", "--options", "options.toml"]].concat())
    );
    assert_cmd!("records_anls_star", cli.karat(&[&SCORE[..], &["--preset", "anls-star"]].concat()));
    for preset in ["stickler", "anls-star"] {
        let explain = [&SCORE[..], &["--explain-difference", preset, "--options", "options.toml"]].concat();
        assert_cmd!(format!("records_explain_{preset}"), cli.karat(&explain));
    }
    // One wrong in four: precision tells, recall does not.
    cli.write("gold.jsonl", "{\"id\": \"a\", \"records\": {\"r\": [{\"a\": \"one\", \"b\": \"two\", \"c\": \"three\", \"d\": \"four\"}]}}\n");
    cli.write("pred.jsonl", "{\"id\": \"a\", \"records\": {\"r\": [{\"a\": \"one\", \"b\": \"two\", \"c\": \"three\", \"d\": \"xyzzy\"}]}}\n");
    let found = metrics(&cli, &["--preset", "stickler"]);
    assert_eq!(
        (&found["records.r.precision"]["value"], &found["records.r.recall"]["value"]),
        (&0.75.into(), &1.0.into())
    );
    let found = metrics(&cli, &[]);
    assert_eq!(
        (&found["records.r.precision"]["value"], &found["records.r.recall"]["value"]),
        (&0.75.into(), &0.75.into())
    );
}
