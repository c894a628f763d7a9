//! Titles of works: quoted text in title case.

use super::mention::CandidateMention;
use super::quotes::quotations;

/// Titles of 3 to 12 words, such as `“The Old Man and the Sea”`. Shorter quotations in title case
/// are as often nicknames and slogans.
pub(super) fn mentions(text: &str) -> Vec<CandidateMention> {
    let mut found = Vec::new();
    for quote in quotations(text) {
        let title = text[quote.clone()].trim_end_matches([',', ' ']);
        if is_title(title) {
            found.push(CandidateMention::new(quote.start..quote.start + title.len(), "WORK_OF_ART"));
        }
    }
    found
}

/// Whether the first word and every word of more than four characters is capitalised, and the text
/// does not end with a full stop or another sentence mark.
fn is_title(title: &str) -> bool {
    let words: Vec<&str> = title.split_whitespace().collect();
    let is_high = |word: &&&str| word.starts_with(char::is_uppercase);
    let is_long = |word: &&&str| word.chars().count() > 4;
    (3..=12).contains(&words.len())
        && words.iter().take(1).all(|word| is_high(&word))
        && words.iter().filter(is_high).count() >= 2
        && words.iter().filter(is_long).all(|word| is_high(&word))
        && !title.ends_with(['.', '!', '?', ';'])
}

#[cfg(test)]
mod tests {
    use super::mentions;

    #[test]
    fn titles_but_no_speech() {
        let text =
            "“The Old Man and the Sea,” said he, “We must not waste Time” or “Iron Fist” and «Éloge de la Folie».";
        let found: Vec<_> = mentions(text).into_iter().map(|found| &text[found.range]).collect();
        assert_eq!(found, ["The Old Man and the Sea", "Éloge de la Folie"]);
    }
}
