//! The tokenizers of NIST's mteval scripts, as implemented by sacreBLEU 2.6.0: [`each_13a`]
//! (mteval-v13a.pl) and [`each_intl`] (mteval-v14.pl, international).
//!
//! The scripts define them as successive substitutions over a whole line that insert spaces around
//! punctuation. This implementation records the positions of the spaces instead, so that tokens are
//! slices of the text and nothing is copied.

use std::borrow::Cow;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use super::space::{is_space, trim_end};

/// Calls `take` with every token of a text, after removing white space at its end. ASCII
/// punctuation and symbols are separate tokens, except an apostrophe, a dash that no digit
/// precedes, and a period or comma between digits.
pub fn each_13a(text: &str, mut take: impl FnMut(&str)) {
    let text = trim_end(text);
    let bytes = text.as_bytes();
    // A line break is ordinary white space unless a dash precedes it.
    let is_cut = || memchr::memchr_iter(b'\n', bytes).any(|at| bytes[..at].ends_with(b"-"));
    let is_plain = memchr::memchr2(b'<', b'&', bytes).is_none() && !is_cut();
    let text = if is_plain { Cow::Borrowed(text) } else { Cow::Owned(unescape(text, "-\n", true)) };
    western(&text, Possessive::Never, &mut Cuts::default(), &mut take);
}

/// Joins lines, including words that `hyphen` divides, and unescapes four XML entities.
pub(super) fn unescape(text: &str, hyphen: &str, skips: bool) -> String {
    let mut text = Cow::Borrowed(text);
    if skips {
        replace(&mut text, "<skipped>", "");
    }
    replace(&mut text, hyphen, "");
    replace(&mut text, "\n", " ");
    // In this order, so that `&amp;lt;` becomes `<` and `&amp;quot;` becomes `&quot;`.
    for (entity, character) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
        replace(&mut text, entity, character);
    }
    text.into_owned()
}

/// Replaces every occurrence. Most texts have none, and are not copied.
fn replace(text: &mut Cow<'_, str>, from: &str, to: &str) {
    if memchr::memmem::find(text.as_bytes(), from.as_bytes()).is_some() {
        *text = Cow::Owned(text.replace(from, to));
    }
}

/// Split positions in a run of letters, digits, periods, commas and dashes: whether a space
/// precedes each byte, and the end.
#[derive(Default)]
pub(super) struct Cuts(Vec<bool>);

impl Cuts {
    fn begin(&mut self, length: usize) {
        self.0.clear();
        self.0.resize(length + 1, false);
    }

    /// Puts spaces around one byte.
    fn around(&mut self, at: usize) {
        self.0[at] = true;
        self.0[at + 1] = true;
    }
}

/// When a possessive 's is a separate token. Tercom requires a space after it. Punctuation and the
/// end of the text are preceded by a space, but not every kind of white space counts as one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Possessive {
    Never,
    BeforeSpaces,
}

/// The class of a byte in the rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Continues a run: a letter, a digit, an apostrophe.
    Plain,
    /// Continues a run and may split it: a period, a comma, a dash.
    Dot,
    /// A separate token.
    Mark,
    /// White space.
    Space,
    /// A byte of a character outside ASCII.
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte = 0;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'.' | b',' | b'-' => Class::Dot,
            b'\t'..=b'\r' | 0x1c..=0x1f | b' ' => Class::Space,
            b'\'' => Class::Plain,
            _ if byte.is_ascii_punctuation() => Class::Mark,
            _ => Class::Plain,
        };
        byte += 1;
    }
    classes
};

/// The language-dependent part of the rules for Western languages.
pub(super) fn western(text: &str, possessive: Possessive, cuts: &mut Cuts, take: &mut impl FnMut(&str)) {
    let bytes = text.as_bytes();
    let (mut start, mut at, mut has_dot) = (0, 0, false);
    // The length in bytes of a white space character outside ASCII; 0 for another character.
    let space = |at: usize| text[at..].chars().next().filter(|c| is_space(*c)).map_or(0, char::len_utf8);
    loop {
        at += bytes[at..].iter().take_while(|byte| CLASSES[**byte as usize] == Class::Plain).count();
        let Some(byte) = bytes.get(at) else { break };
        let class = CLASSES[*byte as usize];
        let length = match class {
            Class::Mark | Class::Space => 1,
            Class::Other if text.is_char_boundary(at) => space(at),
            _ => 0,
        };
        if length == 0 {
            has_dot |= class == Class::Dot;
            at += 1;
            continue;
        }
        let is_mark = class == Class::Mark;
        let is_owner = match possessive {
            Possessive::Never => false,
            Possessive::BeforeSpaces => is_mark || bytes[at] == b' ',
        };
        run(&text[start..at], has_dot, is_owner, cuts, take);
        if is_mark {
            take(&text[at..=at]);
        }
        at += length;
        (start, has_dot) = (at, false);
    }
    run(&text[start..], has_dot, possessive == Possessive::BeforeSpaces, cuts, take);
}

fn run(text: &str, has_dot: bool, possessive: bool, cuts: &mut Cuts, take: &mut impl FnMut(&str)) {
    let (text, end) = match possessive.then(|| text.strip_suffix("'s")).flatten() {
        Some(owner) => (owner, Some(&text[owner.len()..])),
        None => (text, None),
    };
    if has_dot {
        dotted(text, cuts, take);
    } else if !text.is_empty() {
        take(text);
    }
    end.into_iter().for_each(take);
}

/// Splits a run with at least one period, comma or dash. Bytes suffice, since the rules concern
/// ASCII characters only.
fn dotted(text: &str, cuts: &mut Cuts, take: &mut impl FnMut(&str)) {
    let bytes = text.as_bytes();
    // The most frequent case: a word followed by a period or a comma.
    if let [.., before, b'.' | b','] = bytes
        && !before.is_ascii_digit()
        && memchr::memchr3(b'.', b',', b'-', &bytes[..bytes.len() - 1]).is_none()
    {
        let (word, mark) = text.split_at(bytes.len() - 1);
        take(word);
        take(mark);
        return;
    }
    let is_mark = |at: usize| matches!(bytes.get(at), Some(b'.' | b','));
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    cuts.begin(bytes.len());
    // Around a mark that no digit precedes. A mark that was separated does not count as preceding
    // another one.
    let mut at = 0;
    if is_mark(0) {
        cuts.around(0);
        at = 1;
    }
    while at < bytes.len() {
        let splits = !is_digit(at) && is_mark(at + 1);
        if splits {
            cuts.around(at + 1);
        }
        at += 1 + usize::from(splits);
    }
    // Around a mark that no digit follows.
    let mut at = 0;
    while at < bytes.len() {
        let mut step = 1;
        if is_mark(at) {
            let is_before_space = cuts.0[at + 1] || at + 1 == bytes.len();
            if is_before_space {
                cuts.0[at] = true;
            } else if !is_digit(at + 1) {
                cuts.around(at);
                step = 2;
            }
        }
        at += step;
    }
    // Around a dash after a digit.
    for (at, byte) in bytes.iter().enumerate().skip(1) {
        if *byte == b'-' && is_digit(at - 1) && !cuts.0[at] {
            cuts.around(at);
        }
    }
    let mut start = 0;
    for at in 1..=bytes.len() {
        if at == bytes.len() || cuts.0[at] {
            take(&text[start..at]);
            start = at;
        }
    }
}

/// The class of a character in the rules of mteval-v14.pl.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Number,
    Mark,
    Symbol,
    Space,
    Other,
}

fn kind(c: char) -> Kind {
    if c.is_ascii() {
        return match c {
            '0'..='9' => Kind::Number,
            '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~' => Kind::Symbol,
            '!'..='/' | ':'..='@' | '['..='_' | '{' | '}' => Kind::Mark,
            _ if is_space(c) => Kind::Space,
            _ => Kind::Other,
        };
    }
    match c.general_category_group() {
        GeneralCategoryGroup::Number => Kind::Number,
        GeneralCategoryGroup::Punctuation => Kind::Mark,
        GeneralCategoryGroup::Symbol => Kind::Symbol,
        _ if is_space(c) => Kind::Space,
        _ => Kind::Other,
    }
}

/// Calls `take` with every token of a text, after removing white space at its end. Every symbol is
/// a separate token, and so is every punctuation mark with a character other than a number (of any
/// script) on one side. The end of the text does not count as such a character, so a period after a
/// final number stays with it.
pub fn each_intl(text: &str, mut take: impl FnMut(&str)) {
    let text = trim_end(text);
    let chars: Vec<(usize, Kind)> = text.char_indices().map(|(at, c)| (at, kind(c))).collect();
    let kind = |at: usize| chars.get(at).map(|(_, kind)| *kind);
    let mut cuts = vec![false; chars.len() + 2];
    let mut at = 0;
    while at < chars.len() {
        let splits = kind(at) != Some(Kind::Number) && kind(at + 1) == Some(Kind::Mark);
        if splits {
            (cuts[at + 1], cuts[at + 2]) = (true, true);
        }
        at += 1 + usize::from(splits);
    }
    let mut at = 0;
    while at < chars.len() {
        let mut step = 1;
        if kind(at) == Some(Kind::Mark) {
            if cuts[at + 1] {
                cuts[at] = true;
            } else if kind(at + 1).is_some_and(|next| next != Kind::Number) {
                (cuts[at], cuts[at + 1]) = (true, true);
                step = 2;
            }
        }
        at += step;
    }
    let mut start = 0;
    let mut give = |start: usize, end: usize| {
        if start < end {
            take(&text[start..end]);
        }
    };
    let mut behind_symbol = false;
    for (number, &(at, kind)) in chars.iter().enumerate() {
        if cuts[number] || behind_symbol || matches!(kind, Kind::Symbol | Kind::Space) {
            give(start, at);
            start = at;
        }
        if kind == Kind::Space {
            start = chars.get(number + 1).map_or(text.len(), |(next, _)| *next);
        }
        behind_symbol = kind == Kind::Symbol;
    }
    give(start, text.len());
}

#[cfg(test)]
mod tests {
    use super::{each_13a, each_intl};

    fn v13a(text: &str) -> String {
        let mut tokens = Vec::new();
        each_13a(text, |token| tokens.push(token.to_owned()));
        tokens.join(" ")
    }

    fn intl(text: &str) -> String {
        let mut tokens = Vec::new();
        each_intl(text, |token| tokens.push(token.to_owned()));
        tokens.join(" ")
    }

    /// Reference output of `sacrebleu.tokenizers.tokenizer_13a` 2.6.0.
    #[test]
    fn marks_stand_alone_but_between_digits() {
        assert_eq!(v13a("Don't! 3.14, 1,000. U.S.A. 5-6 a-b"), "Don't ! 3.14 , 1,000 . U . S . A . 5 - 6 a-b");
        assert_eq!(v13a("a... 5... ..5 .,. -.-"), "a . . . 5 . . . . .5 . , . - . -");
        assert_eq!(v13a("&amp;lt; &quot;x&quot; <skipped>y over-\nlap a\nb-\n"), "< \" x \" y overlap a b-");
        assert_eq!(v13a("日本。é.è (x)’s"), "日本。é . è ( x ) ’s");
    }

    /// Reference output of `sacrebleu.tokenizers.tokenizer_intl` 2.6.0.
    #[test]
    fn marks_of_every_script() {
        assert_eq!(intl("Don't 3.14, 1,000."), "Don ' t 3.14 , 1,000.");
        assert_eq!(intl("日本。(5) ٣٫٤ $5 5€ «x» ..a"), "日本 。 (5 ) ٣٫٤ $ 5 5 € « x » . . a");
        assert_eq!(intl(""), "");
    }
}
