//! The tokens of rouge-score 0.1.2: runs of a to z and 0 to 9 in the lower-cased text.

/// Class of each byte: 0 ends a run, 1 belongs to it, 2 belongs to it after lower-casing.
const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let c = byte as u8;
        kinds[byte] = if c.is_ascii_lowercase() || c.is_ascii_digit() { 1 } else { 2 * c.is_ascii_uppercase() as u8 };
        byte += 1;
    }
    kinds
};

/// The dotted capital I, whose lower case is an i and a combining dot, which separates. It and
/// [`KELVIN`] are the only characters outside ASCII whose lower case contains an ASCII letter.
const DOTTED: char = '\u{130}';
/// The Kelvin sign, whose lower case is a k.
const KELVIN: char = '\u{212a}';

/// Calls `take` with every run, in text order.
pub(super) fn each_run(text: &str, mut take: impl FnMut(&str)) {
    if !text.is_ascii() && text.contains([DOTTED, KELVIN]) {
        return each_run_by_character(text, take);
    }
    // All other bytes outside ASCII separate runs.
    let mut lower = String::new();
    let mut emit = |run: &str, is_lower: bool| {
        if is_lower {
            take(run);
        } else {
            lower.clear();
            lower.push_str(run);
            lower.make_ascii_lowercase();
            take(&lower);
        }
    };
    let (mut start, mut seen) = (0, 0);
    for (at, &byte) in text.as_bytes().iter().enumerate() {
        let kind = KINDS[usize::from(byte)];
        seen |= kind;
        if kind == 0 {
            if at > start {
                emit(&text[start..at], seen == 1);
            }
            (start, seen) = (at + 1, 0);
        }
    }
    if text.len() > start {
        emit(&text[start..], seen == 1);
    }
}

/// Calls `take` with every run of a text that contains [`DOTTED`] or [`KELVIN`].
fn each_run_by_character(text: &str, mut take: impl FnMut(&str)) {
    let mut token = String::new();
    for c in text.chars() {
        match c {
            'a'..='z' | '0'..='9' => token.push(c),
            'A'..='Z' => token.push(c.to_ascii_lowercase()),
            KELVIN => token.push('k'),
            _ => {
                if c == DOTTED {
                    token.push('i');
                }
                if !token.is_empty() {
                    take(&token);
                    token.clear();
                }
            }
        }
    }
    if !token.is_empty() {
        take(&token);
    }
}

/// Whether a text contains a run.
pub(super) fn has_run(text: &str) -> bool {
    text.bytes().any(|byte| KINDS[usize::from(byte)] != 0) || text.contains([DOTTED, KELVIN])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{each_run, each_run_by_character, has_run};

    proptest! {
        #[test]
        fn bytes_and_characters_give_the_same_runs(text in "\\PC{0,40}|[a-zA-Z0-9 .é日\u{130}\u{212a}]{0,40}") {
            let (mut by_byte, mut by_character) = (Vec::new(), Vec::new());
            each_run(&text, |run| by_byte.push(run.to_owned()));
            each_run_by_character(&text, |run| by_character.push(run.to_owned()));
            prop_assert_eq!(has_run(&text), !by_byte.is_empty());
            prop_assert_eq!(by_byte, by_character);
        }
    }
}
