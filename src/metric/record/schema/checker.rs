//! Finds the violations of a schema in a value.

use std::cmp::Ordering;

use super::definition::{Schema, Violation, key};
use crate::document::{Fields, Number, Step, Value};
use crate::metric::record::key::alternatives;
use crate::metric::record::number::Decimal;

/// Returns whether the ordering of a number relative to a bound satisfies the bound.
type Holds = fn(Ordering) -> bool;

/// Returns the subschema that a reference within the file points to.
pub(super) fn resolve<'s>(root: &'s Value, reference: &str) -> Option<&'s Value> {
    root.pointer(&reference.strip_prefix('#')?.replace("%25", "%"))
}

pub(super) struct Checker<'s> {
    schema: &'s Schema,
    is_gold: bool,
    pub found: Vec<Violation>,
    /// The number of references followed without descending into the record; a cycle of references
    /// imposes nothing.
    depth: usize,
}

impl<'s> Checker<'s> {
    pub fn new(schema: &'s Schema, is_gold: bool) -> Self {
        Self { schema, is_gold, found: Vec::new(), depth: 0 }
    }

    fn fails(&mut self, message: String, path: &[Step]) {
        self.found.push(Violation { message, path: path.to_vec() });
    }

    fn holds(&mut self, schema: &Value, value: &Value, path: &mut Vec<Step>) -> bool {
        let mut other = Checker { schema: self.schema, is_gold: self.is_gold, found: Vec::new(), depth: self.depth };
        other.check(schema, value, path);
        other.found.is_empty()
    }

    fn below(&mut self, schema: &Value, value: &Value, step: Step, path: &mut Vec<Step>) {
        let depth = std::mem::take(&mut self.depth);
        path.push(step);
        self.check(schema, value, path);
        path.pop();
        self.depth = depth;
    }

    pub fn check(&mut self, schema: &Value, value: &Value, path: &mut Vec<Step>) {
        if let Some(others) = alternatives(value).filter(|_| self.is_gold && !path.is_empty()) {
            for (at, other) in others.iter().enumerate() {
                path.extend([key("one_of"), Step::Index(at)]);
                self.check(schema, other, path);
                path.truncate(path.len() - 2);
            }
            return;
        }
        let Some(keywords) = schema.as_object() else {
            if schema == &Value::Bool(false) {
                self.fails("no value is allowed here".to_owned(), path);
            }
            return;
        };
        self.any_value(keywords, value, path);
        match value {
            Value::Object(fields) => self.object(keywords, fields, path),
            Value::Array(items) => self.list(keywords, items, path),
            Value::String(text) => self.text(keywords, text, path),
            Value::Number(number) => self.number(keywords, number, path),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn any_value(&mut self, keywords: &Fields, value: &Value, path: &mut Vec<Step>) {
        if let Some(types) = keywords.get("type") {
            let types = types.as_array().map_or(std::slice::from_ref(types), Vec::as_slice);
            let names: Vec<&str> = types.iter().filter_map(Value::as_str).collect();
            if !names.iter().any(|name| is_of_type(value, name)) {
                self.fails(format!("expected {}, found {}", names.join(" or "), short(value)), path);
                return;
            }
        }
        if let Some(known) = keywords.get("enum").and_then(Value::as_array).filter(|known| !contains(known, value)) {
            let known = known.iter().map(short).collect::<Vec<_>>().join(", ");
            self.fails(format!("expected one of {known}, found {}", short(value)), path);
        }
        if let Some(only) = keywords.get("const").filter(|only| !is_equal(only, value)) {
            self.fails(format!("expected {}, found {}", short(only), short(value)), path);
        }
        let target = keywords.get("$ref").and_then(Value::as_str).and_then(|name| resolve(&self.schema.root, name));
        if let Some(target) = target.filter(|_| self.depth < 64) {
            self.depth += 1;
            self.check(target, value, path);
            self.depth -= 1;
        }
        let list = |name: &str| keywords.get(name).and_then(Value::as_array);
        for schema in list("allOf").into_iter().flatten() {
            self.check(schema, value, path);
        }
        if let Some(schemas) = list("anyOf")
            && !schemas.iter().any(|schema| self.holds(schema, value, path))
        {
            self.fails(format!("{} fits none of the schemas of `anyOf`", short(value)), path);
        }
        if let Some(schemas) = list("oneOf") {
            let fitting = schemas.iter().filter(|schema| self.holds(schema, value, path)).count();
            if fitting != 1 {
                self.fails(format!("{} fits {fitting} of the schemas of `oneOf`, not one", short(value)), path);
            }
        }
        if keywords.get("not").is_some_and(|schema| self.holds(schema, value, path)) {
            self.fails(format!("{} is what `not` excludes", short(value)), path);
        }
        if let Some(condition) = keywords.get("if") {
            let branch = if self.holds(condition, value, path) { "then" } else { "else" };
            if let Some(schema) = keywords.get(branch) {
                self.check(schema, value, path);
            }
        }
    }

    fn object(&mut self, keywords: &Fields, fields: &Fields, path: &mut Vec<Step>) {
        for name in keywords.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                self.fails(format!("`{name}` is missing"), path);
            }
        }
        self.size(keywords, fields.len(), ["minProperties", "maxProperties"], "fields", path);
        let named = |keyword: &str| keywords.get(keyword).and_then(Value::as_object);
        for (name, value) in fields {
            let mut is_known = false;
            if let Some(schema) = named("properties").and_then(|known| known.get(name)) {
                is_known = true;
                self.below(schema, value, key(name), path);
            }
            for (pattern, schema) in named("patternProperties").into_iter().flatten() {
                if self.matches(pattern, name) {
                    is_known = true;
                    self.below(schema, value, key(name), path);
                }
            }
            match keywords.get("additionalProperties").filter(|_| !is_known) {
                Some(Value::Bool(false)) => {
                    path.push(key(name));
                    self.fails("the schema has no such field".to_owned(), path);
                    path.pop();
                }
                Some(schema) => self.below(schema, value, key(name), path),
                None => {}
            }
            if let Some(schema) = keywords.get("propertyNames") {
                self.below(schema, &Value::String(name.clone()), key(name), path);
            }
        }
    }

    fn list(&mut self, keywords: &Fields, items: &[Value], path: &mut Vec<Step>) {
        self.size(keywords, items.len(), ["minItems", "maxItems"], "items", path);
        let first = keywords.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        for (at, item) in items.iter().enumerate() {
            if let Some(schema) = first.get(at).or_else(|| keywords.get("items")) {
                self.below(schema, item, Step::Index(at), path);
            }
        }
        let is_copy = |at: &usize| contains(&items[..*at], &items[*at]);
        if keywords.get("uniqueItems") == Some(&Value::Bool(true))
            && let Some(at) = (1..items.len()).find(is_copy)
        {
            path.push(Step::Index(at));
            self.fails(format!("{} occurs twice", short(&items[at])), path);
            path.pop();
        }
        if let Some(schema) = keywords.get("contains")
            && !items.iter().any(|item| self.holds(schema, item, path))
        {
            self.fails("no item fits the schema of `contains`".to_owned(), path);
        }
    }

    fn text(&mut self, keywords: &Fields, text: &str, path: &[Step]) {
        self.size(keywords, text.chars().count(), ["minLength", "maxLength"], "characters", path);
        if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str)
            && !self.matches(pattern, text)
        {
            self.fails(format!("{text:?} does not match {pattern:?}"), path);
        }
    }

    fn number(&mut self, keywords: &Fields, number: &Number, path: &[Step]) {
        let Some(exact) = decimal(number) else { return };
        let bound = |name: &str| match keywords.get(name)? {
            Value::Number(bound) => Some((bound, decimal(bound)?)),
            _ => None,
        };
        let bounds: [(&str, Holds); 4] = [
            ("minimum", Ordering::is_ge),
            ("maximum", Ordering::is_le),
            ("exclusiveMinimum", Ordering::is_gt),
            ("exclusiveMaximum", Ordering::is_lt),
        ];
        for (name, holds) in bounds {
            if let Some((bound, _)) = bound(name).filter(|(_, bound)| !holds(exact.order(bound))) {
                self.fails(format!("{number} breaks `{name}` {bound}"), path);
            }
        }
        if let Some((step, _)) = bound("multipleOf").filter(|(_, step)| !exact.is_multiple_of(step)) {
            self.fails(format!("{number} is not a multiple of {step}"), path);
        }
    }

    fn size(&mut self, keywords: &Fields, size: usize, names: [&str; 2], what: &str, path: &[Step]) {
        let bound = |name: &str| keywords.get(name).and_then(Value::as_u64);
        if let Some(least) = bound(names[0]).filter(|least| (size as u64) < *least) {
            self.fails(format!("{size} {what}, but at least {least} are required"), path);
        }
        if let Some(most) = bound(names[1]).filter(|most| size as u64 > *most) {
            self.fails(format!("{size} {what}, but at most {most} are allowed"), path);
        }
    }

    fn matches(&self, pattern: &str, text: &str) -> bool {
        self.schema.patterns.get(pattern).is_some_and(|regex| regex.is_match(text))
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.as_bool().is_some(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        // 1.0 is an integer in JSON Schema.
        _ => {
            matches!(value, Value::Number(number) if number.is_integer() || decimal(number).is_some_and(|exact| exact.is_whole()))
        }
    }
}

/// Returns the exact value; `None` if there are too many digits or the exponent is too large.
fn decimal(number: &Number) -> Option<Decimal> {
    Decimal::plain(&number.to_string())
}

/// Compares values by JSON Schema's equality: numbers by value, at any depth.
fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(a), Value::Number(b)) => a == b || decimal(a).is_some_and(|a| Some(a) == decimal(b)),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| is_equal(a, b)))
        }
        (a, b) => a == b,
    }
}

fn contains(items: &[Value], value: &Value) -> bool {
    items.iter().any(|item| is_equal(item, value))
}

/// Shortens a value to fit into a message.
fn short(value: &Value) -> String {
    const MOST: usize = 40;
    let text = value.to_string();
    if text.chars().count() <= MOST { text } else { text.chars().take(MOST).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::Schema;
    use crate::document::{Value, json};

    fn broken(schema: &Value, record: &Value) -> Vec<String> {
        let schema = Schema::new(schema.clone()).unwrap();
        let found = schema.violations_in_gold(record.as_object().unwrap());
        found.iter().map(|one| format!("{} {}", one.pointer(), one.message)).collect()
    }

    #[test]
    fn records_break_schemas_at_places() {
        let schema = json!({
            "type": "object", "required": ["id", "on"], "additionalProperties": false,
            "properties": {
                "id": {"type": "string", "pattern": "^[A-Z]+$", "maxLength": 3},
                "on": {"$ref": "#/$defs/date"},
                "items": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": ["integer", "null"], "minimum": 0}},
                "kind": {"enum": ["a", "b"]},
                "a/b": {"oneOf": [{"type": "number"}, {"minimum": 3}]}
            },
            "$defs": {"date": {"type": "string", "pattern": "^\\d{4}-\\d\\d-\\d\\d$"}}
        });
        assert_eq!(
            broken(&schema, &json!({"id": "A", "on": "2025-08-20", "items": [1, 2.0, null], "a/b": 1})),
            [""; 0]
        );
        let record = json!({"id": "abcd", "items": [1, 1.0, -1, 1.5], "kind": "c", "more": 1, "a/b": 4});
        assert_eq!(
            broken(&schema, &record),
            [
                " `on` is missing",
                "/a~1b 4 fits 2 of the schemas of `oneOf`, not one",
                "/id 4 characters, but at most 3 are allowed",
                "/id \"abcd\" does not match \"^[A-Z]+$\"",
                "/items/2 -1 breaks `minimum` 0",
                "/items/3 expected integer or null, found 1.5",
                "/items/1 1.0 occurs twice",
                "/kind expected one of \"a\", \"b\", found \"c\"",
                "/more the schema has no such field",
            ]
        );
    }

    #[test]
    fn every_alternative_is_checked() {
        let schema = json!({"properties": {"id": {"type": "string"}}});
        assert_eq!(broken(&schema, &json!({"id": {"one_of": ["a", "b"]}})), [""; 0]);
        assert_eq!(broken(&schema, &json!({"id": {"one_of": ["a", 1]}})), ["/id/one_of/1 expected string, found 1"]);
    }

    #[test]
    fn references_may_go_in_circles() {
        let schema = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}});
        assert_eq!(broken(&schema, &json!({})), [""; 0]);
        let tree = json!({"properties": {"child": {"$ref": "#"}, "n": {"type": "integer"}}});
        assert_eq!(
            broken(&tree, &json!({"child": {"child": {"n": "x"}}})),
            ["/child/child/n expected integer, found \"x\""]
        );
    }

    #[test]
    fn what_cannot_be_checked_is_refused() {
        let diagnostics = |schema: Value| {
            Schema::new(schema).unwrap_err().into_iter().map(|diagnostic| diagnostic.message).collect::<Vec<_>>()
        };
        assert_eq!(
            diagnostics(json!({"proprties": {}})),
            ["`proprties` is not a keyword of JSON Schema that karat supports"]
        );
        assert_eq!(diagnostics(json!({"items": {"type": "text", "pattern": "("}})).len(), 2);
        assert_eq!(diagnostics(json!({"$ref": "other.json"})).len(), 1);
        assert_eq!(diagnostics(json!([])).len(), 1);
    }
}
