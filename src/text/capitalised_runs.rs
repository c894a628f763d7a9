//! Runs of capitalised words, the typical form of names in languages with capital letters.

use std::ops::Range;

use super::sentence;
use super::words::{Word, capital_part, is_acronym, is_stop_word, words};

/// Abbreviations whose full stop does not end a run.
const DOTTED: &[&str] = &[
    "Adm", "Brig", "Capt", "Col", "Dr", "Ft", "Gen", "Gov", "Lt", "Maj", "Mr", "Mrs", "Ms", "Mt", "Prof", "Rep", "Rev",
    "Sen", "Sgt", "St",
];

/// Adjacent capitalised words, with the connectors between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapitalisedRun {
    /// Byte ranges of the words, including connectors; never empty, and capitalised at both ends.
    pub words: Vec<Range<usize>>,
    /// Whether it opens a sentence, a quotation or the text after a colon, where a capital letter
    /// is no evidence for a name.
    pub is_initial: bool,
}

impl CapitalisedRun {
    /// The byte range from the start of the first word to the end of the last.
    pub fn range(&self) -> Range<usize> {
        self.words[0].start..self.words[self.words.len() - 1].end
    }
}

/// The runs of a text, in order. `connectors` are the lower-case words that may stand between two
/// capitalised ones. Function words that open a sentence are not part of a run.
pub fn runs(text: &str, connectors: &[&str]) -> Vec<CapitalisedRun> {
    sentence::split(text).into_iter().flat_map(|range| sentence_runs(text, range, connectors)).collect()
}

fn sentence_runs(text: &str, sentence: Range<usize>, connectors: &[&str]) -> Vec<CapitalisedRun> {
    let mut runs = Vec::new();
    let mut open: Option<CapitalisedRun> = None;
    let mut pending: Vec<Range<usize>> = Vec::new();
    let mut last_end = sentence.start;
    for word in words(text, sentence.clone()) {
        let surface = &text[word.range.clone()];
        let gap = &text[last_end..word.range.start];
        let joins = open.is_some() && joins(text, last_end, gap);
        last_end = word.range.end;
        let is_initial = opens(&text[sentence.start..word.range.start]);
        let Some(part) = name_part(&word, surface, is_initial && !joins) else {
            if joins && connectors.contains(&surface) {
                pending.push(word.range.clone());
            } else {
                runs.extend(open.take());
            }
            continue;
        };
        let part = word.range.start + part.start..word.range.start + part.end;
        if !joins || part.start > word.range.start {
            runs.extend(open.take());
        }
        match &mut open {
            Some(run) => run.words.append(&mut pending),
            None => open = Some(CapitalisedRun { words: Vec::new(), is_initial }),
        }
        pending.clear();
        let is_cut = part.end < word.range.end || word.is_possessive;
        if let Some(run) = &mut open {
            run.words.push(part);
        }
        if is_cut {
            runs.extend(open.take());
        }
    }
    runs.extend(open);
    runs
}

/// The capitalised part of a word, as a byte range within the word. `None` for `I`, and for
/// function words where any word is capitalised.
fn name_part(word: &Word, surface: &str, is_initial: bool) -> Option<Range<usize>> {
    let is_function = is_stop_word(surface) && (is_initial || !is_acronym(surface));
    if is_function && (is_initial || surface.chars().count() <= 3 || word.is_possessive) {
        return None;
    }
    capital_part(surface)
}

/// Whether the gap before a word continues the run.
fn joins(text: &str, last_end: usize, gap: &str) -> bool {
    let is_blank = |gap: &str| !gap.is_empty() && gap.chars().all(char::is_whitespace) && gap.matches('\n').count() < 2;
    if is_blank(gap) || gap == " & " {
        return true;
    }
    gap.strip_prefix('.').is_some_and(is_blank)
        && DOTTED.iter().any(|abbreviation| ends_word(&text[..last_end], abbreviation))
}

fn ends_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|before| !before.ends_with(char::is_alphanumeric))
}

/// Whether a word opens its sentence, given the text of the sentence before it.
fn opens(before: &str) -> bool {
    let before = before.trim_end();
    before.is_empty()
        || before.ends_with(['“', '"', '‘', '«', '„', ':', ';', '•', '…', '.', '?', '!'])
        || !before.contains(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::runs;

    fn surfaces<'a>(text: &'a str, connectors: &[&str]) -> Vec<&'a str> {
        runs(text, connectors).into_iter().map(|run| &text[run.range()]).collect()
    }

    #[test]
    fn function_words_open_no_run() {
        assert_eq!(surfaces("The Red Cross left. However Kyiv stayed. It’s late.", &[]), ["Red Cross", "Kyiv"]);
    }

    #[test]
    fn connectors_only_between_capitals() {
        let text = "the Bank of England of late, the House of the People";
        assert_eq!(surfaces(text, &["of", "the"]), ["Bank of England", "House of the People"]);
        assert_eq!(surfaces(text, &[]), ["Bank", "England", "House", "People"]);
    }

    #[test]
    fn possessives_punctuation_and_compounds_end_a_run() {
        assert_eq!(
            surfaces("a Kremlin’s Peskov, Ivan and Iran-backed Houthi men, pro-Russian Serbs", &[]),
            ["Kremlin", "Peskov", "Ivan", "Iran", "Houthi", "Russian Serbs"]
        );
    }

    #[test]
    fn initials_and_dotted_titles_do_not() {
        assert_eq!(surfaces("when Dr. J. R. Müller met St. John", &[]), ["Dr. J. R. Müller", "St. John"]);
    }
}
