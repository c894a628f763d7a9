//! The content of a statement: the clause that a reporting cue introduces.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::reporting::{Cue, Form};
use super::speakers::{Speaker, tail};

/// A short way to `that`, as in `told reporters on Monday that`. If there is a verb on the way,
/// `that` belongs to an inner clause.
static THAT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"^(?P<way>[^.;:“”"«»]{0,90}?)\bthat,? "#).expect("a constant"));
static INNER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\b(?:is|are|was|were|be|will|would|can|could|may|might|must|should|has|have|had|do|does|did)\b")
        .expect("a constant")
});
static ADDRESSEE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^ (?:the )?(?:reporters|journalists|lawmakers|parliament|officials|viewers|delegates|diplomats|him|her|them|us|me|\p{Lu}[\p{L}’'-]*(?: \p{Lu}[\p{L}’'-]*)*)(?: (?:on|in|at|during) [^,;:“”.]{1,40}?)?(?P<mark>,? )")
        .expect("a constant")
});
static LEAD_IN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^(?: (?:on|in|at|during|to|via) [^,;:“”".]{1,60}?)?[,:]? ?[:—–]? *"#).expect("a constant")
});
/// Matches what may follow a verb whose speech precedes it: ` on Monday`, ` in an interview`.
static NO_SPEECH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^(?:(?: (?:on|in|at|during|after|before|to|yesterday|today|earlier|last|this|reporters|journalists)\b[^“”",;:]{0,80}| \p{Lu}[\p{L}’'-]*(?: \p{Lu}[\p{L}’'-]*){0,3})?[.,!?| ]*(?:\[\d+\])*)$"#)
        .expect("a constant")
});
static APPOSITION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"^ (?:an?|who|whose|which|former|head of|director of|\p{Ll}+ (?:at|of|for)) [^,;:“”"]{1,140},"#)
        .expect("a constant")
});
static NOTES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:\[\d{1,3}\])+$").expect("a constant"));
static OPENING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"^(?:On|In|At|During|After|Before|Earlier|Later|Meanwhile|Speaking|Following|Asked|When|As|While|Since)\b",
    )
    .expect("a constant")
});
static CONJUNCTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:;|,? (?:and|but|while|whereas|although|though|yet)(?: also| then| later)?|, (?:and|but)? ?)(?: the)?(?: \p{L}+){0,3} $").expect("a constant")
});

/// Offset at which the clause of a cue begins, if the clause is coordinate to the preceding one;
/// `None` if it is embedded in it.
pub(super) fn clause_start(
    text: &str,
    unit: &Range<usize>,
    cue: &Cue,
    speaker: &Speaker,
    is_shared: bool,
) -> Option<usize> {
    let head = if is_shared || speaker.is_behind { cue.range.start } else { speaker.range.start.min(cue.range.start) };
    let before = &text[unit.start..head];
    if cue.form == Form::According || speaker.is_behind {
        return Some(unit.start + before.trim_end().trim_end_matches(',').len());
    }
    if cue.form == Form::Participle && is_shared {
        return before.rfind([',', ';']).map(|at| unit.start + at);
    }
    let before = tail(text, unit.start, head, 80);
    CONJUNCTION.find(before).map(|found| head - before.len() + found.start())
}

/// The content of a cue, as a byte range between `floor`, the end of the preceding speech, and
/// `limit`, the start of the next clause. `None` if it has fewer than two words.
pub(super) fn content(
    text: &str,
    floor: usize,
    limit: usize,
    cue: &Cue,
    speaker: &Speaker,
    is_shared: bool,
) -> Option<Range<usize>> {
    let found = if speaker.is_behind {
        after_cue(text, floor, limit, cue, speaker)
    } else {
        let head = if is_shared { cue.range.start } else { speaker.range.start };
        let preposed = (!is_shared && NO_SPEECH.is_match(&text[cue.range.end..limit]))
            .then(|| preposed(text, floor, head))
            .flatten();
        preposed.or_else(|| following(text, cue, limit))
    }?;
    let trimmed = trim(text, first_clause(text, found));
    (text[trimmed.clone()].split_whitespace().count() >= 2).then_some(trimmed)
}

/// The range up to the first semicolon that is outside quotation marks.
fn first_clause(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    match piece.find("; ") {
        Some(at) if !piece[..at].contains(['“', '"', '«', '„']) => range.start..range.start + at,
        _ => range,
    }
}

/// The content in `“…,” said X` and `…, according to X`, or in `According to X, …`.
fn after_cue(text: &str, floor: usize, limit: usize, cue: &Cue, speaker: &Speaker) -> Option<Range<usize>> {
    let before = floor..cue.range.start;
    if text[before.clone()].split_whitespace().nth(2).is_some() {
        return Some(before);
    }
    let comma = speaker.range.end + text[speaker.range.end..limit].find(',')? + 1;
    let apposition = APPOSITION.find(&text[comma..limit]).map_or(0, |found| found.end());
    Some(comma + apposition..limit)
}

/// Speech that precedes its subject: `…, the president said`.
fn preposed(text: &str, floor: usize, head: usize) -> Option<Range<usize>> {
    let before = &text[floor..head];
    let end = before.rfind([',', '”', '"', '»', '?', '!'])?;
    let mark = before[end..].chars().next().map_or(1, char::len_utf8);
    let speech = floor..floor + end + mark;
    let is_close = before[end..].split_whitespace().count() <= 7;
    let is_speech =
        text[speech.clone()].ends_with(['”', '"', '»']) || !OPENING.is_match(text[speech.clone()].trim_start());
    (is_close && is_speech && text[speech.clone()].split_whitespace().count() >= 3).then_some(speech)
}

/// Speech that follows its verb.
fn following(text: &str, cue: &Cue, limit: usize) -> Option<Range<usize>> {
    let after = &text[cue.range.end..limit];
    if let Some(found) = THAT.captures(after)
        && let Some(way) = found.name("way")
        && !INNER.is_match(way.as_str())
        && way.as_str().split_whitespace().count() <= 10
    {
        return Some(cue.range.end + found.get(0).map_or(0, |all| all.end())..limit);
    }
    let is_marked = |rest: &str| rest.starts_with(['“', '"', '«', '„', '‘']);
    let lead = LEAD_IN.find(after).map_or(0, |found| found.end());
    if is_marked(&after[lead..]) || after[..lead].contains(':') {
        return Some(cue.range.end + lead..limit);
    }
    if cue.is_bound && !after.contains(['“', '"', '«', '„']) {
        return None;
    }
    let start = match ADDRESSEE.find(after) {
        Some(found) if cue.has_addressee => found.end(),
        _ => 0,
    };
    Some(cue.range.end + start..limit)
}

/// Removes white space, punctuation and footnote marks from both ends, and the quotation marks if
/// the whole range is one quotation.
fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let edge = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | ';' | ':' | '—' | '–');
    let inner = |range: Range<usize>, edge: &dyn Fn(char) -> bool| {
        let piece = &text[range.clone()];
        let start = range.end - piece.trim_start_matches(edge).len();
        start..start + text[start..range.end].trim_end_matches(edge).len()
    };
    let mut range = inner(range, &edge);
    while let Some(notes) = NOTES.find(&text[range.clone()]) {
        range = inner(range.start..range.start + notes.start(), &edge);
    }
    let piece = &text[range.clone()];
    let is_open = piece.starts_with(['“', '"', '«', '„']);
    let is_one = piece.matches(['“', '«', '„', '"', '”', '»']).count() == 2 && piece.ends_with(['”', '"', '»']);
    if is_open && is_one {
        return inner(range, &|c| edge(c) || matches!(c, '“' | '"' | '«' | '„' | '”' | '»'));
    }
    range
}
