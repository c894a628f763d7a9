//! What is scored, and against what.

use std::collections::BTreeMap;

use crate::document::{Answer, LayerSet};

/// One extractor's answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The extractor's name.
    pub name: String,
    /// The layers it fills: a golden layer is scored only if its family can be answered from these.
    pub declared: LayerSet,
    /// One answer a document, by id.
    pub answers: BTreeMap<String, Answer>,
}
