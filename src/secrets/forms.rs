//! The spellings of a secret value: as it is, in JSON, in URLs, and in base64.
//!
//! Libraries quote requests in their error messages, so that a key may come back in an encoded
//! form. Upper and lower case are equal to the searcher, except in base64, where the case of the
//! encoded value matters.

use std::collections::BTreeSet;
use std::fmt::Write;

/// The characters of base64; the last two differ in URLs.
const BASE64: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A spelling of a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Form {
    pub text: String,
    /// Whether the character before the text encodes a part of the value, too.
    pub has_head: bool,
    /// Whether the character after the text encodes a part of the value, too.
    pub has_tail: bool,
}

/// Returns the spellings of a value.
pub(super) fn forms(value: &str) -> BTreeSet<Form> {
    let plain = |text: String| Form { text, has_head: false, has_tail: false };
    let mut found = BTreeSet::new();
    let cases = BTreeSet::from([value.to_owned(), value.to_lowercase(), value.to_uppercase()]);
    for value in &cases {
        let in_json = serde_json::Value::from(value.as_str()).to_string();
        let in_json = in_json[1..in_json.len() - 1].to_owned();
        let in_ascii = in_ascii(&in_json);
        found.extend([in_json.replace('/', "\\/"), in_ascii.replace('/', "\\/"), in_json, in_ascii].map(plain));
        // Quoted by Rust or Python, and with single quotes.
        found.extend([value.escape_debug().to_string(), value.replace('\\', "\\\\").replace('\'', "\\'")].map(plain));
        // All reserved characters, those of a path, `encodeURIComponent`, `encodeURI`, and forms.
        let kept = ["-_.~", "-_.~/", "-_.!~*'()", "-_.!~*'();,/?:@&=+$#", "-_.*"];
        found.extend(kept.map(|kept| plain(in_url(value, kept))));
        found.insert(plain(in_url(value, "-_.* ").replace(' ', "+")));
        for last in [*b"+/", *b"-_"] {
            found.extend((0..3).map(|offset| in_base64(value.as_bytes(), offset, last)));
        }
        found.insert(plain(value.clone()));
    }
    found
}

/// Replaces all characters outside of ASCII in a JSON string by `\u` escapes.
fn in_ascii(json: &str) -> String {
    let mut text = String::new();
    for char in json.chars() {
        if char.is_ascii() {
            text.push(char);
        } else {
            let mut units = [0; 2];
            for unit in char.encode_utf16(&mut units) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

/// Percent-encodes all bytes but ASCII letters, digits and `kept`.
fn in_url(value: &str, kept: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// Encodes a value that begins `offset` bytes after a group of three. The characters that depend on
/// neighbouring bytes are left out.
fn in_base64(value: &[u8], offset: usize, last: [u8; 2]) -> Form {
    let bytes: Vec<u8> = std::iter::repeat_n(0, offset).chain(value.iter().copied()).collect();
    let bit = |at: usize| bytes[at / 8] >> (7 - at % 8) & 1;
    let digits = (offset * 8).div_ceil(6)..bytes.len() * 8 / 6;
    let character = |digit: usize| {
        let number = (digit * 6..digit * 6 + 6).fold(0, |number, at| number << 1 | usize::from(bit(at)));
        char::from(BASE64.get(number).copied().unwrap_or_else(|| last[number - BASE64.len()]))
    };
    let text = digits.map(character).collect();
    Form { text, has_head: offset > 0, has_tail: !(bytes.len() * 8).is_multiple_of(6) }
}

/// Whether a byte is a character of base64.
pub(super) fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::{forms, in_base64, in_url};

    #[test]
    fn base64_has_three_alignments() {
        let form = |offset| in_base64(b"secret", offset, *b"+/");
        assert_eq!((form(0).text.as_str(), form(0).has_tail), ("c2VjcmV0", false));
        // ":secret" is "OnNlY3JldA==", "::secret" is "OjpzZWNyZXQ=".
        assert_eq!((form(1).text.as_str(), form(1).has_tail), ("NlY3JldA".get(..7).unwrap(), true));
        assert_eq!((form(2).text.as_str(), form(2).has_tail), ("zZWNyZXQ".get(..7).unwrap(), true));
    }

    #[test]
    fn characters_are_escaped() {
        assert_eq!(in_url("a/b é", "/"), "a/b%20%C3%A9");
        let found: Vec<String> = forms("é\"/ x").into_iter().map(|form| form.text).collect();
        for wanted in [r#"é\"/ x"#, r#"\u00e9\"\/ x"#, "%C3%A9%22%2F+x", "é\"/ x", "%C3%A9%22/%20x"] {
            assert!(found.iter().any(|form| form == wanted), "{wanted}: {found:?}");
        }
    }
}
