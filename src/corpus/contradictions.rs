//! Compares the stored texts of golden files and predictions whose document is unknown: different
//! texts at the same offsets show that the two sides are on different versions of the text, or
//! count different units.

use super::validation::PathDiagnostic;
use crate::document::{Annotations, Span, Step};
use crate::error::Diagnostic;
use crate::text::excerpt;

/// A stored text with its offsets.
#[derive(Debug, Clone, Copy)]
pub struct StoredText<'t> {
    /// The first code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// The text.
    pub text: &'t str,
}

impl StoredText<'_> {
    /// Whether two stored texts cannot be of one document. Texts at different offsets are compared
    /// where they overlap, if both are as long as their offsets say.
    fn contradicts(&self, other: &Self) -> bool {
        if (self.start, self.end) == (other.start, other.end) {
            return self.text != other.text;
        }
        let (start, end) = (self.start.max(other.start), self.end.min(other.end));
        if start >= end || !self.is_whole() || !other.is_whole() {
            return false;
        }
        let part = |of: &Self| {
            let (skipped, taken) = ((start - of.start) as usize, (end - start) as usize);
            of.text.chars().skip(skipped).take(taken).collect::<String>()
        };
        part(self) != part(other)
    }

    fn is_whole(&self) -> bool {
        self.text.chars().count() as u32 == self.end.saturating_sub(self.start)
    }
}

/// Returns the pairs of indices of predicted and golden texts that contradict each other, at most
/// one for each predicted text.
pub fn contradicting(gold: &[StoredText<'_>], predicted: &[StoredText<'_>]) -> Vec<(usize, usize)> {
    let mut order: Vec<usize> = (0..gold.len()).collect();
    order.sort_by_key(|at| gold[*at].start);
    let longest = gold.iter().map(|text| text.end.saturating_sub(text.start)).max().unwrap_or_default();
    let find = |(at, text): (usize, &StoredText<'_>)| {
        // Only golden texts that begin before the end of this one overlap it.
        let candidates = &order[..order.partition_point(|at| gold[*at].start < text.end)];
        let near = candidates.iter().rev().take_while(|at| gold[**at].start.saturating_add(longest) > text.start);
        near.copied().find(|other| gold[*other].contradicts(text)).map(|other| (at, other))
    };
    predicted.iter().enumerate().filter_map(find).collect()
}

/// Returns a diagnostic for each predicted text that contradicts a golden one.
pub(super) fn contradictions(gold: &Annotations, predicted: &Annotations) -> Vec<PathDiagnostic> {
    let (gold, _) = stored_texts(gold);
    if gold.is_empty() {
        return Vec::new();
    }
    let (predicted, paths) = stored_texts(predicted);
    let describe = |(at, other): (usize, usize)| {
        let (text, other) = (predicted[at], gold[other]);
        let message = format!(
            "the text at {}..{} is {}, but the golden file has {} at {}..{}",
            text.start,
            text.end,
            excerpt(text.text),
            excerpt(other.text),
            other.start,
            other.end
        );
        let help = "one side is on another version of the text, or counts another unit; name the documents with \
                    `--documents` to find out which";
        (Diagnostic::new(message).help(help), paths[at].clone())
    };
    contradicting(&gold, &predicted).into_iter().map(describe).collect()
}

/// Returns the stored texts of contiguous entities, triggers, mentions and key sentences, and their
/// paths.
fn stored_texts(annotations: &Annotations) -> (Vec<StoredText<'_>>, Vec<Vec<Step>>) {
    let key = |name: &str| Step::Key(name.to_owned());
    let of_layer = |layer: &str, at: usize| vec![key(layer), Step::Index(at)];
    let entities = annotations.entities.iter().flatten().enumerate().filter_map(|(at, entity)| {
        let text = entity.text.as_deref().filter(|_| entity.is_located() && entity.fragments.is_empty())?;
        Some((StoredText { start: entity.start, end: entity.end, text }, of_layer("entities", at)))
    });
    let events = annotations.events.iter().flatten().enumerate().filter_map(|(at, event)| {
        Some((stored(&event.trigger)?, [of_layer("events", at), vec![key("trigger")]].concat()))
    });
    let clusters = annotations.coreference.iter().flatten().enumerate();
    let mentions = clusters.flat_map(|(at, cluster)| {
        let of_cluster = move |number| vec![key("coreference"), Step::Index(at), key("mentions"), Step::Index(number)];
        cluster.mentions.iter().enumerate().filter_map(move |(number, span)| Some((stored(span)?, of_cluster(number))))
    });
    let sentences = annotations.key_sentences.iter().flatten().enumerate();
    let sentences = sentences.filter_map(|(at, span)| Some((stored(span)?, of_layer("key_sentences", at))));
    entities.chain(events).chain(mentions).chain(sentences).unzip()
}

fn stored(span: &Span) -> Option<StoredText<'_>> {
    Some(StoredText { start: span.start, end: span.end, text: span.text.as_deref()? })
}

#[cfg(test)]
mod tests {
    use super::{StoredText, contradicting};

    type Texts<'t> = [(u32, u32, &'t str)];

    fn pairs(gold: &Texts<'_>, predicted: &Texts<'_>) -> Vec<(usize, usize)> {
        fn texts<'t>(side: &Texts<'t>) -> Vec<StoredText<'t>> {
            side.iter().map(|&(start, end, text)| StoredText { start, end, text }).collect()
        }
        contradicting(&texts(gold), &texts(predicted))
    }

    #[test]
    fn texts_contradict_where_they_overlap() {
        assert_eq!(pairs(&[(0, 3, "Ada")], &[(0, 3, "Bob")]), [(0, 0)]);
        assert_eq!(pairs(&[(0, 3, "Ada")], &[(0, 3, "Ada"), (1, 3, "da"), (3, 6, "met")]), []);
        assert_eq!(pairs(&[(9, 12, "Bob"), (0, 7, "Ada Élo")], &[(4, 9, "Elo x")]), [(0, 1)]);
        // Texts that are not as long as their offsets say are compared only at the same offsets.
        assert_eq!(pairs(&[(0, 4, "Ada")], &[(1, 4, "xyz")]), []);
        assert_eq!(pairs(&[(0, 4, "Ada")], &[(0, 4, "Ad")]), [(0, 0)]);
    }
}
