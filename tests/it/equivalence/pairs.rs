//! Pairs of golden file and predictions, generated from their number alone: the same on every
//! machine, so that a failure is repeated by its number.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;
use serde_json::{Map, Value, json};

/// A golden file and predictions for it.
pub(super) struct Pair {
    pub gold: Vec<u8>,
    pub predicted: Vec<u8>,
    /// The documents of the golden file as a file of their own; `None` unless every golden line has
    /// a text.
    pub documents: Option<String>,
    /// Whether both files have entities alone.
    pub has_entities_alone: bool,
    /// What is done to the pair, for messages.
    pub damages: Vec<Damage>,
}

/// What is done to a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    PredictionMissing,
    GoldMissing,
    LineDuplicated,
    Reordered,
    KeyMisspelt,
    LayerEmptied,
    LayerRemoved,
    Repeated,
    RepeatedWithGap,
    RepeatedInPart,
    GoldRepeated,
    LayerExtraInGold,
    LayerExtraInPredictions,
    LabelUnknown,
    IdOfOtherType,
    IdsOdd,
    IdsDiffer,
    SummaryWithoutReference,
    SummaryBlank,
    JsonBroken,
    SpanPastEnd,
    StatusUnknown,
    TextChanged,
    HashWrong,
    OffsetUnit,
    ConfidenceTooLarge,
    LineEnds,
    ByteOrderMark,
    BlankLines,
    FileEmpty,
    InvalidUtf8,
}

use Damage::*;

const DAMAGES: [Damage; 31] = [
    PredictionMissing,
    GoldMissing,
    LineDuplicated,
    Reordered,
    KeyMisspelt,
    LayerEmptied,
    LayerRemoved,
    Repeated,
    RepeatedWithGap,
    RepeatedInPart,
    GoldRepeated,
    LayerExtraInGold,
    LayerExtraInPredictions,
    LabelUnknown,
    IdOfOtherType,
    IdsOdd,
    IdsDiffer,
    SummaryWithoutReference,
    SummaryBlank,
    JsonBroken,
    SpanPastEnd,
    StatusUnknown,
    TextChanged,
    HashWrong,
    OffsetUnit,
    ConfidenceTooLarge,
    LineEnds,
    ByteOrderMark,
    BlankLines,
    FileEmpty,
    InvalidUtf8,
];

const WORDS: [&str; 24] = [
    "Ada",
    "Oslo",
    "met",
    "the",
    "minister",
    "Müller",
    "on",
    "3 May 2024",
    "and",
    "paid",
    "42",
    "euros",
    "for",
    "naïve",
    "plans",
    "“quoted”",
    "ACME",
    "said",
    "nothing",
    "東京",
    "𝔘nit",
    "left",
    "late",
    "again",
];
const LABELS: [&str; 4] = ["PER", "ORG", "LOC", "DATE"];
const ODD_LABELS: [&str; 5] = ["NEW", "a b", "[x]", "Été, \"q\"", "per"];
const LAYERS: [&str; 6] = ["entities", "summaries", "keyphrases", "records", "key_sentences", "relations"];

/// Random numbers that depend on the number of the pair alone.
struct Draw(Pcg64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        (self.0.next_u64() % bound as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// A place in a list; `None` if it is empty.
    fn place(&mut self, length: usize) -> Option<usize> {
        (length > 0).then(|| self.below(length))
    }

    fn words(&mut self, most: usize) -> String {
        let count = 1 + self.below(most);
        (0..count).map(|_| self.one(&WORDS)).collect::<Vec<_>>().join(" ")
    }
}

/// A line: an object, or something that is none.
#[derive(Clone)]
enum Line {
    Object(Map<String, Value>),
    Broken(String),
}

impl Line {
    fn object(&mut self) -> Option<&mut Map<String, Value>> {
        match self {
            Self::Object(object) => Some(object),
            Self::Broken(_) => None,
        }
    }
}

/// A document with where its words begin and end, in code points.
struct Text {
    text: String,
    words: Vec<(usize, usize)>,
}

/// The pair of a number. Pairs with odd numbers are damaged.
pub(super) fn pair(number: u64) -> Pair {
    let mut draw = Draw(Pcg64::new(u128::from(number), 0x0a02_bdbf_7bb3_c0a7_ac28_fa16_a64a_bf96));
    let layers = shape(&mut draw);
    let has_texts = layers.len() > 1 || draw.chance(60);
    let may_fail = draw.chance(25);
    let has_extras = draw.chance(30);
    let (mut gold, mut predicted) = (Vec::new(), Vec::new());
    for at in 0..1 + draw.below(12) {
        let (mut golden, mut found) = document(&mut draw, at, &layers, has_texts, may_fail);
        if has_extras {
            give_extras(&mut draw, &mut golden, &mut found);
        }
        gold.push(Line::Object(golden));
        predicted.push(Line::Object(found));
    }
    let mut damages = Vec::new();
    if number % 2 == 1 {
        let count = 1 + draw.below(2);
        for _ in 0..count {
            damages.push(DAMAGES[draw.below(DAMAGES.len())]);
        }
        damages.dedup();
    }
    for damage in &damages {
        damage.do_to(&mut draw, &mut gold, &mut predicted);
    }
    let documents = documents(&gold);
    let [gold, predicted] = [gold, predicted].map(|lines| lines.iter().map(written).collect::<String>().into_bytes());
    let mut pair = Pair { gold, predicted, documents, has_entities_alone: layers == ["entities"], damages };
    pair.damage_bytes(&mut draw);
    pair
}

/// The layers of both files: entities alone and summaries alone have fast paths.
fn shape(draw: &mut Draw) -> Vec<&'static str> {
    match draw.below(10) {
        0..3 => vec!["entities"],
        3..5 => vec!["summaries"],
        5 => vec!["keyphrases"],
        _ => {
            let mut layers: Vec<_> = LAYERS.into_iter().filter(|_| draw.chance(50)).collect();
            if layers.contains(&"relations") && !layers.contains(&"entities") {
                layers.insert(0, "entities");
            }
            if layers.is_empty() { vec!["entities", "summaries"] } else { layers }
        }
    }
}

fn text(draw: &mut Draw) -> Text {
    let (mut text, mut words, mut at) = (String::new(), Vec::new(), 0);
    for number in 0..4 + draw.below(14) {
        let word = draw.one(&WORDS);
        let after = if number % 6 == 5 { ". " } else { " " };
        let length = word.chars().count();
        words.push((at, at + length));
        at += length + after.len();
        text.push_str(word);
        text.push_str(after);
    }
    Text { text, words }
}

fn document(
    draw: &mut Draw,
    number: usize,
    layers: &[&str],
    has_text: bool,
    may_fail: bool,
) -> (Map<String, Value>, Map<String, Value>) {
    let id = format!("doc-{number:02}");
    let source = text(draw);
    let mut golden: Map<String, Value> = [("id".to_owned(), json!(id))].into_iter().collect();
    let mut found = golden.clone();
    if has_text {
        golden.insert("text".to_owned(), json!(source.text));
    }
    for layer in layers {
        let (of_gold, of_found) = layer_of(draw, layer, &source);
        golden.insert((*layer).to_owned(), of_gold);
        found.insert((*layer).to_owned(), of_found);
    }
    if layers.contains(&"relations") {
        give_relations(draw, &mut golden);
        give_relations(draw, &mut found);
    }
    if may_fail && draw.chance(20) {
        found.retain(|key, _| key == "id");
        match draw.below(4) {
            0 => found.insert("error".to_owned(), json!("it broke")),
            1 => found.insert("status".to_owned(), json!("timed_out")),
            2 => found.insert("status".to_owned(), json!("skipped")),
            _ => {
                found.insert("status".to_owned(), json!("failed"));
                found.insert("error".to_owned(), json!("no answer"))
            }
        };
    }
    (golden, found)
}

/// Gives a document what readers other than the fast ones must look at.
fn give_extras(draw: &mut Draw, golden: &mut Map<String, Value>, found: &mut Map<String, Value>) {
    if let Some(text) = golden.get("text").filter(|_| draw.chance(30)) {
        found.insert("text".to_owned(), text.clone());
    }
    if draw.chance(30) {
        golden.insert("meta".to_owned(), json!({"source": draw.one(&["wire", "blog"])}));
    }
    if let Some(Value::Array(summaries)) = found.remove("summaries") {
        found.insert("summary".to_owned(), summaries[0].clone());
    }
    for entity in found.get_mut("entities").and_then(Value::as_array_mut).into_iter().flatten() {
        if draw.chance(50) {
            entity["confidence"] = json!(draw.below(5) as f64 / 4.0);
        }
    }
    for entity in golden.get_mut("entities").and_then(Value::as_array_mut).into_iter().flatten() {
        if draw.chance(20) {
            entity["optional"] = json!(true);
        }
    }
}

/// Golden and predicted annotations of a layer, the latter right in part.
fn layer_of(draw: &mut Draw, layer: &str, source: &Text) -> (Value, Value) {
    match layer {
        "entities" => entities(draw, source),
        "key_sentences" => {
            let spans = |draw: &mut Draw| -> Value {
                let spans: Vec<Value> = source.words.chunks(6).filter(|_| draw.chance(50)).map(span_of).collect();
                json!(spans)
            };
            (spans(draw), spans(draw))
        }
        "summaries" => {
            let of_gold: Vec<String> = (0..1 + draw.below(2)).map(|_| draw.words(9)).collect();
            let found = if draw.chance(40) { of_gold[0].clone() } else { draw.words(9) };
            (json!(of_gold), json!([found]))
        }
        "records" => {
            let people = |draw: &mut Draw| -> Vec<Value> {
                let record = |draw: &mut Draw| json!({"name": draw.one(&["Ada", "Bob", "Cyd"]), "age": draw.below(3), "city": draw.one(&["Oslo", "Rome"])});
                (0..draw.below(3)).map(|_| record(draw)).collect()
            };
            (json!({"person": people(draw)}), json!({"person": people(draw)}))
        }
        _ => {
            let phrases = |draw: &mut Draw| -> Vec<String> { (0..draw.below(4)).map(|_| draw.words(2)).collect() };
            (json!(phrases(draw)), json!(phrases(draw)))
        }
    }
}

fn span_of(words: &[(usize, usize)]) -> Value {
    json!({"start": words[0].0, "end": words[words.len() - 1].1})
}

fn entities(draw: &mut Draw, source: &Text) -> (Value, Value) {
    let (mut golden, mut found) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < source.words.len() {
        let words = &source.words[at..(at + 1 + draw.below(2)).min(source.words.len())];
        at += words.len() + draw.below(3);
        let label = draw.one(&LABELS);
        let entity = |words: &[(usize, usize)], label: &str| json!({"start": words[0].0, "end": words[words.len() - 1].1, "label": label});
        let is_golden = draw.chance(80);
        if is_golden {
            golden.push(entity(words, label));
        }
        match draw.below(10) {
            0..6 if is_golden => found.push(entity(words, label)),
            6 | 7 => found.push(entity(words, draw.one(&LABELS))),
            8 => found.push(entity(&words[..1], label)),
            _ => {}
        }
    }
    (json!(golden), json!(found))
}

/// Gives entities ids and puts relations between some of them.
fn give_relations(draw: &mut Draw, object: &mut Map<String, Value>) {
    let count = object["entities"].as_array().map_or(0, Vec::len);
    for at in 0..count {
        object["entities"][at]["id"] = json!(format!("T{at}"));
    }
    let related: Vec<usize> = (1..count).filter(|_| draw.chance(50)).collect();
    let relation = |at: usize| json!({"head": format!("T{}", at - 1), "tail": format!("T{at}"), "label": draw.one(&["knows", "owns"])});
    object["relations"] = related.into_iter().map(relation).collect();
}

impl Damage {
    /// Damages the lines; what is done to bytes comes later.
    fn do_to(self, draw: &mut Draw, gold: &mut Vec<Line>, predicted: &mut Vec<Line>) {
        let in_gold = draw.chance(50);
        let side = if in_gold { &mut *gold } else { &mut *predicted };
        match self {
            PredictionMissing => drop(draw.place(predicted.len()).map(|at| predicted.remove(at))),
            GoldMissing => drop(draw.place(gold.len()).map(|at| gold.remove(at))),
            LineDuplicated => {
                let Some(at) = draw.place(side.len()) else { return };
                let again = side[at].clone();
                let to = draw.below(side.len() + 1);
                side.insert(to, again);
            }
            Reordered => {
                let from = draw.below(side.len().max(1));
                side[from..].reverse();
            }
            KeyMisspelt => misspell(draw, side),
            LayerEmptied => each(draw, side, |draw, object| {
                if let Some(list) = a_layer(draw, object).and_then(|key| object.get_mut(&key)) {
                    *list = if list.is_object() { json!({"person": []}) } else { json!([]) };
                }
            }),
            LayerRemoved => each(draw, side, |draw, object| {
                a_layer(draw, object).map(|key| object.remove(&key));
            }),
            Repeated => repeat(draw, predicted, |_, _| vec![1, 2]),
            RepeatedWithGap => repeat(draw, predicted, |_, at| if at == 0 { vec![1, 3] } else { vec![1, 2] }),
            RepeatedInPart => repeat(draw, predicted, |draw, _| if draw.chance(50) { vec![1, 2] } else { vec![1] }),
            GoldRepeated => repeat(draw, gold, |draw, _| if draw.chance(50) { vec![1, 2] } else { vec![1] }),
            LayerExtraInGold => extra_layer(draw, gold),
            LayerExtraInPredictions => extra_layer(draw, predicted),
            LabelUnknown => an_entity(draw, side, |draw, entity| entity["label"] = json!(draw.one(&ODD_LABELS))),
            IdOfOtherType => {
                let number = draw.below(9);
                let other = [json!(number), json!(number as f64 + 0.5), json!(null), json!(true), json!("")];
                let other = &other[if draw.chance(60) { 0 } else { draw.below(other.len()) }];
                let Some(at) = draw.place(gold.len().min(predicted.len())) else { return };
                let ids =
                    if in_gold { [other, &json!(number.to_string())] } else { [&json!(number.to_string()), other] };
                for (line, id) in [&mut gold[at], &mut predicted[at]].into_iter().zip(ids) {
                    line.object().map(|object| object.insert("id".to_owned(), id.clone()));
                }
            }
            IdsOdd => {
                let prefix = draw.one(&["a \"b\" ", "é/", "東", "a,b;", "\t", "0", "a\u{0}", "../"]);
                for line in gold.iter_mut().chain(predicted) {
                    let Some(object) = line.object() else { continue };
                    if let Some(Value::String(id)) = object.get_mut("id") {
                        id.insert_str(0, prefix);
                    }
                }
            }
            IdsDiffer => each(draw, side, |_, object| {
                object.insert("id".to_owned(), json!("doc-x"));
            }),
            SummaryWithoutReference => each(draw, gold, |_, object| drop(object.remove("summaries"))),
            SummaryBlank => each(draw, side, |draw, object| {
                object.insert("summaries".to_owned(), json!([draw.one(&["", "  \n"])]));
            }),
            JsonBroken => {
                let Some(at) = draw.place(side.len()) else { return };
                let line = written(&side[at]);
                let cut = line.floor_char_boundary(draw.below(line.len()).max(1));
                side[at] = Line::Broken(match draw.below(3) {
                    0 => line[..cut].to_owned(),
                    1 => format!("{}x", line.trim_end()),
                    _ => "[1, 2]".to_owned(),
                });
            }
            SpanPastEnd => an_entity(draw, side, |draw, entity| match draw.below(4) {
                0 => entity["end"] = entity["start"].clone(),
                1 => entity["start"] = json!(-1),
                _ => entity["end"] = json!(9_000 + draw.below(9)),
            }),
            StatusUnknown => each(draw, predicted, |draw, object| {
                object.insert("status".to_owned(), json!(draw.one(&["crashed", "ok", "missing", "extra", "failed"])));
            }),
            TextChanged => each(draw, predicted, |_, object| {
                object.insert("text".to_owned(), json!("Another text."));
            }),
            HashWrong => each(draw, side, |_, object| {
                object.insert("text_sha256".to_owned(), json!("0".repeat(64)));
            }),
            OffsetUnit => each(draw, side, |draw, object| {
                object.insert("offset_unit".to_owned(), json!(draw.one(&["byte", "utf16", "code_point", "word"])));
            }),
            ConfidenceTooLarge => an_entity(draw, predicted, |_, entity| entity["confidence"] = json!(1.5)),
            LineEnds | ByteOrderMark | BlankLines | FileEmpty | InvalidUtf8 => {}
        }
    }
}

/// Changes one of the objects.
fn each(draw: &mut Draw, lines: &mut [Line], change: impl Fn(&mut Draw, &mut Map<String, Value>)) {
    if let Some(object) = draw.place(lines.len()).and_then(|at| lines[at].object()) {
        change(draw, object);
    }
}

fn an_entity(draw: &mut Draw, lines: &mut [Line], change: impl Fn(&mut Draw, &mut Value)) {
    each(draw, lines, |draw, object| {
        let Some(Value::Array(entities)) = object.get_mut("entities") else { return };
        if let Some(at) = draw.place(entities.len()) {
            change(draw, &mut entities[at]);
        }
    });
}

fn a_layer(draw: &mut Draw, object: &Map<String, Value>) -> Option<String> {
    let layers: Vec<&String> = object.keys().filter(|key| LAYERS.contains(&key.as_str())).collect();
    draw.place(layers.len()).map(|at| layers[at].clone())
}

/// A key of a line or of an entity that is no longer what it was.
fn misspell(draw: &mut Draw, lines: &mut [Line]) {
    if draw.chance(30) {
        return an_entity(draw, lines, |draw, entity| {
            let Some(object) = entity.as_object_mut() else { return };
            let key = draw.one(&["start", "label"]);
            if let Some(value) = object.remove(key) {
                object.insert(format!("{key}s"), value);
            }
        });
    }
    each(draw, lines, |draw, object| {
        let keys: Vec<String> = object.keys().cloned().collect();
        let key = &keys[draw.below(keys.len())];
        let Some(value) = object.remove(key) else { return };
        let length = key.len();
        let misspelt = match draw.below(3) {
            0 => key[..length - 1].to_owned(),
            1 => key.to_uppercase(),
            _ => format!("x_{key}"),
        };
        object.insert(misspelt, value);
    });
}

/// Writes some lines several times, with the numbers of the repeats.
fn repeat(draw: &mut Draw, lines: &mut Vec<Line>, numbers: impl Fn(&mut Draw, usize) -> Vec<usize>) {
    let mut all = Vec::new();
    for (at, line) in lines.drain(..).enumerate() {
        for number in numbers(draw, at) {
            let mut line = line.clone();
            if let Some(object) = line.object().filter(|_| number > 1) {
                object.insert("repeat".to_owned(), json!(number));
            }
            all.push(line);
        }
    }
    *lines = all;
}

/// Gives some lines of a file a layer that they did not have.
fn extra_layer(draw: &mut Draw, lines: &mut [Line]) {
    let layer = draw.one(&["keyphrases", "summaries", "entities", "records", "coreference", "events", "key_points"]);
    let value = match layer {
        "entities" => json!([{"start": 0, "end": 2, "label": "PER"}]),
        "records" => json!({"place": [{"name": "Oslo"}]}),
        "coreference" => json!([]),
        "events" => json!([{"label": "meets", "trigger": {"start": 0, "end": 2}, "arguments": []}]),
        "key_points" => json!([{"text": "Ada met Bob"}]),
        _ => json!(["Ada met Bob"]),
    };
    let all = draw.chance(50);
    for line in lines {
        if all || draw.chance(30) {
            line.object().map(|object| object.entry(layer).or_insert_with(|| value.clone()));
        }
    }
}

fn written(line: &Line) -> String {
    match line {
        // Ids first, as most programs write them and as the fast reader wants them.
        Line::Object(object) => {
            let first = object.iter().filter(|(key, _)| *key == "id");
            let rest = object.iter().filter(|(key, _)| *key != "id");
            let pairs: Vec<String> =
                first.chain(rest).map(|(key, value)| format!("{}: {}", json!(key), spaced(value))).collect();
            format!("{{{}}}\n", pairs.join(", "))
        }
        Line::Broken(text) => format!("{text}\n"),
    }
}

/// Entities as most programs write them, with spaces and in the order of reading, which the fast
/// reader expects; other values without spaces.
fn spaced(value: &Value) -> String {
    let Some(list) = value.as_array().filter(|list| list.iter().all(is_plain_entity)) else {
        return value.to_string();
    };
    let one = |entity: &Value| {
        format!(r#"{{"start": {}, "end": {}, "label": {}}}"#, entity["start"], entity["end"], entity["label"])
    };
    format!("[{}]", list.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn is_plain_entity(value: &Value) -> bool {
    value.as_object().is_some_and(|object| object.keys().eq(["end", "label", "start"]))
}

/// The documents of golden lines; `None` unless every line is an object with an id and a text.
fn documents(gold: &[Line]) -> Option<String> {
    let mut documents = Map::new();
    for line in gold {
        let Line::Object(object) = line else { return None };
        let id = match object.get("id")? {
            Value::String(id) if !id.is_empty() => id.clone(),
            Value::Number(id) if id.is_u64() => id.to_string(),
            _ => return None,
        };
        documents.insert(id, json!(object.get("text")?.as_str()?));
    }
    let lines = documents.into_iter().map(|(id, text)| format!("{}\n", json!({"id": id, "text": text})));
    Some(lines.collect()).filter(|text: &String| !text.is_empty())
}

impl Pair {
    /// Damages what lies below lines.
    fn damage_bytes(&mut self, draw: &mut Draw) {
        for damage in self.damages.clone() {
            let in_gold = draw.chance(50);
            let file = if in_gold { &mut self.gold } else { &mut self.predicted };
            match damage {
                LineEnds => *file = replaced(file, b"\r\n"),
                BlankLines => *file = replaced(file, b"\n \n\n"),
                ByteOrderMark => drop(file.splice(0..0, *b"\xef\xbb\xbf")),
                FileEmpty => {
                    file.clear();
                    if in_gold {
                        self.documents = None;
                    }
                }
                InvalidUtf8 => {
                    let at = draw.below(file.len() + 1);
                    file.insert(at, 0xff);
                    if in_gold {
                        self.documents = None;
                    }
                }
                _ => {}
            }
        }
    }
}

fn replaced(file: &[u8], line_end: &[u8]) -> Vec<u8> {
    let lines: Vec<&[u8]> = file.split(|byte| *byte == b'\n').collect();
    lines.join(line_end)
}
