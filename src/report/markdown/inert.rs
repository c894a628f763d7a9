//! Text from input files as Markdown that shows it literally, on one line. All Markdown that karat
//! writes gets its labels, names, ids, values, texts and messages from here.
//!
//! Characters with a meaning in CommonMark or in GitHub's dialect are escaped, and hidden ones are
//! shown by their notation (`crate::text::visible`). GitHub also looks for mentions, references to
//! issues and commits, and addresses in the text that Markdown has already rendered, where escapes
//! are gone; a zero-width space, written as `&#8203;`, keeps these from being found, as bots on
//! GitHub do.

use crate::document::Layer;
use crate::text::{beginning, shown_name, shown_text, visible, visible_prose};

/// What keeps GitHub from finding a mention, a reference or an address.
const BREAK: &str = "&#8203;";

/// Escapes a text: a message, a value, a description.
pub(in crate::report) fn escape(text: &str) -> String {
    escape_visible(&visible(text))
}

/// Escapes a message in a cell of a table, of which at most 500 characters are shown.
pub(in crate::report) fn message_cell(text: &str) -> String {
    escape_visible(&shown_text(text))
}

/// Escapes a name of an extractor, a label, a document or a dataset, of which at most 120
/// characters are shown.
pub(in crate::report) fn name(name: &str) -> String {
    escape_visible(&shown_name(name))
}

/// Escapes the name of a layer: the names of records are from input files.
pub(in crate::report) fn layer(layer: &Layer) -> String {
    name(&layer.to_string())
}

/// Escapes text of a document, whose line breaks become spaces, at the beginning of a line.
pub(in crate::report) fn prose(text: &str) -> String {
    escape_visible(&visible_prose(text))
}

/// Escapes text of a document that continues a line.
pub(in crate::report) fn continued_prose(text: &str) -> String {
    escape_from(&visible_prose(text), None)
}

/// Returns the escaped beginning of a text of a document, at most `most` code points, cut between
/// words, for the middle of a line.
pub(in crate::report) fn excerpt(text: &str, most: usize) -> String {
    continued_prose(&beginning(text, most))
}

/// Returns the escaped beginning of a value of a record, whose line breaks are shown, for the
/// middle of a line.
pub(in crate::report) fn value(text: &str, most: usize) -> String {
    escape_from(&visible(&beginning(text, most)), None)
}

/// Returns a name as a code span, or escaped if no code span can contain it. At most 120 characters
/// are shown.
pub(in crate::report) fn code(name: &str) -> String {
    let shown = shown_name(name);
    if shown.contains('`') || shown.trim() != shown || shown.is_empty() {
        return escape_visible(&shown);
    }
    format!("`{shown}`")
}

/// Like [`code`], for the cell of a table, in which a pipe would end the cell.
pub(in crate::report) fn code_cell(name: &str) -> String {
    code_of(&shown_name(name))
}

/// Like [`code`], for a signature, which is shown in full.
pub(in crate::report) fn signature(signature: &str) -> String {
    let shown = visible(signature);
    if shown.contains('`') || shown.trim() != shown || shown.is_empty() {
        return escape_visible(&shown);
    }
    format!("`{shown}`")
}

/// Escapes a message or a description, with its code spans: what stands between two back-ticks. If
/// the back-ticks form no such pairs, they are escaped as well.
pub(in crate::report) fn escape_text(text: &str) -> String {
    let shown = visible(text);
    let parts: Vec<&str> = shown.split('`').collect();
    let is_code = |part: &&str| !part.is_empty() && part.trim() == *part && !part.contains(['|', '\\']);
    // A backslash before a back-tick would be read as its escape.
    let is_paired = parts.len() % 2 == 1
        && parts.iter().skip(1).step_by(2).all(is_code)
        && parts.iter().step_by(2).all(|part| !part.ends_with('\\'));
    if !is_paired {
        return escape_visible(&shown);
    }
    let escaped = parts.iter().enumerate().map(|(at, part)| match at {
        0 => escape_visible(part),
        _ if at % 2 == 1 => format!("`{part}`"),
        _ => escape_from(part, None),
    });
    escaped.collect()
}

fn code_of(shown: &str) -> String {
    // A backslash before a pipe cannot be told from the one that escapes the pipe.
    if shown.contains('`')
        || shown.contains("\\|")
        || shown.ends_with('\\')
        || shown.trim() != shown
        || shown.is_empty()
    {
        return escape_visible(shown);
    }
    format!("`{}`", shown.replace('|', "\\|"))
}

/// Escapes a text that may be at the beginning of a line.
fn escape_visible(text: &str) -> String {
    escape_from(text, block_marker(text))
}

/// Escapes a text, and with it the character at the index `begins_block`.
fn escape_from(text: &str, begins_block: Option<usize>) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let (before, rest) = (text[..at].chars().next_back(), &text[at + c.len_utf8()..]);
        let after = rest.chars().next();
        if begins_block == Some(at) {
            match c {
                ' ' => escaped.push_str("&#32;"),
                _ => escaped.extend(['\\', c]),
            }
            continue;
        }
        let inside_word = [before, after].iter().all(|near| near.is_some_and(char::is_alphanumeric));
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // Markdown recognises `_` as emphasis only at the edges of words.
            '_' if inside_word => escaped.push(c),
            '!' if after != Some('[') => escaped.push(c),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
        if is_found_by_github(&text[..at], c, rest) {
            escaped.push_str(BREAK);
        }
    }
    escaped
}

/// Returns the index of the character at the beginning of a text that would begin a list, a code
/// block, a thematic break or a setext underline if the text were at the beginning of a line.
fn block_marker(text: &str) -> Option<usize> {
    let ends_marker = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.chars().next()? {
        ' ' => Some(0),
        first @ ('-' | '+' | '=') => {
            let is_rule = first != '+' && text.chars().all(|char| char == first || char == ' ');
            (ends_marker(&text[1..]) || is_rule).then_some(0)
        }
        '0'..='9' if digits < 10 => {
            let rest = &text[digits..];
            (rest.starts_with(['.', ')']) && ends_marker(&rest[1..])).then_some(digits)
        }
        _ => None,
    }
}

/// Returns whether GitHub would find a mention, a reference, an address or an emoji that begins at
/// or ends with a character, given the text before and after it.
fn is_found_by_github(before: &str, c: char, after: &str) -> bool {
    let follows_word = before.ends_with(|char: char| char.is_ascii_alphanumeric() || char == '_');
    let next = |is: fn(char) -> bool| after.starts_with(is);
    match c {
        // `x@5`, as in names of metrics, is neither a mention nor an address.
        '@' if follows_word && commit_id(after).is_some_and(|id| id.len() >= SHORTEST_COMMIT) => true,
        '@' if follows_word => {
            let is_of_domain = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.');
            let domain = after.split(|char| !is_of_domain(char)).next().unwrap_or_default();
            domain.trim_end_matches('.').contains('.')
        }
        '@' => next(char::is_alphanumeric),
        '#' => next(|char| char.is_ascii_digit()),
        '-' => next(|char| char.is_ascii_digit()) && ends_with_word(before, "gh"),
        ':' if after.starts_with("//") => true,
        ':' => after.split_once(':').is_some_and(|(emoji, _)| {
            emoji.starts_with(|char: char| char.is_ascii_lowercase() || matches!(char, '+' | '-'))
                && emoji.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'_'))
        }),
        '.' => next(char::is_alphanumeric) && ends_with_word(before, "www"),
        c if c.is_ascii_hexdigit() && !follows_word => {
            commit_id(after).is_some_and(|rest| 1 + rest.len() == LONGEST_COMMIT)
        }
        _ => false,
    }
}

/// The lengths of the ids of commits that GitHub links: 40 digits in any text, and from 7 after
/// `owner/repository@`.
const LONGEST_COMMIT: usize = 40;
const SHORTEST_COMMIT: usize = 7;

/// Returns the hexadecimal digits at the beginning of a text if they end there like a word and may
/// be the id of a commit or the rest of one.
fn commit_id(text: &str) -> Option<&str> {
    let length = text.bytes().take(LONGEST_COMMIT + 1).take_while(u8::is_ascii_hexdigit).count();
    let goes_on = text[length..].starts_with(|char: char| char.is_ascii_alphanumeric() || char == '_');
    (length > 0 && length <= LONGEST_COMMIT && !goes_on).then(|| &text[..length])
}

/// Returns whether a text ends with a word in lower or upper case.
fn ends_with_word(text: &str, word: &str) -> bool {
    let Some(start) = text.len().checked_sub(word.len()) else { return false };
    let found = text.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(word));
    found && !text[..start].ends_with(|char: char| char.is_ascii_alphanumeric() || char == '_')
}

#[cfg(test)]
mod tests {
    use super::{code, code_cell, escape, escape_text, excerpt, name, value};

    #[test]
    fn markup_in_texts_is_shown_not_obeyed() {
        assert_eq!(escape("WORK_OF_ART! _x_ ![y]"), r"WORK_OF_ART! \_x\_ \!\[y\]");
        assert_eq!(escape("a|b\n<i>*x*</i> [y](z) `c`"), r"a\|b\\n&lt;i&gt;\*x\*&lt;/i&gt; \[y\](z) \`c\`");
    }

    #[test]
    fn nothing_at_the_beginning_begins_a_block() {
        assert_eq!(
            ["- a", "1. a", "12) a", "---", "===", "    a", "# a"].map(escape),
            [r"\- a", r"1\. a", r"12\) a", r"\---", r"\===", "&#32;   a", r"\# a"]
        );
        assert_eq!(["-5", "1.5", "-a", "–", "+0.1"].map(escape), ["-5", "1.5", "-a", "–", "+0.1"]);
    }

    #[test]
    fn github_finds_no_mention_no_reference_and_no_address() {
        assert_eq!(escape("@ada, (@ada) a.b@c.de x@5"), "@&#8203;ada, (@&#8203;ada) a.b@&#8203;c.de x@5");
        assert_eq!(escape("#12 o/r#3 # 4 GH-5 high-5"), r"\#&#8203;12 o/r\#&#8203;3 \# 4 GH-&#8203;5 high-5");
        assert_eq!(
            escape("http://a.b www.a.b 12:30:45 :shipit:"),
            "http:&#8203;//a.b www.&#8203;a.b 12:30:45 :&#8203;shipit:"
        );
    }

    #[test]
    fn github_finds_no_commit() {
        let id = "0123456789abcdef0123456789ABCDEF01234567";
        assert_eq!(escape(&format!("at {id}.")), format!("at 0&#8203;{}.", &id[1..]));
        assert_eq!(escape(&format!("{id}...{id}")), format!("0&#8203;{0}...0&#8203;{0}", &id[1..]));
        assert_eq!(escape(&format!("o/r@{id}")), format!("o/r@&#8203;0&#8203;{}", &id[1..]));
        assert_eq!(escape("o/r@a5c3785, ada@a5c3785"), "o/r@&#8203;a5c3785, ada@&#8203;a5c3785");
        // Hashes of 64 digits, and the names of metrics, are no commits.
        for text in [&id.repeat(2)[..64], &format!("x{id}"), &format!("{id}_"), "recall@100000", "r@a5c3785g"] {
            assert_eq!(escape(text), text.replace("__", "_").replace('_', "\\_"), "{text}");
        }
    }

    #[test]
    fn code_spans_hold_what_they_can() {
        assert_eq!([code("a|b"), code("a`b"), code(" ")], ["`a|b`", r"a\`b", "&#32;"]);
        assert_eq!([code_cell("a|b"), code_cell(r"a\|b"), code_cell(r"a\n")], [r"`a\|b`", r"a\\\|b", r"`a\n`"]);
    }

    #[test]
    fn code_spans_of_messages_remain() {
        assert_eq!(escape_text("ten *each* (`meta.kind`)"), r"ten \*each\* (`meta.kind`)");
        assert_eq!(escape_text("`a_b` and `c`: #1"), r"`a_b` and `c`: \#&#8203;1");
        assert_eq!(
            ["a ` b", "``", "a\\`b`", "` `", "`a|b`"].map(escape_text),
            [r"a \` b", r"\`\`", r"a\\\`b\`", r"\` \`", r"\`a\|b\`"]
        );
    }

    #[test]
    fn excerpts_end_between_words() {
        assert_eq!(excerpt("one two three", 9), "one two…");
        assert_eq!(excerpt("one\ntwo", 9), "one two");
        assert_eq!(value("one\ntwo", 9), r"one\\ntwo");
        assert_eq!(name(&"x".repeat(5000)).chars().count(), 120);
    }
}
