//! Tables of counts as Parquet, compressed with zstd. Groups of rows are written and read one by
//! one. A file without rows is a part without documents.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::{Field, Row};
use parquet::schema::parser::parse_message_type;

use super::gather::Gathering;
use super::lines;
use super::row::CountRow;
use super::table::CountTable;
use crate::error::{Diagnostic, Error};
use crate::guard::guarded;

/// The number of rows of a group.
const GROUP: usize = 1 << 17;

/// The columns. Each row has the header, since engines that put tables together keep no metadata.
const COLUMNS: &str = "message counts {
    required binary header (string);
    required binary document (string);
    required binary status (string);
    required boolean answered;
    required binary answer (string);
    required binary golden (string);
    optional binary cluster (string);
    optional binary layer (string);
    required boolean has_layer;
    required int64 gold;
    optional binary metric (string);
    required int32 cutoff;
    optional binary label (string);
    optional binary kind (string);
    optional int64 correct;
    optional int64 incorrect;
    optional int64 partial;
    optional int64 missed;
    optional int64 spurious;
    optional group sums (list) { repeated group list { required double element; } }
}";

pub(super) fn write(table: &CountTable<'_>, file: &mut (impl std::io::Write + Send)) -> Result<(), Diagnostic> {
    let failed =
        |error: parquet::errors::ParquetError| Diagnostic::new(format!("the counts cannot be written: {error}"));
    let schema = Arc::new(parse_message_type(COLUMNS).map_err(failed)?);
    let header = serde_json::to_string(&table.header).expect("a header is plain data");
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties.build())).map_err(failed)?;
    let mut rows: Vec<CountRow> = Vec::new();
    table
        .each(|row| {
            rows.push(row);
            if rows.len() == GROUP { write_group(&mut writer, &header, &std::mem::take(&mut rows)) } else { Ok(()) }
        })
        .map_err(failed)?;
    if !rows.is_empty() {
        write_group(&mut writer, &header, &rows).map_err(failed)?;
    }
    writer.close().map(|_| ()).map_err(failed)
}

type Written = Result<(), parquet::errors::ParquetError>;

fn write_group<W: std::io::Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    header: &str,
    rows: &[CountRow],
) -> Written {
    let columns = writer.schema_descr().columns().to_vec();
    let mut columns = columns.iter();
    let mut group = writer.next_row_group()?;
    while let (Some(mut column), Some(of)) = (group.next_column()?, columns.next()) {
        let name = of.path().parts()[0].as_str();
        let is_optional = of.max_def_level() > 0;
        match column.untyped() {
            ColumnWriter::ByteArrayColumnWriter(typed) => {
                let text = |row: &CountRow| match name {
                    "header" => Some(header.to_owned()),
                    "document" => Some(row.document.clone()),
                    "status" => Some(row.status.clone()),
                    "answer" => Some(row.answer.clone()),
                    "golden" => Some(row.golden.clone()),
                    "cluster" => row.cluster.clone(),
                    "layer" => row.layer.clone(),
                    "metric" => row.metric.clone(),
                    "label" => row.label.clone(),
                    _ => row.kind.clone(),
                };
                let texts = rows.iter().map(|row| text(row).map(|text| ByteArray::from(text.into_bytes())));
                let (levels, values) = optional(texts);
                typed.write_batch(&values, is_optional.then_some(&levels), None)?;
            }
            ColumnWriter::BoolColumnWriter(typed) => {
                let flag = |row: &CountRow| if name == "answered" { row.answered } else { row.has_layer };
                typed.write_batch(&rows.iter().map(flag).collect::<Vec<_>>(), None, None)?;
            }
            ColumnWriter::Int32ColumnWriter(typed) => {
                typed.write_batch(&rows.iter().map(|row| row.cutoff as i32).collect::<Vec<_>>(), None, None)?;
            }
            ColumnWriter::Int64ColumnWriter(typed) => {
                let count = |row: &CountRow| match name {
                    "gold" => Some(row.gold),
                    "correct" => row.correct,
                    "incorrect" => row.incorrect,
                    "partial" => row.partial,
                    "missed" => row.missed,
                    _ => row.spurious,
                };
                let (levels, values) = optional(rows.iter().map(|row| count(row).map(|count| count as i64)));
                typed.write_batch(&values, is_optional.then_some(&levels), None)?;
            }
            ColumnWriter::DoubleColumnWriter(typed) => {
                // The list is never null; an empty one has no element.
                let (mut definitions, mut repetitions, mut values) = (Vec::new(), Vec::new(), Vec::new());
                for row in rows {
                    if row.sums.is_empty() {
                        definitions.push(1);
                        repetitions.push(0);
                    }
                    for (at, sum) in row.sums.iter().enumerate() {
                        definitions.push(2);
                        repetitions.push(i16::from(at > 0));
                        values.push(*sum);
                    }
                }
                typed.write_batch(&values, Some(&definitions), Some(&repetitions))?;
            }
            _ => unreachable!("no other type is in the schema"),
        }
        column.close()?;
    }
    group.close().map(|_| ())
}

/// Returns the levels of definition of optional values, and those that are there.
fn optional<T>(values: impl Iterator<Item = Option<T>>) -> (Vec<i16>, Vec<T>) {
    let (mut levels, mut there) = (Vec::new(), Vec::new());
    for value in values {
        levels.push(i16::from(value.is_some()));
        there.extend(value);
    }
    (levels, there)
}

pub(super) fn read(file: &Path, gathering: &mut Gathering<'_>) -> Result<(), Error> {
    // The row reader panics on some damaged files.
    guarded(|| read_rows(file, gathering))
        .unwrap_or_else(|_| Err(Diagnostic::new("the Parquet file is damaged").in_file(file).into()))
}

fn read_rows(file: &Path, gathering: &mut Gathering<'_>) -> Result<(), Error> {
    let open = File::open(file).map_err(|error| Diagnostic::io("read the counts", file, &error))?;
    let failed = |error: parquet::errors::ParquetError| {
        Diagnostic::new(format!("the Parquet file cannot be read: {error}")).in_file(file).help("is it complete?")
    };
    let reader = SerializedFileReader::new(open).map_err(failed)?;
    let mut begun: Option<String> = None;
    for (number, row) in (1..).zip(reader.get_row_iter(None).map_err(failed)?) {
        let here = |diagnostic: Diagnostic| diagnostic.in_file(file).at((number, 1));
        let (header, row) = count_row(&row.map_err(failed)?).map_err(here)?;
        if begun.as_ref() != Some(&header) {
            gathering.begin(file, lines::header(&header).map_err(here)?)?;
            begun = Some(header);
        }
        gathering.add(&row).map_err(here)?;
    }
    Ok(())
}

/// Reads a row by the names of its columns, whose order and exact types differ from writer to
/// writer.
fn count_row(row: &Row) -> Result<(String, CountRow), Diagnostic> {
    let (mut header, mut found) = (String::new(), CountRow::default());
    for (name, field) in row.get_column_iter() {
        let wrong = || Diagnostic::new(format!("the column `{name}` has a value of another type"));
        let text = || match field {
            Field::Null => Ok(None),
            Field::Str(text) => Ok(Some(text.clone())),
            _ => Err(wrong()),
        };
        let required = || text()?.ok_or_else(wrong);
        let flag = || if let Field::Bool(flag) = field { Ok(*flag) } else { Err(wrong()) };
        let count = || match field {
            Field::Null => Ok(None),
            Field::Int(number) => u64::try_from(*number).map(Some).map_err(|_| wrong()),
            Field::UInt(number) => Ok(Some(u64::from(*number))),
            Field::Long(number) => u64::try_from(*number).map(Some).map_err(|_| wrong()),
            Field::ULong(number) => Ok(Some(*number)),
            // pandas has no integers in a column with gaps.
            Field::Double(number) if number.is_nan() => Ok(None),
            Field::Double(number) if *number >= 0.0 && number.fract() == 0.0 => Ok(Some(*number as u64)),
            _ => Err(wrong()),
        };
        match name.as_str() {
            "header" => header = required()?,
            "document" => found.document = required()?,
            "status" => found.status = required()?,
            "answered" => found.answered = flag()?,
            "answer" => found.answer = required()?,
            "golden" => found.golden = required()?,
            "cluster" => found.cluster = text()?,
            "layer" => found.layer = text()?,
            "has_layer" => found.has_layer = flag()?,
            "gold" => found.gold = count()?.ok_or_else(wrong)?,
            "metric" => found.metric = text()?,
            "cutoff" => found.cutoff = u32::try_from(count()?.ok_or_else(wrong)?).map_err(|_| wrong())?,
            "label" => found.label = text()?,
            "kind" => found.kind = text()?,
            "correct" => found.correct = count()?,
            "incorrect" => found.incorrect = count()?,
            "partial" => found.partial = count()?,
            "missed" => found.missed = count()?,
            "spurious" => found.spurious = count()?,
            "sums" => found.sums = sums(field).ok_or_else(wrong)?,
            _ => return Err(Diagnostic::new(format!("a table of counts has no column `{name}`"))),
        }
    }
    Ok((header, found))
}

fn sums(field: &Field) -> Option<Vec<f64>> {
    match field {
        Field::Null => Some(Vec::new()),
        Field::ListInternal(list) => {
            list.elements().iter().map(|sum| if let Field::Double(sum) = sum { Some(*sum) } else { None }).collect()
        }
        _ => None,
    }
}
