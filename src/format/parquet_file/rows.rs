//! Converts the rows of a Parquet file to JSON lines.
//!
//! A null is left out, since a Parquet file does not distinguish it from an absent field: a writer
//! gives every row all fields that any row has. In lists, it is kept. Types without a value in JSON
//! are refused by column before any row is read, since the row reader gives some of them as plain
//! integers.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType, Type as PhysicalType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use parquet::schema::types::Type;

use super::CONVERT;
use crate::error::Diagnostic;
use crate::guard::guarded;

/// Returns the rows of a file as JSON lines. The number of a row is that of its line.
///
/// # Errors
/// Fails if the file is damaged, and on a column or value that has no counterpart in JSON.
pub(in crate::format) fn to_json_lines(bytes: Vec<u8>) -> Result<Vec<u8>, Diagnostic> {
    // The row reader panics on some damaged files.
    guarded(|| lines(bytes.into())).unwrap_or_else(|_| Err(damaged("it is damaged")))
}

/// Returns the features of a data set that the `datasets` library wrote: the types of its columns,
/// with the names of classes.
pub(in crate::format) fn hugging_face_features(file: &Path) -> Option<serde_json::Value> {
    // A pipe can be read only once.
    fs::metadata(file).ok().filter(fs::Metadata::is_file)?;
    let reader = SerializedFileReader::new(File::open(file).ok()?).ok()?;
    let entries = reader.metadata().file_metadata().key_value_metadata()?;
    let text = entries.iter().find(|entry| entry.key == "huggingface")?.value.as_deref()?;
    let mut value: serde_json::Value = serde_json::from_str(text).ok()?;
    value.pointer_mut("/info/features").map(serde_json::Value::take)
}

fn lines(bytes: Bytes) -> Result<Vec<u8>, Diagnostic> {
    let reader = SerializedFileReader::new(bytes).map_err(|error| unreadable(&error))?;
    check_fields(reader.metadata().file_metadata().schema(), "")?;
    let rows = reader.get_row_iter(None).map_err(|error| unreadable(&error))?;
    let mut lines = Vec::new();
    for (row, number) in rows.zip(1..) {
        let row = row.map_err(|error| unreadable(&error))?;
        write_fields(&mut lines, &row, "").map_err(|diagnostic| diagnostic.at((number, 1)))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

fn unreadable(error: &ParquetError) -> Diagnostic {
    let message = error.to_string();
    if let Some(codec) = message.split("Disabled feature at compile time: ").nth(1) {
        return damaged(&format!("it is compressed by {codec}, which karat does not decompress"));
    }
    let bare = ["Parquet error: ", "NYI: ", "EOF: ", "External: "].iter().find_map(|kind| message.strip_prefix(kind));
    damaged(bare.unwrap_or(&message))
}

fn damaged(reason: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(format!("the Parquet file cannot be read: {reason}"));
    diagnostic.help(format!("is it complete? Another program may read it: {CONVERT}"))
}

fn refused_value(column: &str, what: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(format!("the column `{column}` contains {what}, which karat does not read"));
    diagnostic.help("leave the column out, or write null for such values")
}

fn refused(column: &str, what: &str) -> Diagnostic {
    let diagnostic = refused_value(column, what);
    diagnostic.help(format!("leave the column out, or convert the file to JSON lines: {CONVERT}"))
}

/// Returns the path of a field below a column.
fn below(column: &str, name: &str) -> String {
    if column.is_empty() { name.to_owned() } else { format!("{column}.{name}") }
}

/// Checks that the types of a group's fields have counterparts in JSON and that their names differ.
fn check_fields(group: &Type, column: &str) -> Result<(), Diagnostic> {
    let mut names = BTreeSet::new();
    for field in group.get_fields() {
        let column = &below(column, field.name());
        if !names.insert(field.name()) {
            let diagnostic = Diagnostic::new(format!("two columns are named `{column}`"));
            return Err(diagnostic.help("give each column a name of its own"));
        }
        if let Some(what) = unsupported(field) {
            return Err(refused(column, what));
        }
        if field.is_group() {
            check_fields(field, column)?;
        }
    }
    Ok(())
}

/// Returns what a field contains if it has no counterpart in JSON or the row reader takes it for
/// something else.
fn unsupported(field: &Type) -> Option<&'static str> {
    let info = field.get_basic_info();
    let converted = info.converted_type();
    match info.logical_type_ref() {
        Some(LogicalType::Timestamp(_)) => return Some("timestamps"),
        Some(LogicalType::Date) => return Some("dates"),
        Some(LogicalType::Time(_)) => return Some("times of day"),
        Some(LogicalType::Decimal(_)) => return Some("decimals"),
        Some(LogicalType::Uuid) => return Some("UUIDs"),
        Some(LogicalType::Bson) => return Some("BSON"),
        Some(LogicalType::Variant(_)) => return Some("variants"),
        Some(LogicalType::Geometry(_) | LogicalType::Geography(_)) => return Some("geometries"),
        Some(LogicalType::File) => return Some("references to files"),
        // The row reader goes by the older converted types, which writers add.
        Some(LogicalType::List | LogicalType::Map) if converted == ConvertedType::NONE => {
            return Some("lists without a converted type");
        }
        Some(LogicalType::Integer(integer)) if !integer.is_signed && converted == ConvertedType::NONE => {
            return Some("unsigned integers without a converted type");
        }
        _ => {}
    }
    match converted {
        ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS => Some("timestamps"),
        ConvertedType::DATE => Some("dates"),
        ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS => Some("times of day"),
        ConvertedType::DECIMAL => Some("decimals"),
        ConvertedType::BSON => Some("BSON"),
        ConvertedType::INTERVAL => Some("intervals of time"),
        _ if field.is_primitive() && field.get_physical_type() == PhysicalType::INT96 => Some("timestamps"),
        _ => None,
    }
}

/// Writes the fields of a row or a structure that are not null as an object.
fn write_fields(out: &mut Vec<u8>, row: &Row, column: &str) -> Result<(), Diagnostic> {
    out.push(b'{');
    let fields = row.get_column_iter().filter(|(_, field)| **field != Field::Null);
    for (at, (name, field)) in fields.enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        write_string(out, name);
        out.extend_from_slice(b": ");
        write_value(out, field, &below(column, name))?;
    }
    out.push(b'}');
    Ok(())
}

/// Writes a value as JSON.
fn write_value(out: &mut Vec<u8>, field: &Field, column: &str) -> Result<(), Diagnostic> {
    // Writing to a vector does not fail.
    let mut write = |value: &dyn std::fmt::Display| write!(out, "{value}").unwrap_or_default();
    match field {
        Field::Null => write(&"null"),
        Field::Bool(flag) => write(flag),
        Field::Byte(number) => write(number),
        Field::Short(number) => write(number),
        Field::Int(number) => write(number),
        Field::Long(number) => write(number),
        Field::UByte(number) => write(number),
        Field::UShort(number) => write(number),
        Field::UInt(number) => write(number),
        Field::ULong(number) => write(number),
        // `Debug` writes the fewest digits that give the same number of the same width, and a point
        // or an exponent, as JSON writers do.
        Field::Float16(number) if number.is_finite() => write(&format_args!("{:?}", f32::from(*number))),
        Field::Float(number) if number.is_finite() => write(&format_args!("{number:?}")),
        Field::Double(number) if number.is_finite() => write(&format_args!("{number:?}")),
        Field::Float16(_) | Field::Float(_) | Field::Double(_) => {
            return Err(refused_value(column, "a number that is infinite or NaN"));
        }
        Field::Str(text) => write_string(out, text),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => write_string(out, text),
            Err(_) => return Err(refused_value(column, "binary data that is not UTF-8")),
        },
        Field::Group(row) => write_fields(out, row, column)?,
        Field::ListInternal(list) => {
            out.push(b'[');
            for (at, item) in list.elements().iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                write_value(out, item, column)?;
            }
            out.push(b']');
        }
        Field::MapInternal(map) => {
            out.push(b'{');
            for (at, (key, value)) in map.entries().iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                let Field::Str(key) = key else { return Err(refused(column, "maps whose keys are not strings")) };
                write_string(out, key);
                out.extend_from_slice(b": ");
                write_value(out, value, column)?;
            }
            out.push(b'}');
        }
        // `unsupported` has refused these.
        Field::Decimal(_)
        | Field::Date(_)
        | Field::TimeMillis(_)
        | Field::TimeMicros(_)
        | Field::TimestampMillis(_)
        | Field::TimestampMicros(_) => return Err(refused(column, "values of an unknown type")),
    }
    Ok(())
}

/// Writes a text as a JSON string.
fn write_string(out: &mut Vec<u8>, text: &str) {
    // Writing a text to a vector does not fail.
    serde_json::to_writer(out, text).unwrap_or_default();
}
