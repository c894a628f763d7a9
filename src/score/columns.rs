//! Tallies as rows of one layout, so that sums over thousands of resamples are additions of numbers.

use crate::metric::{Slot, SlotKey, Tally};

/// Where each sum stands in a row.
#[derive(Debug)]
pub(crate) struct Columns {
    /// Every sum that any tally has, with its first column, in the order of their keys.
    slots: Vec<(SlotKey, Slot, usize)>,
    width: usize,
}

impl Columns {
    /// The layout for these tallies. Rankings have no columns: they are no sums of numbers.
    pub fn of<'t>(tallies: impl IntoIterator<Item = &'t Tally>) -> Self {
        let mut all = Tally::default();
        for (key, slot) in tallies.into_iter().flat_map(Tally::iter) {
            if all.get(key).is_none() {
                all.add(key.clone(), slot.clone());
            }
        }
        let (mut slots, mut width) = (Vec::new(), 0);
        for (key, slot) in all.iter() {
            let Some(numbers) = slot.numbers() else { continue };
            slots.push((key.clone(), slot.clone(), width));
            width += numbers.len();
        }
        Self { slots, width }
    }

    /// How many columns there are.
    pub fn width(&self) -> usize {
        self.width
    }

    /// A tally as a row.
    pub fn row(&self, tally: &Tally) -> Vec<f64> {
        let mut row = vec![0.0; self.width];
        for (key, _, first) in &self.slots {
            if let Some(numbers) = tally.get(key).and_then(Slot::numbers) {
                row[*first..*first + numbers.len()].copy_from_slice(&numbers);
            }
        }
        row
    }

    /// A tally to be filled with rows.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for (key, slot, _) in &self.slots {
            tally.add(key.clone(), slot.clone());
        }
        tally
    }

    /// Puts the numbers of a row into a tally of [`Self::tally`].
    pub fn fill(&self, tally: &mut Tally, row: &[f64]) {
        for ((_, slot), (_, _, first)) in tally.iter_mut().zip(&self.slots) {
            slot.set_numbers(&row[*first..]);
        }
    }
}
