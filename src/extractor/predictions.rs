//! Predictions from a file or folder, as an extractor.
//!
//! Systems that ran outside karat are thereby scored and reported like all others.

use std::collections::BTreeMap;

use super::{ExtractError, Extractor};
use crate::document::{Annotations, Answer, Document, Layer, LayerSet, Status};
use crate::format::{answer_to_lines, sha256};

/// The recorded answers by document id.
pub struct StoredPredictions {
    name: String,
    fingerprint: String,
    layers: Vec<Layer>,
    by_id: BTreeMap<String, Answer>,
}

impl StoredPredictions {
    /// Creates an extractor from answers by document id. Without declared layers, it declares the
    /// layers that any prediction contains, or those of `golden` if there are none: a system that
    /// answers nothing has missed everything.
    pub fn new(name: &str, mut by_id: BTreeMap<String, Answer>, declared: Option<LayerSet>, golden: &LayerSet) -> Self {
        by_id.values_mut().flat_map(Answer::annotations_mut).for_each(Annotations::decode_tags);
        let found = || {
            by_id.values().flat_map(Answer::each).flat_map(|answer| answer.annotations.layers()).collect::<LayerSet>()
        };
        let layers = declared.unwrap_or_else(found);
        let layers = if layers.is_empty() { golden.clone() } else { layers };
        let mut content = String::new();
        for (id, answer) in &by_id {
            content.push_str(&answer_to_lines(id, answer));
        }
        let fingerprint = format!("predictions:{}", sha256(content));
        Self { name: name.to_owned(), fingerprint, layers: layers.into_iter().collect(), by_id }
    }
}

impl Extractor for StoredPredictions {
    fn name(&self) -> &str {
        &self.name
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn layers(&self) -> &[Layer] {
        &self.layers
    }

    fn repeats(&self) -> Option<usize> {
        Some(self.by_id.values().map(|answer| answer.each().count()).max().unwrap_or(1))
    }

    fn extract(&self, document: &Document) -> Result<Annotations, ExtractError> {
        self.extract_again(document, 1)
    }

    fn extract_again(&self, document: &Document, repeat: usize) -> Result<Annotations, ExtractError> {
        let answer = self.by_id.get(document.id()).and_then(|answer| answer.each().nth(repeat - 1));
        let answer = answer.ok_or(ExtractError::Missing)?;
        if answer.status == Status::Ok {
            return Ok(answer.annotations.clone());
        }
        let message = answer.message.clone().unwrap_or_else(|| answer.status.to_string());
        Err(ExtractError::Recorded { status: answer.status, message })
    }
}
