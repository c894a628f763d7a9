//! The random order in which a run that stops early takes its documents.

use std::collections::BTreeMap;

use crate::format::sha256;

/// Returns the documents of every cluster, the clusters in random order. `clusters` has the cluster
/// of every document.
///
/// The random number of a cluster is the SHA-256 of the seed and its name, so that it depends
/// neither on the order of files nor on which other documents there are: a document that is added
/// changes no other's turn. Documents of a cluster come in the order of their ids.
pub fn sample_order(clusters: &BTreeMap<String, String>, seed: u64) -> Vec<Vec<String>> {
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (id, cluster) in clusters {
        groups.entry(cluster).or_default().push(id.clone());
    }
    let mut keyed: Vec<(String, Vec<String>)> =
        groups.into_iter().map(|(cluster, ids)| (sha256(format!("{seed}\0{cluster}")), ids)).collect();
    keyed.sort();
    keyed.into_iter().map(|(_, ids)| ids).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::sample_order;

    fn clusters(count: usize, size: usize) -> BTreeMap<String, String> {
        (0..count).map(|at| (format!("d{at:03}"), format!("c{:03}", at / size))).collect()
    }

    #[test]
    fn the_seed_determines_the_order() {
        let all = clusters(100, 1);
        let order = sample_order(&all, 0);
        assert_eq!(order, sample_order(&all, 0));
        assert_ne!(order, sample_order(&all, 1));
        let mut sorted: Vec<String> = order.concat();
        assert!(!sorted.is_sorted());
        sorted.sort();
        assert_eq!(sorted, all.into_keys().collect::<Vec<_>>());
    }

    #[test]
    fn a_document_more_changes_no_other_turn() {
        let (some, all) = (sample_order(&clusters(99, 1), 7), sample_order(&clusters(100, 1), 7));
        let others: Vec<Vec<String>> = all.into_iter().filter(|ids| ids != &["d099"]).collect();
        assert_eq!(some, others);
    }

    #[test]
    fn the_documents_of_a_cluster_stay_together() {
        for ids in sample_order(&clusters(30, 3), 0) {
            assert_eq!(ids.len(), 3);
            assert!(ids.is_sorted());
        }
    }

    /// Each of 50 documents is about equally often among the first ten.
    #[test]
    fn every_document_has_the_same_chance() {
        let all = clusters(50, 1);
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for seed in 0..500 {
            sample_order(&all, seed).into_iter().take(10).flatten().for_each(|id| *counts.entry(id).or_default() += 1);
        }
        assert!(counts.len() == 50 && counts.values().all(|count| (65..=140).contains(count)), "{counts:?}");
    }
}
