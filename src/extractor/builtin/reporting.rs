//! Cues of reported speech: verbs, and which of their forms can head a clause.
//!
//! Each line of `lexicon/reporting_verbs.txt` describes a verb: its base form, third person, past
//! and -ing form, and whether it is `free` (reports speech by itself) or `bound` (does so only with
//! `that`, a colon or a quotation, such as `suggested`).

use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::LazyLock;

use crate::text::words::Word;

/// The form of a cue, which determines what must precede it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `say`: after `continues to` or a plural subject.
    Base,
    /// `says`, `said`: after its subject.
    Finite,
    /// `saying`: after a form of `be`, or as a participle after the clause of its subject.
    Participle,
    /// `according to`: before its speaker.
    According,
}

/// A cue of reported speech in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cue {
    /// Its byte range.
    pub range: Range<usize>,
    /// The form of its verb.
    pub form: Form,
    /// Whether it reports speech only if `that`, a colon or a quotation follows.
    pub is_bound: bool,
    /// Whether an addressee may follow it: `told reporters`.
    pub has_addressee: bool,
}

static VERBS: LazyLock<FxHashMap<&'static str, (Form, bool, bool)>> = LazyLock::new(|| {
    let mut verbs = FxHashMap::default();
    for line in include_str!("lexicon/reporting_verbs.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let is_bound = words.last() == Some(&"bound");
        let has_addressee = matches!(words[0], "tell" | "assure" | "inform" | "remind" | "warn" | "ask" | "urge");
        for (word, form) in words.iter().zip([Form::Base, Form::Finite, Form::Finite, Form::Participle]) {
            verbs.entry(*word).or_insert((form, is_bound, has_addressee));
        }
    }
    verbs
});

/// The cues among the words of a text, in order.
pub(super) fn cues(text: &str, words: &[Word]) -> Vec<Cue> {
    let mut cues = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let surface = &text[word.range.clone()];
        let next = words.get(at + 1).map(|next| &text[next.range.clone()]);
        if surface.eq_ignore_ascii_case("according") && next == Some("to") {
            let range = word.range.start..words[at + 1].range.end;
            cues.push(Cue { range, form: Form::According, is_bound: false, has_addressee: false });
        } else if surface == "pointed" && next == Some("out") || surface == "pointing" && next == Some("out") {
            let form = if surface == "pointed" { Form::Finite } else { Form::Participle };
            let range = word.range.start..words[at + 1].range.end;
            cues.push(Cue { range, form, is_bound: false, has_addressee: false });
        } else if let Some(&(form, is_bound, has_addressee)) = VERBS.get(surface) {
            cues.push(Cue { range: word.range.clone(), form, is_bound, has_addressee });
        }
    }
    cues
}

#[cfg(test)]
mod tests {
    use super::{Form, cues};
    use crate::text::words::words;

    #[test]
    fn forms_are_distinguished() {
        let text = "According to X it said, adding and pointed out what they say, suggested";
        let found = cues(text, &words(text, 0..text.len()));
        let forms: Vec<_> = found.iter().map(|cue| (&text[cue.range.clone()], cue.form)).collect();
        let expected = [
            ("According to", Form::According),
            ("said", Form::Finite),
            ("adding", Form::Participle),
            ("pointed out", Form::Finite),
            ("say", Form::Base),
            ("suggested", Form::Finite),
        ];
        assert_eq!(forms, expected);
        assert!(found[5].is_bound && !found[1].is_bound);
    }
}
