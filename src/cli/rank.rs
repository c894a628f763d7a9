//! `karat rank`: ranks systems by preferences between their answers.

use std::collections::BTreeSet;

use karat::error::{Diagnostic, Error};
use karat::judge::preference::{PreferenceFile, rank};
use karat::report::RankingReport;

use super::args::rank::RankArgs;
use super::styled_text::StyledText;
use super::{exit, table};

pub(super) fn execute(args: &RankArgs) -> Result<u8, Error> {
    let PreferenceFile { mut rows, hashes } = PreferenceFile::load(&args.files).map_err(Error::Input)?;
    let judges: BTreeSet<String> = rows.iter().map(|row| row.judge.clone()).collect();
    if let Some(unknown) = args.judges.iter().find(|judge| !judges.contains(*judge)) {
        let diagnostic = Diagnostic::new(format!("there is no verdict of a judge {unknown:?}"));
        let named = judges.iter().map(String::as_str).filter(|judge| !judge.is_empty());
        return Err(match named.clone().count() {
            0 => diagnostic.help("the files name no judges").into(),
            _ => diagnostic.help_with_nearest(unknown, named).into(),
        });
    }
    rows.retain(|row| args.judges.is_empty() || args.judges.contains(&row.judge));
    if rows.is_empty() {
        return Err(Error::NothingSelected(Diagnostic::new("the files have no preferences")));
    }
    let report = RankingReport { ranking: rank(&rows, args.confidence), hashes };
    args.format.print(&report, || {
        let mut rows = table::new(report.header()).optional(&["losses", "ties", "wins"]);
        report.rows().into_iter().for_each(|row| {
            rows.add_row(row);
        });
        StyledText::joined([StyledText::from(format!("{}\n", report.rests_on())), table::render(&rows)])
    })?;
    Ok(exit::PASS)
}
