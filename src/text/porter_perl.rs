//! The Porter stemmer of the Perl program ROUGE-1.5.5.
//!
//! It derives from the Perl stemmer on M. F. Porter's page (release 1), and that from the paper
//! (1980). Both deviate from it, so comparable figures need an exact copy. It processes a to z and
//! 0 to 9; digits are consonants. It differs from [`porter`](super::porter) as follows:
//! - There are no irregular words and no special rules for four letters.
//! - A y is a vowel unless it is the first letter, even after a vowel; but it can begin the
//!   consonants that end a syllable.
//! - A final y becomes i if there is a vowel before it.
//! - -ment and -ent are both tried, one after the other, also on a word that lost another suffix in
//!   the same step, and -ion only if the word does not end in -ent by then.
//! - -bli replaces -abli, and -logi is a rule.

const STEP_2: &[(&[u8], &[u8])] = &[
    (b"ational", b"ate"),
    (b"ization", b"ize"),
    (b"iveness", b"ive"),
    (b"fulness", b"ful"),
    (b"ousness", b"ous"),
    (b"tional", b"tion"),
    (b"biliti", b"ble"),
    (b"entli", b"ent"),
    (b"ousli", b"ous"),
    (b"ation", b"ate"),
    (b"alism", b"al"),
    (b"aliti", b"al"),
    (b"iviti", b"ive"),
    (b"enci", b"ence"),
    (b"anci", b"ance"),
    (b"izer", b"ize"),
    (b"alli", b"al"),
    (b"ator", b"ate"),
    (b"logi", b"log"),
    (b"bli", b"ble"),
    (b"eli", b"e"),
];

const STEP_3: &[(&[u8], &[u8])] = &[
    (b"icate", b"ic"),
    (b"ative", b""),
    (b"alize", b"al"),
    (b"iciti", b"ic"),
    (b"ical", b"ic"),
    (b"ness", b""),
    (b"ful", b""),
];

const STEP_4: &[(&[u8], &[u8])] = &[
    (b"ement", b""),
    (b"ance", b""),
    (b"ence", b""),
    (b"able", b""),
    (b"ible", b""),
    (b"ant", b""),
    (b"ism", b""),
    (b"ate", b""),
    (b"iti", b""),
    (b"ous", b""),
    (b"ive", b""),
    (b"ize", b""),
    (b"al", b""),
    (b"er", b""),
    (b"ic", b""),
    (b"ou", b""),
];

/// The stem of a word of a to z and 0 to 9. It is empty only for an empty word.
///
/// ```
/// assert_eq!(karat::text::porter_perl::stem(b"says"), b"sai");
/// assert_eq!(karat::text::porter_perl::stem(b"news"), b"new");
/// ```
pub fn stem(word: &[u8]) -> Vec<u8> {
    let mut word = word.to_vec();
    if word.len() < 3 {
        return word;
    }
    // An initial y is a consonant. Every letter that is not a vowel is one, so Y stands for it.
    let starts_with_y = word[0] == b'y';
    if starts_with_y {
        word[0] = b'Y';
    }
    step_1(&mut word);
    replace_longest(&mut word, STEP_2, 0);
    replace_longest(&mut word, STEP_3, 0);
    step_4(&mut word);
    step_5(&mut word);
    if starts_with_y {
        word[0] = b'y';
    }
    word
}

/// Step 1: plurals, -ed and -ing, and a final y.
fn step_1(word: &mut Vec<u8>) {
    if word.ends_with(b"sses") || word.ends_with(b"ies") {
        word.truncate(word.len() - 2);
    } else if let [.., before, b's'] = word[..]
        && before != b's'
    {
        word.pop();
    }
    if let Some(stem) = word.strip_suffix(b"eed") {
        if measure(stem) > 0 {
            word.pop();
        }
    } else if let Some(stem) = word.strip_suffix(b"ed").or_else(|| word.strip_suffix(b"ing"))
        && has_vowel(stem)
    {
        word.truncate(stem.len());
        match word[..] {
            [.., b'a', b't'] | [.., b'b', b'l'] | [.., b'i', b'z'] => word.push(b'e'),
            [.., a, b] if a == b && !b"aeiouylsz".contains(&a) => {
                word.pop();
            }
            _ if is_short(word) => word.push(b'e'),
            _ => {}
        }
    }
    if word.strip_suffix(b"y").is_some_and(has_vowel) {
        word.pop();
        word.push(b'i');
    }
}

fn step_4(word: &mut Vec<u8>) {
    replace_longest(word, STEP_4, 1);
    replace_longest(word, &[(b"ment", b"")], 1);
    if word.ends_with(b"ent") {
        replace_longest(word, &[(b"ent", b"")], 1);
    } else if let Some(stem) = word.strip_suffix(b"ion")
        && stem.ends_with(b"s") | stem.ends_with(b"t")
        && measure(stem) > 1
    {
        word.truncate(stem.len());
    }
}

/// Step 5: a final e and a final -ll.
fn step_5(word: &mut Vec<u8>) {
    if let Some(stem) = word.strip_suffix(b"e") {
        let measure = measure(stem);
        if measure > 1 || (measure == 1 && !is_short(stem)) {
            word.pop();
        }
    }
    if word.ends_with(b"ll") && measure(word) > 1 {
        word.pop();
    }
}

/// Replaces the first suffix of a list (longer ones first) that the word has, if the measure of the
/// letters before it exceeds `above`.
fn replace_longest(word: &mut Vec<u8>, rules: &[(&[u8], &[u8])], above: usize) {
    let found = rules.iter().find_map(|(suffix, other)| Some((word.strip_suffix(*suffix)?.len(), other)));
    if let Some((length, other)) = found
        && measure(&word[..length]) > above
    {
        word.truncate(length);
        word.extend_from_slice(other);
    }
}

fn is_vowel(letter: u8) -> bool {
    matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u')
}

fn is_vowel_or_y(letter: u8) -> bool {
    letter == b'y' || is_vowel(letter)
}

/// The index of the first letter at or after `from` that satisfies a predicate.
fn next(word: &[u8], from: usize, is: impl Fn(u8) -> bool) -> Option<usize> {
    word.get(from..)?.iter().position(|&letter| is(letter)).map(|at| from + at)
}

/// The number of vowel-consonant sequences, counted up to 2. The first letter is a vowel or a
/// consonant. A later y begins the next vowels, unless these have just begun; then it begins the
/// next consonants.
fn measure(word: &[u8]) -> usize {
    let Some(&first) = word.first() else { return 0 };
    let mut vowels = if is_vowel(first) { Some(0) } else { next(word, 1, is_vowel_or_y) };
    let mut count = 0;
    while let Some(consonants) = vowels.and_then(|at| next(word, at + 1, |letter| !is_vowel(letter))) {
        count += 1;
        if count == 2 {
            break;
        }
        vowels = next(word, consonants + 1, is_vowel_or_y);
    }
    count
}

fn has_vowel(word: &[u8]) -> bool {
    word.first().is_some_and(|&first| is_vowel(first)) || next(word, 1, is_vowel_or_y).is_some()
}

/// Whether a word consists of consonants, one vowel, and a consonant other than w, x and y.
fn is_short(word: &[u8]) -> bool {
    let [first, middle @ .., vowel, last] = word else { return false };
    !is_vowel(*first)
        && !middle.iter().any(|&letter| is_vowel_or_y(letter))
        && is_vowel_or_y(*vowel)
        && !is_vowel(*last)
        && !b"wxy".contains(last)
}

#[cfg(test)]
mod tests {
    use super::stem;

    /// Words and their stems from ROUGE-1.5.5.pl.
    const STEMS: &[(&str, &str)] = &[
        ("they", "thei"),
        ("says", "sai"),
        ("died", "di"),
        ("news", "new"),
        ("yes", "ye"),
        ("yyy", "yyi"),
        ("ayy", "ayi"),
        ("cement", "cement"),
        ("element", "elem"),
        ("elemental", "elem"),
        ("adjustment", "adjust"),
        ("replacement", "replac"),
        ("department", "depart"),
        ("agreement", "agreem"),
        ("dependent", "depend"),
        ("adoption", "adopt"),
        ("homologou", "homolog"),
        ("communism", "commun"),
        ("activate", "activ"),
        ("angularity", "angular"),
        ("fizzed", "fizz"),
        ("tanned", "tan"),
        ("falling", "fall"),
        ("hissing", "hiss"),
        ("fizzing", "fizz"),
        ("failing", "fail"),
        ("filing", "file"),
        ("agreed", "agre"),
        ("feed", "feed"),
        ("plastered", "plaster"),
        ("bled", "bled"),
        ("sing", "sing"),
        ("conflated", "conflat"),
        ("troubled", "troubl"),
        ("sized", "size"),
        ("happy", "happi"),
        ("sky", "sky"),
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("ties", "ti"),
        ("caress", "caress"),
        ("cats", "cat"),
        ("relational", "relat"),
        ("conditional", "condit"),
        ("rational", "ration"),
        ("valenci", "valenc"),
        ("digitizer", "digit"),
        ("conformabli", "conform"),
        ("radicalli", "radic"),
        ("differentli", "differ"),
        ("vileli", "vile"),
        ("analogousli", "analog"),
        ("vietnamization", "vietnam"),
        ("predication", "predic"),
        ("operator", "oper"),
        ("feudalism", "feudal"),
        ("decisiveness", "decis"),
        ("hopefulness", "hope"),
        ("callousness", "callous"),
        ("formaliti", "formal"),
        ("sensitiviti", "sensit"),
        ("sensibiliti", "sensibl"),
        ("apologi", "apolog"),
        ("triplicate", "triplic"),
        ("formative", "form"),
        ("formalize", "formal"),
        ("electriciti", "electr"),
        ("electrical", "electr"),
        ("hopeful", "hope"),
        ("goodness", "good"),
        ("revival", "reviv"),
        ("allowance", "allow"),
        ("inference", "infer"),
        ("airliner", "airlin"),
        ("gyroscopic", "gyroscop"),
        ("adjustable", "adjust"),
        ("defensible", "defens"),
        ("irritant", "irrit"),
        ("bowdlerize", "bowdler"),
        ("probate", "probat"),
        ("rate", "rate"),
        ("cease", "ceas"),
        ("controll", "control"),
        ("roll", "roll"),
        ("enjoyed", "enjoi"),
        ("playing", "plai"),
        ("boyish", "boyish"),
        ("yellowing", "yellow"),
        ("2000s", "2000"),
        ("99ed", "99ed"),
        ("77ing", "77ing"),
        ("syzygy", "syzygi"),
        ("excitementent", "excitement"),
        ("abatementent", "abatement"),
        ("parliament", "parliam"),
        ("argumentation", "argum"),
        ("mentions", "mention"),
        ("innings", "in"),
        ("dyeing", "dye"),
    ];

    #[test]
    fn equals_the_perl_on_selected_words() {
        for (word, expected) in STEMS {
            assert_eq!(String::from_utf8(stem(word.as_bytes())).as_deref(), Ok(*expected), "{word}");
        }
    }

    #[test]
    fn short_words_and_no_word_stay() {
        for word in ["", "a", "is", "y"] {
            assert_eq!(stem(word.as_bytes()), word.as_bytes());
        }
    }
}
