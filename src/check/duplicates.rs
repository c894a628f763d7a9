//! Lints duplicate annotations in every layer. A duplicate inflates the denominator of recall,
//! since one prediction can match only one of the two.

use std::collections::BTreeMap;

use super::case::{GoldenCase, brief, identity, item, key};
use super::finding::View;
use super::{Finding, Lint, Severity};
use crate::document::Step;
use crate::error::Diagnostic;
use crate::text::{Stemmer, Tokenizer};

/// Reports an annotation that repeats an earlier one.
pub(super) const DUPLICATE: Lint = Lint {
    code: "duplicate",
    level: Severity::Error,
    what: "the same span and label, relation, event, mention, record, key point, key sentence, summary or keyphrase twice",
    check,
};

fn check(view: &View<'_>) -> Vec<Finding> {
    view.cases.iter().flat_map(in_case).collect()
}

fn in_case(case: &GoldenCase<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let gold = case.gold;
    repeats(case.entities().map(|(at, entity)| (at, identity(entity))), |at, first| {
        let entity = &gold.entities.as_deref().unwrap_or_default()[at];
        let text = case.surface(entity).map_or_else(String::new, |text| format!(" {}", brief(text)));
        let what = format!("{}{text} at {}..{} is labelled twice", entity.label, entity.start, entity.end);
        findings.push(finding(case, item("entities", at), what, first, "entities", "; `--fix` drops exact copies"));
    });
    let relations = gold.relations.iter().flatten();
    let relations = relations.map(|relation| (&relation.label, &relation.head, &relation.tail));
    repeats(relations.enumerate(), |at, first| {
        findings.push(finding(
            case,
            item("relations", at),
            "the relation occurs twice".to_owned(),
            first,
            "relations",
            "",
        ));
    });
    let events = gold.events.iter().flatten().map(|event| {
        let mut arguments: Vec<_> = event.arguments.iter().map(|argument| (&argument.role, &argument.target)).collect();
        arguments.sort();
        (event.trigger.start, event.trigger.end, &event.label, arguments)
    });
    repeats(events.enumerate(), |at, first| {
        let what = "the event occurs twice".to_owned();
        findings.push(finding(case, item("events", at), what, first, "events", ""));
    });
    mentions(case, &mut findings);
    for (name, records) in gold.records.iter().flatten() {
        let values = records.iter().map(|record| serde_json::to_string(record).expect("a record is plain data"));
        repeats(values.enumerate(), |at, first| {
            let path = vec![key("records"), key(name), Step::Index(at)];
            let list = format!("records.{name}");
            findings.push(finding(case, path, "the record occurs twice".to_owned(), first, &list, ""));
        });
    }
    let points = gold.key_points.as_deref().unwrap_or_default();
    repeats(points.iter().map(|point| words(&point.text)).enumerate(), |at, first| {
        let what = format!("the key point occurs twice: {}", brief(&points[at].text));
        findings.push(finding(case, item("key_points", at), what, first, "key_points", ""));
    });
    for (at, point) in points.iter().enumerate() {
        repeats(point.evidence.iter().map(|span| (span.start, span.end)).enumerate(), |part, first| {
            let path = [item("key_points", at), vec![key("evidence"), Step::Index(part)]].concat();
            findings.push(finding(case, path, "the evidence occurs twice".to_owned(), first, "evidence", ""));
        });
    }
    let sentences = gold.key_sentences.iter().flatten().map(|span| (span.start, span.end));
    repeats(sentences.enumerate(), |at, first| {
        let what = "the key sentence occurs twice".to_owned();
        findings.push(finding(case, item("key_sentences", at), what, first, "key_sentences", ""));
    });
    for (layer, noun, texts) in
        [("summaries", "summary", &gold.summaries), ("keyphrases", "keyphrase", &gold.keyphrases)]
    {
        let texts = texts.as_deref().unwrap_or_default();
        repeats(texts.iter().map(|text| words(text)).enumerate(), |at, first| {
            let what = format!("the {noun} occurs twice: {}", brief(&texts[at]));
            findings.push(finding(case, item(layer, at), what, first, layer, ""));
        });
    }
    findings
}

/// Reports coreference mentions that occur twice, in one cluster or in two: only one of them could
/// count.
fn mentions(case: &GoldenCase<'_>, findings: &mut Vec<Finding>) {
    let mut seen: BTreeMap<(u32, u32), (usize, usize)> = BTreeMap::new();
    for (at, cluster) in case.gold.coreference.iter().flatten().enumerate() {
        for (part, span) in cluster.mentions.iter().enumerate() {
            let &mut (first, first_part) = seen.entry((span.start, span.end)).or_insert((at, part));
            if (first, first_part) == (at, part) {
                continue;
            }
            let diagnostic = Diagnostic::new(format!("the mention at {}..{} occurs twice", span.start, span.end));
            let help = format!("it repeats mention {} of element {} of `coreference`", first_part + 1, first + 1);
            let path = [item("coreference", at), vec![key("mentions"), Step::Index(part)]].concat();
            findings.push(DUPLICATE.at(case, path, diagnostic.help(help)));
        }
    }
}

/// The key by which two entities are duplicates: span, fragments and label.
/// Returns the words of a text, by which scoring compares texts; a text without words is compared
/// as it is.
fn words(text: &str) -> Vec<String> {
    let words = Tokenizer::Unicode.tokens(text, Stemmer::None);
    if words.is_empty() { vec![text.trim().to_owned()] } else { words }
}

/// Calls `report` with the index of every element that equals an earlier one, and the index of the
/// first such element.
fn repeats<K: Ord>(elements: impl Iterator<Item = (usize, K)>, mut report: impl FnMut(usize, usize)) {
    let mut seen: BTreeMap<K, usize> = BTreeMap::new();
    for (at, element) in elements {
        match seen.get(&element) {
            Some(&first) => report(at, first),
            None => {
                seen.insert(element, at);
            }
        }
    }
}

fn finding(case: &GoldenCase<'_>, path: Vec<Step>, what: String, first: usize, list: &str, more: &str) -> Finding {
    let diagnostic = Diagnostic::new(what).help(format!("it repeats element {} of `{list}`{more}", first + 1));
    DUPLICATE.at(case, path, diagnostic)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{findings, messages};

    #[test]
    fn in_every_layer() {
        let found = findings(
            "Ada saw Bo. Bo saw Ada.",
            r#"{"entities": [{"id": "1", "start": 0, "end": 3, "label": "P"}, {"id": "2", "start": 0, "end": 3, "label": "P"},
                              {"start": 8, "end": 10, "label": "P"}],
                "relations": [{"label": "R", "head": "1", "tail": "2"}, {"label": "R", "head": "1", "tail": "2"}],
                "events": [{"label": "E", "trigger": {"start": 4, "end": 7}, "arguments": [{"role": "A", "target": "1"}]},
                           {"label": "E", "trigger": {"start": 4, "end": 7}, "arguments": [{"role": "A", "target": "2"}]},
                           {"label": "E", "trigger": {"start": 4, "end": 7}, "arguments": [{"role": "A", "target": "1"}]}],
                "coreference": [{"mentions": [{"start": 0, "end": 3}, {"start": 20, "end": 23}]},
                                {"mentions": [{"start": 8, "end": 10}, {"start": 0, "end": 3}]}],
                "records": {"r": [{"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2}]},
                "key_points": [{"text": "Ada saw Bo.", "evidence": [{"start": 0, "end": 11}, {"start": 0, "end": 11}]},
                               {"text": "ada saw “Bo”"}],
                "key_sentences": [{"start": 0, "end": 11}, {"start": 0, "end": 11}],
                "summaries": ["One.", "Two."], "keyphrases": ["Ada", "Bo", "ADA"]}"#,
        );
        assert_eq!(
            messages(&found, "duplicate"),
            [
                "P \"Ada\" at 0..3 is labelled twice",
                "the relation occurs twice",
                "the event occurs twice",
                "the mention at 0..3 occurs twice",
                "the record occurs twice",
                "the key point occurs twice: \"ada saw “Bo”\"",
                "the evidence occurs twice",
                "the key sentence occurs twice",
                "the keyphrase occurs twice: \"ADA\"",
            ]
        );
    }

    #[test]
    fn two_labels_on_one_span_are_no_duplicate() {
        let found = findings(
            "Ada",
            r#"{"entities": [{"start": 0, "end": 3, "label": "P"}, {"start": 0, "end": 3, "label": "Q"}]}"#,
        );
        assert!(messages(&found, "duplicate").is_empty());
    }
}
