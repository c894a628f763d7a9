//! Converts a CAS to karat's annotations.

use std::collections::{BTreeMap, BTreeSet};

use super::cas::{ARRAY, ELEMENTS, Feature, FeatureStructure, SOFA};
use super::{ENTITY, EVENT, RELATION, TYPE_ATTRIBUTE};
use crate::document::{Argument, Cluster, Document, Entity, Event, Relation, Span, Value};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::offset_basis::Converter;
use crate::format::offset_unit::OffsetUnit;
use crate::format::source_map::{SourceLocation, SourceMap};

/// The features that may contain the label of an annotation, in this order.
const LABELS: [&str; 4] = ["value", "label", "category", "DependencyType"];
/// The features that every annotation has.
const OFFSETS: [&str; 3] = ["begin", "end", "sofa"];
/// The predicates of DKPro, which are events even if they have no arguments.
const PREDICATE: &str = "de.tudarmstadt.ukp.dkpro.core.api.semantics.type.SemPred";

/// The packages of types that are preprocessing or bookkeeping: tokens, sentences, parts of speech,
/// syntax, metadata and the structure of the source file.
const IGNORED: [&str; 8] = [
    "uima.cas.",
    "uima.tcas.DocumentAnnotation",
    "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.",
    "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.",
    "de.tudarmstadt.ukp.dkpro.core.api.syntax.type.",
    "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.",
    "de.tudarmstadt.ukp.clarin.webanno.api.type.",
    "org.dkpro.core.api.xml.type.",
];

type Located = (Diagnostic, SourceLocation);

/// Whether karat reads annotations of a type.
pub(super) fn is_read(type_name: &str) -> bool {
    !IGNORED.iter().any(|ignored| type_name.starts_with(ignored))
}

/// Fills an entry with the text and the annotations of a CAS, or returns what is wrong with it.
pub(super) fn fill(entry: &mut Entry, structures: &[FeatureStructure]) -> Result<(), Vec<Located>> {
    let start = SourceLocation::Bytes(0..0);
    let sofa = sofa(structures).map_err(|diagnostic| vec![(diagnostic, start)])?;
    let text = sofa.text("sofaString").unwrap_or_default();
    let mut cas = CasReader {
        by_id: structures.iter().map(|one| (one.id.as_str(), one)).collect(),
        converter: Converter::new(OffsetUnit::Utf16, text),
        document: Document::new("", text),
        errors: Vec::new(),
        places: SourceMap::default(),
    };
    let in_text = |one: &&FeatureStructure| one.references("sofa").first().is_none_or(|id| *id == sofa.id);
    let read: Vec<&FeatureStructure> =
        structures.iter().filter(|one| is_read(&one.type_name)).filter(in_text).collect();
    let (coreference, links) = cas.chains(&read);
    let is_relation =
        |one: &FeatureStructure| ["Governor", "Dependent"].iter().all(|key| !one.references(key).is_empty());
    let spans: Vec<&FeatureStructure> = read
        .iter()
        .copied()
        .filter(|one| one.is_annotation() && !is_relation(one) && !links.contains(one.type_name.as_str()))
        .collect();
    let with_links = spans.iter().filter(|one| !cas.link_features(one).is_empty()).map(|one| one.type_name.as_str());
    let event_types: BTreeSet<&str> = with_links.chain([PREDICATE, EVENT]).collect();
    let (events, entities): (Vec<_>, Vec<_>) =
        spans.iter().copied().partition(|one| event_types.contains(one.type_name.as_str()));
    let known: BTreeSet<&str> = spans.iter().map(|one| one.id.as_str()).collect();

    let entities: Vec<Entity> = entities.into_iter().enumerate().filter_map(|(at, one)| cas.entity(at, one)).collect();
    let events: Vec<Event> =
        events.into_iter().enumerate().filter_map(|(at, one)| cas.event(at, one, &known)).collect();
    let relations = read.iter().filter(|one| is_relation(one)).enumerate();
    let relations: Vec<Relation> = relations.filter_map(|(at, one)| cas.relation(at, one, &known)).collect();
    if !cas.errors.is_empty() {
        return Err(cas.errors);
    }
    entry.text = Some(text.to_owned());
    // The offsets are converted already.
    entry.offset_unit = Some(OffsetUnit::CodePoint);
    let layers = &mut entry.annotations;
    layers.entities = Some(entities);
    layers.relations = (!relations.is_empty()).then_some(relations);
    layers.events = (!events.is_empty()).then_some(events);
    layers.coreference = (!coreference.is_empty()).then_some(coreference);
    entry.places = Some(cas.places);
    Ok(())
}

/// Returns the sofa that contains the text.
fn sofa(structures: &[FeatureStructure]) -> Result<&FeatureStructure, Diagnostic> {
    let sofas = structures.iter().filter(|one| one.type_name == SOFA);
    let sofas: Vec<&FeatureStructure> = sofas.filter(|one| one.features.contains_key("sofaString")).collect();
    match sofas[..] {
        [sofa] => Ok(sofa),
        [] => Err(Diagnostic::new("the CAS has no text").help("a sofa with `sofaString` contains it")),
        _ => {
            let names: Vec<&str> = sofas.iter().filter_map(|one| one.text("sofaID")).collect();
            let diagnostic = Diagnostic::new(format!("the CAS has several views with a text: {}", names.join(", ")));
            Err(diagnostic.help("karat reads a CAS with one: export one view at a time"))
        }
    }
}

struct CasReader<'c> {
    by_id: BTreeMap<&'c str, &'c FeatureStructure>,
    converter: Converter,
    document: Document,
    errors: Vec<Located>,
    places: SourceMap,
}

impl<'c> CasReader<'c> {
    fn error(&mut self, at: &FeatureStructure, diagnostic: Diagnostic) {
        self.errors.push((diagnostic, at.location.clone()));
    }

    /// Returns the feature structures that a feature refers to, those of an array included.
    fn resolve(&self, one: &FeatureStructure, feature: &str) -> Option<Vec<&'c FeatureStructure>> {
        let mut found = Vec::new();
        for id in one.references(feature) {
            let target = *self.by_id.get(id)?;
            if target.type_name == ARRAY || target.type_name.ends_with("[]") {
                for id in target.references(ELEMENTS) {
                    found.push(*self.by_id.get(id)?);
                }
            } else {
                found.push(target);
            }
        }
        Some(found)
    }

    /// Returns the names of the features that contain links: feature structures with a role and a
    /// target that are no annotations.
    fn link_features(&self, one: &FeatureStructure) -> Vec<String> {
        let is_link = |link: &&FeatureStructure| {
            !link.is_annotation() && (link.features.contains_key("target") || link.features.contains_key("role"))
        };
        let is_candidate = |name: &&String| !OFFSETS.contains(&name.as_str()) && !LABELS.contains(&name.as_str());
        let names = one.features.keys().filter(is_candidate);
        let has_links = |name: &&String| {
            self.resolve(one, name).is_some_and(|links| !links.is_empty() && links.iter().all(is_link))
        };
        names.filter(has_links).cloned().collect()
    }

    /// Returns the coreference clusters of chains, and the types of their links.
    fn chains(&mut self, read: &[&'c FeatureStructure]) -> (Vec<Cluster>, BTreeSet<&'c str>) {
        let (mut clusters, mut types) = (Vec::new(), BTreeSet::new());
        for chain in read.iter().filter(|one| one.short_type().ends_with("Chain") && !one.is_annotation()) {
            let mut mentions = Vec::new();
            let mut seen = BTreeSet::new();
            let mut next = self.resolve(chain, "first").unwrap_or_default().first().copied();
            while let Some(link) = next.filter(|link| seen.insert(link.id.as_str())) {
                types.insert(link.type_name.as_str());
                mentions.extend(self.span(link));
                next = self.resolve(link, "next").unwrap_or_default().first().copied();
            }
            if !mentions.is_empty() {
                self.places.note("coreference", clusters.len(), chain.location.clone());
                clusters.push(Cluster { id: None, mentions });
            }
        }
        (clusters, types)
    }

    /// Returns the span of an annotation, with the text that it covers.
    fn span(&mut self, one: &FeatureStructure) -> Option<Span> {
        let mut convert = |feature: &str| {
            let Some(offset) = one.number(feature) else {
                let diagnostic = Diagnostic::new(format!("`{feature}` is no whole number from 0"));
                self.error(one, diagnostic.help("it counts UTF-16 units"));
                return None;
            };
            let code_point = self.converter.code_point(offset);
            if code_point.is_none() {
                let message = format!("offset {offset} is past the end of the text or inside a character");
                self.error(one, Diagnostic::new(message).help("offsets in a CAS count UTF-16 units"));
            }
            code_point
        };
        let (start, end) = (convert("begin"), convert("end"));
        let (start, end) = (start?, end?);
        let text = self.document.slice(start, end).map(str::to_owned);
        Some(Span { text, ..Span::new(start, end) })
    }

    /// Returns the label of an annotation, and its further features as attributes. The label is the
    /// short name of the type if no feature contains it.
    fn described(&self, one: &FeatureStructure, usual: &str) -> (String, BTreeMap<String, Value>) {
        let label =
            LABELS.iter().find_map(|name| Some((*name, one.text(name).filter(|text| !text.trim().is_empty())?)));
        let links = self.link_features(one);
        let mut attributes = BTreeMap::new();
        for (name, feature) in &one.features {
            let is_other = !OFFSETS.contains(&name.as_str())
                && !["Governor", "Dependent"].contains(&name.as_str())
                && label.is_none_or(|(used, _)| used != name)
                && !links.contains(name);
            if let (true, Feature::Value(value)) = (is_other && feature != &Feature::Value("".into()), feature) {
                attributes.insert(name.clone(), value.clone());
            }
        }
        if one.type_name != usual {
            attributes.insert(TYPE_ATTRIBUTE.to_owned(), one.type_name.as_str().into());
        }
        (label.map_or_else(|| one.short_type(), |(_, label)| label).to_owned(), attributes)
    }

    fn entity(&mut self, at: usize, one: &FeatureStructure) -> Option<Entity> {
        let span = Span { text: None, ..self.span(one)? };
        let (label, attributes) = self.described(one, ENTITY);
        self.places.note("entities", at, one.location.clone());
        Some(Entity { id: Some(one.id.clone()), attributes, ..Entity::new(span, label) })
    }

    fn event(&mut self, at: usize, one: &FeatureStructure, known: &BTreeSet<&str>) -> Option<Event> {
        let trigger = self.span(one)?;
        let (label, attributes) = self.described(one, EVENT);
        let mut arguments = Vec::new();
        for feature in self.link_features(one) {
            for link in self.resolve(one, &feature).unwrap_or_default() {
                // A slot without a target is not filled yet.
                for target in link.references("target") {
                    if known.contains(target) {
                        let role = link.text("role").unwrap_or(&feature).to_owned();
                        arguments.push(Argument { role, target: target.to_owned() });
                    } else {
                        self.unknown_target(link, target);
                    }
                }
            }
        }
        self.places.note("events", at, one.location.clone());
        Some(Event { id: Some(one.id.clone()), label, trigger, arguments, attributes, ..Event::default() })
    }

    fn relation(&mut self, at: usize, one: &FeatureStructure, known: &BTreeSet<&str>) -> Option<Relation> {
        let mut end = |feature: &str| {
            let target = one.references(feature).first().copied()?;
            if !known.contains(target) {
                self.unknown_target(one, target);
                return None;
            }
            Some(target.to_owned())
        };
        let (head, tail) = (end("Governor"), end("Dependent"));
        let (head, tail) = (head?, tail?);
        let (label, attributes) = self.described(one, RELATION);
        self.places.note("relations", at, one.location.clone());
        Some(Relation { id: Some(one.id.clone()), label, head, tail, attributes, ..Relation::default() })
    }

    fn unknown_target(&mut self, at: &FeatureStructure, target: &str) {
        let diagnostic = match self.by_id.get(target) {
            Some(found) => {
                let message = format!("this refers to {target}, a {}, which karat does not read", found.short_type());
                Diagnostic::new(message).help("ends and arguments must be annotations of a span layer")
            }
            None => Diagnostic::new(format!("there is no feature structure with the id {target:?}")),
        };
        self.error(at, diagnostic);
    }
}
