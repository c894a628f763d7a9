//! `karat history prune`.

use jiff::{SignedDuration, Timestamp};
use karat::error::{Diagnostic, Error};
use karat::report::history::counted;
use karat::text::visible;

use super::super::args::history::PruneArgs;
use super::super::{exit, output};

pub(super) fn execute(args: &PruneArgs) -> Result<u8, Error> {
    let mut history = args.of.open()?;
    // Times are in UTC and of one form, so that they compare as texts.
    let since = args.older_than.map(|days| {
        let age = SignedDuration::from_hours(24 * i64::from(days));
        let since = Timestamp::now().checked_sub(age);
        since.map(|since| format!("{since:.3}")).map_err(|_| Diagnostic::new(format!("{days} days are too many")))
    });
    let since = since.transpose()?;
    let is_kept = |at: usize, started: &str| match (args.keep, &since) {
        (Some(keep), _) => at < keep,
        (None, Some(since)) => started >= since.as_str(),
        (None, None) => true,
    };
    let pruned = history.prune(is_kept, args.dry_run)?;
    let (deleted, kept) = (pruned.runs.len(), pruned.kept);
    if args.dry_run {
        let runs: String = pruned.runs.iter().map(|run| format!("{}\n", visible(run))).collect();
        output::print(&format!("{runs}{} would be deleted from the history, {kept} kept\n", counted(deleted, "run")))?;
    } else {
        output::print(&format!("deleted {} from the history, kept {kept}\n", counted(deleted, "run")))?;
    }
    Ok(exit::PASS)
}
