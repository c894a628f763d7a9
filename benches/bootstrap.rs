//! Ten thousand resamples, and as many assignments, of a thousand documents with four sums for each
//! of a hundred metrics, on all threads that rayon has.
//!
//! `RAYON_NUM_THREADS=2 cargo bench --bench bootstrap`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use karat::stats::{Bootstrap, ClusterMatrix, Draws, RandomUse, Randomisation};
use rayon::prelude::*;

const CLUSTERS: usize = 1_000;
const COLUMNS: usize = 400;
const RESAMPLES: u64 = 10_000;
const ASSIGNMENTS: u64 = 9_999;
/// As many as one thread of `karat score --bootstrap` draws in one go.
const CHUNK: u64 = 256;

fn rows(number: u64) -> ClusterMatrix {
    let mut draws = Draws::new(1, RandomUse::Bootstrap, number, CLUSTERS * COLUMNS);
    let mut rows = ClusterMatrix::new(COLUMNS);
    for _ in 0..CLUSTERS {
        rows.push(&(0..COLUMNS).map(|_| draws.below(10) as f64).collect::<Vec<_>>());
    }
    rows
}

/// The numbers up to `all` in ranges that threads share.
fn ranges(all: u64, each: impl Fn(std::ops::Range<u64>) -> f64 + Sync) -> f64 {
    let firsts: Vec<u64> = (0..all).step_by(CHUNK as usize).collect();
    firsts.into_par_iter().map(|first| each(first..(first + CHUNK).min(all))).sum()
}

fn bench(criterion: &mut Criterion) {
    let (base, candidate) = (rows(0), rows(1));
    let mut group = criterion.benchmark_group("resampling");
    group.sample_size(10);
    group.throughput(Throughput::Elements(RESAMPLES));
    group.bench_function("bootstrap", |bencher| {
        bencher.iter(|| {
            let bootstrap = Bootstrap::new(&base, 1);
            ranges(RESAMPLES, |numbers| {
                let mut last = 0.0;
                bootstrap.sums(numbers, |_, sums| last = black_box(sums)[COLUMNS - 1]);
                last
            })
        });
    });
    group.throughput(Throughput::Elements(ASSIGNMENTS));
    group.bench_function("randomisation", |bencher| {
        bencher.iter(|| {
            let randomisation = Randomisation::new(&base, &candidate, 1, ASSIGNMENTS);
            ranges(randomisation.assignments(), |numbers| {
                let mut last = 0.0;
                randomisation.sums(numbers, |_, one, other| {
                    last = black_box(other)[COLUMNS - 1] - black_box(one)[COLUMNS - 1];
                });
                last
            })
        });
    });
    group.finish();
}

criterion_group!(benches, bench);
criterion_main!(benches);
