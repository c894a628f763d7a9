//! Entities without offsets: a text and its label, as language models answer. They are refused,
//! kept for the metrics that need no offsets, or located in the text of their document.

use std::collections::BTreeSet;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::validation::PathDiagnostic;
use crate::document::{Annotations, Document, Entity, Step};
use crate::error::Diagnostic;
use crate::text::excerpt;

/// What happens to entities without offsets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unlocated {
    /// They are errors.
    #[default]
    Refuse,
    /// They are kept: only the metrics of texts are defined.
    Keep,
    /// They are located in the text of their document. Those that are not found are kept, and are
    /// spurious predictions.
    Locate(Locate),
}

/// How the text of an entity is located in its document.
///
/// An occurrence inside a word counts only if the text occurs nowhere as whole words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locate {
    /// Which occurrences are the entity.
    pub occurrence: Occurrence,
    /// Whether all white space is one space, and all quotation marks of a kind are one character.
    pub is_normalised: bool,
}

/// Which occurrences of its text an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// The only one; with several the entity is not located.
    Exact,
    /// The first one.
    First,
    /// Each of them: the entity becomes several.
    All,
    /// The next one after the previous entity, or else the first one, of those that no entity
    /// before it with the same text has taken.
    Ordered,
}

impl Locate {
    /// Locates the entities without offsets in the text of their document. Returns the number of
    /// those that were not found.
    pub fn locate(self, annotations: &mut Annotations, document: &Document) -> usize {
        let not_found = self.entities(annotations, document);
        not_found.absent.0 + not_found.ambiguous.0
    }

    fn entities(self, annotations: &mut Annotations, document: &Document) -> NotFound {
        let mut not_found = NotFound::default();
        if let Some(entities) = &mut annotations.entities
            && !entities.iter().all(Entity::is_located)
        {
            *entities = locate_all(std::mem::take(entities), Occurrences::new(document, self), &mut not_found);
        }
        not_found
    }
}

impl Unlocated {
    /// Refuses, keeps or locates entities without offsets. The offsets of the others must count
    /// code points. Returns what is wrong, and what was not found.
    pub(super) fn settle(
        self,
        annotations: &mut Annotations,
        document: Option<&Document>,
    ) -> (Vec<PathDiagnostic>, NotFound) {
        let mut wrong = Vec::new();
        for (index, entity) in annotations.entities.iter().flatten().enumerate() {
            if let Some(diagnostic) = self.refuse(entity, document) {
                wrong.push((diagnostic, vec![Step::Key("entities".to_owned()), Step::Index(index)]));
            }
        }
        let not_found = match (self, document) {
            (Self::Locate(locate), Some(document)) if wrong.is_empty() => locate.entities(annotations, document),
            _ => NotFound::default(),
        };
        (wrong, not_found)
    }

    fn refuse(self, entity: &Entity, document: Option<&Document>) -> Option<Diagnostic> {
        let missing = match (entity.start == Entity::NO_OFFSET, entity.end == Entity::NO_OFFSET) {
            (false, false) => return None,
            (true, false) => return Some(Diagnostic::new("`start` is missing")),
            (false, true) => return Some(Diagnostic::new("`end` is missing")),
            (true, true) => "`start` and `end` are missing",
        };
        if entity.text.is_none() {
            return Some(Diagnostic::new(missing).help("an entity needs offsets, or at least its `text`"));
        }
        if !entity.fragments.is_empty() || !entity.alternatives.is_empty() {
            let diagnostic = Diagnostic::new(format!("{missing}, but there are `fragments` or `alternatives`"));
            return Some(diagnostic.help("write the offsets of the whole entity"));
        }
        match self {
            Self::Refuse => {
                let help =
                    "entities without offsets are read as predictions of `score`, `compare`, `gate` and `run` only";
                Some(Diagnostic::new(missing).help(help))
            }
            Self::Locate(_) if document.is_none() => {
                let diagnostic = Diagnostic::new("it can't be located: the text of its document is unknown");
                Some(diagnostic.help("name the documents with `--documents`"))
            }
            Self::Keep | Self::Locate(_) => None,
        }
    }
}

/// Entities whose text was not located in their document.
#[derive(Debug, Default)]
pub(super) struct NotFound {
    /// Their number, and the first text.
    pub absent: (usize, Option<String>),
    /// The number of those whose text occurs several times, and the first text.
    pub ambiguous: (usize, Option<String>),
}

impl NotFound {
    fn count(place: &mut (usize, Option<String>), text: &str) {
        place.0 += 1;
        place.1.get_or_insert_with(|| excerpt(text));
    }
}

fn locate_all(entities: Vec<Entity>, mut occurrences: Occurrences<'_>, not_found: &mut NotFound) -> Vec<Entity> {
    let mut located = Vec::with_capacity(entities.len());
    // In the order of the answer: the end of the search so far, and the occurrences of each text
    // that no entity has taken.
    let (mut from, mut untaken) = (0, FxHashMap::<String, BTreeSet<(u32, u32)>>::default());
    for entity in entities {
        if entity.is_located() {
            from = entity.end;
            located.push(entity);
            continue;
        }
        let text = entity.text.clone().unwrap_or_default();
        let (document, occurrence) = (occurrences.document, occurrences.locate.occurrence);
        let found = occurrences.of(&text);
        if found.is_empty() {
            NotFound::count(&mut not_found.absent, &text);
            located.push(Entity { not_found: true, ..entity });
            continue;
        }
        let chosen: &[(u32, u32)] = match occurrence {
            Occurrence::Exact if found.len() > 1 => {
                NotFound::count(&mut not_found.ambiguous, &text);
                &[]
            }
            Occurrence::Exact | Occurrence::First => &found[..1],
            Occurrence::All => found,
            Occurrence::Ordered => {
                let untaken = untaken.entry(text.clone()).or_insert_with(|| found.iter().copied().collect());
                match untaken.range((from, 0)..).next().or_else(|| untaken.first()).copied() {
                    Some(next) => {
                        untaken.remove(&next);
                        from = next.1;
                        &[next]
                    }
                    None => {
                        NotFound::count(&mut not_found.absent, &text);
                        &[]
                    }
                }
            }
        };
        if chosen.is_empty() {
            located.push(Entity { not_found: true, ..entity });
            continue;
        }
        for (number, &(start, end)) in chosen.iter().enumerate() {
            // Ids stay unique: relations refer to the first occurrence.
            let id = entity.id.clone().filter(|_| number == 0);
            let text = Some(document.slice(start, end).unwrap_or_default().to_owned());
            located.push(Entity { id, start, end, text, not_found: false, ..entity.clone() });
        }
    }
    located
}

/// The occurrences of texts in a document.
struct Occurrences<'d> {
    document: &'d Document,
    locate: Locate,
    /// The normalised text, and for each of its bytes the offset in code points; `None` if texts
    /// are compared as they are.
    normalised: Option<(String, Vec<u32>)>,
    /// What was found before, by text.
    known: FxHashMap<String, Vec<(u32, u32)>>,
}

impl<'d> Occurrences<'d> {
    fn new(document: &'d Document, locate: Locate) -> Self {
        let normalised = locate.is_normalised.then(|| normalise(document.text()));
        Self { document, locate, normalised, known: FxHashMap::default() }
    }

    /// Returns the occurrences of a text, in order, as offsets in code points.
    fn of(&mut self, text: &str) -> &[(u32, u32)] {
        let Self { document, normalised, known, .. } = self;
        known.entry(text.to_owned()).or_insert_with(|| match normalised {
            None => {
                let span = |range: Range<usize>| {
                    let span = document.span(range);
                    (span.start, span.end)
                };
                occurrences(document.text(), text).into_iter().map(span).collect()
            }
            Some((normalised, offsets)) => {
                let needle = normalise(text).0;
                let span = |range: Range<usize>| (offsets[range.start], offsets[range.end]);
                occurrences(normalised, needle.trim()).into_iter().map(span).collect()
            }
        })
    }
}

/// Returns the occurrences of a text that are whole words; if there are none, those inside words.
fn occurrences(text: &str, needle: &str) -> Vec<Range<usize>> {
    if needle.is_empty() {
        return Vec::new();
    }
    let all: Vec<Range<usize>> = text.match_indices(needle).map(|(at, found)| at..at + found.len()).collect();
    let whole: Vec<Range<usize>> = all.iter().filter(|range| is_whole(text, range)).cloned().collect();
    if whole.is_empty() { all } else { whole }
}

/// Whether a range does not begin or end inside a word.
fn is_whole(text: &str, range: &Range<usize>) -> bool {
    let is_word = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    let (before, found, after) = (&text[..range.start], &text[range.clone()], &text[range.end..]);
    let cuts = |left: &str, right: &str| is_word(left.chars().next_back()) && is_word(right.chars().next());
    !cuts(before, found) && !cuts(found, after)
}

/// Returns a text in which all white space between words is one space and all quotation marks of a
/// kind are one character, with the offset in code points of each of its bytes and of its end.
fn normalise(text: &str) -> (String, Vec<u32>) {
    let (mut normalised, mut offsets, mut was_space) = (String::with_capacity(text.len()), Vec::new(), false);
    let mut end = 0;
    for (offset, character) in (0..).zip(text.chars()) {
        end = offset + 1;
        let is_space = character.is_whitespace();
        if is_space && was_space {
            continue;
        }
        was_space = is_space;
        let plain = match character {
            _ if is_space => ' ',
            '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{2039}' | '\u{203A}' | '`' | '\u{B4}' => '\'',
            '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{AB}' | '\u{BB}' => '"',
            other => other,
        };
        normalised.push(plain);
        offsets.resize(normalised.len(), offset);
    }
    offsets.push(end);
    (normalised, offsets)
}

#[cfg(test)]
mod tests {
    use super::{Locate, NotFound, Occurrence, Occurrences, locate_all};
    use crate::document::{Document, Entity};

    fn located(text: &str, texts: &[&str], occurrence: Occurrence, is_normalised: bool) -> (Vec<String>, usize, usize) {
        let document = Document::new("a", text);
        let locate = Locate { occurrence, is_normalised };
        let entities = texts.iter().map(|text| Entity::of_text(*text, "X")).collect();
        let mut not_found = NotFound::default();
        let found = locate_all(entities, Occurrences::new(&document, locate), &mut not_found);
        let show = |entity: &Entity| match entity.is_located() {
            true => format!("{}..{}", entity.start, entity.end),
            false => "none".to_owned(),
        };
        (found.iter().map(show).collect(), not_found.absent.0, not_found.ambiguous.0)
    }

    fn list(items: &[&str]) -> Vec<String> {
        items.iter().map(|item| (*item).to_owned()).collect()
    }

    #[test]
    fn occurrences_are_chosen() {
        let text = "é Bern, Bern and Basel.";
        let texts = ["Bern", "Basel", "Bern", "Chur"];
        let cases = [
            (Occurrence::Exact, list(&["none", "17..22", "none", "none"]), (1, 2)),
            (Occurrence::First, list(&["2..6", "17..22", "2..6", "none"]), (1, 0)),
            (Occurrence::All, list(&["2..6", "8..12", "17..22", "2..6", "8..12", "none"]), (1, 0)),
            (Occurrence::Ordered, list(&["2..6", "17..22", "8..12", "none"]), (1, 0)),
        ];
        for (occurrence, expected, (absent, ambiguous)) in cases {
            assert_eq!(located(text, &texts, occurrence, false), (expected, absent, ambiguous), "{occurrence:?}");
        }
    }

    #[test]
    fn a_text_that_was_predicted_more_often_than_it_occurs_is_not_found() {
        let found = located("Bern", &["Bern", "Bern"], Occurrence::Ordered, false);
        assert_eq!(found, (list(&["0..4", "none"]), 1, 0));
    }

    #[test]
    fn ordered_texts_go_back_to_what_is_free() {
        let found = located("a b a b a", &["b", "b", "a", "a", "a", "a"], Occurrence::Ordered, false);
        assert_eq!(found, (list(&["2..3", "6..7", "8..9", "0..1", "4..5", "none"]), 1, 0));
    }

    #[test]
    fn whole_words_come_before_parts_of_words() {
        assert_eq!(located("USA, US", &["US"], Occurrence::Exact, false).0, ["5..7"]);
        assert_eq!(located("USA", &["US"], Occurrence::Exact, false).0, ["0..2"]);
        assert_eq!(located("東京都", &["東京"], Occurrence::Exact, false).0, ["0..2"]);
    }

    #[test]
    fn white_space_and_quotation_marks_are_normalised_on_request() {
        let text = "the “New\n  York” Times";
        assert_eq!(located(text, &["\"New York\" Times"], Occurrence::First, false), (list(&["none"]), 1, 0));
        assert_eq!(located(text, &[" \"New York\" Times "], Occurrence::First, true).0, ["4..22"]);
        assert_eq!(located(text, &["Times"], Occurrence::First, true).0, ["17..22"]);
    }
}
