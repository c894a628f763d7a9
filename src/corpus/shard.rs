//! Shards: parts of a dataset's documents, so that several machines can share a run. Taking every
//! n-th document, rather than contiguous ranges, spreads long documents that are sorted together.

use std::fmt;
use std::str::FromStr;

use super::Dataset;

/// A shard: every `of`-th document, in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// The number of the shard, from 1 to `of`.
    pub number: usize,
    /// The number of shards.
    pub of: usize,
}

impl Shard {
    /// Cuts a dataset to the documents of the shard. The others become [`Dataset::outside`].
    #[must_use]
    pub fn cut(self, dataset: Dataset) -> Dataset {
        dataset.cut(|at, _| at % self.of == self.number - 1)
    }
}

impl Dataset {
    /// Cuts a dataset to the documents that `is_inside` accepts by their index and id. The others
    /// become [`Dataset::outside`].
    #[must_use]
    pub fn cut(self, is_inside: impl Fn(usize, &str) -> bool) -> Self {
        let mut dataset = self;
        let all = dataset.references.into_iter().enumerate();
        let (inside, outside): (Vec<_>, Vec<_>) = all.partition(|(at, (id, _))| is_inside(*at, id));
        dataset.references = inside.into_iter().map(|(_, document)| document).collect();
        dataset.outside.extend(outside.into_iter().map(|(_, document)| document));
        let references = &dataset.references;
        dataset
            .annotators
            .iter_mut()
            .for_each(|annotator| annotator.documents.retain(|id, _| references.contains_key(id)));
        dataset
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((number, of)) if number >= 1 && number <= of => Ok(Self { number, of }),
            _ => Err(format!("`{text}` is not a shard: write 1/4 for the first of four")),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::{Dataset, Shard};
    use crate::document::Reference;

    #[test]
    fn shards_share_documents_out() {
        let all = || Dataset {
            references: (0..10).map(|at| (format!("d{at}"), Reference::default())).collect(),
            ..Dataset::default()
        };
        let ids =
            |text: &str| -> Vec<String> { text.parse::<Shard>().unwrap().cut(all()).references.into_keys().collect() };
        assert_eq!(ids("1/3"), ["d0", "d3", "d6", "d9"]);
        assert_eq!(ids("3/3"), ["d2", "d5", "d8"]);
        assert_eq!(ids("1/1").len(), 10);
        assert!(ids("11/12").is_empty());
        for wrong in ["0/3", "4/3", "1", "a/b", "1/0", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
