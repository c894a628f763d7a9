//! The tagging schemes, decoded strictly, with the patterns of seqeval 1.2.2's strict mode.

use std::fmt;
use std::str::FromStr;

use super::{Chunk, TagName, Tags};

/// A tagging scheme: how tags mark where entities begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// `I`, and `B` only if an entity directly follows another with the same label.
    Iob1,
    /// `B` begins each entity, and `I` continues it.
    Iob2,
    /// `I`, and `E` only if an entity is directly followed by another with the same label.
    Ioe1,
    /// `E` ends each entity, after `I`.
    Ioe2,
    /// `B`, `I`, `E`, and `S` for an entity of one token.
    Iobes,
    /// `B`, `I`, `L`, and `U` for an entity of one token: IOBES with other letters.
    Bilou,
}

/// The relation between two labels that a pattern requires.
#[derive(Clone, Copy)]
enum LabelRelation {
    Any,
    Same,
    Different,
}

/// A pattern of two adjacent tags: the prefixes of the first, the prefixes of the second, and the
/// relation of their labels.
type TagPattern = (&'static str, &'static str, LabelRelation);

/// All prefixes.
const ANY_PREFIX: &str = "IOBESUL";

/// The patterns of a scheme, each of two adjacent tags: those that begin an entity, continue it and
/// end it.
struct SchemeRules {
    allowed: &'static str,
    begins: &'static [TagPattern],
    inside: &'static [TagPattern],
    ends: &'static [TagPattern],
}

use LabelRelation::{Any, Different, Same};

const IOB1: SchemeRules = SchemeRules {
    allowed: "IOB",
    begins: &[("OB", "I", Any), ("I", "I", Different), ("IB", "B", Same)],
    inside: &[("BI", "I", Same)],
    ends: &[("IB", "I", Different), ("IB", "O", Any), ("I", "B", Any), ("B", "B", Same)],
};
const IOB2: SchemeRules = SchemeRules {
    allowed: "IOB",
    begins: &[(ANY_PREFIX, "B", Any)],
    inside: &[("BI", "I", Same)],
    ends: &[("IB", "OB", Any), ("IB", "I", Different)],
};
const IOE1: SchemeRules = SchemeRules {
    allowed: "IOE",
    begins: &[("OE", "I", Any), ("I", "I", Different), ("E", "E", Same)],
    inside: &[("I", "IE", Same)],
    ends: &[("I", "IE", Different), ("I", "O", Any), ("E", "IE", Same)],
};
const IOE2: SchemeRules = SchemeRules {
    allowed: "IOE",
    begins: &[("OE", "IE", Any), ("I", "IE", Different)],
    inside: &[("I", "IE", Same)],
    ends: &[("E", ANY_PREFIX, Any)],
};
const IOBES: SchemeRules = SchemeRules {
    allowed: "IOBES",
    begins: &[(ANY_PREFIX, "BS", Any)],
    inside: &[("BI", "IE", Same)],
    ends: &[("SE", ANY_PREFIX, Any)],
};
const BILOU: SchemeRules = SchemeRules {
    allowed: "BILOU",
    begins: &[(ANY_PREFIX, "BU", Any)],
    inside: &[("BI", "IL", Same)],
    ends: &[("UL", ANY_PREFIX, Any)],
};

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 6] = [Self::Iob1, Self::Iob2, Self::Ioe1, Self::Ioe2, Self::Iobes, Self::Bilou];

    /// Returns the name of the scheme in files and flags.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Iob1 => "IOB1",
            Self::Iob2 => "IOB2",
            Self::Ioe1 => "IOE1",
            Self::Ioe2 => "IOE2",
            Self::Iobes => "IOBES",
            Self::Bilou => "BILOU",
        }
    }

    fn rules(self) -> &'static SchemeRules {
        match self {
            Self::Iob1 => &IOB1,
            Self::Iob2 => &IOB2,
            Self::Ioe1 => &IOE1,
            Self::Ioe2 => &IOE2,
            Self::Iobes => &IOBES,
            Self::Bilou => &BILOU,
        }
    }

    /// Returns the prefixes of the scheme, each a letter.
    pub fn prefixes(self) -> &'static str {
        self.rules().allowed
    }

    /// Returns what the second of two adjacent tags does: whether it begins an entity, whether it
    /// continues that of the first, and whether that of the first has ended before it.
    pub fn relations(self, before: &TagName, tag: &TagName) -> [bool; 3] {
        let rules = self.rules();
        [rules.begins, rules.inside, rules.ends].map(|patterns| fits(patterns, before, tag))
    }

    /// Returns the indexes in the file of the document's tokens whose prefix is not one of the
    /// scheme's.
    pub fn unknown_ids(self, tags: &Tags) -> Vec<u32> {
        let known: Vec<bool> =
            tags.file.names.iter().map(|name| self.prefixes().contains(name.prefix as char)).collect();
        if known.iter().all(|known| *known) {
            return Vec::new();
        }
        tags.tokens().filter(|token| !known[tags.file.tags[*token as usize] as usize]).collect()
    }

    /// Decodes the tags of a document into well-formed entities, in text order. Ill-formed
    /// sequences are dropped: an `I-` that continues no entity, an entity without an end.
    pub fn chunks(self, tags: &Tags) -> Vec<Chunk> {
        let (rules, file) = (self.rules(), &*tags.file);
        let outside = TagName::new("O");
        let mut chunks = Vec::new();
        for sentence in tags.sentences() {
            let tag = |at: u32| if at < sentence.end { file.tag(at) } else { &outside };
            let mut at = sentence.start;
            let mut before = &outside;
            while at < sentence.end {
                let begin = at;
                at += 1;
                if !fits(rules.begins, before, tag(begin)) {
                    before = tag(begin);
                    continue;
                }
                while at < sentence.end && fits(rules.inside, tag(at - 1), tag(at)) {
                    at += 1;
                }
                if fits(rules.ends, tag(at - 1), tag(at)) {
                    chunks.push(Chunk { first: begin, last: at - 1, name: file.tags[begin as usize] });
                }
                before = tag(at - 1);
            }
        }
        chunks
    }
}

fn fits(patterns: &[TagPattern], before: &TagName, tag: &TagName) -> bool {
    patterns.iter().any(|(befores, tags, labels)| {
        befores.contains(before.prefix as char)
            && tags.contains(tag.prefix as char)
            && match labels {
                Any => true,
                Same => before.strict_label == tag.strict_label,
                Different => before.strict_label != tag.strict_label,
            }
    })
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The error for a name that is not a tagging scheme.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a tagging scheme")]
pub struct ParseSchemeError(pub String);

impl FromStr for Scheme {
    type Err = ParseSchemeError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|scheme| scheme.as_str().eq_ignore_ascii_case(name));
        found.ok_or_else(|| ParseSchemeError(name.to_owned()))
    }
}
