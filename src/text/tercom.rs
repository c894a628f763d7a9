//! The tokenizer of Tercom, as implemented by sacreBLEU 2.6.0 for TER.

use super::mteval::{Cuts, Possessive, unescape, western};
use super::space::{split, trim_end};

/// The options of the Tercom tokenizer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tercom {
    /// Separate punctuation, unescape XML entities, join lines.
    pub normalized: bool,
    /// Remove punctuation marks.
    pub no_punct: bool,
    /// With `normalized`, every CJK character is a word; with `no_punct`, CJK and full-width
    /// punctuation is also removed.
    pub asian_support: bool,
    /// Keep upper case.
    pub case_sensitive: bool,
}

impl Tercom {
    /// Calls `take` with every non-empty word, in text order, after removing white space at the end
    /// of the text.
    pub fn each(self, text: &str, mut take: impl FnMut(&str)) {
        let lower;
        let text = trim_end(text);
        let text = if self.case_sensitive {
            text
        } else {
            lower = text.to_lowercase();
            &lower
        };
        let mut bare = String::new();
        let mut give = |word: &str| {
            if !self.no_punct {
                return take(word);
            }
            bare.clear();
            bare.extend(word.chars().filter(|c| !self.drops(*c)));
            if !bare.is_empty() {
                take(&bare);
            }
        };
        if !self.normalized {
            return split(text).for_each(give);
        }
        let text = unescape(text, "\n-", false);
        let mut take_western = |word: &str| {
            if !self.asian_support {
                return give(word);
            }
            let mut start = 0;
            for (at, c) in word.char_indices().filter(|(_, c)| is_set_apart(*c)) {
                let end = at + c.len_utf8();
                [&word[start..at], &word[at..end]].into_iter().filter(|part| !part.is_empty()).for_each(&mut give);
                start = end;
            }
            if start < word.len() {
                give(&word[start..]);
            }
        };
        western(&text, Possessive::BeforeSpaces, &mut Cuts::default(), &mut take_western);
    }

    fn drops(self, c: char) -> bool {
        matches!(c, '.' | ',' | '?' | ':' | ';' | '!' | '"' | '(' | ')') || (self.asian_support && is_asian_mark(c))
    }
}

/// Whether a character is CJK or full-width punctuation.
fn is_asian_mark(c: char) -> bool {
    matches!(c, '\u{3001}' | '\u{3002}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{ff61}'..='\u{ff65}')
        || matches!(c, '\u{30fb}' | '\u{ff0e}' | '\u{ff0c}' | '\u{ff1f}' | '\u{ff1a}' | '\u{ff1b}' | '\u{ff01}')
        || matches!(c, '\u{ff02}' | '\u{ff08}' | '\u{ff09}')
}

/// Whether a character is a word of its own. As in the reference implementation, the block that
/// begins at U+3200 ends at U+3F22 and not at U+32FF. The rule for kana at a change of script never
/// applies, because it asks for the start of the line, where there is a space.
fn is_set_apart(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '\u{31c0}'..='\u{31ef}' | '\u{2e80}'..='\u{2eff}')
        || matches!(c, '\u{3200}'..='\u{3f22}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}')
        || is_asian_mark(c)
}

#[cfg(test)]
mod tests {
    use super::Tercom;

    fn words(tercom: Tercom, text: &str) -> String {
        let mut words = Vec::new();
        tercom.each(text, |word| words.push(word.to_owned()));
        words.join(" ")
    }

    /// Reference output of `sacrebleu.tokenizers.tokenizer_ter` 2.6.0.
    #[test]
    fn cuts_as_tercom() {
        let text = "It's (Bob's) 3.5, \"x\"s. a\n-b 日本、かな。&amp;";
        let all = Tercom { normalized: true, no_punct: true, asian_support: true, case_sensitive: true };
        assert_eq!(words(Tercom::default(), text), "it's (bob's) 3.5, \"x\"s. a -b 日本、かな。&amp;");
        assert_eq!(
            words(Tercom { no_punct: true, ..Tercom::default() }, text),
            "it's bob's 35 xs a -b 日本、かな。&amp"
        );
        let normalized = Tercom { normalized: true, ..Tercom::default() };
        assert_eq!(words(normalized, text), "it 's ( bob 's ) 3.5 , \" x \" s . ab 日本、かな。 &");
        assert_eq!(words(all, text), "It 's Bob 's 35 x s ab 日 本 かな &");
        assert_eq!(words(normalized, "a's\tb's c's\n\u{3000}d's"), "a's b 's c 's d 's");
        assert_eq!(words(normalized, "a's\t"), "a 's");
    }
}
