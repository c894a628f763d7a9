//! Disagreements between two passes, and the decisions on them.

use serde::{Deserialize, Serialize};

use crate::document::Value;

/// What the adjudicator takes of a disagreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// What the first pass has, which may be nothing.
    #[serde(rename = "a")]
    First,
    /// What the second pass has, which may be nothing.
    #[serde(rename = "b")]
    Second,
    /// The items of both passes.
    Both,
    /// The item of neither pass.
    Neither,
}

/// An item that the passes have in different versions, or that only one of them has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Disagreement {
    /// The name of the layer, or `ignore` for ignored regions.
    pub layer: String,
    /// The item of the first pass, as in its file; `null` if it has none.
    #[serde(rename = "a")]
    pub first: Value,
    /// The item of the second pass, as in its file; `null` if it has none.
    #[serde(rename = "b")]
    pub second: Value,
}

impl Disagreement {
    /// Whether a decision is possible. If only one pass has the item, taking both is taking that
    /// one, and taking neither is taking the other one; each outcome has one decision.
    pub fn permits(&self, decision: Decision) -> bool {
        let has_both = !self.first.is_null() && !self.second.is_null();
        has_both || matches!(decision, Decision::First | Decision::Second)
    }
}
