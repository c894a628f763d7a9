//! The metric group of coreference: counts clusters and lists mentions as items.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::arithmetic::{CoreferenceArithmetic, LINKS};
use super::partition::{MentionSpan, Partition, Table};
use super::scores;
use crate::document::{Annotations, Cluster, Layer};
use crate::metric::signature::{EMPTY, Signature};
use crate::metric::statistics::Name;
use crate::metric::{
    Arithmetic, Case, Class, Counts, Headline, Item, MetricGroup, Options, Outcome, Side, Statistic, StatisticKey,
    Statistics,
};

/// Clusters of mentions.
pub struct Coreference;

/// The name of a metric and the function that counts it.
type Metric = (&'static str, fn(&Table) -> Statistic);

const METRICS: [Metric; 5] = [
    ("muc", scores::muc),
    ("b3", scores::b3),
    ("ceafe", scores::ceafe),
    ("ceafm", scores::ceafm),
    ("lea", scores::lea),
];

impl MetricGroup for Coreference {
    fn scores(&self, layer: &Layer) -> bool {
        *layer == Layer::Coreference
    }

    /// Gold mentions.
    fn gold_items(&self, _: &Layer, gold: &Annotations, _: &Options) -> Option<u64> {
        let clusters = gold.coreference.as_deref()?;
        Some(Partition::new(Some(clusters), &gold.ignore).sizes().iter().sum())
    }

    fn metrics(&self, _: &Options) -> Vec<Name> {
        ["conll", "muc", "b3", "ceafe", "ceafm", "blanc", "lea", "mentions"].map(Name::from).to_vec()
    }

    fn signature(&self, metric: &str, _: &Options) -> Signature {
        let signature = Signature::of("coreference").with("scorer", "conll-8.01").with("metric", metric.to_owned());
        let signature = signature.with("mentions", "exact").with("singletons", "kept");
        signature.with("links", "none=0").open(EMPTY, "null")
    }

    fn headline(&self) -> Option<Headline> {
        Some(Headline::new("conll", "f1"))
    }

    fn arithmetic(&self) -> &dyn Arithmetic {
        &CoreferenceArithmetic
    }

    fn count(&self, _: &Layer, case: &Case<'_>) -> Outcome {
        let gold = Partition::new(case.gold.coreference.as_deref(), &case.gold.ignore);
        let predicted = Partition::new(case.predicted.coreference.as_deref(), &case.gold.ignore);
        let table = Table::new(&gold, &predicted);
        let mut statistics = Statistics::default();
        for (name, metric) in METRICS {
            statistics.add(StatisticKey::whole(name), metric(&table));
        }
        for (kind, statistic) in LINKS.into_iter().zip(scores::blanc(&table)) {
            statistics.add(StatisticKey::labelled("blanc", &kind.into()), statistic);
        }
        // Figures that are computed from the sums of other metrics.
        statistics.add(StatisticKey::whole("blanc"), Statistic::Shares { precision: (0.0, 0.0), recall: (0.0, 0.0) });
        statistics.add(StatisticKey::whole("conll"), Statistic::Average { sum: 0.0, documents: 0 });
        statistics.add(StatisticKey::whole("mentions"), mentions(&table));
        let repeated = [("the golden file", &gold), ("the prediction", &predicted)];
        let repeated = repeated.into_iter().filter_map(|(whose, partition)| warning(whose, partition));
        let best = scores::best_by_mentions(&table);
        let greedy = best.is_greedy.then(|| GREEDY.to_owned());
        let warnings = repeated.chain(greedy).collect();
        Outcome { statistics, items: items(case, &gold, &predicted, &best.pairs), warnings, ..Outcome::default() }
    }
}

/// The warning about a document whose clusters are not paired in the best way.
const GREEDY: &str = "too many clusters share mentions with several others to find the best pairs: they are paired \
    greedily, the largest similarity first, and `ceafe`, `ceafm` and `conll` may be lower than with the best pairs";

fn mentions(table: &Table) -> Statistic {
    let correct: u64 = table.shared.values().sum();
    let (gold, predicted): (u64, u64) = (table.gold.iter().sum(), table.predicted.iter().sum());
    Statistic::matches(Counts { correct, missed: gold - correct, spurious: predicted - correct, ..Counts::default() })
}

fn warning(whose: &str, partition: &Partition<'_>) -> Option<String> {
    let ((start, end), _) = *partition.repeated.first()?;
    let count = partition.repeated.len();
    let what = if count == 1 { "a mention repeats".to_owned() } else { format!("{count} mentions repeat") };
    Some(format!("in {whose} {what} another, such as that at {start}..{end}: only the first counts"))
}

/// Returns one item per mention: correct if it is in the cluster that CEAFm pairs with its own.
fn items(case: &Case<'_>, gold: &Partition<'_>, predicted: &Partition<'_>, pairs: &[(usize, usize)]) -> Vec<Item> {
    let pairs: BTreeSet<&(usize, usize)> = pairs.iter().collect();
    let (golds, answers) = (gold.cluster_of(), predicted.cluster_of());
    let mut described = Described { case, clusters: FxHashMap::default() };
    let mut items = Vec::new();
    for (g, (mentions, cluster)) in gold.clusters.iter().enumerate() {
        for &mention in mentions {
            let side_of_gold = described.side(mention, cluster);
            items.push(match answers.get(&mention) {
                Some(&p) => {
                    let class = if pairs.contains(&(g, p)) { Class::Correct } else { Class::Mislabelled };
                    Item::pair(class, side_of_gold, described.side(mention, predicted.clusters[p].1))
                }
                None => Item::missed(side_of_gold),
            });
        }
    }
    for (mentions, cluster) in &predicted.clusters {
        let unknown_ids = mentions.iter().filter(|mention| !golds.contains_key(mention));
        items.extend(unknown_ids.map(|&mention| Item::spurious(Class::Spurious, described.side(mention, cluster))));
    }
    for &(mention, cluster) in &predicted.repeated {
        items.push(Item::spurious(Class::Duplicate, described.side(mention, cluster)));
    }
    items.sort_by(|a, b| a.span().cmp(&b.span()).then(a.class.cmp(&b.class)));
    items
}

/// Describes mentions. The texts of a cluster are collected when its first mention is described, so
/// that a cluster of n mentions takes n steps and not n².
struct Described<'c, 'a> {
    case: &'c Case<'c>,
    /// The label of each cluster, and the stored texts of its mentions.
    clusters: FxHashMap<*const Cluster, (String, FxHashMap<MentionSpan, &'a str>)>,
}

impl<'a> Described<'_, 'a> {
    /// Returns a mention labelled with its cluster: the id, or the text of the first mention.
    fn side(&mut self, mention: MentionSpan, cluster: &'a Cluster) -> Side {
        let covered = |mention: MentionSpan| {
            self.case.document.and_then(|document| document.slice(mention.0, mention.1)).map(str::to_owned)
        };
        let (label, stored) = self.clusters.entry(std::ptr::from_ref(cluster)).or_insert_with(|| {
            let mut stored: FxHashMap<MentionSpan, &str> = FxHashMap::default();
            for (span, text) in cluster.mentions.iter().filter_map(|span| Some((span, span.text.as_deref()?))) {
                let least = stored.entry((span.start, span.end)).or_insert(text);
                *least = text.min(least);
            }
            let first = cluster.mentions.iter().map(|span| (span.start, span.end)).min();
            let text_of = |mention| stored.get(&mention).map(|text| (*text).to_owned()).or_else(|| covered(mention));
            let label = cluster.id.clone().or_else(|| first.map(|first| text_of(first).unwrap_or_default()));
            (label.unwrap_or_default(), stored)
        });
        let text = stored.get(&mention).map(|text| (*text).to_owned()).or_else(|| covered(mention));
        Side { span: Some(mention), label: label.clone(), text: text.unwrap_or_default() }
    }
}

#[cfg(test)]
mod tests {
    use super::Coreference;
    use crate::document::{Annotations, Cluster, Layer, Region, Span};
    use crate::metric::{Case, Class, MetricGroup, Options, Outcome, StatisticKey};

    /// Clusters of one-letter mentions.
    fn annotations(clusters: &[&str]) -> Annotations {
        let mention = |letter: u8| Span::new(u32::from(letter), u32::from(letter) + 1);
        let cluster = |letters: &&str| Cluster { id: None, mentions: letters.bytes().map(mention).collect() };
        Annotations { coreference: Some(clusters.iter().map(cluster).collect()), ..Annotations::default() }
    }

    fn count(gold: &Annotations, predicted: &Annotations) -> Outcome {
        let case = Case { document: None, gold, predicted, options: &Options::default() };
        Coreference.count(&Layer::Coreference, &case)
    }

    fn value(outcome: &Outcome, metric: &'static str, stat: &str) -> Option<f64> {
        Coreference.arithmetic().value(&outcome.statistics, &StatisticKey::whole(metric), stat)
    }

    fn assert_near(found: Option<f64>, expected: f64) {
        assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
    }

    /// The worked example of Pradhan et al. 2014: key {a b c} {d e f g}, response {a b} {c d} {f g
    /// h i}.
    #[test]
    fn the_example_of_the_reference_papers() {
        let outcome = count(&annotations(&["abc", "defg"]), &annotations(&["ab", "cd", "fghi"]));
        assert_near(value(&outcome, "muc", "recall"), 2.0 / 5.0);
        assert_near(value(&outcome, "muc", "precision"), 2.0 / 5.0);
        assert_near(value(&outcome, "b3", "recall"), (5.0 / 3.0 + 5.0 / 4.0) / 7.0);
        assert_near(value(&outcome, "b3", "precision"), (2.0 + 1.0 + 1.0) / 8.0);
        assert_near(value(&outcome, "ceafm", "recall"), 4.0 / 7.0);
        assert_near(value(&outcome, "ceafm", "precision"), 4.0 / 8.0);
        assert_near(value(&outcome, "ceafe", "recall"), (4.0 / 5.0 + 4.0 / 8.0) / 2.0);
        assert_near(value(&outcome, "ceafe", "precision"), (4.0 / 5.0 + 4.0 / 8.0) / 3.0);
        assert_near(value(&outcome, "blanc", "recall"), (2.0 / 9.0 + 8.0 / 12.0) / 2.0);
        assert_near(value(&outcome, "blanc", "precision"), (2.0 / 8.0 + 8.0 / 20.0) / 2.0);
        assert_near(value(&outcome, "lea", "recall"), (3.0 * (1.0 / 3.0) + 4.0 * (1.0 / 6.0)) / 7.0);
        assert_near(value(&outcome, "lea", "precision"), (2.0 + 0.0 + 4.0 * (1.0 / 6.0)) / 8.0);
        assert_near(value(&outcome, "mentions", "recall"), 6.0 / 7.0);
    }

    #[test]
    fn singletons_alone_have_no_links_for_muc_and_are_right_for_the_others() {
        for singletons in [&["a", "b", "c"][..], &["a"]] {
            let outcome = count(&annotations(singletons), &annotations(singletons));
            for metric in ["b3", "ceafm", "ceafe", "blanc", "lea", "mentions"] {
                assert_eq!(value(&outcome, metric, "f1"), Some(1.0), "{metric}");
            }
            assert_eq!(value(&outcome, "muc", "f1"), Some(0.0));
            assert_near(value(&outcome, "conll", "f1"), 2.0 / 3.0);
        }
    }

    #[test]
    fn nothing_on_one_side_is_nought_and_nothing_on_both_is_undefined() {
        let outcome = count(&annotations(&["ab", "c"]), &annotations(&[]));
        for metric in ["muc", "b3", "ceafm", "ceafe", "blanc", "lea", "mentions"] {
            for stat in ["precision", "recall", "f1"] {
                assert_eq!(value(&outcome, metric, stat), Some(0.0), "{metric} {stat}");
            }
        }
        assert_eq!(value(&count(&annotations(&[]), &annotations(&[])), "conll", "f1"), None);
    }

    #[test]
    fn a_repeated_mention_counts_once_and_is_reported() {
        let outcome = count(&annotations(&["ab"]), &annotations(&["ab", "bc", "aab"]));
        assert_eq!(value(&outcome, "mentions", "precision"), Some(2.0 / 3.0));
        let classes: Vec<Class> = outcome.items.iter().map(|item| item.class).collect();
        assert_eq!(classes.iter().filter(|class| **class == Class::Duplicate).count(), 4);
        assert_eq!(outcome.warnings.len(), 1, "{:?}", outcome.warnings);
        assert!(outcome.warnings[0].starts_with("in the prediction 4 mentions repeat another, such as that at 97..98"));
    }

    #[test]
    fn items_name_mentions_in_the_wrong_cluster() {
        let outcome = count(&annotations(&["abc", "de"]), &annotations(&["ab", "cde", "f"]));
        let classes: Vec<Class> = outcome.items.iter().map(|item| item.class).collect();
        use Class::{Correct, Mislabelled, Spurious};
        assert_eq!(classes, [Correct, Correct, Mislabelled, Correct, Correct, Spurious]);
    }

    #[test]
    fn mentions_in_ignored_regions_count_on_neither_side() {
        let mut gold = annotations(&["ab", "cd"]);
        gold.ignore = vec![Region { start: u32::from(b'c'), end: u32::from(b'z') }];
        let outcome = count(&gold, &annotations(&["ab", "dx"]));
        assert_eq!(value(&outcome, "conll", "f1"), Some(1.0));
        assert_eq!(Coreference.gold_items(&Layer::Coreference, &gold, &Options::default()), Some(2));
    }
}
