//! How a figure was computed, as named fields: figures are comparable if their fields are equal.
//!
//! A signature is rendered as one line, `spans|align:karat-1|scheme:strict|beta:1|empty:null`: the
//! method, then its fields in order, as sacreBLEU does (Post 2018). Reports and baselines contain
//! that line, so it is a contract. A backslash marks a `|` that belongs to a value, and a `:` that
//! ends no name; texts without these are rendered as they are.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Name;

/// The name of the field with the value of 0 divided by 0.
pub const EMPTY: &str = "empty";
/// The field with the weight of recall in an F measure.
pub const BETA: &str = "beta";
/// The field with the number of references of every document.
pub const NREFS: &str = "nrefs";
/// The field with the map of labels.
pub const LABELS: &str = "labels";
/// The field with the number of predictions that a ranking is cut off at.
pub const AT: &str = "at";
/// The field with the kind of an average.
pub const AVERAGE: &str = "average";
/// The field with the level of the interval in percent, unless it is 95.
pub const LEVEL: &str = "ci";
/// The field that says what a figure without a reference makes of documents that were not answered.
pub const UNANSWERED: &str = "unanswered";
/// The value of [`UNANSWERED`].
pub const UNANSWERED_LEFT_OUT: &str = "left-out";

/// The names above, which no layer can take.
pub const RESERVED: [&str; 9] = ["empty_text", EMPTY, BETA, NREFS, LABELS, AT, AVERAGE, LEVEL, UNANSWERED];

/// Names of fields that stand for longer words in messages.
const LONG_NAMES: [(&str, &str); 6] = [
    ("tok", "tokenizer"),
    ("stem", "stemmer"),
    ("sent", "sentence splitter"),
    ("stop", "stop words"),
    (NREFS, "number of references"),
    (LEVEL, "confidence level"),
];

/// How a figure was computed: the method and its fields, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signature {
    /// Shared by the figures of all labels.
    fields: Arc<Vec<Field>>,
}

/// A component of a signature. The method and switches such as `distinct` have no name.
#[derive(Debug, Clone, Eq)]
struct Field {
    name: Option<Name>,
    value: Name,
    /// Whether the value is a default that the user's settings or the documents decide on once.
    is_open: bool,
}

/// Fields are equal if they read the same.
impl PartialEq for Field {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, &self.value) == (&other.name, &other.value)
    }
}

impl Signature {
    /// The signature of a method without fields.
    pub fn of(method: impl Into<Name>) -> Self {
        Self::default().flag(method)
    }

    /// The signature of a tool that a preset stands in for, with its version.
    pub fn preset(tool: &'static str) -> Self {
        Self::default().with("preset", tool)
    }

    /// Appends a field with its final value.
    #[must_use]
    pub fn with(mut self, name: impl Into<Name>, value: impl Into<Name>) -> Self {
        Arc::make_mut(&mut self.fields).push(Field { name: Some(name.into()), value: value.into(), is_open: false });
        self
    }

    /// Appends a field whose value is a default until [`Signature::set`] sets it.
    #[must_use]
    pub fn open(mut self, name: &'static str, default: &'static str) -> Self {
        Arc::make_mut(&mut self.fields).push(Field { name: Some(name.into()), value: default.into(), is_open: true });
        self
    }

    /// Appends a component without a name. An empty text appends nothing.
    #[must_use]
    pub fn flag(mut self, text: impl Into<Name>) -> Self {
        let value = text.into();
        if !value.is_empty() {
            Arc::make_mut(&mut self.fields).push(Field { name: None, value, is_open: false });
        }
        self
    }

    /// Appends the components of another signature.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        Arc::make_mut(&mut self.fields).extend(Arc::unwrap_or_clone(other.fields));
        self
    }

    /// Sets an open field, once. A field with a final value stays as it is, and a field that the
    /// method lacks is not added.
    pub fn set(&mut self, name: &str, value: impl Into<Name>) {
        if let Some(field) = Arc::make_mut(&mut self.fields)
            .iter_mut()
            .find(|field| field.is_open && field.name.as_deref() == Some(name))
        {
            (field.value, field.is_open) = (value.into(), false);
        }
    }

    /// The value of the first field of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|field| field.name.as_deref() == Some(name)).map(|field| &*field.value)
    }

    /// The fields whose values differ, in the order of this signature, then of the other one.
    pub fn differences(&self, other: &Self) -> Vec<FieldDifference> {
        let (one, other) = (self.by_key(), other.by_key());
        let added = other.iter().filter(|(key, _)| find(&one, *key).is_none());
        let keys = one.iter().chain(added).map(|(key, _)| *key);
        let values = keys.map(|key| (key, [find(&one, key), find(&other, key)]));
        let unequal = values.filter(|(_, [one, other])| one != other);
        unequal.map(|(key, values)| FieldDifference { field: key.to_string(), values }).collect()
    }

    /// Returns the values grouped by key; the values of a name that occurs several times are
    /// joined.
    fn by_key(&self) -> Vec<(Key<'_>, String)> {
        let mut by_key: Vec<(Key<'_>, String)> = Vec::new();
        for (place, Field { name, value, .. }) in self.fields.iter().enumerate() {
            let (key, value) = match name {
                Some(name) => (Key::Field(name), &**value),
                None if place == 0 => (Key::Method, &**value),
                None => (Key::Flag(value), "yes"),
            };
            match by_key.iter_mut().find(|(other, _)| *other == key) {
                Some((_, values)) => *values = format!("{values}, {value}"),
                None => by_key.push((key, value.to_owned())),
            }
        }
        by_key
    }
}

/// The key of a signature component: its name or position.
#[derive(Clone, Copy, PartialEq)]
enum Key<'a> {
    Method,
    Field(&'a str),
    Flag(&'a str),
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match *self {
            Self::Method => "method",
            Self::Field(name) | Self::Flag(name) => name,
        };
        f.write_str(LONG_NAMES.iter().find(|(short, _)| *short == name).map_or(name, |(_, long)| long))
    }
}

fn find(values: &[(Key<'_>, String)], wanted: Key<'_>) -> Option<String> {
    values.iter().find(|(key, _)| *key == wanted).map(|(_, value)| value.clone())
}

/// A field in which two signatures differ, with both values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDifference {
    /// The field's name in full.
    pub field: String,
    /// The value on either side; `None` if that side lacks the field.
    pub values: [Option<String>; 2],
}

impl fmt::Display for FieldDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |value: &Option<String>| match value.as_deref() {
            None => "not set".to_owned(),
            Some(value) if value.is_empty() || value.contains([',', ';', ' ']) => format!("{value:?}"),
            Some(value) => value.to_owned(),
        };
        let [one, other] = &self.values;
        write!(f, "{}: {}, {}", self.field, value(one), value(other))
    }
}

/// Lists differences as the end of a sentence: `tokenizer: rouge_score, unicode; stemmer: no,
/// porter-nltk`.
pub fn list_differences(differences: &[FieldDifference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Escapes separators in a text with a backslash. A backslash is doubled only if it could be read
/// as an escape.
pub fn escaped(text: &str, separators: &[char]) -> String {
    let mut marked = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let could_mark = |next: Option<&char>| next.is_none_or(|next| *next == '\\' || separators.contains(next));
        if separators.contains(&c) || (c == '\\' && could_mark(characters.peek())) {
            marked.push('\\');
        }
        marked.push(c);
    }
    marked
}

/// Undoes [`escaped`].
fn unescaped(text: &str, separators: &[char]) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let marked = characters.next_if(|next| c == '\\' && (*next == '\\' || separators.contains(next)));
        plain.push(marked.unwrap_or(c));
    }
    plain
}

/// Returns the byte offset of the first unescaped separator.
fn find_separator(text: &str, separator: char) -> Option<usize> {
    let mut characters = text.char_indices();
    while let Some((offset, c)) = characters.next() {
        if c == separator {
            return Some(offset);
        }
        if c == '\\' {
            characters.next();
        }
    }
    None
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, Field { name, value, .. }) in self.fields.iter().enumerate() {
            if place > 0 {
                f.write_str("|")?;
            }
            match name {
                Some(name) => write!(f, "{}:{}", escaped(name, &['|', ':']), escaped(value, &['|']))?,
                None => f.write_str(&escaped(value, &['|', ':']))?,
            }
        }
        Ok(())
    }
}

/// Parses a rendered signature. Parsing never fails: text without a `:` is a component without a
/// name.
impl FromStr for Signature {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let mut signature = Self::default();
        let mut rest = Some(text).filter(|text| !text.is_empty());
        while let Some(text) = rest {
            let end = find_separator(text, '|');
            let component = &text[..end.unwrap_or(text.len())];
            let (name, value) = match find_separator(component, ':') {
                Some(colon) => (
                    Some(unescaped(&component[..colon], &['|', ':']).into()),
                    unescaped(&component[colon + 1..], &['|']),
                ),
                None => (None, unescaped(component, &['|', ':'])),
            };
            Arc::make_mut(&mut signature.fields).push(Field { name, value: value.into(), is_open: false });
            rest = end.map(|end| &text[end + 1..]);
        }
        Ok(signature)
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Ok(signature) = String::deserialize(deserializer)?.parse();
        Ok(signature)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BETA, EMPTY, Signature, escaped, list_differences, unescaped};

    fn read(text: &str) -> Signature {
        text.parse().unwrap()
    }

    #[test]
    fn a_signature_is_rendered_in_the_order_of_its_fields() {
        let signature = Signature::of("facts").flag("in-source").with("rules", "karat-facts-1").open(EMPTY, "null");
        assert_eq!(signature.to_string(), "facts|in-source|rules:karat-facts-1|empty:null");
        assert_eq!(Signature::default().with("preset", "spacy-3.8").to_string(), "preset:spacy-3.8");
        assert_eq!(Signature::of("").to_string(), "");
    }

    #[test]
    fn an_open_field_is_set_once_and_others_never() {
        let mut signature =
            Signature::of("m").with("labels", "A>empty:null|beta:1|").with(BETA, "2").open(EMPTY, "null");
        signature.set(EMPTY, "0");
        signature.set(EMPTY, "1");
        signature.set(BETA, "3");
        signature.set("at", "5");
        assert_eq!(signature.to_string(), "m|labels:A>empty:null\\|beta:1\\||beta:2|empty:0");
        assert_eq!(signature.get("labels"), Some("A>empty:null|beta:1|"));
        assert_eq!(signature.get("at"), None);
    }

    #[test]
    fn texts_without_separators_are_rendered_as_they_are() {
        for text in ["a\\b", "file:1f", "x:y:z", "iou>=1/2", "ü,\"'"] {
            assert_eq!(Signature::of("m").with("f", text).to_string(), format!("m|f:{text}"));
        }
        assert_eq!(Signature::of("a:b|c\\").to_string(), "a\\:b\\|c\\\\");
    }

    #[test]
    fn differences_name_fields_with_both_values() {
        let message = |one: &str, other: &str| list_differences(&read(one).differences(&read(other)));
        let one = "rouge1|mode:rouge_score-0.1.2|tok:rouge_score|stem:no|references:best-f1";
        assert_eq!(message(one, &one.replace("tok:rouge_score", "tok:unicode")), "tokenizer: rouge_score, unicode");
        assert_eq!(message(one, one), "");
        assert_eq!(message("m|a:1|b:2", "m|b:2|a:1"), "");
        assert_eq!(
            message("m|a:1|x", "n|a:|b:p,q|x|y"),
            "method: m, n; a: 1, \"\"; b: not set, \"p,q\"; y: not set, yes"
        );
        assert_eq!(message("m|not:a|not:b", "m|not:a"), "not: \"a, b\", a");
    }

    /// Texts with many separators and backslashes in them.
    fn text() -> impl Strategy<Value = String> {
        let character = prop_oneof![Just('|'), Just(':'), Just('\\'), Just('a'), any::<char>()];
        proptest::collection::vec(character, 0..8).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn what_is_rendered_is_read_again(method in text(), fields in proptest::collection::vec((any::<bool>(), text(), text()), 0..6)) {
            let signature = fields.into_iter().fold(Signature::of(method), |signature, (is_named, name, value)| {
                if is_named { signature.with(name, value) } else { signature.flag(value) }
            });
            prop_assert_eq!(read(&signature.to_string()), signature.clone());
            let json = serde_json::to_string(&signature).unwrap();
            prop_assert_eq!(serde_json::from_str::<Signature>(&json).unwrap(), signature);
        }

        #[test]
        fn every_text_is_read_and_escapes_are_undone(text in text()) {
            let signature = read(&text);
            prop_assert_eq!(read(&signature.to_string()), signature);
            prop_assert_eq!(unescaped(&escaped(&text, &[',', '|']), &[',', '|']), text);
        }
    }
}
