//! Figures whose computation changed between versions of karat.
//!
//! A baseline is its predictions, which every version scores anew, so both sides of a comparison
//! are computed alike. The signature of such a figure differs from the accepted one, which is to be
//! said rather than refused, as a difference of options is.

use crate::metric::signature::{FieldDifference, UNANSWERED, UNANSWERED_LEFT_OUT};

/// A change of a figure's signature that a version of karat made, rather than an option.
#[derive(Debug, PartialEq)]
pub struct Upgrade {
    /// The field of the signature that is new.
    pub field: &'static str,
    /// Its value since the change.
    pub value: &'static str,
    /// What changed and why, as the end of a sentence that begins with a list of figures.
    pub what: &'static str,
}

/// The changes since baselines exist, oldest first. CHANGELOG.md names each.
pub const UPGRADES: &[Upgrade] = &[Upgrade {
    field: UNANSWERED,
    value: UNANSWERED_LEFT_OUT,
    what: "leave out documents that were not answered, since failures raised figures without a reference",
}];

impl Upgrade {
    fn explains(&self, difference: &FieldDifference) -> bool {
        let sides = difference.values.each_ref().map(Option::as_deref);
        difference.field == self.field && (sides == [None, Some(self.value)] || sides == [Some(self.value), None])
    }
}

/// Separates the differences between two signatures of a figure that upgrades of karat explain from
/// those that options made.
pub fn split_upgrades(differences: Vec<FieldDifference>) -> (Vec<&'static Upgrade>, Vec<FieldDifference>) {
    let (mut upgrades, mut others) = (Vec::new(), Vec::new());
    for difference in differences {
        match UPGRADES.iter().find(|upgrade| upgrade.explains(&difference)) {
            Some(upgrade) => upgrades.push(upgrade),
            None => others.push(difference),
        }
    }
    (upgrades, others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Signature;

    #[test]
    fn an_option_is_no_upgrade() {
        let [then, now, other] = ["grounded|a:1", "grounded|a:2|unanswered:left-out", "grounded|a:1|unanswered:zero"]
            .map(|text| text.parse::<Signature>().unwrap());
        let fields = |(upgrades, others): (Vec<&Upgrade>, Vec<FieldDifference>)| {
            (upgrades.len(), others.into_iter().map(|other| other.field).collect::<Vec<_>>())
        };
        assert_eq!(fields(split_upgrades(then.differences(&now))), (1, vec!["a".to_owned()]));
        assert_eq!(fields(split_upgrades(now.differences(&then))), (1, vec!["a".to_owned()]));
        assert_eq!(fields(split_upgrades(then.differences(&other))), (0, vec!["unanswered".to_owned()]));
    }
}
