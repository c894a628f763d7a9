//! Checks the numbers, dates and names of a summary against its source.

use std::collections::BTreeSet;

use super::{SummaryMetric, Texts};
use crate::metric::signature::{EMPTY, Signature};
use crate::metric::source::{FactKind, FactSource, RULE};
use crate::metric::{Direction, Name, Options, Outcome, Statistic, StatisticKey};

/// The fraction of facts that the source supports, the fraction of summaries without a fabricated
/// fact, and the number of fabricated facts per summary by kind. A fact counts once per summary,
/// however often it occurs.
pub struct Facts;

const FACTS: &str = "facts";
const GROUNDED: &str = "grounded";
const INVENTED: [(&str, FactKind); 3] =
    [("invented_numbers", FactKind::Number), ("invented_dates", FactKind::Date), ("invented_names", FactKind::Name)];

impl SummaryMetric for Facts {
    fn names(&self, _: &Options) -> Vec<Name> {
        [FACTS, GROUNDED].into_iter().chain(INVENTED.map(|(name, _)| name)).map(Name::from).collect()
    }

    fn signature(&self, name: &str, _: &Options) -> Signature {
        let signature = Signature::of(name.to_owned());
        let signature = match name {
            FACTS => signature.flag("in-source"),
            GROUNDED => signature.flag("summaries-without-invented"),
            _ => signature.with("mean", "documents"),
        };
        signature.with("rules", RULE).flag("distinct").open(EMPTY, "null")
    }

    fn direction(&self, name: &str) -> Direction {
        if INVENTED.iter().any(|(invented, _)| *invented == name) { Direction::Lower } else { Direction::Higher }
    }

    fn count(&self, texts: &Texts<'_>, options: &Options, wanted: &dyn Fn(&str) -> bool, outcome: &mut Outcome) {
        let Some(source) = texts.source.filter(|_| self.names(options).iter().any(|name| wanted(name))) else { return };
        let facts = FactSource::new(source).facts(texts.hypothesis);
        let distinct: BTreeSet<(FactKind, &str, bool)> =
            facts.iter().map(|fact| (fact.kind, &*fact.value, fact.invented)).collect();
        let invented = |kind: FactKind| distinct.iter().filter(|fact| fact.0 == kind && fact.2).count() as u64;
        let documents = u64::from(!texts.hypothesis.trim().is_empty());
        let all = distinct.len() as u64;
        let made_up: u64 = FactKind::ALL.into_iter().map(invented).sum();
        let mut add = |name: &'static str, statistic| {
            if wanted(name) {
                outcome.statistics.add(StatisticKey::whole(name), statistic);
            }
        };
        add(FACTS, Statistic::Share { hits: all - made_up, whole: all });
        add(GROUNDED, Statistic::Share { hits: if made_up == 0 { documents } else { 0 }, whole: documents });
        for (name, kind) in INVENTED {
            add(name, Statistic::Amount { sum: invented(kind) as f64, documents });
        }
        outcome.facts = facts;
    }
}

#[cfg(test)]
mod tests {
    use super::Facts;
    use crate::document::{Annotations, Document};
    use crate::metric::summary::{SummaryMetric, Texts};
    use crate::metric::{Options, Outcome, Statistic, StatisticKey};

    #[test]
    fn each_fact_counts_once() {
        let (gold, source) = (Annotations::default(), Document::new("d", "Then Lavrov met 12 men."));
        let mut texts = Texts {
            references: Vec::new(),
            hypothesis: "Then Lavrov saw twelve men, and Lavrov left with 15 of them and Bush; then 15 more.",
            source: Some(&source),
            gold: &gold,
            predicted: &gold,
        };
        let count = |texts: &Texts<'_>| {
            let mut outcome = Outcome::default();
            Facts.count(texts, &Options::default(), &|_| true, &mut outcome);
            outcome
        };
        let outcome = count(&texts);
        let get =
            |outcome: &Outcome, name: &str| outcome.statistics.get(&StatisticKey::whole(name.to_owned())).cloned();
        assert_eq!(get(&outcome, "facts"), Some(Statistic::Share { hits: 2, whole: 4 }));
        assert_eq!(get(&outcome, "grounded"), Some(Statistic::Share { hits: 0, whole: 1 }));
        assert_eq!(get(&outcome, "invented_numbers"), Some(Statistic::Amount { sum: 1.0, documents: 1 }));
        assert_eq!(get(&outcome, "invented_names"), Some(Statistic::Amount { sum: 1.0, documents: 1 }));
        assert_eq!(outcome.facts.len(), 6);
        texts.hypothesis = "";
        assert_eq!(get(&count(&texts), "grounded"), Some(Statistic::Share { hits: 0, whole: 0 }));
        texts.source = None;
        assert!(count(&texts).statistics.iter().next().is_none());
    }
}
