//! A system: the answers that are scored.

use std::collections::BTreeMap;

use crate::document::{Answer, LayerSet};

/// The answers of one extractor.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// The name of the extractor.
    pub name: String,
    /// The layers that it fills: a golden layer is scored only if its metric group can be answered
    /// from these.
    pub declared: LayerSet,
    /// The answer to each document, by document id.
    pub answers: BTreeMap<String, Answer>,
}

impl System {
    /// Returns the number of repeats of every document: 1 without repeats.
    pub fn repeats(&self) -> usize {
        self.answers.values().map(|answer| 1 + answer.repeats.len()).max().unwrap_or(1)
    }

    /// Returns the answers of one repeat, counted from 0. A document with fewer repeats is missing.
    #[must_use]
    pub fn repeat(&self, number: usize) -> Self {
        let of = |(id, answer): (&String, &Answer)| {
            let one = answer.each().nth(number)?;
            Some((id.clone(), Answer { repeats: Vec::new(), ..one.clone() }))
        };
        let answers = self.answers.iter().filter_map(of).collect();
        Self { name: self.name.clone(), declared: self.declared.clone(), answers }
    }
}
