//! Quotations: text between a pair of quotation marks.

use std::ops::Range;

/// Longest quotation, in characters; it bounds the damage of a stray quotation mark.
const LIMIT: usize = 1500;

/// The byte ranges inside the outermost pairs of quotation marks, in order: “…”, „…“, «…», ‘…’ and
/// "…". A quotation ends with its paragraph at the latest; an opening mark without a closing mark
/// is ignored.
pub fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((offset, open)) = text[at..].char_indices().find(|(_, c)| matches!(c, '“' | '„' | '«' | '‘' | '"'))
    {
        let open_at = at + offset;
        let start = open_at + open.len_utf8();
        at = start;
        if let Some(length) = closing(text, open_at, start, open) {
            let inside = start..start + length;
            let mark = text[inside.end..].chars().next().map_or(0, char::len_utf8);
            at = inside.end + mark;
            if text[inside.clone()].contains(char::is_alphanumeric) {
                found.push(inside);
            }
        }
    }
    found
}

/// Distance in bytes from `start` to the mark that closes the quotation opened at `open_at`.
fn closing(text: &str, open_at: usize, start: usize, open: char) -> Option<usize> {
    let is_inside_word = text[..open_at].ends_with(char::is_alphanumeric);
    if is_inside_word && matches!(open, '‘' | '"') || text[start..].starts_with(char::is_whitespace) {
        return None;
    }
    let mut depth = 0;
    let mut previous = None;
    let mut chars = text[start..].char_indices().take(LIMIT).peekable();
    while let Some((offset, c)) = chars.next() {
        let next = chars.peek().map(|&(_, next)| next);
        match (open, c) {
            (_, '\n') if text[start + offset + 1..].trim_start_matches([' ', '\t', '\r']).starts_with('\n') => {
                return None;
            }
            ('“', '“') | ('«', '«') => depth += 1,
            ('“' | '„', '”') | ('„', '“') | ('«', '»') if depth == 0 => return Some(offset),
            ('“', '”') | ('«', '»') => depth -= 1,
            ('‘', '’') if !next.is_some_and(char::is_alphanumeric) && previous != Some(' ') => return Some(offset),
            ('"', '"') if !next.is_some_and(char::is_alphanumeric) => return Some(offset),
            _ => {}
        }
        previous = Some(c);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::quotations;

    fn found(text: &str) -> Vec<&str> {
        quotations(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn curly_straight_and_foreign_marks() {
        assert_eq!(found("“A ‘b’ c,” he said, \"d e\" and «Да» or „nein“."), ["A ‘b’ c,", "d e", "Да", "nein"]);
        assert_eq!(found("It’s ‘the men’s one’ today"), ["the men’s one"]);
        assert_eq!(found("“outer “inner” outer”"), ["outer “inner” outer"]);
    }

    #[test]
    fn an_open_quotation_ends_with_its_paragraph() {
        assert_eq!(found("a \"stray mark\r\n\r\nand “a real” one"), ["a real"]);
        assert_eq!(found("“never closed"), [""; 0]);
        assert_eq!(found("“” \"\" ‘’ “…”"), [""; 0]);
    }
}
