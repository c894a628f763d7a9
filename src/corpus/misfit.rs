//! Labels whose stored text is not the document's text at their offsets. They are errors unless the
//! user accepts them: tools that do not compare texts score such files, and only some of the labels
//! of a corpus may be wrong.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::document::{Annotations, Document, Step};

/// What happens to labels whose stored text is not the document's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Misfit {
    /// They are errors.
    #[default]
    Refuse,
    /// They keep their offsets and texts.
    Keep,
    /// They are removed, with the relations and arguments that refer to them.
    Drop,
}

impl Misfit {
    /// Whether the stored text of a span may differ, given its path in the annotations.
    pub(super) fn accepts(self, path: &[Step]) -> bool {
        let is_label = matches!(path.first(), Some(Step::Key(layer)) if LAYERS.contains(&layer.as_str()));
        self != Self::Refuse && is_label
    }

    /// Removes labels whose stored text is not the document's if they are to be dropped. Returns
    /// their number.
    pub fn settle(self, annotations: &mut Annotations, document: &Document) -> usize {
        if self == Self::Refuse {
            return 0;
        }
        let mut misfits: BTreeSet<Vec<Step>> = BTreeSet::new();
        annotations.each_range(&mut |path, &mut (start, end), stored| {
            if self.accepts(path) && stored.is_some_and(|stored| document.slice(start, end) != Some(stored)) {
                misfits.insert(path.to_vec());
            }
        });
        if self == Self::Drop && !misfits.is_empty() {
            drop(annotations, &misfits);
        }
        misfits.len()
    }
}

/// The layers of labels; spans in other layers have no tool that ignores their texts.
const LAYERS: [&str; 3] = ["entities", "events", "coreference"];

/// Labels of a file whose stored text is not the document's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfits {
    /// The file or folder.
    pub file: PathBuf,
    /// Their number.
    pub count: usize,
    /// What happened to them.
    pub settled: Misfit,
}

/// Removes the labels at paths, and the relations and arguments that refer to them.
fn drop(annotations: &mut Annotations, misfits: &BTreeSet<Vec<Step>>) {
    let key = |name: &str| Step::Key(name.to_owned());
    let mut removed = BTreeSet::new();
    if let Some(entities) = &mut annotations.entities {
        let mut at = 0;
        entities.retain_mut(|entity| {
            let path = vec![key("entities"), Step::Index(at)];
            at += 1;
            let mut other = 0;
            entity.alternatives.retain(|_| {
                other += 1;
                !misfits.contains(&[&path[..], &[key("alternatives"), Step::Index(other - 1)]].concat())
            });
            let stays = !misfits.contains(&path);
            removed.extend(entity.id.clone().filter(|_| !stays));
            stays
        });
    }
    if let Some(events) = &mut annotations.events {
        let mut at = 0;
        events.retain(|event| {
            let path = vec![key("events"), Step::Index(at), key("trigger")];
            at += 1;
            let stays = !misfits.contains(&path);
            removed.extend(event.id.clone().filter(|_| !stays));
            stays
        });
    }
    for (at, cluster) in annotations.coreference.iter_mut().flatten().enumerate() {
        let mut place = 0;
        cluster.mentions.retain(|_| {
            place += 1;
            !misfits.contains(&vec![key("coreference"), Step::Index(at), key("mentions"), Step::Index(place - 1)])
        });
    }
    if let Some(relations) = &mut annotations.relations {
        relations.retain(|relation| !removed.contains(&relation.head) && !removed.contains(&relation.tail));
    }
    for event in annotations.events.iter_mut().flatten() {
        event.arguments.retain(|argument| !removed.contains(&argument.target));
    }
}

#[cfg(test)]
mod tests {
    use super::Misfit;
    use crate::document::{Annotations, Cluster, Document, Entity, Relation, Span};

    fn annotations() -> Annotations {
        let span = |start, end, text: &str| Span { text: Some(text.to_owned()), ..Span::new(start, end) };
        let entity = |id: &str, span: Span| Entity { id: Some(id.to_owned()), ..Entity::new(span, "P") };
        let relation = |head: &str, tail: &str| Relation {
            label: "R".to_owned(),
            head: head.to_owned(),
            tail: tail.to_owned(),
            ..Relation::default()
        };
        Annotations {
            entities: Some(vec![entity("a", span(0, 3, "Ada")), entity("b", span(4, 6, "xx"))]),
            relations: Some(vec![relation("a", "a"), relation("a", "b")]),
            coreference: Some(vec![Cluster { id: None, mentions: vec![span(0, 3, "Ada"), span(4, 6, "xx")] }]),
            ..Annotations::default()
        }
    }

    #[test]
    fn labels_that_do_not_fit_are_counted_and_dropped() {
        let document = Document::new("d", "Ada Bo");
        let mut kept = annotations();
        assert_eq!(Misfit::Keep.settle(&mut kept, &document), 2);
        assert_eq!(kept, annotations());
        let mut dropped = annotations();
        assert_eq!(Misfit::Drop.settle(&mut dropped, &document), 2);
        assert_eq!(dropped.entities.map(|all| all.len()), Some(1));
        assert_eq!(dropped.relations.map(|all| all.len()), Some(1));
        assert_eq!(dropped.coreference.map(|all| all[0].mentions.len()), Some(1));
        assert_eq!(Misfit::Refuse.settle(&mut annotations(), &document), 0);
    }
}
