//! Removes entities that overlap others, for formats with one entity at most for each token.

use crate::format::losses::Losses;
use crate::format::output::Output;

/// Keeps, of overlapping entities, the one that begins first, and of those that begin together, the
/// longest. The entities are then in order of the text.
pub(in crate::format::formats) fn remove_overlaps(output: &mut Output, losses: &mut Losses) {
    let Some(entities) = &mut output.annotations.entities else { return };
    entities.sort_by(|a, b| (a.start, b.end, &a.label).cmp(&(b.start, a.end, &b.label)));
    let mut reached = 0;
    entities.retain(|entity| {
        let is_free = entity.start >= reached;
        if is_free {
            reached = entity.end;
        } else {
            losses
                .note("entities that overlap others", &format!("{} at {}..{}", entity.label, entity.start, entity.end));
        }
        is_free
    });
}
