//! Predictions that were made elsewhere, read from a folder or file.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{ExtractError, Extractor};
use crate::document::{Annotations, Document, Layer, LayerSet};
use crate::format::{sha256, to_line};

/// Answers with what a file said.
pub struct Predictions {
    name: String,
    fingerprint: String,
    layers: Vec<Layer>,
    by_id: BTreeMap<String, Annotations>,
}

impl Predictions {
    /// Predictions by document id. Without declared layers, those that any prediction has are declared.
    pub fn new(name: &str, by_id: BTreeMap<String, Annotations>, declared: Option<LayerSet>) -> Self {
        let layers = declared.unwrap_or_else(|| by_id.values().flat_map(Annotations::layers).collect());
        let mut content = String::new();
        for (id, annotations) in &by_id {
            let _ = write!(content, "{}", to_line(id, annotations, None));
        }
        let fingerprint = format!("predictions:{}", sha256(content));
        Self { name: name.to_owned(), fingerprint, layers: layers.into_iter().collect(), by_id }
    }
}

impl Extractor for Predictions {
    fn name(&self) -> &str {
        &self.name
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn layers(&self) -> &[Layer] {
        &self.layers
    }

    fn extract(&self, document: &Document) -> Result<Annotations, ExtractError> {
        self.by_id.get(document.id()).cloned().ok_or(ExtractError::Missing)
    }
}
