//! Alignment of gold items that may be answered in several ways.
//!
//! A pair gains what the best form of the gold item gains, and the objective is that of
//! [`super::align`]. Two gold items may both equal one prediction, so exact matches cannot be found
//! by merging two sorted lists, and the search optimises that level, too.

use super::component::Sides;
use super::objective::Gain;
use super::span::{collect, sorted};
use super::{Alignment, LabelledSpan, Pair, solver};

/// Aligns predictions with gold items that each have one or more forms: the item itself first, then
/// its alternatives, in an order that depends only on the forms. With one form each, the result
/// equals that of [`super::align`].
///
/// # Panics
/// Panics if a gold item has no form.
pub fn align_forms(gold: &[Vec<LabelledSpan>], predicted: &[LabelledSpan]) -> Alignment {
    let (gold_order, predicted_order) = (sorted(gold), sorted(predicted));
    let mut forms: Vec<(&LabelledSpan, usize)> = Vec::new();
    for (owner, &g) in gold_order.iter().enumerate() {
        forms.extend(gold[g].iter().map(|form| (form, owner)));
    }
    forms.sort();
    let in_order = predicted_order.iter().map(|&at| &predicted[at]).collect();
    let sides = Sides { golds: gold.len(), forms, predicted: in_order, groups: Vec::new() };
    let mut answers: Vec<Option<usize>> = vec![None; gold.len()];
    let mut is_greedy = false;
    for component in sides.components() {
        let (pairs, is_exact) = solver::solve(&sides, &component);
        is_greedy |= !is_exact;
        for (g, p) in pairs {
            answers[gold_order[g]] = Some(predicted_order[p]);
        }
    }
    let alignment = collect(&gold_order, &predicted_order, &answers, |g, p| {
        let gains = gold[g].iter().map(|form| Gain::of(form, &predicted[p]));
        // The first of the best forms.
        let (form, _) = gains.enumerate().rev().max_by_key(|(_, gain)| *gain).expect("a gold item has a form");
        let taken = &gold[g][form];
        let (exact, same_label) = (taken.same_span(&predicted[p]), taken.label == predicted[p].label);
        Pair { gold: g, predicted: p, exact, same_label, form }
    });
    Alignment { is_greedy, ..alignment }
}

#[cfg(test)]
mod tests {
    use super::align_forms;
    use crate::align::LabelledSpan;

    #[test]
    fn the_form_that_fits_best_is_the_one_answered() {
        let gold = [vec![LabelledSpan::new(0, 9, 0), LabelledSpan::new(0, 5, 1), LabelledSpan::new(4, 9, 0)]];
        let form = |predicted: LabelledSpan| {
            let pair = align_forms(&gold, &[predicted]).pairs[0];
            (pair.form, pair.exact, pair.same_label)
        };
        assert_eq!(form(LabelledSpan::new(0, 9, 0)), (0, true, true));
        assert_eq!(form(LabelledSpan::new(0, 5, 1)), (1, true, true));
        assert_eq!(form(LabelledSpan::new(4, 9, 2)), (2, true, false));
        assert_eq!(form(LabelledSpan::new(3, 9, 0)), (0, false, true));
    }

    #[test]
    fn who_has_a_choice_leaves_the_prediction_to_who_has_none() {
        let gold = [vec![LabelledSpan::new(0, 5, 0), LabelledSpan::new(6, 9, 0)], vec![LabelledSpan::new(0, 5, 0)]];
        for predicted in [
            [LabelledSpan::new(0, 5, 0), LabelledSpan::new(6, 9, 0)],
            [LabelledSpan::new(6, 9, 0), LabelledSpan::new(0, 5, 0)],
        ] {
            let alignment = align_forms(&gold, &predicted);
            assert!(alignment.pairs.len() == 2 && alignment.pairs.iter().all(|pair| pair.exact), "{alignment:?}");
        }
    }

    #[test]
    fn a_form_may_lie_where_the_item_does_not() {
        let gold = [vec![LabelledSpan::new(0, 5, 0), LabelledSpan::new(20, 25, 0)]];
        let alignment = align_forms(&gold, &[LabelledSpan::new(21, 25, 0)]);
        assert_eq!((alignment.pairs[0].form, alignment.missed.len()), (1, 0));
    }
}
