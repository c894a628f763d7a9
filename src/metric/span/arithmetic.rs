//! karat's arithmetic, extended by an F for every requested beta.

use crate::metric::{Arithmetic, Karat, Name, Options, Statistic, StatisticKey, Statistics};

pub(super) struct WithBeta;

impl Arithmetic for WithBeta {
    fn stats(&self, statistic: &Statistic, options: &Options) -> Vec<Name> {
        let mut stats = Karat.stats(statistic, options);
        // Confidences have no F1 and no other F.
        if stats.iter().any(|stat| stat == "f1") {
            stats.extend(options.spans.beta.iter().map(|beta| Name::from(format!("f{beta}"))));
        }
        stats
    }

    fn value(&self, statistics: &Statistics, key: &StatisticKey, stat: &str) -> Option<f64> {
        Karat.value(statistics, key, stat)
    }

    fn is_karat(&self) -> bool {
        true
    }
}
