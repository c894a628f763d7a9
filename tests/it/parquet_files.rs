//! Parquet files: how a build without the feature names them, and, in a build with it, that their
//! rows are read as JSON lines are.

use crate::cli::{Cli, assert_cmd};

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_names_the_feature_and_a_conversion() {
    let cli = Cli::new();
    let file = b"PAR1\x15\x00\x15\xC0PAR1";
    cli.write("gold.parquet", file);
    cli.write("folder/train-00000-of-00001.parquet", file);
    cli.write("gold.jsonl", file);
    cli.write("pred.jsonl", "{\"id\": \"a\", \"summary\": \"x\"}\n");
    assert_cmd!("parquet_not_built", cli.karat(&["score", "--gold", "gold.parquet", "--pred", "pred.jsonl"]));
    for (gold, named) in [("folder", "train-00000"), ("gold.jsonl", "gold.jsonl")] {
        let output = cli.karat(&["score", "--gold", gold, "--pred", "pred.jsonl"]).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("this is a Parquet file") && message.contains(named), "{message}");
    }
}

#[test]
fn a_parquet_file_where_a_text_is_expected_is_named() {
    let cli = Cli::new();
    cli.write("labels.txt", b"PAR1\x15\x00\x15\xC0PAR1");
    cli.write("gold.jsonl", "{\"id\": \"a\", \"entities\": []}\n");
    let score = ["score", "--gold", "gold.jsonl", "--pred", "gold.jsonl", "--label-names", "labels.txt"];
    assert_cmd!("parquet_no_text", cli.karat(&score));
}

#[test]
fn texts_may_begin_with_the_name_of_the_gene() {
    let cli = Cli::new();
    cli.write("gold.txt", "PAR1 is a gene\n");
    cli.write("pred.txt", "PAR1\n");
    let scores = cli.json(&["score", "--gold", "gold.txt", "--pred", "pred.txt"]);
    assert_eq!(scores["metrics"]["summary.rouge1.f1"]["value"], 0.4);
}

#[cfg(feature = "parquet")]
mod with_the_reader {
    use std::sync::Arc;

    use karat::error::Diagnostic;
    use parquet::basic::Compression;
    use parquet::data_type::{
        BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType,
        Int32Type, Int64Type,
    };
    use parquet::file::metadata::KeyValue;
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
    use parquet::schema::parser::parse_message_type;
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::{Cli, assert_cmd};

    /// Writes a column with its definition and repetition levels.
    type Column = Box<dyn Fn(&mut SerializedColumnWriter<'_>)>;

    fn column<T: DataType>(values: Vec<T::T>, definitions: &'static [i16], repetitions: &'static [i16]) -> Column {
        let levels = |levels: &'static [i16]| (!levels.is_empty()).then_some(levels);
        Box::new(move |writer| {
            let writer = writer.typed::<T>();
            writer.write_batch(&values, levels(definitions), levels(repetitions)).unwrap();
        })
    }

    fn texts(values: &[&str], definitions: &'static [i16], repetitions: &'static [i16]) -> Column {
        let values = values.iter().map(|value| ByteArray::from(*value)).collect();
        column::<ByteArrayType>(values, definitions, repetitions)
    }

    /// Returns a Parquet file with the fields of a message type.
    fn parquet(fields: &str, metadata: Option<(&str, &str)>, columns: &[Column]) -> Vec<u8> {
        let schema = Arc::new(parse_message_type(&format!("message rows {{ {fields} }}")).unwrap());
        let metadata = metadata.map(|(key, value)| vec![KeyValue::new(key.to_owned(), value.to_owned())]);
        let properties =
            WriterProperties::builder().set_compression(Compression::SNAPPY).set_key_value_metadata(metadata).build();
        let mut bytes = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties)).unwrap();
        let mut group = writer.next_row_group().unwrap();
        for write in columns {
            let mut column = group.next_column().unwrap().unwrap();
            write(&mut column);
            column.close().unwrap();
        }
        group.close().unwrap();
        writer.close().unwrap();
        bytes
    }

    /// Two documents with all types that are read.
    fn everything() -> Vec<u8> {
        parquet(
            "required binary id (UTF8); optional binary article (UTF8); optional binary raw;
             optional group highlights (LIST) { repeated group list { optional binary element (UTF8); } }
             required int64 whole; required int32 unsigned (UINT_32); required double real; required float single;
             optional fixed_len_byte_array(2) half (FLOAT16); optional boolean seen;
             optional group source { optional binary name (UTF8); optional int32 page; }
             optional group counts (MAP) { repeated group key_value { required binary key (UTF8); optional int32 value; } }",
            None,
            &[
                texts(&["a", "b"], &[], &[]),
                texts(&["One \u{1D11E} \"two\"\nthree."], &[1, 0], &[]),
                texts(&["é"], &[0, 1], &[]),
                texts(&["one two three", "four five", "six"], &[3, 3, 2, 3], &[0, 1, 1, 0]),
                column::<Int64Type>(vec![i64::MAX, i64::MIN], &[], &[]),
                column::<Int32Type>(vec![-1, 7], &[], &[]),
                column::<DoubleType>(vec![0.1, -3.0], &[], &[]),
                column::<FloatType>(vec![0.1, 1e10], &[], &[]),
                column::<FixedLenByteArrayType>(vec![FixedLenByteArray::from(vec![0x00, 0x3E])], &[1, 0], &[]),
                column::<BoolType>(vec![true], &[1, 0], &[]),
                texts(&["x"], &[2, 0], &[]),
                column::<Int32Type>(vec![], &[1, 0], &[]),
                texts(&["k", "l"], &[2, 2, 0], &[0, 1, 0]),
                column::<Int32Type>(vec![-5], &[3, 2, 0], &[0, 1, 0]),
            ],
        )
    }

    /// The rows of `everything` as JSON lines. A null is an absent field, but not in a list or map.
    const EVERYTHING: &str = concat!(
        r#"{"id": "a", "article": "One 𝄞 \"two\"\nthree.", "highlights": ["one two three", "four five", null], "#,
        r#""whole": 9223372036854775807, "unsigned": 4294967295, "real": 0.1, "single": 0.1, "half": 1.5, "seen": true, "#,
        r#""source": {"name": "x"}, "counts": {"k": -5, "l": null}}"#,
        "\n",
        r#"{"id": "b", "raw": "é", "highlights": ["six"], "#,
        r#""whole": -9223372036854775808, "unsigned": 7, "real": -3.0, "single": 10000000000.0}"#,
        "\n",
    );

    #[test]
    fn rows_are_json_lines() {
        assert_eq!(read(&everything()).unwrap(), EVERYTHING);
    }

    fn gold() -> Vec<u8> {
        let fields = "required binary id (UTF8); optional binary article (UTF8); optional binary highlights (UTF8);";
        let columns = [
            texts(&["a", "b"], &[], &[]),
            texts(&["One two."], &[1, 0], &[]),
            texts(&["one two three", "four five"], &[1, 1], &[]),
        ];
        parquet(fields, None, &columns)
    }

    fn pred() -> Vec<u8> {
        let columns = [texts(&["a", "b"], &[], &[]), texts(&["one two six", "four nine ten five"], &[], &[])];
        parquet("required binary name (UTF8); required binary answer (UTF8);", None, &columns)
    }

    /// The JSON of a score, without what depends on the files' names.
    fn score(cli: &Cli, args: &[&str]) -> serde_json::Value {
        cli.json(&[&["score"], args].concat())["metrics"].take()
    }

    #[test]
    fn figures_are_those_of_the_same_rows_in_json_lines() {
        let cli = Cli::new();
        cli.write("gold.parquet", gold());
        cli.write("pred.parquet", pred());
        cli.write("folder/train-00000-of-00001.parquet", gold());
        // Files are recognised by content.
        cli.write("gold.jsonl", gold());
        cli.write(
            "plain.jsonl",
            "{\"id\": \"a\", \"text\": \"One two.\", \"summary\": \"one two three\"}\n{\"id\": \"b\", \"summary\": \"four five\"}\n",
        );
        cli.write(
            "predicted.jsonl",
            "{\"id\": \"a\", \"summary\": \"one two six\"}\n{\"id\": \"b\", \"summary\": \"four nine ten five\"}\n",
        );
        let map = ["--pred-map", "id=name", "--pred-map", "summary=answer"];
        let wanted = score(&cli, &["--gold", "plain.jsonl", "--pred", "predicted.jsonl"]);
        for gold in ["gold.parquet", "folder", "gold.jsonl", "plain.jsonl"] {
            let files = ["--gold", gold, "--pred", "pred.parquet"];
            assert_eq!(score(&cli, &[&files, &map[..]].concat()), wanted, "{gold}");
            let joined = [&files[..], &map[2..], &["--join", "line"]].concat();
            assert_eq!(score(&cli, &joined)["summary.rouge1.f1"], wanted["summary.rouge1.f1"], "{gold}");
        }
        assert_cmd!("parquet_score", cli.karat(&["score", "--gold", "gold.parquet", "--pred", "predicted.jsonl"]));
        // The files of karat's format are read with all layers, and documents are read as well.
        cli.write("documents.parquet", {
            let columns = [texts(&["a", "b"], &[], &[]), texts(&["One two.", "Three."], &[], &[])];
            parquet("required binary id (UTF8); required binary text (UTF8);", None, &columns)
        });
        let files = ["--gold", "plain.jsonl", "--pred", "predicted.jsonl", "--documents", "documents.parquet"];
        assert_eq!(score(&cli, &files)["summary.rouge1.f1"], wanted["summary.rouge1.f1"]);
    }

    #[test]
    fn errors_name_the_row() {
        let cli = Cli::new();
        cli.write("gold.parquet", gold());
        cli.write("pred.jsonl", "{\"id\": \"a\", \"summary\": \"x\"}\n{\"id\": \"b\", \"summary\": \"x\"}\n");
        let map = ["--gold-map", "entities=highlights"];
        assert_cmd!(
            "parquet_wrong_type",
            cli.karat(&[&["score", "--gold", "gold.parquet", "--pred", "pred.jsonl"], &map[..]].concat())
        );
        let fields = "required binary id (UTF8); required group entities (LIST) { repeated group list {
            required group element { required int32 start; required int32 end; required binary label (UTF8); } } }";
        let columns = [
            texts(&["a", "b"], &[], &[]),
            column::<Int32Type>(vec![0, 4], &[1, 1], &[0, 0]),
            column::<Int32Type>(vec![4, 9], &[1, 1], &[0, 0]),
            texts(&["PERSON", "GPE"], &[1, 1], &[0, 0]),
        ];
        cli.write("golden.parquet", parquet(fields, None, &columns));
        cli.write("docs/a.txt", "Ada said so.");
        cli.write("docs/b.txt", "In Oslo.");
        cli.write("karat.toml", "[datasets.d]\ndocuments = \"docs\"\ngolden = \"golden.parquet\"\n");
        assert_cmd!("parquet_check_fix", cli.karat(&["check", "--fix"]));
    }

    #[test]
    fn class_numbers_have_the_names_in_the_metadata() {
        let cli = Cli::new();
        let fields = "required binary id (UTF8);
             required group tokens (LIST) { repeated group list { required binary element (UTF8); } }
             required group ner_tags (LIST) { repeated group list { required int64 element; } }";
        let columns = || {
            [
                texts(&["0", "1"], &[], &[]),
                texts(&["Ada", "Bo", "met", "Oslo"], &[1, 1, 1, 1], &[0, 1, 1, 0]),
                column::<Int64Type>(vec![1, 2, 0, 3], &[1, 1, 1, 1], &[0, 1, 1, 0]),
            ]
        };
        let features = r#"{"info": {"features": {"ner_tags": {"feature": {"names": ["O", "B-PER", "I-PER", "B-LOC"], "_type": "ClassLabel"}, "_type": "List"}}}}"#;
        cli.write("gold.parquet", parquet(fields, Some(("huggingface", features)), &columns()));
        cli.write("bare.parquet", parquet(fields, None, &columns()));
        cli.write(
            "pred.jsonl",
            "{\"id\": \"0\", \"tokens\": [\"Ada\", \"Bo\", \"met\"], \"ner_tags\": [\"B-PER\", \"O\", \"O\"]}\n{\"id\": \"1\", \"tokens\": [\"Oslo\"], \"ner_tags\": [\"B-LOC\"]}\n",
        );
        let wanted = score(&cli, &["--gold", "gold.parquet", "--pred", "pred.jsonl"]);
        assert_eq!(wanted["entities.strict.f1"]["value"], 0.5);
        let labels = ["--labels", "O,B-PER,I-PER,B-LOC"];
        let found = score(&cli, &[&["--gold", "bare.parquet", "--pred", "pred.jsonl"], &labels[..]].concat());
        assert_eq!(found, wanted);
        let output = cli.karat(&["score", "--gold", "bare.parquet", "--pred", "pred.jsonl"]).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stderr).contains("their names are not known"));
    }

    /// The message for a file with one row and this field beside an id.
    fn refused(field: &str, value: Column) -> String {
        let columns = [texts(&["a"], &[], &[]), value];
        read(&parquet(&format!("required binary id (UTF8); {field}"), None, &columns)).unwrap_err().message
    }

    #[test]
    fn what_has_no_counterpart_in_json_is_refused_by_column() {
        let message = |what: &str| format!("the column `x` contains {what}, which karat does not read");
        let int64 = || column::<Int64Type>(vec![1], &[], &[]);
        let int32 = || column::<Int32Type>(vec![1], &[], &[]);
        for (field, value, what) in [
            ("required int64 x (TIMESTAMP(NANOS,true));", int64(), "timestamps"),
            ("required int64 x (TIMESTAMP_MILLIS);", int64(), "timestamps"),
            ("required int32 x (DATE);", int32(), "dates"),
            ("required int32 x (TIME_MILLIS);", int32(), "times of day"),
            ("required int64 x (DECIMAL(18,2));", int64(), "decimals"),
            (
                "required binary x;",
                column::<ByteArrayType>(vec![ByteArray::from(vec![0xFF])], &[], &[]),
                "binary data that is not UTF-8",
            ),
            ("required double x;", column::<DoubleType>(vec![f64::NAN], &[], &[]), "a number that is infinite or NaN"),
            (
                "required float x;",
                column::<FloatType>(vec![f32::INFINITY], &[], &[]),
                "a number that is infinite or NaN",
            ),
        ] {
            assert_eq!(refused(field, value), message(what), "{field}");
        }
        let nested = "required group x { required int64 y (TIMESTAMP_MICROS); }";
        assert!(refused(nested, int64()).contains("the column `x.y` contains timestamps"));
        assert_eq!(refused("required binary id (UTF8);", texts(&["b"], &[], &[])), "two columns are named `id`");
    }

    /// Reads bytes from a file.
    fn read(bytes: &[u8]) -> Result<String, Diagnostic> {
        let cli = Cli::new();
        cli.write("x.parquet", bytes);
        karat::format::read_file(&cli.path().join("x.parquet")).map(|lines| String::from_utf8(lines).unwrap())
    }

    #[test]
    fn incomplete_files_are_refused() {
        let good = everything();
        for cut in [5, 40, good.len() / 2, good.len() - 1] {
            assert!(read(&good[..cut]).unwrap_err().message.contains("Parquet file cannot be read"), "{cut}");
        }
    }

    proptest! {
        #[test]
        fn damaged_files_are_read_or_refused(changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4)) {
            let mut bytes = everything();
            let length = bytes.len() - 8;
            changes.iter().for_each(|(at, byte)| bytes[4 + at.index(length)] = *byte);
            if let Err(diagnostic) = read(&bytes) {
                prop_assert!(diagnostic.file.is_some() && diagnostic.help.is_some(), "{diagnostic}");
            }
        }
    }
}
