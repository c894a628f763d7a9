//! The section of worked summaries: of each summarizer, the summary with the lowest score beside
//! its reference, with the words, key points and facts that explain the score.

use super::super::{ExtractorReport, Report, three_places};
use super::inert;
use super::page::source;
use crate::document::Layer;
use crate::metric::source::Fact;
use crate::metric::summary::Fate;
use crate::metric::{Class, Item};
use crate::score::{Example, LayerScores, SummaryTexts, headline_figure};

/// The maximum number of summarizers.
const MOST_SYSTEMS: usize = 4;
/// The maximum number of summaries shown of a summarizer that is the only one.
const MOST_ALONE: usize = 2;
/// The maximum number of invented facts listed for each extractor.
const MOST_INVENTED: usize = 10;
/// The maximum number of carried, and of missed, key points shown for each document.
const MOST_POINTS: usize = 5;
/// The maximum length of a summary, in code points.
const LONGEST_SUMMARY: usize = 300;
/// The maximum length of a key point or of a fact, in code points.
const LONGEST: usize = 120;

pub(super) fn section(report: &Report) -> String {
    let summarizers: Vec<_> = report
        .extractors
        .iter()
        .filter_map(|extractor| Some((extractor, layer(extractor, &Layer::Summaries)?)))
        .filter(|(_, summaries)| summaries.examples.summaries.iter().next().is_some())
        .collect();
    let most = if summarizers.len() == 1 { MOST_ALONE } else { 1 };
    // The summarizers with the highest headline figures are shown, in the order of the report.
    let value = |summaries: &LayerScores| headline_figure(summaries).and_then(|figure| figure.value).unwrap_or(-1.0);
    let mut highest: Vec<usize> = (0..summarizers.len()).collect();
    highest.sort_by(|a, b| value(summarizers[*b].1).total_cmp(&value(summarizers[*a].1)));
    highest.truncate(MOST_SYSTEMS);
    highest.sort_unstable();
    let parts: Vec<String> = highest.iter().map(|at| of_extractor(summarizers[*at], most)).collect();
    if parts.is_empty() {
        return String::new();
    }
    let source = source(report, "facts.csv", "the facts of all summaries");
    format!(
        "## Worked summaries\n\nOf every summarizer, the summary that scores lowest, with pairs of words and words that it shares \
         with the best reference (matched), that only the reference has (missed), that the source has and no reference (extra), and \
         that neither has (invented){source}.\n\n{}",
        parts.join("\n")
    )
}

fn layer<'r>(extractor: &'r ExtractorReport, layer: &Layer) -> Option<&'r LayerScores> {
    extractor.scores.layers.iter().find(|scores| scores.layer == *layer)
}

fn of_extractor((extractor, summaries): (&ExtractorReport, &LayerScores), most: usize) -> String {
    let examples = summaries.examples.summaries.iter().take(most).map(|document| example(extractor, document));
    examples.collect::<Vec<_>>().join("\n") + &invented(summaries)
}

/// Returns a list item with the facts that an extractor invented in all of its summaries.
fn invented(summaries: &LayerScores) -> String {
    let facts = summaries.examples.invented.iter();
    let invented = facts.flat_map(|(id, facts)| facts.iter().map(move |fact: &Fact| (id, fact)));
    let count = usize::try_from(summaries.examples.invented_count).unwrap_or(usize::MAX);
    if count == 0 {
        return String::new();
    }
    let mut shown: Vec<String> = invented
        .take(MOST_INVENTED)
        .map(|(id, fact)| match fact.text.is_empty() {
            true => format!("{} at {}–{} in {}", fact.kind, fact.start, fact.end, inert::name(id)),
            false => format!("“{}” in {}", inert::excerpt(&fact.text, LONGEST), inert::name(id)),
        })
        .collect();
    if count > shown.len() {
        shown.push(format!("{} more", count - shown.len()));
    }
    format!("- facts in all summaries that the source lacks, {count}: {}\n", shown.join(", "))
}

fn example(extractor: &ExtractorReport, document: &Example) -> String {
    let mut lines = vec![format!(
        "### {} on {}: {}\n",
        inert::name(&extractor.name),
        inert::name(&document.id),
        three_places(document.value)
    )];
    if let Some(SummaryTexts { candidate, reference, references }) = &document.summary {
        let of = if *references > 1 { format!(", the first of {references}") } else { String::new() };
        lines.push(format!("- summary: “{}”", inert::excerpt(candidate, LONGEST_SUMMARY)));
        lines.push(format!("- reference{of}: “{}”", inert::excerpt(reference, LONGEST_SUMMARY)));
    }
    let words = Fate::ALL.into_iter().filter_map(|fate| {
        let of = document.ngrams.iter().filter(|ngram| ngram.fate == fate);
        let of: Vec<String> = of.map(|ngram| format!("“{}”", inert::excerpt(&ngram.text, LONGEST))).collect();
        (!of.is_empty()).then(|| format!("{} {}", fate.as_str(), of.join(", ")))
    });
    let words: Vec<String> = words.collect();
    if !words.is_empty() {
        lines.push(format!("- words: {}", words.join("; ")));
    }
    lines.extend(key_points(&document.key_points));
    let invented: Vec<String> = document
        .facts
        .iter()
        .filter(|fact| fact.invented)
        .map(|fact| format!("**{}**", inert::excerpt(&fact.text, LONGEST)))
        .collect();
    if !invented.is_empty() {
        lines.push(format!("- facts, {}; the source lacks {}", document.facts.len(), invented.join(", ")));
    }
    format!("{}\n", lines.join("\n"))
}

/// Returns list items for the key points that a summary carries, carries in part, and misses.
fn key_points(points: &[Item]) -> Vec<String> {
    let of = |class: Class, verdict: &str| {
        let of_class: Vec<&Item> = points.iter().filter(|item| item.class == class).collect();
        let text = |item: &&Item| inert::excerpt(item.gold.as_ref().map_or("", |side| &side.text), LONGEST);
        let mut texts: Vec<String> = of_class.iter().take(MOST_POINTS).map(text).collect();
        if of_class.len() > MOST_POINTS {
            texts.push(format!("{} more", of_class.len() - MOST_POINTS));
        }
        (!texts.is_empty()).then(|| format!("- key points {verdict}, {}: {}", of_class.len(), texts.join(" · ")))
    };
    let verdicts = [(Class::Correct, "carried"), (Class::Partial, "carried in part"), (Class::Missed, "missed")];
    verdicts.into_iter().filter_map(|(class, verdict)| of(class, verdict)).collect()
}
