//! The Chinese tokenizer of sacreBLEU 2.6.0.

use std::sync::LazyLock;

use regex::Regex;

use super::space::split;

/// The ranges of characters that are tokens of their own. The first is meant for U+20000 to
/// U+2A6D6, but sacreBLEU compares with strings of two characters, `\u2000` and `0` to `\u2a6d` and
/// `6`.
const CHINESE: [(char, char); 19] = [
    ('\u{2001}', '\u{2a6d}'),
    ('\u{2e80}', '\u{2eff}'),
    ('\u{2f00}', '\u{2fdf}'),
    ('\u{2ff0}', '\u{2fff}'),
    ('\u{3000}', '\u{303f}'),
    ('\u{3100}', '\u{312f}'),
    ('\u{31a0}', '\u{31bf}'),
    ('\u{31c0}', '\u{31ef}'),
    ('\u{3200}', '\u{32ff}'),
    ('\u{3300}', '\u{33ff}'),
    ('\u{3400}', '\u{4db5}'),
    ('\u{4e00}', '\u{9fa5}'),
    ('\u{9fa6}', '\u{9fbb}'),
    ('\u{f900}', '\u{fa2d}'),
    ('\u{fa30}', '\u{fa6a}'),
    ('\u{fa70}', '\u{fad9}'),
    ('\u{fe10}', '\u{fe1f}'),
    ('\u{fe30}', '\u{fe4f}'),
    ('\u{ff00}', '\u{ffef}'),
];

/// The substitutions that follow, in this order: marks other than a period, a comma and a dash; a
/// period or a comma unless a digit precedes it, and unless one follows it; a dash after a digit.
static SUBSTITUTIONS: LazyLock<[(Regex, &str); 4]> = LazyLock::new(|| {
    let regex = |pattern: &str| Regex::new(pattern).expect("the pattern is well formed");
    [
        (regex(r"([\{-~\[-` -&\(-\+:-@/])"), " $1 "),
        (regex(r"([^0-9])([\.,])"), "$1 $2 "),
        (regex(r"([\.,])([^0-9])"), " $1 $2"),
        (regex(r"([0-9])(-)"), "$1 $2 "),
    ]
});

/// Calls `take` with every token of a text.
pub(super) fn each(text: &str, take: impl FnMut(&str)) {
    let mut spaced = String::with_capacity(2 * text.len());
    for c in text.trim_matches(super::space::is_space).chars() {
        if CHINESE.iter().any(|(first, last)| (*first..=*last).contains(&c)) {
            spaced.extend([' ', c, ' ']);
        } else {
            spaced.push(c);
        }
    }
    let spaced = SUBSTITUTIONS.iter().fold(spaced, |text, (regex, by)| regex.replace_all(&text, *by).into_owned());
    split(&spaced).for_each(take);
}

#[cfg(test)]
mod tests {
    use super::each;

    fn tokens(text: &str) -> String {
        let mut tokens = Vec::new();
        each(text, |token| tokens.push(token.to_owned()));
        tokens.join("|")
    }

    /// Expected values printed by sacreBLEU 2.6.0's `TokenizerZh`.
    #[test]
    fn probes() {
        assert_eq!(tokens("今天是2026年, 3.5%的人…"), "今|天|是|2026|年|,|3.5|%|的|人|…");
        assert_eq!(tokens(" .5 a.b 1,000. x-1 1-x 3."), ".5|a|.|b|1,000|.|x-1|1|-|x|3.");
        assert_eq!(tokens("“引号” № ⩮ 𠀀 <b>&amp;"), "“|引|号|”|№|⩮|𠀀|<|b|>|&|amp|;");
    }
}
