//! One report for every renderer: Unicode, an empty document, a failing one, and names and texts
//! that look like markup.

use std::collections::BTreeMap;

use karat::corpus::{Dataset, DatasetInfo};
use karat::document::{Annotations, Document, Entity, KeyPoint, Layer, Reference, Span};
use karat::report::{ExtractorReport, Report};
use karat::score::{Answer, Settings, Status, System, score};
use serde_json::json;

const HOSTILE: &str =
    "<b>Bold</b> | *star* `code` _under_ [link](x) =SUM(A1), \"quoted\"\n# no heading & no &lt;\r\n$x$ ~~gone~~";

fn document(id: &str) -> Document {
    let text = match id {
        "unicode" => "Zoë Šćepanović met 王小明 in Łódź — 𝄞 and 👩‍👩‍👧 said “да”.",
        "hostile|<id>*" => HOSTILE,
        "failing" => "This one is never answered.",
        _ => "",
    };
    Document::new(id, text)
}

/// An entity over the first occurrence of a text.
fn entity(document: &Document, text: &str, label: &str) -> Entity {
    let at = document.text().find(text).unwrap();
    Entity::new(document.span(at..at + text.len()), label)
}

fn gold(id: &str) -> Annotations {
    let document = document(id);
    let mut gold = Annotations { entities: Some(Vec::new()), ..Annotations::default() };
    match id {
        "unicode" => {
            let (zoe, wang) = (entity(&document, "Zoë Šćepanović", "PERSON"), entity(&document, "王小明", "PERSON"));
            gold.entities = Some(vec![zoe, wang, entity(&document, "Łódź", "GPE")]);
            gold.keyphrases = Some(vec!["王小明".to_owned(), "Łódź".to_owned()]);
            gold.summaries = Some(vec!["Zoë met 王小明.".to_owned(), "A meeting in Łódź.".to_owned()]);
            gold.key_sentences = Some(vec![document.span(0..document.text().len())]);
            gold.records = Some(BTreeMap::from([(
                "statements".to_owned(),
                statements(json!([
                    {"speaker": "Zoë Šćepanović", "quotes": ["да"], "cue": {"start": 45, "end": 49, "text": "said"}, "date": null}
                ])),
            )]));
        }
        "hostile|<id>*" => {
            gold.entities = Some(vec![
                entity(&document, "<b>Bold</b> | *star*", "MARK|UP"),
                entity(&document, "=SUM(A1)", "=FORMULA"),
                entity(&document, "\"quoted\"\n# no heading", "QUOTE"),
            ]);
            let point = KeyPoint {
                id: Some("K|1".to_owned()),
                text: "A | pipe and `code` are *shown*.".to_owned(),
                weight: 3,
                evidence: vec![Span::new(0, 11)],
                ..KeyPoint::default()
            };
            gold.key_points = Some(vec![point]);
        }
        "failing" => gold.entities = Some(vec![entity(&document, "one", "CARDINAL")]),
        _ => {}
    }
    gold
}

fn statements(value: serde_json::Value) -> Vec<karat::document::Record> {
    serde_json::from_value(value).unwrap()
}

/// Finds some, mislabels one, overreaches once, makes one up and repeats it.
fn good(id: &str) -> Answer {
    let document = document(id);
    let mut found = Annotations { entities: Some(Vec::new()), ..Annotations::default() };
    match id {
        "failing" => return Answer::without(Status::Failed, "panicked: no | way\nat all <here>"),
        "unicode" => {
            let made_up = entity(&document, "𝄞", "ORG");
            found.entities = Some(vec![
                entity(&document, "Zoë Šćepanović", "PERSON"),
                entity(&document, "王小明 in", "PERSON"),
                entity(&document, "Łódź", "LOC"),
                made_up.clone(),
                made_up,
            ]);
            found.keyphrases = Some(vec!["łódź".to_owned(), "<script>".to_owned()]);
            found.summaries = Some(vec!["王小明 met Zoë | *Ünknown* in 2031.".to_owned()]);
            found.key_sentences = Some(vec![Span::new(0, 20)]);
            found.records = Some(BTreeMap::from([(
                "statements".to_owned(),
                statements(json!([
                    {"speaker": "zoë  šćepanović", "quotes": ["да", "нет"], "cue": {"start": 0, "end": 3, "text": "Zoë"}, "date": "2024-01-01"}
                ])),
            )]));
        }
        "hostile|<id>*" => {
            found.entities =
                Some(vec![entity(&document, "<b>Bold</b>", "MARK|UP"), entity(&document, "=SUM(A1)", "=FORMULA")]);
            found.summaries = Some(vec!["A pipe and code are shown.".to_owned()]);
        }
        _ => {}
    }
    Answer::ok(found)
}

const IDS: [&str; 4] = ["empty", "failing", "hostile|<id>*", "unicode"];

/// The report.
pub(crate) fn report() -> Report {
    let references: BTreeMap<String, Reference> = IDS
        .iter()
        .map(|id| {
            ((*id).to_owned(), Reference { document: Some(document(id)), gold: gold(id), ..Reference::default() })
        })
        .collect();
    let info = DatasetInfo {
        name: Some("Hostile & <odd>".to_owned()),
        description: Some("Rows that every format must survive.".to_owned()),
        ..DatasetInfo::default()
    };
    let dataset = Dataset { name: "fixture".to_owned(), info, references, ..Dataset::default() };
    let all = [Layer::Entities, Layer::records("statements"), Layer::KeySentences, Layer::Summaries, Layer::Keyphrases];
    let systems = [
        System {
            name: "good".to_owned(),
            declared: all.into(),
            answers: IDS.iter().map(|id| ((*id).to_owned(), good(id))).collect(),
        },
        // Answers nothing and is not asked about half of the documents.
        System {
            name: "bad|*name*".to_owned(),
            declared: [Layer::Entities].into(),
            answers: BTreeMap::from([
                ("empty".to_owned(), Answer::ok(Annotations::default())),
                ("unicode".to_owned(), Answer::without(Status::TimedOut, "no answer in 30 s")),
            ]),
        },
    ];
    let mut report = Report::new(&dataset);
    for system in &systems {
        let scores = score(&dataset.references, system, &Settings { examples: true, ..Settings::default() });
        report.extractors.push(ExtractorReport::new(system, &report.documents, scores));
    }
    report
}
