//! Changes golden annotations in `karat.document/1`, in the text of their JSON object.

use super::change::{Applied, GoldChange, pointer};
use super::json_layout::{Edit, ObjectStyle, insert_item, insert_member, items, members, remove_item, remove_member};
use super::offsets::Offsets;
use super::verify::{refused, verify_in};
use crate::document::{Annotations, Document, Entity, Region, Step, Value};
use crate::error::Diagnostic;
use crate::format::{Entry, GivenBasis, JsonIndex, OffsetBasis, Source, read_line, replace_ranges};

/// Changes the golden object of a document, given as JSON text, and returns its new text. Offsets
/// are written in the `offset_unit` of the object.
///
/// # Errors
/// Fails if the text is not `karat.document/1`, if the change does not fit the annotations, and if
/// the text cannot be changed without another effect.
pub fn change_text(json: &str, document: &Document, change: &GoldChange) -> Result<String, Diagnostic> {
    let source = Source { file: std::path::PathBuf::new(), line: 0 };
    let changed = change_object(json, &source, GivenBasis::default(), document, change);
    changed.map_err(|diagnostic| Diagnostic { file: None, ..diagnostic })
}

/// Changes the golden object of a document like [`change_text`], given its source and what the user
/// says that its offsets count.
pub(super) fn change_object(
    json: &str,
    source: &Source,
    given: GivenBasis,
    document: &Document,
    change: &GoldChange,
) -> Result<String, Diagnostic> {
    let (before, basis) = read(json, source, given, document)?;
    change.check(document)?;
    let Applied { annotations: after, .. } = change.apply(&before)?;
    let offsets = Offsets::new(basis, document);
    let object = GoldObject { json, document, before: &before, offsets };
    let changed = replace_ranges(json, object.edits(change, &after)?);
    let (found, _) = read(&changed, source, given, document).map_err(|_| refused())?;
    verify_in(&before, &found, change, Some(document))?;
    Ok(changed)
}

/// Reads the annotations of an object, and what its offsets count.
fn read(
    json: &str,
    source: &Source,
    given: GivenBasis,
    document: &Document,
) -> Result<(Annotations, OffsetBasis), Diagnostic> {
    let mut entry = Entry { given, ..read_line(&source.file, source.line, json)? };
    let basis = entry.basis();
    let converted = entry.convert_offsets(Some(document));
    converted.map_err(|(diagnostic, path)| source.locate(diagnostic, json, &path))?;
    Ok((entry.annotations, basis))
}

/// The golden object of a document.
struct GoldObject<'o> {
    json: &'o str,
    document: &'o Document,
    before: &'o Annotations,
    offsets: Offsets,
}

fn key(name: &str) -> Step {
    Step::Key(name.to_owned())
}

impl GoldObject<'_> {
    /// Returns the edits that make a change, which leads to the given annotations.
    fn edits(&self, change: &GoldChange, after: &Annotations) -> Result<Vec<Edit>, Diagnostic> {
        let entities = self.before.entities.as_deref().unwrap_or_default();
        let at = change.of().map(|of| of.find(entities)).transpose()?.unwrap_or_default();
        let entity = [key("entities"), Step::Index(at)];
        match change {
            GoldChange::AddEntity { start, end, label } => self.add_entity(entities, (*start, *end), label),
            GoldChange::AddAlternative { start, end, label, .. } => {
                self.add_alternative(&entity, &entities[at], (*start, *end), label).map(|edit| vec![edit])
            }
            GoldChange::SetLabel { label, .. } => {
                let edit = self.set(&[&entity[..], &[key("label")]].concat(), self.style(&entity).string(label));
                Ok(vec![edit])
            }
            GoldChange::SetSpan { .. } => {
                let after = &after.entities.as_deref().unwrap_or_default()[at];
                self.set_span(&entity, &entities[at], after)
            }
            GoldChange::Delete { .. } => Ok(vec![remove_item(self.json, self.start(&entity[..1]), at)]),
            GoldChange::SetOptional { optional, .. } => {
                let object = self.start(&entity);
                let edit = match (self.member(&entity, "optional"), optional) {
                    (true, true) => Some(self.set(&[&entity[..], &[key("optional")]].concat(), "true".to_owned())),
                    (true, false) => remove_member(self.json, object, "optional"),
                    (false, _) => Some(insert_member(self.json, object, None, "optional", "true")),
                };
                Ok(edit.into_iter().collect())
            }
            GoldChange::Ignore { start, end } => self.ignore(*start, *end),
            GoldChange::SetValue { record, index, path, value } => self.set_value(record, *index, path, value),
            GoldChange::SetReference { index, text } => Ok(vec![self.set_reference(*index, text)]),
            GoldChange::SetKeyPoint { index, text } => {
                let path = [key("key_points"), Step::Index(*index), key("text")];
                Ok(vec![self.set(&path, self.style(&path[..2]).string(text))])
            }
        }
    }

    /// Returns the offset at which the value at a path begins.
    fn start(&self, path: &[Step]) -> usize {
        JsonIndex::new(self.json).locate(self.json, path).start
    }

    /// Replaces the value at a path.
    fn set(&self, path: &[Step], value: String) -> Edit {
        (JsonIndex::new(self.json).locate(self.json, path), value)
    }

    /// Whether the object at a path has a member.
    fn member(&self, path: &[Step], name: &str) -> bool {
        members(self.json, self.start(path)).iter().any(|member| member.name == name)
    }

    /// Returns the style of the object at a path.
    fn style(&self, path: &[Step]) -> ObjectStyle {
        ObjectStyle::of(self.json, self.start(path)).unwrap_or_else(|| ObjectStyle::inline(self.json))
    }

    /// Returns the text of a span.
    fn text(&self, (start, end): (u32, u32)) -> &str {
        self.document.slice(start, end).unwrap_or_default()
    }

    fn add_entity(&self, entities: &[Entity], (start, end): (u32, u32), label: &str) -> Result<Vec<Edit>, Diagnostic> {
        let spans: Vec<(u32, u32)> = entities.iter().map(|entity| (entity.start, entity.end)).collect();
        let at = insertion(&spans, (start, end));
        let sibling = at.saturating_sub(1);
        let style = match entities.is_empty() {
            false => self.style(&[key("entities"), Step::Index(sibling)]),
            true => self.style_of_lists(),
        };
        let mut fields = vec![
            ("start", self.offsets.written(start)?),
            ("end", self.offsets.written(end)?),
            ("label", style.string(label)),
        ];
        if !entities.is_empty() && entities.iter().all(|entity| entity.text.is_some()) {
            fields.push(("text", style.string(self.text((start, end)))));
        }
        if let Some(id) = self.new_id(entities) {
            fields.insert(0, ("id", style.string(&id)));
        }
        Ok(vec![self.add_item("entities", at, &style.object(fields), &style)])
    }

    /// Returns a new id in the style of the entities', if all have one that ends with a number.
    fn new_id(&self, entities: &[Entity]) -> Option<String> {
        let split = |id: &str| {
            let prefix = id.trim_end_matches(|c: char| c.is_ascii_digit());
            let digits = &id[prefix.len()..];
            Some((prefix.to_owned(), digits.parse::<u64>().ok()?, digits.starts_with('0').then_some(digits.len())))
        };
        let ids: Vec<_> = entities.iter().map(|entity| split(entity.id.as_deref()?)).collect::<Option<Vec<_>>>()?;
        let (prefix, _, width) = ids.first()?;
        if ids.iter().any(|(other, _, _)| other != prefix) {
            return None;
        }
        let last = ids.iter().map(|(_, number, _)| *number).max()?;
        let taken = |id: &String| self.before.events.iter().flatten().any(|event| event.id.as_ref() == Some(id));
        let width = width.unwrap_or_default();
        (last.checked_add(1)?..u64::MAX).map(|number| format!("{prefix}{number:0width$}")).find(|id| !taken(id))
    }

    fn add_alternative(
        &self,
        path: &[Step],
        entity: &Entity,
        (start, end): (u32, u32),
        label: &str,
    ) -> Result<Edit, Diagnostic> {
        let alternative =
            |at: usize, number: usize| [key("entities"), Step::Index(at), key("alternatives"), Step::Index(number)];
        // The style is that of the entity's last alternative, or of another entity's first.
        let others = self.before.entities.iter().flatten().enumerate();
        let sibling = match (&path[1], entity.alternatives.len()) {
            (Step::Index(at), 1..) => Some(alternative(*at, entity.alternatives.len() - 1)),
            _ => others.filter(|(_, other)| !other.alternatives.is_empty()).map(|(at, _)| alternative(at, 0)).next(),
        };
        let style = match &sibling {
            Some(sibling) if !entity.alternatives.is_empty() => self.style(sibling),
            Some(sibling) => self.style(sibling).in_one_line(),
            None => self.style(path).in_one_line().unordered(),
        };
        let names = |name: &str| style.names.iter().any(|known| known == name);
        let mut fields = Vec::new();
        let is_moved = (entity.start, entity.end) != (start, end);
        if is_moved || names("start") {
            fields.extend([("start", self.offsets.written(start)?), ("end", self.offsets.written(end)?)]);
            if names("text") {
                fields.push(("text", style.string(self.text((start, end)))));
            }
        }
        if entity.label != label || names("label") {
            fields.push(("label", style.string(label)));
        }
        let item = style.object(fields);
        let object = self.start(path);
        if !self.member(path, "alternatives") {
            return Ok(insert_member(self.json, object, None, "alternatives", &format!("[{item}]")));
        }
        let list = self.start(&[path, &[key("alternatives")]].concat());
        let is_spaced = style.is_spaced();
        Ok(insert_item(self.json, list, entity.alternatives.len(), &item, is_spaced, ("", "")))
    }

    fn set_span(&self, path: &[Step], before: &Entity, after: &Entity) -> Result<Vec<Edit>, Diagnostic> {
        let at = |steps: &[Step]| [path, steps].concat();
        let mut edits = Vec::new();
        let last = before.fragments.len().saturating_sub(1);
        if before.start != after.start {
            edits.push(self.set(&at(&[key("start")]), self.offsets.written(after.start)?));
            if !before.fragments.is_empty() {
                let first = at(&[key("fragments"), Step::Index(0), Step::Index(0)]);
                edits.push(self.set(&first, self.offsets.written(after.start)?));
            }
        }
        if before.end != after.end {
            edits.push(self.set(&at(&[key("end")]), self.offsets.written(after.end)?));
            if !before.fragments.is_empty() {
                let end = at(&[key("fragments"), Step::Index(last), Step::Index(1)]);
                edits.push(self.set(&end, self.offsets.written(after.end)?));
            }
        }
        if let Some(stored) = &before.text {
            let is_whole = before.fragments.is_empty() || stored == self.text((before.start, before.end));
            let text = if is_whole {
                self.text((after.start, after.end)).to_owned()
            } else {
                after.fragments.iter().map(|part| self.text(*part)).collect::<Vec<_>>().join(" ")
            };
            edits.push(self.set(&at(&[key("text")]), self.style(path).string(&text)));
        }
        Ok(edits)
    }

    fn ignore(&self, start: u32, end: u32) -> Result<Vec<Edit>, Diagnostic> {
        let regions = &self.before.ignore;
        let spans: Vec<(u32, u32)> = regions.iter().map(|Region { start, end }| (*start, *end)).collect();
        let at = insertion(&spans, (start, end));
        let style = match regions.is_empty() {
            false => self.style(&[key("ignore"), Step::Index(at.saturating_sub(1))]),
            true => self.style_of_lists(),
        };
        let item = style.object(vec![("start", self.offsets.written(start)?), ("end", self.offsets.written(end)?)]);
        Ok(vec![self.add_item("ignore", at, &item, &style)])
    }

    fn set_value(&self, record: &str, index: usize, path: &str, value: &Value) -> Result<Vec<Edit>, Diagnostic> {
        let records = self.before.records_of(record).unwrap_or_default();
        let root = Value::Object(records[index].clone());
        let found = pointer(&root, path)?;
        let base = [key("records"), key(record), Step::Index(index)];
        let steps = [&base[..], &found.steps].concat();
        let (parent, last) = (&steps[..steps.len() - 1], &steps[steps.len() - 1]);
        let is_span = |value: &Value| value.get("start").is_some_and(Value::is_number);
        let of_span = self.offsets.basis != OffsetBasis::DEFAULT
            && (any(value, &is_span) || (matches!(last, Step::Key(name) if name == "start" || name == "end")));
        if of_span {
            let message = format!("the file has {}, so offsets in a record are not set", self.offsets.basis.describe());
            return Err(Diagnostic::new(message).help("set them in the file by hand"));
        }
        let style = self.style(&base);
        let written = style.value(value);
        Ok(vec![match (found.old, last) {
            (Some(_), _) | (None, Step::Index(_)) => self.set(&steps, written),
            (None, Step::Key(name)) => insert_member(self.json, self.start(parent), None, name, &written),
        }])
    }

    fn set_reference(&self, index: usize, text: &str) -> Edit {
        let style = ObjectStyle::inline(self.json);
        let written = style.string(text);
        let count = self.before.summaries.as_ref().map_or(0, Vec::len);
        if index < count {
            let path = match self.member(&[], "summary") {
                true => vec![key("summary")],
                false => vec![key("summaries"), Step::Index(index)],
            };
            return self.set(&path, written);
        }
        if self.member(&[], "summary") {
            // `summary` is short for a list of one, and cannot hold a second.
            let member = members(self.json, self.start(&[])).into_iter().find(|member| member.name == "summary");
            if let Some(member) = member {
                let old = &self.json[member.value.clone()];
                let colon = &self.json[member.key.end..member.value.start];
                let comma = if style.is_spaced() { ", " } else { "," };
                return (
                    member.key.start..member.value.end,
                    format!("{}{colon}[{old}{comma}{written}]", style.string("summaries")),
                );
            }
        }
        self.add_item("summaries", index, &written, &style)
    }

    /// Adds an item to a list of the root, which is created if it is missing.
    fn add_item(&self, name: &str, at: usize, item: &str, style: &ObjectStyle) -> Edit {
        let root = self.start(&[]);
        let own = members(self.json, root);
        let around = self.lines_around(style);
        let around = (around.0.as_str(), around.1.as_str());
        match own.iter().find(|member| member.name == name) {
            Some(member) if self.json[member.value.clone()].starts_with('[') => {
                insert_item(self.json, member.value.start, at, item, style.is_spaced(), around)
            }
            // The layer is null.
            Some(member) => (member.value.clone(), format!("[{}{item}{}]", around.0, around.1)),
            None => {
                let after = own.iter().any(|member| member.name == "entities").then_some("entities");
                insert_member(self.json, root, after, name, &format!("[{}{item}{}]", around.0, around.1))
            }
        }
    }

    /// Returns the text around the only item of a list of the root: line breaks with indentation if
    /// the members of the root are on lines of their own.
    fn lines_around(&self, style: &ObjectStyle) -> (String, String) {
        let root = self.style(&[]);
        let Some(indent) = root.line_indent() else { return (String::new(), String::new()) };
        // An item over several lines shows its own indentation.
        let inner =
            style.outer_indent().unwrap_or_else(|| format!("{indent}{}", indent.trim_start_matches(['\r', '\n'])));
        (inner, indent)
    }

    /// Returns the style of new objects in a list of the root without any: that of the first object
    /// of another list.
    fn style_of_lists(&self) -> ObjectStyle {
        let root = members(self.json, self.start(&[]));
        let mut firsts = root.iter().filter_map(|member| items(self.json, member.value.start).into_iter().next());
        let style = firsts.find_map(|first| ObjectStyle::of(self.json, first.start));
        style.unwrap_or_else(|| ObjectStyle::inline(self.json)).unordered()
    }
}

/// Returns the index at which a span is inserted: at its place if the spans are sorted, and at the
/// end otherwise.
pub(super) fn insertion(spans: &[(u32, u32)], span: (u32, u32)) -> usize {
    if spans.is_sorted() { spans.partition_point(|other| *other <= span) } else { spans.len() }
}

/// Whether a condition holds for a value or for one inside of it.
fn any(value: &Value, holds: &dyn Fn(&Value) -> bool) -> bool {
    holds(value)
        || match value {
            Value::Array(items) => items.iter().any(|item| any(item, holds)),
            Value::Object(fields) => fields.values().any(|field| any(field, holds)),
            _ => false,
        }
}

#[cfg(test)]
mod tests;
