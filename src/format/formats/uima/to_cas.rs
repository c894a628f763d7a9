//! Converts karat's annotations to a CAS.

use std::collections::BTreeMap;

use super::cas::{Feature, FeatureStructure, SOFA, short};
use super::from_cas::is_read;
use super::{CHAIN, CHAIN_LINK, ENTITY, EVENT, EVENT_LINK, RELATION, TYPE_ATTRIBUTE};
use crate::document::Value;
use crate::format::losses::Losses;
use crate::format::offset_basis::Converter;
use crate::format::offset_unit::OffsetUnit;
use crate::format::output::Output;
use crate::format::source_map::SourceLocation;
use crate::format::xml;

/// The supertype of annotations, and that of other feature structures.
const ANNOTATION: &str = "uima.tcas.Annotation";
const TOP: &str = "uima.cas.TOP";

/// Names of features that are not attributes.
const RESERVED: [&str; 17] = [
    "begin",
    "end",
    "sofa",
    "value",
    "label",
    "category",
    "DependencyType",
    "Governor",
    "Dependent",
    "links",
    "first",
    "next",
    "target",
    "role",
    "elements",
    "id",
    "xmiID",
];

/// Whether an attribute can be a feature: a string with a name of letters and digits, or the type.
pub(super) fn attribute(key: &str, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return false };
    if key == TYPE_ATTRIBUTE {
        let usual = [ENTITY, RELATION, EVENT, EVENT_LINK, CHAIN, CHAIN_LINK];
        return text.split('.').all(is_name)
            && is_read(text)
            && !usual.contains(&text)
            && !short(text).ends_with("Chain");
    }
    // Digits alone could be read as references, and an empty feature as none.
    let is_reference = text.split_whitespace().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    is_name(key) && !RESERVED.contains(&key) && !is_reference && xml::without_controls(text) == text
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Numbers entities, events and relations from 1, since all feature structures share their ids.
pub(super) fn fix(output: &mut Output, losses: &mut Losses) {
    xml::fix_controls(output, losses);
    let annotations = &mut output.annotations;
    let entities = annotations.entities.iter_mut().flatten().map(|one| (&mut one.id, true));
    let events = annotations.events.iter_mut().flatten().map(|one| (&mut one.id, true));
    let relations = annotations.relations.iter_mut().flatten().map(|one| (&mut one.id, false));
    let mut names = BTreeMap::new();
    for (number, (id, is_target)) in (1..).zip(entities.chain(events).chain(relations)) {
        let name = usize::to_string(&number);
        if let Some(old) = id.replace(name.clone()) {
            if old != name {
                losses.note("ids of labels (they are numbered)", &format!("{old} as {name}"));
            }
            if is_target {
                names.insert(old, name);
            }
        }
    }
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

/// The CAS of one document that is being built.
struct CasWriter {
    structures: Vec<FeatureStructure>,
    converter: Converter,
    sofa: String,
    next: usize,
}

/// Returns the feature structures of a document. The sofa is the last.
pub(super) fn structures(output: &Output) -> Vec<FeatureStructure> {
    let annotations = &output.annotations;
    let entities = annotations.entities.as_deref().unwrap_or_default();
    let events = annotations.events.as_deref().unwrap_or_default();
    let relations = annotations.relations.as_deref().unwrap_or_default();
    let sofa = entities.len() + events.len() + relations.len() + 1;
    let converter = Converter::new(OffsetUnit::Utf16, output.document.text());
    let mut cas = CasWriter { structures: Vec::new(), converter, sofa: sofa.to_string(), next: sofa + 1 };
    let mut ranges = BTreeMap::new();
    for entity in entities {
        let id = entity.id.clone().unwrap_or_default();
        ranges.insert(id.clone(), (entity.start, entity.end));
        cas.labelled(id, ENTITY, &entity.label, &entity.attributes, (entity.start, entity.end));
    }
    for event in events {
        let id = event.id.clone().unwrap_or_default();
        let range = (event.trigger.start, event.trigger.end);
        ranges.insert(id.clone(), range);
        let mut links = Vec::new();
        for argument in &event.arguments {
            let role = ("role", Feature::Value(argument.role.as_str().into()));
            links.push(cas.add(EVENT_LINK, [role, ("target", Feature::Reference(argument.target.clone()))].into()));
        }
        let one = cas.labelled(id, EVENT, &event.label, &event.attributes, range);
        if !links.is_empty() {
            one.features.insert("links".to_owned(), Feature::References(links));
        }
    }
    for relation in relations {
        // A relation covers its dependent.
        let range = ranges.get(&relation.tail).copied().unwrap_or_default();
        let id = relation.id.clone().unwrap_or_default();
        let one = cas.labelled(id, RELATION, &relation.label, &relation.attributes, range);
        one.features.insert("Governor".to_owned(), Feature::Reference(relation.head.clone()));
        one.features.insert("Dependent".to_owned(), Feature::Reference(relation.tail.clone()));
    }
    for cluster in annotations.coreference.iter().flatten() {
        let first = cas.next;
        for (at, mention) in cluster.mentions.iter().enumerate() {
            let mut features = cas.offsets((mention.start, mention.end));
            if at + 1 < cluster.mentions.len() {
                features.insert("next", Feature::Reference((first + at + 1).to_string()));
            }
            cas.add(CHAIN_LINK, features);
        }
        let sofa = Feature::Reference(cas.sofa.clone());
        cas.add(CHAIN, [("first", Feature::Reference(first.to_string())), ("sofa", sofa)].into());
    }
    let text = |text: &str| Feature::Value(text.into());
    let features = [
        ("sofaNum", Feature::Value(1.into())),
        ("sofaID", text("_InitialView")),
        ("mimeType", text("text")),
        ("sofaString", text(output.document.text())),
    ];
    let id = cas.sofa.clone();
    cas.push(id, SOFA, features.into());
    cas.structures
}

impl CasWriter {
    fn push(&mut self, id: String, type_name: &str, features: BTreeMap<&str, Feature>) -> &mut FeatureStructure {
        let features = features.into_iter().map(|(name, feature)| (name.to_owned(), feature)).collect();
        let location = SourceLocation::Bytes(0..0);
        let at = self.structures.len();
        self.structures.push(FeatureStructure { id, type_name: type_name.to_owned(), features, location });
        &mut self.structures[at]
    }

    /// Adds a feature structure and returns its id.
    fn add(&mut self, type_name: &str, features: BTreeMap<&str, Feature>) -> String {
        let id = self.next.to_string();
        self.next += 1;
        self.push(id.clone(), type_name, features);
        id
    }

    fn offsets(&self, range: (u32, u32)) -> BTreeMap<&'static str, Feature> {
        let offset = |at: u32| Feature::Value(self.converter.offset(at).into());
        let sofa = Feature::Reference(self.sofa.clone());
        [("begin", offset(range.0)), ("end", offset(range.1)), ("sofa", sofa)].into()
    }

    /// Adds an annotation with a label.
    fn labelled(
        &mut self,
        id: String,
        usual: &str,
        label: &str,
        attributes: &BTreeMap<String, Value>,
        range: (u32, u32),
    ) -> &mut FeatureStructure {
        let type_name = attributes.get(TYPE_ATTRIBUTE).and_then(Value::as_str).unwrap_or(usual);
        let features = self.offsets(range);
        let one = self.push(id, type_name, features);
        for (name, value) in attributes.iter().filter(|(name, _)| *name != TYPE_ATTRIBUTE) {
            one.features.insert(name.clone(), Feature::Value(value.clone()));
        }
        if short(&one.type_name) != label {
            one.features.insert("value".to_owned(), Feature::Value(label.into()));
        }
        one
    }
}

/// A type that a CAS uses: its supertype, and the features that it declares with their ranges.
pub(super) struct Declaration {
    pub supertype: &'static str,
    pub features: BTreeMap<String, String>,
}

/// Returns the types that feature structures use, except those that UIMA predefines.
pub(super) fn declarations<'s>(all: impl IntoIterator<Item = &'s FeatureStructure>) -> BTreeMap<String, Declaration> {
    let mut types: BTreeMap<String, Declaration> = BTreeMap::new();
    for one in all.into_iter().filter(|one| one.type_name != SOFA) {
        let supertype = match one.type_name.as_str() {
            EVENT_LINK => TOP,
            CHAIN => "uima.cas.AnnotationBase",
            _ => ANNOTATION,
        };
        let declared = types.entry(one.type_name.clone());
        let declared = declared.or_insert_with(|| Declaration { supertype, features: BTreeMap::new() });
        for (name, feature) in
            one.features.iter().filter(|(name, _)| !["begin", "end", "sofa"].contains(&name.as_str()))
        {
            let range = match (feature, name.as_str()) {
                (Feature::References(_), _) => super::cas::ARRAY,
                (Feature::Reference(_), "first" | "next") => CHAIN_LINK,
                (Feature::Reference(_), _) => ANNOTATION,
                (Feature::Value(_), _) => "uima.cas.String",
            };
            declared.features.insert(name.clone(), range.to_owned());
        }
        if one.type_name == ENTITY {
            declared.features.insert("value".to_owned(), "uima.cas.String".to_owned());
        }
    }
    types
}
