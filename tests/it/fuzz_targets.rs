//! The fuzz targets on mutated seeds, without libFuzzer: deterministic, and part of every test run.

#[path = "../../fuzz/targets.rs"]
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use karat::format::FORMATS;

/// The number of mutations of each seed.
const MUTATIONS: u64 = 60;

/// What a mutation may insert: brackets, separators and values that readers treat specially.
const PIECES: [&[u8]; 24] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b":",
    b",",
    b"\n",
    b"\t",
    b"<",
    b">",
    b"&",
    b"-1",
    b"4294967295",
    b"4294967296",
    b"1e999",
    b"null",
    b"\\ud800",
    b"\xF0\x9D\x84\x9E",
    b"\xFF",
    b"\0",
    b"\r\n",
    b"=",
    b"#",
];

/// A SplitMix64 generator.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: usize) -> usize {
        (self.next() % most.max(1) as u64) as usize
    }
}

fn mutated(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(5)).min(bytes.len());
        match random.below(5) {
            0 => drop(bytes.splice(at..end, PIECES[random.below(PIECES.len())].iter().copied())),
            1 => drop(bytes.drain(at..end)),
            2 if at < bytes.len() => bytes[at] = random.next() as u8,
            3 => {
                let part = bytes[at..(at + 40).min(bytes.len())].to_vec();
                let to = random.below(bytes.len() + 1);
                drop(bytes.splice(to..to, part));
            }
            _ => bytes.truncate(if random.below(8) == 0 { at } else { bytes.len() }),
        }
    }
    bytes
}

fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<(PathBuf, Vec<u8>)> = files.map(|file| (file.clone(), fs::read(file).unwrap())).collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no seeds", folder.display());
    files
}

fn run(name: &str, target: fn(&[u8])) {
    let mut random = Random(1);
    for (_, seed) in seeds(name) {
        target(&seed);
        (0..MUTATIONS).for_each(|_| target(&mutated(&seed, &mut random)));
    }
}

#[test]
fn formats() {
    run("formats", targets::formats);
}

#[test]
fn config() {
    run("config", targets::config);
}

#[test]
fn replies() {
    run("replies", targets::replies);
}

#[test]
fn alignment() {
    run("alignment", targets::alignment);
}

#[test]
fn every_text_format_has_a_seed() {
    let first_line = |(_, seed): (PathBuf, Vec<u8>)| {
        let line = seed.split(|byte| *byte == b'\n').next().unwrap_or_default();
        String::from_utf8(line.to_vec()).unwrap()
    };
    let seeded: BTreeSet<String> = seeds("formats").into_iter().map(first_line).collect();
    let known: BTreeSet<String> = FORMATS.iter().map(|format| format.name.to_owned()).collect();
    let (missing, unknown): (Vec<_>, Vec<_>) =
        (known.difference(&seeded).collect(), seeded.difference(&known).collect());
    assert!(missing.is_empty() && unknown.is_empty(), "without a seed: {missing:?}; no format: {unknown:?}");
}
