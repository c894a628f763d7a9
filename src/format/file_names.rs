//! Names of files that are distinct and valid on every system. Linux accepts names that Windows
//! reserves, and distinguishes names that Windows and macOS do not, so a folder written on Linux
//! could lose documents where it is unpacked.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

/// Names that Windows reserves for devices, with any extension; `COM` and `LPT` with a digit.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// Returns why a document's id cannot be the name of its file, whatever the extension; `None` if it
/// can be on every system.
pub fn unfit(id: &str) -> Option<&'static str> {
    let is_name = !id.is_empty() && !id.contains(['/', '\\']) && !id.starts_with('.');
    if !is_name || id.contains(char::is_control) {
        return Some("it has characters that names of files lack");
    }
    unportable(id)
}

/// Returns why Windows cannot have a file of this name, whatever its extension; `None` if it can.
pub fn unportable(name: &str) -> Option<&'static str> {
    let device = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let is_numbered = |prefix: &str| {
        let number = device.strip_prefix(prefix).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(number.as_deref(), Some(['1'..='9' | '¹' | '²' | '³']))
    };
    if DEVICES.contains(&device.as_str()) || NUMBERED_DEVICES.iter().any(|prefix| is_numbered(prefix)) {
        return Some("Windows reserves this name for a device");
    }
    name.ends_with(['.', ' ']).then_some("Windows drops the dot or space at its end")
}

/// Returns the pairs of different names that are one file on Windows or macOS: they differ only in
/// upper and lower case, or in the normalisation of Unicode. Each name is paired with the first one
/// that it collides with.
pub fn colliding<'n>(names: impl Iterator<Item = &'n str>) -> Vec<(&'n str, &'n str)> {
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let mut pairs = Vec::new();
    for name in names {
        // Upper case first, so that "ß" is "ss". Changing the case may denormalise a text.
        let folded: String = name.nfd().collect::<String>().to_uppercase().to_lowercase().nfd().collect();
        match first.get(folded.as_str()) {
            Some(earlier) if *earlier != name => pairs.push((*earlier, name)),
            Some(_) => {}
            None => drop(first.insert(folded, name)),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::{colliding, unfit, unportable};

    #[test]
    fn names_that_windows_does_not_have() {
        for name in ["CON", "con", "Aux.v2", "NUL", "com1", "LPT9.a.b", "COM²", "a.", "a ", "nul .x"] {
            assert!(unportable(name).is_some() && unfit(name).is_some(), "{name:?}");
        }
        for id in ["", "a/b", "..", ".hidden", "a\\b", "a\nb"] {
            assert!(unfit(id).is_some(), "{id:?}");
        }
        for name in ["CONS", "com", "com0", "com10", "a.b", "lpt", "a.con", "co n"] {
            assert_eq!((unportable(name), unfit(name)), (None, None), "{name:?}");
        }
    }

    #[test]
    fn names_that_are_one_file() {
        let names = ["A-1", "a-1", "b", "caf\u{e9}", "cafe\u{301}", "STRASSE", "stra\u{df}e", "b"];
        let expected = [("A-1", "a-1"), ("caf\u{e9}", "cafe\u{301}"), ("STRASSE", "stra\u{df}e")];
        assert_eq!(colliding(names.into_iter()), expected);
    }
}
