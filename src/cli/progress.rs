//! How far long work is: on a terminal a bar for runs and a line for other work that takes more
//! than a second; elsewhere, such as in the log of a CI job, a line every half a minute. `-q` shows
//! neither.

use std::io::IsTerminal;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use karat::runner::{Observer, RunEvent};
use karat::score::Status;
use karat::text::shown_name;
use karat::work::Counter;

use super::{capture, output, printing};

/// Time between two lines where there is no terminal.
const BETWEEN_LINES: Duration = Duration::from_secs(30);
/// Time after which work counts as long on a terminal.
const LONG: Duration = Duration::from_secs(1);
const MEGABYTE: u64 = 1_000_000;

/// The bar that is on the terminal, which notes must not be mixed with.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Calls `print` while the bar is away from the terminal.
pub(super) fn suspended(print: impl FnOnce()) {
    let bar = BAR.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match bar {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

fn set_bar(bar: Option<ProgressBar>) {
    *BAR.lock().unwrap_or_else(PoisonError::into_inner) = bar;
}

/// An observer that shows the progress of a run.
pub(super) struct Progress {
    display: Display,
    counts: Mutex<Counts>,
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
}

/// Where progress is shown.
enum Display {
    Nowhere,
    Bar(ProgressBar),
    /// A function that prints a line.
    Lines(Box<dyn Fn(&str) + Send + Sync>),
}

/// What a run has done so far.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    /// The number of all requests; 0 if it is not known.
    tasks: usize,
    done: usize,
    failed: usize,
    cached: usize,
    /// When the last line was printed, from the beginning of the run.
    printed: Duration,
}

impl Progress {
    /// Creates the progress of a run, which is shown on standard error unless `quiet` is set.
    pub fn new(quiet: bool) -> Self {
        let begun = Instant::now();
        let display = if quiet {
            Display::Nowhere
        } else if std::io::stderr().is_terminal() {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:16} {wide_msg}");
            let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            set_bar(Some(bar.clone()));
            Display::Bar(bar)
        } else {
            Display::Lines(Box::new(output::note))
        };
        Self::with_clock(display, Box::new(move || begun.elapsed()))
    }

    fn with_clock(display: Display, clock: Box<dyn Fn() -> Duration + Send + Sync>) -> Self {
        Self { display, counts: Mutex::default(), clock }
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Progress {
    fn note(&self, event: &RunEvent<'_>) {
        match event {
            RunEvent::Started { tasks } => {
                self.counts().tasks = *tasks;
                if let Display::Bar(bar) = &self.display {
                    bar.set_length(*tasks as u64);
                }
            }
            RunEvent::Finished { extractor, dataset, document, status, took, is_cached } => {
                let now = (self.clock)();
                let mut counts = self.counts();
                counts.done += 1;
                counts.failed += usize::from(*status != Status::Ok);
                counts.cached += usize::from(*is_cached);
                let line = counts.line(now);
                match &self.display {
                    Display::Bar(bar) => {
                        bar.set_message(format!("{line}  {} {}", shown_name(extractor), shown_name(document)));
                        bar.inc(1);
                    }
                    Display::Lines(print) if now.saturating_sub(counts.printed) >= BETWEEN_LINES => {
                        counts.printed = now;
                        print(&format!("progress: {line}\n"));
                    }
                    Display::Lines(_) | Display::Nowhere => {}
                }
                drop(counts);
                let source = if *is_cached {
                    "not requested: its answer is from an earlier run".to_owned()
                } else {
                    format!("requested: {status} after {}", seconds(*took))
                };
                output::explain(2, || format!("{dataset}, {extractor}, {document}: {source}"));
            }
            RunEvent::Ended => {
                if let Display::Bar(bar) = &self.display {
                    bar.finish_and_clear();
                    set_bar(None);
                }
            }
        }
    }
}

impl Counts {
    /// Returns one line: the number of answers, the rate, the time left, failures and cache hits.
    /// The rate is that of requested answers, since those from the cache come at once.
    fn line(&self, elapsed: Duration) -> String {
        let Self { tasks, done, failed, cached, .. } = *self;
        let mut line = if tasks > 0 { format!("{done} of {tasks} documents") } else { format!("{done} documents") };
        let requested = done - cached;
        let rate = requested as f64 / elapsed.as_secs_f64();
        if requested > 0 && rate.is_finite() {
            line.push_str(&format!(", {rate:.1} a second"));
            line.push_str(&time_left(tasks.saturating_sub(done) as f64 / rate));
        }
        if failed > 0 {
            line.push_str(&format!(", {failed} failed"));
        }
        if cached > 0 {
            line.push_str(&format!(", {cached} from the cache"));
        }
        line
    }
}

/// Returns the time left with a comma before it; nothing below half a second.
fn time_left(seconds: f64) -> String {
    let left = Duration::try_from_secs_f64(seconds).unwrap_or_default();
    if left < Duration::from_millis(500) { String::new() } else { format!(", {} left", duration(left)) }
}

/// Returns a time in its two largest units: `2 h 5 min`, `3 min 20 s`, `12 s`.
fn duration(time: Duration) -> String {
    match time.as_secs_f64().round() as u64 {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    }
}

/// Returns a time for a person: tenths of seconds below a minute.
pub(super) fn seconds(time: Duration) -> String {
    if time < Duration::from_secs(60) { format!("{:.1} s", time.as_secs_f64()) } else { duration(time) }
}

/// What is counted while a phase lasts.
#[derive(Debug, Clone, Copy)]
struct Counted {
    /// In the plural.
    unit: &'static str,
    done: u64,
    all: u64,
}

/// Describes a phase after a time: `scoring, 12 s`, or for counted work `scoring, 1200 of 5000
/// documents, 100.0 a second, 38 s left`.
fn phase_line(what: &str, elapsed: Duration, counted: Option<Counted>) -> String {
    // More than all may be done if files had to be read a second time.
    let Some(counted) = counted.filter(|counted| (1..=counted.all).contains(&counted.done)) else {
        return format!("{what}, {}", duration(elapsed));
    };
    let Counted { unit, done, all } = counted;
    let (unit, scale) = if unit == "bytes" { ("MB", MEGABYTE) } else { (unit, 1) };
    let rate = done as f64 / elapsed.as_secs_f64();
    let left = time_left((all - done) as f64 / rate);
    let shown_rate = rate / scale as f64;
    format!("{what}, {} of {} {unit}, {shown_rate:.1} a second{left}", done / scale, all.div_ceil(scale))
}

/// Work other than requests, such as scoring, from its beginning until this is dropped.
pub(super) struct Phase {
    what: &'static str,
    begun: Instant,
    ticker: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Phase {
    /// Begins a phase, which `what` names as in "scoring".
    pub fn begin(what: &'static str) -> Self {
        Self::start(what, None)
    }

    /// Begins a phase in which `counter` counts to `all`; 0 if the amount of work is not known.
    pub fn counted(what: &'static str, counter: &'static Counter, all: u64) -> Self {
        Self::start(what, Some((counter, all)))
    }

    fn start(what: &'static str, counted: Option<(&'static Counter, u64)>) -> Self {
        let begun = Instant::now();
        let before = counted.map_or(0, |(counter, _)| counter.done());
        let line = move || {
            let of =
                |(counter, all): (&Counter, u64)| Counted { unit: counter.unit(), done: counter.done() - before, all };
            phase_line(what, begun.elapsed(), counted.map(of))
        };
        let is_terminal = std::io::stderr().is_terminal();
        // If no thread can be started, the phase is not shown.
        let start = || {
            let (stop, stopped) = channel::<()>();
            let wait = if is_terminal { LONG } else { BETWEEN_LINES };
            let tick = move || {
                let is_over = |wait| stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout);
                if is_over(wait) {
                    return;
                }
                if !is_terminal {
                    loop {
                        output::note(&format!("progress: {}\n", line()));
                        if is_over(wait) {
                            return;
                        }
                    }
                }
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                let style = ProgressStyle::with_template("{spinner} {wide_msg}");
                let bar = bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
                set_bar(Some(bar.clone()));
                loop {
                    bar.set_message(line());
                    bar.tick();
                    if is_over(Duration::from_millis(100)) {
                        break;
                    }
                }
                bar.finish_and_clear();
                set_bar(None);
            };
            Some((stop, thread::Builder::new().spawn(tick).ok()?))
        };
        let ticker = if printing::is_quiet() || capture::current().is_some() { None } else { start() };
        Self { what, begun, ticker }
    }
}

impl Drop for Phase {
    fn drop(&mut self) {
        if let Some((stop, thread)) = self.ticker.take() {
            // The thread has ended if nothing receives this.
            let _ = stop.send(());
            let _ = thread.join();
        }
        output::explain(1, || format!("{} took {}", self.what, seconds(self.begun.elapsed())));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};
    use std::time::Duration;

    use karat::runner::{Observer, RunEvent};
    use karat::score::Status;

    use super::{Counted, Counts, Display, Progress, duration, phase_line};

    #[test]
    fn a_line_has_rate_time_left_failures_and_cache_hits() {
        let counts = Counts { tasks: 500, done: 120, failed: 3, cached: 20, printed: Duration::ZERO };
        let line = "120 of 500 documents, 10.0 a second, 38 s left, 3 failed, 20 from the cache";
        assert_eq!(counts.line(Duration::from_secs(10)), line);
        let counts = Counts { done: 5, cached: 5, ..Counts::default() };
        assert_eq!(counts.line(Duration::from_secs(10)), "5 documents, 5 from the cache");
        assert_eq!(Counts { done: 5, tasks: 9, ..Counts::default() }.line(Duration::ZERO), "5 of 9 documents");
    }

    #[test]
    fn a_log_gets_a_line_every_half_a_minute() {
        let (now, lines) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (clock, printed) = (Arc::clone(&now), Arc::clone(&lines));
        let display = Display::Lines(Box::new(move |line| printed.lock().unwrap().push(line.to_owned())));
        let progress =
            Progress::with_clock(display, Box::new(move || Duration::from_secs(clock.load(Ordering::Relaxed))));
        progress.note(&RunEvent::Started { tasks: 100 });
        for second in 1..=70 {
            now.store(second, Ordering::Relaxed);
            progress.note(&RunEvent::Finished {
                extractor: "x",
                dataset: "d",
                document: "a",
                status: if second == 40 { Status::Failed } else { Status::Ok },
                took: Duration::from_secs(1),
                is_cached: false,
            });
        }
        progress.note(&RunEvent::Ended);
        assert_eq!(
            *lines.lock().unwrap(),
            [
                "progress: 30 of 100 documents, 1.0 a second, 1 min 10 s left\n",
                "progress: 60 of 100 documents, 1.0 a second, 40 s left, 1 failed\n"
            ]
        );
    }

    #[test]
    fn counted_work_has_a_rate_and_the_time_left() {
        let line = |unit, all, done| phase_line("scoring", Duration::from_secs(12), Some(Counted { unit, done, all }));
        let documents = "scoring, 1200 of 5000 documents, 100.0 a second, 38 s left";
        assert_eq!(line("documents", 5_000, 1_200), documents);
        assert_eq!(line("documents", 5_000, 5_000), "scoring, 5000 of 5000 documents, 416.7 a second");
        assert_eq!(
            line("bytes", 9_000_000_001, 600_000_000),
            "scoring, 600 of 9001 MB, 50.0 a second, 2 min 48 s left"
        );
        // Nothing is done, the amount is not known, or nothing is counted.
        assert_eq!(line("documents", 5_000, 0), "scoring, 12 s");
        assert_eq!(line("documents", 0, 7), "scoring, 12 s");
        assert_eq!(phase_line("scoring", Duration::from_secs(12), None), "scoring, 12 s");
    }

    #[test]
    fn times_have_two_units() {
        let shown = [0.4, 59.4, 200.0, 7_500.0].map(|seconds| duration(Duration::from_secs_f64(seconds)));
        assert_eq!(shown, ["0 s", "59 s", "3 min 20 s", "2 h 5 min"]);
    }
}
