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
    // One wrong in four: precision shows it, recall does not.
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

const TRACKING: &str = "9400111899223344556611";

/// A document with one record of one field.
fn tracked(value: &str) -> String {
    format!("{{\"id\": \"a\", \"records\": {{\"parcels\": [{{\"tracking\": {value}}}]}}}}\n")
}

/// F1 of a golden value against a predicted one.
fn f1(cli: &Cli, gold: &str, predicted: &str, args: &[&str]) -> f64 {
    cli.write("gold.jsonl", tracked(gold));
    cli.write("pred.jsonl", tracked(predicted));
    metrics(cli, args)["records.parcels.f1"]["value"].as_f64().unwrap()
}

#[test]
fn integers_beyond_doubles_differ_for_every_comparator() {
    let cli = Cli::new();
    let comparators =
        ["", "exact", "casefold", "normalised", "number", "date", "edit", "token_f1", "set", "one_of", "place"];
    for compare in comparators {
        let chosen = if compare.is_empty() { "weight = 1".to_owned() } else { format!("compare = \"{compare}\"") };
        cli.write("options.toml", format!("[records.parcels.fields.tracking]\n{chosen}\n"));
        let f1 = |gold: &str, predicted: &str| f1(&cli, gold, predicted, &["--options", "options.toml"]);
        let listed = |value: &str| if compare == "one_of" { format!("[\"x\", {value}]") } else { value.to_owned() };
        for sign in ["", "-"] {
            let gold = listed(&format!("{sign}{TRACKING}"));
            assert_eq!(f1(&gold, &format!("{sign}9400111899223344557788")), 0.0, "{compare}");
            assert_eq!(f1(&gold, &format!("{sign}{TRACKING}")), 1.0, "{compare}");
        }
        // Digits that a double has not.
        let gold = listed("0.1000000000000000055511151231257827");
        assert_eq!(f1(&gold, "0.1000000000000000055511151231257828"), 0.0, "{compare}");
        assert_eq!(f1(&gold, "1000000000000000055511151231257827e-34"), 1.0, "{compare}");
        // Another spelling is the same number.
        for (gold, predicted) in [("1.10", "1.1"), ("1e5", "100000.00"), ("2.0", "2.00")] {
            assert_eq!(f1(&listed(gold), predicted), 1.0, "{compare}: {gold} {predicted}");
        }
    }
}

#[test]
fn tolerances_hold_beyond_doubles() {
    let cli = Cli::new();
    for (absolute, expected) in [("1176", 0.0), ("1177", 1.0)] {
        cli.write(
            "options.toml",
            format!("[records.parcels.fields.tracking]\ncompare = \"number\"\nabsolute = {absolute}\n"),
        );
        assert_eq!(f1(&cli, TRACKING, "9400111899223344557788", &["--options", "options.toml"]), expected);
    }
}

/// Integers are Python's, which have all their digits; what has a point or an exponent is a double.
#[test]
fn presets_see_numbers_as_python_does() {
    let cli = Cli::new();
    let anls = |gold: &str, predicted: &str| {
        cli.write("gold.jsonl", tracked(gold));
        cli.write("pred.jsonl", tracked(predicted));
        metrics(&cli, &["--preset", "anls-star"])["records.parcels.anls"]["value"].as_f64().unwrap()
    };
    // Four of 22 digits.
    assert_eq!(anls(TRACKING, "9400111899223344557788"), 1.0 - 4.0 / 22.0);
    assert_eq!(anls(TRACKING, TRACKING), 1.0);
    assert_eq!(anls("0.1000000000000000055511151231257827", "0.1"), 1.0);
    assert_eq!(anls("1e5", "100000.0"), 1.0);
    for compare in ["exact", "casefold", "number"] {
        cli.write("options.toml", format!("[records.parcels.fields.tracking]\ncompare = \"{compare}\"\n"));
        let f1 =
            |predicted: &str| f1(&cli, TRACKING, predicted, &["--preset", "stickler", "--options", "options.toml"]);
        assert_eq!((f1("9400111899223344557788"), f1(TRACKING)), (0.0, 1.0), "{compare}");
    }
    // LevenshteinComparator finds the digits .818 alike: its default threshold of .5 accepts them.
    cli.write("options.toml", "[records.parcels.fields.tracking]\ncompare = \"edit\"\nthreshold = 0.82\n");
    assert_eq!(
        f1(&cli, TRACKING, "9400111899223344557788", &["--preset", "stickler", "--options", "options.toml"]),
        0.0
    );
}

#[test]
fn schemas_see_all_digits() {
    let cli = Cli::new();
    cli.write("options.toml", "[records.parcels]\nschema = \"schema.json\"\n");
    let valid = |schema: &str| {
        cli.write("schema.json", format!("{{\"properties\": {{\"tracking\": {schema}}}}}"));
        cli.write("gold.jsonl", tracked("null"));
        cli.write("pred.jsonl", tracked(TRACKING));
        metrics(&cli, &["--options", "options.toml"])["records.parcels.schema_valid"]["value"].as_f64().unwrap()
    };
    // The golden file leaves the field to `type`.
    let with = |keyword: &str| valid(&format!("{{\"type\": [\"integer\", \"null\"], {keyword}}}"));
    assert_eq!(with("\"maximum\": 9400111899223344556611"), 1.0);
    assert_eq!(with("\"maximum\": 9400111899223344556610"), 0.0);
    assert_eq!(with("\"exclusiveMinimum\": 9400111899223344556610.9"), 1.0);
    assert_eq!(with("\"multipleOf\": 10"), 0.0);
    assert_eq!(with("\"enum\": [null, 9400111899223344556611.0]"), 1.0);
    assert_eq!(with("\"enum\": [null, 9400111899223344556612]"), 0.0);
}

#[test]
fn numbers_beyond_doubles_with_an_exponent_are_refused_by_name() {
    let cli = Cli::new();
    cli.write("gold.jsonl", tracked(TRACKING));
    cli.write("pred.jsonl", tracked("[1, -1e400]"));
    assert_cmd!("records_number_beyond_doubles", cli.karat(&SCORE));
}

#[test]
fn reports_show_numbers_as_they_are_written() {
    let cli = Cli::new();
    cli.write("gold.jsonl", tracked(TRACKING));
    cli.write("pred.jsonl", tracked("9400111899223344557788"));
    let output = cli.karat(&[&SCORE[..], &["--format", "md"]].concat()).output().unwrap();
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(report.contains(TRACKING) && report.contains("9400111899223344557788"), "{report}");
}

/// Returns the F1 of `records.r` for a golden and a predicted record under options.
fn f1_of(gold: &str, predicted: &str, options: &str) -> Option<f64> {
    let cli = Cli::new();
    let line = |record: &str| format!("{{\"id\": \"1\", \"records\": {{\"r\": [{record}]}}}}\n");
    cli.write("gold.jsonl", line(gold));
    cli.write("pred.jsonl", line(predicted));
    cli.write("options.toml", options);
    let figures = metrics(&cli, &["--options", "options.toml"]);
    figures["records.r.f1"]["value"].as_f64()
}

#[test]
fn numbers_are_read_as_people_write_amounts() {
    let options = "[records.r.fields]\nd = { compare = \"number\" }\n";
    for written in ["USD 4.75", "4.75 USD", "4.75USD", "$4.75", "4.75 €", "EUR4.75"] {
        assert_eq!(f1_of(r#"{"d": 4.75}"#, &format!("{{\"d\": \"{written}\"}}"), options), Some(1.0), "{written}");
    }
    for written in ["(1,200.00)", "($1,200)", "$(1,200)", "-$1,200", "USD -1200", "\u{2212}1200"] {
        assert_eq!(f1_of(r#"{"d": -1200}"#, &format!("{{\"d\": \"{written}\"}}"), options), Some(1.0), "{written}");
    }
    for written in ["XYZ 4.75", "4.75 kg", "-(4.75)", "(4.75", "USD", "4,75 €"] {
        assert_eq!(f1_of(r#"{"d": 4.75}"#, &format!("{{\"d\": \"{written}\"}}"), options), Some(0.0), "{written}");
    }
}

/// Gold `a b c` against `c b a`: an alignment with the fewest edits substitutes two of three, and
/// so does one by index. Against `b c`, the fewest edits leave two right; by index none is.
#[test]
fn the_order_of_a_list_counts_on_request() {
    let list = |order: &str| format!("[records.r.fields]\nsteps = {{ list = \"{order}\" }}\n");
    let (gold, turned, short) =
        (r#"{"steps": ["a", "b", "c"]}"#, r#"{"steps": ["c", "b", "a"]}"#, r#"{"steps": ["b", "c"]}"#);
    assert_eq!(f1_of(gold, turned, &list("any")), Some(1.0));
    for order in ["ordered", "exact"] {
        assert_eq!(f1_of(gold, turned, &list(order)), Some(1.0 / 3.0), "{order}");
        assert_eq!(f1_of(gold, gold, &list(order)), Some(1.0), "{order}");
    }
    assert_eq!(f1_of(gold, short, &list("ordered")), Some(0.8));
    assert_eq!(f1_of(gold, short, &list("exact")), Some(0.0));
}

#[test]
fn an_empty_text_is_absent_unless_it_is_a_value() {
    let (null, empty) = (r#"{"k": "x", "a": null}"#, r#"{"k": "x", "a": ""}"#);
    for (gold, predicted) in [(null, empty), (empty, null), (empty, empty)] {
        assert_eq!(f1_of(gold, predicted, ""), Some(1.0), "{gold} {predicted}");
    }
    let value = "[records.r]\nempty = \"value\"\n";
    assert!(f1_of(null, empty, value).unwrap() < 1.0);
    assert_eq!(f1_of(empty, empty, value), Some(1.0));
}
