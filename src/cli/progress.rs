//! A progress bar for runs, shown only on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use karat::runner::{Observer, RunEvent};
use karat::text::shown_name;

/// An observer that shows the progress of a run.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Creates a bar on standard error, hidden if that is not a terminal or if `quiet` is set.
    pub fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{bar:32} {pos}/{len} {elapsed} {msg}");
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }
}

impl Observer for Progress {
    fn note(&self, event: &RunEvent<'_>) {
        match event {
            RunEvent::Started { tasks } => self.0.set_length(*tasks as u64),
            RunEvent::Finished { extractor, document, .. } => {
                self.0.inc(1);
                self.0.set_message(format!("{} {}", shown_name(extractor), shown_name(document)));
            }
            RunEvent::Ended => self.0.finish_and_clear(),
        }
    }
}
