//! Helpers shared by the readers of JSON formats.

use super::Entry;
use super::json::{Json, Node};
use super::source_map::{SourceLocation, SourceMap};
use super::token_text::{self, TokenRange};
use crate::document::{Document, Entity};
use crate::error::Diagnostic;

/// Reads each object in the JSON texts of a file as an entry or diagnostics. A text that is an
/// array contains several objects.
pub(super) fn each_object<Entries: IntoIterator<Item = Entry>>(
    parts: Vec<Result<Json<'_>, Diagnostic>>,
    mut one: impl FnMut(&Json<'_>, &Node<'_>, usize) -> Entries,
) -> Vec<Result<Entry, Diagnostic>> {
    let mut number = 0;
    each_text(parts, |json, root| {
        let mut read = Vec::new();
        for node in root.one_or_more() {
            number += 1;
            read.extend(one(json, &node, number));
        }
        read
    })
}

/// Reads each JSON text of a file from its root, and appends the diagnostics that were recorded
/// while it was read.
pub(super) fn each_text<T>(
    parts: Vec<Result<Json<'_>, Diagnostic>>,
    mut one: impl FnMut(&Json<'_>, &Node<'_>) -> Vec<T>,
) -> Vec<Result<T, Diagnostic>> {
    let mut read = Vec::new();
    for part in parts {
        match part {
            Err(diagnostic) => read.push(Err(diagnostic)),
            Ok(json) => {
                read.extend(one(&json, &json.root()).into_iter().map(Ok));
                read.extend(json.into_diagnostics().into_iter().map(Err));
            }
        }
    }
    read
}

/// Sets the entities of an entry to those that `one` reads from a list, with their locations.
pub(super) fn set_entities(entry: &mut Entry, items: &[Node<'_>], one: impl Fn(&Node<'_>) -> Option<Entity>) {
    let mut places = SourceMap::default();
    let mut entities = Vec::new();
    for item in items {
        places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
        entities.extend(one(item));
    }
    entry.annotations.entities = Some(entities);
    entry.places = Some(places);
}

/// Returns the id of a document, or its number if it has none, and whether it is only a number.
pub(super) fn id(node: Option<Node<'_>>, number: usize) -> Option<(String, bool)> {
    match node {
        Some(node) => node.id().map(|id| (id, false)),
        None => Some((number.to_string(), true)),
    }
}

/// Returns the text of sentences of tokens with the range of each token: the text of the known
/// document, in which the tokens are located, or else the tokens joined by spaces and line breaks.
/// Records a diagnostic if a token is not in the document.
pub(super) fn token_text(
    words: &[Vec<&str>],
    sentences: &Node<'_>,
    document: Option<&Document>,
) -> Option<(String, Vec<TokenRange>)> {
    let Some(document) = document else { return Some(token_text::join(words.iter().map(Vec::as_slice))) };
    let tokens: Vec<&str> = words.iter().flatten().copied().collect();
    match token_text::locate(&tokens, document.text()) {
        Ok(ranges) => Some((document.text().to_owned(), ranges)),
        Err((at, found)) => {
            let message = format!("the token is {:?}, but the document goes on with {found:?}", tokens[at]);
            let mut behind = at;
            let mut sentences = sentences.items().into_iter();
            let token = sentences.find_map(|sentence| {
                let tokens = sentence.items();
                let found = tokens.get(behind).cloned();
                behind -= if found.is_some() { 0 } else { tokens.len() };
                found
            });
            let diagnostic = Diagnostic::new(message).help("the tokens must be those of the document's text, in order");
            token?.diagnostic(diagnostic);
            None
        }
    }
}
