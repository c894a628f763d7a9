//! Arguments of all events of a document, scored independently of the event they belong to.

use std::collections::BTreeMap;

use super::resolved::ResolvedEvent;
use crate::align::OverlapIndex;
use crate::metric::Statistics;
use crate::metric::by_label::ByLabel;
use crate::metric::pairing::Pairing;
use crate::metric::target::Target;

/// An argument: the type of its event, its role, and its target.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Argument<'r, 'a> {
    event: &'a str,
    role: &'a str,
    target: &'r Target<'a>,
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
fn possible(gold: &[Argument<'_, '_>], predicted: &[Argument<'_, '_>]) -> BTreeMap<(usize, usize), bool> {
    let index =
        OverlapIndex::new(predicted.iter().enumerate().filter_map(|(p, argument)| Some((argument.target.range()?, p))));
    let mut possible = BTreeMap::new();
    for (g, argument) in gold.iter().enumerate() {
        for p in argument.target.ranges().flat_map(|range| index.overlapping(range)) {
            let other = &predicted[p];
            if argument.event == other.event && argument.target.compare(other.target).same_place {
                possible.insert((g, p), argument.role == other.role);
            }
        }
    }
    possible
}
