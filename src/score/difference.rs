//! Explains where the scores of a preset differ from karat's own on the same input, item by item.

use std::collections::{BTreeMap, BTreeSet};

use super::{Scores, Settings, System, score};
use crate::document::{Annotations, Layer, Reference, Status};
use crate::metric::{Case, Item, Side};
use crate::preset::{Preset, PresetDifference};

/// Two figures that differ by less than this are considered equal up to rounding.
const ROUNDING: f64 = 1e-12;

/// A figure for which the preset and karat give different values.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureDifference {
    /// The name of the figure.
    pub metric: String,
    /// karat's value; `None` if it is undefined or karat has no such figure.
    pub karat: Option<f64>,
    /// The preset's value; `None` if it is undefined.
    pub preset: Option<f64>,
    /// Why the figure may differ even if no item does.
    pub why: Option<&'static str>,
}

/// An item for which the preset and karat give different outcomes.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemDifference {
    /// The document id.
    pub document: String,
    /// The layer.
    pub layer: Layer,
    /// The gold side, if the difference concerns one.
    pub gold: Option<Side>,
    /// The predicted side, if the difference concerns one.
    pub predicted: Option<Side>,
    /// How karat counts the item, in words.
    pub karat: String,
    /// How the preset counts the item, in words.
    pub preset: String,
    /// Why they differ.
    pub why: String,
}

/// All differences between a preset and karat.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Differences {
    /// The differing figures, in the order of the preset's report.
    pub figures: Vec<FigureDifference>,
    /// The differing items, by document, layer and span.
    pub items: Vec<ItemDifference>,
}

impl Differences {
    /// Removes the texts of the items. Offsets, labels and ids remain.
    pub fn withhold_texts(&mut self) {
        let sides = self.items.iter_mut().flat_map(|item| item.gold.iter_mut().chain(&mut item.predicted));
        sides.for_each(|side| side.text.clear());
    }
}

/// Scores a system by karat's definitions and by those of a preset, and returns the differences.
pub fn differences(
    references: &BTreeMap<String, Reference>,
    system: &System,
    settings: &Settings,
    preset: &'static Preset,
) -> Differences {
    let karat = score(references, system, &Settings { preset: None, ..settings.clone() });
    let theirs = score(references, system, &Settings { preset: Some(preset), ..settings.clone() });
    let figures = compare_figures(&karat, &theirs, preset);
    let nothing = Annotations::default();
    let mut items = Vec::new();
    for layer in &theirs.layers {
        let Some(ours) = karat.layers.iter().find(|ours| ours.layer == layer.layer) else { continue };
        let ids: BTreeSet<&String> = layer.documents.keys().chain(ours.documents.keys()).collect();
        for id in ids {
            let Some(reference) = references.get(id) else { continue };
            let answer = system.answers.get(id).filter(|answer| answer.status == Status::Ok);
            let case = Case {
                document: reference.document.as_ref(),
                gold: &reference.gold,
                predicted: answer.map_or(&nothing, |answer| &answer.annotations),
                options: &settings.options,
            };
            let of = |documents: &BTreeMap<String, super::DocumentScores>| {
                documents.get(id).map(|document| document.items.clone()).unwrap_or_default()
            };
            let (ours, theirs) = (of(&ours.documents), of(&layer.documents));
            for row in compare_items(&ours, &theirs) {
                let difference = PresetDifference {
                    layer: &layer.layer,
                    case: &case,
                    gold: row.gold,
                    predicted: row.predicted,
                    karat: row.karat.first().copied(),
                    preset: row.preset.first().copied(),
                    items: &theirs,
                };
                items.push(ItemDifference {
                    document: id.clone(),
                    layer: layer.layer.clone(),
                    gold: row.gold.cloned(),
                    predicted: row.predicted.cloned(),
                    karat: row.describe(&row.karat),
                    preset: row.describe(&row.preset),
                    why: preset.reasons.of_item(&difference),
                });
            }
        }
    }
    items.sort_by(|a, b| a.document.cmp(&b.document));
    Differences { figures, items }
}

fn compare_figures(karat: &Scores, theirs: &Scores, preset: &Preset) -> Vec<FigureDifference> {
    let ours: BTreeMap<String, Option<f64>> =
        karat.figures().map(|figure| (figure.name.to_string(), figure.value)).collect();
    let differs = |figure: &&super::Figure| match (ours.get(&figure.name.to_string()), figure.value) {
        (None, _) | (Some(None), Some(_)) | (Some(Some(_)), None) => true,
        (Some(None), None) => false,
        (Some(Some(a)), Some(b)) => (a - b).abs() > ROUNDING,
    };
    let row = |figure: &super::Figure| {
        let metric = figure.name.to_string();
        let why = match (ours.get(&metric), figure.value) {
            (None, _) => Some("karat has no such figure without the preset"),
            (Some(None), Some(_)) => Some("karat leaves undefined what has nothing to divide by"),
            _ => preset.reasons.of_figure(&figure.name),
        };
        FigureDifference { karat: ours.get(&metric).copied().flatten(), preset: figure.value, why, metric }
    };
    theirs.figures().filter(differs).map(row).collect()
}

/// One difference, with the items of each scoring that involve it.
struct DifferenceRow<'a> {
    gold: Option<&'a Side>,
    predicted: Option<&'a Side>,
    karat: Vec<&'a Item>,
    preset: Vec<&'a Item>,
}

impl DifferenceRow<'_> {
    /// Describes the classes of the items and, for pairs, the partner that the row does not show.
    fn describe(&self, items: &[&Item]) -> String {
        let words = |item: &&Item| {
            let hidden = match (&item.gold, &item.predicted) {
                (Some(gold), Some(predicted)) if self.gold != Some(gold) => {
                    (self.predicted == Some(predicted)).then_some(gold)
                }
                (Some(_), Some(predicted)) if self.predicted != Some(predicted) => Some(predicted),
                _ => None,
            };
            hidden
                .map_or_else(|| item.class.to_string(), |side| format!("{} with {}", item.class, span_and_label(side)))
        };
        let mut words: Vec<String> = items.iter().map(words).collect();
        words.dedup();
        if words.is_empty() { "not counted".to_owned() } else { words.join(", ") }
    }
}

/// Formats a side as `5..14 PERSON`, omitting what it lacks.
fn span_and_label(side: &Side) -> String {
    let span = side.span.map(|(start, end)| format!("{start}..{end}"));
    let parts = [span, Some(side.label.clone()).filter(|label| !label.is_empty())];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { format!("“{}”", side.text) } else { parts.join(" ") }
}

/// Identifies one side of an item: whether it is gold, its span, its label and its text.
type ItemSideKey<'a> = (bool, Option<(u32, u32)>, &'a str, &'a str);

fn key(gold: bool, side: &Side) -> ItemSideKey<'_> {
    (gold, side.span, &side.label, &side.text)
}

/// Returns the sides whose outcomes differ. Items that both scorings have cancel out. A pair that
/// only one scoring made is one row if the other scoring left both sides unpaired; otherwise each
/// side is a row of its own.
fn compare_items<'a>(karat: &'a [Item], preset: &'a [Item]) -> Vec<DifferenceRow<'a>> {
    let karat = without_common(karat, preset);
    let sides = sides_of(&karat.1);
    let theirs = sides_of(&karat.0);
    let mut rows = Vec::new();
    let mut done: BTreeSet<ItemSideKey<'_>> = BTreeSet::new();
    let single = |side: ItemSideKey<'_>, of: &BTreeMap<ItemSideKey<'a>, Vec<&'a Item>>| {
        of.get(&side).is_some_and(|items| items.iter().all(|item| item.gold.is_none() || item.predicted.is_none()))
    };
    // Pairs that only one of the scorings made, if the other left both sides unpaired.
    for (own, other, is_karat) in [(&karat.0, &sides, true), (&karat.1, &theirs, false)] {
        for &item in own {
            let (Some(gold), Some(predicted)) = (&item.gold, &item.predicted) else { continue };
            let (g, p) = (key(true, gold), key(false, predicted));
            let apart = single(g, other) && single(p, other);
            let together =
                other.get(&g).is_some_and(|items| items.iter().all(|item| item.predicted.as_ref() == Some(predicted)));
            if (apart || together) && !done.contains(&g) && !done.contains(&p) {
                let mut answers = other[&g].clone();
                if apart {
                    answers.extend(&other[&p]);
                }
                done.extend([g, p]);
                let (karat, preset) = if is_karat { (vec![item], answers) } else { (answers, vec![item]) };
                rows.push(DifferenceRow { gold: Some(gold), predicted: Some(predicted), karat, preset });
            }
        }
    }
    let keys: BTreeSet<ItemSideKey<'_>> = sides.keys().chain(theirs.keys()).copied().collect();
    for side in keys.into_iter().filter(|side| !done.contains(side)) {
        let of = |items: &BTreeMap<ItemSideKey<'a>, Vec<&'a Item>>| items.get(&side).cloned().unwrap_or_default();
        let (karat, preset) = (of(&theirs), of(&sides));
        let item = karat.first().or(preset.first()).copied();
        let (gold, predicted) = item.map_or((None, None), |item| (item.gold.as_ref(), item.predicted.as_ref()));
        let (gold, predicted) = if side.0 { (gold, None) } else { (None, predicted) };
        rows.push(DifferenceRow { gold, predicted, karat, preset });
    }
    let at = |row: &DifferenceRow<'_>| row.gold.or(row.predicted).and_then(|side| side.span);
    rows.sort_by_key(|row| (at(row), row.gold.is_none()));
    rows
}

/// Returns the items that only karat has and those that only the preset has.
fn without_common<'a>(karat: &'a [Item], preset: &'a [Item]) -> (Vec<&'a Item>, Vec<&'a Item>) {
    let mut left: BTreeMap<_, Vec<&Item>> = BTreeMap::new();
    let whole = |item: &'a Item| {
        (
            item.gold.as_ref().map(|side| key(true, side)),
            item.predicted.as_ref().map(|side| key(false, side)),
            item.class,
        )
    };
    for item in preset {
        left.entry(whole(item)).or_default().push(item);
    }
    let ours = karat.iter().filter(|item| left.get_mut(&whole(item)).and_then(Vec::pop).is_none()).collect();
    (ours, left.into_values().flatten().collect())
}

fn sides_of<'a>(items: &[&'a Item]) -> BTreeMap<ItemSideKey<'a>, Vec<&'a Item>> {
    let mut sides: BTreeMap<ItemSideKey<'a>, Vec<&'a Item>> = BTreeMap::new();
    for &item in items {
        let gold = item.gold.as_ref().map(|side| key(true, side));
        for side in gold.into_iter().chain(item.predicted.as_ref().map(|side| key(false, side))) {
            sides.entry(side).or_default().push(item);
        }
    }
    sides
}

#[cfg(test)]
mod tests {
    use super::{DifferenceRow, compare_items};
    use crate::metric::{Class, Item, Side};

    fn side(start: u32, label: &str) -> Side {
        Side { span: Some((start, start + 5)), label: label.to_owned(), text: String::new() }
    }

    fn pair(class: Class, gold: u32, predicted: u32) -> Item {
        Item::pair(class, side(gold, "A"), side(predicted, "A"))
    }

    fn described(rows: &[DifferenceRow<'_>]) -> Vec<(Option<u32>, Option<u32>, String, String)> {
        let start = |side: Option<&Side>| side.and_then(|side| side.span).map(|span| span.0);
        rows.iter()
            .map(|row| (start(row.gold), start(row.predicted), row.describe(&row.karat), row.describe(&row.preset)))
            .collect()
    }

    #[test]
    fn equal_scorings_differ_in_nothing() {
        let items = [pair(Class::Correct, 0, 0), Item::missed(side(9, "A")), Item::missed(side(9, "A"))];
        assert!(compare_items(&items, &items).is_empty());
    }

    #[test]
    fn a_pair_that_one_side_leaves_apart_is_one_row() {
        let karat = [pair(Class::Misbounded, 0, 3)];
        let apart = [Item::missed(side(0, "A")), Item::spurious(Class::Spurious, side(3, "A"))];
        let row = |a: &str, b: &str| vec![(Some(0), Some(3), a.to_owned(), b.to_owned())];
        assert_eq!(described(&compare_items(&karat, &apart)), row("misbounded", "missed, spurious"));
        assert_eq!(described(&compare_items(&apart, &karat)), row("missed, spurious", "misbounded"));
    }

    #[test]
    fn other_partners_are_named() {
        let karat = [pair(Class::Correct, 0, 0), Item::spurious(Class::Spurious, side(3, "A"))];
        let preset = [pair(Class::Misbounded, 0, 3), Item::spurious(Class::Spurious, side(0, "A"))];
        let rows = compare_items(&karat, &preset);
        let row = |gold, predicted, a: &str, b: &str| (gold, predicted, a.to_owned(), b.to_owned());
        assert_eq!(
            described(&rows),
            [
                row(Some(0), None, "correct with 0..5 A", "misbounded with 3..8 A"),
                row(None, Some(0), "correct with 0..5 A", "spurious"),
                row(None, Some(3), "spurious", "misbounded with 0..5 A"),
            ]
        );
    }

    #[test]
    fn a_copy_that_is_dropped_is_not_counted() {
        let copy = Item::spurious(Class::Duplicate, side(0, "A"));
        let karat = [pair(Class::Correct, 0, 0), copy];
        let rows = compare_items(&karat, &karat[..1]);
        assert_eq!(described(&rows), [(None, Some(0), "duplicate".to_owned(), "not counted".to_owned())]);
    }
}
