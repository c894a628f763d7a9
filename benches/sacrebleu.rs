//! BLEU, chrF, chrF++ (with chrF), TER, METEOR and the word error rate, pairs a second on one
//! thread, for texts of 60 and 500 words.
//!
//! `cargo bench --bench sacrebleu`.

mod texts;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use karat::metric::options::{BleuOptions, ChrfOptions, EditDistanceOptions, MeteorOptions, TerOptions};
use texts::{Draw, pair};

/// The figure of a reference and a hypothesis.
type Score = Box<dyn Fn(&str, &str) -> f64>;

fn scores() -> [(&'static str, Score); 6] {
    let bleu = BleuOptions { effective_order: true, ..BleuOptions::default() };
    let (chrf, characters) = (ChrfOptions::default(), ChrfOptions { word_order: 0, ..ChrfOptions::default() });
    let (ter, meteor, errors) = (TerOptions::default(), MeteorOptions::default(), EditDistanceOptions::default());
    [
        ("bleu", Box::new(move |one, other| bleu.score(&bleu.count(&[one], other)))),
        ("chrf", Box::new(move |one, other| characters.score(&characters.count(&[one], other)[0]))),
        ("chrf++", Box::new(move |one, other| chrf.score(&chrf.count(&[one], other)[1]))),
        ("ter", Box::new(move |one, other| ter.score(&ter.count(&[one], other)))),
        ("meteor", Box::new(move |one, other| meteor.score(&[one], other))),
        ("edit_distance", Box::new(move |one, other| errors.count(&[one], other)[0])),
    ]
}

fn sacrebleu(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("sacrebleu");
    for (reference, hypothesis) in [(60, 60), (500, 60), (500, 500)] {
        let mut draw = Draw(7);
        let pairs: Vec<_> = (0..50).map(|_| pair(&mut draw, reference, hypothesis)).collect();
        group.throughput(Throughput::Elements(pairs.len() as u64));
        for (name, score) in scores() {
            let id = BenchmarkId::new(name, format!("{reference}x{hypothesis}"));
            group.bench_with_input(id, &pairs, |bencher, pairs| {
                bencher.iter(|| pairs.iter().map(|(one, other)| score(one, other)).sum::<f64>());
            });
        }
    }
    group.finish();
}

criterion_group!(benches, sacrebleu);
criterion_main!(benches);
