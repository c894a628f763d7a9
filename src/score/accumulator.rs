//! Running sums of a layer: totals, and the second moments from which confidence intervals are
//! computed.
//!
//! Integer counts are exact, so no per-document values are kept for them. Other sums (means of
//! floating-point values) keep one statistic per document, because floating-point addition must
//! happen in the order of the document ids to give reproducible results.

use std::collections::BTreeMap;

use super::label_group::LabelGroup;
use super::moments::{Products, Squares};
use super::statistic_cell::StatisticCell;
use crate::metric::corpus::Corpus;
use crate::metric::{LayerGroups, Parts, PlainKeys, PlainNames, PlainStatistics, Statistic, StatisticKey, Statistics};
use crate::stats::Spread;

/// The sums of one document.
#[derive(Debug, Clone)]
pub(super) struct DocumentSums {
    pub id: Box<str>,
    pub is_answered: bool,
    /// The number of its cluster.
    pub cluster: u32,
    pub statistics: Statistics,
}

/// The contribution of one document to the sums.
#[derive(Clone, Copy)]
pub(super) struct DocumentContribution<'a> {
    pub id: &'a str,
    pub statistics: &'a Statistics,
    pub is_answered: bool,
    /// Whether any repeat was answered.
    pub has_answer: bool,
    /// The number of gold items.
    pub gold: u64,
}

/// Sums the residuals of documents by cluster; those of one cluster must be consecutive.
pub(super) fn by_cluster(residuals: impl Iterator<Item = (u32, Option<f64>)>) -> Vec<f64> {
    let mut sums: Vec<(u32, f64)> = Vec::new();
    for (cluster, residual) in residuals.filter_map(|(cluster, residual)| Some((cluster, residual?))) {
        match sums.last_mut().filter(|(last, _)| *last == cluster) {
            Some((_, sum)) => *sum += residual,
            None => sums.push((cluster, residual)),
        }
    }
    sums.into_iter().map(|(_, sum)| sum).collect()
}

/// Running sums over documents.
#[derive(Debug, Clone, Default)]
pub(super) struct Accumulator {
    /// The number of documents, and of answered documents.
    pub documents: u32,
    pub answered: u32,
    /// The number of documents of which any repeat was answered.
    pub with_answers: u32,
    /// The number of gold items.
    pub gold: u64,
    /// The number of clusters; equal to the number of documents if they are independent.
    clusters: u32,
    /// The sums of every document, if figures depend on several of them.
    kept: Option<Vec<DocumentSums>>,
    /// The ids of documents of which sums are kept, with their numbers, if documents arrive in any
    /// order.
    ids: Option<Vec<(Box<str>, u32)>>,
    numbers: BTreeMap<StatisticKey, u32>,
    cells: Vec<StatisticCell>,
    /// The numbers of the metrics that have sums under labels, by the key of the whole layer.
    group_numbers: BTreeMap<StatisticKey, u32>,
    groups: Vec<LabelGroup>,
    /// Whether no figure is an average over labels; nothing is then kept for averages.
    has_no_averages: bool,
    /// The numbers of the sums that a fast path adds.
    plain: PlainKeys<u32>,
}

impl Accumulator {
    /// Returns an accumulator without documents that keeps what the figures of these groups need.
    pub fn new(groups: LayerGroups) -> Self {
        Self {
            kept: (!groups.is_of_single_sums()).then(Vec::new),
            has_no_averages: !groups.has_averages(),
            ..Self::default()
        }
    }

    /// Returns an accumulator for documents that arrive in any order. Call [`Self::put_in_order`]
    /// after the last document.
    pub fn in_any_order(groups: LayerGroups) -> Self {
        Self { ids: Some(Vec::new()), ..Self::new(groups) }
    }

    /// Returns the sums of every document, if they are kept.
    pub fn kept(&self) -> Option<&[DocumentSums]> {
        self.kept.as_deref()
    }

    /// Adds the next document, which is independent of the others.
    pub fn add(&mut self, document: &DocumentContribution<'_>) {
        let sums = self.numbered(document.statistics);
        self.sum(document, &sums);
        self.scatter(&sums);
    }

    /// Adds the documents of a cluster, which is independent of all other documents.
    pub fn add_cluster(&mut self, documents: &[DocumentContribution<'_>]) {
        let mut whole = Statistics::default();
        for document in documents {
            let sums = self.numbered(document.statistics);
            self.sum(document, &sums);
            whole.merge(document.statistics);
        }
        let sums = self.numbered(&whole);
        self.scatter(&sums);
    }

    fn numbered<'d>(&mut self, statistics: &'d Statistics) -> Vec<(u32, &'d Statistic)> {
        statistics.iter().map(|(key, statistic)| (self.number(key, statistic), statistic)).collect()
    }

    /// Adds a document to the sums, given with their numbers.
    fn sum(&mut self, document: &DocumentContribution<'_>, sums: &[(u32, &Statistic)]) {
        let DocumentContribution { id, statistics, is_answered, has_answer, gold } = *document;
        let cluster = self.clusters;
        self.documents += 1;
        self.answered += u32::from(is_answered);
        self.with_answers += u32::from(has_answer);
        self.gold += gold;
        if let Some(kept) = &mut self.kept {
            kept.push(DocumentSums { id: id.into(), is_answered, cluster, statistics: statistics.clone() });
        }
        let mut is_kept = self.kept.is_some();
        for (number, statistic) in sums {
            let cell = &mut self.cells[*number as usize];
            if statistic.has_running_total() {
                cell.add_sum(statistic, is_answered);
            } else {
                cell.singles.push((cluster, is_answered, (*statistic).clone()));
                is_kept = true;
            }
        }
        if let Some(ids) = self.ids.as_mut().filter(|_| is_kept) {
            ids.push((id.into(), cluster));
        }
    }

    /// Adds the counts of a cluster, given with their numbers, to the second moments. The labels of
    /// a metric must be consecutive.
    fn scatter(&mut self, sums: &[(u32, &Statistic)]) {
        self.clusters += 1;
        let mut labels: Vec<(u32, Parts)> = Vec::with_capacity(sums.len());
        for (number, statistic) in sums {
            let Some(parts) = statistic.parts() else { continue };
            let cell = &mut self.cells[*number as usize];
            cell.scatter(&parts);
            if cell.group.is_some() {
                labels.push((*number, parts));
            }
        }
        let group = |(number, _): &(u32, Parts)| self.cells[*number as usize].group;
        for of_metric in labels.chunk_by(|a, b| group(a) == group(b)) {
            group(&of_metric[0]).into_iter().for_each(|group| self.groups[group as usize].add(of_metric));
        }
    }

    /// Adds the next answered document, as counted by a fast path.
    pub fn add_plain(&mut self, id: &str, plain: &PlainStatistics, names: &PlainNames, gold: u64) {
        let statistics = &if self.kept.is_some() { plain.named(names) } else { Statistics::default() };
        let mut keys = std::mem::take(&mut self.plain);
        let number = |(metric, label, statistic)| {
            (keys.get(names, (metric, label), |key| self.number(key, statistic)), statistic)
        };
        let sums: Vec<(u32, &Statistic)> = plain.iter().map(number).collect();
        self.plain = keys;
        self.sum(&DocumentContribution { id, statistics, is_answered: true, has_answer: true, gold }, &sums);
        self.scatter(&sums);
    }

    /// Sorts the kept sums by document id, the order in which they are added.
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
        let has_group = key.label.is_some() && !self.has_no_averages;
        let group = has_group.then(|| self.group(StatisticKey { label: None, ..key.clone() }));
        self.cells.push(StatisticCell { group, ..StatisticCell::new(statistic) });
        number
    }

    fn group(&mut self, key: StatisticKey) -> u32 {
        let next = self.groups.len() as u32;
        let number = *self.group_numbers.entry(key).or_insert(next);
        self.groups.resize_with(self.group_numbers.len(), LabelGroup::default);
        number
    }

    /// Appends the documents of another accumulator.
    pub fn merge(&mut self, other: Self) {
        let before = self.clusters;
        self.documents += other.documents;
        self.clusters += other.clusters;
        self.answered += other.answered;
        self.with_answers += other.with_answers;
        self.gold += other.gold;
        if let Some(more) = other.kept {
            let moved = more.into_iter().map(|kept| DocumentSums { cluster: kept.cluster + before, ..kept });
            self.kept.get_or_insert_default().extend(moved);
        }
        if let Some(more) = other.ids {
            let moved = more.into_iter().map(|(id, document)| (id, document + before));
            self.ids.get_or_insert_default().extend(moved);
        }
        let mut moved = vec![0; other.cells.len()];
        let mut cells: Vec<Option<StatisticCell>> = other.cells.into_iter().map(Some).collect();
        for (key, old) in other.numbers {
            let Some(cell) = cells[old as usize].take() else { continue };
            let number = self.number(&key, &cell.nothing);
            moved[old as usize] = number;
            self.cells[number as usize].merge(cell, before);
        }
        let mut groups = other.groups;
        for (key, old) in other.group_numbers {
            let number = self.group(key);
            self.groups[number as usize].merge(std::mem::take(&mut groups[old as usize]), &moved);
        }
    }

    /// Returns the sums over all documents, and over the answered documents alone.
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

    /// Returns the sum of squared residuals of a statistic that depends on one sum.
    pub fn spread(&self, key: &StatisticKey, total: &Statistic, stat: &str) -> Spread {
        let Some(cell) = self.cell(key) else { return Spread::default() };
        if !cell.singles.is_empty() {
            let residuals =
                cell.singles.iter().map(|(cluster, _, statistic)| (*cluster, total.residual(statistic, stat)));
            return (&by_cluster(residuals)).into();
        }
        let gradient = total.gradient(stat);
        let mut squares = Squares::default();
        squares.add(&cell.products, &gradient, &gradient, 1.0);
        Spread { clusters: cell.clusters.under(stat), squares: squares.value() }
    }

    /// Returns the leave-one-cluster-out values of a corpus formula, where they are defined.
    pub fn without_each(&self, key: &StatisticKey, total: &Corpus) -> Vec<f64> {
        let singles = self.cell(key).map_or(&[][..], |cell| &cell.singles);
        let without = |cluster: &[(u32, bool, Statistic)]| {
            let parts = cluster.iter().filter_map(|(_, _, statistic)| statistic.corpus());
            total.without(parts).value()
        };
        singles.chunk_by(|a, b| a.0 == b.0).filter_map(without).collect()
    }

    /// Returns the sum of squared residuals of a weighted mean over labels; `labels` lists their
    /// keys, weights and totals.
    pub fn spread_of_mean(&self, labels: &[(&StatisticKey, f64, &Statistic)], stat: &str) -> Spread {
        let Some((first, _, total)) = labels.first() else { return Spread::default() };
        if total.is_mean() || total.parts().is_none() {
            return self.spread_of_singles(labels, stat);
        }
        let Some(number) = self.group_numbers.get(&StatisticKey { label: None, ..(*first).clone() }) else {
            return Spread::default();
        };
        let group = &self.groups[*number as usize];
        let mut gradients: BTreeMap<u32, [f64; 4]> = BTreeMap::new();
        let mut squares = Squares::default();
        for (key, weight, total) in labels {
            let Some(number) = self.numbers.get(key) else { continue };
            let gradient = total.gradient(stat).map(|part| part * weight);
            squares.add(&self.cells[*number as usize].products, &gradient, &gradient, 1.0);
            gradients.insert(*number, gradient);
        }
        for ((a, b), products) in self.in_order(group) {
            if let (Some(one), Some(other)) = (gradients.get(&a), gradients.get(&b)) {
                squares.add(&products, one, other, 2.0);
            }
        }
        if !group.many.is_empty() {
            let ranks = self.ranks();
            group.add_many(&mut squares, |label| Some((ranks[label as usize], *gradients.get(&label)?)));
        }
        Spread { clusters: group.clusters.under(stat), squares: squares.value() }
    }

    fn spread_of_singles(&self, labels: &[(&StatisticKey, f64, &Statistic)], stat: &str) -> Spread {
        let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
        for (key, weight, total) in labels {
            for (document, _, statistic) in self.cell(key).into_iter().flat_map(|cell| &cell.singles) {
                if let Some(residual) = total.residual(statistic, stat) {
                    *sums.entry(*document).or_default() += weight * residual;
                }
            }
        }
        (&sums.into_values().collect::<Vec<f64>>()).into()
    }

    /// Returns the label pairs of a group in the order of the labels, independent of insertion
    /// order.
    fn in_order(&self, group: &LabelGroup) -> Vec<((u32, u32), Products)> {
        let rank = self.ranks();
        let place = |(a, b): (u32, u32)| (rank[a as usize], rank[b as usize]);
        let turn = |(&(a, b), products): (&(u32, u32), &Products)| {
            let (first, second) = place((a, b));
            if first < second { ((a, b), products.clone()) } else { ((b, a), products.turned()) }
        };
        let mut pairs: Vec<_> = group.products.iter().map(turn).collect();
        pairs.sort_unstable_by_key(|(pair, _)| place(*pair));
        pairs
    }

    /// Returns the place of each cell in the order of the keys.
    fn ranks(&self) -> Vec<usize> {
        let mut ranks = vec![0; self.cells.len()];
        for (place, number) in self.numbers.values().enumerate() {
            ranks[*number as usize] = place;
        }
        ranks
    }

    fn cell(&self, key: &StatisticKey) -> Option<&StatisticCell> {
        self.numbers.get(key).map(|number| &self.cells[*number as usize])
    }
}
