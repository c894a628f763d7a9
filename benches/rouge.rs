//! ROUGE-1, 2, L and Lsum together, pairs a second on one thread, for texts of 60 and 500 words.
//!
//! `cargo bench --bench rouge`. Words are drawn from 2,000 made-up ones by a Zipf-like law, lines have 20 words; the
//! hypothesis repeats about half of the reference, in pieces.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use karat::metric::rouge::{Kind, Scorer};
use karat::text::Stemmer;

/// A small generator, so that the texts are the same on every machine.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn word(&mut self) -> String {
        let most = self.below(2_000) + 1;
        let mut rank = self.below(most);
        let ending = ["", "s", "ing", "ation", "ed", "ly"][(rank % 6) as usize];
        let mut word = String::new();
        while word.len() < 3 || rank > 0 {
            word.push(char::from(b"bcdfghklmnprst"[(rank % 14) as usize]));
            rank /= 14;
            word.push(char::from(b"aeiou"[(rank % 5) as usize]));
            rank /= 5;
        }
        word + ending
    }
}

fn text(words: &[String]) -> String {
    words.chunks(20).map(|line| line.join(" ") + ".").collect::<Vec<_>>().join("\n")
}

fn pair(draw: &mut Draw, reference: usize, hypothesis: usize) -> (String, String) {
    let words: Vec<String> = (0..reference).map(|_| draw.word()).collect();
    let mut other: Vec<String> = Vec::new();
    while other.len() < hypothesis {
        let at = draw.below(reference as u64 - 5) as usize;
        other.extend_from_slice(&words[at..at + 5]);
        other.extend((0..5).map(|_| draw.word()));
    }
    other.truncate(hypothesis);
    (text(&words), text(&other))
}

fn rouge(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rouge");
    for (reference, hypothesis) in [(60, 60), (500, 60), (500, 500)] {
        let mut draw = Draw(7);
        let pairs: Vec<_> = (0..50).map(|_| pair(&mut draw, reference, hypothesis)).collect();
        group.throughput(Throughput::Elements(pairs.len() as u64));
        for stem in [false, true] {
            let stemmer = if stem { Stemmer::Porter } else { Stemmer::None };
            let scorer = Scorer { stemmer, ..Scorer::default() };
            let id = BenchmarkId::new(if stem { "stemmed" } else { "plain" }, format!("{reference}x{hypothesis}"));
            group.bench_with_input(id, &pairs, |bencher, pairs| {
                bencher.iter(|| {
                    let scores = pairs.iter().map(|(a, b)| scorer.score(&Kind::USUAL, &[a], b)[3].f1);
                    scores.sum::<f64>()
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, rouge);
criterion_main!(benches);
