//! Context cues: words around a name that suggest its label.

use std::sync::LazyLock;

use regex::Regex;

use crate::text::words::entries;

/// Verbs of speech and thought; their subject is usually a person.
const SPEECH: &str = "(?:said|says|told|added|adds|stated|states|noted|notes|warned|warns|argued|argues|insisted|insists|claimed|claims|\
     explained|explains|replied|replies|recalled|recalls|tweeted|wrote|writes|thinks|thought|believes|believed|joked|smiled|laughed|\
     died|was born|was elected|was appointed|resigned|tweeted|testified|admitted|acknowledged|denied|recalled|concluded)";

/// Nouns that precede a person's name.
const ROLES: &str = "(?:president|chancellor|premier|minister|secretary|spokesman|spokeswoman|spokesperson|leader|chief|head|director|\
     chairman|chairwoman|chair|governor|mayor|senator|ambassador|envoy|adviser|advisor|aide|analyst|expert|economist|historian|professor|\
     lecturer|researcher|scientist|author|writer|novelist|poet|journalist|reporter|editor|columnist|blogger|activist|lawyer|attorney|\
     judge|prosecutor|general|colonel|captain|major|commander|officer|soldier|pilot|detective|sheriff|politician|lawmaker|congressman|\
     congresswoman|candidate|billionaire|businessman|businesswoman|entrepreneur|oligarch|financier|founder|co-founder|executive|\
     boss|manager|coach|player|striker|goalkeeper|midfielder|actor|actress|singer|musician|rapper|artist|painter|director|filmmaker|\
     composer|philosopher|priest|bishop|imam|rabbi|king|queen|prince|princess|doctor|nurse|teacher|farmer|driver|resident|wife|husband|\
     son|daughter|brother|sister|father|mother|friend|colleague|successor|predecessor|rival|veteran|deputy|diplomat|negotiator)";

/// Nouns that precede an organisation's name.
const BODIES: &str = "(?:company|firm|group|bank|newspaper|magazine|daily|tabloid|agency|broadcaster|channel|website|portal|outlet|giant|\
     carmaker|automaker|manufacturer|maker|producer|retailer|operator|airline|startup|start-up|party|movement|organisation|organization|\
     charity|NGO|institute|university|think tank|think-tank|watchdog|club|team|militia|publisher|consultancy|insurer|lender|chain)";

/// Nouns that precede or follow a place name.
const PLACES: &str =
    "(?:city|town|village|suburb|district|province|state|capital|port|settlement|municipality|county|hamlet)";

const AREAS: &str = "(?:region|area|peninsula|river|mountains|island|islands|valley|coast|desert|sea|lake|oblast)";

static BEFORE: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    let rules = [
        ("GPE", format!(r"\b{PLACES}(?: centre| center)? of $")),
        ("LOC", format!(r"\b{AREAS} of $")),
        ("ORG", format!(r"\b{BODIES} $")),
        ("GPE", r"\b(?i:in|near|outside|inside|throughout|across) (?:(?:central|downtown|eastern|western|northern|southern|nearby|neighbouring|neighboring) )?$".to_owned()),
        ("ORG", format!(r"\b{ROLES} (?:at|with|for) (?:the )?$")),
        ("PERSON", format!(r"\b{ROLES},? $")),
        ("GPE", format!(r"\b{PLACES} $")),
    ];
    rules.into_iter().map(|(label, rule)| (label, Regex::new(&rule).expect("a constant"))).collect()
});

static BEHIND: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    let rules = [
        ("PERSON", format!(r"^,? (?:has |have |had |also |later |then |once )*{SPEECH}\b")),
        ("PERSON", r"^, (?:who|whose|[1-9][0-9],|an? (?:former )?(?:\p{Ll}+ )?(?:professor|analyst|expert|spokes\p{Ll}+|lawyer|researcher|lawmaker|economist|fellow))\b".to_owned()),
        ("GPE", format!(r"^ {PLACES}\b")),
        ("LOC", format!(r"^ {AREAS}\b")),
        ("ORG", r"^ (?:shares|shareholders|employees|executives|spokes\p{Ll}+|plc|stock|lawmakers|fighters|militants)\b".to_owned()),
    ];
    rules.into_iter().map(|(label, rule)| (label, Regex::new(&rule).expect("a constant"))).collect()
});

/// The label that the text before and after a name suggests.
pub(super) fn label_by_context(before: &str, behind: &str) -> Option<&'static str> {
    let before = tail(before);
    let behind = head(behind);
    let matches = |rules: &[(&'static str, Regex)], text: &str| {
        rules.iter().find(|(_, rule)| rule.is_match(text)).map(|(label, _)| *label)
    };
    matches(&BEHIND, behind).or_else(|| matches(&BEFORE, before))
}

/// Whether a definite article directly precedes a name.
pub(super) fn has_article(before: &str) -> bool {
    before.ends_with("the ") || before.ends_with("The ")
}

/// The end of the text before a name, at most 60 characters. The bound keeps the cost of the rules
/// independent of the length of the document.
fn tail(text: &str) -> &str {
    let from = text.char_indices().rev().nth(60).map_or(0, |(at, _)| at);
    &text[from..]
}

fn head(text: &str) -> &str {
    let to = text.char_indices().nth(80).map_or(text.len(), |(at, _)| at);
    &text[..to]
}

/// Whether the words can be a name: none of them is a stop word or a common noun that headlines and
/// titles capitalise.
pub(super) fn is_plain(words: &[&str]) -> bool {
    static COMMON: LazyLock<rustc_hash::FxHashSet<&str>> =
        LazyLock::new(|| entries(include_str!("lexicon/common_nouns.txt")));
    words.iter().all(|word| !COMMON.contains(word.to_lowercase().as_str()) && !crate::text::words::is_stop_word(word))
}

#[cfg(test)]
mod tests {
    use super::{is_plain, label_by_context};

    #[test]
    fn neighbours_suggest_a_label() {
        assert_eq!(label_by_context("the village of ", " fell"), Some("GPE"));
        assert_eq!(label_by_context("“Yes,” ", " said."), Some("PERSON"));
        assert_eq!(label_by_context("according to analyst ", "."), Some("PERSON"));
        assert_eq!(label_by_context("fighting near ", " went on"), Some("GPE"));
        assert_eq!(label_by_context("an economist at ", " in"), Some("ORG"));
        assert_eq!(label_by_context("the carmaker ", " fell"), Some("ORG"));
        assert_eq!(label_by_context("élan ", " élan"), None);
    }

    #[test]
    fn common_nouns_make_no_name() {
        assert!(is_plain(&["Rassendyll"]));
        assert!(!is_plain(&["Foreign", "Affairs"]));
    }
}
