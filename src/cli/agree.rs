//! `karat agree`: agreement between annotators, with a worklist of their differences.

use std::collections::{BTreeMap, BTreeSet};

use karat::agree::{coefficients, not_computed, pairwise};
use karat::corpus::{ReadAs, load_annotators, load_documents};
use karat::document::{Annotator, Layer};
use karat::error::{Diagnostic, Error};
use karat::format::Annotators;
use karat::metric::MetricName;
use karat::report::{Agreement, decimals, three_places, without_formulas};
use karat::score::{Figure, accept_annotators};
use karat::stats::Interval;
use karat::store::Staging;
use karat::text::shown_name;

use super::plan::AgreePlan;
use super::printing::is_csv_safe;
use super::styled_text::StyledText;
use super::{exit, notes, output, table, texts};

pub(super) fn execute(plan: AgreePlan) -> Result<u8, Error> {
    let AgreePlan { annotators, documents, accepts_missing, settings, worklist, format } = plan;
    let documents = documents.as_deref().map(|path| load_documents(path).into_result());
    let documents = documents.transpose().map_err(Error::Input)?;
    let mut read_as = ReadAs::default();
    if annotators.len() == 1 {
        read_as.export.annotators = Annotators::All;
    }
    let loaded = load_annotators(&annotators, documents.as_ref(), &read_as);
    notes::of_reading([&read_as.notes]);
    let annotators = loaded?;
    accept_annotators(&annotators, accepts_missing, &settings)?;
    lacking(&annotators).iter().for_each(|note| output::note(note));
    not_labelled(&annotators).iter().for_each(|note| output::note(note));
    let pairs = pairwise(&annotators, &settings);
    let coefficients = coefficients(&annotators, &settings);
    let not_computed = not_computed(&annotators, &settings);
    let agreement = Agreement { annotators, pairs, coefficients, not_computed };
    if agreement.pairs.iter().all(|pair| pair.scores.layers.is_empty()) {
        let diagnostic = Diagnostic::new("no layer was labelled by two annotators in the same document");
        return Err(Error::NothingSelected(diagnostic.help("an absent layer was not labelled; an empty list was")));
    }
    if let Some(note) = agreement.not_computed_note() {
        output::note(&format!("note: {note}\n"));
    }
    if let Some(file) = &worklist {
        let mut staging = Staging::default();
        let rows = agreement.worklist(&settings, !texts::are_withheld());
        let rows = if is_csv_safe() { without_formulas(&rows) } else { rows };
        staging.add(file, rows.as_bytes())?;
        staging.commit()?;
        output::note(&format!("worklist: {}\n", file.display()));
    }
    format.print(&agreement, || tables(&agreement))?;
    Ok(exit::PASS)
}

/// Returns a note for each annotator who lacks documents of other annotators. The units of these
/// documents are missing data.
fn lacking(annotators: &[Annotator]) -> Vec<String> {
    let all: BTreeSet<&String> = annotators.iter().flat_map(|annotator| annotator.documents.keys()).collect();
    let note = |annotator: &Annotator| {
        let (has, of) = (annotator.documents.len(), all.len());
        let note =
            format!("note: {} lacks {} of {of} documents, which are missing data for it\n", annotator.name, of - has);
        (has < of).then_some(note)
    };
    annotators.iter().filter_map(note).collect()
}

/// Returns a note for each layer that an annotator did not label in some documents. Such documents
/// are not compared on that layer.
fn not_labelled(annotators: &[Annotator]) -> Vec<String> {
    // The number of documents in which each annotator labelled each layer.
    let labelled = |annotator: &Annotator| {
        let mut labelled: BTreeMap<Layer, usize> = BTreeMap::new();
        let layers = annotator.documents.values().flat_map(|reference| reference.gold.layers());
        layers.for_each(|layer| *labelled.entry(layer).or_default() += 1);
        labelled
    };
    let labelled: Vec<BTreeMap<Layer, usize>> = annotators.iter().map(labelled).collect();
    let all: BTreeSet<&Layer> = labelled.iter().flat_map(BTreeMap::keys).collect();
    let mut notes = Vec::new();
    for (annotator, labelled) in annotators.iter().zip(&labelled) {
        for layer in &all {
            let lacking = annotator.documents.len() - labelled.get(*layer).copied().unwrap_or_default();
            if lacking > 0 {
                let of = annotator.documents.len();
                notes.push(format!("note: {} did not label {layer} in {lacking} of {of} documents\n", annotator.name));
            }
        }
    }
    notes
}

/// Renders F1 for each pair of annotators and layer, with labels only under the layer's first
/// metric; then the coefficients, one row for each kind of unit.
fn tables(agreement: &Agreement) -> StyledText {
    let mut parts = Vec::new();
    for pair in &agreement.pairs {
        let title = format!("{} and {}", shown_name(&pair.first), shown_name(&pair.second));
        let header = [title.as_str(), "F1", "95 % interval", "items", "documents"];
        let mut rows = table::new(header).optional(&["documents", "items"]);
        for layer in &pair.scores.layers {
            let first = layer.figures.first().map(|figure| &figure.name.metric);
            let is_shown = |name: &MetricName| name.label.is_none() || Some(&name.metric) == first;
            let figures =
                layer.figures.iter().filter(|figure| figure.name.stat == "f1" && figure.name.average.is_none());
            for figure in figures.filter(|figure| is_shown(&figure.name)) {
                rows.add_row([
                    figure.name.to_string(),
                    three_places(figure.value),
                    interval(figure.interval),
                    items(figure),
                    figure.documents.to_string(),
                ]);
            }
        }
        parts.push(table::render(&rows));
    }
    let names: Vec<&str> = agreement.coefficients.iter().flat_map(|of| &of.coefficients).map(|c| c.name).fold(
        Vec::new(),
        |mut names, name| {
            if !names.contains(&name) {
                names.push(name);
            }
            names
        },
    );
    let mut rows = table::new(["above chance", "units"].into_iter().chain(names.iter().copied())).grid();
    for of in &agreement.coefficients {
        let label = of.label.as_ref().map(|label| format!("[{label}]")).unwrap_or_default();
        let value = |name: &&str| {
            let of_name = of.coefficients.iter().find(|coefficient| coefficient.name == *name);
            of_name.map_or_else(String::new, |coefficient| three_places(coefficient.value))
        };
        let start = [format!("{}{label}", of.what), of.units.to_string()];
        rows.add_row(start.into_iter().chain(names.iter().map(value)));
    }
    if !agreement.coefficients.is_empty() {
        parts.push(table::render(&rows));
    }
    StyledText::joined(parts)
}

/// Renders the numbers of items of the first and the second annotator, such as `12/10`.
fn items(figure: &Figure) -> String {
    let second =
        figure.counts.zip(figure.predicted).map_or_else(|| "–".to_owned(), |(_, predicted)| predicted.to_string());
    let first = figure.counts.map_or(figure.gold, |counts| counts.possible());
    format!("{first}/{second}")
}

fn interval(interval: Option<Interval>) -> String {
    let ends = |Interval { low, high }: Interval| format!("[{}, {}]", decimals(low, 3), decimals(high, 3));
    interval.map_or_else(|| "–".to_owned(), ends)
}
