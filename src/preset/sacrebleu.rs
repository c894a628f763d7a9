//! Preset `sacrebleu`: the package sacrebleu 2.6.0, applied to summaries: corpus-level BLEU, chrF,
//! chrF++ and TER.

use super::{NoReasons, Preset};
use crate::metric::Karat;
use crate::metric::summary::{Sacrebleu, SummaryMetricGroup, Usual};

static SACREBLEU: SummaryMetricGroup =
    SummaryMetricGroup { parts: &[&Sacrebleu::STRICT], usual: Usual::All, arithmetic: &Karat };

pub(super) const PRESETS: &[Preset] = &[Preset {
    name: "sacrebleu",
    about: "sacrebleu 2.6.0: BLEU, chrF, chrF++, TER of summaries, 0 to 100",
    parity: "tests/parity/sacrebleu.py",
    metric_groups: &[&SACREBLEU],
    reasons: &NoReasons,
}];
