//! Speaker attribution: the subject of a cue, and the full name for a surname or a pronoun.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

use super::mention::CandidateMention;
use super::reporting::{Cue, Form};

/// Matches what may stand between a subject and its verb: an apposition, a bracketed acronym,
/// auxiliaries, adverbs, adverbials.
static GAP: LazyLock<Regex> = LazyLock::new(|| {
    let adverb = r"(?:has|have|had|is|are|was|were|also|then|later|again|still|now|once|further|even|himself|herself|itself|both|\p{Ll}+ly|(?:continue[sd]?|continuing|went on|goes on) to|who|which|today|yesterday|tomorrow)";
    let adverbial = r#"(?:on|in|at|during|after|before|for|from) [^,;:“”".]{1,60}?"#;
    let apposition = r#",(?: [^,;:“”"]{1,140}(?:,[^,;:“”"]{1,60}){0,1})?,"#;
    let rule = format!(r"^(?: \([^)]{{1,24}}\))?(?:{apposition}|,)?(?: (?:{adverb}|{adverbial}),?)* $");
    Regex::new(&rule).expect("a constant")
});

static PASSIVE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:is|are|was|were|been|being|be)(?: \p{Ll}+ly)? $").expect("a constant"));
static POSTPOSED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(?: [\p{L}’'-]+){0,6}? $").expect("a constant"));
static PRONOUN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(?:[Hh]e|[Ss]he)\b").expect("a constant"));
static PREPOSITION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:of|in|from|for|with|to|at|by|on|near|about|against|under|between|into|over|like|as|than|via|per)(?: the| an?)?(?: [\p{L}-]+)? $")
        .expect("a constant")
});

/// Matches what turns the preceding name into a modifier: in `according to US officials` the
/// speaker is unnamed, and not `the US`.
static MODIFIED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?:[’']s\b|(?: and \p{L}+)? (?:reporting|reports?|officials?|media|data|sources?|figures|statistics|estimates?|analysts?|experts?|authorities|police|intelligence|law|rules|documents?|records?|government|spokes\p{Ll}+|researchers?|scientists?|lawmakers?|prosecutors?|diplomats?|polls?|surveys?|stud(?:y|ies)|president|minister|ministry|ambassador|envoy|leaders?|troops|soldiers)\b)")
        .expect("a constant")
});

/// Maximum distance from a subject to its verb, in bytes.
const REACH: usize = 300;

/// Labels of entities that can speak.
const SPEAKERS: &[&str] = &["PERSON", "ORG", "GPE"];

/// The speaker of a cue, and the location of the words that name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Speaker {
    /// Byte range of the name or pronoun.
    pub range: Range<usize>,
    /// The full name.
    pub name: String,
    /// Whether it is a person.
    pub is_person: bool,
    /// Whether it follows the verb: `said Smith`.
    pub is_behind: bool,
}

/// The names of a document, for finding the speaker of a cue.
pub(super) struct Speakers<'a> {
    pub text: &'a str,
    mentions: &'a [CandidateMention],
    pronouns: bool,
    organisations: bool,
    /// The full names of persons by surname, with their offsets in ascending order.
    full_names: FxHashMap<String, Vec<(usize, String)>>,
}

impl<'a> Speakers<'a> {
    /// Indexes the names of a text, which are in text order.
    pub fn new(text: &'a str, mentions: &'a [CandidateMention], pronouns: bool, organisations: bool) -> Self {
        let mut full_names: FxHashMap<String, Vec<(usize, String)>> = FxHashMap::default();
        for mention in mentions.iter().filter(|mention| mention.label == "PERSON") {
            let name = one_line(text, &mention.range);
            if let Some((_, surname)) = name.rsplit_once(' ') {
                full_names.entry(surname.to_owned()).or_default().push((mention.range.start, name));
            }
        }
        Self { text, mentions, pronouns, organisations, full_names }
    }

    /// The named subject of a cue in its unit. `last` is the previous speaker, to resolve pronouns.
    pub fn speaker(&self, unit: &Range<usize>, cue: &Cue, last: Option<&str>) -> Option<Speaker> {
        if cue.form == Form::According {
            return self.behind(unit, cue);
        }
        self.before(unit, cue, last).or_else(|| {
            let before = self.text[unit.start..cue.range.start].trim_end();
            let follows_speech = before.ends_with(['”', '"', '»', '’', ',', '?', '!']);
            (follows_speech && cue.form == Form::Finite).then(|| self.behind(unit, cue)).flatten()
        })
    }

    fn in_unit(&self, unit: &Range<usize>) -> &[CandidateMention] {
        let from = self.mentions.partition_point(|mention| mention.range.start < unit.start);
        let to = self.mentions.partition_point(|mention| mention.range.end <= unit.end);
        &self.mentions[from..to.max(from)]
    }

    fn can_speak(&self, mention: &CandidateMention) -> bool {
        SPEAKERS.contains(&mention.label) && (self.organisations || mention.label == "PERSON")
    }

    fn before(&self, unit: &Range<usize>, cue: &Cue, last: Option<&str>) -> Option<Speaker> {
        let fits = |end: usize| {
            if cue.range.start - end > REACH {
                return false;
            }
            let gap = &self.text[end..cue.range.start];
            let is_passive = PASSIVE.is_match(gap);
            let form_fits = match cue.form {
                Form::Base => gap.ends_with("to ") || is_plain_plural(&self.text[cue.range.clone()]),
                Form::Participle => is_passive,
                _ => !is_passive,
            };
            form_fits && GAP.is_match(gap) && gap.trim() != ","
        };
        let named = self.in_unit(unit).iter().rev().find(|mention| {
            mention.range.end <= cue.range.start
                && self.can_speak(mention)
                && fits(mention.range.end)
                && (mention.label == "PERSON"
                    || !PREPOSITION.is_match(tail(self.text, unit.start, mention.range.start, 40)))
        });
        let spoken = tail(self.text, unit.start, cue.range.start, REACH);
        let from = cue.range.start - spoken.len();
        let pronouns = PRONOUN.find_iter(spoken).map(|found| from + found.start()..from + found.end());
        let pronoun = pronouns.filter(|range| fits(range.end)).last();
        match (named, pronoun) {
            (Some(mention), Some(pronoun)) if pronoun.start > mention.range.start => self.of_pronoun(pronoun, last),
            (Some(mention), _) => Some(self.named(mention, false)),
            (None, Some(pronoun)) => self.of_pronoun(pronoun, last),
            (None, None) => None,
        }
    }

    /// Whether a mention may be the speaker after a verb or `according to` that ends at `end`. A
    /// title or a description may stand between them; `experts at X` and `the head of X` do not
    /// refer to X.
    fn is_behind(&self, mention: &CandidateMention, end: usize) -> bool {
        let gap = &self.text[end..mention.range.start];
        let is_other = |word: &str| match word {
            "at" | "in" | "from" | "with" | "by" | "on" | "to" | "and" => true,
            "of" | "for" => mention.label != "PERSON",
            _ => false,
        };
        let is_modifier = mention.label != "PERSON" && MODIFIED.is_match(&self.text[mention.range.end..]);
        POSTPOSED.is_match(gap) && !gap.split(' ').any(is_other) && !is_modifier
    }

    fn behind(&self, unit: &Range<usize>, cue: &Cue) -> Option<Speaker> {
        let first = self.in_unit(unit).iter().find(|mention| {
            mention.range.start >= cue.range.end && self.can_speak(mention) && self.is_behind(mention, cue.range.end)
        })?;
        // `said Ukraine President Petrenko`: the speaker is the person directly after a place or an
        // organisation.
        let person = self.in_unit(unit).iter().find(|mention| {
            mention.label == "PERSON"
                && mention.range.start >= first.range.end
                && POSTPOSED.is_match(&self.text[first.range.end..mention.range.start])
        });
        Some(self.named(person.unwrap_or(first), true))
    }

    /// The subject that a participle or a second verb shares with the preceding clause: the first
    /// mention of the unit that can speak.
    pub fn shared(&self, unit: &Range<usize>, cue: &Cue) -> Option<Speaker> {
        let mut before = self.in_unit(unit).iter().filter(|mention| mention.range.end <= cue.range.start);
        let main = before.find(|mention| {
            self.can_speak(mention) && !PREPOSITION.is_match(tail(self.text, unit.start, mention.range.start, 40))
        })?;
        let is_object = self.text[main.range.end..].starts_with(['’', '\'']);
        (!is_object).then(|| self.named(main, false))
    }

    fn named(&self, mention: &CandidateMention, is_behind: bool) -> Speaker {
        let is_person = mention.label == "PERSON";
        let surface = one_line(self.text, &mention.range);
        let name = if is_person { self.full_name(&surface, mention.range.start) } else { without_article(surface) };
        Speaker { range: mention.range.clone(), name, is_person, is_behind }
    }

    fn of_pronoun(&self, range: Range<usize>, last: Option<&str>) -> Option<Speaker> {
        if !self.pronouns {
            return None;
        }
        let earlier = || {
            let before = self.mentions.partition_point(|mention| mention.range.end <= range.start);
            let person = self.mentions[..before].iter().rev().find(|mention| mention.label == "PERSON")?;
            Some(self.full_name(&one_line(self.text, &person.range), person.range.start))
        };
        let name = last.map(str::to_owned).or_else(earlier)?;
        Some(Speaker { range, name, is_person: true, is_behind: false })
    }

    /// The full name that ends in a surname: the last one before offset `at`, or else the first one
    /// after it.
    fn full_name(&self, surname: &str, at: usize) -> String {
        let Some(names) = self.full_names.get(surname) else { return surname.to_owned() };
        let later = names.partition_point(|(start, _)| *start <= at);
        names[later.saturating_sub(1)].1.clone()
    }
}

/// The text of a name with its white space collapsed.
fn one_line(text: &str, range: &Range<usize>) -> String {
    text[range.clone()].split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Base forms that a plural subject may govern and that are not also common nouns.
fn is_plain_plural(verb: &str) -> bool {
    matches!(verb, "say" | "insist" | "argue" | "warn" | "deny")
}

fn without_article(name: String) -> String {
    name.strip_prefix("The ").or_else(|| name.strip_prefix("the ")).map(str::to_owned).unwrap_or(name)
}

/// The last `reach + 1` characters of `text[from..to]`.
pub(super) fn tail(text: &str, from: usize, to: usize, reach: usize) -> &str {
    let piece = &text[from..to];
    let start = piece.char_indices().rev().nth(reach).map_or(0, |(at, _)| at);
    &piece[start..]
}
