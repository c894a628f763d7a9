//! Lints punctuation at the edges of spans that is no part of what they name.
//!
//! An entity keeps the period of an abbreviation ("U.S.", "Acme Inc."), signs that have a meaning
//! ("$5", "50%", "C++", "Yahoo!", "-5"), and quotes and brackets whose partner it also contains.
//! Sentences, evidence and the spans in records end where their sentence does, so only marks that
//! cannot begin or end a clause are reported for them.

use super::case::{brief, key};
use super::finding::View;
use super::{Finding, Lint, Severity};
use crate::error::Diagnostic;
use crate::text::sentence::is_abbreviation;

/// Reports a span that begins or ends with stray punctuation.
pub(super) const PUNCTUATION: Lint = Lint {
    code: "edge-punctuation",
    level: Severity::Warning,
    what: "a span begins or ends with punctuation that is not part of the name",
    check,
};

const PAIRS: &[(char, char)] = &[
    ('(', ')'),
    ('[', ']'),
    ('{', '}'),
    ('“', '”'),
    ('„', '“'),
    ('«', '»'),
    ('»', '«'),
    ('‹', '›'),
    ('「', '」'),
    ('『', '』'),
];
const STRAIGHT: &[char] = &['"', '\''];
const SEPARATORS: &[char] = &[',', ';', ':', '、', '，', '；', '：', '،'];
const DASHES: &[char] = &['-', '–', '—'];
const STOPS: &[char] = &['.', '…', '。', '!', '?'];

fn check(view: &View<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for case in view.cases {
        let Some(document) = case.document else { continue };
        for span in case.spans() {
            let Some(bytes) = document.bytes(span.start, span.end) else { continue };
            let (before, text, after) =
                (&document.text()[..bytes.start], &document.text()[bytes.clone()], &document.text()[bytes.end..]);
            let is_name = span.path[0] == key("entities");
            let first = if is_name { stray_first(before, text) } else { stray_first_of_clause(text) };
            let last = if is_name { stray_last(text, after) } else { stray_last_of_clause(text) };
            let message = match (first, last) {
                (None, None) => continue,
                (Some(mark), None) => format!("the span begins with {mark:?}: {}", brief(text)),
                (None, Some(mark)) => format!("the span ends with {mark:?}: {}", brief(text)),
                (Some(first), Some(last)) => {
                    format!("the span begins with {first:?} and ends with {last:?}: {}", brief(text))
                }
            };
            let diagnostic =
                Diagnostic::new(message).help("leave punctuation out that is no part of what the span names");
            findings.push(PUNCTUATION.at(case, span.path, diagnostic));
        }
    }
    findings
}

fn stray_first(before: &str, text: &str) -> Option<char> {
    let mut chars = text.chars();
    let mark = chars.next()?;
    let next = chars.next();
    let next_is = |test: fn(char) -> bool| next.is_some_and(test);
    let stray = match mark {
        '’' | '\'' if next_is(char::is_alphanumeric) && !text.ends_with(mark) => {
            // The apostrophes of "'90s" and "’s-Hertogenbosch" belong to them. Only a single quote
            // directly after a double one is taken for an opening quote.
            mark == '\'' && before.ends_with('"')
        }
        '‘' => !text.contains('’'),
        '’' => true,
        '.' => !next_is(char::is_alphanumeric),
        '-' | '–' => !next_is(|c| c.is_numeric() || "$€£¥".contains(c)),
        mark if STRAIGHT.contains(&mark) => text.matches(mark).count() < 2,
        mark if opens(mark) => !is_closed(mark, text),
        mark => {
            SEPARATORS.contains(&mark)
                || DASHES.contains(&mark)
                || STOPS.contains(&mark)
                || PAIRS.iter().any(|p| p.1 == mark)
        }
    };
    stray.then_some(mark)
}

fn stray_last(text: &str, after: &str) -> Option<char> {
    let mark = text.chars().next_back()?;
    let bare = &text[..text.len() - mark.len_utf8()];
    let before = bare.chars().next_back();
    let stray = match mark {
        // Names may end in "!" and "?".
        '!' | '?' => false,
        '.' => !is_period_of_word(bare, after),
        // Signs of feet, inches and minutes.
        '"' | '\'' | '’' | '”' if before.is_some_and(char::is_numeric) => false,
        '’' => !bare.contains('‘'),
        mark if STRAIGHT.contains(&mark) => text.matches(mark).count() < 2,
        mark if closes(mark) => !PAIRS.iter().any(|&(open, close)| close == mark && bare.contains(open)),
        mark => {
            SEPARATORS.contains(&mark)
                || DASHES.contains(&mark)
                || STOPS.contains(&mark)
                || PAIRS.iter().any(|p| p.0 == mark)
        }
    };
    stray.then_some(mark)
}

/// Whether the period after `bare` is part of its last word: because that is an abbreviation, or
/// because the sentence continues.
fn is_period_of_word(bare: &str, after: &str) -> bool {
    let word = bare.rsplit(char::is_whitespace).next().unwrap_or_default();
    let dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() <= 3) && !word.ends_with('.');
    let lettered = dotted && word.chars().any(char::is_alphabetic);
    let follows = after.trim_start();
    let goes_on = after.starts_with([',', ';', ':', '?', '!']) || follows.starts_with(|c: char| c.is_lowercase());
    is_abbreviation(bare) || is_name_part(word) || lettered || (goes_on && !word.ends_with('.'))
}

/// Whether a word is an abbreviation that ends names, beyond those that the sentence splitter
/// knows.
fn is_name_part(word: &str) -> bool {
    const PARTS: &[&str] = &[
        "Bros", "Cos", "Ave", "Blvd", "Rd", "Sq", "Mt", "Ft", "Univ", "Dept", "Inst", "Assn", "Mfg", "Intl", "Natl",
        "Cie", "Pty", "Plc", "plc", "S.A", "N.V", "B.V", "A.G", "mln", "bn", "mil", "Esq", "Ed", "Op", "pct", "ca",
        "ft", "lb", "lbs", "oz", "mi", "hr", "hrs", "min", "sec", "Calif", "Mass", "Conn", "Pa", "Va", "Fla", "Tex",
        "Wash", "Ore",
    ];
    PARTS.contains(&word)
}

fn opens(mark: char) -> bool {
    PAIRS.iter().any(|pair| pair.0 == mark)
}

fn closes(mark: char) -> bool {
    PAIRS.iter().any(|pair| pair.1 == mark)
}

fn is_closed(mark: char, text: &str) -> bool {
    let rest = &text[mark.len_utf8()..];
    PAIRS.iter().any(|&(open, close)| open == mark && rest.contains(close))
}

/// Returns the first character of a clause if no clause can begin with it.
fn stray_first_of_clause(text: &str) -> Option<char> {
    text.chars().next().filter(|mark| SEPARATORS.contains(mark) || ")]}”»!?.".contains(*mark) && !is_number(text))
}

fn is_number(text: &str) -> bool {
    text.starts_with('.') && text[1..].starts_with(|c: char| c.is_numeric())
        || text.starts_with('»') && text.contains('«')
}

/// Returns the last character of a clause if no clause can end with it.
fn stray_last_of_clause(text: &str) -> Option<char> {
    text.chars().next_back().filter(|mark| SEPARATORS.contains(mark) && *mark != ':' || "([{„«‘".contains(*mark))
}

#[cfg(test)]
mod tests {
    use super::{stray_first, stray_first_of_clause, stray_last, stray_last_of_clause};

    #[test]
    fn names_keep_what_is_theirs() {
        for text in [
            "U.S.",
            "p.m.",
            "Acme Inc.",
            "J.",
            "Yahoo!",
            "50%",
            "$5",
            "€ 3",
            "-5",
            ".NET",
            "C++",
            "(500) Days",
            "“Emma”",
            "“Emma",
            "'90s",
            "’s-Hertogenbosch",
            "6'",
            "5' 11\"",
            "Bank (Holdings)",
            "«Правда»",
            "„Bild“",
            "S.p.A.",
            "Jr.",
            "#1",
            "@ada",
            "§ 3",
            "\"Emma\"",
            "Ph.D.",
            "–5",
        ] {
            let (first, last) = (stray_first("", text), stray_last(text, " The next"));
            let expected = if text == "“Emma" { Some('“') } else { None };
            assert_eq!((first, last), (expected, None), "{text}");
        }
    }

    #[test]
    fn stray_marks_are_reported() {
        for (text, mark) in [
            ("Oslo,", ','),
            ("Oslo.", '.'),
            ("2022.", '.'),
            ("Oslo)", ')'),
            ("Oslo”", '”'),
            ("Oslo\"", '"'),
            ("the States’", '’'),
            ("Oslo –", '–'),
            ("Oslo:", ':'),
            ("Oslo (", '('),
            ("Oslo…", '…'),
            ("etc..", '.'),
        ] {
            assert_eq!(stray_last(text, " The next"), Some(mark), "{text}");
        }
        for (text, mark) in
            [("(Oslo", '('), ("“Oslo", '“'), (", Oslo", ','), ("- Oslo", '-'), (")Oslo", ')'), (". Oslo", '.')]
        {
            assert_eq!(stray_first("", text), Some(mark), "{text}");
        }
    }

    #[test]
    fn a_period_inside_a_sentence_belongs_to_its_word() {
        assert_eq!(stray_last("3.", " října"), None);
        assert_eq!(stray_last("Oslo Univ.", ", where"), None);
        assert_eq!(stray_last("Oslo", ""), None);
    }

    #[test]
    fn clauses_end_in_stops_and_begin_in_quotes() {
        for text in ["“All is well.”", "He left.", "Why?", "— No, he said.", "said:", ".5 percent rose", "'Tis so"]
        {
            assert_eq!((stray_first_of_clause(text), stray_last_of_clause(text)), (None, None), "{text}");
        }
        assert_eq!(stray_first_of_clause(", he left"), Some(','));
        assert_eq!(stray_first_of_clause(". He left"), Some('.'));
        assert_eq!(stray_last_of_clause("he left,"), Some(','));
        assert_eq!(stray_last_of_clause("he left ("), Some('('));
    }
}
