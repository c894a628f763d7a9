//! The counts of one layer under two systems, paired by cluster.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::metric::{Statistic, StatisticKey, Statistics};
use crate::parallel;
use crate::score::{Formulas, LayerCounts, Settings, SystemCounts};

/// The clusters of two systems, paired. The statistic keys of both systems are numbered jointly.
pub(super) struct Pairs<'a> {
    pub formulas: Formulas<'a>,
    /// Every statistic that either system has in these documents, in the order of the keys.
    pub keys: Vec<StatisticKey>,
    /// Base and candidate.
    pub sides: [SystemClusters<'a>; 2],
    /// The sums of each system over all clusters.
    pub totals: [Statistics; 2],
    /// The number of documents.
    pub documents: usize,
}

/// The clusters of one system in [`Pairs`].
pub(super) struct SystemClusters<'a> {
    pub counts: &'a LayerCounts,
    /// Maps the key numbers of the layer to indices into [`Pairs::keys`].
    numbers: Vec<u32>,
    /// The document rows of every cluster.
    clusters: Vec<Vec<u32>>,
    /// The factor by which the sums are multiplied, so that both systems have equal weight although
    /// their numbers of repeats differ.
    times: usize,
}

impl<'a> Pairs<'a> {
    /// Pairs the clusters of a layer, in the order of their names. If `ids` is given, only these
    /// documents take part. Returns `None` if either system does not answer the layer.
    pub fn new(
        [base, candidate]: [&'a SystemCounts; 2],
        of_base: &'a LayerCounts,
        settings: &'a Settings,
        ids: Option<&BTreeSet<String>>,
    ) -> Option<Self> {
        let of_candidate = candidate.layer(of_base.layer())?;
        let formulas = of_base.formulas(settings)?;
        let together = least_common_multiple(base.repeats, candidate.repeats);
        let used = |system: &SystemCounts, counts: &LayerCounts| {
            let clusters = system.clusters(counts, ids);
            // Some documents may have a small part of the labels of all.
            let used = ids.is_some().then(|| counts.numbers_of_keys(clusters.iter().flatten()));
            (clusters, used.unwrap_or_else(|| (0..counts.keys().len() as u32).collect()))
        };
        let (one, other) = parallel::join(|| used(base, of_base), || used(candidate, of_candidate));
        let keys_of = |counts: &'a LayerCounts, used: &[u32]| -> Vec<&'a StatisticKey> {
            used.iter().map(|number| &counts.keys()[*number as usize]).collect()
        };
        let [of_one, of_other] = [keys_of(of_base, &one.1), keys_of(of_candidate, &other.1)];
        let keys: BTreeSet<&StatisticKey> = of_one.into_iter().chain(of_other).collect();
        let keys: Vec<StatisticKey> = keys.into_iter().cloned().collect();
        let side = |system: &SystemCounts, counts: &'a LayerCounts, (clusters, used): (Vec<Vec<u32>>, Vec<u32>)| {
            let mut numbers = vec![0; counts.keys().len()];
            for number in used {
                let key = &counts.keys()[number as usize];
                numbers[number as usize] = keys.binary_search(key).unwrap_or_default() as u32;
            }
            SystemClusters { counts, numbers, clusters, times: together / system.repeats }
        };
        let (one, other) = parallel::join(|| side(base, of_base, one), || side(candidate, of_candidate, other));
        let (of_one, of_other) = parallel::join(|| one.total(), || other.total());
        let documents = one.clusters.iter().map(Vec::len).sum();
        Some(Self { formulas, keys, sides: [one, other], totals: [of_one, of_other], documents })
    }

    /// Returns the number of clusters.
    pub fn clusters(&self) -> usize {
        self.sides[0].clusters.len()
    }

    /// Returns the sums of both systems together.
    pub fn pool(&self) -> Statistics {
        let mut pool = self.totals[0].clone();
        pool.merge(&self.totals[1]);
        pool
    }
}

impl SystemClusters<'_> {
    /// Calls `each` with every sum of the documents of a cluster and the index of its key in
    /// [`Pairs::keys`].
    pub fn sums(&self, cluster: usize, mut each: impl FnMut(usize, Cow<'_, Statistic>)) {
        for row in &self.clusters[cluster] {
            self.counts.sums(*row, |key, statistic| {
                let key = self.numbers[key as usize] as usize;
                (1..self.times).for_each(|_| each(key, Cow::Borrowed(&statistic)));
                each(key, statistic);
            });
        }
    }

    /// Returns the sums of a cluster whose keys satisfy `is_meant`.
    pub fn statistics(&self, cluster: usize, is_meant: impl Fn(&StatisticKey) -> bool) -> Statistics {
        self.multiply(self.counts.statistics(&self.clusters[cluster], is_meant))
    }

    /// Returns the document rows of a cluster.
    pub fn rows(&self, cluster: usize) -> &[u32] {
        &self.clusters[cluster]
    }

    fn total(&self) -> Statistics {
        self.multiply(self.counts.total(self.clusters.iter().flatten()))
    }

    fn multiply(&self, mut sums: Statistics) -> Statistics {
        if self.times > 1 {
            let once = sums.clone();
            (1..self.times).for_each(|_| sums.merge(&once));
        }
        sums
    }
}

fn least_common_multiple(one: usize, other: usize) -> usize {
    let (mut greater, mut smaller) = (one, other);
    while smaller > 0 {
        (greater, smaller) = (smaller, greater % smaller);
    }
    one / greater * other
}
