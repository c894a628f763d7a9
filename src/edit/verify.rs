//! Checks that a corrected file reads as the correction says: exactly one label, value or text
//! differs, in exactly the way that was asked for.

use super::change::{Applied, GoldChange};
use crate::document::{Alternative, Annotations, Document, Entity};
use crate::error::Diagnostic;

/// Checks that annotations differ from what they were before a change in exactly the change. Both
/// are as a reader returns them, with offsets in code points.
///
/// # Errors
/// Fails if anything else differs, or if the change itself is not there.
pub fn verify(before: &Annotations, after: &Annotations, change: &GoldChange) -> Result<(), Diagnostic> {
    verify_in(before, after, change, None)
}

/// Checks annotations like [`verify`], and that the stored text of the changed entity is that of
/// the document.
pub(super) fn verify_in(
    before: &Annotations,
    after: &Annotations,
    change: &GoldChange,
    document: Option<&Document>,
) -> Result<(), Diagnostic> {
    let (before, mut after) = (decoded(before), decoded(after));
    let Applied { annotations: mut expected, entity } = change.apply(&before)?;
    let (wanted, found) = (expected.entities.take(), after.entities.take());
    // A list that a change adds to may be sorted.
    if let GoldChange::Ignore { .. } = change {
        expected.ignore.sort_by_key(|region| (region.start, region.end));
        after.ignore.sort_by_key(|region| (region.start, region.end));
    }
    let is_same = expected == after
        && match (wanted, found) {
            (Some(wanted), Some(found)) => {
                let kept = entity.and_then(|at| before.entities.as_ref()?.get(at));
                same_entities(wanted, found, entity, kept, document)
            }
            (wanted, found) => wanted == found,
        };
    if is_same { Ok(()) } else { Err(refused()) }
}

/// The diagnostic for a file that would read differently than the change says.
pub(super) fn refused() -> Diagnostic {
    let diagnostic = Diagnostic::new("karat cannot make this change in this file: it would read differently");
    diagnostic.help("make the change in the file by hand")
}

/// Returns annotations with decoded tags, and without the tags and the lines of words, which are
/// where they are in the file.
pub(super) fn decoded(annotations: &Annotations) -> Annotations {
    let mut annotations = annotations.clone();
    annotations.decode_tags();
    annotations.tags = None;
    annotations.words = None;
    annotations
}

/// Whether the found entities are the wanted ones in the same order, except that the changed one
/// may have any position. `kept` is the changed entity before the change.
fn same_entities(
    mut wanted: Vec<Entity>,
    mut found: Vec<Entity>,
    changed: Option<usize>,
    kept: Option<&Entity>,
    document: Option<&Document>,
) -> bool {
    let Some(at) = changed else { return wanted == found };
    let new = wanted.remove(at);
    // No other entity equals the changed one, so it is the first that is not in order.
    let place = found.iter().zip(&wanted).take_while(|(found, wanted)| found == wanted).count();
    if place >= found.len() {
        return false;
    }
    let other = found.remove(place);
    wanted == found && is_change(new, other, kept, document)
}

/// Whether an entity is the one that a change asks for.
fn is_change(mut wanted: Entity, mut found: Entity, kept: Option<&Entity>, document: Option<&Document>) -> bool {
    let is_moved = kept.is_none_or(|kept| (kept.start, kept.end) != (wanted.start, wanted.end));
    if is_moved {
        let is_stored = kept.map(|kept| kept.text.is_some());
        if is_stored.is_some_and(|is_stored| is_stored != found.text.is_some()) {
            return false;
        }
        let texts = document.map(|document| texts(document, &found));
        if found.text.as_ref().is_some_and(|text| texts.is_some_and(|texts| !texts.contains(text))) {
            return false;
        }
        (wanted.text, found.text) = (None, None);
    }
    if kept.is_none() {
        found.id = None;
    }
    // An alternative may leave out what the entity has, too.
    if kept.is_some_and(|kept| kept.alternatives.len() < wanted.alternatives.len()) {
        let (Some(ours), Some(theirs)) = (wanted.alternatives.pop(), found.alternatives.pop()) else { return false };
        let is_text = |text: &String| {
            document.is_none_or(|document| {
                let span = ours.start.zip(ours.end).and_then(|(start, end)| document.slice(start, end));
                span == Some(text)
            })
        };
        let resolved = Alternative {
            start: theirs.start.or(Some(found.start)),
            end: theirs.end.or(Some(found.end)),
            label: theirs.label.or_else(|| Some(found.label.clone())),
            text: None,
            ..theirs
        };
        if resolved != ours || !theirs.text.as_ref().is_none_or(is_text) {
            return false;
        }
    }
    wanted == found
}

/// Returns the texts that a file may store for an entity: the text that it covers, or its parts
/// joined by spaces.
fn texts(document: &Document, entity: &Entity) -> Vec<String> {
    let slice = |(start, end): (u32, u32)| document.slice(start, end).unwrap_or_default().to_owned();
    let mut texts = vec![slice((entity.start, entity.end))];
    if !entity.fragments.is_empty() {
        texts.push(entity.fragments.iter().map(|part| slice(*part)).collect::<Vec<_>>().join(" "));
    }
    texts
}
