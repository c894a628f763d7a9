//! Preset for the Perl program ROUGE-1.5.5; see [`crate::metric::rouge155`].

use super::{NoReasons, Preset};
use crate::metric::rouge155::Printed;
use crate::metric::summary::{Rouge155, SummaryMetricGroup, Usual};

pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "rouge155",
    about: "ROUGE-1.5.5 (perl): ROUGE-N, L, W, S and SU, averaged and bounded by its bootstrap; --rouge155 takes its arguments",
    parity: "tests/parity/rouge155.py",
    metric_groups: &[&ROUGE155],
    reasons: &NoReasons,
}];

static ROUGE155: SummaryMetricGroup =
    SummaryMetricGroup { parts: &[&Rouge155], usual: Usual::All, arithmetic: &Printed };
