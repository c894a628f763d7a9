//! What is scored, and against what.

use std::collections::BTreeMap;

use crate::document::{Answer, LayerSet};

/// One extractor's answers.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// The extractor's name.
    pub name: String,
    /// The layers it fills: a golden layer is scored only if its family can be answered from these.
    pub declared: LayerSet,
    /// One answer a document, by id.
    pub answers: BTreeMap<String, Answer>,
}

impl System {
    /// How often every document was asked about: 1, unless there are repeats.
    pub fn repeats(&self) -> usize {
        self.answers.values().map(|answer| 1 + answer.repeats.len()).max().unwrap_or(1)
    }

    /// What was said one time, from 0; a document that was not asked about so often is missing.
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
