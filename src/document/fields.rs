//! The fields of a JSON object, as a map sorted by name.
//!
//! Objects in golden files and predictions are small and very numerous, so the fields are in a
//! sorted list: a node of a B-tree has room for eleven fields and takes several times the memory.

use std::collections::BTreeMap;
use std::ops::Index;

use serde::{Deserialize, Serialize, Serializer};

use super::Value;

/// The fields of an object, in the order of their names.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "BTreeMap<String, Value>")]
pub struct Fields(Vec<(String, Value)>);

impl Fields {
    /// Creates an object without fields.
    pub fn new() -> Self {
        Self::default()
    }

    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_str().cmp(name))
    }

    /// Returns the value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.find(name).ok().map(|at| &self.0[at].1)
    }

    /// Returns the value of a field for modification.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.find(name).ok().map(|at| &mut self.0[at].1)
    }

    /// Whether a field with this name exists.
    pub fn contains_key(&self, name: &str) -> bool {
        self.find(name).is_ok()
    }

    /// Sets a field, and returns the value that it had.
    pub fn insert(&mut self, name: String, value: Value) -> Option<Value> {
        match self.find(&name) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (name, value));
                None
            }
        }
    }

    /// Removes a field, and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.find(name).ok().map(|at| self.0.remove(at).1)
    }

    /// Returns the number of fields.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no fields.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Iterates over the fields in the order of their names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&String, &Value)> + DoubleEndedIterator + Clone {
        self.0.iter().map(|(name, value)| (name, value))
    }

    /// Iterates over the fields in the order of their names, with mutable values.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&String, &mut Value)> {
        self.0.iter_mut().map(|(name, value)| (&*name, value))
    }

    /// Iterates over the names in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &String> + Clone {
        self.0.iter().map(|(name, _)| name)
    }

    /// Iterates over the values in the order of their names.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> + Clone {
        self.0.iter().map(|(_, value)| value)
    }

    /// Iterates over the values in the order of their names, for modification.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

impl FromIterator<(String, Value)> for Fields {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(fields: I) -> Self {
        let mut all: Vec<(String, Value)> = fields.into_iter().collect();
        if !all.is_sorted_by(|one, next| one.0 < next.0) {
            // Of fields with the same name, the last is kept.
            all.sort_by(|one, other| one.0.cmp(&other.0));
            all.reverse();
            all.dedup_by(|next, kept| next.0 == kept.0);
            all.reverse();
        }
        all.shrink_to_fit();
        Self(all)
    }
}

impl Extend<(String, Value)> for Fields {
    fn extend<I: IntoIterator<Item = (String, Value)>>(&mut self, fields: I) {
        for (name, value) in fields {
            self.insert(name, value);
        }
    }
}

impl From<BTreeMap<String, Value>> for Fields {
    fn from(fields: BTreeMap<String, Value>) -> Self {
        Self(fields.into_iter().collect())
    }
}

impl Index<&str> for Fields {
    type Output = Value;

    /// # Panics
    /// Panics if there is no field of this name.
    fn index(&self, name: &str) -> &Value {
        self.get(name).expect("the object has the field")
    }
}

impl<const N: usize> From<[(String, Value); N]> for Fields {
    fn from(fields: [(String, Value); N]) -> Self {
        fields.into_iter().collect()
    }
}

impl IntoIterator for Fields {
    type Item = (String, Value);
    type IntoIter = std::vec::IntoIter<(String, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'f> IntoIterator for &'f Fields {
    type Item = (&'f String, &'f Value);
    type IntoIter = Box<dyn Iterator<Item = (&'f String, &'f Value)> + 'f>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BTreeMap, Fields, Value};

    proptest! {
        #[test]
        fn fields_are_those_of_a_sorted_map(all in prop::collection::vec(("[a-d]{0,2}", 0..9_u32), 0..12)) {
            let all: Vec<(String, Value)> = all.into_iter().map(|(name, value)| (name, value.into())).collect();
            let (mut fields, map): (Fields, BTreeMap<_, _>) = (all.iter().cloned().collect(), all.iter().cloned().collect());
            prop_assert!(fields.iter().eq(map.iter()));
            prop_assert_eq!(&Fields::from(map.clone()), &fields);
            let mut inserted = Fields::new();
            inserted.extend(all.iter().cloned());
            prop_assert_eq!(&inserted, &fields);
            for (name, value) in &map {
                prop_assert_eq!(fields.get(name), Some(value));
            }
            for (name, value) in map {
                prop_assert_eq!(fields.remove(&name), Some(value));
            }
            prop_assert!(fields.is_empty() && !fields.contains_key("a"));
        }
    }
}
