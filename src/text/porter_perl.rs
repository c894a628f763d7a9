//! The Porter stemmer that ROUGE-1.5.5 brings along, a perl program of its own making.
//!
//! It follows the perl stemmer on M. F. Porter's page (release 1), and that one the paper (1980), but not all the way, so
//! that figures need it to the letter. It knows a to z and 0 to 9; digits are consonants. Beside [`porter`](super::porter):
//! - there are no irregular words, and no rule of its own for four letters;
//! - a y is a vowel wherever it is not the first letter, even after a vowel, except that it can begin the consonants
//!   that end a syllable;
//! - a final y turns into i wherever a vowel stands before it;
//! - of -ment and -ent both are tried, one after the other, also on a word that lost another suffix in the same step, and
//!   -ion only where the word does not end in -ent by then;
//! - -bli takes the place of -abli, and -logi is a rule.

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

/// The stem of a word of a to z and 0 to 9. Never empty for a word that is not.
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
    // An initial y is a consonant. What is no vowel is one, so that any other consonant does as well.
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

/// Plurals, -ed and -ing, and a final y.
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

/// A final e, and a final -ll.
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

/// Replaces the first suffix of a list (longer ones come first) that the word has, where what stands before it has more
/// than this measure.
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

/// The place of the first letter from `from` on of which this is true.
fn next(word: &[u8], from: usize, is: impl Fn(u8) -> bool) -> Option<usize> {
    word.get(from..)?.iter().position(|&letter| is(letter)).map(|at| from + at)
}

/// How often vowels are followed by consonants, counted up to 2. The first letter is a vowel or a consonant; later ones
/// that are y begin the next vowels, unless these have just begun: then they begin the next consonants.
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

/// Consonants, one vowel, and a consonant other than w, x and y; nothing else.
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

    /// Words and the stems that ROUGE-1.5.5.pl printed for them.
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
    fn equals_the_perl_on_telling_words() {
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
