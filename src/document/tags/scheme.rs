//! The tagging schemes, strictly: the patterns of seqeval 1.2.2's strict mode.

use std::fmt;
use std::str::FromStr;

use super::{Chunk, TagName, Tags};

/// How tags tell where entities begin and end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// `I`, and `B` only where an entity follows another of the same label.
    Iob1,
    /// `B` begins every entity.
    Iob2,
    /// `I`, and `E` only where an entity is followed by another of the same label.
    Ioe1,
    /// `E` ends every entity.
    Ioe2,
    /// `B`, `I`, `E`, and `S` for an entity of one token.
    Iobes,
    /// The same with `L` for `E` and `U` for `S`.
    Bilou,
}

/// Which labels a pattern asks for.
#[derive(Clone, Copy)]
enum Labels {
    Any,
    Same,
    Different,
}

/// Prefixes before, prefixes now, and their labels.
type Pattern = (&'static str, &'static str, Labels);

/// Every prefix there is.
const ANY: &str = "IOBESUL";

struct Rules {
    allowed: &'static str,
    begins: &'static [Pattern],
    inside: &'static [Pattern],
    ends: &'static [Pattern],
}

use Labels::{Any, Different, Same};

const IOB1: Rules = Rules {
    allowed: "IOB",
    begins: &[("OB", "I", Any), ("I", "I", Different), ("IB", "B", Same)],
    inside: &[("BI", "I", Same)],
    ends: &[("IB", "I", Different), ("IB", "O", Any), ("I", "B", Any), ("B", "B", Same)],
};
const IOB2: Rules = Rules {
    allowed: "IOB",
    begins: &[(ANY, "B", Any)],
    inside: &[("BI", "I", Same)],
    ends: &[("IB", "OB", Any), ("IB", "I", Different)],
};
const IOE1: Rules = Rules {
    allowed: "IOE",
    begins: &[("OE", "I", Any), ("I", "I", Different), ("E", "E", Same)],
    inside: &[("I", "IE", Same)],
    ends: &[("I", "IE", Different), ("I", "O", Any), ("E", "IE", Same)],
};
const IOE2: Rules = Rules {
    allowed: "IOE",
    begins: &[("OE", "IE", Any), ("I", "IE", Different)],
    inside: &[("I", "IE", Same)],
    ends: &[("E", ANY, Any)],
};
const IOBES: Rules =
    Rules { allowed: "IOBES", begins: &[(ANY, "BS", Any)], inside: &[("BI", "IE", Same)], ends: &[("SE", ANY, Any)] };
const BILOU: Rules =
    Rules { allowed: "BILOU", begins: &[(ANY, "BU", Any)], inside: &[("BI", "IL", Same)], ends: &[("UL", ANY, Any)] };

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Iob1, Self::Iob2, Self::Ioe1, Self::Ioe2, Self::Iobes, Self::Bilou];

    /// The name in files and flags.
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

    fn rules(self) -> &'static Rules {
        match self {
            Self::Iob1 => &IOB1,
            Self::Iob2 => &IOB2,
            Self::Ioe1 => &IOE1,
            Self::Ioe2 => &IOE2,
            Self::Iobes => &IOBES,
            Self::Bilou => &BILOU,
        }
    }

    /// The prefixes that it has, each a letter.
    pub fn prefixes(self) -> &'static str {
        self.rules().allowed
    }

    /// The file's number of every token of a document whose tag is none of the scheme's.
    pub fn unknown_ids(self, tags: &Tags) -> Vec<u32> {
        let known: Vec<bool> =
            tags.file.names.iter().map(|name| self.prefixes().contains(name.prefix as char)).collect();
        if known.iter().all(|known| *known) {
            return Vec::new();
        }
        tags.tokens().filter(|token| !known[tags.file.tags[*token as usize] as usize]).collect()
    }

    /// The entities that are well formed, in text order. Whatever is not is left out: an `I-` that nothing opens, an entity
    /// that nothing ends.
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

fn fits(patterns: &[Pattern], before: &TagName, tag: &TagName) -> bool {
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

/// A name that is no scheme's.
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
