//! Parses a JSON Schema and refuses keywords that cannot be checked.

use std::collections::BTreeMap;

use regex::Regex;

use super::checker::{Checker, resolve};
use crate::document::{Record, Step, Value};

/// A schema that every record of a layer must satisfy.
#[derive(Debug, Clone)]
pub struct Schema {
    pub(super) root: Value,
    pub(super) patterns: BTreeMap<String, Regex>,
}

impl PartialEq for Schema {
    fn eq(&self, other: &Self) -> bool {
        self.root == other.root
    }
}

/// An error in a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaDiagnostic {
    /// What is wrong.
    pub message: String,
    /// The location in the schema.
    pub path: Vec<Step>,
    /// A suggestion: the keyword that may have been meant.
    pub help: Option<String>,
}

/// A violation of a schema by a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What was expected and what was found.
    pub message: String,
    /// The location in the record.
    pub path: Vec<Step>,
}

impl Violation {
    /// Returns the path as a JSON pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let step = |step: &Step| match step {
            Step::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Step::Index(at) => format!("/{at}"),
        };
        self.path.iter().map(step).collect()
    }
}

/// Keywords whose value is a schema.
const ONE: [&str; 9] = [
    "additionalProperties",
    "propertyNames",
    "items",
    "contains",
    "not",
    "if",
    "then",
    "else",
    "unevaluatedProperties",
];
/// Keywords whose value maps names to schemas.
const NAMED: [&str; 4] = ["properties", "patternProperties", "$defs", "definitions"];
/// Keywords whose value is a list of schemas.
const LISTED: [&str; 4] = ["allOf", "anyOf", "oneOf", "prefixItems"];
/// Keywords whose value is a non-negative integer.
const COUNTS: [&str; 6] = ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"];
/// Keywords whose value is a number.
const NUMBERS: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
/// Keywords with other values.
const OTHERS: [&str; 7] = ["type", "enum", "const", "required", "pattern", "uniqueItems", "$ref"];
/// Annotations, which do not affect validity.
const REMARKS: [&str; 12] = [
    "$schema",
    "$id",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
    "format",
    "$anchor",
];
const TYPES: [&str; 7] = ["null", "boolean", "object", "array", "number", "string", "integer"];

impl Schema {
    /// Parses a schema.
    ///
    /// # Errors
    /// Fails with everything in it that is not JSON Schema or not supported by karat.
    pub fn new(root: Value) -> Result<Self, Vec<SchemaDiagnostic>> {
        let mut reader = Reader { root: &root, diagnostics: Vec::new(), patterns: BTreeMap::new() };
        reader.schema(&root, &mut Vec::new());
        let Reader { diagnostics, patterns, .. } = reader;
        if diagnostics.is_empty() { Ok(Self { root, patterns }) } else { Err(diagnostics) }
    }

    /// Iterates over the fields that the schema declares for a record.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.root.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.as_str())
    }

    /// Returns the first eight hexadecimal digits of the SHA-256 of its content.
    pub fn fingerprint(&self) -> String {
        use sha2::{Digest, Sha256};
        let hash = Sha256::digest(self.root.to_string());
        hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Returns all violations in a predicted record, in the order of the record.
    pub fn violations(&self, record: &Record) -> Vec<Violation> {
        self.violations_of(record, false)
    }

    /// Returns all violations in a golden record, in which every alternative of `{"one_of": [...]}`
    /// must satisfy the schema of the value.
    pub fn violations_in_gold(&self, record: &Record) -> Vec<Violation> {
        self.violations_of(record, true)
    }

    fn violations_of(&self, record: &Record, is_gold: bool) -> Vec<Violation> {
        let mut checker = Checker::new(self, is_gold);
        checker.check(&self.root, &Value::Object(record.clone()), &mut Vec::new());
        checker.found
    }
}

pub(super) fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

/// Walks a schema once and collects errors.
struct Reader<'s> {
    root: &'s Value,
    diagnostics: Vec<SchemaDiagnostic>,
    patterns: BTreeMap<String, Regex>,
}

impl Reader<'_> {
    fn diagnostic(&mut self, message: impl Into<String>, path: &[Step]) {
        self.diagnostics.push(SchemaDiagnostic { message: message.into(), path: path.to_vec(), help: None });
    }

    fn below(&mut self, value: &Value, step: Step, path: &mut Vec<Step>) {
        path.push(step);
        self.schema(value, path);
        path.pop();
    }

    fn schema(&mut self, schema: &Value, path: &mut Vec<Step>) {
        let Some(keywords) = schema.as_object() else {
            if schema.as_bool().is_none() {
                self.diagnostic("a schema is an object, true or false", path);
            }
            return;
        };
        for (name, value) in keywords {
            path.push(key(name));
            self.keyword(name, value, path);
            path.pop();
        }
    }

    fn keyword(&mut self, name: &str, value: &Value, path: &mut Vec<Step>) {
        match name {
            "unevaluatedProperties" => self.diagnostic("`unevaluatedProperties` is not supported", path),
            _ if ONE.contains(&name) => self.schema(value, path),
            _ if NAMED.contains(&name) => match value.as_object() {
                Some(schemas) => {
                    for (of, schema) in schemas {
                        if name == "patternProperties" {
                            self.pattern(of, path);
                        }
                        self.below(schema, key(of), path);
                    }
                }
                None => self.diagnostic(format!("`{name}` is an object of schemas"), path),
            },
            _ if LISTED.contains(&name) => match value.as_array() {
                Some(schemas) => {
                    schemas.iter().enumerate().for_each(|(at, one)| self.below(one, Step::Index(at), path));
                }
                None => self.diagnostic(format!("`{name}` is a list of schemas"), path),
            },
            _ if COUNTS.contains(&name) && value.as_u64().is_none() => {
                self.diagnostic(format!("`{name}` is a whole number from 0"), path);
            }
            _ if NUMBERS.contains(&name) && !value.is_number() => {
                self.diagnostic(format!("`{name}` is a number"), path);
            }
            "multipleOf" if value.as_f64() <= Some(0.0) => self.diagnostic("`multipleOf` is above 0", path),
            "type" => {
                let types = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                if types.is_empty() || !types.iter().all(|one| one.as_str().is_some_and(|one| TYPES.contains(&one))) {
                    self.diagnostic(format!("`type` is one of {}", TYPES.join(", ")), path);
                }
            }
            "enum" if !value.is_array() => self.diagnostic("`enum` is a list of values", path),
            "required" if !value.as_array().is_some_and(|names| names.iter().all(Value::is_string)) => {
                self.diagnostic("`required` is a list of names", path);
            }
            "pattern" => match value.as_str() {
                Some(pattern) => self.pattern(pattern, path),
                None => self.diagnostic("`pattern` is a text", path),
            },
            "$ref" if resolve(self.root, value.as_str().unwrap_or("?")).is_none() => {
                self.diagnostic(
                    format!("`$ref` does not resolve: {value}; it is `#` or `#/...` in the same file"),
                    path,
                );
            }
            _ if COUNTS.contains(&name) || NUMBERS.contains(&name) || OTHERS.contains(&name) => {}
            _ if REMARKS.contains(&name) || name.starts_with("x-") => {}
            unknown => {
                let known = ONE.iter().chain(&NAMED).chain(&LISTED).chain(&COUNTS).chain(&NUMBERS).chain(&OTHERS);
                let near = crate::nearest::nearest(unknown, known.copied());
                self.diagnostics.push(SchemaDiagnostic {
                    message: format!("`{unknown}` is not a keyword of JSON Schema that karat supports"),
                    path: path.clone(),
                    help: near.map(|near| format!("did you mean `{near}`?")),
                });
            }
        }
    }

    fn pattern(&mut self, pattern: &str, path: &[Step]) {
        match Regex::new(pattern) {
            Ok(regex) => {
                self.patterns.insert(pattern.to_owned(), regex);
            }
            Err(_) => self.diagnostic(format!("{pattern:?} is not a regular expression that karat supports"), path),
        }
    }
}
