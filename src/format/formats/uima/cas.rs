//! A CAS as a list of feature structures, independent of its serialisation.

use std::collections::BTreeMap;

use crate::document::Value;
use crate::format::source_map::SourceLocation;

/// The type of sofas, which contain the text.
pub(super) const SOFA: &str = "uima.cas.Sofa";
/// The type of arrays of feature structures.
pub(super) const ARRAY: &str = "uima.cas.FSArray";
/// The feature that contains the elements of an array.
pub(super) const ELEMENTS: &str = "elements";

/// The value of a feature.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Feature {
    /// A primitive value. In XMI all are strings, references included.
    Value(Value),
    /// The id of a feature structure.
    Reference(String),
    /// The ids of several feature structures.
    References(Vec<String>),
}

/// A feature structure: an object with a type and features.
#[derive(Debug, Clone)]
pub(super) struct FeatureStructure {
    pub id: String,
    /// The type with its package, separated by dots.
    pub type_name: String,
    pub features: BTreeMap<String, Feature>,
    /// The location in the file.
    pub location: SourceLocation,
}

impl FeatureStructure {
    /// Returns the type without its package.
    pub fn short_type(&self) -> &str {
        short(&self.type_name)
    }

    /// Returns the string that a feature contains, unless it is empty.
    pub fn text(&self, feature: &str) -> Option<&str> {
        match self.features.get(feature)? {
            Feature::Value(value) => value.as_str().filter(|text| !text.is_empty()),
            Feature::Reference(_) | Feature::References(_) => None,
        }
    }

    /// Returns the whole number that a feature contains.
    pub fn number(&self, feature: &str) -> Option<u32> {
        match self.features.get(feature)? {
            Feature::Value(Value::String(text)) => text.parse().ok(),
            Feature::Value(value) => value.as_u64().and_then(|number| number.try_into().ok()),
            Feature::Reference(_) | Feature::References(_) => None,
        }
        .filter(|number| *number < u32::MAX)
    }

    /// Returns the ids that a feature refers to.
    pub fn references(&self, feature: &str) -> Vec<&str> {
        match self.features.get(feature) {
            Some(Feature::Value(Value::String(text))) => text.split_whitespace().collect(),
            Some(Feature::Reference(id)) => vec![id],
            Some(Feature::References(ids)) => ids.iter().map(String::as_str).collect(),
            Some(Feature::Value(_)) | None => Vec::new(),
        }
    }

    /// Whether the feature structure covers a part of the text.
    pub fn is_annotation(&self) -> bool {
        self.features.contains_key("begin") && self.features.contains_key("end")
    }
}

/// Returns a type without its package.
pub(super) fn short(type_name: &str) -> &str {
    type_name.rsplit('.').next().unwrap_or(type_name)
}
