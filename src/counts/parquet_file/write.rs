//! Writes counts as Parquet.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::super::row::CountRow;
use super::super::table::CountTable;
use crate::error::Diagnostic;

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

/// Writes a table to a file.
pub fn write(table: &CountTable<'_>, file: &mut (impl Write + Send)) -> Result<(), Diagnostic> {
    let failed = |error: ParquetError| Diagnostic::new(format!("the counts cannot be written: {error}"));
    let schema = Arc::new(parse_message_type(COLUMNS).map_err(failed)?);
    let header = serde_json::to_string(&table.header).expect("a header is plain data");
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default()));
    let mut writer = SerializedFileWriter::new(file, schema, Arc::new(properties.build())).map_err(failed)?;
    let mut group = Group::default();
    table
        .each(|row| {
            group.add(&header, row);
            if group.rows() == GROUP { std::mem::take(&mut group).write(&mut writer) } else { Ok(()) }
        })
        .map_err(failed)?;
    if group.rows() > 0 {
        group.write(&mut writer).map_err(failed)?;
    }
    writer.close().map(|_| ()).map_err(failed)
}

/// The columns of a group of rows.
#[derive(Default)]
struct Group {
    header: Texts,
    document: Texts,
    status: Texts,
    answered: Vec<bool>,
    answer: Texts,
    golden: Texts,
    cluster: Texts,
    layer: Texts,
    has_layer: Vec<bool>,
    gold: Vec<i64>,
    metric: Texts,
    cutoff: Vec<i32>,
    label: Texts,
    kind: Texts,
    outcomes: [Numbers; 5],
    sums: Lists,
}

impl Group {
    fn rows(&self) -> usize {
        self.gold.len()
    }

    fn add(&mut self, header: &str, row: &CountRow<'_>) {
        self.header.add(Some(header));
        self.document.add(Some(&row.document));
        self.status.add(Some(&row.status));
        self.answered.push(row.answered);
        self.answer.add(Some(&row.answer));
        self.golden.add(Some(&row.golden));
        self.cluster.add(row.cluster.as_deref());
        self.layer.add(row.layer.as_deref());
        self.has_layer.push(row.has_layer);
        self.gold.push(row.gold as i64);
        self.metric.add(row.metric.as_deref());
        self.cutoff.push(row.cutoff as i32);
        self.label.add(row.label.as_deref());
        self.kind.add(row.kind.as_deref());
        let outcomes = [row.correct, row.incorrect, row.partial, row.missed, row.spurious];
        self.outcomes.iter_mut().zip(outcomes).for_each(|(column, count)| column.add(count));
        self.sums.add(&row.sums);
    }

    fn write<W: Write + Send>(self, writer: &mut SerializedFileWriter<W>) -> Result<(), ParquetError> {
        let columns = writer.schema_descr().columns().to_vec();
        let mut columns = columns.iter();
        let mut group = writer.next_row_group()?;
        while let (Some(mut column), Some(of)) = (group.next_column()?, columns.next()) {
            let name = of.path().parts()[0].as_str();
            let is_optional = of.max_def_level() > 0;
            match column.untyped() {
                ColumnWriter::ByteArrayColumnWriter(typed) => {
                    let texts = match name {
                        "header" => &self.header,
                        "document" => &self.document,
                        "status" => &self.status,
                        "answer" => &self.answer,
                        "golden" => &self.golden,
                        "cluster" => &self.cluster,
                        "layer" => &self.layer,
                        "metric" => &self.metric,
                        "label" => &self.label,
                        _ => &self.kind,
                    };
                    typed.write_batch(&texts.values, is_optional.then_some(&texts.levels), None)?;
                }
                ColumnWriter::BoolColumnWriter(typed) => {
                    let flags = if name == "answered" { &self.answered } else { &self.has_layer };
                    typed.write_batch(flags, None, None)?;
                }
                ColumnWriter::Int32ColumnWriter(typed) => {
                    typed.write_batch(&self.cutoff, None, None)?;
                }
                ColumnWriter::Int64ColumnWriter(typed) => {
                    let [correct, incorrect, partial, missed, spurious] = &self.outcomes;
                    let numbers = match name {
                        "gold" => {
                            typed.write_batch(&self.gold, None, None)?;
                            column.close()?;
                            continue;
                        }
                        "correct" => correct,
                        "incorrect" => incorrect,
                        "partial" => partial,
                        "missed" => missed,
                        _ => spurious,
                    };
                    typed.write_batch(&numbers.values, Some(&numbers.levels), None)?;
                }
                ColumnWriter::DoubleColumnWriter(typed) => {
                    let Lists { values, definitions, repetitions } = &self.sums;
                    typed.write_batch(values, Some(definitions), Some(repetitions))?;
                }
                _ => unreachable!("no other type is in the schema"),
            }
            column.close()?;
        }
        group.close().map(|_| ())
    }
}

/// A column of texts. Equal texts that follow each other are stored once.
#[derive(Default)]
struct Texts {
    levels: Vec<i16>,
    values: Vec<ByteArray>,
}

impl Texts {
    fn add(&mut self, text: Option<&str>) {
        self.levels.push(i16::from(text.is_some()));
        let Some(text) = text else { return };
        match self.values.last().filter(|last| last.data() == text.as_bytes()) {
            Some(last) => self.values.push(last.clone()),
            None => self.values.push(ByteArray::from(text)),
        }
    }
}

/// A column of counts, some of which are null.
#[derive(Default)]
struct Numbers {
    levels: Vec<i16>,
    values: Vec<i64>,
}

impl Numbers {
    fn add(&mut self, count: Option<u64>) {
        self.levels.push(i16::from(count.is_some()));
        self.values.extend(count.map(|count| count as i64));
    }
}

/// A column of lists, none of which is null.
#[derive(Default)]
struct Lists {
    values: Vec<f64>,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

impl Lists {
    fn add(&mut self, list: &[f64]) {
        if list.is_empty() {
            self.definitions.push(1);
            self.repetitions.push(0);
        }
        for (at, value) in list.iter().enumerate() {
            self.definitions.push(2);
            self.repetitions.push(i16::from(at > 0));
            self.values.push(*value);
        }
    }
}
