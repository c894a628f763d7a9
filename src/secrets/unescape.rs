//! Decodes the `\\u` escapes of JSON in text that is not whole JSON, to find values behind them.

/// A text whose `\\u` escapes are decoded, with the place of each byte in the original.
pub(super) struct Unescaped {
    pub text: String,
    /// The range of the original that each byte stands for.
    places: Vec<(usize, usize)>,
}

impl Unescaped {
    /// The range of the original that a range of the decoded text stands for.
    pub fn original(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.places.get(start).map_or(0, |place| place.0);
        (first, self.places[..end].last().map_or(first, |place| place.1))
    }
}

/// Decodes the escapes of a text, also those whose backslash is itself escaped; `None` if there are
/// none. Escapes that stand for no character remain.
pub(super) fn unescaped(text: &str) -> Option<Unescaped> {
    if !text.contains("\\u") {
        return None;
    }
    let mut decoded = Unescaped { text: String::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
    let mut at = 0;
    while let Some(char) = text[at..].chars().next() {
        let (char, length) = escape(&text[at..]).unwrap_or((char, char.len_utf8()));
        decoded.text.push(char);
        decoded.places.extend(std::iter::repeat_n((at, at + length), char.len_utf8()));
        at += length;
    }
    Some(decoded)
}

/// The character of the escape at the beginning of a text, and the length of the escape.
fn escape(text: &str) -> Option<(char, usize)> {
    let (unit, length) = unit(text)?;
    if let Some(char) = char::from_u32(unit.into()) {
        return Some((char, length));
    }
    let (low, more) = self::unit(&text[length..])?;
    let char = char::decode_utf16([unit, low]).next()?.ok()?;
    Some((char, length + more))
}

/// The UTF-16 unit of the escape at the beginning of a text, and the length of the escape.
fn unit(text: &str) -> Option<(u16, usize)> {
    let rest = text.trim_start_matches('\\');
    let slashes = text.len() - rest.len();
    let digits = rest.strip_prefix('u').filter(|_| slashes > 0)?.get(..4)?;
    // A sign is no digit.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some((u16::from_str_radix(digits, 16).ok().filter(|_| is_number)?, slashes + 5))
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn escapes_are_decoded_with_their_places() {
        let text = "é\\u002D\\\\u00e9\\ud83d\\ude00\\ud83dx\\u+123\\u12";
        let decoded = unescaped(text).unwrap();
        assert_eq!(decoded.text, "é-é😀\\ud83dx\\u+123\\u12");
        let (start, end) = decoded.original(2, 3);
        assert_eq!(&text[start..end], "\\u002D");
        let (start, end) = decoded.original(3, 9);
        assert_eq!(&text[start..end], "\\\\u00e9\\ud83d\\ude00");
        assert!(unescaped("a-b").is_none());
    }
}
