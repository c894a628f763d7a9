//! A progress bar on a terminal, and nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use karat::runner::{Event, Observer};

/// Watches a run.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// A bar on standard error; hidden where that is no terminal or the user wants quiet.
    pub fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{bar:32} {pos}/{len} {elapsed} {msg}");
        Self(bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }
}

impl Observer for Progress {
    fn note(&self, event: &Event<'_>) {
        match event {
            Event::Started { tasks } => self.0.set_length(*tasks as u64),
            Event::Finished { extractor, document, .. } => {
                self.0.inc(1);
                self.0.set_message(format!("{extractor} {document}"));
            }
            Event::Ended => self.0.finish_and_clear(),
        }
    }
}
