//! Label options: a map of labels, and the label hierarchy.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use crate::document::{Annotations, TagName, Tags};
use crate::metric::signature::escaped;

/// Label options: a map of labels, and the label hierarchy.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LabelOptions {
    /// Maps entity labels to others on both sides; `*` stands for every label that is not listed,
    /// and an empty text drops a label.
    pub map: BTreeMap<String, String>,
    /// The parent of each entity label in the hierarchy, after `map` is applied.
    #[serde(deserialize_with = "parents")]
    pub parents: BTreeMap<String, String>,
}

/// Annotations dropped by a label map, by original label.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dropped {
    /// The number of entities or, in a token file, of tokens.
    pub labels: BTreeMap<String, u64>,
    /// The number of relations and event arguments that referred to a dropped entity.
    pub references: u64,
}

impl Dropped {
    /// Adds what was dropped from another document.
    pub fn merge(&mut self, other: Self) {
        for (label, count) in other.labels {
            *self.labels.entry(label).or_default() += count;
        }
        self.references += other.references;
    }

    fn note(&mut self, label: &str) {
        *self.labels.entry(label.to_owned()).or_default() += 1;
    }
}

impl LabelOptions {
    /// Returns the label that a label is mapped to; `None` if it is dropped.
    pub fn mapped<'l>(&'l self, label: &'l str) -> Option<&'l str> {
        let to = self.map.get(label).or_else(|| self.map.get("*")).map_or(label, String::as_str);
        (!to.is_empty()).then_some(to)
    }

    /// Returns annotations with mapped labels, and what the map dropped: entities with their
    /// alternatives, relations and event arguments that lose an entity, and tags of token files.
    /// `None` without a map.
    pub fn apply(&self, annotations: &Annotations) -> Option<(Annotations, Dropped)> {
        if self.map.is_empty() {
            return None;
        }
        let (mut mapped, mut dropped) = (annotations.clone(), Dropped::default());
        let mut gone: BTreeSet<String> = BTreeSet::new();
        if let Some(entities) = &mut mapped.entities {
            entities.retain_mut(|entity| {
                let Some(label) = self.mapped(&entity.label).map(str::to_owned) else {
                    dropped.note(&entity.label);
                    gone.extend(entity.id.clone());
                    return false;
                };
                entity.alternatives.retain_mut(|other| match &other.label {
                    None => true,
                    Some(label) => {
                        other.label = self.mapped(label).map(str::to_owned);
                        other.label.is_some()
                    }
                });
                entity.label = label;
                true
            });
        }
        if let Some(relations) = &mut mapped.relations {
            let before = relations.len();
            relations.retain(|relation| !gone.contains(&relation.head) && !gone.contains(&relation.tail));
            dropped.references += (before - relations.len()) as u64;
        }
        for event in mapped.events.iter_mut().flatten() {
            let before = event.arguments.len();
            event.arguments.retain(|argument| !gone.contains(&argument.target));
            dropped.references += (before - event.arguments.len()) as u64;
        }
        if let Some(tags) = &mut mapped.tags {
            // The entities of a token file are decoded from its tags, so drops are counted only
            // once.
            let unsaid = annotations.entities.is_none();
            self.apply_to_tags(tags, unsaid.then_some(&mut dropped));
        }
        Some((mapped, dropped))
    }

    /// Maps tags such as `B-PER`, which keep their prefix; dropped ones become `O`.
    fn apply_to_tags(&self, tags: &mut Tags, mut dropped: Option<&mut Dropped>) {
        let mut file = tags.detached();
        let mut names: Vec<TagName> = Vec::new();
        let mut places: Vec<u32> = Vec::with_capacity(file.names.len());
        let mut lost: Vec<Option<String>> = Vec::with_capacity(file.names.len());
        for name in &file.names {
            let text = &*name.text;
            let (prefix, label) = text.split_once('-').unwrap_or(("", text));
            let is_outside = prefix.is_empty() && label == "O";
            let to = if is_outside { Some(label) } else { self.mapped(label) };
            let new = match to {
                Some(to) if prefix.is_empty() => to.to_owned(),
                Some(to) => format!("{prefix}-{to}"),
                None => "O".to_owned(),
            };
            lost.push(to.is_none().then(|| label.to_owned()));
            let place = names.iter().position(|known| *known.text == *new).unwrap_or_else(|| {
                names.push(TagName::new(&new));
                names.len() - 1
            });
            places.push(place as u32);
        }
        for tag in &mut file.tags {
            if let (Some(label), Some(dropped)) = (&lost[*tag as usize], &mut dropped) {
                dropped.note(label);
            }
            *tag = places[*tag as usize];
        }
        file.names = names;
        tags.opening = tags.opening.map(|tag| places[tag as usize]);
        tags.sentences = 0..file.sentences.len() as u32;
        tags.file = Arc::new(file);
    }

    /// Returns whether one of two labels is an ancestor of the other.
    pub fn are_related(&self, a: &str, b: &str) -> bool {
        self.is_above(a, b) || self.is_above(b, a)
    }

    fn is_above(&self, above: &str, label: &str) -> bool {
        let mut at = label;
        while let Some(parent) = self.parents.get(at) {
            if parent == above {
                return true;
            }
            at = parent;
        }
        false
    }

    /// Returns the map as in signatures; `None` if it is empty.
    pub fn mapping(&self) -> Option<String> {
        (!self.map.is_empty()).then(|| pairs(&self.map))
    }

    /// Returns the label hierarchy as in signatures.
    pub fn kinship(&self) -> String {
        pairs(&self.parents)
    }
}

fn pairs(map: &BTreeMap<String, String>) -> String {
    let label = |text: &str| escaped(text, &[',', '>']);
    map.iter().map(|(from, to)| format!("{}>{}", label(from), label(to))).collect::<Vec<_>>().join(",")
}

/// Deserializes the parents of labels; fails if a label is its own ancestor.
fn parents<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let parents = BTreeMap::<String, String>::deserialize(deserializer)?;
    for start in parents.keys() {
        let mut chain = vec![start];
        while let Some(parent) = parents.get(chain[chain.len() - 1]) {
            if parent.is_empty() {
                return Err(D::Error::custom(format!(
                    "`parents` has an empty parent for {start:?}: remove the entry instead"
                )));
            }
            chain.push(parent);
            if parent == start {
                let names: Vec<&str> = chain.iter().map(|name| name.as_str()).collect();
                let circle = names.join(" -> ");
                return Err(D::Error::custom(format!("`parents` has a cycle: {circle}; remove one of these")));
            }
            // A cycle further up is found from one of its own labels.
            if chain.len() > parents.len() + 1 {
                break;
            }
        }
    }
    Ok(parents)
}

#[cfg(test)]
mod tests {
    use super::LabelOptions;
    use crate::document::{Alternative, Annotations, Entity, Relation, Span};

    fn options(text: &str) -> Result<LabelOptions, String> {
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_label_above_itself_is_refused() {
        let circle = options("parents = {A = \"B\", B = \"C\", C = \"B\"}").unwrap_err();
        assert_eq!(circle, "`parents` has a cycle: B -> C -> B; remove one of these");
        assert!(options("parents = {A = \"A\"}").is_err());
        assert!(options("parents = {A = \"\"}").is_err());
    }

    #[test]
    fn ancestors_and_descendants_are_related() {
        let options = options("parents = {CITY = \"GPE\", STATE = \"GPE\", GPE = \"PLACE\"}").unwrap();
        assert!(options.are_related("CITY", "GPE") && options.are_related("PLACE", "CITY"));
        assert!(!options.are_related("CITY", "STATE") && !options.are_related("CITY", "CITY"));
    }

    #[test]
    fn a_map_changes_labels_and_takes_along_what_refers_to_those_it_leaves_out() {
        let options = options("map = {PER = \"PERSON\", DATE = \"\", \"*\" = \"OTHER\"}").unwrap();
        let entity = |id: &str, label: &str| Entity { id: Some(id.to_owned()), ..Entity::new(Span::new(0, 1), label) };
        let mut with_others = entity("1", "PER");
        with_others.alternatives = ["DATE", "ORG"]
            .map(|label| Alternative { label: Some(label.to_owned()), ..Alternative::default() })
            .to_vec();
        let relation = |head: &str, tail: &str| Relation {
            label: "R".to_owned(),
            head: head.to_owned(),
            tail: tail.to_owned(),
            ..Relation::default()
        };
        let annotations = Annotations {
            entities: Some(vec![with_others, entity("2", "DATE"), entity("3", "ORG")]),
            relations: Some(vec![relation("1", "2"), relation("1", "3")]),
            ..Annotations::default()
        };
        let (mapped, dropped) = options.apply(&annotations).unwrap();
        let entities = mapped.entities.unwrap();
        let labels: Vec<&str> = entities.iter().map(|entity| entity.label.as_str()).collect();
        assert_eq!(labels, ["PERSON", "OTHER"]);
        assert_eq!(entities[0].alternatives.len(), 1);
        assert_eq!(entities[0].alternatives[0].label.as_deref(), Some("OTHER"));
        assert_eq!(mapped.relations.unwrap(), [relation("1", "3")]);
        assert_eq!((dropped.labels["DATE"], dropped.references), (1, 1));
    }

    #[test]
    fn tags_keep_their_prefix() {
        let options = options("map = {PER = \"PERSON\", DATE = \"\"}").unwrap();
        let lines = "a B-PER\nb O\nc B-DATE\nd B-PERSON\ne I-A-B\nf B-DATE\n";
        let annotations = crate::format::tokens::read(std::path::Path::new("x"), lines).value.remove(0).annotations;
        let (mapped, dropped) = options.apply(&annotations).unwrap();
        let tags = mapped.tags.unwrap();
        let of_tokens: Vec<&str> = tags.tokens().map(|token| &*tags.file.tag(token).text).collect();
        assert_eq!(of_tokens, ["B-PERSON", "O", "O", "B-PERSON", "I-A-B", "O"]);
        assert_eq!(dropped.labels["DATE"], 2);
    }
}
