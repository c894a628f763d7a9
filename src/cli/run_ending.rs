//! What `karat run` and `karat merge` print on a terminal beside their table: the differences from
//! the accepted baselines, the use of the cache, the time, and what to do next. Logs and pipes get
//! none of this, so that the output of equal runs stays equal.

use std::time::Duration;

use karat::report::{COMPARED, ExtractorReport, Report, compared_cells};
use karat::runner::Answers;
use karat::store::RunFolder;

use super::compare::toned;
use super::progress::seconds;
use super::styled_text::StyledText;
use super::table::{self, Cell};
use super::tone::Tone;

/// Returns the differences of a report's headline figures from the accepted baselines, with the
/// verdict of the gate on each extractor, as the report has it; empty without a baseline.
pub(super) fn differences(report: &Report) -> StyledText {
    let judged: Vec<(&ExtractorReport, &str)> =
        report.extractors.iter().filter_map(|extractor| Some((extractor, extractor.verdict.as_deref()?))).collect();
    let mut text = StyledText::default();
    if judged.is_empty() {
        return text;
    }
    text.push("against the baseline: ");
    for (at, (extractor, verdict)) in judged.iter().enumerate() {
        text.push(format!("{}{} ", if at > 0 { ", " } else { "" }, extractor.name));
        text.push(StyledText::toned(verdict, Tone::of_word(verdict)));
    }
    text.push("\n");
    // Names, values and verdicts of the table of `karat compare`, after the name of the extractor.
    let shown = ["metric", "base", "candidate", "difference", "verdict"];
    let is_shown = |at: &usize| shown.contains(&COMPARED[*at]);
    let columns: Vec<usize> = (0..COMPARED.len()).filter(is_shown).collect();
    let header: Vec<&str> = columns.iter().map(|at| COMPARED[*at]).collect();
    let mut rows = table::new(["extractor"].into_iter().chain(header.iter().copied()));
    rows = rows.names(&[1]).optional(&["base", "candidate"]);
    let mut has_rows = false;
    for (extractor, _) in judged {
        for figure in extractor.baseline.iter().flat_map(|baseline| &baseline.headlines) {
            let cells = compared_cells(figure);
            let cells: Vec<String> = columns.iter().map(|at| cells[*at].clone()).collect();
            rows.add_row([Cell::from(&extractor.name)].into_iter().chain(toned(&header, &cells)));
            has_rows = true;
        }
    }
    if has_rows {
        text.push(table::render(&rows));
    }
    text.push("\n");
    text
}

/// Returns the last lines: the use of the cache, the time, and what to do next.
pub(super) fn closing(answers: &Answers, took: Duration, folder: &RunFolder, is_complete: bool) -> StyledText {
    // Only the reports of whole runs are copied, and only those can be accepted.
    let is_whole = !folder.copies.is_empty();
    let cached: u64 = answers.accounts.values().map(|account| u64::from(account.cached)).sum();
    let requested: u64 = answers.accounts.values().map(|account| account.requested).sum();
    let is_merged = answers.accounts.values().any(|account| account.is_merged);
    let answers = |count: u64| if count == 1 { "1 answer".to_owned() } else { format!("{count} answers") };
    let used =
        if is_merged { String::new() } else { format!("{} from the cache, {requested} requested; ", answers(cached)) };
    let next = match (is_complete, is_whole) {
        (true, true) => {
            "next: `karat view` shows the report; `karat accept latest` makes this run the baseline".to_owned()
        }
        (true, false) => format!("next: `karat view {}` shows the report", folder.run.folder().display()),
        (false, true) => "next: `karat view` shows what failed; `karat run` requests only that again".to_owned(),
        (false, false) => format!("next: `karat view {}` shows what failed", folder.run.folder().display()),
    };
    StyledText::from(format!("\n{used}took {}\n{next}\n", seconds(took)))
}
