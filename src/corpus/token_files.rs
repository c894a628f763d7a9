//! Joins token files to each other and to the texts of their documents. Token files often have no
//! document ids, and their texts are known only as tokens; so two files are joined by their
//! sequences of sentences, and tokens are searched in the text in order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::validation::Validation;
use crate::document::{Annotations, Answer, Document, Reference, Tags, TokenFile};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::tokens::differences;

/// If golden annotations and predictions are one token file each, joins the predictions to the
/// golden documents by their sentences, whatever the ids are. Returns `None` if one side is not a
/// single token file.
///
/// # Errors
/// Fails with every difference of the tokens.
pub(super) fn join(
    entries: &BTreeMap<String, Entry>,
    references: &BTreeMap<String, Reference>,
) -> Option<Result<BTreeMap<String, Answer>, Vec<Diagnostic>>> {
    let predicted = single(entries.values().map(|entry| entry.annotations.tags.as_ref()))?;
    let gold = single(references.values().map(|reference| reference.gold.tags.as_ref()))?;
    let diagnostics = differences(&whole(&gold), &whole(&predicted));
    if !diagnostics.is_empty() {
        return Some(Err(diagnostics));
    }
    // A line that begins a document belongs to the document whose sentences follow it.
    let openings: BTreeMap<u32, u32> = entries
        .values()
        .filter_map(|entry| entry.annotations.tags.as_ref())
        .filter_map(|tags| Some((tags.sentences.start, tags.opening?)))
        .collect();
    let all = || entries.values().filter_map(|entry| entry.annotations.tags.as_ref());
    let scheme = all().find_map(|tags| tags.scheme);
    let is_bilou = all().any(|tags| tags.is_bilou);
    let answer = |(id, reference): (&String, &Reference)| {
        let gold = reference.gold.tags.as_ref()?;
        let tags = Tags {
            file: Arc::clone(&predicted),
            sentences: gold.sentences.clone(),
            opening: openings.get(&gold.sentences.start).copied(),
            places: gold.places.clone(),
            scheme,
            is_bilou,
        };
        Some((id.clone(), Answer::ok(Annotations { tags: Some(tags), ..Annotations::default() })))
    };
    Some(Ok(references.iter().filter_map(answer).collect()))
}

/// Returns the file that all tags are from, if it is a single one.
fn single<'t>(all: impl Iterator<Item = Option<&'t Tags>>) -> Option<Arc<TokenFile>> {
    let mut found: Option<&Arc<TokenFile>> = None;
    for tags in all {
        let file = &tags?.file;
        match found {
            Some(found) if !Arc::ptr_eq(found, file) => return None,
            _ => found = Some(file),
        }
    }
    found.cloned()
}

fn whole(file: &Arc<TokenFile>) -> Tags {
    Tags {
        file: Arc::clone(file),
        sentences: 0..file.sentences.len() as u32,
        opening: None,
        places: None,
        scheme: None,
        is_bilou: false,
    }
}

/// Returns the differences between the tokens of an entry and those of its golden document.
pub(super) fn compare(entry: &Entry, references: &BTreeMap<String, Reference>) -> Vec<Diagnostic> {
    let gold = references.get(&entry.id).and_then(|reference| reference.gold.tags.as_ref());
    match (gold, &entry.annotations.tags) {
        (Some(gold), Some(predicted)) => differences(gold, predicted),
        _ => Vec::new(),
    }
}

/// Locates the tokens of an entry in its document's text. Returns `None` if the entry has no
/// tokens.
pub(super) fn locate_tokens(entry: &mut Entry, document: Option<&Document>) -> Option<Validation> {
    let tags = entry.annotations.tags.as_mut()?;
    let Some(document) = document.filter(|document| entry.text.as_deref() != Some(document.text())) else {
        return Some(Validation { fits: true, ..Validation::default() });
    };
    let diagnostics =
        locate_in_text(tags, document).err().into_iter().map(|diagnostic| (diagnostic, Vec::new())).collect::<Vec<_>>();
    entry.text = None;
    let fits = diagnostics.is_empty();
    Some(Validation { diagnostics, fits, ..Validation::default() })
}

/// Locates tokens in a document's text.
///
/// # Errors
/// Fails with the location of the first token that does not occur after those before it.
fn locate_in_text(tags: &mut Tags, document: &Document) -> Result<(), Diagnostic> {
    if tags.joined() == document.text() {
        tags.places = None;
        return Ok(());
    }
    let Err(token) = tags.place_in(document.text()) else { return Ok(()) };
    let message =
        format!("the token {:?} does not occur in the document after the previous token", tags.file.token(token));
    let diagnostic = Diagnostic::new(message).in_file(&tags.file.file).at((tags.file.line_of(token), 1));
    Err(diagnostic.of_document(document.id()).help("the tokens must be those of the document's text, in order"))
}
