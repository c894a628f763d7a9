//! Helpers shared by the readers of JSON formats.

use super::Entry;
use super::json::{Json, Node};
use crate::error::Diagnostic;

/// Reads each object in the JSON texts of a file as an entry or diagnostics. A text that is an
/// array contains several objects.
pub(super) fn each_object<Entries: IntoIterator<Item = Entry>>(
    parts: Vec<Result<Json<'_>, Diagnostic>>,
    one: impl Fn(&Json<'_>, &Node<'_>, usize) -> Entries,
) -> Vec<Result<Entry, Diagnostic>> {
    let mut read = Vec::new();
    let mut number = 0;
    for part in parts {
        match part {
            Err(diagnostic) => read.push(Err(diagnostic)),
            Ok(json) => {
                let root = json.root();
                for node in root.one_or_more() {
                    number += 1;
                    read.extend(one(&json, &node, number).into_iter().map(Ok));
                }
                drop(root);
                read.extend(json.into_diagnostics().into_iter().map(Err));
            }
        }
    }
    read
}

/// Returns the id of a document, or its number if it has none, and whether it is only a number.
pub(super) fn id(node: Option<Node<'_>>, number: usize) -> Option<(String, bool)> {
    match node {
        Some(node) => node.id().map(|id| (id, false)),
        None => Some((number.to_string(), true)),
    }
}
