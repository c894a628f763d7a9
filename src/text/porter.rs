//! The Porter stemmer of NLTK in its default mode (`PorterStemmer()`, mode `NLTK_EXTENSIONS`, NLTK
//! 3.10).
//!
//! ROUGE figures depend on the stemmer to the last digit, and the stemmers of other Rust crates
//! implement other readings of the paper (M. F. Porter, "An algorithm for suffix stripping", 1980).
//! NLTK differs from the paper as follows:
//! - A short table of irregular words is looked up first, and words of one or two letters are not
//!   changed.
//! - Four-letter words in -ies and -ied keep their e; longer ones in -ied take an i.
//! - A final y becomes i after a consonant that is not the first letter, whether or not there is a
//!   vowel before it.
//! - -alli becomes -al before all other rules of step 2, which then start again; -bli replaces
//!   -abli; -fulli and -logi are rules.
//! - A stem of a vowel and a consonant counts as a short syllable.
//!
//! The algorithm is generic over a slice of letters: bytes if the word is ASCII, otherwise
//! characters, since rules that count letters or compare neighbours must not see the bytes of a
//! character.

/// The stem of an irregular word.
fn irregular(word: &str) -> Option<&'static str> {
    Some(match word {
        "sky" | "skies" => "sky",
        "dying" => "die",
        "lying" => "lie",
        "tying" => "tie",
        "news" => "news",
        "inning" | "innings" => "inning",
        "outing" | "outings" => "outing",
        "canning" | "cannings" => "canning",
        "howe" => "howe",
        "proceed" => "proceed",
        "exceed" => "exceed",
        "succeed" => "succeed",
        _ => return None,
    })
}

/// The condition of a rule on the letters before the suffix.
#[derive(Clone, Copy)]
enum When {
    Always,
    /// The stem's measure exceeds this.
    Measure(usize),
    /// The measure exceeds 1 and the stem ends in s or t.
    MeasureAndST,
    /// The stem with the first letter of the suffix has a measure above 0.
    MeasureWithOneMore,
}

/// A suffix, its replacement, and the condition. The first rule of a list whose suffix matches
/// decides, whether or not its condition holds.
type Rule = (&'static str, &'static str, When);

const POSITIVE: When = When::Measure(0);
const ABOVE_ONE: When = When::Measure(1);

/// The rules of a step by the last letter of their suffixes, so that most need not be examined.
type Step = &'static [(u8, &'static [Rule])];

const STEP_1A: Step = &[(
    b's',
    &[("sses", "ss", When::Always), ("ies", "i", When::Always), ("ss", "ss", When::Always), ("s", "", When::Always)],
)];

const STEP_2: Step = &[
    (b'l', &[("ational", "ate", POSITIVE), ("tional", "tion", POSITIVE)]),
    (
        b'i',
        &[
            ("enci", "ence", POSITIVE),
            ("anci", "ance", POSITIVE),
            ("bli", "ble", POSITIVE),
            ("alli", "al", POSITIVE),
            ("entli", "ent", POSITIVE),
            ("eli", "e", POSITIVE),
            ("ousli", "ous", POSITIVE),
            ("aliti", "al", POSITIVE),
            ("iviti", "ive", POSITIVE),
            ("biliti", "ble", POSITIVE),
            ("fulli", "ful", POSITIVE),
            ("logi", "log", When::MeasureWithOneMore),
        ],
    ),
    (b'r', &[("izer", "ize", POSITIVE), ("ator", "ate", POSITIVE)]),
    (b'n', &[("ization", "ize", POSITIVE), ("ation", "ate", POSITIVE)]),
    (b'm', &[("alism", "al", POSITIVE)]),
    (b's', &[("iveness", "ive", POSITIVE), ("fulness", "ful", POSITIVE), ("ousness", "ous", POSITIVE)]),
];

const STEP_3: Step = &[
    (b'e', &[("icate", "ic", POSITIVE), ("ative", "", POSITIVE), ("alize", "al", POSITIVE)]),
    (b'i', &[("iciti", "ic", POSITIVE)]),
    (b'l', &[("ical", "ic", POSITIVE), ("ful", "", POSITIVE)]),
    (b's', &[("ness", "", POSITIVE)]),
];

const STEP_4: Step = &[
    (b'l', &[("al", "", ABOVE_ONE)]),
    (
        b'e',
        &[
            ("ance", "", ABOVE_ONE),
            ("ence", "", ABOVE_ONE),
            ("able", "", ABOVE_ONE),
            ("ible", "", ABOVE_ONE),
            ("ate", "", ABOVE_ONE),
            ("ive", "", ABOVE_ONE),
            ("ize", "", ABOVE_ONE),
        ],
    ),
    (b'r', &[("er", "", ABOVE_ONE)]),
    (b'c', &[("ic", "", ABOVE_ONE)]),
    (b't', &[("ant", "", ABOVE_ONE), ("ement", "", ABOVE_ONE), ("ment", "", ABOVE_ONE), ("ent", "", ABOVE_ONE)]),
    (b'n', &[("ion", "", When::MeasureAndST)]),
    (b'u', &[("ou", "", ABOVE_ONE)]),
    (b'm', &[("ism", "", ABOVE_ONE)]),
    (b'i', &[("iti", "", ABOVE_ONE)]),
    (b's', &[("ous", "", ABOVE_ONE)]),
];

/// The stem of a word, which is lower-cased first. It is empty only for an empty word.
///
/// ```
/// assert_eq!(karat::text::porter::stem("Relational"), "relat");
/// assert_eq!(karat::text::porter::stem("news"), "news");
/// ```
pub fn stem(word: &str) -> String {
    let lower = word.to_lowercase();
    if let Some(stem) = irregular(&lower) {
        return stem.to_owned();
    }
    if word.chars().nth(2).is_none() {
        return lower;
    }
    if lower.is_ascii() {
        let mut letters = Letters(lower.into_bytes());
        letters.run();
        return String::from_utf8(letters.0).expect("the rules take and give ASCII");
    }
    let mut letters = Letters(lower.chars().collect::<Vec<char>>());
    letters.run();
    letters.0.into_iter().collect()
}

/// A word that is being stemmed.
struct Letters<L>(Vec<L>);

impl<L: Copy + Eq + From<u8>> Letters<L> {
    fn run(&mut self) {
        self.step_1a();
        self.step_1b();
        self.step_1c();
        self.step_2();
        self.apply(STEP_3);
        self.apply(STEP_4);
        self.step_5a();
        self.step_5b();
    }

    /// Step 1a: plurals.
    fn step_1a(&mut self) {
        if self.0.len() == 4 && self.ends("ies") {
            self.replace("ies", "ie");
        } else {
            self.apply(STEP_1A);
        }
    }

    /// Step 1b: -ed and -ing.
    fn step_1b(&mut self) {
        if self.ends("ied") {
            self.replace("ied", if self.0.len() == 4 { "ie" } else { "i" });
        } else if self.ends("eed") {
            if measure(self.before("eed")) > 0 {
                self.replace("eed", "ee");
            }
        } else if let Some(suffix) =
            ["ed", "ing"].into_iter().find(|suffix| self.ends(suffix) && has_vowel(self.before(suffix)))
        {
            self.replace(suffix, "");
            self.fix();
        }
    }

    /// Completes step 1b after -ed or -ing was removed: restores an e, or removes one of two equal
    /// letters.
    fn fix(&mut self) {
        let word = &self.0;
        let last = word[word.len() - 1];
        if self.ends("at") || self.ends("bl") || self.ends("iz") {
            self.append("e");
        } else if ends_double_consonant(word) {
            if !is_any(last, b"lsz") {
                self.0.pop();
            }
        } else if self.ends("*d") {
            // NLTK's rule table names the condition above "*d" and then also reads it as a suffix.
            self.replace("*d", "d");
        } else if measure(word) == 1 && ends_short_syllable(word) {
            self.append("e");
        }
    }

    /// Step 1c: a final y after a consonant.
    fn step_1c(&mut self) {
        if self.ends("y") {
            let stem = self.before("y");
            if stem.len() > 1 && is_consonant(stem, stem.len() - 1) {
                self.replace("y", "i");
            }
        }
    }

    fn step_2(&mut self) {
        while self.ends("alli") && measure(self.before("alli")) > 0 {
            self.replace("alli", "al");
        }
        self.apply(STEP_2);
    }

    /// Step 5a: a final e.
    fn step_5a(&mut self) {
        if self.ends("e") {
            let stem = self.before("e");
            let m = measure(stem);
            if m > 1 || (m == 1 && !ends_short_syllable(stem)) {
                self.0.pop();
            }
        }
    }

    /// Step 5b: a final -ll.
    fn step_5b(&mut self) {
        if self.ends("ll") && measure(self.before("l")) > 1 {
            self.0.pop();
        }
    }

    fn apply(&mut self, step: Step) {
        let Some(&last) = self.0.last() else { return };
        let Some(&(_, rules)) = step.iter().find(|&&(letter, _)| last == L::from(letter)) else { return };
        let Some(&(suffix, replacement, when)) = rules.iter().find(|(suffix, ..)| self.ends(suffix)) else { return };
        let stem = self.before(suffix);
        let holds = match when {
            When::Always => true,
            When::Measure(least) => measure(stem) > least,
            When::MeasureAndST => measure(stem) > 1 && stem.last().is_some_and(|&last| is_any(last, b"st")),
            When::MeasureWithOneMore => measure(&self.0[..=stem.len()]) > 0,
        };
        if holds {
            self.replace(suffix, replacement);
        }
    }

    fn ends(&self, suffix: &str) -> bool {
        let word = &self.0;
        word.len() >= suffix.len() && suffix.bytes().rev().zip(word.iter().rev()).all(|(s, &w)| w == L::from(s))
    }

    /// The letters before a suffix, which the word must have.
    fn before(&self, suffix: &str) -> &[L] {
        &self.0[..self.0.len() - suffix.len()]
    }

    fn replace(&mut self, suffix: &str, replacement: &str) {
        self.0.truncate(self.0.len() - suffix.len());
        self.append(replacement);
    }

    fn append(&mut self, letters: &str) {
        self.0.extend(letters.bytes().map(L::from));
    }
}

fn is_any<L: Copy + Eq + From<u8>>(letter: L, of: &[u8]) -> bool {
    of.iter().any(|&one| letter == L::from(one))
}

/// Whether each letter is a consonant: all except a, e, i, o and u, and except a y that follows a
/// consonant.
fn consonants<L: Copy + Eq + From<u8>>(word: &[L]) -> impl Iterator<Item = bool> + '_ {
    word.iter().scan(false, |after_consonant, &letter| {
        *after_consonant = if letter == L::from(b'y') { !*after_consonant } else { !is_any(letter, b"aeiou") };
        Some(*after_consonant)
    })
}

fn is_consonant<L: Copy + Eq + From<u8>>(word: &[L], at: usize) -> bool {
    let ys = word[..=at].iter().rev().take_while(|&&letter| letter == L::from(b'y')).count();
    let base = (at + 1).checked_sub(ys + 1).is_some_and(|at| !is_any(word[at], b"aeiou"));
    base == ys.is_multiple_of(2)
}

fn has_vowel<L: Copy + Eq + From<u8>>(word: &[L]) -> bool {
    consonants(word).any(|consonant| !consonant)
}

/// The number of vowel-consonant sequences, called m in the paper.
fn measure<L: Copy + Eq + From<u8>>(word: &[L]) -> usize {
    let mut after_vowel = false;
    let mut count = 0;
    for consonant in consonants(word) {
        count += usize::from(after_vowel && consonant);
        after_vowel = !consonant;
    }
    count
}

fn ends_double_consonant<L: Copy + Eq + From<u8>>(word: &[L]) -> bool {
    matches!(word, [.., a, b] if a == b) && is_consonant(word, word.len() - 1)
}

/// Whether a word ends in a consonant, a vowel, and a consonant other than w, x and y, or consists
/// of a vowel and a consonant.
fn ends_short_syllable<L: Copy + Eq + From<u8>>(word: &[L]) -> bool {
    let at = |back: usize| is_consonant(word, word.len() - back);
    match word.len() {
        0 | 1 => false,
        2 => !at(2) && at(1),
        _ => at(3) && !at(2) && at(1) && !is_any(word[word.len() - 1], b"wxy"),
    }
}

#[cfg(test)]
mod tests {
    use super::stem;

    /// Words and their stems from NLTK 3.10.4, one step per line.
    const STEMS: &str = include_str!("porter_words.txt");

    #[test]
    fn equals_nltk_on_selected_words() {
        let mut words = 0;
        for (word, expected) in STEMS.lines().flat_map(str::split_whitespace).map(|pair| pair.split_once(':').unwrap())
        {
            assert_eq!(stem(word), expected, "{word}");
            words += 1;
        }
        assert!(words >= 60, "{words}");
    }

    #[test]
    fn short_words_and_no_word_stay() {
        assert_eq!(stem(""), "");
        assert_eq!(stem("As"), "as");
        assert_eq!(stem("İs"), "i̇s");
    }
}
