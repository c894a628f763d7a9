//! Scoring documents of nothing but tags.

use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::accumulator::Accumulator;
use super::scorer::Scorer;
use crate::document::{Layer, Tags, TokenFile};
use crate::metric::{PlainTally, TagTable, Tagged};

/// A document of two token files: its sentences, and the tags of the lines that begin it.
#[derive(Debug, Clone)]
pub struct TaggedDocument {
    /// Its sentences, the same of both files.
    pub sentences: Range<u32>,
    /// The golden tag, and the predicted one.
    pub openings: [Option<u32>; 2],
}

/// Tokens that one thread counts in one go, at least.
const PORTION: u32 = 1 << 14;

/// Documents in portions of about the same work.
fn portions<'d>(file: &TokenFile, documents: &'d [TaggedDocument]) -> Vec<&'d [TaggedDocument]> {
    let edge = |sentence: u32| file.sentences.get(sentence as usize).map_or(file.tags.len() as u32, |next| next.first);
    let mut first = 0;
    let mut portions: Vec<&[TaggedDocument]> = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        let tokens = edge(document.sentences.end) - edge(documents[first].sentences.start);
        if tokens >= PORTION || at + 1 == documents.len() {
            portions.push(&documents[first..=at]);
            first = at + 1;
        }
    }
    portions
}

impl Scorer<'_> {
    /// Whether documents can be given by their tags alone.
    pub fn takes_tags(&self) -> bool {
        self.wants(&Layer::Entities).is_some_and(|family| family.tagged().is_some())
    }

    /// Adds the documents of two token files with the same tokens and names, in order. `false` where they must be read whole;
    /// then nothing was added.
    pub fn add_tags(&mut self, files: &[Arc<TokenFile>; 2], documents: &[TaggedDocument]) -> bool {
        let Some(family) = self.wants(&Layer::Entities) else { return false };
        let (Some(tagged), metrics) = (family.tagged(), family.metrics(&self.settings.options)) else { return false };
        let Some((table, labels)) = table(tagged, &files[0]) else { return false };
        let sum = |portion: &[TaggedDocument]| {
            let mut sums = Accumulator::new(family.arithmetic());
            let mut tally = PlainTally::default();
            let of_file = |file: &Arc<TokenFile>| Tags {
                file: Arc::clone(file),
                sentences: 0..0,
                opening: None,
                places: None,
                scheme: None,
            };
            let [mut gold, mut predicted] = [of_file(&files[0]), of_file(&files[1])];
            for document in portion {
                for (tags, opening) in [&mut gold, &mut predicted].into_iter().zip(document.openings) {
                    tags.sentences = document.sentences.clone();
                    tags.opening = opening;
                }
                let count = tagged.sum(&gold, &predicted, &table, &mut tally)?;
                sums.add_plain(&tally, &metrics, &labels, count);
            }
            sums.settle(&metrics);
            Some(sums)
        };
        let Some(portions) = portions(&files[0], documents).into_par_iter().map(sum).collect::<Option<Vec<_>>>() else {
            return false;
        };
        let mut whole = Accumulator::new(family.arithmetic());
        portions.into_iter().for_each(|portion| whole.merge(portion));
        self.sums.golden.insert(Layer::Entities);
        self.sums.predicted.insert(Layer::Entities);
        self.sums.layers.insert(Layer::Entities, whole);
        true
    }
}

/// What the tags of a file come to, and all labels, sorted.
fn table(tagged: &dyn Tagged, file: &TokenFile) -> Option<(TagTable, Vec<Arc<str>>)> {
    let of_tags = file.names.iter().map(|name| tagged.label(name)).collect::<Option<Vec<&str>>>()?;
    let mut labels = of_tags.clone();
    labels.sort_unstable();
    labels.dedup();
    let number = |label: &&str| labels.binary_search(label).unwrap_or_default() as u32;
    let mut texts: FxHashMap<&str, u32> = FxHashMap::default();
    let mut same = |name| {
        let next = texts.len() as u32;
        *texts.entry(tagged.text(name)).or_insert(next)
    };
    let table =
        TagTable { labels: of_tags.iter().map(number).collect(), texts: file.names.iter().map(&mut same).collect() };
    Some((table, labels.into_iter().map(Arc::from).collect()))
}
