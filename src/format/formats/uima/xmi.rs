//! Reads and writes a CAS in XMI: an element for each feature structure, whose namespace is the
//! package of its type. A type system is written beside it, since UIMA needs one to read the file;
//! karat reads a CAS without it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use super::cas::{Feature, FeatureStructure, SOFA, short};
use super::{from_cas, to_cas};
use crate::error::Diagnostic;
use crate::format::definition::{Input, Look};
use crate::format::output::{Files, Output};
use crate::format::source_map::SourceLocation;
use crate::format::xml::{Element, escape, parse};
use crate::format::{Entry, Source};

const XMI: &str = "http://www.omg.org/XMI";
const CAS: &str = "http:///uima/cas.ecore";

pub(super) fn looks_like(look: &Look<'_>) -> bool {
    look.head.trim_start().starts_with('<') && look.head.contains(XMI)
}

pub(super) fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let root = match parse(input.file, input.text) {
        Ok(root) => root,
        Err(diagnostic) => return vec![Err(diagnostic)],
    };
    let id = input.stem();
    if root.name != "XMI" {
        let diagnostic = Diagnostic::new(format!("the root element is `<{}>`, not `<xmi:XMI>`", root.name));
        return vec![Err(diagnostic.in_file(input.file).at_bytes(input.text, root.bytes))];
    }
    let structures: Vec<FeatureStructure> = root.children.iter().filter_map(structure).collect();
    let mut entry = Entry::foreign(Source { file: input.file.to_owned(), line: 0 }, id.as_str());
    match from_cas::fill(&mut entry, &structures) {
        Ok(()) => vec![Ok(entry)],
        Err(errors) => {
            let located = errors.into_iter().map(|(diagnostic, location)| {
                let bytes = if let SourceLocation::Bytes(bytes) = location { bytes } else { 0..0 };
                Err(diagnostic.in_file(input.file).at_bytes(input.text, bytes).of_document(&id))
            });
            located.collect()
        }
    }
}

/// Converts an element to a feature structure; `None` for elements without an id, such as views.
fn structure(element: &Element) -> Option<FeatureStructure> {
    let id = element.attribute("xmi:id")?.to_owned();
    let package = element.namespace.trim_start_matches("http:///").trim_end_matches(".ecore").replace('/', ".");
    let type_name = if package.is_empty() || package == "uima.noNamespace" {
        element.name.clone()
    } else {
        format!("{package}.{}", element.name)
    };
    let attributes = element.attributes.iter().filter(|(name, _)| !name.contains(':'));
    let mut features: BTreeMap<String, Feature> =
        attributes.map(|(name, value)| (name.clone(), Feature::Value(value.as_str().into()))).collect();
    // An array that other feature structures may share has its elements inside.
    for child in element.children.iter().filter(|child| child.attribute("href").is_none()) {
        features.entry(child.name.clone()).or_insert_with(|| Feature::Value(child.text.as_str().into()));
    }
    Some(FeatureStructure { id, type_name, features, location: SourceLocation::Bytes(element.bytes.clone()) })
}

pub(super) fn write(outputs: &[Output], _: bool) -> Files {
    let documents: Vec<Vec<FeatureStructure>> = outputs.iter().map(to_cas::structures).collect();
    let mut files = Vec::new();
    for (output, structures) in outputs.iter().zip(&documents) {
        files.push((PathBuf::from(format!("{}.xmi", output.document.id())), xmi(structures).into_bytes()));
    }
    files.push((PathBuf::from("TypeSystem.xml"), type_system(&documents).into_bytes()));
    files
}

/// Returns the package of a type as a namespace.
fn namespace(type_name: &str) -> String {
    match type_name.rsplit_once('.') {
        Some((package, _)) => format!("http:///{}.ecore", package.replace('.', "/")),
        None => "http:///uima/noNamespace.ecore".to_owned(),
    }
}

fn xmi(structures: &[FeatureStructure]) -> String {
    let types = structures.iter().filter(|one| one.type_name != SOFA).map(|one| namespace(&one.type_name));
    let namespaces: BTreeSet<String> = types.filter(|namespace| namespace != CAS).collect();
    let prefixes: BTreeMap<String, String> =
        (1..).zip(namespaces).map(|(number, namespace)| (namespace, format!("type{number}"))).collect();
    let mut xml =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<xmi:XMI xmlns:xmi=\"{XMI}\" xmlns:cas=\"{CAS}\"");
    for (namespace, prefix) in &prefixes {
        let _ = write!(xml, " xmlns:{prefix}=\"{namespace}\"");
    }
    xml.push_str(" xmi:version=\"2.0\">\n<cas:NULL xmi:id=\"0\"/>\n");
    for one in structures {
        let prefix = prefixes.get(&namespace(&one.type_name)).map_or("cas", String::as_str);
        let _ = write!(xml, "<{prefix}:{} xmi:id=\"{}\"", short(&one.type_name), one.id);
        for (name, feature) in &one.features {
            let value = match feature {
                Feature::Value(value) => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                Feature::Reference(id) => id.clone(),
                Feature::References(ids) => ids.join(" "),
            };
            let _ = write!(xml, " {name}=\"{}\"", escape(&value));
        }
        xml.push_str("/>\n");
    }
    let sofa = structures.iter().find(|one| one.type_name == SOFA).map_or("", |sofa| &sofa.id);
    let members: Vec<&str> = structures.iter().filter(|one| one.type_name != SOFA).map(|one| one.id.as_str()).collect();
    let _ = write!(xml, "<cas:View sofa=\"{sofa}\" members=\"{}\"/>\n</xmi:XMI>\n", members.join(" "));
    xml
}

/// Returns the type system of documents, as a UIMA type system description.
fn type_system(documents: &[Vec<FeatureStructure>]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.push_str("<typeSystemDescription xmlns=\"http://uima.apache.org/resourceSpecifier\">\n<types>\n");
    for (name, declared) in to_cas::declarations(documents.iter().flatten()) {
        let supertype = declared.supertype;
        let _ = write!(xml, "<typeDescription><name>{name}</name><supertypeName>{supertype}</supertypeName><features>");
        for (feature, range) in declared.features {
            let _ = write!(
                xml,
                "<featureDescription><name>{feature}</name><rangeTypeName>{range}</rangeTypeName></featureDescription>"
            );
        }
        xml.push_str("</features></typeDescription>\n");
    }
    xml.push_str("</types>\n</typeSystemDescription>\n");
    xml
}
