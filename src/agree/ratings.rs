//! A compact matrix of ratings by unit and annotator, grouped by document.

use std::hash::Hash;

use rustc_hash::FxHashMap;

use crate::stats::agreement::Rating;

/// Ratings of units, grouped by document. Each distinct value is stored once, and a rating is its
/// index.
#[derive(Debug)]
pub(super) struct GroupedRatings<V> {
    annotators: usize,
    /// The ratings, unit by unit, with one rating for each annotator.
    ratings: Vec<Rating>,
    /// End index in `ratings` of each document that has units.
    ends: Vec<usize>,
    indices: FxHashMap<V, u32>,
}

impl<V: Eq + Hash + Ord> GroupedRatings<V> {
    pub fn new(annotators: usize) -> Self {
        Self { annotators, ratings: Vec::new(), ends: Vec::new(), indices: FxHashMap::default() }
    }

    /// Adds the rating of the next annotator. After the last annotator, the first annotator's
    /// rating of the next unit follows.
    pub fn push(&mut self, value: Option<V>) {
        let next = self.indices.len() as u32;
        self.ratings.push(value.map(|value| *self.indices.entry(value).or_insert(next)));
    }

    /// Ends a document; the units that follow belong to another one.
    pub fn end_document(&mut self) {
        if self.ends.last().copied().unwrap_or_default() < self.ratings.len() {
            self.ends.push(self.ratings.len());
        }
    }

    /// The distinct values in order, with their indices.
    pub fn values(&self) -> Vec<(&V, u32)> {
        let mut values: Vec<(&V, u32)> = self.indices.iter().map(|(value, index)| (value, *index)).collect();
        values.sort_unstable();
        values
    }

    /// Renumbers the values so that indices follow the order of the values.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        let mut new = vec![0; self.indices.len()];
        (0..).zip(self.values()).for_each(|(index, (_, old))| new[old as usize] = index);
        self.ratings.iter_mut().flatten().for_each(|index| *index = new[*index as usize]);
        self.indices.values_mut().for_each(|index| *index = new[*index as usize]);
        self
    }

    pub fn annotators(&self) -> usize {
        self.annotators
    }

    /// The ratings of every unit, in order.
    pub fn units(&self) -> impl ExactSizeIterator<Item = &[Rating]> {
        self.ratings.chunks_exact(self.annotators)
    }

    /// The ratings of the unit at an index.
    pub fn unit(&self, index: usize) -> &[Rating] {
        &self.ratings[index * self.annotators..][..self.annotators]
    }

    /// The units of each document that has any.
    pub fn documents(&self) -> impl Iterator<Item = impl ExactSizeIterator<Item = &[Rating]> + Clone> {
        let starts = [0].into_iter().chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.ratings[start..*end].chunks_exact(self.annotators))
    }
}
