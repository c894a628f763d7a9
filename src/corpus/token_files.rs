//! Token files joined to each other and to their documents' texts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::validate::Verdict;
use crate::document::{Annotations, Answer, Document, Reference, Tags, TokenFile};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::tokens::differences;

/// Where both sides are one token file each, predictions by the sentences that their golden documents have, whatever the
/// documents are called; and the places where the tokens are not the same.
pub(super) fn join(
    entries: &BTreeMap<String, Entry>,
    references: &BTreeMap<String, Reference>,
) -> Option<(BTreeMap<String, Answer>, Vec<Diagnostic>)> {
    let predicted = single(entries.values().map(|entry| entry.annotations.tags.as_ref()))?;
    let gold = single(references.values().map(|reference| reference.gold.tags.as_ref()))?;
    let diagnostics = differences(&whole(&gold), &whole(&predicted));
    if !diagnostics.is_empty() {
        return Some((BTreeMap::new(), diagnostics));
    }
    // Lines that begin documents belong to the document whose sentences they stand before.
    let openings: BTreeMap<u32, u32> = entries
        .values()
        .filter_map(|entry| entry.annotations.tags.as_ref())
        .filter_map(|tags| Some((tags.sentences.start, tags.opening?)))
        .collect();
    let scheme = entries.values().find_map(|entry| entry.annotations.tags.as_ref()?.scheme);
    let answer = |(id, reference): (&String, &Reference)| {
        let gold = reference.gold.tags.as_ref()?;
        let tags = Tags {
            file: Arc::clone(&predicted),
            sentences: gold.sentences.clone(),
            opening: openings.get(&gold.sentences.start).copied(),
            places: gold.places.clone(),
            scheme,
        };
        Some((id.clone(), Answer::ok(Annotations { tags: Some(tags), ..Annotations::default() })))
    };
    Some((references.iter().filter_map(answer).collect(), diagnostics))
}

/// The one file that all tags are from.
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
    }
}

/// Where an entry's tokens are not those of its golden document, which are in another token file.
pub(super) fn compare(entry: &Entry, references: &BTreeMap<String, Reference>) -> Vec<Diagnostic> {
    let gold = references.get(&entry.id).and_then(|reference| reference.gold.tags.as_ref());
    match (gold, &entry.annotations.tags) {
        (Some(gold), Some(predicted)) => differences(gold, predicted),
        _ => Vec::new(),
    }
}

/// Finds the tokens of an entry in its document's text; `None` where the entry has none.
pub(super) fn place(entry: &mut Entry, document: Option<&Document>) -> Option<Verdict> {
    let tags = entry.annotations.tags.as_mut()?;
    let Some(document) = document.filter(|document| entry.text.as_deref() != Some(document.text())) else {
        return Some(Verdict { diagnostics: Vec::new(), fits: true, looks_like: None });
    };
    let diagnostics =
        place_tags(tags, document).err().into_iter().map(|diagnostic| (diagnostic, Vec::new())).collect::<Vec<_>>();
    entry.text = None;
    let fits = diagnostics.is_empty();
    Some(Verdict { diagnostics, fits, looks_like: None })
}

/// Finds tokens in a document's text.
///
/// # Errors
/// With the place of the first token that is not found behind those before it.
fn place_tags(tags: &mut Tags, document: &Document) -> Result<(), Diagnostic> {
    if tags.joined() == document.text() {
        tags.places = None;
        return Ok(());
    }
    let Err(token) = tags.place_in(document.text()) else { return Ok(()) };
    let message =
        format!("the token {:?} does not occur in the document behind the tokens before it", tags.file.token(token));
    let diagnostic = Diagnostic::new(message).in_file(&tags.file.file).at((tags.file.line_of(token), 1));
    Err(diagnostic.of_document(document.id()).help("the tokens must be those of the document's text, in order"))
}
