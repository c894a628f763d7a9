//! Annotations without the texts of their document: offsets, labels and ids remain.

use serde::{Deserialize, Deserializer, Serializer};

use super::{Annotations, Answer, Entity, Layer, LayerSet};

impl Annotations {
    /// Returns the annotations without the texts of spans, since the offsets say where these are in
    /// the document, and without attributes, which are not scored. No figure depends on either.
    #[must_use]
    pub fn without_stored_texts(mut self) -> Self {
        for entity in self.entities.iter_mut().flatten() {
            entity.text.take_if(|_| entity.start != Entity::NO_OFFSET);
            entity.attributes.clear();
            entity.alternatives.iter_mut().for_each(|alternative| alternative.text = None);
        }
        self.relations.iter_mut().flatten().for_each(|relation| relation.attributes.clear());
        for event in self.events.iter_mut().flatten() {
            event.attributes.clear();
            event.trigger.text = None;
        }
        let mentions = self.coreference.iter_mut().flatten().flat_map(|cluster| &mut cluster.mentions);
        mentions.chain(self.key_sentences.iter_mut().flatten()).for_each(|span| span.text = None);
        self
    }

    /// Returns the annotations without texts: those of spans as
    /// [`Annotations::without_stored_texts`] does, and layers that consist of texts (summaries, key
    /// points, key phrases, records, and entities of which only the text is known), which are
    /// replaced by their names in [`Annotations::withheld`].
    #[must_use]
    pub fn without_texts(self) -> Self {
        let mut left = self.without_stored_texts();
        let mut withheld = std::mem::take(&mut left.withheld);
        if left.entities.iter().flatten().any(|entity| !entity.is_located()) {
            // Relations and events refer to the entities.
            left.entities = None;
            withheld.insert(Layer::Entities);
            withheld.extend(left.relations.take_if(|all| !all.is_empty()).map(|_| Layer::Relations));
            withheld.extend(left.events.take_if(|all| !all.is_empty()).map(|_| Layer::Events));
        }
        withheld.extend(left.key_points.take_if(|all| !all.is_empty()).map(|_| Layer::KeyPoints));
        withheld.extend(left.summaries.take_if(|all| !all.is_empty()).map(|_| Layer::Summaries));
        withheld.extend(left.keyphrases.take_if(|all| !all.is_empty()).map(|_| Layer::Keyphrases));
        for (name, _) in left.records.iter_mut().flat_map(|all| all.extract_if(.., |_, records| !records.is_empty())) {
            withheld.insert(Layer::Records(name.into()));
        }
        left.records.take_if(|all| all.is_empty());
        (left.tags, left.words) = (None, None);
        Self { withheld, ..left }
    }
}

impl Answer {
    /// Returns the answer and its repeats without the texts of annotations.
    #[must_use]
    pub fn without_texts(self) -> Self {
        let repeats = self.repeats.into_iter().map(Self::without_texts).collect();
        Self { annotations: self.annotations.without_texts(), repeats, ..self }
    }

    /// Whether annotations of the answer or of its repeats were withheld.
    pub fn is_withheld(&self) -> bool {
        self.each().any(|answer| !answer.annotations.withheld.is_empty())
    }

    /// Replaces what may be a text in the messages of the answer and of its repeats.
    pub fn withhold_message(&mut self) {
        self.message = self.message.as_deref().map(crate::withheld::failure);
        self.repeats.iter_mut().for_each(Self::withhold_message);
    }
}

/// Writes layers as a list of their names.
pub fn serialize<S: Serializer>(layers: &LayerSet, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(layers.iter().map(ToString::to_string))
}

/// Reads layers from a list of their names.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LayerSet, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names.iter().map(|name| name.parse().map_err(serde::de::Error::custom)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Annotations, Entity, Layer, Relation, Span};

    #[test]
    fn only_offsets_labels_and_ids_remain() {
        let entity = Entity { id: Some("e1".to_owned()), ..Entity::new(Span::new(0, 3), "PERSON") };
        let full = Annotations {
            entities: Some(vec![Entity { text: Some("Ada".to_owned()), ..entity.clone() }]),
            relations: Some(vec![Relation::default()]),
            records: Some(BTreeMap::from([
                ("a".to_owned(), Vec::new()),
                ("b".to_owned(), vec![BTreeMap::new().into_iter().collect()]),
            ])),
            summaries: Some(vec!["Of Ada.".to_owned()]),
            keyphrases: Some(Vec::new()),
            ..Annotations::default()
        };
        let left = full.clone().without_texts();
        assert_eq!(left.entities, Some(vec![entity]));
        assert_eq!((&left.summaries, &left.keyphrases), (&None, &Some(Vec::new())));
        assert_eq!(left.withheld, [Layer::Summaries, Layer::records("b")].into());
        assert_eq!(left.clone().without_texts(), left);

        let unlocated = Annotations { entities: Some(vec![Entity::of_text("Ada", "PERSON")]), ..full };
        let withheld = unlocated.without_texts().withheld;
        assert!(withheld.contains(&Layer::Entities) && withheld.contains(&Layer::Relations));
    }
}
