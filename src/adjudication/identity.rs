//! The identity of an item: what must be equal for two passes to agree on it. Ids, stored texts and
//! confidences do not count, since they are not what an annotator decides.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::document::{Cluster, Entity, Event, KeyPoint, Relation, Span};

/// Returns the identity of an item all of whose content counts.
pub(super) fn of(item: &impl Serialize) -> String {
    serde_json::to_string(item).expect("annotations are plain data")
}

pub(super) fn of_entity(entity: &Entity) -> String {
    let mut bare = Entity { id: None, confidence: None, ..entity.clone() };
    if entity.is_located() {
        bare.text = None;
        bare.alternatives.iter_mut().filter(|other| other.start.is_some()).for_each(|other| other.text = None);
    }
    of(&bare)
}

pub(super) fn of_key_point(point: &KeyPoint) -> String {
    let evidence = point.evidence.iter().map(bare).collect();
    of(&KeyPoint { id: None, evidence, ..point.clone() })
}

pub(super) fn of_span(span: &Span) -> String {
    of(&bare(span))
}

pub(super) fn of_cluster(cluster: &Cluster) -> String {
    let mut spans: Vec<(u32, u32)> = cluster.mentions.iter().map(|span| (span.start, span.end)).collect();
    spans.sort_unstable();
    of(&spans)
}

fn bare(span: &Span) -> Span {
    Span::new(span.start, span.end)
}

/// The targets of one pass by id, each under a name that both passes share: entities on which the
/// passes decide together have one name, so that relations between them are equal even if the
/// labels or boundaries of the entities are not.
pub(super) type Targets = BTreeMap<String, String>;

pub(super) fn of_relation(relation: &Relation, targets: &Targets) -> String {
    let name = |id: &String| targets.get(id).unwrap_or(id).clone();
    of(&(&relation.label, name(&relation.head), name(&relation.tail), &relation.attributes))
}

pub(super) fn of_event(event: &Event, targets: &Targets) -> String {
    let name = |id: &String| targets.get(id).unwrap_or(id).clone();
    let mut arguments: Vec<(&String, String)> =
        event.arguments.iter().map(|argument| (&argument.role, name(&argument.target))).collect();
    arguments.sort_unstable();
    of(&(&event.label, event.trigger.start, event.trigger.end, arguments, &event.attributes))
}
