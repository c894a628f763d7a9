//! The section on latency, throughput and cost of extractors, if timings were requested.

use super::super::Report;
use super::inert;
use super::table::{Align, Table};
use crate::score::Status;

pub(super) fn section(report: &Report) -> String {
    let columns = [
        ("extractor", Align::Left),
        ("documents a second", Align::Right),
        ("p50, ms", Align::Right),
        ("p95, ms", Align::Right),
        ("max, ms", Align::Right),
        ("cached", Align::Right),
        ("retried", Align::Right),
        ("failed", Align::Right),
        ("timed out", Align::Right),
        ("skipped", Align::Right),
        ("tokens in", Align::Right),
        ("tokens out", Align::Right),
        ("cost", Align::Right),
    ];
    let mut table = Table::new(columns);
    for extractor in &report.extractors {
        let Some(timings) = &extractor.timings else { continue };
        let ended =
            [Status::Failed, Status::TimedOut, Status::Skipped].map(|status| extractor.count(status).to_string());
        let of_usage = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let usage = timings.usage;
        let took = [
            format!("{:.1}", timings.documents_per_second),
            format!("{:.2}", timings.p50),
            format!("{:.2}", timings.p95),
            format!("{:.2}", timings.max),
            timings.cached.to_string(),
            timings.retried.to_string(),
        ];
        let spent = [
            of_usage(usage.map(|usage| usage.tokens_in.to_string())),
            of_usage(usage.map(|usage| usage.tokens_out.to_string())),
            of_usage(usage.and_then(|usage| usage.cost).map(|cost| format!("{cost:.4}"))),
        ];
        table.row([inert::name(&extractor.name)].into_iter().chain(took).chain(ended).chain(spent));
    }
    if table.is_empty() {
        return String::new();
    }
    format!(
        "## Timings\n\nLatencies of answers from a journal or a cache are those of the run that requested them; the speed is that of \
         the requests of this run. Tokens and cost are as the extractors report them, cached answers included.\n\n{}",
        table.render()
    )
}
