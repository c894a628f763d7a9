//! Reads and writes Label Studio's JSON export: a list of tasks with `data`, and results in
//! `annotations` or `predictions`.
//!
//! Golden annotations are read from `annotations` only. A file that is read as predictions gives
//! the `predictions`, and the annotations of tasks without any.
//!
//! Offsets count code points, as Label Studio stores them since 2021; older exports count UTF-16
//! units.

mod regions;
mod texts;

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::json;

use regions::add_attribute;
pub(super) use regions::{WhiteSpace, accept_white_space, region, stored_text};
pub(super) use texts::{Data, StoredText, Texts};

use crate::document::{Entity, Relation, Value};
use crate::error::Diagnostic;
use crate::format::annotator_choice::{AnnotatorChoice, Names, SEVERAL};
use crate::format::capabilities::{Capabilities, Ids, SPANS};
use crate::format::definition::{Format, Input, Look};
use crate::format::json::{Json, Node, parse};
use crate::format::output::{Files, Output};
use crate::format::source_map::{SourceLocation, SourceMap};
use crate::format::{Annotators, Entry, Purpose, reading};

/// The `label-studio` format.
pub(super) const FORMATS: &[Format] = &[Format {
    name: "label-studio",
    about: "Label Studio's JSON export: tasks with annotations or predictions",
    extensions: &["json", "jsonl"],
    looks_like,
    read,
    capabilities: Capabilities { label_texts: true, ids: Ids::Any, confidence: true, relations: true, fix, ..SPANS },
    write,
    has_annotators: true,
    has_text_key: true,
    ..Format::DEFAULTS
}];

fn looks_like(look: &Look<'_>) -> bool {
    look.has("data") && ["annotations", "predictions", "completions"].iter().any(|key| look.has(key))
}

fn read(input: &Input<'_>) -> Vec<Result<Entry, Diagnostic>> {
    let parts = parse(input.file, input.text);
    let export = TaskExport::new(input, &parts);
    let read = reading::each_object(parts, |json, task, number| export.entries(json, task, number));
    match export.annotators.unknown(input) {
        Some(diagnostic) if read.iter().all(Result::is_ok) => vec![Err(diagnostic)],
        _ => read,
    }
}

/// What is known about all tasks of a file.
struct TaskExport<'e, 'i> {
    input: &'e Input<'i>,
    texts: Texts,
    annotators: AnnotatorChoice,
    /// Whether predictions are read before annotations.
    reads_predictions: bool,
}

impl<'e, 'i> TaskExport<'e, 'i> {
    fn new(input: &'e Input<'i>, parts: &[Result<Json<'_>, Diagnostic>]) -> Self {
        let tasks: Vec<&Value> = parts.iter().flatten().flat_map(Json::objects).collect();
        let annotations = |task: &Value| -> Vec<Names> {
            let all = task.get("annotations").or_else(|| task.get("completions")).and_then(Value::as_array);
            let kept = all.into_iter().flatten().filter(|one| !is_set(one, "was_cancelled"));
            kept.map(|one| annotator_names(one.get("completed_by"))).collect()
        };
        let models = |task: &Value| -> Vec<Names> {
            let all = task.get("predictions").and_then(Value::as_array).into_iter().flatten();
            all.map(model_names).collect()
        };
        let has_annotations = tasks.iter().any(|task| !annotations(task).is_empty());
        let reads_predictions = match input.export.purpose {
            Purpose::Predictions => true,
            Purpose::Gold => false,
            Purpose::Any => !has_annotations,
        };
        let names = |task: &&Value| {
            let models = if reads_predictions { models(task) } else { Vec::new() };
            annotations(task).into_iter().chain(models).collect()
        };
        let by_task: Vec<Vec<Names>> = tasks.iter().map(names).collect();
        let data: Vec<Data<'_>> =
            tasks.iter().map(|task| task.get("data").map(|data| data_of(data, &[])).unwrap_or_default()).collect();
        let stored: Vec<Vec<StoredText>> = tasks.iter().map(|task| stored_texts(task)).collect();
        let texts = Texts::choose(input, &data, &stored);
        Self { input, texts, annotators: AnnotatorChoice::new(input, &by_task), reads_predictions }
    }

    /// Reads a task: one entry, or one for each of its annotators if all are read.
    fn entries(&self, json: &Json<'_>, task: &Node<'_>, number: usize) -> Vec<Entry> {
        let read = || {
            let data = task.need("data")?;
            data.object()?;
            let (id, is_numbered) = reading::id(data.get("id").or_else(|| task.get("id")), number)?;
            let text = self.texts.text(self.input, &data, &id);
            let entry = |(annotator, results): (Option<String>, Option<Node<'_>>)| {
                let mut entry = Entry { is_numbered, annotator, ..Entry::foreign(json.source.clone(), id.clone()) };
                entry.text.clone_from(&text);
                // A task without results has no layers.
                if let Some(results) = results {
                    self.read_results(&results, &mut entry);
                }
                entry
            };
            Some(self.chosen(task, &id).into_iter().map(entry).collect())
        };
        read().unwrap_or_default()
    }

    /// Returns the results that are read, each with its annotator if all are read.
    fn chosen<'j>(&self, task: &Node<'j>, id: &str) -> Vec<(Option<String>, Option<Node<'j>>)> {
        let list = |keys: &[&str]| task.get_any(keys).map(|list| list.items()).unwrap_or_default();
        let mut annotations: Vec<Node<'j>> = list(&["annotations", "completions"]);
        annotations.retain(|one| !is_set(one.value, "was_cancelled"));
        // Some exports contain only the numbers of predictions.
        let predictions: Vec<Node<'j>> =
            list(&["predictions"]).into_iter().filter(|one| one.value.is_object()).collect();
        let example = format!("task {id:?}");
        if self.reads_predictions && !predictions.is_empty() {
            if self.input.export.annotators == Annotators::Only {
                return vec![(None, self.first_prediction(&predictions, example))];
            }
            let named = predictions.iter().filter(|one| self.annotators.select(&model_names(one.value)).is_some());
            let named: Vec<_> = named.collect();
            if let Some(prediction) = named.first() {
                return vec![(None, prediction.need("result"))];
            }
        }
        let select = |one: &Node<'j>| {
            let annotator = self.annotators.select(&annotator_names(one.value.get("completed_by")))?;
            Some((annotator, one.need("result")))
        };
        let mut chosen: Vec<_> = match annotations.iter().find(|one| is_set(one.value, "ground_truth")) {
            Some(truth) if self.input.export.annotators == Annotators::Only => vec![(None, truth.need("result"))],
            _ => annotations.iter().filter_map(select).collect(),
        };
        if let (true, [_, second, ..]) = (chosen.len() > 1, &annotations[..])
            && self.input.export.annotators != Annotators::All
        {
            let message = format!("the task has {} annotations, and none is marked as ground truth", chosen.len());
            second.diagnostic(Diagnostic::new(message).help(SEVERAL));
            return vec![(None, None)];
        }
        if chosen.is_empty() {
            let what = match self.input.export.annotators {
                Annotators::Named(_) => "tasks that the annotator did not annotate, which count as not annotated",
                _ if self.input.export.purpose == Purpose::Gold => {
                    "tasks without an annotation, which are not scored (predictions for them are left out)"
                }
                _ => "tasks without an annotation, which count as not annotated",
            };
            self.input.note(what, example);
            chosen.extend((self.input.export.annotators != Annotators::All).then_some((None, None)));
        } else if self.reads_predictions {
            self.input.note("tasks without a prediction, whose annotations are read as predictions", example);
        }
        chosen
    }

    fn first_prediction<'j>(&self, predictions: &[Node<'j>], example: String) -> Option<Node<'j>> {
        let first = predictions.first()?;
        if predictions.len() > 1 {
            let model = model_names(first.value).pop().map_or_else(String::new, |name| format!(", model {name:?}"));
            let what = "tasks with several predictions, whose first is read (`--pred-annotator` names another model)";
            self.input.note(what, format!("{example}{model}"));
        } else {
            let what = "tasks whose predictions are read (`--pred-annotator` reads those of an annotator)";
            self.input.note(what, example);
        }
        first.need("result")
    }

    fn read_results(&self, results: &Node<'_>, entry: &mut Entry) {
        let mut places = SourceMap::default();
        let (mut entities, mut relations, mut rest) = (Vec::<Entity>::new(), Vec::new(), Vec::new());
        let mut labelled = BTreeSet::new();
        for item in results.items() {
            match item.get("type").and_then(|kind| kind.string()) {
                Some("relation") => {
                    places.note("relations", relations.len(), SourceLocation::Json(item.path.clone()));
                    relations.extend(relation(&item));
                }
                Some(kind) if kind.ends_with("labels") => {
                    let Some(value) = item.need("value") else { continue };
                    labelled.extend(item.value.get("to_name").and_then(Value::as_str));
                    for entity in region(&item, &value, kind, self.input, &entry.id) {
                        places.note("entities", entities.len(), SourceLocation::Json(item.path.clone()));
                        entities.push(entity);
                    }
                }
                Some(kind) => rest.push((item.clone(), kind)),
                None => item.diagnostic(Diagnostic::new("a result needs a `type`")),
            }
        }
        if labelled.len() > 1 {
            let names: Vec<&str> = labelled.into_iter().collect();
            let message = format!("the regions are on several texts: {}", names.join(", "));
            results.diagnostic(Diagnostic::new(message).help("a document has one text: export one task for each"));
        }
        for (item, kind) in rest {
            if !add_attribute(&item, kind, &mut entities) {
                let what = "results about whole tasks or regions without a label, which are not read";
                self.input.note(what, format!("{kind} of task {:?}", entry.id));
            }
        }
        accept_white_space(self.input, &entry.id, entry.text.as_deref(), &mut entities);
        entry.annotations.entities = Some(entities);
        entry.annotations.relations = (!relations.is_empty()).then_some(relations);
        entry.places = Some(places);
    }
}

fn is_set(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool) == Some(true)
}

/// Returns the names of an annotator: a number, or an object with an address and a number.
pub(super) fn annotator_names(value: Option<&Value>) -> Names {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Vec::new() };
    let name = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if !value.is_object() {
        return vec![name(value)];
    }
    ["email", "username", "id"]
        .iter()
        .filter_map(|key| value.get(key))
        .filter(|value| !value.is_null())
        .map(name)
        .collect()
}

/// Returns the name of the model that made a prediction.
fn model_names(prediction: &Value) -> Names {
    prediction.get("model_version").and_then(Value::as_str).map(str::to_owned).into_iter().collect()
}

/// Returns the fields of an object by key, except some.
pub(super) fn data_of<'v>(value: &'v Value, except: &[&str]) -> Data<'v> {
    let fields = value.as_object().into_iter().flat_map(crate::document::Fields::iter);
    fields.map(|(key, value)| (key.as_str(), value)).filter(|(key, _)| !except.contains(key)).collect()
}

/// Returns the stored texts of all regions of a task, of whatever annotator.
fn stored_texts(task: &Value) -> Vec<StoredText> {
    let lists = ["annotations", "completions", "predictions"].iter().filter_map(|key| task.get(key)?.as_array());
    let results = lists.flatten().filter_map(|one| one.get("result")?.as_array()).flatten();
    let labelled =
        results.filter(|item| item.get("type").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("labels")));
    labelled.filter_map(|item| stored_text(item.get("value")?)).collect()
}

fn relation(item: &Node<'_>) -> Option<Relation> {
    let target = |key: &str| item.need(key).and_then(|id| id.id());
    let (mut head, mut tail) = (target("from_id")?, target("to_id")?);
    if item.value.get("direction").and_then(Value::as_str) == Some("left") {
        std::mem::swap(&mut head, &mut tail);
    }
    let labels = item.get("labels").map(|labels| labels.items()).unwrap_or_default();
    let label = labels.first().and_then(Node::string).unwrap_or("related").to_owned();
    if labels.len() > 1 {
        item.diagnostic(Diagnostic::new("a relation must have one label").help("draw one relation for each"));
    }
    Some(Relation { label, head, tail, ..Relation::default() })
}

/// Gives each entity an id, and removes the ids of relations.
fn fix(output: &mut Output, losses: &mut crate::format::losses::Losses) {
    let entities = || output.annotations.entities.iter().flatten();
    let taken: BTreeSet<String> = entities().filter_map(|entity| entity.id.clone()).collect();
    let mut free = (1..).map(|number| format!("r{number}")).filter(|id| !taken.contains(id));
    for entity in output.annotations.entities.iter_mut().flatten().filter(|entity| entity.id.is_none()) {
        entity.id = free.next();
    }
    for relation in output.annotations.relations.iter_mut().flatten() {
        if let Some(id) = relation.id.take() {
            losses.note("ids of relations", &id);
        }
    }
}

fn write(outputs: &[Output], _: bool) -> Files {
    let entities = outputs.iter().flat_map(|output| output.annotations.entities.iter().flatten());
    // A file contains annotations or predictions, so that it is read as it was written.
    let is_predicted = entities.into_iter().any(|entity| entity.confidence.is_some());
    let tasks: Vec<String> =
        outputs.iter().enumerate().map(|(at, output)| task(at, output, is_predicted).to_string()).collect();
    vec![(PathBuf::new(), format!("[\n{}\n]\n", tasks.join(",\n")).into_bytes())]
}

fn task(at: usize, output: &Output, is_predicted: bool) -> serde_json::Value {
    let region = |entity: &Entity| {
        let mut value = json!({"start": entity.start, "end": entity.end, "labels": [entity.label]});
        if let Some(text) = &entity.text {
            value["text"] = text.as_str().into();
        }
        let mut region =
            json!({"id": entity.id, "from_name": "label", "to_name": "text", "type": "labels", "value": value});
        if let Some(score) = entity.confidence {
            region["score"] = score.into();
        }
        region
    };
    let entities = output.annotations.entities.as_deref().unwrap_or_default();
    let relations = output.annotations.relations.iter().flatten().map(|relation| {
        json!({"type": "relation", "from_id": relation.head, "to_id": relation.tail, "direction": "right",
            "labels": [relation.label]})
    });
    let results: Vec<_> = entities.iter().map(region).chain(relations).collect();
    let data = json!({"id": output.document.id(), "text": output.document.text()});
    let mut task = json!({"id": at + 1, "data": data});
    if is_predicted {
        task["predictions"] = json!([{"model_version": "karat", "result": results}]);
    } else {
        task["annotations"] = json!([{"result": results}]);
    }
    task
}
