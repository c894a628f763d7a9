//! Arguments of all events of a document, scored independently of the event they belong to.

use super::resolved::ResolvedEvent;
use crate::metric::Statistics;
use crate::metric::by_label::ByLabel;
use crate::metric::candidates;
use crate::metric::pairing::{Pairing, Possible};
use crate::metric::target::Target;

/// An argument: the type of its event, its role, and its target.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Argument<'r, 'a> {
    event: &'a str,
    role: &'a str,
    target: &'r Target<'a>,
}

impl<'r, 'a> Argument<'r, 'a> {
    /// Returns everything that distinguishes two arguments, except their text.
    fn content(&self) -> impl Ord + use<'_, 'r, 'a> {
        (self.event, self.role, self.target.content())
    }
}

/// Adds the sums of `argument` and `argument-id`, by role. Returns a warning if the pairs are not
/// the best ones.
pub(super) fn count(
    gold: &[ResolvedEvent<'_>],
    predicted: &[ResolvedEvent<'_>],
    statistics: &mut Statistics,
) -> Option<String> {
    let (gold, predicted) = (arguments(gold), arguments(predicted));
    let optional: Vec<bool> = gold.iter().map(|argument| argument.target.optional).collect();
    // Pairs have equal event types and spans; those with equal roles are preferred.
    let gain = |same_role: bool| 1 + (i128::from(same_role) << 64);
    let pairing = Pairing::new(&optional, predicted.len(), &possible(&gold, &predicted), gain);
    for (metric, needs_role) in [("argument", true), ("argument-id", false)] {
        let mut roles = ByLabel::default();
        for &(g, p, same_role) in &pairing.pairs {
            roles.pair(gold[g].role, predicted[p].role, same_role || !needs_role);
        }
        pairing.missed.iter().for_each(|&g| roles.missed(gold[g].role));
        pairing.spurious.iter().for_each(|&p| roles.spurious(predicted[p].role));
        roles.add_to(statistics, metric);
    }
    pairing.warning()
}

fn arguments<'r, 'a>(events: &'r [ResolvedEvent<'a>]) -> Vec<Argument<'r, 'a>> {
    let of_event = |event: &'r ResolvedEvent<'a>| {
        event.arguments.iter().map(|(role, target)| Argument { event: event.label, role, target })
    };
    let mut arguments: Vec<_> = events.iter().flat_map(of_event).collect();
    arguments.sort();
    arguments
}

/// Returns the pairs with equal event types and spans, and whether their roles are equal.
fn possible(gold: &[Argument<'_, '_>], predicted: &[Argument<'_, '_>]) -> Possible<bool> {
    let mut found = candidates::equal(located(gold, usize::MAX), located(predicted, 1));
    if found.is_partial {
        let of_gold = gold.iter().map(Argument::content).zip(0..);
        found.extend(candidates::equal(of_gold, predicted.iter().map(Argument::content).zip(0..)));
    }
    Possible::new(found, |g, p| {
        let (argument, other) = (&gold[g], &predicted[p]);
        let is_same = argument.event == other.event && argument.target.compare(other.target).same_place;
        is_same.then(|| argument.role == other.role)
    })
}

/// Returns the event type with the range of up to `most` alternatives of each argument.
fn located<'r, 'a>(
    arguments: &'r [Argument<'r, 'a>],
    most: usize,
) -> impl Iterator<Item = ((&'a str, (u32, u32)), usize)> {
    arguments.iter().zip(0..).flat_map(move |(argument, at)| {
        argument.target.ranges().take(most).map(move |range| ((argument.event, range), at))
    })
}
