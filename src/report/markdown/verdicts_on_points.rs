//! The verdicts on key points: their grounds, the verdicts of the best extractor with
//! their evidence sentences, and the agreement with manual verdicts.

use super::super::model::best;
use super::super::number::with_interval;
use super::super::{ExtractorReport, Report, three_places};
use super::inert;
use super::interleave::alternating;
use super::page::source;
use super::table::{Align, Table};
use crate::document::{Layer, Support};
use crate::judge::{Correction, VerdictAgreement, verdict_of};

/// The maximum number of verdicts shown.
const MOST: usize = 8;
/// The maximum length of text in a cell, in code points.
const LONGEST: usize = 100;

pub(super) fn tables(report: &Report, layer: &Layer) -> String {
    if *layer != Layer::KeyPoints {
        return String::new();
    }
    let agreements = report.extractors.iter().filter_map(|extractor| Some((extractor, extractor.agreement.as_ref()?)));
    let agreements: String = agreements.map(|(extractor, agreement)| hand_made(extractor, agreement)).collect();
    let corrections =
        report.extractors.iter().filter_map(|extractor| Some((extractor, extractor.correction.as_ref()?)));
    let corrections: String = corrections.map(|(extractor, correction)| corrected(extractor, correction)).collect();
    shown(report, layer) + &agreements + &corrections
}

/// Returns a sentence with the number of key points of the best extractor, by the ground of the
/// verdict; empty for other layers.
pub(super) fn grounds(report: &Report, layer: &Layer) -> String {
    let Some((extractor, scores)) = best(report, layer) else { return String::new() };
    let grounds = scores.items.grounds().iter().map(|(ground, count)| format!("{} {count}", inert::name(ground)));
    let grounds: Vec<String> = grounds.collect();
    if grounds.is_empty() {
        return String::new();
    }
    format!(
        " Grounds of the verdicts that carry key points of {}: {}.",
        inert::name(&extractor.name),
        grounds.join(", ")
    )
}

/// Returns a table of verdicts of the best extractor, one document at a time in turn, so that the
/// table is not filled by a single document. If summaries are scored, the worked summaries show
/// verdicts beside them instead.
fn shown(report: &Report, layer: &Layer) -> String {
    if report.layers().contains(&Layer::Summaries) {
        return String::new();
    }
    let Some((extractor, scores)) = best(report, layer) else { return String::new() };
    let all = scores.items.all();
    if all == 0 {
        return String::new();
    }
    let columns = ["document", "key point", "verdict", "rests on", "sentence"].map(|head| (head, Align::Left));
    let mut table = Table::new(columns);
    let by_document = scores.examples.verdicts.iter().map(|(id, items)| items.iter().map(move |item| (id, item)));
    for (id, item) in alternating(by_document).into_iter().take(MOST) {
        let gold = item.gold.as_ref();
        let (label, text) = gold.map_or(("", ""), |gold| (gold.label.as_str(), gold.text.as_str()));
        let point = if label.is_empty() { String::new() } else { format!("{}: ", inert::name(label)) };
        table.row([
            inert::name(id),
            point + &inert::excerpt(text, LONGEST),
            verdict_of(item).to_string().replace('_', " "),
            inert::escape(item.ground.as_deref().unwrap_or_default()),
            item.evidence.as_deref().map(|sentence| inert::excerpt(sentence, LONGEST)).unwrap_or_default(),
        ]);
    }
    format!(
        "\n### Verdicts\n\n{} of {all} verdicts on {}{}.\n\n{}",
        all.min(MOST as u64),
        inert::name(&extractor.name),
        source(report, "alignment.csv", "every one"),
        table.render()
    )
}

fn hand_made(extractor: &ExtractorReport, agreement: &VerdictAgreement) -> String {
    let name = |support: Support| support.to_string().replace('_', " ");
    let heads = Support::ALL.map(|hand| (format!("by hand: {}", name(hand)), Align::Right));
    let mut table = Table::new([("scored".to_owned(), Align::Left)].into_iter().chain(heads));
    for used in Support::ALL {
        let count = |hand| agreement.table.get(&(used, hand)).copied().unwrap_or(0).to_string();
        table.row([name(used)].into_iter().chain(Support::ALL.map(count)));
    }
    format!(
        "\n### Agreement with hand-made verdicts\n\nOf {}, on {} key points in {} documents: the same on {}, a share of {}; \
         Cohen's kappa {}.\n\n{}",
        inert::name(&extractor.name),
        agreement.units,
        agreement.documents,
        agreement.agreeing,
        three_places(agreement.observed()),
        with_interval(agreement.kappa, agreement.interval),
        table.render()
    )
}

fn corrected(extractor: &ExtractorReport, correction: &Correction) -> String {
    let columns = [
        ("metric", Align::Left),
        ("corrected", Align::Right),
        ("judged alone", Align::Right),
        ("lambda", Align::Right),
        ("remark", Align::Left),
    ];
    let mut table = Table::new(columns);
    for (name, figure) in &correction.figures {
        let value = figure.corrected.as_ref().ok();
        table.row([
            inert::code_cell(name),
            with_interval(value.map(|value| value.value), value.and_then(|value| value.interval)),
            three_places(figure.uncorrected),
            three_places(value.and_then(|value| value.lambda)),
            match &figure.corrected {
                Ok(value) if value.is_clipped => "clipped to 0 to 1".to_owned(),
                Ok(_) => String::new(),
                Err(reason) => inert::escape_text(reason),
            },
        ]);
    }
    let [linear, quadratic] = correction.weighted_kappas.map(three_places);
    format!(
        "\n### Figures corrected by hand-made verdicts\n\nOf {}, by {} from {} documents with {} hand-made verdicts: sensitivity {}, \
         specificity {}, kappa {linear} with linear and {quadratic} with quadratic weights.\n\n{}",
        inert::name(&extractor.name),
        correction.method,
        correction.labelled_documents,
        correction.labelled_units,
        three_places(correction.accuracy.sensitivity()),
        three_places(correction.accuracy.specificity()),
        table.render()
    )
}
