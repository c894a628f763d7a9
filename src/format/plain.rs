//! The fast path for the common case of `karat.document/1`: an id and contiguous, labelled spans.
//!
//! It copies nothing and reports no errors: a line with anything unusual is rejected, and the full
//! reader in [`super::karat`] reads it again. Tests check that both readers agree.

/// A labelled span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainEntity<'a> {
    /// The first code point.
    pub start: u32,
    /// One past the last code point; greater than `start`.
    pub end: u32,
    /// The label, which is not blank.
    pub label: &'a str,
    /// The id, if it has one.
    pub id: Option<&'a str>,
    /// The stored text, if any.
    pub text: Option<&'a str>,
}

/// Reads a line. Clears the list, adds the entities to it, and returns the id; returns `None` if
/// the full reader must read the line.
///
/// The full reader reads the same from every line that is accepted here, and the validation of
/// single documents finds no errors in it.
pub fn read_plain<'a>(line: &'a str, entities: &mut Vec<PlainEntity<'a>>) -> Option<&'a str> {
    entities.clear();
    let mut cursor = PlainParser { text: line, bytes: line.as_bytes(), at: 0 };
    let (mut id, mut listed) = (None, false);
    cursor.each(*b"{}", |cursor| {
        match cursor.key()? {
            "id" if id.is_none() => id = Some(cursor.string()?),
            "entities" if !listed => {
                listed = true;
                cursor.entities(entities)?;
            }
            _ => return None,
        }
        Some(())
    })?;
    cursor.space();
    id.filter(|id| listed && cursor.at == line.len() && !id.is_empty())
}

/// Reads only the id of a line that begins with it; returns `None` if the full reader must read the
/// line.
pub fn read_id(line: &str) -> Option<&str> {
    let mut cursor = PlainParser { text: line, bytes: line.as_bytes(), at: 0 };
    cursor.take(b'{')?;
    let id = (cursor.key()? == "id").then(|| cursor.string())??;
    (!id.is_empty()).then_some(id)
}

struct PlainParser<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> PlainParser<'a> {
    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        self.space();
        let byte = self.bytes.get(self.at).copied();
        self.at += 1;
        byte
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.next()? == wanted).then_some(())
    }

    /// Reads the elements of an array, or the members of an object.
    fn each(&mut self, [begin, end]: [u8; 2], mut read: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(begin)?;
        self.space();
        if self.bytes.get(self.at) == Some(&end) {
            self.at += 1;
            return Some(());
        }
        loop {
            read(self)?;
            match self.next()? {
                b',' => {}
                byte => return (byte == end).then_some(()),
            }
        }
    }

    /// Reads a string without escapes.
    fn string(&mut self) -> Option<&'a str> {
        self.take(b'"')?;
        let start = self.at;
        let is_plain = |byte: &u8| !matches!(byte, b'"' | b'\\' | 0..0x20);
        let length = self.bytes[start..].iter().position(|byte| !is_plain(byte))?;
        self.at = start + length + 1;
        (self.bytes[start + length] == b'"').then(|| self.text.get(start..start + length))?
    }

    fn key(&mut self) -> Option<&'a str> {
        let key = self.string()?;
        self.take(b':')?;
        Some(key)
    }

    /// Reads a whole number of at most nine digits.
    fn number(&mut self) -> Option<u32> {
        self.space();
        let start = self.at;
        let mut number = 0_u32;
        while let Some(digit @ b'0'..=b'9') = self.bytes.get(self.at) {
            number = number.wrapping_mul(10).wrapping_add(u32::from(digit - b'0'));
            self.at += 1;
        }
        let length = self.at - start;
        let leads_with_zero = length > 1 && self.bytes[start] == b'0';
        let goes_on = matches!(self.bytes.get(self.at), Some(b'.' | b'e' | b'E'));
        ((1..=9).contains(&length) && !leads_with_zero && !goes_on).then_some(number)
    }

    fn entities(&mut self, entities: &mut Vec<PlainEntity<'a>>) -> Option<()> {
        let mut ids = Vec::new();
        self.each(*b"[]", |cursor| {
            entities.push(cursor.entity(&mut ids)?);
            Some(())
        })?;
        ids.sort_unstable();
        ids.windows(2).all(|pair| pair[0] != pair[1]).then_some(())
    }

    /// Reads an entity as most programs write it: keys in the usual order, and a space after colons
    /// and commas.
    fn usual_entity(&mut self) -> Option<PlainEntity<'a>> {
        let begin = self.at;
        let mut read = || {
            self.literal(b"{\"start\": ")?;
            let start = self.number()?;
            self.literal(b", \"end\": ")?;
            let end = self.number()?;
            self.literal(b", \"label\": ")?;
            let label = self.string()?;
            self.literal(b"}")?;
            // Entities with blank labels are left to the full reader.
            (start < end && label.as_bytes().first().is_some_and(u8::is_ascii_graphic)).then_some(PlainEntity {
                start,
                end,
                label,
                id: None,
                text: None,
            })
        };
        let entity = read();
        if entity.is_none() {
            self.at = begin;
        }
        entity
    }

    fn literal(&mut self, wanted: &[u8]) -> Option<()> {
        self.bytes[self.at..].starts_with(wanted).then(|| self.at += wanted.len())
    }

    fn entity(&mut self, ids: &mut Vec<&'a str>) -> Option<PlainEntity<'a>> {
        self.space();
        if let Some(entity) = self.usual_entity() {
            return Some(entity);
        }
        let (mut start, mut end, mut label, mut text, mut id) = (None, None, None, None, None);
        self.each(*b"{}", |cursor| {
            match cursor.key()? {
                "start" if start.is_none() => start = Some(cursor.number()?),
                "end" if end.is_none() => end = Some(cursor.number()?),
                "label" if label.is_none() => label = Some(cursor.string()?),
                // There is no document to compare the text with.
                "text" if text.is_none() => text = Some(cursor.string()?),
                "id" if id.is_none() => id = Some(cursor.string()?),
                _ => return None,
            }
            Some(())
        })?;
        ids.extend(id);
        let (start, end, label) = (start?, end?, label?);
        let is_blank = label.trim().is_empty();
        (start < end && !is_blank).then_some(PlainEntity { start, end, label, id, text })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::read_plain;
    use crate::format::read_document;

    /// Asserts that the full reader reads the same as the fast path, if that accepts the line.
    fn assert_same(line: &str) -> bool {
        let mut entities = Vec::new();
        let Some(id) = read_plain(line, &mut entities) else { return false };
        let entry = read_document(Path::new("x"), line).unwrap();
        assert_eq!(entry.id, id);
        let found = entry.annotations.entities.unwrap();
        let found: Vec<_> = found.iter().map(|e| (e.start, e.end, e.label.as_str())).collect();
        assert_eq!(found, entities.iter().map(|e| (e.start, e.end, e.label)).collect::<Vec<_>>());
        true
    }

    #[test]
    fn plain_lines_are_read_and_others_left() {
        for line in [
            r#"{"id": "a", "entities": [{"start": 0, "end": 3, "label": "É"}, {"label":"B","text":"x","end":9,"start":4}]}"#,
            r#"{"entities":[],"id":"b"} "#,
        ] {
            assert!(assert_same(line), "{line}");
        }
        for line in [
            r#"{"id": "a", "entities": [{"start": 3, "end": 3, "label": "A"}]}"#,
            r#"{"id": "a", "entities": [{"start": 01, "end": 3, "label": "A"}]}"#,
            r#"{"id": "a", "entities": [{"start": 1, "end": 3.0, "label": "A"}]}"#,
            r#"{"id": "a", "entities": [{"start": 1, "end": 3, "label": " "}]}"#,
            r#"{"id": "a", "entities": [{"start": 1, "end": 3, "label": "A\n"}]}"#,
            r#"{"id": "a", "entities": [{"start": 1, "end": 3, "label": "A", "optional": true}]}"#,
            r#"{"id": "a", "entities": [{"id": "T", "start": 1, "end": 3, "label": "A"}, {"id": "T", "start": 1, "end": 3, "label": "A"}]}"#,
            r#"{"id": "a", "id": "b", "entities": []}"#,
            r#"{"id": "a", "entities": [],}"#,
            r#"{"id": "a", "entities": []} x"#,
            r#"{"id": "a", "entities": [], "text": "abc"}"#,
            r#"{"id": "a"}"#,
            r#"{"id": 7, "entities": []}"#,
            "[]",
            "",
        ] {
            assert!(read_plain(line, &mut Vec::new()).is_none(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn mangled_lines_are_never_read_otherwise(cut in 0..70_usize, with in "[{}\\[\\]\",:0-9a-z \\\\.-]{0,3}") {
            let line = r#"{"id": "a", "entities": [{"start": 10, "end": 23, "label": "AB"}]}"#;
            let mut mangled = line.to_owned();
            let at = cut.min(line.len());
            mangled.replace_range(at..(at + 1).min(line.len()), &with);
            assert_same(&mangled);
        }
    }
}
