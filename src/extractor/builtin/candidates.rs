//! Candidate names, cut from runs of capitalised words.
//!
//! A run may contain a title, several names, or a name with lower-case words inside. Titles are cut
//! off, and `of`, `for` or `and` joins two parts only if the words around it suggest one name, as
//! in `Bank of England`.

use std::ops::Range;

use super::naming::{PARTICLES, is_first_name, is_head, is_org_head, title_length};
use crate::text::capitalised_runs::{CapitalisedRun, runs};
use crate::text::sentence;

/// Words of the longest name that is looked up. Without a bound the cost of a run of capitalised
/// words would grow with the cube of its length.
pub(super) const LONGEST_NAME: usize = 16;

const JOINERS: &[&str] = &["of", "for", "the", "and"];

/// A span of text that may be a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Candidate {
    /// Byte ranges of its words; never empty.
    pub words: Vec<Range<usize>>,
    /// Whether a title directly precedes it.
    pub has_title: bool,
    /// Whether it opens its sentence, where a capital letter is no evidence for a name.
    pub is_initial: bool,
    /// Whether its sentence is a headline, in which all words are capitalised.
    pub in_headline: bool,
}

impl Candidate {
    /// The byte range from the start of the first word to the end of the last.
    pub fn range(&self) -> Range<usize> {
        self.words[0].start..self.words[self.words.len() - 1].end
    }

    /// The texts of its words.
    pub fn surfaces<'a>(&self, text: &'a str) -> Vec<&'a str> {
        self.words.iter().map(|word| &text[word.clone()]).collect()
    }

    /// The candidate without its first `words` words.
    pub fn without(&self, words: usize) -> Self {
        Self { words: self.words[words..].to_vec(), has_title: false, is_initial: false, in_headline: self.in_headline }
    }
}

/// Returns the candidates of a text, in order. `is_known` decides whether a byte range is a name in
/// the lexicon.
pub(super) fn candidates(text: &str, is_known: &dyn Fn(&Range<usize>) -> bool) -> Vec<Candidate> {
    let connectors: Vec<&str> = JOINERS.iter().chain(PARTICLES).copied().collect();
    let headlines: Vec<Range<usize>> =
        sentence::split(text).into_iter().filter(|range| is_headline(&text[range.clone()])).collect();
    let mut found = Vec::new();
    for run in runs(text, &connectors) {
        let at = headlines.partition_point(|range| range.end <= run.range().start);
        let in_headline = headlines.get(at).is_some_and(|range| range.start <= run.range().start);
        let splitter = Splitter { text, in_headline, is_known };
        splitter.cut_at_titles(&run, &mut found);
    }
    found
}

struct Splitter<'a> {
    text: &'a str,
    in_headline: bool,
    is_known: &'a dyn Fn(&Range<usize>) -> bool,
}

impl Splitter<'_> {
    fn surfaces(&self, words: &[Range<usize>]) -> Vec<&str> {
        words.iter().map(|word| &self.text[word.clone()]).collect()
    }

    fn cut_at_titles(&self, run: &CapitalisedRun, found: &mut Vec<Candidate>) {
        let surfaces = self.surfaces(&run.words);
        let mut start = 0;
        let mut at = 0;
        let mut has_title = false;
        while at < surfaces.len() {
            let length = title_length(&surfaces[at..]);
            if length == 0 || self.is_part_of_name(run, at, length) {
                at += 1;
                continue;
            }
            self.cut_at_joiners(&run.words[start..at], has_title, run.is_initial && start == 0, found);
            at += length;
            start = self.behind_office(&surfaces, at);
            at = start;
            has_title = true;
        }
        self.cut_at_joiners(&run.words[start..], has_title, run.is_initial && start == 0, found);
    }

    /// Whether the words of a title are part of a name: `General Motors`, `Justice Department`.
    fn is_part_of_name(&self, run: &CapitalisedRun, at: usize, length: usize) -> bool {
        let next = run.words.get(at + length).map(|word| &self.text[word.clone()]);
        let names_body = next.is_some_and(|next| is_org_head(next) && !is_first_name(next));
        names_body || self.has_known(&run.words, at, at + length)
    }

    /// Whether the lexicon has a name that begins with the word at `start` and ends at or after the
    /// word at `end`.
    fn has_known(&self, words: &[Range<usize>], start: usize, end: usize) -> bool {
        let most = words.len().min(start + LONGEST_NAME);
        (end..most).any(|last| (self.is_known)(&(words[start].start..words[last].end)))
    }

    /// Index at which a person's name may begin after a title that includes an office, as in
    /// `Minister of Defence Andrei Petrov`; `at` if there is none.
    fn behind_office(&self, surfaces: &[&str], at: usize) -> usize {
        match surfaces.get(at) {
            Some(&("of" | "for")) => {
                let most = surfaces.len().min(at + LONGEST_NAME);
                let person = (at + 1..most).find(|&word| is_first_name(surfaces[word]));
                person.filter(|&word| word + 1 < surfaces.len()).unwrap_or(at)
            }
            _ => at,
        }
    }

    fn cut_at_joiners(&self, words: &[Range<usize>], has_title: bool, is_initial: bool, found: &mut Vec<Candidate>) {
        let surfaces = self.surfaces(words);
        let mut start = 0;
        // The last word before `at` that opens an office, as `Ministry of` does.
        let mut office = None;
        for at in 0..words.len() {
            if at >= 2 && is_org_head(surfaces[at - 2]) && matches!(surfaces[at - 1], "of" | "for") {
                office = Some(at - 2);
            }
            let is_office = office.is_some_and(|office| office >= start);
            if JOINERS.contains(&surfaces[at]) && !self.keeps(words, &surfaces, start, at, is_office) {
                self.push(&words[start..at], has_title && start == 0, is_initial && start == 0, found);
                start = at + 1;
            }
        }
        self.push(&words[start..], has_title && start == 0, is_initial && start == 0, found);
    }

    /// Whether the joiner at index `at` is part of the name that begins at index `start`, which
    /// may be that of an office.
    fn keeps(&self, words: &[Range<usize>], surfaces: &[&str], start: usize, at: usize, is_office: bool) -> bool {
        let Some(last) = words.len().checked_sub(1) else { return false };
        if start == at || at == last {
            return false;
        }
        if self.has_known(words, start, at + 1) {
            return true;
        }
        let before = surfaces[at - 1];
        match surfaces[at] {
            "of" | "for" => is_head(before),
            "the" => matches!(before, "of" | "for") && at - 1 > start,
            _ => is_office && !is_first_name(surfaces[at + 1]) && !(self.is_known)(&words[at + 1]),
        }
    }

    fn push(&self, words: &[Range<usize>], has_title: bool, is_initial: bool, found: &mut Vec<Candidate>) {
        let is_joiner = |word: &&Range<usize>| JOINERS.contains(&&self.text[(*word).clone()]);
        let particle_ends =
            |word: &&Range<usize>| self.text[(*word).clone()].starts_with(char::is_lowercase) && is_joiner(word);
        let from = words.iter().take_while(particle_ends).count();
        let to = words.len() - words[from..].iter().rev().take_while(particle_ends).count();
        if from < to {
            let words = words[from..to].to_vec();
            let has_title = has_title && from == 0;
            found.push(Candidate { words, has_title, is_initial, in_headline: self.in_headline });
        }
    }
}

/// Whether a sentence is a headline: at least four words of more than three characters, at least 80
/// % of these capitalised, and no full stop at the end.
fn is_headline(sentence: &str) -> bool {
    let long: Vec<&str> = sentence.split_whitespace().filter(|word| word.chars().count() > 3).collect();
    let high = long.iter().filter(|word| word.starts_with(char::is_uppercase)).count();
    long.len() >= 4 && high * 10 >= long.len() * 8 && !sentence.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::candidates;

    fn found(text: &str) -> Vec<(String, bool)> {
        let known =
            |range: &std::ops::Range<usize>| matches!(&text[range.clone()], "General Motors" | "Antigua and Barbuda");
        let all = candidates(text, &known);
        all.into_iter().map(|found| (text[found.range()].to_owned(), found.has_title)).collect()
    }

    fn names(text: &str) -> Vec<String> {
        found(text).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn titles_fall_away() {
        let expected = [("Ruritanian", false), ("Rudolf Elphberg", true), ("Zapt", true)];
        let expected = expected.map(|(name, title)| (name.to_owned(), title));
        assert_eq!(found("when Ruritanian Prime Minister Rudolf Elphberg met Col. Zapt"), expected);
        assert_eq!(
            names("then Secretary of State Anna Smith and Minister of Defence Boris Black"),
            ["Anna Smith", "Boris Black"]
        );
        assert_eq!(names("a President and the Prime Minister"), [""; 0]);
    }

    #[test]
    fn joiners_join_bodies_but_not_persons() {
        assert_eq!(
            names("the Ministry of Health and Sport of Ruritania"),
            ["Ministry of Health and Sport", "Ruritania"]
        );
        assert_eq!(names("both Anna Smith and Boris Black of Strelsau"), ["Anna Smith", "Boris Black", "Strelsau"]);
        assert_eq!(names("from Antigua and Barbuda to General Motors"), ["Antigua and Barbuda", "General Motors"]);
    }

    #[test]
    fn headlines_are_recognised() {
        let text = "King Rudolf Returns After Long Absence\nHe came back to Strelsau.";
        let flags: Vec<bool> = candidates(text, &|_| false).iter().map(|found| found.in_headline).collect();
        assert_eq!(flags, [true, false]);
    }
}
