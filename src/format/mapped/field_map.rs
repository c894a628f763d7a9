//! A field map: which column or JSON pointer of a row each field of a document is read from, as
//! `--map FIELD=SOURCE` and the tables `[datasets.NAME.map]` and `[extractors.NAME.map]` write it.

use std::fmt;
use std::str::FromStr;

/// The field of a document that a value is read into.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// A key of `karat.document/1`. `summary` is `summaries` under another name: a reference of a
    /// golden document, the candidate of a prediction.
    Key(&'static str),
    /// A field of the metadata.
    Meta(String),
    /// A list of records, if the path is empty, or a field of the document's only record.
    Record {
        /// The name of the records.
        name: String,
        /// The path to the field, by keys.
        path: Vec<String>,
    },
}

impl Field {
    /// The keys of `karat.document/1` that a value can be read into.
    const KEYS: [&str; 15] = [
        "id",
        "text",
        "summary",
        "summaries",
        "entities",
        "relations",
        "events",
        "coreference",
        "key_points",
        "key_sentences",
        "keyphrases",
        "ignore",
        "offset_unit",
        "status",
        "error",
    ];

    /// Returns the key of `karat.document/1` with a name.
    pub(super) fn key(name: &str) -> Option<Self> {
        Self::KEYS.iter().find(|key| **key == name).map(|key| Self::Key(key))
    }

    /// Whether several sources may be read into the field, one after the other.
    pub(super) fn is_list(&self) -> bool {
        matches!(self, Self::Key("summary" | "summaries" | "keyphrases"))
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        if let Some(key) = Self::key(name) {
            return Ok(key);
        }
        let mut steps = name.split('.').map(str::to_owned);
        match (steps.next().as_deref(), steps.collect::<Vec<_>>().as_slice()) {
            (Some("meta"), [field]) if !field.is_empty() => Ok(Self::Meta(field.clone())),
            (Some("records"), [name, path @ ..]) if !name.is_empty() && path.iter().all(|step| !step.is_empty()) => {
                Ok(Self::Record { name: name.clone(), path: path.to_vec() })
            }
            _ => {
                let near = crate::nearest::nearest(name, Self::KEYS);
                let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                Err(format!(
                    "{name:?} is no field: fields are {}, meta.NAME and records.NAME.FIELD{near}",
                    Self::KEYS.join(", ")
                ))
            }
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Meta(field) => write!(f, "meta.{field}"),
            Self::Record { name, path } => {
                write!(f, "records.{name}")?;
                path.iter().try_for_each(|step| write!(f, ".{step}"))
            }
        }
    }
}

/// The value of a row that a field is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldSource {
    /// A key of the row's object, or a column.
    Column(String),
    /// A JSON pointer (RFC 6901), which begins with `/`.
    Pointer(String),
}

impl From<&str> for FieldSource {
    fn from(source: &str) -> Self {
        if source.starts_with('/') { Self::Pointer(source.to_owned()) } else { Self::Column(source.to_owned()) }
    }
}

impl fmt::Display for FieldSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Column(source) | Self::Pointer(source)) = self;
        f.write_str(source)
    }
}

/// The sources of fields, in the order in which they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldMap {
    fields: Vec<(Field, FieldSource)>,
}

impl FieldMap {
    /// Creates a map from pairs of a field and its source.
    ///
    /// # Errors
    /// Fails if a field that is no list has two sources.
    pub fn new(fields: impl IntoIterator<Item = (Field, FieldSource)>) -> Result<Self, String> {
        let mut map = Self::default();
        for (field, source) in fields {
            if let Some(first) = map.source(&field).filter(|_| !field.is_list()) {
                return Err(format!("`{field}` has two sources, {first} and {source}"));
            }
            map.fields.push((field, source));
        }
        Ok(map)
    }

    /// Parses `FIELD=SOURCE`.
    ///
    /// # Errors
    /// Fails if there is no `=` or no source, or if the field is unknown.
    pub fn parse_pair(text: &str) -> Result<(Field, FieldSource), String> {
        match text.split_once('=') {
            Some((field, source)) if !source.is_empty() => Ok((field.parse()?, FieldSource::from(source))),
            _ => Err("write FIELD=SOURCE, as in summary=prediction or id=/meta/id".to_owned()),
        }
    }

    /// Whether no field is mapped.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Iterates over the fields with their sources.
    pub fn iter(&self) -> impl Iterator<Item = &(Field, FieldSource)> {
        self.fields.iter()
    }

    /// Returns the first source of a field.
    pub fn source(&self, field: &Field) -> Option<&FieldSource> {
        self.fields.iter().find(|(known, _)| known == field).map(|(_, source)| source)
    }

    /// Returns the key that the text is read from, if nothing else is mapped.
    pub fn text_key(&self) -> Option<&str> {
        match self.fields.as_slice() {
            [(Field::Key("text"), FieldSource::Column(key))] => Some(key),
            _ => None,
        }
    }

    /// Whether a key of `karat.document/1` is mapped. `summary` and `summaries` are one.
    pub(super) fn maps_key(&self, key: &str) -> bool {
        let is_summary = |key: &str| matches!(key, "summary" | "summaries");
        self.fields.iter().any(|(field, _)| match field {
            Field::Key(known) => *known == key || (is_summary(known) && is_summary(key)),
            Field::Meta(_) => key == "meta",
            Field::Record { .. } => key == "records",
        })
    }

    /// Adds a field.
    pub(super) fn push(&mut self, field: Field, source: FieldSource) {
        self.fields.push((field, source));
    }
}

impl fmt::Display for FieldMap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (field, source)) in self.fields.iter().enumerate() {
            write!(f, "{}{field}={source}", if at > 0 { ", " } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Field, FieldMap, FieldSource};

    #[test]
    fn pairs_are_parsed() {
        assert_eq!(
            FieldMap::parse_pair("summary=/choices/0/text"),
            Ok((Field::Key("summary"), FieldSource::Pointer("/choices/0/text".to_owned())))
        );
        let record = Field::Record { name: "invoice".to_owned(), path: vec!["total".to_owned()] };
        assert_eq!(
            FieldMap::parse_pair("records.invoice.total=a=b"),
            Ok((record, FieldSource::Column("a=b".to_owned())))
        );
        assert!(FieldMap::parse_pair("summry=x").unwrap_err().contains("did you mean `summary`?"));
        for wrong in ["summary", "summary=", "=x", "meta=x", "records=x", "records..a=x"] {
            assert!(FieldMap::parse_pair(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lists_may_have_several_sources() {
        let map = |pairs: &[&str]| FieldMap::new(pairs.iter().map(|pair| FieldMap::parse_pair(pair).unwrap()));
        assert_eq!(map(&["summaries=ref0", "summaries=ref1"]).unwrap().to_string(), "summaries=ref0, summaries=ref1");
        assert_eq!(map(&["id=a", "id=b"]).unwrap_err(), "`id` has two sources, a and b");
    }
}
