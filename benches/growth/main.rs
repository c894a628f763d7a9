//! How the cost of commands grows with their input: documents that are expensive to align, to
//! extract from, to check and to compare.
//!
//! ```sh
//! cargo bench --bench growth                # seconds and peak memory, by size
//! cargo bench --bench growth -- nested      # only what has this in its name
//! cargo bench --bench growth -- --check     # counted instructions; fails if a curve is too steep
//! cargo bench --bench growth -- --check --tenth    # only the first of every ten cases
//! ```
//!
//! `--check` needs valgrind. It counts the instructions of sizes n and 2n, less those of size 1,
//! since a machine that is busy changes times but not counts. A ratio of 2 is linear growth, and
//! one of 4 is quadratic.

mod cases;
mod inputs;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use cases::{Case, cases};

/// Admits n log n.
const MOST: f64 = 2.6;

fn main() -> io::Result<ExitCode> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let has = |option: &str| args.iter().any(|arg| arg == option);
    let is_check = has("--check");
    let is_wanted = |case: &Case| args.iter().all(|arg| arg.starts_with("--") || case.name.contains(arg.as_str()));
    let step = if has("--tenth") { 10 } else { 1 };
    let cases: Vec<Case> = cases().into_iter().filter(is_wanted).step_by(step).collect();
    let folder = tempfile::tempdir()?;
    if is_check { check(&cases, folder.path()) } else { measure(&cases, folder.path()) }
}

/// Prints seconds and megabytes of each case at a quarter, half and all of its size.
fn measure(cases: &[Case], folder: &Path) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    for case in cases {
        for size in [case.largest / 4, case.largest / 2, case.largest] {
            let (seconds, megabytes) = cost(case, size, folder);
            writeln!(out, "{:<44} {size:>6}: {seconds:>7.3} s {megabytes:>6.0} MB", case.name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints by how much the instructions of each case grow, and fails if one grows too fast. Counts
/// do not depend on what else runs, so as many cases run at once as there are processors.
fn check(cases: &[Case], folder: &Path) -> io::Result<ExitCode> {
    let (next, ratios) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    let work = || {
        while let Some((at, case)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, cases.get(at)?)))
        {
            let ratio = ratio(case, folder);
            ratios.lock().expect("no thread panics").insert(at, ratio);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let (mut steep, mut out) = (Vec::new(), io::stdout().lock());
    for (at, ratio) in ratios.into_inner().expect("no thread panics") {
        let Case { name, counted, .. } = &cases[at];
        writeln!(out, "{name:<44} {counted:>6} to {:>6}: {ratio:.2}", 2 * counted)?;
        if ratio > MOST {
            steep.push(name.as_str());
        }
    }
    if steep.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "grows by more than {MOST} when the input doubles: {}", steep.join(", "))?;
    Ok(ExitCode::FAILURE)
}

/// Writes the input of a case and returns the command, which runs in a folder of its own.
fn command(case: &Case, size: u32, folder: &Path, under: &[&str]) -> Command {
    let home = folder.join(format!("{}-{size}", case.name.replace(' ', "-")));
    if home.exists() {
        fs::remove_dir_all(&home).expect("the folder of the last run goes");
    }
    fs::create_dir_all(&home).expect("a folder");
    let arguments = (case.prepare)(size, &home);
    let program = env!("CARGO_BIN_EXE_karat");
    let mut words = under.iter().copied().chain([program]).chain(arguments.iter().map(String::as_str));
    let mut command = Command::new(words.next().expect("the program"));
    command.args(words).current_dir(home).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// The seconds that a command takes, and its peak resident memory in megabytes.
fn cost(case: &Case, size: u32, folder: &Path) -> (f64, f64) {
    let mut command = command(case, size, folder, &[]);
    let started = Instant::now();
    let mut child = command.stderr(Stdio::null()).spawn().expect("karat starts");
    let mut kilobytes = 0.0_f64;
    let status = format!("/proc/{}/status", child.id());
    while child.try_wait().expect("its state is known").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes = kilobytes.max(peak.unwrap_or_default());
        sleep(Duration::from_millis(1));
    }
    (started.elapsed().as_secs_f64(), kilobytes / 1024.0)
}

/// By how much the number of instructions grows when the input doubles.
fn ratio(case: &Case, folder: &Path) -> f64 {
    let [least, once, twice] = [1, case.counted, 2 * case.counted].map(|size| instructions(case, size, folder));
    (twice - least) / (once - least).max(1.0)
}

fn instructions(case: &Case, size: u32, folder: &Path) -> f64 {
    const VALGRIND: [&str; 3] = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"];
    // Threads that wait for each other count instructions, too.
    let mut command = command(case, size, folder, &VALGRIND);
    let output = command.env("RAYON_NUM_THREADS", "1").output().expect("valgrind is installed");
    let text = String::from_utf8_lossy(&output.stderr);
    let collected = text.lines().find_map(|line| line.split("Collected :").nth(1)?.trim().parse().ok());
    collected.unwrap_or_else(|| panic!("{} at {size}: valgrind counted nothing: {text}", case.name))
}
