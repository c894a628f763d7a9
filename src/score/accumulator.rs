//! What is known of a layer after some of its documents: sums, and the products that intervals are made of.
//!
//! Sums of counts keep nothing of the single documents. Other sums (means, shares) keep a slot a document, since adding
//! numbers that are not whole must happen in the order of the documents' ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::label_group::Group;
use super::moments::{Products, Squares};
use super::statistic_cell::Cell;
use crate::metric::corpus::Corpus;
use crate::metric::{
    Arithmetic, Name, Parts, PlainStatistics, Statistic, StatisticKey, Statistics, gradient, is_mean, parts_of,
    residual,
};
use crate::stats::Spread;

/// One document's sums.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub id: Box<str>,
    pub is_answered: bool,
    /// The number of its cluster.
    pub cluster: u32,
    pub statistics: Statistics,
}

/// One document's part in the sums.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub id: &'a str,
    pub statistics: &'a Statistics,
    pub is_answered: bool,
    /// Gold items.
    pub gold: u64,
}

/// Residuals of documents, added up by cluster; those of one cluster stand together.
pub(super) fn by_cluster(shares: impl Iterator<Item = (u32, Option<f64>)>) -> Vec<f64> {
    let mut sums: Vec<(u32, f64)> = Vec::new();
    for (cluster, share) in shares.filter_map(|(cluster, share)| Some((cluster, share?))) {
        match sums.last_mut().filter(|(last, _)| *last == cluster) {
            Some((_, sum)) => *sum += share,
            None => sums.push((cluster, share)),
        }
    }
    sums.into_iter().map(|(_, sum)| sum).collect()
}

/// Sums over documents.
#[derive(Debug, Clone, Default)]
pub(super) struct Accumulator {
    /// Documents, and of these the answered ones.
    pub documents: u32,
    pub answered: u32,
    /// Gold items.
    pub gold: u64,
    /// What documents are independent of each other; as many as documents, unless some are not.
    clusters: u32,
    /// Every document's own sums, where figures rest on several of them.
    kept: Option<Vec<Kept>>,
    /// The ids of documents that something is kept of, with their numbers, where documents come in any order.
    ids: Option<Vec<(Box<str>, u32)>>,
    numbers: BTreeMap<StatisticKey, u32>,
    cells: Vec<Cell>,
    groups: BTreeMap<StatisticKey, Group>,
    /// Where no figure is an average over labels, nothing is kept for those.
    has_no_averages: bool,
    /// Numbers of sums by metric and label, and groups by metric, while documents are added by a fast path.
    plain_numbers: Vec<u32>,
    plain_groups: BTreeMap<usize, Group>,
}

impl Accumulator {
    /// Without documents; keeps what figures of this arithmetic need.
    pub fn new(arithmetic: &dyn Arithmetic) -> Self {
        Self {
            kept: (!arithmetic.is_of_single_sums()).then(Vec::new),
            has_no_averages: arithmetic.averages().is_empty(),
            ..Self::default()
        }
    }

    /// The same for documents that come in any order: [`Self::put_in_order`] is to be called behind the last one.
    pub fn in_any_order(arithmetic: &dyn Arithmetic) -> Self {
        Self { ids: Some(Vec::new()), ..Self::new(arithmetic) }
    }

    /// Every document's own sums, where they are kept.
    pub fn kept(&self) -> Option<&[Kept]> {
        self.kept.as_deref()
    }

    /// Adds the next document, which is independent of the others.
    pub fn add(&mut self, document: &Part<'_>) {
        self.sum(document);
        self.scatter(document.statistics);
    }

    /// Adds documents that are not independent of each other, but of all others.
    pub fn add_cluster(&mut self, documents: &[Part<'_>]) {
        let mut whole = Statistics::default();
        for document in documents {
            self.sum(document);
            whole.merge(document.statistics);
        }
        self.scatter(&whole);
    }

    /// Adds a document to the sums.
    fn sum(&mut self, document: &Part<'_>) {
        let Part { id, statistics, is_answered, gold } = *document;
        let cluster = self.clusters;
        self.documents += 1;
        self.answered += u32::from(is_answered);
        self.gold += gold;
        if let Some(kept) = &mut self.kept {
            kept.push(Kept { id: id.into(), is_answered, cluster, statistics: statistics.clone() });
        }
        let mut is_kept = self.kept.is_some();
        for (key, statistic) in statistics.iter() {
            let number = self.number(key, statistic);
            let cell = &mut self.cells[number as usize];
            if parts_of(statistic).is_some() || matches!(statistic, Statistic::Ranking { .. }) {
                cell.add_sum(statistic, is_answered);
            } else {
                cell.singles.push((cluster, is_answered, statistic.clone()));
                is_kept = true;
            }
        }
        if let Some(ids) = self.ids.as_mut().filter(|_| is_kept) {
            ids.push((id.into(), cluster));
        }
    }

    /// Adds a cluster's counts to what says how far clusters are apart.
    fn scatter(&mut self, statistics: &Statistics) {
        self.clusters += 1;
        let mut group: Option<StatisticKey> = None;
        let mut labels: Vec<(u32, Parts)> = Vec::new();
        for (key, statistic) in statistics.iter() {
            let Some(parts) = parts_of(statistic) else { continue };
            if group.as_ref().is_some_and(|group| group.metric != key.metric || group.at != key.at) {
                self.close(group.take(), &mut labels);
            }
            let number = self.number(key, statistic);
            self.cells[number as usize].scatter(&parts);
            if key.label.is_some() {
                labels.push((number, parts));
                group.get_or_insert_with(|| StatisticKey { label: None, ..key.clone() });
            }
        }
        self.close(group, &mut labels);
    }

    /// Adds the next document, an answered one that was counted by a fast path.
    pub fn add_plain(
        &mut self,
        id: &str,
        statistics: &PlainStatistics,
        metrics: &[Name],
        labels: &[Arc<str>],
        gold: u64,
    ) {
        if self.kept.is_some() {
            let statistics = &statistics.named(metrics, labels);
            return self.add(&Part { id, statistics, is_answered: true, gold });
        }
        let document = self.clusters;
        self.documents += 1;
        self.clusters += 1;
        self.answered += 1;
        self.gold += gold;
        let mut is_kept = false;
        for (metric, statistic) in statistics.wholes.iter().enumerate() {
            let number = self.plain_number(metrics, labels, metric, None, statistic);
            let cell = &mut self.cells[number as usize];
            match parts_of(statistic) {
                Some(parts) => {
                    cell.add_sum(statistic, true);
                    cell.scatter(&parts);
                }
                None if matches!(statistic, Statistic::Ranking { .. }) => cell.add_sum(statistic, true),
                None => {
                    cell.singles.push((document, true, statistic.clone()));
                    is_kept = true;
                }
            }
        }
        if let Some(ids) = self.ids.as_mut().filter(|_| is_kept) {
            ids.push((id.into(), document));
        }
        let mut of_metric: Vec<(u32, Parts)> = Vec::with_capacity(labels.len());
        for labelled in statistics.labels.chunk_by(|a, b| a.0 == b.0) {
            of_metric.clear();
            let metric = labelled[0].0;
            for (_, label, statistic) in labelled {
                let Some(parts) = parts_of(statistic) else { continue };
                let number = self.plain_number(metrics, labels, metric, Some(*label), statistic);
                let cell = &mut self.cells[number as usize];
                cell.add_sum(statistic, true);
                cell.scatter(&parts);
                of_metric.push((number, parts));
            }
            if !self.has_no_averages {
                self.plain_groups.entry(metric).or_default().add(&of_metric);
            }
        }
    }

    /// The number of a sum, looked up by name only once.
    fn plain_number(
        &mut self,
        metrics: &[Name],
        labels: &[Arc<str>],
        metric: usize,
        label: Option<u32>,
        statistic: &Statistic,
    ) -> u32 {
        let place = metric * (labels.len() + 1) + label.map_or(0, |label| label as usize + 1);
        if self.plain_numbers.is_empty() {
            self.plain_numbers = vec![u32::MAX; metrics.len() * (labels.len() + 1)];
        }
        if self.plain_numbers[place] == u32::MAX {
            let label = label.map(|label| Arc::clone(&labels[label as usize]));
            let key = StatisticKey { metric: metrics[metric].clone(), at: 0, label };
            self.plain_numbers[place] = self.number(&key, statistic);
        }
        self.plain_numbers[place]
    }

    /// Files what a fast path added under its names.
    pub fn settle(&mut self, metrics: &[Name]) {
        self.plain_numbers.clear();
        for (metric, group) in std::mem::take(&mut self.plain_groups) {
            let same: Vec<u32> = (0..self.cells.len() as u32).collect();
            self.groups.entry(StatisticKey::whole(metrics[metric].clone())).or_default().merge(group, &same);
        }
    }

    /// Puts what is kept of documents into the order of their ids, in which it is added up.
    pub fn put_in_order(&mut self) {
        let Some(mut ids) = self.ids.take() else { return };
        ids.sort_unstable();
        let mut ranks = vec![u32::MAX; self.clusters as usize];
        for (rank, (_, document)) in (0..).zip(&ids) {
            ranks[*document as usize] = rank;
        }
        for cell in &mut self.cells {
            cell.singles.iter_mut().for_each(|(document, ..)| *document = ranks[*document as usize]);
            cell.singles.sort_unstable_by_key(|(document, ..)| *document);
        }
        self.kept.iter_mut().for_each(|kept| kept.sort_unstable_by(|a, b| a.id.cmp(&b.id)));
    }

    fn number(&mut self, key: &StatisticKey, statistic: &Statistic) -> u32 {
        if let Some(number) = self.numbers.get(key) {
            return *number;
        }
        let number = self.cells.len() as u32;
        self.numbers.insert(key.clone(), number);
        self.cells.push(Cell::new(statistic));
        number
    }

    /// Books the labels that one document has under one metric.
    fn close(&mut self, group: Option<StatisticKey>, labels: &mut Vec<(u32, Parts)>) {
        if let Some(key) = group.filter(|_| !self.has_no_averages) {
            let group = self.groups.entry(key).or_default();
            group.add(labels);
        }
        labels.clear();
    }

    /// Adds the documents of another, which come behind its own.
    pub fn merge(&mut self, other: Self) {
        let before = self.clusters;
        self.documents += other.documents;
        self.clusters += other.clusters;
        self.answered += other.answered;
        self.gold += other.gold;
        if let Some(more) = other.kept {
            let moved = more.into_iter().map(|kept| Kept { cluster: kept.cluster + before, ..kept });
            self.kept.get_or_insert_default().extend(moved);
        }
        if let Some(more) = other.ids {
            let moved = more.into_iter().map(|(id, document)| (id, document + before));
            self.ids.get_or_insert_default().extend(moved);
        }
        let mut moved = vec![0; other.cells.len()];
        let mut cells: Vec<Option<Cell>> = other.cells.into_iter().map(Some).collect();
        for (key, old) in other.numbers {
            let Some(cell) = cells[old as usize].take() else { continue };
            let number = self.number(&key, &cell.nothing);
            moved[old as usize] = number;
            self.cells[number as usize].merge(cell, before);
        }
        for (key, group) in other.groups {
            self.groups.entry(key).or_default().merge(group, &moved);
        }
    }

    /// The sums, and those over the answered documents alone.
    pub fn statistics(&self) -> (Statistics, Statistics) {
        let (mut total, mut answered) = (Statistics::default(), Statistics::default());
        for (key, number) in &self.numbers {
            let cell = &self.cells[*number as usize];
            if cell.singles.is_empty() {
                total.add(key.clone(), cell.total());
                cell.answered.iter().for_each(|statistic| answered.add(key.clone(), statistic.clone()));
            }
            for (_, is_answered, statistic) in &cell.singles {
                total.add(key.clone(), statistic.clone());
                if *is_answered {
                    answered.add(key.clone(), statistic.clone());
                }
            }
        }
        (total, answered)
    }

    /// The residuals of a statistic of one sum, summed up.
    pub fn spread(&self, key: &StatisticKey, total: &Statistic, stat: &str) -> Spread {
        let Some(cell) = self.cell(key) else { return Spread::default() };
        if !cell.singles.is_empty() {
            let shares =
                cell.singles.iter().map(|(cluster, _, statistic)| (*cluster, residual(total, statistic, stat)));
            return (&by_cluster(shares)).into();
        }
        let gradient = gradient(total, stat);
        let mut squares = Squares::default();
        squares.add(&cell.products, &gradient, &gradient, 1.0);
        Spread { clusters: cell.clusters.under(stat), squares: squares.value() }
    }

    /// The figures of sums that a formula makes one of, without each cluster in turn, where they are defined.
    pub fn without_each(&self, key: &StatisticKey, total: &Corpus) -> Vec<f64> {
        let singles = self.cell(key).map_or(&[][..], |cell| &cell.singles);
        let without = |cluster: &[(u32, bool, Statistic)]| {
            let parts = cluster.iter().filter_map(|(_, _, statistic)| match statistic {
                Statistic::Corpus(document) => Some(document),
                _ => None,
            });
            total.without(parts).value()
        };
        singles.chunk_by(|a, b| a.0 == b.0).filter_map(without).collect()
    }

    /// The residuals of a weighted mean over labels, given as key, weight and total, summed up.
    pub fn spread_of_mean(&self, labels: &[(&StatisticKey, f64, &Statistic)], stat: &str) -> Spread {
        let Some((first, _, total)) = labels.first() else { return Spread::default() };
        if is_mean(total) || parts_of(total).is_none() {
            return self.spread_of_singles(labels, stat);
        }
        let Some(group) = self.groups.get(&StatisticKey { label: None, ..(*first).clone() }) else {
            return Spread::default();
        };
        let mut gradients: BTreeMap<u32, [f64; 4]> = BTreeMap::new();
        let mut squares = Squares::default();
        for (key, weight, total) in labels {
            let Some(number) = self.numbers.get(key) else { continue };
            let gradient = gradient(total, stat).map(|part| part * weight);
            squares.add(&self.cells[*number as usize].products, &gradient, &gradient, 1.0);
            gradients.insert(*number, gradient);
        }
        for ((a, b), products) in self.in_order(group) {
            if let (Some(one), Some(other)) = (gradients.get(&a), gradients.get(&b)) {
                squares.add(&products, one, other, 2.0);
            }
        }
        Spread { clusters: group.clusters.under(stat), squares: squares.value() }
    }

    fn spread_of_singles(&self, labels: &[(&StatisticKey, f64, &Statistic)], stat: &str) -> Spread {
        let mut shares: BTreeMap<u32, f64> = BTreeMap::new();
        for (key, weight, total) in labels {
            for (document, _, statistic) in self.cell(key).into_iter().flat_map(|cell| &cell.singles) {
                if let Some(share) = residual(total, statistic, stat) {
                    *shares.entry(*document).or_default() += weight * share;
                }
            }
        }
        (&shares.into_values().collect::<Vec<f64>>()).into()
    }

    /// A group's pairs in the order of their labels, whatever the order in which they were met.
    fn in_order(&self, group: &Group) -> Vec<((u32, u32), Products)> {
        let mut rank = vec![0; self.cells.len()];
        for (place, number) in self.numbers.values().enumerate() {
            rank[*number as usize] = place;
        }
        let place = |(a, b): (u32, u32)| (rank[a as usize], rank[b as usize]);
        let turn = |(&(a, b), products): (&(u32, u32), &Products)| {
            let (first, second) = place((a, b));
            if first < second { ((a, b), products.clone()) } else { ((b, a), products.turned()) }
        };
        let mut pairs: Vec<_> = group.products.iter().map(turn).collect();
        pairs.sort_unstable_by_key(|(pair, _)| place(*pair));
        pairs
    }

    fn cell(&self, key: &StatisticKey) -> Option<&Cell> {
        self.numbers.get(key).map(|number| &self.cells[*number as usize])
    }
}
