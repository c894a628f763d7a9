//! Presets `rouge_score` and `rouge_score-unstemmed`: the package rouge-score 0.1.2, ROUGE-1 to 9,
//! L and Lsum.
//!
//! The figures of a document are those of the package to the last bit. Over documents they are
//! means; the package's own aggregator gives a median of resamples with an unseeded generator,
//! which cannot be reproduced.

use super::{NoReasons, Preset};
use crate::metric::Karat;
use crate::metric::summary::{Rouge, SummaryMetricGroup, Usual};

static STEMMED: SummaryMetricGroup =
    SummaryMetricGroup { parts: &[&Rouge::STEMMED], usual: Usual::All, arithmetic: &Karat };
static UNSTEMMED: SummaryMetricGroup =
    SummaryMetricGroup { parts: &[&Rouge::UNSTEMMED], usual: Usual::All, arithmetic: &Karat };

pub(super) const PRESETS: &[Preset] = &[
    Preset {
        name: "rouge_score",
        about: "rouge-score 0.1.2 with use_stemmer=True: ROUGE-1 to 9, L, Lsum of summaries",
        parity: "tests/parity/rouge.py",
        metric_groups: &[&STEMMED],
        reasons: &NoReasons,
    },
    Preset {
        name: "rouge_score-unstemmed",
        about: "rouge-score 0.1.2 with use_stemmer=False",
        parity: "tests/parity/rouge.py",
        metric_groups: &[&UNSTEMMED],
        reasons: &NoReasons,
    },
];
