//! A gazetteer: looks up the names of a lexicon, without regard to context.
//!
//! The lexicon consists of the files `lexicon/*.txt`, with one name per line and one label per
//! file. Matching is case-sensitive, so that `US` is a country and `us` a pronoun. A name matches
//! only as a whole word, and the longest of several overlapping names wins.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use serde::{Deserialize, Serialize};

use super::BaselineExtractor;
use super::mention::{CandidateMention, check_exclude, entities, longest};
use crate::document::{Annotations, Document, Layer};
use crate::text::readable;

/// The files with their labels. If a name is in two files, the earlier one decides.
pub(super) const FILES: &[(&str, &str)] = &[
    ("GPE", include_str!("lexicon/countries.txt")),
    ("GPE", include_str!("lexicon/states.txt")),
    ("GPE", include_str!("lexicon/cities.txt")),
    ("NORP", include_str!("lexicon/nationalities.txt")),
    ("NORP", include_str!("lexicon/groups.txt")),
    ("LOC", include_str!("lexicon/places.txt")),
    ("ORG", include_str!("lexicon/organisations.txt")),
    ("ORG", include_str!("lexicon/companies.txt")),
    ("ORG", include_str!("lexicon/media.txt")),
    ("FAC", include_str!("lexicon/facilities.txt")),
    ("EVENT", include_str!("lexicon/events.txt")),
    ("LAW", include_str!("lexicon/laws.txt")),
    ("LANGUAGE", include_str!("lexicon/languages.txt")),
    ("DATE", include_str!("lexicon/calendar.txt")),
];

const LABELS: &[&str] = &["GPE", "NORP", "LOC", "ORG", "FAC", "EVENT", "LAW", "LANGUAGE", "DATE"];

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::new);

struct Lexicon {
    automaton: AhoCorasick,
    labels: Vec<&'static str>,
}

impl Lexicon {
    fn new() -> Self {
        let mut names = Vec::new();
        let mut labels = Vec::new();
        for (label, file) in FILES {
            for name in file.lines() {
                names.push(name.to_owned());
                labels.push(*label);
                if name.contains('\'') {
                    names.push(name.replace('\'', "’"));
                    labels.push(*label);
                }
            }
        }
        Self { automaton: AhoCorasick::new(names).expect("the lexicon is small"), labels }
    }
}

/// The names of the lexicon in a text that was masked by [`readable`], without overlaps and in
/// order.
///
/// All overlapping matches are examined, and not only the leftmost-longest ones of the automaton:
/// if the longest is not a whole word (`New York Times` in `New York Timesman`), a shorter one
/// still can be.
pub(super) fn mentions(text: &str) -> Vec<CandidateMention> {
    let matches = LEXICON.automaton.find_overlapping_iter(text);
    let mut whole: Vec<CandidateMention> = matches
        .filter(|found| is_whole_word(text, found.start(), found.end()))
        .map(|found| CandidateMention::new(found.range(), LEXICON.labels[found.pattern().as_usize()]))
        .collect();
    whole.sort_by_key(|mention| mention.range.start);
    longest(whole)
}

fn is_whole_word(text: &str, start: usize, end: usize) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '_' | '@' | '#' | '$' | '\\');
    let behind = &text[end..];
    let is_combined = behind.starts_with(unicode_normalization::char::is_combining_mark);
    !text[..start].ends_with(joins) && !behind.starts_with(joins) && !is_combined
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GazetteerOptions {
    /// Labels to leave out.
    exclude: Vec<String>,
}

pub struct Gazetteer(GazetteerOptions);

impl BaselineExtractor for Gazetteer {
    type Options = GazetteerOptions;

    const NAME: &'static str = "gazetteer";
    const ABOUT: &'static str = "names of a built-in lexicon: places, peoples, organisations, events, laws";
    const REVISION: u32 = 1;
    const LAYERS: &'static [Layer] = &[Layer::Entities];

    fn new(options: GazetteerOptions) -> Result<Self, String> {
        check_exclude(&options.exclude, LABELS)?;
        Ok(Self(options))
    }

    fn annotate(&self, document: &Document) -> Annotations {
        let mut found = mentions(&readable(document.text()));
        found.retain(|mention| !self.0.exclude.iter().any(|label| label == mention.label));
        Annotations { entities: Some(entities(document, &found)), ..Annotations::default() }
    }
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashMap;

    use super::{FILES, Gazetteer, GazetteerOptions, LABELS};
    use crate::document::Document;
    use crate::extractor::builtin::BaselineExtractor;

    fn found(text: &str) -> Vec<(String, String)> {
        let annotations = Gazetteer::new(GazetteerOptions::default()).unwrap().annotate(&Document::new("d", text));
        annotations.entities.unwrap().into_iter().map(|entity| (entity.text.unwrap(), entity.label)).collect()
    }

    fn texts(text: &str) -> Vec<String> {
        found(text).into_iter().map(|(text, _)| text).collect()
    }

    #[test]
    fn the_lexicon_is_sorted_and_each_name_has_one_label() {
        let mut labels = FxHashMap::default();
        for (label, file) in FILES {
            assert!(LABELS.contains(label));
            let names: Vec<&str> = file.lines().collect();
            assert!(
                names.is_sorted_by(|a, b| a < b),
                "unsorted near {:?}",
                names.windows(2).find(|pair| pair[0] >= pair[1])
            );
            for name in names {
                assert_eq!(name, name.trim());
                assert_eq!(*labels.entry(name).or_insert(label), label, "{name} has two labels");
            }
        }
    }

    #[test]
    fn whole_words_by_case_and_the_longest() {
        assert_eq!(
            texts("Between us, the US and Nigerians in New York Timesmanship; Romeo."),
            ["US", "Nigerians", "New York"]
        );
        assert_eq!(texts("The New York Times of New York"), ["The New York Times", "New York"]);
        assert_eq!(texts("www.reuters.com/Russia Russia's US-led $US pro-Russian"), ["Russia", "US", "Russian"]);
    }

    #[test]
    fn labels_follow_the_files() {
        let expected = [("French", "NORP"), ("Côte d’Ivoire", "GPE"), ("NATO", "ORG"), ("Monday", "DATE")];
        let expected = expected.map(|(text, label)| (text.to_owned(), label.to_owned()));
        assert_eq!(found("French troops left Côte d’Ivoire;\r\nNATO met on Monday."), expected);
    }

    #[test]
    fn nothing_in_nothing_out() {
        assert!(texts("").is_empty());
        assert!(texts("?! … “”").is_empty());
    }

    #[test]
    fn an_unknown_label_is_refused() {
        let options = GazetteerOptions { exclude: vec!["PLACE".into()] };
        assert!(Gazetteer::new(options).err().unwrap().starts_with("`exclude`"));
    }
}
