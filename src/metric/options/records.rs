//! Options of the records of one layer.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use crate::metric::record::Schema;
use crate::nearest::nearest;

/// Options of the records of one layer.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RecordOptions {
    /// Field options by path: `date`, `address.city`, `items.price` (of every item of a list).
    /// Options of a path apply to the paths below it, unless these have options of their own.
    #[serde(deserialize_with = "fields")]
    pub fields: BTreeMap<String, FieldOptions>,
    /// Whether an empty text is a value. By default it is not, like null.
    pub empty: Empty,
    /// The file of a JSON Schema that every record must satisfy, relative to the options file.
    pub schema: Option<PathBuf>,
    /// The schema loaded from that file.
    #[serde(skip)]
    pub loaded: Option<Arc<Schema>>,
}

impl RecordOptions {
    /// Returns the options of a path: its own, or those of the nearest path above it.
    pub fn field(&self, path: &str) -> FieldOptions {
        let above = |end: usize| self.fields.get(&path[..end]);
        let found = above(path.len()).or_else(|| path.rmatch_indices('.').find_map(|(at, _)| above(at)));
        found.copied().unwrap_or_default()
    }
}

/// What an empty text is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    /// No value, like null, an empty list and an empty object.
    #[default]
    Absent,
    /// A value, which differs from null.
    Value,
}

/// How the order of a list is scored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ListOrder {
    /// Items are paired wherever they stand.
    #[default]
    Any,
    /// Items are paired by a sequence alignment with the fewest edits: an item out of order is
    /// wrong, and one that is missing does not shift the others.
    Ordered,
    /// Items are paired by their index.
    Exact,
}

/// How one field is compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FieldOptions {
    /// The comparator that decides which values are equal.
    pub compare: Comparator,
    /// The weight in thousandths. A field of weight 0 is not scored.
    pub weight: u32,
    /// How the order of a list in this field is scored.
    pub list: ListOrder,
}

impl FieldOptions {
    /// The default weight of a field.
    pub const ONE: u32 = 1000;
}

impl Default for FieldOptions {
    fn default() -> Self {
        Self { compare: Comparator::default(), weight: Self::ONE, list: ListOrder::default() }
    }
}

/// Decides which values are equal. Thresholds are integers in millionths, so that results do not
/// depend on rounding.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub enum Comparator {
    /// Detected from the value: spans by overlap, texts normalised, numbers by value, anything else
    /// literally.
    #[default]
    Default,
    /// Equal characters; numbers by value.
    Exact,
    /// Exact, but for upper and lower case.
    Casefold,
    /// Texts after NFKC, lower case and folding of punctuation and white space; numbers as texts.
    Normalised,
    /// Numbers, including numbers written as texts.
    Number {
        /// The absolute tolerance.
        absolute: f64,
        /// The tolerance relative to the gold number.
        relative: f64,
    },
    /// Calendar dates.
    Date {
        /// Whether 03/04/2025 is the third of April; if `None`, ambiguous dates are not parsed.
        day_first: Option<bool>,
    },
    /// Edit similarity in lower case: 1 minus the edit distance divided by the longer length.
    Edit {
        /// The similarity from which two values are equal, in millionths.
        threshold: u32,
    },
    /// F1 of the words.
    TokenF1 {
        /// The F1 from which two values are equal, in millionths.
        threshold: u32,
    },
    /// Lists as sets: each list is one value.
    Set,
    /// The gold value is a list of alternatives.
    OneOf,
    /// Spans by their intersection over union.
    Span {
        /// The intersection over union from which two spans are equal, in millionths.
        threshold: u32,
    },
}

/// Formats the options as in signatures.
impl fmt::Display for FieldOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |millionths: u32| f64::from(millionths) / 1e6;
        match self.compare {
            Comparator::Default => f.write_str("told"),
            Comparator::Exact => f.write_str("exact"),
            Comparator::Casefold => f.write_str("casefold"),
            Comparator::Normalised => f.write_str("normalised"),
            Comparator::Number { absolute, relative } => write!(f, "number+-{absolute}+-{relative}*"),
            Comparator::Date { day_first: None } => f.write_str("date"),
            Comparator::Date { day_first: Some(true) } => f.write_str("date-dmy"),
            Comparator::Date { day_first: Some(false) } => f.write_str("date-mdy"),
            Comparator::Edit { threshold } => write!(f, "edit>={}", share(threshold)),
            Comparator::TokenF1 { threshold } => write!(f, "token_f1>={}", share(threshold)),
            Comparator::Set => f.write_str("set"),
            Comparator::OneOf => f.write_str("one_of"),
            Comparator::Span { threshold } => write!(f, "place>={}", share(threshold)),
        }?;
        match self.list {
            ListOrder::Any => {}
            ListOrder::Ordered => f.write_str("-ordered")?,
            ListOrder::Exact => f.write_str("-exact")?,
        }
        if self.weight == Self::ONE { Ok(()) } else { write!(f, "*{}", f64::from(self.weight) / 1e3) }
    }
}

const NAMES: [&str; 10] =
    ["exact", "casefold", "normalised", "number", "date", "edit", "token_f1", "set", "one_of", "place"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    compare: Option<String>,
    weight: Option<f64>,
    absolute: Option<f64>,
    relative: Option<f64>,
    threshold: Option<f64>,
    day_first: Option<bool>,
    #[serde(default)]
    list: ListOrder,
}

fn fields<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, FieldOptions>, D::Error> {
    let written = BTreeMap::<String, Written>::deserialize(deserializer)?;
    let mut read = BTreeMap::new();
    for (name, field) in written {
        let options = field.read().map_err(|message| serde::de::Error::custom(format!("field `{name}`: {message}")))?;
        read.insert(name, options);
    }
    if !read.is_empty() && read.values().all(|field| field.weight == 0) {
        return Err(serde::de::Error::custom("all named fields have weight 0: none of them would be scored"));
    }
    Ok(read)
}

impl Written {
    fn read(self) -> Result<FieldOptions, String> {
        let name = self.compare.as_deref();
        let takes = |option: bool, key: &str, of: &[&str]| {
            let fits = name.is_some_and(|name| of.contains(&name));
            if option && !fits {
                let with = of.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                return Err(format!("`{key}` applies only to the comparator {with}"));
            }
            Ok(())
        };
        takes(self.absolute.is_some(), "absolute", &["number"])?;
        takes(self.relative.is_some(), "relative", &["number"])?;
        takes(self.day_first.is_some(), "day_first", &["date"])?;
        takes(self.threshold.is_some(), "threshold", &["edit", "token_f1", "place"])?;
        let threshold = share(self.threshold.unwrap_or(0.5))?;
        let compare = match name {
            None => Comparator::Default,
            Some("exact") => Comparator::Exact,
            Some("casefold") => Comparator::Casefold,
            Some("normalised") => Comparator::Normalised,
            Some("number") => Comparator::Number {
                absolute: tolerance("absolute", self.absolute)?,
                relative: tolerance("relative", self.relative)?,
            },
            Some("date") => Comparator::Date { day_first: self.day_first },
            Some("edit") => Comparator::Edit { threshold },
            Some("token_f1") => Comparator::TokenF1 { threshold },
            Some("set") => Comparator::Set,
            Some("one_of") => Comparator::OneOf,
            Some("place") => Comparator::Span { threshold },
            Some(other) => {
                return Err(match nearest(other, NAMES) {
                    Some(near) => format!("unknown comparator `{other}`; did you mean `{near}`?"),
                    None => format!("unknown comparator `{other}`; choose from {}", NAMES.join(", ")),
                });
            }
        };
        Ok(FieldOptions { compare, weight: weight(self.weight.unwrap_or(1.0))?, list: self.list })
    }
}

fn share(threshold: f64) -> Result<u32, String> {
    if (0.0..=1.0).contains(&threshold) {
        return Ok((threshold * 1e6).round() as u32);
    }
    Err(format!("`threshold` must be between 0 and 1, and is {threshold}"))
}

fn tolerance(key: &str, value: Option<f64>) -> Result<f64, String> {
    let value = value.unwrap_or(0.0);
    if value.is_finite() && value >= 0.0 {
        return Ok(value);
    }
    Err(format!("`{key}` must be a distance of at least 0, and is {value}"))
}

fn weight(value: f64) -> Result<u32, String> {
    let thousandths = value * 1000.0;
    if !(0.0..=1e9).contains(&thousandths) {
        return Err(format!("`weight` must be between 0 and 1000000, and is {value}"));
    }
    if (thousandths - thousandths.round()).abs() > 1e-6 {
        return Err(format!("`weight` may have at most three decimals, and is {value}"));
    }
    Ok(thousandths.round() as u32)
}

#[cfg(test)]
mod tests {
    use super::{Comparator, FieldOptions, RecordOptions};

    fn read(text: &str) -> Result<RecordOptions, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn fields_have_comparators_and_weights() {
        let options = read("[fields.a]\ncompare = 'edit'\nthreshold = 0.8\n[fields.\"b.c\"]\nweight = 2").unwrap();
        assert_eq!(options.fields["a"].compare, Comparator::Edit { threshold: 800_000 });
        assert_eq!(options.fields["b.c"], FieldOptions { weight: 2000, ..FieldOptions::default() });
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let message = |text: &str| read(text).unwrap_err();
        assert_eq!(
            message("[fields.a]\ncompare = 'nmuber'"),
            "field `a`: unknown comparator `nmuber`; did you mean `number`?"
        );
        assert!(message("[fields.a]\ncompare = 'number'\nabsolute = -1").contains("at least 0, and is -1"));
        assert!(message("[fields.a]\nabsolute = 1").contains("applies only to the comparator `number`"));
        assert!(message("[fields.a]\ncompare = 'edit'\nthreshold = 2").contains("between 0 and 1"));
        assert!(message("[fields.a]\nweight = 0").contains("none of them would be scored"));
        assert!(message("[fields.a]\nweight = 0.0001").contains("three decimals"));
        assert!(message("[fields.a]\nwieght = 1").contains("unknown field"));
    }
}
