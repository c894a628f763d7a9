//! The changes that a reviewer can make to golden annotations, and what each does to them.

use serde::{Deserialize, Serialize};

use crate::document::{Alternative, Annotations, Document, Entity, Fields, Region, Step, Value};
use crate::error::Diagnostic;

/// A label, named by its span and label. Offsets count code points; those of a discontinuous label
/// reach from its first fragment to its last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSpan {
    /// The first code point.
    pub start: u32,
    /// One past the last code point.
    pub end: u32,
    /// The label: PERSON, ORG, ...
    pub label: String,
}

/// A change to the golden annotations of one document. Offsets count code points of its text.
///
/// As JSON it is an object whose `kind` is the name of the variant in snake case:
/// `{"kind": "set_label", "of": {"start": 0, "end": 6, "label": "ORG"}, "label": "GPE"}`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Fields")]
pub enum GoldChange {
    /// Adds an entity.
    AddEntity {
        /// The first code point.
        start: u32,
        /// One past the last code point.
        end: u32,
        /// The label.
        label: String,
    },
    /// Adds an equally correct answer to an entity.
    AddAlternative {
        /// The entity.
        of: LabelSpan,
        /// The first code point of the alternative.
        start: u32,
        /// One past the last code point of the alternative.
        end: u32,
        /// The label of the alternative.
        label: String,
    },
    /// Changes the label of an entity.
    SetLabel {
        /// The entity.
        of: LabelSpan,
        /// The new label.
        label: String,
    },
    /// Changes the boundaries of an entity. The inner boundaries of a discontinuous entity stay.
    SetSpan {
        /// The entity.
        of: LabelSpan,
        /// The first code point of the new span.
        start: u32,
        /// One past the last code point of the new span.
        end: u32,
    },
    /// Deletes an entity.
    Delete {
        /// The entity.
        of: LabelSpan,
    },
    /// Marks an entity as optional, or as required.
    SetOptional {
        /// The entity.
        of: LabelSpan,
        /// Whether it is optional.
        optional: bool,
    },
    /// Adds a region in which nothing is scored.
    Ignore {
        /// The first code point.
        start: u32,
        /// One past the last code point.
        end: u32,
    },
    /// Sets a value of a record.
    SetValue {
        /// The name of the layer of records.
        record: String,
        /// The index of the record in its layer, from 0.
        index: usize,
        /// The JSON pointer (RFC 6901) from the record to the value.
        path: String,
        /// The new value.
        value: Value,
    },
    /// Changes a golden summary, or adds one if the index is the number of summaries.
    SetReference {
        /// The index of the summary, from 0.
        index: usize,
        /// The new text.
        text: String,
    },
    /// Changes the text of a golden key point.
    SetKeyPoint {
        /// The index of the key point, from 0.
        index: usize,
        /// The new text.
        text: String,
    },
}

/// The keys of a change as they are taken from its JSON object.
struct Keys {
    kind: String,
    fields: Fields,
}

impl Keys {
    fn take(&mut self, name: &str) -> Result<Value, String> {
        self.fields.remove(name).ok_or_else(|| format!("`{}` needs `{name}`", self.kind))
    }

    fn text(&mut self, name: &str) -> Result<String, String> {
        match self.take(name)? {
            Value::String(text) => Ok(text),
            _ => Err(format!("`{name}` must be a string")),
        }
    }

    fn index(&mut self, name: &str) -> Result<usize, String> {
        let value = self.take(name)?;
        let index = value.as_u64().and_then(|index| usize::try_from(index).ok());
        index.ok_or_else(|| format!("`{name}` must be a whole number from 0"))
    }

    fn offset(&mut self, name: &str) -> Result<u32, String> {
        let offset = u32::try_from(self.index(name)?).ok().filter(|offset| *offset < u32::MAX);
        offset.ok_or_else(|| format!("`{name}` is too large for an offset"))
    }

    fn flag(&mut self, name: &str) -> Result<bool, String> {
        self.take(name)?.as_bool().ok_or_else(|| format!("`{name}` must be true or false"))
    }

    fn of(&mut self) -> Result<LabelSpan, String> {
        let of = self.take("of")?;
        serde_json::from_str(&of.to_string()).map_err(|error| format!("`of` is not a label: {error}"))
    }
}

impl TryFrom<Fields> for GoldChange {
    type Error = String;

    fn try_from(fields: Fields) -> Result<Self, String> {
        let mut keys = Keys { kind: "a change".to_owned(), fields };
        keys.kind = keys.text("kind")?;
        let change = match keys.kind.as_str() {
            "add_entity" => {
                Self::AddEntity { start: keys.offset("start")?, end: keys.offset("end")?, label: keys.text("label")? }
            }
            "add_alternative" => Self::AddAlternative {
                of: keys.of()?,
                start: keys.offset("start")?,
                end: keys.offset("end")?,
                label: keys.text("label")?,
            },
            "set_label" => Self::SetLabel { of: keys.of()?, label: keys.text("label")? },
            "set_span" => Self::SetSpan { of: keys.of()?, start: keys.offset("start")?, end: keys.offset("end")? },
            "delete" => Self::Delete { of: keys.of()? },
            "set_optional" => Self::SetOptional { of: keys.of()?, optional: keys.flag("optional")? },
            "ignore" => Self::Ignore { start: keys.offset("start")?, end: keys.offset("end")? },
            "set_value" => Self::SetValue {
                record: keys.text("record")?,
                index: keys.index("index")?,
                path: keys.text("path")?,
                value: keys.take("value")?,
            },
            "set_reference" => Self::SetReference { index: keys.index("index")?, text: keys.text("text")? },
            "set_key_point" => Self::SetKeyPoint { index: keys.index("index")?, text: keys.text("text")? },
            kind => return Err(format!("`{kind}` is not a kind of change")),
        };
        match keys.fields.keys().next() {
            Some(unknown) => Err(format!("`{}` has no `{unknown}`", keys.kind)),
            None => Ok(change),
        }
    }
}

/// The annotations after a change.
pub(super) struct Applied {
    pub annotations: Annotations,
    /// The index of the entity that was added, or that was changed. Its stored text and, if it was
    /// added, its id are left out, since they depend on the file.
    pub entity: Option<usize>,
}

impl GoldChange {
    /// Returns the kind, as `kind` names it in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::AddEntity { .. } => "add_entity",
            Self::AddAlternative { .. } => "add_alternative",
            Self::SetLabel { .. } => "set_label",
            Self::SetSpan { .. } => "set_span",
            Self::Delete { .. } => "delete",
            Self::SetOptional { .. } => "set_optional",
            Self::Ignore { .. } => "ignore",
            Self::SetValue { .. } => "set_value",
            Self::SetReference { .. } => "set_reference",
            Self::SetKeyPoint { .. } => "set_key_point",
        }
    }

    /// Returns the entity that is changed or deleted.
    pub(super) fn of(&self) -> Option<&LabelSpan> {
        match self {
            Self::AddAlternative { of, .. }
            | Self::SetLabel { of, .. }
            | Self::SetSpan { of, .. }
            | Self::Delete { of }
            | Self::SetOptional { of, .. } => Some(of),
            _ => None,
        }
    }

    /// Returns the new span, if there is one.
    pub(super) fn span(&self) -> Option<(u32, u32)> {
        match *self {
            Self::AddEntity { start, end, .. }
            | Self::AddAlternative { start, end, .. }
            | Self::SetSpan { start, end, .. }
            | Self::Ignore { start, end } => Some((start, end)),
            _ => None,
        }
    }

    /// Returns the new label, if there is one.
    pub(super) fn label(&self) -> Option<&str> {
        match self {
            Self::AddEntity { label, .. } | Self::AddAlternative { label, .. } | Self::SetLabel { label, .. } => {
                Some(label)
            }
            _ => None,
        }
    }

    /// Checks the new span and the new label by themselves.
    ///
    /// # Errors
    /// Fails if the span is empty or not in the text, and if the label is blank.
    pub(super) fn check(&self, document: &Document) -> Result<(), Diagnostic> {
        if let Some((start, end)) = self.span() {
            if start >= end {
                return Err(Diagnostic::new(format!("{start}..{end} is an empty span")));
            }
            if document.slice(start, end).is_none() {
                let length = document.len();
                let message = format!("{start}..{end} is past the end of the text, which has {length} code points");
                return Err(Diagnostic::new(message));
            }
        }
        if self.label().is_some_and(|label| label.trim().is_empty()) {
            return Err(Diagnostic::new("the label is empty"));
        }
        Ok(())
    }

    /// Applies the change to annotations.
    ///
    /// # Errors
    /// Fails if what is to be changed is not there or not the only one of its kind, if the result
    /// is there already, and if the layer was not annotated.
    pub(super) fn apply(&self, annotations: &Annotations) -> Result<Applied, Diagnostic> {
        let mut after = annotations.clone();
        let entities = annotations.entities.as_deref();
        let at = self.of().map(|of| of.find(entities.unwrap_or_default())).transpose()?;
        let mut changed = at.and_then(|at| Some((at, after.entities.as_mut()?.get_mut(at)?)));
        match (self, &mut changed) {
            (Self::AddEntity { start, end, label }, _) => {
                let Some(entities) = &mut after.entities else {
                    let diagnostic = Diagnostic::new("the document is not annotated with entities");
                    return Err(diagnostic.help("add an empty list `entities` to the file if it is to be"));
                };
                refuse_copy(entities, (*start, *end), label)?;
                let at = entities.len();
                entities.push(Entity { start: *start, end: *end, label: label.clone(), ..Entity::default() });
                return Ok(Applied { annotations: after, entity: Some(at) });
            }
            (Self::Ignore { start, end }, _) => {
                let region = Region { start: *start, end: *end };
                if after.ignore.contains(&region) {
                    return Err(Diagnostic::new(format!("{start}..{end} is ignored already")));
                }
                after.ignore.push(region);
            }
            (Self::SetValue { record, index, path, value }, _) => {
                let records = after.records.as_mut().and_then(|layers| layers.get_mut(record));
                let Some(records) = records else {
                    return Err(Diagnostic::new(format!("the document is not annotated with records {record:?}")));
                };
                let count = records.len();
                let Some(fields) = records.get_mut(*index) else {
                    return Err(Diagnostic::new(format!(
                        "there is no record {index} of {record:?}: there are {count}"
                    )));
                };
                let mut root = Value::Object(std::mem::take(fields));
                let steps = pointer(&root, path)?;
                if steps.old == Some(value) {
                    return Err(Diagnostic::new(format!("the value at {path:?} is {value} already")));
                }
                let steps = steps.steps;
                set(&mut root, &steps, value.clone());
                if let Value::Object(set) = root {
                    *fields = set;
                }
            }
            (Self::SetReference { index, text }, _) => {
                let summaries = after.summaries.get_or_insert_default();
                let count = summaries.len();
                match summaries.get_mut(*index) {
                    Some(old) if old == text => return Err(same("reference", *index)),
                    Some(old) => old.clone_from(text),
                    None if *index == count => summaries.push(text.clone()),
                    None => {
                        return Err(Diagnostic::new(format!("there is no reference {index}: there are {count}")));
                    }
                }
            }
            (Self::SetKeyPoint { index, text }, _) => {
                let points = after.key_points.as_deref_mut().unwrap_or_default();
                let count = points.len();
                match points.get_mut(*index) {
                    Some(point) if point.text == *text => return Err(same("key point", *index)),
                    Some(point) => point.text.clone_from(text),
                    None => return Err(Diagnostic::new(format!("there is no key point {index}: there are {count}"))),
                }
            }
            (Self::AddAlternative { start, end, label, .. }, Some((_, entity))) => {
                let resolved = |other: &Alternative| {
                    let span = (other.start.unwrap_or(entity.start), other.end.unwrap_or(entity.end));
                    (span, other.label.clone().unwrap_or_else(|| entity.label.clone()))
                };
                let new = ((*start, *end), label.clone());
                if ((entity.start, entity.end), &entity.label) == ((*start, *end), label) {
                    return Err(Diagnostic::new("the alternative is the label itself"));
                }
                if entity.alternatives.iter().any(|other| resolved(other) == new) {
                    return Err(Diagnostic::new(format!("{label:?} at {start}..{end} is an alternative already")));
                }
                entity.alternatives.push(Alternative {
                    start: Some(*start),
                    end: Some(*end),
                    label: Some(label.clone()),
                    ..Alternative::default()
                });
            }
            (Self::SetLabel { of, label }, Some((_, entity))) => {
                if of.label == *label {
                    return Err(Diagnostic::new(format!("the label is {label:?} already")));
                }
                refuse_copy(entities.unwrap_or_default(), (of.start, of.end), label)?;
                entity.label.clone_from(label);
            }
            (Self::SetSpan { of, start, end }, Some((_, entity))) => {
                if (of.start, of.end) == (*start, *end) {
                    return Err(Diagnostic::new(format!("the label is at {start}..{end} already")));
                }
                refuse_copy(entities.unwrap_or_default(), (*start, *end), &of.label)?;
                (entity.start, entity.end) = (*start, *end);
                move_ends(&mut entity.fragments, *start, *end)?;
                entity.text = None;
            }
            (Self::SetOptional { optional, .. }, Some((_, entity))) => {
                if entity.optional == *optional {
                    let state = if *optional { "optional" } else { "required" };
                    return Err(Diagnostic::new(format!("the label is {state} already")));
                }
                entity.optional = *optional;
            }
            (Self::Delete { .. }, Some((at, entity))) => {
                refuse_referenced(annotations, entity)?;
                let at = *at;
                if let Some(entities) = &mut after.entities {
                    entities.remove(at);
                }
                return Ok(Applied { annotations: after, entity: None });
            }
            (_, None) => {}
        }
        Ok(Applied { annotations: after, entity: at })
    }

    /// Returns what is there before and after the change, for a log: a label, a value or a text;
    /// `null` if there is nothing.
    pub fn old_and_new(&self, before: &Annotations) -> (Value, Value) {
        let label = |start: u32, end: u32, label: &str| {
            let fields = [("start".to_owned(), start.into()), ("end".to_owned(), end.into())];
            let label = (!label.is_empty()).then(|| ("label".to_owned(), Value::from(label)));
            fields.into_iter().chain(label).collect::<Value>()
        };
        let of = |of: &LabelSpan| label(of.start, of.end, &of.label);
        let text = |text: Option<&String>| text.map_or(Value::Null, |text| Value::from(text.as_str()));
        match self {
            Self::AddEntity { start, end, label: name } => (Value::Null, label(*start, *end, name)),
            Self::AddAlternative { start, end, label: name, .. } => (Value::Null, label(*start, *end, name)),
            Self::SetLabel { of: old, label: name } => (of(old), label(old.start, old.end, name)),
            Self::SetSpan { of: old, start, end } => (of(old), label(*start, *end, &old.label)),
            Self::Delete { of: old } => (of(old), Value::Null),
            Self::SetOptional { optional, .. } => (Value::Bool(!optional), Value::Bool(*optional)),
            Self::Ignore { start, end } => (Value::Null, label(*start, *end, "")),
            Self::SetValue { record, index, path, value } => {
                let fields = before.records_of(record).and_then(|records| records.get(*index));
                let old = fields.and_then(|fields| Value::Object(fields.clone()).pointer(path).cloned());
                (old.unwrap_or_default(), value.clone())
            }
            Self::SetReference { index, text: new } => {
                (text(before.summaries.as_ref().and_then(|all| all.get(*index))), Value::from(new.as_str()))
            }
            Self::SetKeyPoint { index, text: new } => {
                let old = before.key_points.as_ref().and_then(|points| points.get(*index)).map(|point| &point.text);
                (text(old), Value::from(new.as_str()))
            }
        }
    }
}

impl LabelSpan {
    /// Returns the index of the entity among others.
    ///
    /// # Errors
    /// Fails if no entity or several entities have the span and the label.
    pub(super) fn find(&self, entities: &[Entity]) -> Result<usize, Diagnostic> {
        let Self { start, end, label } = self;
        let is_meant = |entity: &Entity| (entity.start, entity.end, &entity.label) == (*start, *end, label);
        let mut found = entities.iter().enumerate().filter(|(_, entity)| is_meant(entity)).map(|(at, _)| at);
        match (found.next(), found.count()) {
            (None, _) => Err(Diagnostic::new(format!("there is no label {label:?} at {start}..{end}"))
                .help("the file may have changed: load it again")),
            (Some(at), 0) => Ok(at),
            (Some(_), others) => {
                let message = format!("there are {} labels {label:?} at {start}..{end}", others + 1);
                Err(Diagnostic::new(message).help("delete the copies in the file, so that one is meant"))
            }
        }
    }
}

/// A JSON pointer, resolved in a record.
pub(super) struct Pointer<'v> {
    pub steps: Vec<Step>,
    /// The value that it leads to; `None` if only the last key is missing.
    pub old: Option<&'v Value>,
}

/// Resolves a JSON pointer in a record.
///
/// # Errors
/// Fails if the pointer is malformed or leads to nothing that can be set.
pub(super) fn pointer<'v>(record: &'v Value, path: &str) -> Result<Pointer<'v>, Diagnostic> {
    let Some(names) = path.strip_prefix('/') else {
        let diagnostic = Diagnostic::new(format!("{path:?} is not the path of a value"));
        return Err(diagnostic.help("write a JSON pointer from the record, such as `/speaker`"));
    };
    let (mut steps, mut value) = (Vec::new(), Some(record));
    for name in names.split('/') {
        let name = name.replace("~1", "/").replace("~0", "~");
        let missing = || Diagnostic::new(format!("the record has no value at {path:?}"));
        let step = match value.ok_or_else(missing)? {
            Value::Object(fields) => {
                value = fields.get(&name);
                Step::Key(name)
            }
            Value::Array(items) => {
                let index = name.parse::<usize>().ok().filter(|index| index.to_string() == name);
                value = Some(index.and_then(|index| items.get(index)).ok_or_else(missing)?);
                Step::Index(index.unwrap_or_default())
            }
            _ => return Err(missing()),
        };
        steps.push(step);
    }
    Ok(Pointer { steps, old: value })
}

fn set(value: &mut Value, steps: &[Step], new: Value) {
    match (steps.split_first(), value) {
        (None, value) => *value = new,
        (Some((Step::Key(name), rest)), Value::Object(fields)) => match fields.get_mut(name) {
            Some(value) => set(value, rest, new),
            None => {
                fields.insert(name.clone(), new);
            }
        },
        (Some((Step::Index(at), rest)), Value::Array(items)) => {
            if let Some(value) = items.get_mut(*at) {
                set(value, rest, new);
            }
        }
        _ => {}
    }
}

/// Moves the outer boundaries of a discontinuous entity.
///
/// # Errors
/// Fails if the first or the last fragment would be empty.
fn move_ends(fragments: &mut [(u32, u32)], start: u32, end: u32) -> Result<(), Diagnostic> {
    if let Some(first) = fragments.first_mut() {
        first.0 = start;
    }
    if let Some(last) = fragments.last_mut() {
        last.1 = end;
    }
    match fragments.iter().find(|(start, end)| start >= end) {
        Some(_) => Err(Diagnostic::new("the label has several parts, and the new boundaries lie inside of them")
            .help("delete the label and add it again if it is to be in one part")),
        None => Ok(()),
    }
}

fn refuse_copy(entities: &[Entity], (start, end): (u32, u32), label: &str) -> Result<(), Diagnostic> {
    match entities.iter().any(|entity| (entity.start, entity.end, entity.label.as_str()) == (start, end, label)) {
        true => Err(Diagnostic::new(format!("there is a label {label:?} at {start}..{end} already"))),
        false => Ok(()),
    }
}

fn refuse_referenced(annotations: &Annotations, entity: &Entity) -> Result<(), Diagnostic> {
    let Some(id) = &entity.id else { return Ok(()) };
    let relation = annotations.relations.iter().flatten().find(|one| one.head == *id || one.tail == *id);
    let relation = relation.map(|relation| ("relation", &relation.label, &relation.id));
    let mut events = annotations.events.iter().flatten();
    let event = events.find(|event| event.arguments.iter().any(|argument| argument.target == *id));
    let event = event.map(|event| ("event", &event.label, &event.id));
    match relation.or(event) {
        Some((what, label, own)) => {
            let own = own.as_ref().map_or_else(String::new, |own| format!(" {own:?}"));
            let message = format!("the {what}{own} with the label {label:?} refers to the label {id:?}");
            Err(Diagnostic::new(message).help(format!("delete the {what} in the file first")))
        }
        None => Ok(()),
    }
}

fn same(what: &str, index: usize) -> Diagnostic {
    Diagnostic::new(format!("the {what} {index} has this text already"))
}

#[cfg(test)]
mod tests {
    use super::{GoldChange, LabelSpan};
    use crate::document::Value;

    fn read(json: &str) -> Result<GoldChange, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn changes_are_read_from_json() {
        let of = LabelSpan { start: 0, end: 3, label: "P".to_owned() };
        let json = r#"{"kind": "set_label", "of": {"start": 0, "end": 3, "label": "P"}, "label": "Q"}"#;
        assert_eq!(read(json).unwrap(), GoldChange::SetLabel { of, label: "Q".to_owned() });
        let json = r#"{"kind": "set_value", "record": "r", "index": 0, "path": "/a", "value": 1.50}"#;
        let GoldChange::SetValue { value, .. } = read(json).unwrap() else { panic!("{json}") };
        assert_eq!(value.to_string(), "1.50");
        let json = json.replace("1.50", "null");
        let GoldChange::SetValue { value, .. } = read(&json).unwrap() else { panic!("{json}") };
        assert_eq!(value, Value::Null);
    }

    #[test]
    fn a_malformed_change_is_refused_by_name() {
        for (json, message) in [
            (r#"{"kind": "paint"}"#, "`paint` is not a kind of change"),
            (r#"{"kind": "ignore", "start": 0}"#, "`ignore` needs `end`"),
            (r#"{"kind": "ignore", "start": 0, "end": -1}"#, "`end` must be a whole number from 0"),
            (r#"{"kind": "ignore", "start": 0, "end": 4294967295}"#, "`end` is too large for an offset"),
            (r#"{"kind": "ignore", "start": 0, "end": 1, "label": "P"}"#, "`ignore` has no `label`"),
            (r#"{"start": 0}"#, "`a change` needs `kind`"),
            (r#"{"kind": "delete", "of": {"start": 0}}"#, "`of` is not a label: missing field `end`"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.starts_with(message), "{json}: {error}");
        }
    }
}
