//! The section of worked errors: those of the best extractor of each layer, with their context.
//!
//! Errors with the same texts and labels on both sides are one entry with their number, so that a
//! name that is missed in every document takes one entry and not all of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::super::context::around;
use super::super::model::best;
use super::super::{ExtractorReport, Report};
use super::inert;
use super::interleave::alternating;
use super::page::source;
use crate::corpus::GoldLabel;
use crate::document::{Document, Layer};
use crate::metric::{Class, Item, Side};
use crate::score::{FirstDocuments, LayerScores};
use crate::text::shown_name;

/// The maximum number of entries.
const MOST: usize = 12;
/// The maximum number of locations shown for each entry.
const MOST_LOCATIONS: usize = 3;
/// The maximum length of text, in code points.
const LONGEST: usize = 100;

/// The errors of an extractor on a layer that have the same texts and labels.
struct Group<'r> {
    extractor: &'r str,
    layer: &'r Layer,
    /// The documents and items, in the order of the documents.
    errors: Vec<(&'r str, &'r Item)>,
}

pub(super) fn section(report: &Report) -> String {
    let best: Vec<_> = report.layers().into_iter().filter_map(|layer| best(report, layer)).collect();
    let queues: Vec<Vec<Group<'_>>> = best.iter().flat_map(|(extractor, scores)| by_class(extractor, scores)).collect();
    let all: u64 = best.iter().map(|(_, scores)| scores.items.wrong()).sum();
    let kept: usize = queues.iter().flatten().map(|group| group.errors.len()).sum();
    let chosen = in_turn(queues);
    if chosen.is_empty() {
        return String::new();
    }
    let shown: usize = chosen.iter().map(|group| group.errors.len()).sum();
    let sample = match all > kept as u64 {
        true => " Of each outcome, the first 50 documents with such errors are looked at, with at most 20 errors each.",
        false => "",
    };
    let entries: Vec<String> = (1..).zip(&chosen).map(|(number, group)| entry(report, number, group)).collect();
    let source = source(report, "alignment.csv", "every item");
    format!(
        "## Worked errors\n\n{shown} of {all} errors of the best extractor of each layer, each outcome in turn{source}. Errors \
         with the same texts and labels are one entry.{sample} In the context, **bold** is gold and ⟦brackets⟧ are predicted.\n\n{}",
        entries.concat()
    )
}

/// Returns the entry of a group: its outcome, extractor and number of errors, the gold and
/// predicted sides, and the locations; then the context of the first.
fn entry(report: &Report, number: usize, group: &Group<'_>) -> String {
    let Some((document, item)) = group.errors.first().copied() else { return String::new() };
    let class = match item.class {
        Class::MislabelledMisbounded => "mislabelled and misbounded",
        Class::WrongValue => "wrong value",
        class => class.as_str(),
    };
    let what = format!("{class} in {}", shown_name(&group.layer.to_string()));
    let times = match group.errors.len() {
        1 => String::new(),
        times => format!(", {times} times"),
    };
    let side = |side: &Side| show(side, group.layer);
    let sides = match (&item.gold, &item.predicted) {
        (Some(gold), Some(predicted)) => format!("gold {}, predicted {}", side(gold), side(predicted)),
        (Some(gold), None) => format!("gold {}", side(gold)),
        (None, predicted) => format!("predicted {}", predicted.as_ref().map(side).unwrap_or_default()),
    };
    let carrier = item.evidence.as_ref().map(|text| format!(", carried by “{}”", inert::excerpt(text, LONGEST)));
    let ground = item.ground.as_ref().map(|ground| format!(" ({})", inert::escape(ground)));
    let sides = sides + &carrier.unwrap_or_default() + &ground.unwrap_or_default();
    let context = report.texts.get(document).and_then(|document| context(document, item));
    let context = context.map(|text| format!("    > {text}\n")).unwrap_or_default();
    format!(
        "{number}. **{}** by {}{times}: {sides}; {}\n{context}",
        inert::escape(&what),
        inert::name(group.extractor),
        locations(report, group)
    )
}

/// Returns the first documents of a group, each with the file and the line of its golden label.
fn locations(report: &Report, group: &Group<'_>) -> String {
    let mut found: Vec<String> = Vec::new();
    for (id, item) in &group.errors {
        let location = location(report, group.layer, id, item);
        if !found.contains(&location) {
            found.push(location);
        }
    }
    let more = found.len().saturating_sub(MOST_LOCATIONS);
    found.truncate(MOST_LOCATIONS);
    if more > 0 {
        found.push(format!("{more} more"));
    }
    found.join(", ")
}

/// Returns `golden/x.json:12` for an error in a document `x`, and names the document beside a file
/// of another name. A spurious prediction has the file in which its label is missing.
fn location(report: &Report, layer: &Layer, id: &str, item: &Item) -> String {
    let Some(places) = report.gold.get(id).and_then(|gold| gold.places.as_ref()) else { return inert::name(id) };
    let line = match &item.gold {
        Some(gold) => {
            let record = item.records[0];
            places
                .clone()
                .take_line(layer, &GoldLabel { span: gold.span, label: &gold.label, text: &gold.text, record })
        }
        None => places.line,
    };
    let path = &places.file;
    let path = inert::code(&line.map_or_else(|| path.clone(), |line| format!("{path}:{line}")));
    let name = places.file.rsplit('/').next().unwrap_or_default();
    let is_named = name.strip_prefix(id).is_some_and(|rest| rest.starts_with('.'));
    if is_named { path } else { format!("{} ({path})", inert::name(id)) }
}

/// Returns the groups of each outcome, the largest first.
fn by_class<'r>(extractor: &'r ExtractorReport, scores: &'r LayerScores) -> Vec<Vec<Group<'r>>> {
    let of_class = |first: &'r FirstDocuments<Item>| {
        let documents = first.iter().map(|(id, items)| items.iter().map(move |item| (id, item)));
        let mut numbers: BTreeMap<_, usize> = BTreeMap::new();
        let mut groups: Vec<Group<'r>> = Vec::new();
        for (id, item) in alternating(documents) {
            let number = *numbers.entry(form(id, item)).or_insert(groups.len());
            if number == groups.len() {
                groups.push(Group { extractor: &extractor.name, layer: &scores.layer, errors: Vec::new() });
            }
            groups[number].errors.push((id, item));
        }
        groups.iter_mut().for_each(|group| group.errors.sort_by_key(|(id, _)| *id));
        groups.sort_by_key(|group| Reverse(group.errors.len()));
        groups
    };
    scores.examples.errors.values().map(of_class).collect()
}

/// A label and a text; for texts that are withheld, the document and the span in it.
type Form<'r> = (&'r str, &'r str, Option<(&'r str, Option<(u32, u32)>)>);

/// Returns what the errors of a group have in common: the forms of both sides.
fn form<'r>(id: &'r str, item: &'r Item) -> [Option<Form<'r>>; 2] {
    [&item.gold, &item.predicted].map(|side| {
        let side = side.as_ref()?;
        let withheld = side.text.is_empty().then_some((id, side.span));
        Some((side.label.as_str(), side.text.as_str(), withheld))
    })
}

/// Takes at most `MOST` groups, one from each queue in turn, and returns them in the order of the
/// queues.
fn in_turn(queues: Vec<Vec<Group<'_>>>) -> Vec<Group<'_>> {
    let mut shares = vec![0; queues.len()];
    let mut left = MOST;
    while left > 0 {
        let open: Vec<usize> = (0..queues.len()).filter(|&at| shares[at] < queues[at].len()).take(left).collect();
        if open.is_empty() {
            break;
        }
        left -= open.len();
        for at in open {
            shares[at] += 1;
        }
    }
    queues.into_iter().zip(shares).flat_map(|(queue, share)| queue.into_iter().take(share)).collect()
}

fn show(side: &Side, layer: &Layer) -> String {
    let text = match (side.span, layer) {
        // The text is unknown or withheld.
        (Some((start, end)), _) if side.text.is_empty() => format!("{start}–{end}"),
        (_, Layer::Records(_)) => format!("“{}”", inert::value(&side.text, LONGEST)),
        _ => format!("“{}”", inert::excerpt(&side.text, LONGEST)),
    };
    if side.label.is_empty() { text } else { format!("{text} {}", inert::code(&side.label)) }
}

/// Returns the spans of an item in their context: the gold one in bold, the predicted one in
/// brackets.
fn context(document: &Document, item: &Item) -> Option<String> {
    let span = |side: &Option<Side>| side.as_ref().and_then(|side| side.span);
    let (gold, predicted) = (span(&item.gold), span(&item.predicted));
    let shown = around(document, gold.or(predicted)?)?;
    let (before, after) = (inert::prose(&shown.before), inert::continued_prose(&shown.after));
    let range = inert::excerpt(&shown.range, LONGEST);
    let (Some(gold), Some(predicted)) = (gold, predicted) else {
        let range = if gold.is_some() { format!("**{range}**") } else { format!("⟦{range}⟧") };
        return Some(format!("{before}{range}{after}"));
    };
    let both = (gold.0.min(predicted.0), gold.1.max(predicted.1));
    if gold == predicted || both.1 - both.0 > LONGEST as u32 {
        let range = if gold == predicted { format!("⟦**{range}**⟧") } else { format!("**{range}**") };
        return Some(format!("{before}{range}{after}"));
    }
    let shown = around(document, both)?;
    // Marks at the same position keep this order, so that the span that begins first, or is longer,
    // encloses the other, and spans that only touch do not overlap.
    let (bold, brackets) = ([(gold.0, "**"), (gold.1, "**")], [(predicted.0, "⟦"), (predicted.1, "⟧")]);
    let is_gold_first = (gold.0, Reverse(gold.1)) < (predicted.0, Reverse(predicted.1));
    let (first, second) = if is_gold_first { (bold, brackets) } else { (brackets, bold) };
    let mut marks = match first[1].0 <= second[0].0 {
        true => [first[0], first[1], second[0], second[1]],
        false => [first[0], second[0], second[1], first[1]],
    };
    marks.sort_by_key(|(at, _)| *at);
    let mut text = inert::prose(&shown.before);
    let mut from = both.0;
    for (at, mark) in marks {
        let part = document.slice(from, at)?.replace(['\n', '\r', '\t'], " ");
        text.push_str(&inert::continued_prose(&part));
        text.push_str(mark);
        from = at;
    }
    Some(text + &inert::continued_prose(&shown.after))
}

#[cfg(test)]
mod tests {
    use super::context;
    use crate::document::Document;
    use crate::metric::{Class, Item, Side};

    #[test]
    fn both_spans_are_marked_and_nested() {
        let document = Document::new("a", "Dr Ada Byron of Rome wrote.");
        let side = |span| Side { span: Some(span), label: String::new(), text: String::new() };
        let shown = |gold, predicted| context(&document, &Item::pair(Class::Misbounded, side(gold), side(predicted)));
        let expected = [
            ((3, 12), (3, 12), "Dr ⟦**Ada Byron**⟧ of Rome wrote."),
            ((3, 12), (7, 12), "Dr **Ada ⟦Byron⟧** of Rome wrote."),
            ((3, 12), (3, 6), "Dr **⟦Ada⟧ Byron** of Rome wrote."),
            ((7, 12), (3, 12), "Dr ⟦Ada **Byron**⟧ of Rome wrote."),
            ((3, 6), (3, 12), "Dr ⟦**Ada** Byron⟧ of Rome wrote."),
            ((3, 12), (7, 20), "Dr **Ada ⟦Byron** of Rome⟧ wrote."),
            ((3, 7), (7, 12), "Dr **Ada **⟦Byron⟧ of Rome wrote."),
            ((16, 20), (3, 6), "Dr ⟦Ada⟧ Byron of **Rome** wrote."),
        ];
        for (gold, predicted, line) in expected {
            assert_eq!(shown(gold, predicted).as_deref(), Some(line));
        }
        assert_eq!(context(&document, &Item::missed(side((3, 6)))).as_deref(), Some("Dr **Ada** Byron of Rome wrote."));
    }
}
