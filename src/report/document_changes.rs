//! The documents in which a figure fell or rose most, as text and as JSON, with the summaries of
//! both systems.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::number::three_places;
use crate::compare::{AnswerTexts, DocumentChange, FigureChanges, SummaryTexts};
use crate::decimals::signed;
use crate::document::Status;
use crate::metric::Direction;
use crate::text::{beginning, shown_name, visible};

/// The maximum length of a summary in text and Markdown, in code points. JSON has it in full.
const LONGEST: usize = 240;

/// Returns text: for each figure how many documents fell and rose, then the largest changes, those
/// for the worse first, with the summaries of the document.
pub(super) fn to_text(changes: &[FigureChanges], summaries: &BTreeMap<String, SummaryTexts>) -> String {
    let mut text = String::new();
    for change in changes.iter().filter(|change| change.fell + change.rose > 0) {
        let FigureChanges { name, direction, documents, fell, rose, falls, rises } = change;
        let (of_fall, of_rise) = match direction {
            Direction::Higher => (" (worse)", " (better)"),
            Direction::Lower => (" (better)", " (worse)"),
            Direction::Descriptive => ("", ""),
        };
        text.push_str(&format!(
            "{}: {fell} of {documents} documents fell{of_fall}, {rose} rose{of_rise}\n",
            shown_name(&name.to_string())
        ));
        let mut both = [("falls", falls), ("rises", rises)];
        if direction.is_lower() {
            both.reverse();
        }
        for (which, listed) in both.into_iter().filter(|(_, listed)| !listed.is_empty()) {
            text.push_str(&format!("  largest {which}\n"));
            listed.iter().for_each(|one| text.push_str(&block(one, summaries.get(&one.id))));
        }
    }
    text
}

/// Returns the lines of one document: its figures, and its summaries by their systems.
fn block(change: &DocumentChange, summaries: Option<&SummaryTexts>) -> String {
    let [base, candidate] = [change.base, change.candidate].map(|value| three_places(Some(value)));
    let mut text = format!("    {}: {base} to {candidate} ({})\n", shown_name(&change.id), signed(change.delta(), 3));
    let Some(SummaryTexts { references, base, candidate }) = summaries else { return text };
    let mut line = |name: &str, value: &str| text.push_str(&format!("      {name:<9}  {value}\n"));
    references.iter().for_each(|reference| line("reference", &one_line(reference)));
    line("base", &of_answer(base));
    line("candidate", &of_answer(candidate));
    text
}

/// Returns the first summary of an answer, with its status if the document was not answered.
fn of_answer(answer: &AnswerTexts) -> String {
    let mut text = match answer.texts.first().map(|text| one_line(text)) {
        Some(text) if !text.is_empty() => text,
        _ if answer.status == Status::Ok => "(empty)".to_owned(),
        _ => String::new(),
    };
    if answer.status != Status::Ok {
        let status = answer.status.as_str().replace('_', " ");
        text.push_str(&if text.is_empty() { format!("({status})") } else { format!(" ({status})") });
    }
    if answer.texts.len() > 1 {
        text.push_str(&format!(" (the first of {})", answer.texts.len()));
    }
    text
}

/// Returns a text on one line, cut between words.
fn one_line(text: &str) -> String {
    let words = text.split(|char: char| char.is_whitespace() || char.is_control()).filter(|word| !word.is_empty());
    visible(&beginning(&words.collect::<Vec<_>>().join(" "), LONGEST)).into_owned()
}

/// Returns one JSON object for each figure.
pub(super) fn to_values(changes: &[FigureChanges], summaries: &BTreeMap<String, SummaryTexts>) -> Vec<Value> {
    let of_documents = |listed: &[DocumentChange]| -> Vec<Value> {
        listed.iter().map(|change| of_document(change, summaries.get(&change.id))).collect()
    };
    let of_figure = |change: &FigureChanges| {
        json!({
            "metric": change.name.to_string(),
            "documents": change.documents,
            "fell": change.fell,
            "rose": change.rose,
            "falls": of_documents(&change.falls),
            "rises": of_documents(&change.rises),
        })
    };
    changes.iter().map(of_figure).collect()
}

fn of_document(change: &DocumentChange, summaries: Option<&SummaryTexts>) -> Value {
    let mut value = json!({
        "document": change.id,
        "base": change.base,
        "candidate": change.candidate,
        "delta": change.delta(),
    });
    if let Some(SummaryTexts { references, base, candidate }) = summaries {
        let answer = |answer: &AnswerTexts| json!({"status": answer.status.as_str(), "texts": answer.texts});
        value["summaries"] = json!({"references": references, "base": answer(base), "candidate": answer(candidate)});
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, of_answer, one_line};
    use crate::compare::AnswerTexts;
    use crate::document::Status;

    #[test]
    fn long_texts_are_cut_between_words() {
        assert_eq!(one_line(" One\n\ttwo\u{1b}[31m  three. "), "One two [31m three.");
        let long = one_line(&"word ".repeat(100));
        assert!(long.ends_with("word…") && long.chars().count() <= LONGEST, "{long}");
    }

    #[test]
    fn answers_without_a_text_show_their_status() {
        let answer = |status, texts: &[&str]| {
            of_answer(&AnswerTexts { status, texts: texts.iter().map(|text| (*text).to_owned()).collect() })
        };
        assert_eq!(answer(Status::TimedOut, &[]), "(timed out)");
        assert_eq!(answer(Status::Ok, &[" "]), "(empty)");
        assert_eq!(answer(Status::Failed, &["One.", "Two."]), "One. (failed) (the first of 2)");
    }
}
