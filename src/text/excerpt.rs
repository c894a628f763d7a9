//! Excerpts of data from outside, for messages. They are short and escaped, so that neither a long
//! line nor a control character spoils a terminal.

use std::borrow::Cow;

/// The longest excerpt, in characters.
const LONGEST: usize = 80;
/// The longest message whose quotes are closed; of a longer one, the rest is left out.
const LONGEST_MESSAGE: usize = 600;

/// The first 80 characters of a line, quoted and escaped.
pub(crate) fn excerpt(line: &str) -> String {
    let short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() { format!("{short:?}…") } else { format!("{short:?}") }
}

/// Returns a message in which each value between quotation marks or backticks has at most 80
/// characters. Messages of parsers quote the values that they refuse as a whole.
pub(crate) fn short_quotes(message: &str) -> Cow<'_, str> {
    if message.len() <= LONGEST {
        return Cow::Borrowed(message);
    }
    let (mut short, mut rest) = (String::new(), message);
    while let Some(at) = rest.find(['"', '`']) {
        let (before, quoted) = rest.split_at(at);
        let (mark, inside) = quoted.split_at(1);
        short.push_str(before);
        let end = end_of_quote(inside, mark);
        let content = &inside[..end];
        match content.char_indices().nth(LONGEST) {
            Some((cut, _)) => {
                short.extend([mark, &content[..cut], mark, "…"]);
            }
            None => short.extend([mark, content, if end < inside.len() { mark } else { "" }]),
        }
        rest = inside.get(end + 1..).unwrap_or_default();
    }
    short.push_str(rest);
    match short.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => Cow::Owned(format!("{}…", &short[..end])),
        None if short == message => Cow::Borrowed(message),
        None => Cow::Owned(short),
    }
}

/// The offset of the mark that closes a quote, in which it may be escaped; the length if there is
/// none.
fn end_of_quote(inside: &str, mark: &str) -> usize {
    let mut is_escaped = false;
    let is_end = |byte: u8| {
        let is_end = byte == mark.as_bytes()[0] && !is_escaped;
        is_escaped = mark == "\"" && byte == b'\\' && !is_escaped;
        is_end
    };
    inside.bytes().position(is_end).unwrap_or(inside.len())
}

#[cfg(test)]
mod tests {
    use super::{excerpt, short_quotes};

    #[test]
    fn an_excerpt_has_at_most_80_characters() {
        assert_eq!(excerpt("a\nb"), r#""a\nb""#);
        assert_eq!(excerpt(&"ä".repeat(80)), format!("{:?}", "ä".repeat(80)));
        assert_eq!(excerpt(&"x".repeat(81)), format!("\"{}\"…", "x".repeat(80)));
    }

    #[test]
    fn quotes_in_a_message_are_cut() {
        let (long, cut) = ("ä\"".repeat(5000), "ä\\\"".repeat(26) + "ä\\");
        let message = format!("invalid type: string {long:?}, expected `u32`");
        assert_eq!(short_quotes(&message), format!("invalid type: string \"{cut}\"…, expected `u32`"));
        let variant = format!("unknown variant `{}`, expected one of `a`, `b`", "x".repeat(5000));
        assert_eq!(short_quotes(&variant), format!("unknown variant `{}`…, expected one of `a`, `b`", "x".repeat(80)));
        assert_eq!(short_quotes(&"x".repeat(5000)), format!("{}…", "x".repeat(600)));
        let plain = format!("{} is not `a`", "a ".repeat(60));
        assert_eq!(short_quotes(&plain), plain);
    }
}
