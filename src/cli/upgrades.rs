//! Figures that another version of karat computed differently, said once for a command.

use std::collections::{BTreeMap, BTreeSet};

use karat::gate::{UPGRADES, Upgrade, split_upgrades};
use karat::metric::signature::FieldDifference;

use super::output;

/// The metrics that each upgrade changed, by the upgrade's field.
#[derive(Default)]
pub(super) struct Upgraded(BTreeMap<&'static str, BTreeSet<String>>);

impl Upgraded {
    /// Returns the differences between two signatures of a metric that options made, and keeps the
    /// others for [`Self::note`].
    pub(super) fn take(&mut self, metric: &str, differences: Vec<FieldDifference>) -> Vec<FieldDifference> {
        let (upgrades, others) = split_upgrades(differences);
        for upgrade in upgrades {
            self.0.entry(upgrade.field).or_default().insert(metric.to_owned());
        }
        others
    }

    /// Prints a line for each upgrade with the metrics that it changed.
    pub(super) fn note(&self) {
        /// Metrics that are named.
        const NAMED: usize = 3;
        for Upgrade { field, what, .. } in UPGRADES {
            let Some(metrics) = self.0.get(field) else { continue };
            let mut named: Vec<String> = metrics.iter().take(NAMED).map(|metric| format!("`{metric}`")).collect();
            if metrics.len() > NAMED {
                named.push(format!("{} more", metrics.len() - NAMED));
            }
            output::note(&format!(
                "note: the version of karat that made the earlier signatures computed these figures differently: {}. \
                 They now {what}. Both sides are scored anew by this version.\n",
                named.join(", ")
            ));
        }
    }
}
