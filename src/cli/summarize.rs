//! `karat summarize`: figures from files of counts.

use std::collections::{BTreeMap, BTreeSet};

use karat::counts::{self, Gathered};
use karat::document::Status;
use karat::error::Error;
use karat::report::{ExtractorReport, Report, ScoreExport};
use karat::score::{bootstrap_counts, score_counts};

use super::metric_names::select;
use super::output_format::OutputFormat;
use super::plan::{SummarizePlan, settings_of};
use super::score::bootstrapping;
use super::{exit, figures, notes, output, threads};

pub(super) fn execute(plan: &SummarizePlan) -> Result<u8, Error> {
    threads::install(&plan.pool, || {
        let Gathered { header, settings, counts, .. } = counts::read(&plan.files, &settings_of)?;
        let mut scores = score_counts(&counts, &settings);
        let without_answer = counts.documents().iter().filter(|document| document.status != Status::Ok);
        scores.ends = without_answer.map(|document| (document.id.to_string(), (document.status, None))).collect();
        if let Some(resampling) = plan.resampling {
            let _phase = bootstrapping(&scores, resampling);
            bootstrap_counts(&mut scores, &counts, &settings, resampling);
        }
        select(&mut scores, &plan.metrics)?;
        let extractor = ExtractorReport::unlisted(header.system, scores);
        let unlisted = extractor.asked();
        let report = Report {
            dataset: header.dataset,
            unlisted,
            extractors: vec![extractor],
            ..Report::of_references(&BTreeMap::new())
        };
        let extractor = &report.extractors[0];
        plan.format
            .print(&ScoreExport { report: &report, options: &plan.json }, || figures::tables(&extractor.scores))?;
        if plan.format != OutputFormat::Json {
            let layers = extractor.scores.layers.iter().filter(|layer| layer.is_alone()).map(|layer| &layer.layer);
            let alone = notes::without_variation(layers, "document", "there are no intervals");
            let unmatched = notes::unmatched(&extractor.ends, &BTreeSet::new(), extractor.asked());
            alone.iter().chain(&unmatched).for_each(|note| output::note(note));
        }
        Ok(exit::PASS)
    })
}
