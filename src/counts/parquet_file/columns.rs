//! Columns of a table of counts in a Parquet file, decoded by a number of rows at a time.

use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::reader::RowGroupReader;

use crate::error::Diagnostic;

/// Why a file cannot be read.
pub enum Problem {
    Parquet(ParquetError),
    Column(Diagnostic),
}

impl From<ParquetError> for Problem {
    fn from(error: ParquetError) -> Self {
        Self::Parquet(error)
    }
}

/// A column of a group of rows, with its name.
pub struct Column {
    pub name: &'static str,
    values: Values,
}

/// A column's reader, and the values of the rows that were decoded last.
enum Values {
    Texts(Reader<ByteArrayType>, Vec<Option<ByteArray>>),
    Flags(Reader<BoolType>, Vec<Option<bool>>),
    Narrow(Reader<Int32Type>, Vec<Option<u64>>),
    Wide(Reader<Int64Type>, Vec<Option<u64>>),
    /// pandas has no integers in a column with gaps.
    Floats(Reader<DoubleType>, Vec<Option<u64>>),
    Lists(Reader<DoubleType>, Lists),
}

/// Lists of numbers, none of which is null.
#[derive(Default)]
pub struct Lists {
    /// Whether the file could have elements that are null.
    can_be_null: bool,
    /// Where each list ends.
    ends: Vec<usize>,
    elements: Vec<f64>,
}

struct Reader<T: DataType> {
    reader: ColumnReaderImpl<T>,
    /// The level of definition of a value that is there.
    defined: i16,
    values: Vec<T::T>,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

impl<T: DataType> Reader<T> {
    fn new(reader: ColumnReaderImpl<T>, defined: i16) -> Self {
        Self { reader, defined, values: Vec::new(), definitions: Vec::new(), repetitions: Vec::new() }
    }

    /// Decodes rows. A file that has fewer is damaged.
    fn decode(&mut self, count: usize) -> Result<(), ParquetError> {
        self.values.clear();
        self.definitions.clear();
        self.repetitions.clear();
        let mut found = 0;
        while found < count {
            let (definitions, repetitions) = (Some(&mut self.definitions), Some(&mut self.repetitions));
            let (rows, _, levels) =
                self.reader.read_records(count - found, definitions, repetitions, &mut self.values)?;
            if levels == 0 {
                return Err(ParquetError::General("a column has too few rows".to_owned()));
            }
            found += rows;
        }
        Ok(())
    }

    /// Decodes rows into optional values, each of which `take` checks and converts.
    fn each<V>(
        &mut self,
        count: usize,
        into: &mut Vec<Option<V>>,
        mut take: impl FnMut(T::T) -> Option<V>,
    ) -> Result<(), Fault> {
        self.decode(count)?;
        into.clear();
        let mut values = self.values.drain(..);
        if self.defined == 0 {
            for value in values {
                into.push(Some(take(value).ok_or(Fault::Type)?));
            }
            return Ok(());
        }
        for level in &self.definitions {
            let is_there = *level == self.defined;
            let value = if is_there { Some(take(values.next().ok_or(Fault::Type)?).ok_or(Fault::Type)?) } else { None };
            into.push(value);
        }
        Ok(())
    }
}

/// Why a column cannot be decoded.
enum Fault {
    Parquet(ParquetError),
    /// A value has another type than the column.
    Type,
}

impl From<ParquetError> for Fault {
    fn from(error: ParquetError) -> Self {
        Self::Parquet(error)
    }
}

/// The columns of a table of counts.
const NAMES: [&str; 20] = [
    "header",
    "document",
    "status",
    "answered",
    "answer",
    "golden",
    "cluster",
    "layer",
    "has_layer",
    "gold",
    "metric",
    "cutoff",
    "label",
    "kind",
    "correct",
    "incorrect",
    "partial",
    "missed",
    "spurious",
    "sums",
];

/// Returns the columns of a group, whose order differs from writer to writer.
pub fn columns(group: &dyn RowGroupReader) -> Result<Vec<Column>, Problem> {
    let mut columns: Vec<Column> = Vec::new();
    for (number, of) in group.metadata().columns().iter().enumerate() {
        let of = of.column_descr();
        let found = of.path().parts()[0].as_str();
        let Some(name) = NAMES.into_iter().find(|name| *name == found) else {
            return Err(Problem::Column(Diagnostic::new(format!("a table of counts has no column `{found}`"))));
        };
        let (is_list, defined) = (of.max_rep_level() == 1, of.max_def_level());
        let is_text = matches!(
            name,
            "header" | "document" | "status" | "answer" | "golden" | "cluster" | "layer" | "metric" | "label" | "kind"
        );
        let is_flag = matches!(name, "answered" | "has_layer");
        let is_count = !is_text && !is_flag && name != "sums";
        let values = match group.get_column_reader(number)? {
            ColumnReader::ByteArrayColumnReader(reader) if is_text => {
                Values::Texts(Reader::new(reader, defined), Vec::new())
            }
            ColumnReader::BoolColumnReader(reader) if is_flag => {
                Values::Flags(Reader::new(reader, defined), Vec::new())
            }
            ColumnReader::Int32ColumnReader(reader) if is_count => {
                Values::Narrow(Reader::new(reader, defined), Vec::new())
            }
            ColumnReader::Int64ColumnReader(reader) if is_count => {
                Values::Wide(Reader::new(reader, defined), Vec::new())
            }
            ColumnReader::DoubleColumnReader(reader) if is_count => {
                Values::Floats(Reader::new(reader, defined), Vec::new())
            }
            ColumnReader::DoubleColumnReader(reader) if name == "sums" && is_list => {
                let can_be_null = of.self_type().is_optional();
                Values::Lists(Reader::new(reader, defined), Lists { can_be_null, ..Lists::default() })
            }
            _ => return Err(Problem::Column(of_another_type(name))),
        };
        if (is_list && name != "sums") || columns.iter().any(|column| column.name == name) {
            return Err(Problem::Column(of_another_type(name)));
        }
        columns.push(Column { name, values });
    }
    Ok(columns)
}

pub fn of_another_type(name: &str) -> Diagnostic {
    Diagnostic::new(format!("the column `{name}` has a value of another type"))
}

impl Column {
    /// Decodes the next rows.
    ///
    /// # Errors
    /// Fails if the file is damaged, or a value has another type than the column.
    pub fn decode(&mut self, count: usize) -> Result<(), Problem> {
        let decoded = match &mut self.values {
            Values::Texts(reader, texts) => reader.each(count, texts, Some),
            Values::Flags(reader, flags) => reader.each(count, flags, Some),
            Values::Narrow(reader, counts) => reader.each(count, counts, |number| u64::try_from(number).ok()),
            Values::Wide(reader, counts) => reader.each(count, counts, |number| u64::try_from(number).ok()),
            Values::Floats(reader, counts) => floats(reader, count, counts),
            Values::Lists(reader, lists) => lists.decode(reader, count),
        };
        decoded.map_err(|fault| match fault {
            Fault::Parquet(error) => Problem::Parquet(error),
            Fault::Type => Problem::Column(of_another_type(self.name)),
        })
    }

    /// Returns the value of one of the rows that were decoded last.
    pub fn get(&self, row: usize) -> Value<'_> {
        match &self.values {
            Values::Texts(_, texts) => Value::Text(texts[row].as_ref()),
            Values::Flags(_, flags) => Value::Flag(flags[row]),
            Values::Narrow(_, counts) | Values::Wide(_, counts) | Values::Floats(_, counts) => {
                Value::Count(counts[row])
            }
            Values::Lists(_, lists) => Value::List(lists.get(row)),
        }
    }
}

/// A value of a row; none where the file has null.
pub enum Value<'c> {
    Text(Option<&'c ByteArray>),
    Flag(Option<bool>),
    Count(Option<u64>),
    List(&'c [f64]),
}

/// Decodes counts that were written as floating-point numbers, with NaN where there is none.
fn floats(reader: &mut Reader<DoubleType>, count: usize, counts: &mut Vec<Option<u64>>) -> Result<(), Fault> {
    let mut numbers = Vec::new();
    reader.each(count, &mut numbers, Some)?;
    counts.clear();
    for number in numbers {
        counts.push(match number.filter(|number| !number.is_nan()) {
            None => None,
            Some(number) if number >= 0.0 && number.fract() == 0.0 => Some(number as u64),
            Some(_) => return Err(Fault::Type),
        });
    }
    Ok(())
}

impl Lists {
    /// Decodes the next lists. One that is null is empty.
    fn decode(&mut self, reader: &mut Reader<DoubleType>, count: usize) -> Result<(), Fault> {
        reader.decode(count)?;
        self.ends.clear();
        std::mem::swap(&mut self.elements, &mut reader.values);
        let mut end = 0;
        for (at, (definition, repetition)) in reader.definitions.iter().zip(&reader.repetitions).enumerate() {
            if *repetition == 0 && at > 0 {
                self.ends.push(end);
            }
            end += usize::from(*definition == reader.defined);
            if self.can_be_null && *definition == reader.defined - 1 {
                return Err(Fault::Type);
            }
        }
        self.ends.push(end);
        if self.ends.len() == count && end == self.elements.len() { Ok(()) } else { Err(Fault::Type) }
    }

    fn get(&self, row: usize) -> &[f64] {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.elements[start..self.ends[row]]
    }
}
