//! What the readers of JSON formats share.

use super::Entry;
use super::json::{Json, Node};
use crate::error::Diagnostic;

/// Reads every object of the parts of a file: each is an entry, or faults. A part that is a list holds several.
pub(super) fn each_object(
    parts: Vec<Result<Json<'_>, Diagnostic>>,
    one: impl Fn(&Json<'_>, &Node<'_>, usize) -> Option<Entry>,
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
                    read.extend(one(&json, &node, number).map(Ok));
                }
                drop(root);
                read.extend(json.into_diagnostics().into_iter().map(Err));
            }
        }
    }
    read
}

/// The id of a document, or its number where it has none; and whether it is but a number.
pub(super) fn id(node: Option<Node<'_>>, number: usize) -> Option<(String, bool)> {
    match node {
        Some(node) => node.id().map(|id| (id, false)),
        None => Some((number.to_string(), true)),
    }
}
