//! The section of worked examples: the summaries with the lowest scores, with the words, key points
//! and facts that explain the scores.

use super::super::{ExtractorReport, Report, three_places};
use super::inert;
use super::page::counted;
use super::table::{Align, Table};
use crate::document::Layer;
use crate::metric::source::Fact;
use crate::metric::summary::Fate;
use crate::metric::{Class, Item};
use crate::score::{Example, LayerScores};

/// The maximum number of documents shown for each extractor.
const MOST: usize = 3;
/// The maximum number of invented facts listed for each extractor.
const MOST_INVENTED: usize = 20;
/// The maximum number of carried, and of missed, key points shown for each document.
const MOST_POINTS: usize = 5;
/// The maximum number of facts shown for each document.
const MOST_FACTS: usize = 25;
/// The maximum length of a key point or of a sentence, in code points.
const LONGEST: usize = 120;

pub(super) fn section(report: &Report) -> String {
    let parts: Vec<String> = report
        .extractors
        .iter()
        .filter_map(|extractor| Some((extractor, layer(extractor, &Layer::Summaries)?)))
        .map(|(extractor, summaries)| of_extractor(extractor, summaries))
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        return String::new();
    }
    format!(
        "## Worked examples\n\nOf every summarizer the {MOST} documents that score lowest: pairs of words and words that \
         summary and best reference share (matched), that only the reference has (missed), that the source has and no reference \
         (extra), and that neither has (invented); key points with the sentence that carried them; numbers, dates and names, \
         looked up in the source. `facts.csv` has all of these.\n\n{}",
        parts.join("\n")
    )
}

fn layer<'r>(extractor: &'r ExtractorReport, layer: &Layer) -> Option<&'r LayerScores> {
    extractor.scores.layers.iter().find(|scores| scores.layer == *layer)
}

fn of_extractor(extractor: &ExtractorReport, summaries: &LayerScores) -> String {
    let examples = summaries.examples.summaries.iter().take(MOST).map(example);
    let examples = examples.collect::<Vec<_>>().join("\n");
    if examples.is_empty() {
        return String::new();
    }
    format!("### {}\n\n{}{examples}", inert::name(&extractor.name), invented(summaries))
}

/// Returns a table of the facts that an extractor invented, with their positions in the summaries.
fn invented(summaries: &LayerScores) -> String {
    let facts = summaries.examples.invented.iter();
    let invented = facts.flat_map(|(id, facts)| facts.iter().map(move |fact: &Fact| (id, fact)));
    let count = usize::try_from(summaries.examples.invented_count).unwrap_or(usize::MAX);
    if count == 0 {
        return String::new();
    }
    let mut table = Table::new([
        ("document", Align::Left),
        ("kind", Align::Left),
        ("invented", Align::Left),
        ("value", Align::Left),
        ("place in the summary", Align::Right),
    ]);
    for (id, fact) in invented.take(MOST_INVENTED) {
        let place = format!("{}–{}", fact.start, fact.end);
        table.row([
            inert::name(id),
            fact.kind.to_string(),
            inert::excerpt(&fact.text, LONGEST),
            inert::excerpt(&fact.value, LONGEST),
            place,
        ]);
    }
    let shown = if count > MOST_INVENTED { format!(", the first {MOST_INVENTED}") } else { String::new() };
    format!("{} that the source does not have{shown}:\n\n{}\n", counted(count, "fact"), table.render())
}

fn example(document: &Example) -> String {
    let mut lines = vec![format!("**{}** ({})\n", inert::name(&document.id), three_places(document.value))];
    for fate in Fate::ALL {
        let of: Vec<String> = document
            .ngrams
            .iter()
            .filter(|ngram| ngram.fate == fate)
            .map(|ngram| format!("“{}”", inert::excerpt(&ngram.text, LONGEST)))
            .collect();
        if !of.is_empty() {
            lines.push(format!("- {}: {}", fate.as_str(), of.join(", ")));
        }
    }
    lines.extend(key_points(&document.key_points));
    let facts: Vec<String> = document
        .facts
        .iter()
        .take(MOST_FACTS)
        .map(|fact| {
            let text = inert::excerpt(&fact.text, LONGEST);
            if fact.invented { format!("**{text}**") } else { text }
        })
        .collect();
    if !facts.is_empty() {
        lines.push(format!("- facts, those that the source lacks in bold: {}", facts.join(", ")));
    }
    format!("{}\n", lines.join("\n"))
}

/// Returns list items for the key points that a summary supports, each with its evidence sentence,
/// and for those that it misses.
fn key_points(points: &[Item]) -> Vec<String> {
    let text = |item: &Item| inert::excerpt(item.gold.as_ref().map_or("", |side| &side.text), LONGEST);
    let carried = points.iter().filter(|item| item.class == Class::Correct).map(|item| {
        let by = item.evidence.as_deref().map(|sentence| format!(" by “{}”", inert::excerpt(sentence, LONGEST)));
        format!("- key point carried: {}{}", text(item), by.unwrap_or_default())
    });
    let missed = points.iter().filter(|item| item.class == Class::Missed);
    let missed = missed.map(|item| format!("- key point missed: {}", text(item)));
    carried.take(MOST_POINTS).chain(missed.take(MOST_POINTS)).collect()
}
