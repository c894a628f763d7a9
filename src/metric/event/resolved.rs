//! Events with resolved arguments, and their comparison.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::align::{Assigned, assign};
use crate::document::{Annotations, Event};
use crate::metric::candidates;
use crate::metric::target::{Content, Target, Targets, is_ignored, trigger_text};
use crate::metric::{Case, Class, Side};
use crate::stats::confidence::Confidence;

/// An event with resolved arguments.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ResolvedEvent<'a> {
    pub trigger: (u32, u32),
    pub label: &'a str,
    /// Arguments by role, then by span; those in ignored regions are removed.
    pub arguments: Vec<(&'a str, Arc<Target<'a>>)>,
    /// The words of the trigger, for reports.
    text: String,
    /// Of duplicates, the most confident comes first.
    pub sure: Confidence,
}

/// The comparison of a gold and a predicted event whose triggers overlap.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct EventComparison {
    /// Trigger, type and all arguments are equal.
    pub strict: bool,
    /// The trigger boundaries are equal.
    pub same_place: bool,
    /// The event types are equal.
    pub same_type: bool,
    /// The number of arguments that agree.
    agreeing: usize,
    /// Whether the arguments are too many to find the best pairs of these.
    pub is_greedy: bool,
}

/// The comparison of the arguments of two events.
#[derive(Debug, PartialEq, Eq)]
struct ArgumentComparison {
    /// The number of pairs.
    agreeing: usize,
    /// Whether all others on both sides are optional.
    is_complete: bool,
    /// Whether the pairs may not be the best ones.
    is_greedy: bool,
}

/// Returns the role with the content of up to `most` alternatives of each argument.
fn keys<'r, 'a>(
    arguments: &'r [(&'a str, Arc<Target<'a>>)],
    most: usize,
) -> impl Iterator<Item = ((&'a str, Content<'r, 'a>), usize)> {
    arguments.iter().zip(0..).flat_map(move |((role, target), at)| {
        target.alternatives().take(most).map(move |content| ((*role, content), at))
    })
}

impl EventComparison {
    /// Returns whether boundaries and type of the trigger are equal.
    pub fn trigger(self) -> bool {
        self.same_place && self.same_type
    }

    /// Returns the value of a pair: criteria are ordered lexicographically, so no number of lesser
    /// agreements outweighs a greater one.
    pub fn gain(self) -> i128 {
        let levels = [self.strict, self.trigger(), self.same_place, self.same_type, true];
        let sum = levels.into_iter().fold(0, |sum, level| (sum << 20) + i128::from(level));
        (sum << 20) + self.agreeing as i128
    }

    pub fn class(self) -> Class {
        match (self.same_place, self.same_type) {
            _ if self.strict => Class::Correct,
            (true, true) => Class::WrongValue,
            (true, false) => Class::Mislabelled,
            (false, true) => Class::Misbounded,
            (false, false) => Class::MislabelledMisbounded,
        }
    }
}

/// Returns the events outside ignored regions, in an order that depends only on their content.
pub(super) fn resolve<'a>(annotations: &'a Annotations, case: &Case<'a>) -> Vec<ResolvedEvent<'a>> {
    let targets = Targets::new(annotations, case);
    let events = annotations.events.iter().flatten();
    let counted = events.filter(|event| !is_ignored((event.trigger.start, event.trigger.end), &case.gold.ignore));
    let mut resolved: Vec<_> = counted.map(|event| ResolvedEvent::new(event, &targets, case)).collect();
    resolved.sort();
    resolved
}

impl<'a> ResolvedEvent<'a> {
    fn new(event: &'a Event, targets: &Targets<'a>, case: &Case<'_>) -> Self {
        let arguments = event.arguments.iter();
        let mut arguments: Vec<_> =
            arguments.map(|argument| (&*argument.role, targets.find(&argument.target))).collect();
        arguments.retain(|(_, target)| !target.ignored);
        arguments.sort();
        Self {
            trigger: (event.trigger.start, event.trigger.end),
            label: &event.label,
            arguments,
            text: trigger_text(event, case),
            sure: Confidence::new(event.confidence),
        }
    }

    /// Returns everything that distinguishes two events, except their spelling.
    pub fn content(&self) -> impl Ord + use<'_, 'a> {
        let arguments = self.arguments.iter().map(|(role, target)| (*role, target.content()));
        (self.trigger, self.label, arguments.collect::<Vec<_>>())
    }

    /// Compares a gold event with a predicted one; returns `None` if their triggers do not overlap.
    pub fn compare(&self, predicted: &Self) -> Option<EventComparison> {
        let overlapping = self.trigger.0 < predicted.trigger.1 && predicted.trigger.0 < self.trigger.1;
        let (same_place, same_type) = (self.trigger == predicted.trigger, self.label == predicted.label);
        overlapping.then(|| {
            let ArgumentComparison { agreeing, is_complete, is_greedy } = self.compare_arguments(predicted);
            EventComparison {
                strict: same_place && same_type && is_complete,
                same_place,
                same_type,
                agreeing,
                is_greedy,
            }
        })
    }

    /// Pairs the arguments that agree in role, span and label, one to one.
    fn compare_arguments(&self, predicted: &Self) -> ArgumentComparison {
        self.merge_arguments(predicted).unwrap_or_else(|| self.assign_arguments(predicted))
    }

    /// Compares arguments of which some have alternatives.
    fn assign_arguments(&self, predicted: &Self) -> ArgumentComparison {
        const REQUIRED: i128 = 1 << 32;
        let alike = candidates::equal(keys(&self.arguments, usize::MAX), keys(&predicted.arguments, 1));
        let gain = |g: usize| if self.arguments[g].1.optional { 1 } else { REQUIRED };
        let Assigned { pairs, is_greedy } = assign(&alike.pairs.into_iter().map(|(g, p)| ((g, p), gain(g))).collect());
        let required = self.arguments.iter().filter(|(_, target)| !target.optional).count();
        let found = pairs.iter().filter(|(g, _)| !self.arguments[*g].1.optional).count();
        ArgumentComparison {
            agreeing: pairs.len(),
            is_complete: found == required && pairs.len() == predicted.arguments.len(),
            is_greedy: alike.is_partial || is_greedy,
        }
    }

    /// Compares arguments without alternatives, whose best pairs are those of two sorted lists: of
    /// equal arguments, required ones are paired before optional ones. `None` if there are
    /// alternatives.
    fn merge_arguments(&self, predicted: &Self) -> Option<ArgumentComparison> {
        let is_plain = |event: &Self| event.arguments.iter().all(|(_, target)| target.alternatives().count() < 2);
        if !is_plain(self) || !is_plain(predicted) {
            return None;
        }
        let compare = |(role, target): &(&str, Arc<Target<'_>>), (other_role, other): &(&str, Arc<Target<'_>>)| {
            role.cmp(other_role).then_with(|| target.content().cmp(&other.content()))
        };
        let (mut rest, mut agreeing, mut found) = (&predicted.arguments[..], 0, 0);
        for group in self.arguments.chunk_by(|one, other| compare(one, other) == Ordering::Equal) {
            while rest.first().is_some_and(|first| compare(first, &group[0]) == Ordering::Less) {
                rest = &rest[1..];
            }
            let equal = rest.iter().take_while(|other| compare(other, &group[0]) == Ordering::Equal).count();
            rest = &rest[equal..];
            // An id that is unknown refers to nothing, and so equals nothing.
            if group[0].1.alternatives().next().is_some() {
                let required = group.iter().filter(|(_, target)| !target.optional).count();
                agreeing += group.len().min(equal);
                found += required.min(equal);
            }
        }
        let required = self.arguments.iter().filter(|(_, target)| !target.optional).count();
        let is_complete = found == required && agreeing == predicted.arguments.len();
        Some(ArgumentComparison { agreeing, is_complete, is_greedy: false })
    }

    /// Returns the event as one side of an item, with the labels of the arguments if these may be
    /// wrong.
    pub fn side(&self, with_labels: bool) -> Side {
        let describe = |(role, target): &(&str, Arc<Target<'_>>)| {
            let label = if with_labels { format!(" [{}]", target.label()) } else { String::new() };
            format!("{role}: {}{label}", target.text)
        };
        let arguments: Vec<String> = self.arguments.iter().map(describe).collect();
        let text = format!("{}({})", self.text, arguments.join(", "));
        Side { span: Some(self.trigger), label: self.label.to_owned(), text }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::resolve;
    use crate::document::Annotations;
    use crate::metric::{Case, Options};

    /// An event with arguments of these roles and ids; ids of 4 and more are unknown, and the
    /// entity of id 3 is optional.
    fn event(arguments: &[(u8, u8)]) -> Annotations {
        let entity =
            |id: u8| json!({"id": id.to_string(), "start": id, "end": id + 2, "label": "P", "optional": id == 3});
        let argument = |(role, id): &(u8, u8)| json!({"role": role.to_string(), "target": id.to_string()});
        serde_json::from_value(json!({
            "entities": (0..4).map(entity).collect::<Vec<_>>(),
            "events": [{
                "label": "E",
                "trigger": {"start": 0, "end": 1},
                "arguments": arguments.iter().map(argument).collect::<Vec<_>>(),
            }],
        }))
        .unwrap()
    }

    proptest! {
        #[test]
        fn merged_arguments_are_assigned_ones(
            gold in prop::collection::vec((0u8..2, 0u8..5), 0..7), predicted in prop::collection::vec((0u8..2, 0u8..5), 0..7)
        ) {
            let (gold, predicted, options) = (event(&gold), event(&predicted), Options::default());
            let case = Case { document: None, gold: &gold, predicted: &predicted, options: &options };
            let (gold, predicted) = (resolve(&gold, &case), resolve(&predicted, &case));
            let assigned = gold[0].assign_arguments(&predicted[0]);
            prop_assert_eq!(gold[0].merge_arguments(&predicted[0]), Some(assigned));
        }
    }
}
