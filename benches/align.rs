//! The alignment on documents of 10, 1,000 and 100,000 entities: ordinary ones, where most
//! predictions are right, and one single chain in which every span overlaps the next, so that the
//! whole document is one component.
//!
//! The time an entity takes should hardly grow from row to row.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use karat::align::{LabelledSpan, align};

const SIZES: [u32; 3] = [10, 1_000, 100_000];

/// Spans of five code points every ten; of the predictions every fourth is wrong in one way or
/// another.
fn ordinary(entities: u32) -> (Vec<LabelledSpan>, Vec<LabelledSpan>) {
    let gold = (0..entities).map(|n| LabelledSpan::new(10 * n, 10 * n + 5, n % 7)).collect();
    let predicted = (0..entities).filter_map(|n| match n % 16 {
        3 => None,
        7 => Some(LabelledSpan::new(10 * n + 1, 10 * n + 8, n % 7)),
        11 => Some(LabelledSpan::new(10 * n, 10 * n + 5, (n + 1) % 7)),
        15 => Some(LabelledSpan::new(10 * n + 6, 10 * n + 9, n % 7)),
        _ => Some(LabelledSpan::new(10 * n, 10 * n + 5, n % 7)),
    });
    (gold, predicted.collect())
}

/// Flat spans, shifted by half: every prediction overlaps two gold spans, every gold span two
/// predictions.
fn chain(entities: u32) -> (Vec<LabelledSpan>, Vec<LabelledSpan>) {
    let gold = (0..entities).map(|n| LabelledSpan::new(10 * n, 10 * n + 10, n % 3)).collect();
    let predicted = (0..entities).map(|n| LabelledSpan::new(10 * n + 5, 10 * n + 15, n % 2)).collect();
    (gold, predicted)
}

/// The same with spans so long that each also overlaps its neighbours on its own side.
fn overlapping_chain(entities: u32) -> (Vec<LabelledSpan>, Vec<LabelledSpan>) {
    let gold = (0..entities).map(|n| LabelledSpan::new(10 * n, 10 * n + 22, n % 3)).collect();
    let predicted = (0..entities).map(|n| LabelledSpan::new(10 * n + 5, 10 * n + 27, n % 2)).collect();
    (gold, predicted)
}

/// Gold and predicted items for a number of entities.
type Document = fn(u32) -> (Vec<LabelledSpan>, Vec<LabelledSpan>);

fn bench(criterion: &mut Criterion) {
    let documents: [(&str, Document); 3] =
        [("ordinary", ordinary), ("chain", chain), ("overlapping chain", overlapping_chain)];
    for (name, document) in documents {
        let mut group = criterion.benchmark_group(format!("align/{name}"));
        for size in SIZES {
            let (gold, predicted) = document(size);
            group.throughput(Throughput::Elements(u64::from(size)));
            group.sample_size(if size > 10_000 { 10 } else { 100 });
            group.bench_with_input(BenchmarkId::from_parameter(size), &size, |bencher, _| {
                bencher.iter(|| align(black_box(&gold), black_box(&predicted)));
            });
        }
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
