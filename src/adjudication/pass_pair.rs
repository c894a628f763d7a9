//! The annotations of two passes on one document: their disagreements, and what decisions on them
//! give.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::rows::{Candidate, Row, compare, overlapping, similar};
use super::{Decision, Disagreement, identity, similarity};
use crate::document::{
    Annotations, Cluster, Entity, Event, KeyPoint, Layer, LayerSet, Record, Region, Relation, Span, Value,
};

/// The annotations of two passes on one document, compared item by item.
///
/// Every layer is decided by item. A layer that only one pass labelled is taken from it without a
/// question, as an absent layer says nothing about the items of the other one.
#[derive(Debug, Clone)]
pub struct PassPair {
    first: Annotations,
    second: Annotations,
    /// The compared items by layer; those of ignored regions are under `None`.
    rows: BTreeMap<Option<Layer>, Vec<Row>>,
    disagreements: Vec<Disagreement>,
}

/// Adjudicated annotations.
#[derive(Debug, Clone, PartialEq)]
pub struct Adjudicated {
    /// The annotations, with entities in the order of the text.
    pub annotations: Annotations,
    /// The number of relations and arguments of events that were left out, since they lead to an
    /// entity or event that was not taken.
    pub dropped: usize,
}

impl PassPair {
    /// Compares the annotations of two passes.
    pub fn new(first: &Annotations, second: &Annotations) -> Self {
        let mut pair =
            Self { first: bare(first), second: bare(second), rows: BTreeMap::new(), disagreements: Vec::new() };
        pair.compare();
        pair
    }

    /// Returns the items on which the passes differ, in the order of the layers.
    pub fn disagreements(&self) -> &[Disagreement] {
        &self.disagreements
    }

    /// Returns the entities that the relation or the event of either pass in a disagreement leads
    /// to, by their ids.
    pub fn referred(&self, disagreement: usize) -> [BTreeMap<&str, &Entity>; 2] {
        let Disagreement { first, second, .. } = &self.disagreements[disagreement];
        [(&self.first, first), (&self.second, second)].map(|(annotations, item)| {
            let arguments = item.get("arguments").and_then(Value::as_array).into_iter().flatten();
            let targets = arguments.filter_map(|argument| argument.get("target"));
            let ends = ["head", "tail"].into_iter().filter_map(|end| item.get(end));
            let ids: BTreeSet<&str> = targets.chain(ends).filter_map(Value::as_str).collect();
            let entities = annotations.entities.iter().flatten();
            entities.filter_map(|entity| Some((*ids.get(entity.id.as_deref()?)?, entity))).collect()
        })
    }

    /// Returns the layers that only one of the passes labelled.
    pub fn unilateral_layers(&self) -> LayerSet {
        self.first.layers().symmetric_difference(&self.second.layers()).cloned().collect()
    }

    fn compare(&mut self) {
        let Self { first, second, rows, disagreements } = self;
        let mut add = |layer: Option<Layer>, found: Option<Vec<Row>>| {
            if let Some(found) = found {
                rows.insert(layer, found);
            }
        };
        let ranges = |list: &[Entity]| list.iter().map(|entity| (entity.start, entity.end)).collect::<Vec<_>>();
        let sides = Sides { layer: "entities", first: first.entities.as_ref(), second: second.entities.as_ref() };
        let entities = sides.compare(
            disagreements,
            |_, entity| identity::of_entity(entity),
            Some(&ranges),
            |a, b, left, right| {
                overlapping(left, right, [&ranges(a), &ranges(b)], |i, j| similarity::entities(&a[i], &b[j]))
            },
        );
        let targets = targets(first, second, entities.as_deref().unwrap_or_default());
        add(Some(Layer::Entities), entities);

        let sides = Sides { layer: "relations", first: first.relations.as_ref(), second: second.relations.as_ref() };
        let of = |side: usize, relation: &Relation| identity::of_relation(relation, &targets[side]);
        let found = sides.compare(disagreements, of, None, |a, b, left, right| {
            // Relations between the same entities differ in their label.
            let ends = |side: usize, one: &Relation| [&one.head, &one.tail].map(|id| targets[side].get(id).cloned());
            similar(left, right, |i, j| u64::from(ends(0, &a[i]) == ends(1, &b[j])))
        });
        add(Some(Layer::Relations), found);

        let sides = Sides { layer: "events", first: first.events.as_ref(), second: second.events.as_ref() };
        let of = |side: usize, event: &Event| identity::of_event(event, &targets[side]);
        let triggers = |list: &[Event]| spans(list.iter().map(|event| &event.trigger));
        let found = sides.compare(disagreements, of, Some(&triggers), |a, b, left, right| {
            let similarity = |i: usize, j: usize| {
                2 * u64::from(a[i].trigger.overlap(&b[j].trigger)) + u64::from(a[i].label == b[j].label)
            };
            overlapping(left, right, [&triggers(a), &triggers(b)], similarity)
        });
        add(Some(Layer::Events), found);

        let sides =
            Sides { layer: "coreference", first: first.coreference.as_ref(), second: second.coreference.as_ref() };
        let found = sides.compare(
            disagreements,
            |_, cluster| identity::of_cluster(cluster),
            None,
            |a, b, left, right| similar(left, right, |i, j| similarity::clusters(&a[i], &b[j])),
        );
        add(Some(Layer::Coreference), found);

        let names = |annotations: &Annotations| {
            annotations.records.iter().flat_map(BTreeMap::keys).cloned().collect::<Vec<_>>()
        };
        let names: BTreeSet<String> = [names(first), names(second)].concat().into_iter().collect();
        for name in names {
            let of = |annotations: &'_ Annotations| {
                annotations.records.as_ref().and_then(|records| records.get(&name)).cloned()
            };
            let (one, other) = (of(first), of(second));
            let layer = Layer::Records(name.clone().into());
            let sides = Sides { layer: &layer.to_string(), first: one.as_ref(), second: other.as_ref() };
            let found = sides.compare(
                disagreements,
                |_, record: &Record| identity::of(record),
                None,
                |a, b, left, right| similar(left, right, |i, j| similarity::records(&a[i], &b[j])),
            );
            add(Some(layer), found);
        }

        let sides = Sides { layer: "key_points", first: first.key_points.as_ref(), second: second.key_points.as_ref() };
        let found = sides.compare(
            disagreements,
            |_, point| identity::of_key_point(point),
            None,
            |a, b, left, right| similar(left, right, |i, j| similarity::key_points(&a[i], &b[j])),
        );
        add(Some(Layer::KeyPoints), found);

        let sides = Sides {
            layer: "key_sentences",
            first: first.key_sentences.as_ref(),
            second: second.key_sentences.as_ref(),
        };
        let of_list = |list: &[Span]| spans(list.iter());
        let is_sorted = |list: &Option<Vec<Span>>| list.as_ref().is_none_or(|list| of_list(list).is_sorted());
        let order: Option<RangesOf<'_, Span>> =
            if is_sorted(&first.key_sentences) && is_sorted(&second.key_sentences) { Some(&of_list) } else { None };
        let found = sides.compare(
            disagreements,
            |_, span| identity::of_span(span),
            order,
            |a, b, left, right| {
                overlapping(left, right, [&of_list(a), &of_list(b)], |i, j| u64::from(a[i].overlap(&b[j])))
            },
        );
        add(Some(Layer::KeySentences), found);

        // Summaries have no spans and share many words in any case: they are paired in order.
        let sides = Sides { layer: "summaries", first: first.summaries.as_ref(), second: second.summaries.as_ref() };
        let found = sides.compare(
            disagreements,
            |_, text| identity::of(text),
            None,
            |_, _, left, right| left.iter().zip(right).map(|(i, j)| (1, *i, *j)).collect(),
        );
        add(Some(Layer::Summaries), found);

        let sides = Sides { layer: "keyphrases", first: first.keyphrases.as_ref(), second: second.keyphrases.as_ref() };
        let found = sides.compare(
            disagreements,
            |_, text| identity::of(text),
            None,
            |a, b, left, right| similar(left, right, |i, j| similarity::phrases(&a[i], &b[j])),
        );
        add(Some(Layer::Keyphrases), found);

        let sides = Sides { layer: "ignore", first: Some(&first.ignore), second: Some(&second.ignore) };
        let regions = |list: &[Region]| list.iter().map(|region| (region.start, region.end)).collect::<Vec<_>>();
        let found = sides.compare(
            disagreements,
            |_, region| identity::of(region),
            Some(&regions),
            |a, b, left, right| {
                let ranges = [regions(a), regions(b)];
                overlapping(left, right, [&ranges[0], &ranges[1]], |i, j| {
                    similarity::overlap(ranges[0][i], ranges[1][j])
                })
            },
        );
        add(None, found);
    }

    /// Returns the annotations that decisions give, one for each disagreement in their order.
    ///
    /// Items on which the passes agree are those of the first pass. An id of the second pass that
    /// is taken already gets a number; relations and arguments follow their entities and events,
    /// also to the version of the other pass.
    ///
    /// # Panics
    /// Panics unless there are as many decisions as disagreements.
    pub fn adjudicate(&self, decisions: &[Decision]) -> Adjudicated {
        assert_eq!(decisions.len(), self.disagreements.len(), "a decision for each disagreement");
        let Self { first, second, .. } = self;
        let mut entities = self.taken(Layer::Entities, &first.entities, &second.entities, decisions);
        let mut events = self.taken(Layer::Events, &first.events, &second.events, decisions);
        let mut ids = Ids::new(entities.iter().flatten(), second.entities.iter().flatten());
        ids.add(events.iter().flatten(), second.events.iter().flatten());
        let mut new_ids = [BTreeMap::new(), BTreeMap::new()];
        let is_referred = [first, second].map(|one| one.relations.is_some() || one.events.is_some());
        self.rename(
            Layer::Entities,
            &mut entities,
            [&first.entities, &second.entities],
            is_referred,
            &mut ids,
            &mut new_ids,
        );
        self.rename(Layer::Events, &mut events, [&first.events, &second.events], is_referred, &mut ids, &mut new_ids);

        let mut dropped = 0;
        for Taken { side, item: event, .. } in events.iter_mut().flatten() {
            let before = event.arguments.len();
            event.arguments.retain_mut(|argument| follow(&mut argument.target, &new_ids[*side]));
            dropped += before - event.arguments.len();
        }
        let mut relations = self.taken(Layer::Relations, &first.relations, &second.relations, decisions);
        if let Some(relations) = &mut relations {
            let before = relations.len();
            relations.retain_mut(|Taken { side, item, .. }| {
                follow(&mut item.head, &new_ids[*side]) && follow(&mut item.tail, &new_ids[*side])
            });
            dropped += before - relations.len();
        }
        let mut coreference = self.taken(Layer::Coreference, &first.coreference, &second.coreference, decisions);
        let mut key_points = self.taken(Layer::KeyPoints, &first.key_points, &second.key_points, decisions);
        distinct(&mut relations, second.relations.iter().flatten());
        distinct(&mut coreference, second.coreference.iter().flatten());
        distinct(&mut key_points, second.key_points.iter().flatten());

        let names = self.rows.keys().filter_map(|layer| match layer {
            Some(Layer::Records(name)) => Some(name.clone()),
            _ => None,
        });
        let records: BTreeMap<String, Vec<Record>> = names
            .filter_map(|name| {
                let of = |annotations: &Annotations| annotations.records.as_ref()?.get(&*name).cloned();
                let taken = self.taken(Layer::Records(name.clone()), &of(first), &of(second), decisions);
                Some((name.into_owned(), items(taken)?))
            })
            .collect();
        let mut entities = items(entities);
        if let Some(entities) = &mut entities {
            entities.sort_by(|a, b| (a.start, a.end, &a.label).cmp(&(b.start, b.end, &b.label)));
        }
        let ignore = self.rows.get(&None).map(|rows| taken(rows, [&first.ignore, &second.ignore], decisions));
        let annotations = Annotations {
            entities,
            relations: items(relations),
            events: items(events),
            coreference: items(coreference),
            records: (first.records.is_some() || second.records.is_some()).then_some(records),
            key_points: items(key_points),
            key_sentences: items(self.taken(
                Layer::KeySentences,
                &first.key_sentences,
                &second.key_sentences,
                decisions,
            )),
            summaries: items(self.taken(Layer::Summaries, &first.summaries, &second.summaries, decisions)),
            keyphrases: items(self.taken(Layer::Keyphrases, &first.keyphrases, &second.keyphrases, decisions)),
            ignore: items(ignore).unwrap_or_default(),
            ..Annotations::default()
        };
        Adjudicated { annotations, dropped }
    }

    /// Returns the items that are taken of a layer; `None` if neither pass labelled it.
    fn taken<T: Clone>(
        &self,
        layer: Layer,
        first: &Option<Vec<T>>,
        second: &Option<Vec<T>>,
        decisions: &[Decision],
    ) -> Option<Vec<Taken<T>>> {
        let list = |side: &'_ Option<Vec<T>>| side.clone().unwrap_or_default();
        Some(taken(self.rows.get(&Some(layer))?, [&list(first), &list(second)], decisions))
    }

    /// Gives taken items distinct ids, and adds the new id of every item of both passes by the old
    /// one. An item that was not taken has the id of the other version, if that was taken.
    fn rename<T: Named>(
        &self,
        layer: Layer,
        taken: &mut Option<Vec<Taken<T>>>,
        lists: [&Option<Vec<T>>; 2],
        is_referred: [bool; 2],
        ids: &mut Ids,
        new_ids: &mut [BTreeMap<String, String>; 2],
    ) {
        let (Some(taken), Some(rows)) = (taken, self.rows.get(&Some(layer))) else { return };
        // The new ids of each row, by side.
        let mut of_row: BTreeMap<usize, [Option<String>; 2]> = BTreeMap::new();
        let old = |side: usize, at: Option<usize>| lists[side].as_ref()?.get(at?)?.id().cloned();
        for Taken { side, row, item } in taken.iter_mut() {
            let versions = [old(0, rows[*row].first), old(1, rows[*row].second)];
            let own = item.id().cloned();
            // The other pass may refer to an item that has no id in this one.
            let wanted = own.clone().or_else(|| versions[1 - *side].clone().filter(|_| is_referred[1 - *side]));
            let id = if *side == 0 && own.is_some() { wanted } else { wanted.map(|id| ids.distinct(&id)) };
            item.id_mut().clone_from(&id);
            of_row.entry(*row).or_default()[*side] = id;
        }
        for (at, row) in rows.iter().enumerate() {
            let Some(found) = of_row.get(&at) else { continue };
            for (side, index) in [row.first, row.second].into_iter().enumerate() {
                let new = found[side].as_ref().or(found[1 - side].as_ref());
                if let (Some(old), Some(new)) = (old(side, index), new) {
                    new_ids[side].insert(old, new.clone());
                }
            }
        }
    }
}

/// Returns annotations without what belongs to the files that they come from.
fn bare(annotations: &Annotations) -> Annotations {
    let mut bare = Annotations { words: None, verdicts: None, withheld: LayerSet::new(), ..annotations.clone() };
    bare.decode_tags();
    bare.tags = None;
    bare
}

fn spans<'s>(list: impl Iterator<Item = &'s Span>) -> Vec<(u32, u32)> {
    list.map(|span| (span.start, span.end)).collect()
}

/// Returns the range of each item of a list.
type RangesOf<'f, T> = &'f dyn Fn(&[T]) -> Vec<(u32, u32)>;

/// The lists of one layer in both passes.
struct Sides<'a, T> {
    layer: &'a str,
    first: Option<&'a Vec<T>>,
    second: Option<&'a Vec<T>>,
}

impl<T: Serialize> Sides<'_, T> {
    /// Compares the lists, and adds their disagreements. `identity` receives the side, 0 or 1, and
    /// the item. With `order`, which returns the ranges of a list's items, the rows are in the
    /// order of the text. Returns `None` if neither pass labelled the layer.
    fn compare(
        self,
        disagreements: &mut Vec<Disagreement>,
        identity: impl Fn(usize, &T) -> String,
        order: Option<RangesOf<'_, T>>,
        candidates: impl FnOnce(&[T], &[T], &[usize], &[usize]) -> Vec<Candidate>,
    ) -> Option<Vec<Row>> {
        let only = |length: usize| (0..length).map(Some);
        let (first, second) = match (self.first, self.second) {
            (None, None) => return None,
            (Some(first), None) => {
                return Some(only(first.len()).map(|first| Row { first, second: None, disagreement: None }).collect());
            }
            (None, Some(second)) => {
                return Some(
                    only(second.len()).map(|second| Row { first: None, second, disagreement: None }).collect(),
                );
            }
            (Some(first), Some(second)) => (first, second),
        };
        let identities = |side: usize, list: &[T]| list.iter().map(|item| identity(side, item)).collect::<Vec<_>>();
        let identities = [identities(0, first), identities(1, second)];
        let mut rows = compare([&identities[0], &identities[1]], |left, right| candidates(first, second, left, right));
        if let Some(order) = order {
            let ranges = [order(first), order(second)];
            rows.sort_by_key(|(row, _)| {
                row.first.map(|at| ranges[0][at]).into_iter().chain(row.second.map(|at| ranges[1][at])).min()
            });
        }
        let numbered = rows.into_iter().map(|(row, is_agreed)| {
            if is_agreed {
                return row;
            }
            let [first, second] = [row.first.map(|at| &first[at]), row.second.map(|at| &second[at])].map(value);
            disagreements.push(Disagreement { layer: self.layer.to_owned(), first, second });
            Row { disagreement: Some(disagreements.len() - 1), ..row }
        });
        Some(numbered.collect())
    }
}

/// Returns an item as it is in its file; `null` for none.
fn value(item: Option<&impl Serialize>) -> Value {
    item.and_then(|item| serde_json::from_str(&identity::of(item)).ok()).unwrap_or_default()
}

/// Returns the names of the entities and events of each pass by their ids.
fn targets(first: &Annotations, second: &Annotations, rows: &[Row]) -> [identity::Targets; 2] {
    let mut targets = [first, second].map(|annotations| {
        let named = annotations.events.iter().flatten().filter_map(|event| Some((event.id.clone()?, event)));
        let name = |event: &Event| format!("event {} {} {}", event.trigger.start, event.trigger.end, event.label);
        named.map(|(id, event)| (id, name(event))).collect::<identity::Targets>()
    });
    for (at, row) in rows.iter().enumerate() {
        for (side, (index, annotations)) in [(row.first, first), (row.second, second)].into_iter().enumerate() {
            let entity = index.and_then(|index| annotations.entities.as_ref()?.get(index));
            if let Some(id) = entity.and_then(|entity| entity.id.clone()) {
                targets[side].insert(id, format!("entity {at}"));
            }
        }
    }
    targets
}

/// An item that is taken: the pass that it is from, 0 or 1, and its row.
struct Taken<T> {
    side: usize,
    row: usize,
    item: T,
}

fn taken<T: Clone>(rows: &[Row], lists: [&Vec<T>; 2], decisions: &[Decision]) -> Vec<Taken<T>> {
    let mut all = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let is_taken = match row.disagreement.map(|number| decisions[number]) {
            None => [true, row.first.is_none()],
            Some(Decision::First) => [true, false],
            Some(Decision::Second) => [false, true],
            Some(Decision::Both) => [true, true],
            Some(Decision::Neither) => [false, false],
        };
        for (side, index) in [row.first, row.second].into_iter().enumerate() {
            if let Some(index) = index.filter(|_| is_taken[side]) {
                all.push(Taken { side, row: at, item: lists[side][index].clone() });
            }
        }
    }
    all
}

fn items<T>(taken: Option<Vec<Taken<T>>>) -> Option<Vec<T>> {
    Some(taken?.into_iter().map(|taken| taken.item).collect())
}

/// Replaces an id by its new one. Returns `false` if nothing has it any more.
fn follow(id: &mut String, new_ids: &BTreeMap<String, String>) -> bool {
    let new = new_ids.get(id);
    if let Some(new) = new {
        id.clone_from(new);
    }
    new.is_some()
}

/// An item with an id.
trait Named {
    fn id(&self) -> Option<&String>;
    fn id_mut(&mut self) -> &mut Option<String>;
}

macro_rules! named {
    ($($name:ty),*) => {$(
        impl Named for $name {
            fn id(&self) -> Option<&String> {
                self.id.as_ref()
            }

            fn id_mut(&mut self) -> &mut Option<String> {
                &mut self.id
            }
        }
    )*};
}

named!(Entity, Event, Relation, Cluster, KeyPoint);

/// The ids that are given.
#[derive(Default)]
struct Ids {
    used: BTreeSet<String>,
    /// The ids of the second pass, of which no new one is made.
    reserved: BTreeSet<String>,
}

impl Ids {
    fn new<'t, 's, T: Named + 't + 's>(
        taken: impl Iterator<Item = &'t Taken<T>>,
        second: impl Iterator<Item = &'s T>,
    ) -> Self {
        let mut ids = Self::default();
        ids.add(taken, second);
        ids
    }

    /// Adds the ids of the items that are taken of the first pass, which they keep.
    fn add<'t, 's, T: Named + 't + 's>(
        &mut self,
        taken: impl Iterator<Item = &'t Taken<T>>,
        second: impl Iterator<Item = &'s T>,
    ) {
        self.used.extend(taken.filter(|taken| taken.side == 0).filter_map(|taken| taken.item.id().cloned()));
        self.reserved.extend(second.filter_map(Named::id).cloned());
    }

    /// Returns the id, with a number if it is given already.
    fn distinct(&mut self, id: &str) -> String {
        if self.used.insert(id.to_owned()) {
            return id.to_owned();
        }
        let mut names = (2..).map(|number| format!("{id}-{number}"));
        let free = names.find(|name| !self.reserved.contains(name) && !self.used.contains(name));
        let free = free.expect("there are more numbers than ids");
        self.used.insert(free.clone());
        free
    }
}

/// Gives the items that are taken of the second pass ids that no other item has.
fn distinct<'s, T: Named + 's>(taken: &mut Option<Vec<Taken<T>>>, second: impl Iterator<Item = &'s T>) {
    let Some(taken) = taken else { return };
    let mut ids = Ids::new(taken.iter(), second);
    for Taken { item, .. } in taken.iter_mut().filter(|taken| taken.side == 1) {
        if let Some(id) = item.id_mut() {
            *id = ids.distinct(id);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{PassPair, identity};
    use crate::adjudication::Decision::{self, Both, First, Neither, Second};
    use crate::document::{Annotations, Entity, Relation, Span, Value as Json};

    fn annotations(json: &str) -> Annotations {
        serde_json::from_str(json).unwrap()
    }

    fn json(annotations: &Annotations) -> String {
        serde_json::to_string(annotations).unwrap().replace('"', "")
    }

    /// The disagreements, one a line: layer, first side, second side.
    fn listed(pair: &PassPair) -> Vec<String> {
        let side = |value: &Json| serde_json::to_string(value).unwrap().replace('"', "");
        let line = |one: &super::Disagreement| format!("{} {} / {}", one.layer, side(&one.first), side(&one.second));
        pair.disagreements().iter().map(line).collect()
    }

    #[test]
    fn versions_of_one_entity_are_one_disagreement() {
        let first = annotations(
            r#"{"entities": [{"id": "T1", "start": 0, "end": 3, "label": "PERSON", "text": "Ada"},
                {"id": "T2", "start": 10, "end": 16, "label": "ORG"}, {"id": "T3", "start": 20, "end": 22, "label": "GPE"},
                {"id": "T4", "start": 40, "end": 44, "label": "ORG"}]}"#,
        );
        let second = annotations(
            r#"{"entities": [{"id": "T9", "start": 30, "end": 31, "label": "DATE"}, {"start": 0, "end": 3, "label": "PERSON", "confidence": 0.5},
                {"start": 10, "end": 16, "label": "GPE"}, {"start": 18, "end": 22, "label": "GPE"},
                {"start": 40, "end": 44, "label": "ORG", "optional": true}]}"#,
        );
        let pair = PassPair::new(&first, &second);
        let expected = [
            "entities {end:16,id:T2,label:ORG,start:10} / {end:16,label:GPE,start:10}",
            "entities {end:22,id:T3,label:GPE,start:20} / {end:22,label:GPE,start:18}",
            "entities null / {end:31,id:T9,label:DATE,start:30}",
            "entities {end:44,id:T4,label:ORG,start:40} / {end:44,label:ORG,optional:true,start:40}",
        ];
        assert_eq!(listed(&pair), expected);
        let permitted = |at: usize| [First, Second, Both, Neither].map(|one| pair.disagreements()[at].permits(one));
        assert_eq!((permitted(0), permitted(2)), ([true; 4], [true, true, false, false]));
        let taken = pair.adjudicate(&[Both, Neither, Second, Second]).annotations;
        let expected = "{entities:[{id:T1,start:0,end:3,label:PERSON,text:Ada},{start:10,end:16,label:GPE},\
            {id:T2,start:10,end:16,label:ORG},{id:T9,start:30,end:31,label:DATE},{start:40,end:44,label:ORG,optional:true}]}";
        assert_eq!(json(&taken), expected);
    }

    /// A relation follows the version of its entity that is taken, and is left out with it.
    #[test]
    fn relations_follow_their_entities() {
        let first = annotations(
            r#"{"entities": [{"id": "T1", "start": 0, "end": 3, "label": "A"}, {"id": "T2", "start": 5, "end": 8, "label": "B"}],
                "relations": [{"label": "r", "head": "T1", "tail": "T2"}]}"#,
        );
        let second = annotations(
            r#"{"entities": [{"id": "T2", "start": 0, "end": 3, "label": "A"}, {"id": "T1", "start": 5, "end": 9, "label": "B"}],
                "relations": [{"label": "r", "head": "T2", "tail": "T1"}, {"label": "s", "head": "T1", "tail": "T2"}]}"#,
        );
        let pair = PassPair::new(&first, &second);
        let expected = [
            "entities {end:8,id:T2,label:B,start:5} / {end:9,id:T1,label:B,start:5}",
            "relations null / {head:T1,label:s,tail:T2}",
        ];
        assert_eq!(listed(&pair), expected, "the relation r leads to two versions of one entity");
        let [none, ends] = pair.referred(1);
        assert!(none.is_empty());
        assert_eq!(ends.into_iter().map(|(id, entity)| (id, entity.start)).collect::<Vec<_>>(), [("T1", 5), ("T2", 0)]);
        let outcome = |decisions: &[Decision]| {
            let adjudicated = pair.adjudicate(decisions);
            (json(&adjudicated.annotations), adjudicated.dropped)
        };
        let kept = "{entities:[{id:T1,start:0,end:3,label:A},{id:T2,start:5,end:8,label:B}],\
            relations:[{label:r,head:T1,tail:T2},{label:s,head:T2,tail:T1}]}";
        assert_eq!(outcome(&[First, Second]), (kept.to_owned(), 0));
        // The id T1 of the second pass is that of another entity in the first one.
        let taken = "{entities:[{id:T1,start:0,end:3,label:A},{id:T1-2,start:5,end:9,label:B}],\
            relations:[{label:r,head:T1,tail:T1-2},{label:s,head:T1-2,tail:T1}]}";
        assert_eq!(outcome(&[Second, Second]), (taken.to_owned(), 0));
        let none = "{entities:[{id:T1,start:0,end:3,label:A}],relations:[]}";
        assert_eq!(outcome(&[Neither, Second]), (none.to_owned(), 2));
    }

    #[test]
    fn every_layer_is_decided_item_by_item() {
        let first = annotations(
            r#"{"records": {"r": [{"a": 1, "b": 2}, {"a": 5}], "only": [{}]}, "key_points": [{"id": "K1", "text": "It rains.", "weight": 3}],
                "key_sentences": [{"start": 0, "end": 5}], "summaries": ["One."], "keyphrases": ["security guarantees", "veto"],
                "coreference": [{"mentions": [{"start": 0, "end": 1}, {"start": 4, "end": 5}]}],
                "events": [{"id": "E1", "label": "x", "trigger": {"start": 0, "end": 2}, "arguments": [{"role": "r", "target": "E2"}]},
                    {"id": "E2", "label": "y", "trigger": {"start": 3, "end": 4}}], "ignore": [{"start": 7, "end": 9}]}"#,
        );
        let second = annotations(
            r#"{"records": {"r": [{"a": 1, "b": 3}]}, "key_points": [{"id": "K1", "text": "it rains.", "weight": 2}, {"id": "K2", "text": "Ada."}],
                "key_sentences": [{"start": 0, "end": 6}], "summaries": ["Two."], "keyphrases": ["veto", "Western security guarantees"],
                "coreference": [{"mentions": [{"start": 4, "end": 5}, {"start": 0, "end": 1}, {"start": 8, "end": 9}]}],
                "events": [{"id": "E2", "label": "x", "trigger": {"start": 0, "end": 2}, "arguments": [{"role": "r", "target": "E1"}]},
                    {"id": "E1", "label": "y", "trigger": {"start": 3, "end": 4}}], "ignore": []}"#,
        );
        let pair = PassPair::new(&first, &second);
        let layers: Vec<&str> = pair.disagreements().iter().map(|one| one.layer.as_str()).collect();
        let expected = [
            "coreference",
            "records.r",
            "records.r",
            "key_points",
            "key_points",
            "key_sentences",
            "summaries",
            "keyphrases",
            "ignore",
        ];
        assert_eq!(layers, expected, "{:#?}", listed(&pair));
        let mut decisions = vec![Both; layers.len()];
        (decisions[2], decisions[4], decisions[8]) = (Second, Second, First);
        let all = pair.adjudicate(&decisions).annotations;
        assert_eq!(
            json(&all.clone()),
            "{events:[{id:E1,label:x,trigger:{start:0,end:2},arguments:[{role:r,target:E2}]},\
            {id:E2,label:y,trigger:{start:3,end:4}}],coreference:[{mentions:[{start:0,end:1},{start:4,end:5}]},\
            {mentions:[{start:4,end:5},{start:0,end:1},{start:8,end:9}]}],records:{only:[{}],r:[{a:1,b:2},{a:1,b:3}]},\
            key_points:[{id:K1,text:It rains.,weight:3},{id:K1-2,text:it rains.,weight:2},{id:K2,text:Ada.,weight:1}],\
            key_sentences:[{start:0,end:5},{start:0,end:6}],summaries:[One.,Two.],\
            keyphrases:[security guarantees,Western security guarantees,veto],ignore:[{start:7,end:9}]}"
        );
        assert_eq!(
            pair.unilateral_layers().into_iter().map(|layer| layer.to_string()).collect::<Vec<_>>(),
            ["records.only"]
        );
    }

    fn entity() -> impl Strategy<Value = Entity> {
        let parts = (0u32..30, 1u32..6, 0usize..3, any::<bool>(), any::<bool>());
        parts.prop_map(|(start, length, label, optional, has_text)| Entity {
            start,
            end: start + length,
            label: ["A", "B", "C"][label].to_owned(),
            optional,
            text: has_text.then(|| "x".to_owned()),
            ..Entity::default()
        })
    }

    fn pass() -> impl Strategy<Value = Annotations> {
        let entities = prop::collection::vec(entity(), 0..12);
        let relations = prop::collection::vec((0usize..12, 0usize..12, 0usize..2), 0..6);
        let phrases = prop::collection::vec("[ab]( [ab])?", 0..5);
        let sentences = prop::collection::vec((0u32..20, 1u32..9), 0..5);
        (entities, relations, phrases, sentences).prop_map(|(mut entities, relations, keyphrases, sentences)| {
            entities.iter_mut().enumerate().for_each(|(at, entity)| entity.id = Some(format!("T{at}")));
            let count = entities.len();
            let relation = |(head, tail, label): (usize, usize, usize)| Relation {
                head: format!("T{}", head % count.max(1)),
                tail: format!("T{}", tail % count.max(1)),
                label: ["r", "s"][label].to_owned(),
                ..Relation::default()
            };
            let relations = relations.into_iter().filter(|_| count > 0).map(relation).collect();
            Annotations {
                entities: Some(entities),
                relations: Some(relations),
                keyphrases: Some(keyphrases),
                key_sentences: Some(
                    sentences.into_iter().map(|(start, length)| Span::new(start, start + length)).collect(),
                ),
                ..Annotations::default()
            }
        })
    }

    /// What a pass says, whatever its ids, its stored texts and its order.
    fn content(annotations: &Annotations) -> Vec<Vec<String>> {
        let entities = annotations.entities.as_ref().unwrap();
        let named = |id: &String| {
            let mut found = entities.iter().filter(|entity| entity.id.as_ref() == Some(id));
            let entity = found.next().unwrap_or_else(|| panic!("no entity {id}"));
            assert!(found.next().is_none(), "two entities {id}");
            identity::of_entity(entity)
        };
        let relations = annotations.relations.iter().flatten();
        let mut all = vec![
            entities.iter().map(identity::of_entity).collect::<Vec<_>>(),
            relations.map(|one| format!("{} {} {}", one.label, named(&one.head), named(&one.tail))).collect(),
            annotations.keyphrases.clone().unwrap(),
            annotations.key_sentences.iter().flatten().map(identity::of_span).collect(),
        ];
        all.iter_mut().for_each(|list| list.sort());
        all
    }

    proptest! {
        #[test]
        fn deciding_for_one_pass_gives_that_pass(first in pass(), second in pass()) {
            let pair = PassPair::new(&first, &second);
            let count = pair.disagreements().len();
            for (decision, pass) in [(First, &first), (Second, &second)] {
                let adjudicated = pair.adjudicate(&vec![decision; count]);
                prop_assert_eq!(adjudicated.dropped, 0);
                prop_assert_eq!(content(&adjudicated.annotations), content(pass));
                let entities = adjudicated.annotations.entities.as_ref().unwrap();
                prop_assert!(entities.is_sorted_by_key(|entity| (entity.start, entity.end)));
            }
            prop_assert!(PassPair::new(&first, &first).disagreements().is_empty());
        }

        /// Any decisions give annotations whose ids are distinct and whose relations lead
        /// somewhere, with every agreed item once.
        #[test]
        fn any_decisions_give_whole_annotations(first in pass(), second in pass(), seed in prop::collection::vec(0usize..4, 60)) {
            let pair = PassPair::new(&first, &second);
            let decide = |(at, one): (usize, &super::Disagreement)| {
                let wanted = [First, Second, Both, Neither][seed[at % seed.len()]];
                if one.permits(wanted) { wanted } else { First }
            };
            let decisions: Vec<Decision> = pair.disagreements().iter().enumerate().map(decide).collect();
            let adjudicated = pair.adjudicate(&decisions).annotations;
            let phrases = |of: &Annotations| of.keyphrases.clone().unwrap();
            let found = content(&adjudicated);
            for phrase in phrases(&adjudicated) {
                prop_assert!(phrases(&first).contains(&phrase) || phrases(&second).contains(&phrase));
            }
            let taken: usize = pair.disagreements().iter().zip(&decisions).filter(|(one, _)| one.layer == "entities").map(|(one, decision)| match decision {
                First => usize::from(!one.first.is_null()),
                Second => usize::from(!one.second.is_null()),
                Both => 2,
                Neither => 0,
            }).sum();
            let sides: usize = pair.disagreements().iter().filter(|one| one.layer == "entities")
                .map(|one| usize::from(!one.first.is_null()) + usize::from(!one.second.is_null())).sum();
            let all = first.entities.as_ref().unwrap().len() + second.entities.as_ref().unwrap().len();
            prop_assert_eq!(found[0].len(), taken + (all - sides) / 2);
        }
    }
}
