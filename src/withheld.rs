//! Withholding the texts of confidential documents from messages.
//!
//! Texts are kept out of reports by leaving them out of the report models. Messages are different:
//! those of an extractor are free text and may quote its document anywhere, so that of these only
//! what is known to be no text remains: the name of an exception, and the words of karat's own
//! messages. karat's messages quote texts between quotation marks, so that there the quotations
//! are replaced.

/// Replaces a text in a message.
pub const MARK: &str = "[text withheld]";

/// Messages of karat about an answer, with numbers as `0` and quotations as [`MARK`].
const SHAPES: [&str; 14] = [
    "it has [text withheld] at 0..0, where the text is [text withheld]",
    "0..0 is not a span of the text, which has 0 code points",
    "there is no prediction for it",
    "there is no prediction for it, and it was left out",
    "there is no golden file for it, and it was left out",
    "there is no golden file for it: everything in it counts as spurious",
    "there is no golden file for it, and nothing in it can be counted",
    "failed",
    "timed_out",
    "skipped",
    "missing",
    "the run was stopped before the document was sent",
    "there was no answer",
    "it answered without an `id`",
];

/// Beginnings of karat's messages about a span of an answer, in the form of [`SHAPES`]. They follow
/// the path of the span; help follows them.
const SPANS: [&str; 4] = [
    "the text at 0..0 is [text withheld], but the annotation has [text withheld]",
    "0..0 is past the end of the text, which has 0 code points",
    "0..0 is an empty span",
    "an offset is not a whole number of at least 0",
];

/// Beginnings of karat's messages about an answer; what follows may quote it.
const BEGINNINGS: [&str; 12] = [
    "the program cannot be used",
    "the program was lost",
    "its output is not JSON",
    "its output is not an object",
    "it answered with the id",
    "the server answers with an error",
    "the server answers with the id",
    "the server's answer is not an object",
    "the model's answer is not JSON",
    "the model's answer is not an object",
    "the model refused",
    "panicked",
];

/// Words of karat after which it repeats those of a judge or of a program.
const REPEATED: [&str; 2] = ["could not judge: ", "the end of its stderr: "];

/// The endings of names of exceptions.
const EXCEPTIONS: [&str; 5] = ["Error", "Exception", "Timeout", "Interrupt", "Warning"];

/// Returns the message about a document that was not answered without what may be a text: karat's
/// own messages stay, and of an extractor's only the name of an exception does.
pub fn failure(message: &str) -> String {
    if let Some((number, of_repeat)) = message.strip_prefix("repeat ").and_then(|rest| rest.split_once(": "))
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return format!("repeat {number}: {}", failure(of_repeat));
    }
    let shape = without_numbers(&quotations(message, &|_| false));
    if SHAPES.contains(&shape.as_str()) || is_timeout(message) || is_withheld(message) {
        return quotations(message, &|_| false);
    }
    if let Some(about_span) = about_span(message) {
        return about_span;
    }
    if let Some(beginning) = BEGINNINGS.iter().find(|beginning| message.starts_with(**beginning)) {
        return format!("{beginning}: {MARK}");
    }
    if let Some(status) = message.strip_prefix("the server answers ").and_then(|rest| rest.get(..3))
        && status.bytes().all(|byte| byte.is_ascii_digit())
    {
        return format!("the server answers {status}: {MARK}");
    }
    let name = message.split([':', '(', '\n']).next().unwrap_or_default().trim();
    match is_exception(name) {
        true if name == message => name.to_owned(),
        true => format!("{name}: {MARK}"),
        false => MARK.to_owned(),
    }
}

/// Replaces the quotations in a message of karat, unless `is_name` holds for what is quoted.
pub fn quotations(message: &str, is_name: &dyn Fn(&str) -> bool) -> String {
    let repeated = REPEATED.iter().filter_map(|words| Some((message.find(words)? + words.len(), MARK)));
    let (end, mark) = repeated.min().unwrap_or((message.len(), ""));
    let mut text = String::new();
    let mut rest = &message[..end];
    while let Some(at) = rest.find(['"', '“', '⟦']) {
        text.push_str(&rest[..at]);
        let quoted = &rest[at..];
        let open = quoted.chars().next().unwrap_or_default();
        let inside = &quoted[open.len_utf8()..];
        let end = match open {
            '"' => end_of_string(inside),
            '“' => inside.find('”'),
            _ => inside.find('⟧'),
        };
        // An opening mark without an end quotes everything after it.
        let (inside, after) = match end {
            Some(end) => {
                let close = inside[end..].chars().next().map_or(0, char::len_utf8);
                (&inside[..end], &inside[end + close..])
            }
            None => (inside, ""),
        };
        if is_name(inside) {
            text.push_str(&quoted[..quoted.len() - after.len()]);
            rest = after;
        } else {
            text.push_str(MARK);
            rest = after.strip_prefix('…').unwrap_or(after);
        }
    }
    text.push_str(rest);
    text.push_str(mark);
    unknown_variant(text)
}

/// Replaces the quotations in a warning about documents, whose ids stay: `document "ID": WARNING`
/// or `N documents ("ID", ...): WARNING`.
pub fn warning(line: &str) -> String {
    let of_one =
        line.strip_prefix("document \"").and_then(|rest| Some(line.len() - rest.len() + end_of_string(rest)? + 1));
    let of_several = || {
        let is_count = line.split(' ').next().is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
        line.find("): ").filter(|_| is_count && line.contains(" documents ("))
    };
    let (ids, message) = line.split_at(of_one.or_else(of_several).unwrap_or(0));
    format!("{ids}{}", quotations(message, &|_| false))
}

/// Replaces values of the file between backticks: one that serde reports as an unknown variant, and
/// one of which the message says what it is not. Other words between backticks are keys, labels and
/// options.
fn unknown_variant(mut text: String) -> String {
    if let Some(end) = text.strip_prefix('`').and_then(|rest| rest.find("` is not ")) {
        text.replace_range(..end + 2, MARK);
    }
    const BEFORE: &str = "unknown variant `";
    if let Some(at) = text.find(BEFORE) {
        let begin = at + BEFORE.len() - 1;
        let end = text[begin + 1..].find('`').map_or(text.len(), |end| begin + end + 2);
        text.replace_range(begin..end, MARK);
    }
    text
}

/// Returns the offset of the quotation mark that ends a string, which may contain escaped ones.
fn end_of_string(inside: &str) -> Option<usize> {
    let mut is_escaped = false;
    inside.bytes().position(|byte| {
        let is_end = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        is_end
    })
}

/// Replaces each run of digits by `0`.
fn without_numbers(text: &str) -> String {
    let mut shape = String::new();
    for char in text.chars() {
        match char.is_ascii_digit() {
            true if shape.ends_with('0') => {}
            true => shape.push('0'),
            false => shape.push(char),
        }
    }
    shape
}

/// Returns the beginning of a message of karat about a span, with its path and without texts;
/// `None` for other messages.
fn about_span(message: &str) -> Option<String> {
    let (path, rest) = message.split_once(": ")?;
    let is_path = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.' | '[' | ']');
    if !path.chars().all(is_path) || !path.ends_with(']') && !path.contains("].") {
        return None;
    }
    let words = quotations(rest, &|_| false);
    let ends = words.char_indices().map(|(at, char)| at + char.len_utf8());
    let is_span = |end: &usize| {
        let goes_on = words[*end..].starts_with(|char: char| char.is_ascii_digit());
        !goes_on && SPANS.contains(&without_numbers(&words[..*end]).as_str())
    };
    ends.into_iter().find(is_span).map(|end| format!("{path}: {}", &words[..end]))
}

/// Whether a message is karat's about an extractor that exceeded its time limit.
fn is_timeout(message: &str) -> bool {
    let Some(rest) = message.strip_prefix("no answer within ") else { return false };
    let is_known =
        |word: &str| word.starts_with(|char: char| char.is_ascii_digit()) || ["tried", "times"].contains(&word);
    rest.split([' ', ',']).filter(|word| !word.is_empty()).all(is_known)
}

/// Whether a message is one that this module returned.
fn is_withheld(message: &str) -> bool {
    message.strip_suffix(MARK).is_some_and(|before| match before.strip_suffix(": ") {
        Some(before) => {
            let status = before.strip_prefix("the server answers ");
            BEGINNINGS.contains(&before)
                || is_exception(before)
                || status.is_some_and(|status| status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit()))
        }
        None => before.is_empty(),
    })
}

/// Whether a word is the name of an exception, such as `ValueError` or `json.JSONDecodeError`.
fn is_exception(name: &str) -> bool {
    name.len() <= 60
        && EXCEPTIONS.iter().any(|end| name.ends_with(end))
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::{failure, quotations, warning};

    #[test]
    fn of_a_failure_only_words_that_are_no_text_remain() {
        for (message, left) in [
            ("ValueError: cannot read 'Ada'", "ValueError: [text withheld]"),
            ("json.JSONDecodeError", "json.JSONDecodeError"),
            ("Ada met Bob: Error", "[text withheld]"),
            ("no answer within 2.5s, tried 3 times", "no answer within 2.5s, tried 3 times"),
            ("no answer within Ada", "[text withheld]"),
            (
                "the program was lost: it exited with 1; the end of its stderr: Ada",
                "the program was lost: [text withheld]",
            ),
            ("the server answers 500 (a server error): \"Ada\"", "the server answers 500: [text withheld]"),
            (
                "it has \"Ada\" at 10..13, where the text is \"\\\"Bob\"…",
                "it has [text withheld] at 10..13, where the text is [text withheld]",
            ),
            (
                "entities[0]: the text at 10..13 is \"Ada\", but the annotation has \"Bob\" (\"Bob\" is at 4..7), and 2 more errors",
                "entities[0]: the text at 10..13 is [text withheld], but the annotation has [text withheld]",
            ),
            ("Ada: 0..0 is an empty span", "[text withheld]"),
            ("there is no prediction for it", "there is no prediction for it"),
            ("repeat 2: Ada", "repeat 2: [text withheld]"),
        ] {
            assert_eq!(failure(message), left);
            assert_eq!(failure(left), left);
        }
    }

    #[test]
    fn the_ids_of_a_warning_stay() {
        assert_eq!(warning("document \"d\\\"1\": \"Ada\" is odd"), "document \"d\\\"1\": [text withheld] is odd");
        let several = warning("4 documents (\"a\", \"b\" and 2 more): \"Ada\"");
        assert_eq!(several, "4 documents (\"a\", \"b\" and 2 more): [text withheld]");
        assert_eq!(warning("\"Ada\""), "[text withheld]");
    }

    #[test]
    fn quotations_are_replaced_but_for_names() {
        let is_name = |word: &str| word == "d1";
        let quoted = |message| quotations(message, &is_name);
        assert_eq!(
            quoted("document \"d1\" has \"a \\\" b\"… in `text`"),
            "document \"d1\" has [text withheld] in `text`"
        );
        assert_eq!(quoted("carried by “Ada” and \"no end"), "carried by [text withheld] and [text withheld]");
        assert_eq!(quoted("it could not judge: Ada"), "it could not judge: [text withheld]");
        assert_eq!(quoted("`Ada` is not a status"), "[text withheld] is not a status");
        assert_eq!(quoted("unknown variant `Ada`, expected `a`"), "unknown variant [text withheld], expected `a`");
    }
}
