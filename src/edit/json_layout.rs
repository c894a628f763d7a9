//! Edits of JSON text that keep its layout: new members of lists and objects are written as their
//! neighbours are, and removed ones take their separator with them.

use std::ops::Range;

use crate::document::Value;
use crate::format::{children, skip_value};

/// The replacement of a byte range.
pub(super) type Edit = (Range<usize>, String);

/// A member of an object in a JSON text.
pub(super) struct Member {
    pub name: String,
    pub key: Range<usize>,
    pub value: Range<usize>,
}

/// Returns the members of the object that begins at an offset of a well-formed JSON text.
pub(super) fn members(json: &str, at: usize) -> Vec<Member> {
    let bytes = json.as_bytes();
    if bytes.get(at) != Some(&b'{') {
        return Vec::new();
    }
    let member = |(key, value): (usize, usize)| {
        let key = key..skip_value(bytes, key);
        let name = serde_json::from_str(&json[key.clone()]).unwrap_or_default();
        Member { name, key, value: value..skip_value(bytes, value) }
    };
    children(bytes, at).map(member).collect()
}

/// Returns the elements of the list that begins at an offset of a well-formed JSON text.
pub(super) fn items(json: &str, at: usize) -> Vec<Range<usize>> {
    let bytes = json.as_bytes();
    if bytes.get(at) != Some(&b'[') {
        return Vec::new();
    }
    children(bytes, at).map(|(_, value)| value..skip_value(bytes, value)).collect()
}

/// How the members of an object are written.
#[derive(Debug, Clone)]
pub(super) struct ObjectStyle {
    /// The names of the members, in order.
    pub names: Vec<String>,
    /// The text between the brace and the first member.
    open: String,
    /// The text between a key and its value.
    colon: String,
    /// The text between members.
    gap: String,
    /// The text between the last member and the brace.
    close: String,
    /// Whether characters beyond ASCII are escaped.
    is_ascii: bool,
}

impl ObjectStyle {
    /// Returns the style of the object that begins at an offset; `None` if it has no members.
    pub fn of(json: &str, at: usize) -> Option<Self> {
        let members = members(json, at);
        let (first, last) = (members.first()?, members.last()?);
        let end = skip_value(json.as_bytes(), at);
        let open = json[at + 1..first.key.start].to_owned();
        let colon = json[first.key.end..first.value.start].to_owned();
        let gap = match members.get(1) {
            Some(second) => json[first.value.end..second.key.start].to_owned(),
            None => separator(&open, colon.ends_with(' ')),
        };
        let close = json[last.value.end..end - 1].to_owned();
        let names = members.into_iter().map(|member| member.name).collect();
        Some(Self { names, open, colon, gap, close, is_ascii: is_ascii(json) })
    }

    /// Returns the style of an object in one line, spaced like the first member of the whole text.
    pub fn inline(json: &str) -> Self {
        let is_spaced = members(json, json.len() - json.trim_start().len())
            .first()
            .is_none_or(|first| json[first.key.end..first.value.start].ends_with(' '));
        let text = |spaced: &str, compact: &str| (if is_spaced { spaced } else { compact }).to_owned();
        Self {
            names: Vec::new(),
            open: String::new(),
            colon: text(": ", ":"),
            gap: text(", ", ","),
            close: String::new(),
            is_ascii: is_ascii(json),
        }
    }

    /// Returns the style for an object in one line with the same spaces.
    #[must_use]
    pub fn in_one_line(&self) -> Self {
        let is_spaced = self.colon.ends_with(' ');
        let text = |spaced: &str, compact: &str| (if is_spaced { spaced } else { compact }).to_owned();
        let (colon, gap) = (text(": ", ":"), text(", ", ","));
        Self { open: String::new(), close: String::new(), colon, gap, ..self.clone() }
    }

    /// Returns the style for objects with other members.
    #[must_use]
    pub fn unordered(self) -> Self {
        Self { names: Vec::new(), ..self }
    }

    /// Whether a space follows colons and commas.
    pub fn is_spaced(&self) -> bool {
        self.colon.ends_with(' ')
    }

    /// Returns the line break and indentation before the members; `None` if they share a line with
    /// the brace.
    pub fn line_indent(&self) -> Option<String> {
        self.open.contains('\n').then(|| self.open.clone())
    }

    /// Returns the line break and indentation of the closing brace; `None` if it shares a line with
    /// a member.
    pub fn outer_indent(&self) -> Option<String> {
        self.close.contains('\n').then(|| self.close.clone())
    }

    /// Writes an object. Members that the style names come in its order, others after them.
    pub fn object(&self, mut members: Vec<(&str, String)>) -> String {
        let place = |name: &str| self.names.iter().position(|known| known == name).unwrap_or(usize::MAX);
        members.sort_by_key(|(name, _)| place(name));
        let written: Vec<String> =
            members.iter().map(|(name, value)| format!("{}{}{value}", self.string(name), self.colon)).collect();
        format!("{{{}{}{}}}", self.open, written.join(&self.gap), self.close)
    }

    /// Writes a string.
    pub fn string(&self, text: &str) -> String {
        let written = Value::from(text).to_string();
        if !self.is_ascii {
            return written;
        }
        let mut ascii = String::with_capacity(written.len());
        for c in written.chars() {
            if c.is_ascii() {
                ascii.push(c);
            } else {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| ascii.push_str(&format!("\\u{unit:04x}")));
            }
        }
        ascii
    }

    /// Writes a value in one line.
    pub fn value(&self, value: &Value) -> String {
        let one = self.in_one_line();
        match value {
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                format!("[{}]", items.iter().map(|item| one.value(item)).collect::<Vec<_>>().join(&one.gap))
            }
            Value::Object(fields) => {
                let members = fields.iter().map(|(name, value)| (name.as_str(), one.value(value)));
                one.clone().unordered().object(members.collect())
            }
            scalar => scalar.to_string(),
        }
    }
}

/// Whether a text escapes characters beyond ASCII: it has escapes and no such characters.
fn is_ascii(json: &str) -> bool {
    json.is_ascii() && json.contains("\\u")
}

/// Returns the separator for the members of a list or an object, given the text before its first
/// member.
fn separator(open: &str, is_spaced: bool) -> String {
    match open.contains('\n') {
        true => format!(",{open}"),
        false => (if is_spaced { ", " } else { "," }).to_owned(),
    }
}

/// Inserts an element before that with an index, or at the end. `is_spaced` is whether a space
/// follows the comma if the list does not show it, and `around` is the text on both sides of the
/// only element of a list that was empty.
pub(super) fn insert_item(
    json: &str,
    list: usize,
    at: usize,
    item: &str,
    is_spaced: bool,
    around: (&str, &str),
) -> Edit {
    let items = items(json, list);
    let between = |before: usize| json[items[before].end..items[before + 1].start].to_owned();
    let gap = match items.len() {
        0 => {
            let end = skip_value(json.as_bytes(), list);
            return (list + 1..end - 1, format!("{}{item}{}", around.0, around.1));
        }
        1 => separator(&json[list + 1..items[0].start], is_spaced),
        count => between(at.saturating_sub(1).min(count - 2)),
    };
    match items.get(at) {
        Some(next) => (next.start..next.start, format!("{item}{gap}")),
        None => {
            let end = items[items.len() - 1].end;
            (end..end, format!("{gap}{item}"))
        }
    }
}

/// Removes an element of a list.
pub(super) fn remove_item(json: &str, list: usize, at: usize) -> Edit {
    let items = items(json, list);
    let range = match (items.get(at + 1), at.checked_sub(1).and_then(|before| items.get(before))) {
        (Some(next), _) => items[at].start..next.start,
        (None, Some(before)) => before.end..items[at].end,
        (None, None) => list + 1..skip_value(json.as_bytes(), list) - 1,
    };
    (range, String::new())
}

/// Inserts a member into the object that begins at an offset: after that with a name, or at the
/// end.
pub(super) fn insert_member(json: &str, object: usize, after: Option<&str>, name: &str, value: &str) -> Edit {
    let members = members(json, object);
    let Some(style) = ObjectStyle::of(json, object) else {
        let end = skip_value(json.as_bytes(), object);
        let style = ObjectStyle::inline(json);
        return (object..end, style.object(vec![(name, value.to_owned())]));
    };
    let named = after.and_then(|after| members.iter().position(|member| member.name == after));
    let at = named.unwrap_or(members.len() - 1);
    let gap = match (members.get(at + 1), at.checked_sub(1).and_then(|before| members.get(before))) {
        (Some(next), _) => &json[members[at].value.end..next.key.start],
        (None, Some(before)) => &json[before.value.end..members[at].key.start],
        (None, None) => &style.gap,
    };
    let end = members[at].value.end;
    (end..end, format!("{gap}{}{}{value}", style.string(name), style.colon))
}

/// Removes a member of the object that begins at an offset; `None` if it has no such member.
pub(super) fn remove_member(json: &str, object: usize, name: &str) -> Option<Edit> {
    let members = members(json, object);
    let at = members.iter().position(|member| member.name == name)?;
    let range = match (at.checked_sub(1).map(|before| &members[before]), members.get(at + 1)) {
        (Some(before), _) => before.value.end..members[at].value.end,
        (None, Some(next)) => members[at].key.start..next.key.start,
        (None, None) => object + 1..skip_value(json.as_bytes(), object) - 1,
    };
    Some((range, String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::replace_ranges;

    fn with(json: &str, edit: Edit) -> String {
        replace_ranges(json, vec![edit])
    }

    #[test]
    fn inserted_items_are_separated_like_their_neighbours() {
        for (json, at, after) in [
            ("[1, 2,  3]", 0, "[9, 1, 2,  3]"),
            ("[1, 2,  3]", 2, "[1, 2,  9,  3]"),
            ("[1, 2,  3]", 3, "[1, 2,  3,  9]"),
            ("[\n 1\n]", 0, "[\n 9,\n 1\n]"),
            ("[\n 1\n]", 1, "[\n 1,\n 9\n]"),
            ("[1]", 1, "[1, 9]"),
        ] {
            let changed = with(json, insert_item(json, 0, at, "9", true, ("", "")));
            assert_eq!(changed, after);
            assert_eq!(with(&changed, remove_item(&changed, 0, at)), json);
        }
        assert_eq!(with("[]", insert_item("[]", 0, 0, "9", true, ("\n ", "\n"))), "[\n 9\n]");
    }

    #[test]
    fn members_are_added_and_removed_in_the_style_of_the_object() {
        for (json, after, changed) in [
            (r#"{"a": 1, "b":2}"#, None, r#"{"a": 1, "b":2, "c": 3}"#),
            (r#"{"a": 1, "b":2}"#, Some("a"), r#"{"a": 1, "c": 3, "b":2}"#),
            ("{\n  \"a\": 1\n}", None, "{\n  \"a\": 1,\n  \"c\": 3\n}"),
            (r#"{"a":1}"#, None, r#"{"a":1,"c":3}"#),
            ("{}", None, r#"{"c": 3}"#),
        ] {
            let found = with(json, insert_member(json, 0, after, "c", "3"));
            assert_eq!(found, changed);
            assert_eq!(with(&found, remove_member(&found, 0, "c").unwrap()), json);
        }
        assert!(remove_member("{}", 0, "c").is_none());
    }

    #[test]
    fn a_text_that_escapes_everything_beyond_ascii_stays_so() {
        let style = ObjectStyle::of(r#"{"a": "\u00e9"}"#, 0).unwrap();
        assert_eq!(style.string("é𝄞\""), r#""\u00e9\ud834\udd1e\"""#);
        let style = ObjectStyle::of(r#"{"a": "é"}"#, 0).unwrap();
        assert_eq!(style.value(&crate::document::json!({"b": [1.50, "é"]})), r#"{"b": [1.5, "é"]}"#);
    }
}
