//! Renumbers ids as a format requires them, and updates the references to them.

use std::collections::{BTreeMap, BTreeSet};

use super::losses::Losses;
use crate::document::Annotations;

/// How a format identifies entities, relations and events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ids {
    /// Ids are arbitrary strings.
    Any,
    /// There are no ids.
    None,
    /// Each has an id of a letter and a number: `T1`, `R1`, `E1`.
    Lettered,
    /// Each has a number as its id.
    Numbers,
}

/// Gives entities, relations and events ids that a format can represent, and updates the references
/// to them.
pub(super) fn renumber(annotations: &mut Annotations, ids: Ids, losses: &mut Losses) {
    let (entity, relation, event) = match ids {
        Ids::Any => return,
        Ids::None => {
            let entities = annotations.entities.iter_mut().flatten().map(|entity| &mut entity.id);
            let relations = annotations.relations.iter_mut().flatten().map(|relation| &mut relation.id);
            let events = annotations.events.iter_mut().flatten().map(|event| &mut event.id);
            for id in entities.chain(relations).chain(events).filter_map(Option::take) {
                losses.note("ids of labels", &id);
            }
            return;
        }
        Ids::Lettered => ("T", "R", "E"),
        Ids::Numbers => ("", "", ""),
    };
    let mut names = BTreeMap::new();
    let entities = annotations.entities.iter_mut().flatten().map(|entity| &mut entity.id);
    name_all(entities, entity, 1, &mut names, losses);
    let mut event_names = BTreeMap::new();
    name_all(annotations.events.iter_mut().flatten().map(|item| &mut item.id), event, 1, &mut event_names, losses);
    name_all(
        annotations.relations.iter_mut().flatten().map(|item| &mut item.id),
        relation,
        1,
        &mut BTreeMap::new(),
        losses,
    );
    names.extend(event_names);
    let lead = |target: &mut String| {
        if let Some(name) = names.get(target) {
            target.clone_from(name);
        }
    };
    for relation in annotations.relations.iter_mut().flatten() {
        lead(&mut relation.head);
        lead(&mut relation.tail);
    }
    let events = annotations.events.iter_mut().flatten();
    events.flat_map(|event| &mut event.arguments).for_each(|argument| lead(&mut argument.target));
}

/// Assigns ids. Ids that are the prefix and a number are kept; the others get free numbers.
fn name_all<'a>(
    ids: impl Iterator<Item = &'a mut Option<String>>,
    prefix: &str,
    first: u64,
    names: &mut BTreeMap<String, String>,
    losses: &mut Losses,
) {
    let ids: Vec<&mut Option<String>> = ids.collect();
    let mut taken = BTreeSet::new();
    let (good, rest): (Vec<_>, Vec<_>) = ids
        .into_iter()
        .partition(|id| id.as_deref().and_then(|id| number(id, prefix)).is_some_and(|n| taken.insert(n)));
    for id in good.into_iter().filter_map(|id| id.clone()) {
        names.insert(id.clone(), id);
    }
    let mut next = first;
    for id in rest {
        while !taken.insert(next) {
            next += 1;
        }
        let name = format!("{prefix}{next}");
        if let Some(old) = id.replace(name.clone()) {
            losses.note("ids of labels (they are numbered)", &format!("{old} as {name}"));
            names.insert(old, name);
        }
    }
}

/// Returns the number of an id, if the id is its canonical spelling (no leading zeros).
fn number(id: &str, prefix: &str) -> Option<u64> {
    let digits = id.strip_prefix(prefix)?;
    let number: u64 = digits.parse().ok().filter(|number| *number < u64::from(u32::MAX))?;
    (number.to_string() == digits).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::{Ids, Losses, renumber};
    use crate::document::{Annotations, Entity, Relation};

    #[test]
    fn good_ids_stay_and_relations_follow_the_others() {
        let entity = |id: &str| Entity { id: Some(id.to_owned()), ..Entity::default() };
        let relation = Relation { head: "x".to_owned(), tail: "T1".to_owned(), ..Relation::default() };
        let mut annotations = Annotations {
            entities: Some(vec![entity("x"), entity("T1"), entity("T02")]),
            relations: Some(vec![relation]),
            ..Annotations::default()
        };
        let mut losses = Losses::default();
        renumber(&mut annotations, Ids::Lettered, &mut losses);
        let ids: Vec<_> = annotations.entities.unwrap().into_iter().map(|entity| entity.id.unwrap()).collect();
        assert_eq!(ids, ["T2", "T1", "T3"]);
        let relation = &annotations.relations.unwrap()[0];
        assert_eq!((relation.head.as_str(), relation.tail.as_str()), ("T2", "T1"));
        assert_eq!(losses.count("ids of labels (they are numbered)"), 2);
    }
}
