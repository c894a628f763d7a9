//! What a conversion to a format has lost: by kind, with the count and the first example of each.

use std::collections::BTreeMap;
use std::fmt;

use crate::text::visible;
use crate::withheld::MARK;

/// The losses of a conversion, by kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses {
    kinds: BTreeMap<&'static str, Loss>,
    document: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Loss {
    count: usize,
    document: String,
    example: String,
}

impl Losses {
    /// Sets the document of the losses that are noted next.
    pub fn of_document(&mut self, id: &str) {
        id.clone_into(&mut self.document);
    }

    /// Counts a loss. The first of a kind is kept as its example.
    pub fn note(&mut self, kind: &'static str, example: &str) {
        let document = &self.document;
        let first = || Loss { count: 0, document: document.clone(), example: example.to_owned() };
        self.kinds.entry(kind).or_insert_with(first).count += 1;
    }

    /// Replaces the examples, which may be texts of documents.
    pub fn withhold_examples(&mut self) {
        self.kinds.values_mut().for_each(|loss| MARK.clone_into(&mut loss.example));
    }

    /// Whether nothing was lost.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Returns the number of losses of a kind.
    pub fn count(&self, kind: &str) -> usize {
        self.kinds.get(kind).map_or(0, |loss| loss.count)
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, loss) in &self.kinds {
            writeln!(
                f,
                "  {}: {}, first in document {:?}: {}",
                kind,
                loss.count,
                loss.document,
                visible(&loss.example)
            )?;
        }
        Ok(())
    }
}
