//! An item in the text around it.

use crate::document::Document;

/// How much text stands on either side, in code points.
const REACH: u32 = 40;

/// A range of text with the text before and after it, line breaks as spaces.
pub(super) struct Context {
    pub before: String,
    pub range: String,
    pub after: String,
}

/// The context of a place in a document.
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
