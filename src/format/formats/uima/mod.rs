//! The CAS of Apache UIMA, which INCEpTION, WebAnno and DKPro exchange, in XMI and in JSON. A CAS
//! is a text (the sofa) with typed feature structures; offsets count UTF-16 units.
//!
//! A CAS has no layers of its own, so karat recognises them by the conventions of INCEpTION:
//! annotations are entities, those with `Governor` and `Dependent` are relations, those with links
//! (`role` and `target`) are events, and chains (`first`, `next`) are coreference clusters.

mod cas;
mod from_cas;
mod json;
mod to_cas;
mod xmi;

use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::Format;

/// The attribute that stores the type of an annotation if it is not the usual one of its layer.
const TYPE_ATTRIBUTE: &str = "uima.type";
/// The type of entities.
const ENTITY: &str = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity";
/// The types that karat writes for layers that have no type of their own in DKPro.
const RELATION: &str = "karat.Relation";
const EVENT: &str = "karat.Event";
const EVENT_LINK: &str = "karat.EventLink";
const CHAIN: &str = "karat.CorefChain";
const CHAIN_LINK: &str = "karat.CorefLink";

/// The `uima-xmi` and `uima-json` formats.
pub(super) const FORMATS: &[Format] = &[
    Format {
        name: "uima-xmi",
        about: "UIMA CAS in XMI (INCEpTION, WebAnno, DKPro), a file a document",
        extensions: &["xmi"],
        folder: true,
        looks_like: xmi::looks_like,
        read: xmi::read,
        capabilities: Capabilities { label: crate::format::xml::without_controls, ..CAS },
        write: xmi::write,
        ..Format::DEFAULTS
    },
    Format {
        name: "uima-json",
        about: "UIMA CAS in JSON (INCEpTION), a file a document",
        extensions: &["json"],
        folder: true,
        looks_like: |look| look.has("%FEATURE_STRUCTURES") || look.has("%TYPES"),
        read: json::read,
        capabilities: CAS,
        write: json::write,
        ..Format::DEFAULTS
    },
];

const CAS: Capabilities = Capabilities {
    ids: Ids::Any,
    relations: true,
    events: true,
    coreference: true,
    attribute: to_cas::attribute,
    fix: to_cas::fix,
    ..SPANS
};
