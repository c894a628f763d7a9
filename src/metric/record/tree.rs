//! Records as trees of prepared values, each with the options of its field.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::key::{Key, alternatives};
use crate::document::{Record, Value};
use crate::metric::options::{Comparator, Empty, FieldOptions, RecordOptions};

/// A path into records, and how its values are compared.
#[derive(Debug, PartialEq)]
pub(super) struct FieldRule {
    pub path: Arc<str>,
    pub options: FieldOptions,
}

/// A node of the tree, without nulls and without fields of weight 0.
pub(super) enum ValueTree<'a> {
    /// Null, an empty text, or not there.
    Absent,
    Leaf(TreeLeaf<'a>),
    /// The entries in the order of their keys.
    Object(Vec<TreeEntry<'a>>),
    /// The items in the order of the given records, which is canonical.
    List(Vec<ValueTree<'a>>),
}

pub(super) struct TreeLeaf<'a> {
    pub field: Arc<FieldRule>,
    pub value: &'a Value,
    pub key: Key,
}

pub(super) struct TreeEntry<'a> {
    pub name: &'a str,
    pub field: Arc<FieldRule>,
    pub node: ValueTree<'a>,
}

impl ValueTree<'_> {
    /// Returns whether the tree contains no value.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Absent => true,
            Self::Leaf(_) => false,
            Self::Object(entries) => entries.iter().all(|entry| entry.node.is_empty()),
            Self::List(items) => items.iter().all(Self::is_empty),
        }
    }
}

/// Builds trees, and caches the fields that it has seen.
pub(super) struct Trees<'o> {
    options: &'o RecordOptions,
    fields: BTreeMap<String, Arc<FieldRule>>,
}

impl<'o> Trees<'o> {
    pub fn new(options: &'o RecordOptions) -> Self {
        Self { options, fields: BTreeMap::new() }
    }

    /// Returns the field of a path: its own options, or those of the nearest path above it.
    pub fn field(&mut self, path: &str) -> Arc<FieldRule> {
        if let Some(field) = self.fields.get(path) {
            return Arc::clone(field);
        }
        let field = Arc::new(FieldRule { path: path.into(), options: self.options.field(path) });
        self.fields.insert(path.to_owned(), Arc::clone(&field));
        field
    }

    pub fn record<'a>(&mut self, record: &'a Record, is_gold: bool) -> Vec<TreeEntry<'a>> {
        self.entries(record, "", is_gold)
    }

    fn entries<'a>(&mut self, fields: &'a Record, above: &str, is_gold: bool) -> Vec<TreeEntry<'a>> {
        let mut entries = Vec::with_capacity(fields.len());
        for (name, value) in fields {
            let field = if above.is_empty() { self.field(name) } else { self.field(&format!("{above}.{name}")) };
            if field.options.weight > 0 {
                let node = self.node(value, &field, is_gold);
                entries.push(TreeEntry { name, field, node });
            }
        }
        entries.sort_by(|a, b| a.name.cmp(b.name));
        entries
    }

    fn node<'a>(&mut self, value: &'a Value, field: &Arc<FieldRule>, is_gold: bool) -> ValueTree<'a> {
        let compare = field.options.compare;
        let is_whole = match compare {
            Comparator::Set => value.is_array(),
            Comparator::OneOf => value.is_array() && is_gold,
            _ => false,
        };
        let is_empty = value.as_array().is_some_and(Vec::is_empty);
        match value {
            value if self.is_absent(value) => ValueTree::Absent,
            Value::Array(items) if !is_whole || is_empty => {
                let kept: Vec<&Value> = items.iter().filter(|item| !self.is_absent(item)).collect();
                ValueTree::List(kept.into_iter().map(|item| self.item(item, field, is_gold)).collect())
            }
            Value::Object(fields) if is_object(value, is_gold) => {
                ValueTree::Object(self.entries(fields, &field.path, is_gold))
            }
            _ => leaf(value, field, is_gold),
        }
    }

    /// Returns whether a value is null, or an empty text that counts as absent.
    fn is_absent(&self, value: &Value) -> bool {
        value.is_null() || (self.options.empty == Empty::Absent && value.as_str() == Some(""))
    }

    /// Builds the node of a list item. A list within a list is a single value.
    fn item<'a>(&mut self, value: &'a Value, field: &Arc<FieldRule>, is_gold: bool) -> ValueTree<'a> {
        match value {
            Value::Object(_) => self.node(value, field, is_gold),
            _ => leaf(value, field, is_gold),
        }
    }
}

fn leaf<'a>(value: &'a Value, field: &Arc<FieldRule>, is_gold: bool) -> ValueTree<'a> {
    ValueTree::Leaf(TreeLeaf { field: Arc::clone(field), value, key: Key::new(value, field.options.compare, is_gold) })
}

/// Returns whether an object has fields of its own: it is neither a span nor a list of
/// alternatives.
fn is_object(value: &Value, is_gold: bool) -> bool {
    value.span().is_none() && (!is_gold || alternatives(value).is_none())
}

/// Merges two sorted lists of entries by name.
pub(super) fn side_by_side<'n, 'a>(
    gold: &'n [TreeEntry<'a>],
    predicted: &'n [TreeEntry<'a>],
) -> Vec<(Option<&'n TreeEntry<'a>>, Option<&'n TreeEntry<'a>>)> {
    let (mut g, mut p) = (gold.iter().peekable(), predicted.iter().peekable());
    let mut both = Vec::with_capacity(gold.len().max(predicted.len()));
    loop {
        let order = match (g.peek(), p.peek()) {
            (None, None) => return both,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(a), Some(b)) => a.name.cmp(b.name),
        };
        both.push((
            if order == Ordering::Greater { None } else { g.next() },
            if order == Ordering::Less { None } else { p.next() },
        ));
    }
}
