//! The arguments that say where the fields of documents come from, and how files are joined.

use clap::ValueEnum;
use karat::corpus::Join;
use karat::error::{Diagnostic, Error};
use karat::format::{Field, FieldMap, FieldSource};

/// The sources of the fields of one file.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct MapArgs {
    /// Read a field from a column or a JSON pointer: summary=highlights, id=/meta/id,
    /// records.invoice.total=amount; may be repeated
    #[arg(long = "map", value_name = "FIELD=SOURCE", value_parser = FieldMap::parse_pair)]
    pub map: Vec<(Field, FieldSource)>,
}

impl MapArgs {
    /// Returns the field map. Fails if a field has two sources.
    pub fn fields(&self) -> Result<FieldMap, Error> {
        field_map("--map", &self.map)
    }
}

/// The sources of the fields of golden files and predictions, and how these are joined.
#[derive(Debug, Clone, clap::Args)]
pub(in crate::cli) struct PairMapArgs {
    #[command(flatten)]
    pub both: MapArgs,
    /// Like --map, for the golden files only
    #[arg(long, value_name = "FIELD=SOURCE", value_parser = FieldMap::parse_pair)]
    pub gold_map: Vec<(Field, FieldSource)>,
    /// Like --map, for the predictions only
    #[arg(long, value_name = "FIELD=SOURCE", value_parser = FieldMap::parse_pair)]
    pub pred_map: Vec<(Field, FieldSource)>,
    /// How golden documents and predictions are joined; by line if a file has one text a line, and
    /// otherwise by id
    #[arg(long, value_enum, value_name = "BY")]
    pub join: Option<JoinBy>,
}

impl PairMapArgs {
    /// Returns the field maps of golden files and of predictions: the fields of `--gold-map` and
    /// `--pred-map`, and those of `--map` that they do not override.
    pub fn fields(&self) -> Result<[FieldMap; 2], Error> {
        let side = |option: &str, own: &[(Field, FieldSource)]| {
            let is_overridden = |field: &Field| own.iter().any(|(known, _)| known == field);
            let shared = self.both.map.iter().filter(|(field, _)| !is_overridden(field));
            field_map(option, &shared.chain(own).cloned().collect::<Vec<_>>())
        };
        Ok([side("--gold-map", &self.gold_map)?, side("--pred-map", &self.pred_map)?])
    }

    /// Returns how files are joined, if the user says so.
    pub fn joined_by(&self) -> Option<Join> {
        self.join.map(Into::into)
    }
}

fn field_map(option: &str, fields: &[(Field, FieldSource)]) -> Result<FieldMap, Error> {
    FieldMap::new(fields.iter().cloned()).map_err(|message| Diagnostic::new(format!("{option}: {message}")).into())
}

/// How golden documents and predictions are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum JoinBy {
    /// By their ids
    Id,
    /// By their numbers in the files
    Line,
    /// By the text of the document
    Text,
}

impl From<JoinBy> for Join {
    fn from(join: JoinBy) -> Self {
        match join {
            JoinBy::Id => Self::Id,
            JoinBy::Line => Self::Line,
            JoinBy::Text => Self::Text,
        }
    }
}
