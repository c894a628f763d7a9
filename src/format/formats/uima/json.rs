//! Reads and writes a CAS in JSON: a list of feature structures, in which the name of a feature
//! that refers to others begins with `@`. The types stand in the same file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::cas::{ARRAY, ELEMENTS, Feature, FeatureStructure, SOFA};
use super::{from_cas, to_cas};
use crate::document::{Step, Value};
use crate::error::Diagnostic;
use crate::format::Entry;
use crate::format::definition::Input;
use crate::format::json::{Node, parse};
use crate::format::output::{Files, Output};
use crate::format::source_map::SourceLocation;

pub(super) fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let id = input.stem();
    let mut read = Vec::new();
    let parts = parse(input.file, input.text);
    if parts.len() > 1 {
        let diagnostic = Diagnostic::new("a file must contain one CAS").in_file(input.file).at((2, 1));
        return vec![Err(diagnostic.help("write each to a file of its own, whose name is the id of the document"))];
    }
    for part in parts {
        let json = match part {
            Ok(json) => json,
            Err(diagnostic) => return vec![Err(diagnostic)],
        };
        let structures = structures(&json.root());
        let mut entry = Entry::foreign(json.source.clone(), id.as_str());
        match structures.map(|structures| from_cas::fill(&mut entry, &structures)) {
            Some(Ok(())) => read.push(Ok(entry)),
            Some(Err(errors)) => {
                for (diagnostic, location) in errors {
                    let path: Vec<Step> = if let SourceLocation::Json(path) = location { path } else { Vec::new() };
                    json.diagnostic_at(diagnostic.of_document(&id), &path);
                }
            }
            None => {}
        }
        read.extend(json.into_diagnostics().into_iter().map(Err));
    }
    read
}

/// Reads the feature structures, which are a list, or an object by id in files of older versions.
fn structures(root: &Node<'_>) -> Option<Vec<FeatureStructure>> {
    let all = root.need("%FEATURE_STRUCTURES")?;
    if all.value.is_object() {
        let keys = all.object()?.keys();
        return keys.map(|id| all.need(id).and_then(|node| structure(&node, id.clone()))).collect();
    }
    all.items().iter().map(|node| structure(node, node.need("%ID")?.id()?)).collect()
}

fn structure(node: &Node<'_>, id: String) -> Option<FeatureStructure> {
    let type_name = node.need("%TYPE")?.string()?.to_owned();
    let mut features = BTreeMap::new();
    for (name, value) in node.object()?.iter().filter(|(_, value)| !value.is_null()) {
        if name == "%ELEMENTS" {
            let ids = value.as_array().into_iter().flatten().filter_map(reference).collect();
            features.insert(ELEMENTS.to_owned(), Feature::References(ids));
        } else if let Some(name) = name.strip_prefix('@') {
            let id = reference(value);
            if id.is_none() {
                node.get(&format!("@{name}"))?.id();
            }
            features.extend(id.map(|id| (name.to_owned(), Feature::Reference(id))));
        } else if !name.starts_with('%') {
            let name = name.trim_start_matches(['#', '^']);
            features.insert(name.to_owned(), Feature::Value(value.clone()));
        }
    }
    Some(FeatureStructure { id, type_name, features, location: SourceLocation::Json(node.path.clone()) })
}

/// Returns the id in a reference, which is a number.
fn reference(value: &Value) -> Option<String> {
    value.as_u64().map(|id| id.to_string()).or_else(|| value.as_str().map(str::to_owned))
}

pub(super) fn write(outputs: &[Output], _: bool) -> Files {
    let mut files = Vec::new();
    for output in outputs {
        let text = serde_json::to_string(&cas(&to_cas::structures(output))).expect("a CAS is plain data") + "\n";
        files.push((PathBuf::from(format!("{}.json", output.document.id())), text.into_bytes()));
    }
    files
}

fn object(fields: impl IntoIterator<Item = (String, Value)>) -> Value {
    fields.into_iter().collect()
}

fn number(id: &str) -> Value {
    id.parse::<u32>().map_or(Value::Null, Value::from)
}

fn cas(structures: &[FeatureStructure]) -> Value {
    let mut types = Vec::new();
    for (name, declared) in to_cas::declarations(structures) {
        let mut fields =
            vec![("%NAME".to_owned(), name.as_str().into()), ("%SUPER_TYPE".to_owned(), declared.supertype.into())];
        for (feature, range) in declared.features {
            let range = if range == ARRAY { "uima.cas.TOP[]" } else { &range };
            let described = [("%NAME".to_owned(), feature.as_str().into()), ("%RANGE".to_owned(), range.into())];
            fields.push((feature, object(described)));
        }
        types.push((name, object(fields)));
    }
    let ids = structures.iter().filter_map(|one| one.id.parse::<usize>().ok());
    let mut next = ids.max().unwrap_or(0) + 1;
    let (mut sofas, mut others, mut members) = (Vec::new(), Vec::new(), Vec::new());
    let mut sofa = Value::Null;
    for one in structures {
        let mut fields = vec![("%ID".to_owned(), number(&one.id)), ("%TYPE".to_owned(), one.type_name.as_str().into())];
        for (name, feature) in &one.features {
            match feature {
                Feature::Value(value) => fields.push((name.clone(), value.clone())),
                Feature::Reference(id) => fields.push((format!("@{name}"), number(id))),
                Feature::References(ids) => {
                    let array = [
                        ("%ID".to_owned(), number(&next.to_string())),
                        ("%TYPE".to_owned(), "uima.cas.FSArray".into()),
                        ("%ELEMENTS".to_owned(), ids.iter().map(|id| number(id)).collect()),
                    ];
                    others.push(object(array));
                    fields.push((format!("@{name}"), number(&next.to_string())));
                    next += 1;
                }
            }
        }
        if one.type_name == SOFA {
            sofa = number(&one.id);
            sofas.push(object(fields));
        } else {
            members.push(number(&one.id));
            others.push(object(fields));
        }
    }
    let view = object([("%SOFA".to_owned(), sofa), ("%MEMBERS".to_owned(), members.into_iter().collect())]);
    object([
        ("%TYPES".to_owned(), object(types)),
        ("%FEATURE_STRUCTURES".to_owned(), sofas.into_iter().chain(others).collect()),
        ("%VIEWS".to_owned(), object([("_InitialView".to_owned(), view)])),
    ])
}
