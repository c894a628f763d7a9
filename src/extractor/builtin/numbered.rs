//! Names that only their context completes: `Article 5`, `the 2014 Winter Olympics`, `Boeing 737`,
//! `in French`.

use std::sync::LazyLock;

use super::mention::{CandidateMention, LabelledPatterns};

static RULES: LazyLock<LabelledPatterns> = LazyLock::new(|| {
    let number = r"[0-9]+(?:[.(][0-9a-z]+\)?)*";
    let tongue = "(?:Arabic|Bengali|Bulgarian|Chinese|Czech|Danish|Dutch|English|Estonian|Finnish|French|Georgian|German|Greek|Hebrew|Hindi|Hungarian|Irish|\
         Italian|Japanese|Korean|Latvian|Lithuanian|Norwegian|Persian|Polish|Portuguese|Romanian|Russian|Serbian|Spanish|Swedish|Tatar|Turkish|Ukrainian|\
         Urdu|Vietnamese|Welsh)";
    let rules = [
        ("LOC", r"\b[Tt]he (?P<m>West)\b".to_owned()),
        ("LAW", format!(r"\b(?P<m>(?:UN |Security Council |UN Security Council )?(?:Articles?|Resolution|Directive|Regulation|Protocol|Amendment|Title|Section|Chapter|Law No\.|Act No\.) (?:{number}|[IVXL]+)(?: (?:of|to) the (?:\p{{Lu}}\p{{L}}+ ?)*(?:Constitution|Charter|Treaty|Convention|Code))?)\b")),
        ("LAW", r"\b(?P<m>(?:1[89]|20)[0-9]{2} (?:\p{Lu}[\p{L}-]+ ){1,4}(?:Act|Agreement|Treaty|Accords?|Protocol|Convention|Memorandum|Constitution|Pact|Charter|Declaration))\b".to_owned()),
        ("EVENT", r"\b(?P<m>(?:1[89]|20)[0-9]{2} (?:\p{Lu}[\p{L}-]+ ){0,4}(?:Olympics|Olympic Games|Paralympics|World Cup|Championships?|Games|Summit|Conference|Forum|Expo))\b".to_owned()),
        ("PRODUCT", r"\b(?P<m>(?:Boeing|Airbus|Tesla Model|iPhone|Samsung Galaxy|Windows|PlayStation|Xbox|Antonov|Tupolev|Sukhoi|Ilyushin) (?:[A-Z]{0,3}-?[0-9]+[A-Za-z0-9-]*|[SX3Y]\b))".to_owned()),
        ("LANGUAGE", format!(r"\b(?:in|speaks?|spoke|speaking|into|from|fluent|learn(?:s|ed|ing)?|of) (?P<m>{tongue})(?:[.,;:!?)]|$| and | or | translation)")),
        ("LANGUAGE", format!(r"\b(?P<m>{tongue})(?:[ -]language| speakers?|-speaking|-speakers?)\b")),
    ];
    LabelledPatterns::new(rules)
});

/// The mentions in a text that was masked by [`crate::text::readable`]; they may overlap.
pub(super) fn mentions(text: &str) -> Vec<CandidateMention> {
    RULES.find(text)
}
