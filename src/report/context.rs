//! The context of an item: the text before and after it.

use crate::document::Document;

/// The length of the context on either side, in code points.
const REACH: u32 = 40;

/// A range of text with the text before and after it; line breaks and tabs are replaced by spaces.
pub(super) struct Context {
    pub before: String,
    pub range: String,
    pub after: String,
}

/// Returns a range of a document with its context; `None` if the range exceeds the document.
pub(super) fn around(document: &Document, place: (u32, u32)) -> Option<Context> {
    let (start, end) = place;
    let from = start.saturating_sub(REACH);
    let to = end.saturating_add(REACH).min(document.len());
    let flat = |text: &str| text.replace(['\n', '\r', '\t'], " ");
    let before = flat(document.slice(from, start)?);
    let after = flat(document.slice(end, to)?);
    Some(Context {
        before: if from > 0 { format!("…{before}") } else { before },
        range: flat(document.slice(start, end)?),
        after: if to < document.len() { format!("{after}…") } else { after },
    })
}
