//! The strongest entity baseline: patterns, the gazetteer and capitalised names combined, with cues
//! that decide the label of a name. It follows the tradition of the hand-written systems of the
//! Message Understanding Conferences.
//!
//! A first pass labels the names whose words, title or context determine the label. A memory of the
//! document then labels what is left: a surname after the full name, an acronym explained in
//! brackets, a name that was clear elsewhere. The longest of several overlapping mentions wins;
//! among equally long ones patterns take precedence over the gazetteer, and the gazetteer over
//! other names.

use rustc_hash::FxHashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::candidates::{Candidate, LONGEST_NAME, candidates};
use super::cues::{has_article, is_plain, label_by_context};
use super::mention::{CandidateMention, check_exclude, entities, longest};
use super::naming::{is_first_name, is_head, label_by_form};
use super::{BaselineExtractor, gazetteer, numbered, patterns, works};
use crate::document::{Annotations, Document, Layer};
use crate::text::readable;
use crate::text::words::is_acronym;

const LABELS: &[&str] = &[
    "PERSON",
    "NORP",
    "FAC",
    "ORG",
    "GPE",
    "LOC",
    "PRODUCT",
    "EVENT",
    "WORK_OF_ART",
    "LAW",
    "LANGUAGE",
    "DATE",
    "TIME",
    "PERCENT",
    "MONEY",
    "QUANTITY",
    "ORDINAL",
    "CARDINAL",
];

/// The entities of a text, without overlaps and in order.
pub(super) fn mentions(text: &str) -> Vec<CandidateMention> {
    let text = &readable(text);
    let mut lexicon = gazetteer::mentions(text);
    // Months and weekdays are left to the patterns, which distinguish the verb `may` and the
    // surname May.
    lexicon.retain(|mention| mention.label != "DATE" || text[mention.range.clone()].len() > "September".len());
    let names = names(text, &lexicon);
    let mut all = numbered::mentions(text);
    all.extend(works::mentions(text));
    all.extend(patterns::mentions(text));
    all.extend(lexicon);
    all.extend(names);
    longest(all)
}

fn names(text: &str, lexicon: &[CandidateMention]) -> Vec<CandidateMention> {
    let known: FxHashMap<Range<usize>, &str> =
        lexicon.iter().map(|mention| (mention.range.clone(), mention.label)).collect();
    let candidates = candidates(text, &|range| known.contains_key(range));
    let mut memory = DocumentNames::default();
    let mut labelled = Vec::new();
    let mut open = Vec::new();
    for candidate in candidates.into_iter().filter(|candidate| !known.contains_key(&candidate.range())) {
        let candidate = strip_known(candidate, text, &known);
        match label(&candidate, text, &known) {
            Some(label) => {
                memory.learn(&candidate, text, label);
                labelled.push(CandidateMention::new(candidate.range(), label));
            }
            None => open.push(candidate),
        }
    }
    memory.learn_acronyms(text, lexicon, &labelled);
    let remembered = open.iter().flat_map(|candidate| memory.recall(candidate, text)).collect::<Vec<_>>();
    let listed = listed(text, &open, labelled.iter().chain(&remembered).chain(lexicon));
    for mention in &mut labelled {
        mention.label = memory.acronym(&text[mention.range.clone()]).unwrap_or(mention.label);
    }
    labelled.extend(remembered);
    labelled.extend(listed);
    labelled
}

/// Labels unlabelled names in a list by the preceding item: `near Strelsau, Tarlenheim and Hofbau`.
fn listed<'a>(
    text: &str,
    open: &[Candidate],
    labelled: impl Iterator<Item = &'a CandidateMention>,
) -> Vec<CandidateMention> {
    let mut ends: FxHashMap<usize, &'static str> = labelled.map(|mention| (mention.range.end, mention.label)).collect();
    let mut found = Vec::new();
    for candidate in open.iter().filter(|candidate| !candidate.in_headline && is_plain(&candidate.surfaces(text))) {
        let start = candidate.range().start;
        let before =
            [", and ", ", or ", ", ", " and ", " or "].iter().find_map(|joiner| text[..start].strip_suffix(joiner));
        let label = before.and_then(|before| ends.get(&before.len()).copied());
        if let Some(label) = label.filter(|label| matches!(*label, "GPE" | "LOC" | "ORG" | "PERSON")) {
            ends.insert(candidate.range().end, label);
            found.push(CandidateMention::new(candidate.range(), label));
        }
    }
    found
}

/// Removes a known nationality or place from the front of a name that has no label with it:
/// `Russian Vladimir Petrov`.
fn strip_known(candidate: Candidate, text: &str, known: &FxHashMap<Range<usize>, &str>) -> Candidate {
    let words = candidate.surfaces(text);
    if candidate.has_title || label_by_form(&words).is_some() {
        return candidate;
    }
    let start = candidate.range().start;
    let is_origin = |end: usize| matches!(known.get(&(start..end)), Some(&("NORP" | "GPE" | "LOC")));
    match (1..words.len().min(LONGEST_NAME + 1)).rev().find(|&count| is_origin(candidate.words[count - 1].end)) {
        Some(count) => candidate.without(count),
        None => candidate,
    }
}

/// The label that a name's own words, its title or its context give.
fn label(candidate: &Candidate, text: &str, known: &FxHashMap<Range<usize>, &str>) -> Option<&'static str> {
    let words = candidate.surfaces(text);
    let range = candidate.range();
    if candidate.has_title && words.len() <= 5 && !words.iter().any(|word| is_acronym(word)) {
        let is_name =
            is_plain(&words[..1]) && (words.len() == 1 || is_first_name(words[0]) || !is_head(words[words.len() - 1]));
        return is_name.then_some("PERSON");
    }
    if candidate.in_headline {
        return (words.len() > 1)
            .then(|| label_by_form(&words))
            .flatten()
            .filter(|label| *label == "PERSON" && words.len() == 2);
    }
    if let Some(label) = label_by_form(&words) {
        return (!abbreviates_common_words(text, &range)).then_some(label);
    }
    if words.len() > 4 || (words.len() == 1 && candidate.is_initial && !is_plain(&words)) {
        return None;
    }
    let before = &text[..range.start];
    let context = label_by_context(before, &text[range.end..]);
    let plain = is_plain(&words);
    match context {
        Some(label) if plain => Some(label),
        _ if words.len() == 1 || !plain => None,
        _ if has_article(before) => Some("ORG"),
        _ if words.iter().any(|word| is_acronym(word)) => None,
        _ if candidate.words.iter().any(|word| known.contains_key(word)) => None,
        _ => (words.len() <= 3).then_some("PERSON"),
    }
}

/// Whether a name is an abbreviation in brackets after lower-case words: `prisoners of war (POW)`.
fn abbreviates_common_words(text: &str, range: &Range<usize>) -> bool {
    let long = text[..range.start].strip_suffix(" (").and_then(|before| before.rsplit(' ').next());
    long.is_some_and(|word| word.starts_with(char::is_lowercase)) && text[range.end..].starts_with(')')
}

/// Names whose labels are clear elsewhere in the document.
#[derive(Default)]
struct DocumentNames {
    /// Labels by name; the first label of a name is kept.
    labels: FxHashMap<String, &'static str>,
    acronyms: FxHashMap<String, &'static str>,
}

impl DocumentNames {
    fn learn(&mut self, candidate: &Candidate, text: &str, label: &'static str) {
        let words = candidate.surfaces(text);
        if label == "PERSON" {
            let surname = words[words.len() - 1];
            if surname.chars().count() > 2 && is_plain(&[surname]) {
                self.labels.entry(surname.to_owned()).or_insert(label);
            }
        }
        if !candidate.in_headline && words.len() <= LONGEST_NAME {
            self.labels.entry(words.join(" ")).or_insert(label);
        }
    }

    /// Learns from `Long Name (ABC)` that the acronym has the label of the long name.
    fn learn_acronyms(&mut self, text: &str, lexicon: &[CandidateMention], labelled: &[CandidateMention]) {
        for mention in labelled.iter().chain(lexicon) {
            let Some(inner) = text[mention.range.end..].strip_prefix(" (") else { continue };
            let acronym = inner.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
            let is_short = is_acronym(acronym) && inner[acronym.len()..].starts_with([')', ',', ';']);
            if is_short
                && text[mention.range.clone()].contains(' ')
                && mention.label != "PERSON"
                && mention.label != "NORP"
            {
                self.acronyms.entry(acronym.to_owned()).or_insert(mention.label);
            }
        }
    }

    fn acronym(&self, surface: &str) -> Option<&'static str> {
        self.acronyms.get(surface).copied()
    }

    /// The longest parts of an unlabelled name that have a label elsewhere in the document.
    fn recall(&self, candidate: &Candidate, text: &str) -> Vec<CandidateMention> {
        let mut found = Vec::new();
        let words = &candidate.words;
        let mut at = 0;
        while at < words.len() {
            let hit = (at + 1..=words.len().min(at + LONGEST_NAME)).rev().find_map(|end| {
                let range = words[at].start..words[end - 1].end;
                let surface = text[range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
                let label = self.labels.get(&surface).copied().or_else(|| self.acronym(&surface))?;
                Some((end, CandidateMention::new(range, label)))
            });
            match hit {
                Some((end, mention)) => {
                    found.push(mention);
                    at = end;
                }
                None => at += 1,
            }
        }
        found
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RulesOptions {
    /// Labels to leave out.
    exclude: Vec<String>,
}

pub struct Rules(RulesOptions);

impl BaselineExtractor for Rules {
    type Options = RulesOptions;

    const NAME: &'static str = "rules";
    const ABOUT: &'static str = "patterns, gazetteer and capitals combined, with titles and cues that decide the label";
    const REVISION: u32 = 1;
    const LAYERS: &'static [Layer] = &[Layer::Entities];

    fn new(options: RulesOptions) -> Result<Self, String> {
        check_exclude(&options.exclude, LABELS)?;
        Ok(Self(options))
    }

    fn annotate(&self, document: &Document) -> Annotations {
        let mut found = mentions(document.text());
        found.retain(|mention| !self.0.exclude.iter().any(|label| label == mention.label));
        Annotations { entities: Some(entities(document, &found)), ..Annotations::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::mentions;

    fn check(text: &str, expected: &[(&str, &str)]) {
        let found: Vec<_> = mentions(text).into_iter().map(|found| (&text[found.range], found.label)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn titles_stay_outside_and_nations_are_their_own() {
        check(
            "Italian Prime Minister Giulia Rossi’s guest, Foreign Minister Ötker, met the UN Secretary-General.",
            &[("Italian", "NORP"), ("Giulia Rossi", "PERSON"), ("Ötker", "PERSON"), ("UN", "ORG")],
        );
    }

    #[test]
    fn the_document_remembers_surnames_and_acronyms() {
        check(
            "Anna Kowalska of the Baltic Fisheries Council (BFC) spoke on Monday. Later Kowalska left the BFC.",
            &[
                ("Anna Kowalska", "PERSON"),
                ("Baltic Fisheries Council", "ORG"),
                ("BFC", "ORG"),
                ("Monday", "DATE"),
                ("Kowalska", "PERSON"),
                ("BFC", "ORG"),
            ],
        );
    }

    #[test]
    fn heads_and_neighbours_decide() {
        check(
            "Fighting near Strelsau reached the Zenda Mountains, the village of Tarlenheim and Hentzau Industries Ltd.",
            &[
                ("Strelsau", "GPE"),
                ("Zenda Mountains", "LOC"),
                ("Tarlenheim", "GPE"),
                ("Hentzau Industries Ltd", "ORG"),
            ],
        );
    }

    #[test]
    fn a_name_in_a_headline_is_known_from_the_text() {
        check(
            "Kowalska Leaves Office After Long Dispute\n\nMayor Anna Kowalska left office in May 2021.",
            &[("Kowalska", "PERSON"), ("Anna Kowalska", "PERSON"), ("May 2021", "DATE")],
        );
    }

    #[test]
    fn laws_and_products_have_their_numbers() {
        check(
            "Under Article 5 and Resolution 1244, two F-16s and the Paris Agreement came in French.",
            &[
                ("Article 5", "LAW"),
                ("Resolution 1244", "LAW"),
                ("two", "CARDINAL"),
                ("F-16s", "PRODUCT"),
                ("Paris Agreement", "LAW"),
                ("French", "LANGUAGE"),
            ],
        );
    }

    #[test]
    fn nothing_in_nothing_out() {
        check("", &[]);
        check("«»… — !\r\n\r\n“.”", &[]);
    }
}
