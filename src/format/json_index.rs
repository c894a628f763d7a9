//! Locates many values of one JSON text by their paths. Each array and object is scanned once,
//! rather than for each of the values.

use std::collections::BTreeMap;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::locate::{children, skip_space, skip_value};
use crate::document::Step;
use crate::error::Diagnostic;
use crate::positions::Positions;

/// The offsets of the values of a JSON text, as far as they were asked for.
#[derive(Debug)]
pub struct JsonIndex {
    positions: Positions,
    /// The children of arrays and objects, by the offset at which these begin.
    children: FxHashMap<usize, Children>,
}

#[derive(Debug)]
enum Children {
    Elements(Vec<usize>),
    Fields(BTreeMap<String, usize>),
}

impl JsonIndex {
    /// Indexes the lines of a well-formed JSON text.
    pub fn new(json: &str) -> Self {
        Self { positions: Positions::new(json), children: FxHashMap::default() }
    }

    /// Returns the byte range of the value at a path in the indexed text. If the path does not
    /// exist, returns that of the last value on it.
    pub fn locate(&mut self, json: &str, path: &[Step]) -> Range<usize> {
        let bytes = json.as_bytes();
        let mut at = skip_space(bytes, 0);
        for step in path {
            let children = self.children.entry(at).or_insert_with(|| Children::of(json, at));
            let child = match (children, step) {
                (Children::Elements(elements), Step::Index(index)) => elements.get(*index),
                (Children::Fields(fields), Step::Key(name)) => fields.get(name),
                _ => None,
            };
            match child {
                Some(child) => at = *child,
                None => break,
            }
        }
        at..skip_value(bytes, at)
    }

    /// Sets line, column and excerpt of a diagnostic to a byte range of the indexed text.
    pub fn at_bytes(&self, diagnostic: Diagnostic, json: &str, bytes: Range<usize>) -> Diagnostic {
        diagnostic.at_bytes_of(json, &self.positions, bytes)
    }
}

impl Children {
    fn of(json: &str, at: usize) -> Self {
        let bytes = json.as_bytes();
        match bytes.get(at) {
            Some(b'{') => {
                let mut fields = BTreeMap::new();
                for (key, value) in children(bytes, at) {
                    if let Ok(name) = serde_json::from_str::<String>(&json[key..skip_value(bytes, key)]) {
                        fields.entry(name).or_insert(value);
                    }
                }
                Self::Fields(fields)
            }
            Some(b'[') => Self::Elements(children(bytes, at).map(|(_, value)| value).collect()),
            _ => Self::Elements(Vec::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::locate;
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn value() -> impl Strategy<Value = Value> {
        let leaf =
            prop_oneof![Just(Value::Null), any::<u8>().prop_map(Value::from), "[a\"{\\]é]{0,4}".prop_map(Value::from)];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[ab\"]{0,2}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![(0..4_usize).prop_map(Step::Index), "[ab\"]{0,2}".prop_map(Step::Key)]
    }

    proptest! {
        #[test]
        fn values_are_where_a_scan_finds_them(
            value in value(),
            is_pretty in any::<bool>(),
            paths in prop::collection::vec(prop::collection::vec(step(), 0..4), 1..8),
        ) {
            let json = if is_pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let json = json.unwrap();
            let mut index = JsonIndex::new(&json);
            for path in paths {
                prop_assert_eq!(index.locate(&json, &path), locate(&json, &path));
            }
        }
    }
}
