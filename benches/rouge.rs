//! ROUGE-1, 2, L and Lsum together, pairs a second on one thread, for texts of 60 and 500 words.
//!
//! `cargo bench --bench rouge`.

mod texts;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use karat::metric::rouge::{RougeVariant, Scorer};
use karat::text::Stemmer;
use texts::{Draw, pair};

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
                    let scores = pairs.iter().map(|(a, b)| scorer.score(&RougeVariant::USUAL, &[a], b)[3].f1);
                    scores.sum::<f64>()
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, rouge);
criterion_main!(benches);
