//! Word lists that the user provides: irregular forms with their base forms, and stop words.

use std::fmt::Write;

use rustc_hash::{FxHashMap, FxHashSet};
use sha2::{Digest, Sha256};

/// Irregular forms and their base forms, in the format of WordNet's exception lists (`noun.exc`,
/// `verb.exc`, `adj.exc`, `adv.exc`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exceptions {
    bases: FxHashMap<Box<[u8]>, Box<[u8]>>,
    fingerprint: String,
}

impl Exceptions {
    /// Parses the texts of lists. Each line contains a form and its base forms, of which the first
    /// counts. If two lines have the same form, the later one counts, so the order of the lists
    /// matters (for seven forms of WordNet 3.0).
    pub fn parse<'t>(lists: impl IntoIterator<Item = &'t str>) -> Self {
        let mut bases: FxHashMap<Box<[u8]>, Box<[u8]>> = FxHashMap::default();
        for line in lists.into_iter().flat_map(str::lines) {
            let mut words = line.split_ascii_whitespace().map(str::as_bytes);
            if let (Some(form), Some(base)) = (words.next(), words.next()) {
                bases.insert(Box::from(form), Box::from(base));
            }
        }
        let pairs = bases.iter().map(|(form, base)| [form.as_ref(), b" ", base.as_ref()].concat());
        let fingerprint = fingerprint(pairs.collect());
        Self { bases, fingerprint }
    }

    /// The base form of an irregular form.
    pub fn base(&self, form: &[u8]) -> Option<&[u8]> {
        self.bases.get(form).map(AsRef::as_ref)
    }

    /// The number of forms and a hash of the list, such as `5991-1a2b3c4d`.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// A list of stop words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StopList {
    words: FxHashSet<Box<[u8]>>,
    fingerprint: String,
}

impl StopList {
    /// Parses a text with one word per line. Words are not normalised.
    pub fn parse(list: &str) -> Self {
        let words: FxHashSet<Box<[u8]>> =
            list.lines().filter(|word| !word.is_empty()).map(|word| word.as_bytes().into()).collect();
        let fingerprint = fingerprint(words.iter().map(|word| word.to_vec()).collect());
        Self { words, fingerprint }
    }

    /// Whether a word is on the list.
    pub fn has(&self, word: &[u8]) -> bool {
        self.words.contains(word)
    }

    /// The number of words and a hash of the list, such as `571-1a2b3c4d`.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// The number of lines, and the first eight hex digits of the SHA-256 hash of the sorted lines.
fn fingerprint(mut lines: Vec<Vec<u8>>) -> String {
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in &lines {
        hash.update(line);
        hash.update(b"\n");
    }
    let mut fingerprint = format!("{}-", lines.len());
    for byte in &hash.finalize()[..4] {
        write!(fingerprint, "{byte:02x}").expect("a string takes all");
    }
    fingerprint
}

#[cfg(test)]
mod tests {
    use super::{Exceptions, StopList};

    #[test]
    fn the_first_base_of_the_last_line_counts() {
        let exceptions = Exceptions::parse(["better good well\ngeese goose\n", "\nbetter  well\r\nlonely\n"]);
        assert_eq!(exceptions.base(b"better"), Some(&b"well"[..]));
        assert_eq!(exceptions.base(b"geese"), Some(&b"goose"[..]));
        assert_eq!(exceptions.base(b"lonely"), None);
        assert_eq!(exceptions.fingerprint(), Exceptions::parse(["geese goose\nbetter well"]).fingerprint());
        assert!(exceptions.fingerprint().starts_with("2-") && exceptions.fingerprint().len() == 10);
    }

    #[test]
    fn lists_are_distinguished() {
        let list = StopList::parse("the\na's\n\nof\n");
        assert!(list.has(b"the") && list.has(b"a's") && !list.has(b"") && !list.has(b"The"));
        assert!(list.fingerprint().starts_with("3-"));
        assert_ne!(list.fingerprint(), StopList::parse("the\na's\nthe of").fingerprint());
    }
}
