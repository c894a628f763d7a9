//! Text on lines of a limited width, in columns of a terminal.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Returns the width of a text on one line, in columns.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// Returns the lines of a text of one line, each of at most `most` columns and broken at spaces.
/// Words that are longer are broken anywhere. All lines but the first begin with `indent` spaces.
pub(super) fn wrap(text: &str, most: usize, indent: usize) -> Vec<String> {
    broken(text, most, indent, true)
}

/// Like [`wrap`], but keeps longer words, such as paths, which are then copied in one piece.
pub(super) fn wrap_words(text: &str, most: usize, indent: usize) -> Vec<String> {
    broken(text, most, indent, false)
}

fn broken(text: &str, most: usize, indent: usize, breaks_words: bool) -> Vec<String> {
    if columns(text) <= most {
        return vec![text.to_owned()];
    }
    let indent = if indent + 8 > most { 0 } else { indent };
    let (mut lines, mut line, mut is_empty) = (Vec::new(), String::new(), true);
    // A word comes with the spaces before it, which a line break replaces.
    for word in with_spaces_before(text) {
        let bare = word.trim_start_matches(' ');
        if !is_empty && columns(&line) + columns(word) > most {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            line.push_str(bare);
        } else {
            line.push_str(word);
        }
        is_empty = false;
        while breaks_words && columns(&line) > most {
            let (head, tail) = split_at(&line, most);
            let rest = format!("{}{tail}", " ".repeat(indent));
            lines.push(head.to_owned());
            line = rest;
        }
    }
    lines.push(line);
    lines
}

/// Returns the words of a text, each with the spaces before it.
fn with_spaces_before(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut is_in_word) = (0, false);
    for (at, byte) in text.bytes().enumerate() {
        if byte == b' ' && is_in_word {
            words.push(&text[start..at]);
            (start, is_in_word) = (at, false);
        } else if byte != b' ' {
            is_in_word = true;
        }
    }
    words.push(&text[start..]);
    words
}

/// Splits a text after as many graphemes as fit into `most` columns, and at least one.
fn split_at(text: &str, most: usize) -> (&str, &str) {
    let mut width = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        width += columns(grapheme);
        if width > most && at > 0 {
            return text.split_at(at);
        }
    }
    (text, "")
}

/// Cuts the middle out of a text that is wider than `most` columns. Both ends of a name of a metric
/// count: it begins with the layer and ends with the statistic.
pub(super) fn cut_middle(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(1);
    let (head, _) = split_at(text, room - room / 2);
    let (mut tail, mut width) = (text.len(), 0);
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        width += columns(grapheme);
        if width > room / 2 {
            break;
        }
        tail = at;
    }
    format!("{head}…{}", &text[tail.max(head.len())..])
}

#[cfg(test)]
mod tests {
    use super::{columns, cut_middle, wrap, wrap_words};

    #[test]
    fn lines_are_broken_at_spaces() {
        assert_eq!(wrap("one two three", 10, 2), ["one two", "  three"]);
        assert_eq!(wrap("  one two three four", 13, 4), ["  one two", "    three", "    four"]);
        assert_eq!(wrap("short", 9, 2), ["short"]);
        assert_eq!(wrap("a 0123456789ab c", 8, 0), ["a", "01234567", "89ab c"]);
        assert_eq!(wrap_words("a 0123456789ab c", 8, 0), ["a", "0123456789ab", "c"]);
        assert_eq!(wrap("王小明 王小明", 7, 0), ["王小明", "王小明"]);
    }

    #[test]
    fn names_keep_both_ends() {
        assert_eq!(cut_middle("entities.strict[WORK_OF_ART].f1", 20), "entities.s…F_ART].f1");
        assert_eq!(cut_middle("short", 5), "short");
        assert!((4..20).all(|most| columns(&cut_middle("王小明王小明王小明王小明", most)) <= most));
    }
}
