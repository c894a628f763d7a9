//! Clustering of documents into independent units.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::document::{Reference, Value};
use crate::error::Diagnostic;

/// How documents are grouped into clusters, the independent units of all intervals and tests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ClusterBy {
    /// Every document is a cluster.
    #[default]
    Document,
    /// Documents with the same value in a metadata field form a cluster.
    Meta(String),
}

impl FromStr for ClusterBy {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name.strip_prefix("meta.") {
            _ if name == "document" => Ok(Self::Document),
            Some(field) if !field.is_empty() => Ok(Self::Meta(field.to_owned())),
            _ => {
                Err(format!("`{name}` is not a cluster: write `document`, or `meta.FIELD` for a field of the metadata"))
            }
        }
    }
}

impl ClusterBy {
    /// Returns the cluster of every document.
    ///
    /// # Errors
    /// Fails if documents lack the metadata field; the error lists them.
    pub fn clusters(
        &self,
        references: &BTreeMap<String, Reference>,
    ) -> Result<BTreeMap<String, String>, Vec<Diagnostic>> {
        let (mut clusters, mut diagnostics) = (BTreeMap::new(), Vec::new());
        for (id, reference) in references {
            let cluster = match self {
                Self::Document => Some(id.clone()),
                Self::Meta(field) => reference.meta.get(field).map(as_text),
            };
            match (cluster, self) {
                (Some(cluster), _) => {
                    clusters.insert(id.clone(), cluster);
                }
                (None, Self::Meta(field)) => {
                    let diagnostic =
                        Diagnostic::new(format!("its metadata has no `{field}`, by which documents are clustered"));
                    diagnostics
                        .push(diagnostic.of_document(id).help("every document needs it, or none is clustered by it"));
                }
                (None, Self::Document) => {}
            }
        }
        if diagnostics.is_empty() { Ok(clusters) } else { Err(diagnostics) }
    }
}

impl ClusterBy {
    /// Returns the documents of every cluster, in the order of the cluster names and, within a
    /// cluster, of the document ids. A document that lacks the metadata field is a cluster by
    /// itself.
    pub(super) fn groups<'r>(
        &self,
        references: impl Iterator<Item = (&'r String, &'r Reference)>,
    ) -> Vec<Vec<(&'r String, &'r Reference)>> {
        let Self::Meta(field) = self else { return references.map(|one| vec![one]).collect() };
        let mut groups: BTreeMap<(bool, String), Vec<(&String, &Reference)>> = BTreeMap::new();
        for (id, reference) in references {
            let value = reference.meta.get(field);
            let cluster = (value.is_none(), value.map_or_else(|| id.clone(), as_text));
            groups.entry(cluster).or_default().push((id, reference));
        }
        groups.into_values().collect()
    }
}

impl fmt::Display for ClusterBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => f.write_str("document"),
            Self::Meta(field) => write!(f, "meta.{field}"),
        }
    }
}

/// Formats a metadata value as text: strings without quotes, everything else as JSON.
pub(crate) fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
