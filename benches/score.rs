//! Whole scorings of two files, reading included: plain spans in lines, and token files; 100,000
//! gold entities at 10 and at 1,000 a document. `benches/peers/run` holds the same against the
//! peers.

use std::fmt::Write;
use std::path::PathBuf;
use std::{env, fs};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use karat::corpus::ReadAs;
use karat::preset;
use karat::score::streamed::{StreamedFiles, count_token_files};
use karat::score::{Engine, Policy, Settings};

const ENTITIES: u32 = 100_000;
const LABELS: [&str; 5] = ["PER", "ORG", "LOC", "DATE", "MISC"];

/// A golden file and a predicted one, in which every eighth entity has another place and every
/// eighth another label.
fn files(per_document: u32, extension: &str) -> [PathBuf; 2] {
    let mut files = [String::new(), String::new()];
    for document in 0..ENTITIES / per_document {
        for (side, file) in files.iter_mut().enumerate() {
            let entities = (0..per_document).map(|n| {
                let (moved, renamed) = if side == 1 { (u32::from(n % 8 == 3), u32::from(n % 8 == 5)) } else { (0, 0) };
                (20 * n + moved, 20 * n + 9, LABELS[((document + n + renamed) % 5) as usize])
            });
            if extension == "conll" {
                for (n, (_, _, label)) in entities.enumerate() {
                    let _ = write!(file, "w{n} O\nx B-{label}\ny I-{label}\nz O\n. O\n");
                }
                file.push('\n');
            } else {
                let listed = entities
                    .map(|(start, end, label)| format!(r#"{{"start": {start}, "end": {end}, "label": "{label}"}}"#));
                let listed = listed.collect::<Vec<_>>().join(", ");
                let _ = writeln!(file, r#"{{"id": "d{document}", "entities": [{listed}]}}"#);
            }
        }
    }
    let folder = env::temp_dir().join("karat-bench-score");
    fs::create_dir_all(&folder).expect("a folder for the files");
    [0, 1].map(|side| {
        let path = folder.join(format!("{side}-{per_document}.{extension}"));
        fs::write(&path, &files[side]).expect("a file is written");
        path
    })
}

fn bench(criterion: &mut Criterion) {
    for (name, extension) in
        [("default", "jsonl"), ("nervaluate", "jsonl"), ("seqeval", "conll"), ("conlleval", "conll")]
    {
        let settings = Settings { preset: preset::find(name), ..Settings::default() }.figures_only();
        let mut group = criterion.benchmark_group(format!("score/{name}"));
        group.throughput(Throughput::Elements(u64::from(ENTITIES))).sample_size(10);
        for per_document in [10, 1_000] {
            let [gold, predicted] = files(per_document, extension);
            group.bench_with_input(BenchmarkId::from_parameter(per_document), &per_document, |bencher, _| {
                bencher.iter(|| match extension {
                    "conll" => {
                        let files = [&gold, &predicted].map(|file| (file.as_path(), ReadAs::default()));
                        count_token_files(&files[0], &files[1], Engine::new(&settings)).expect("regular files")
                    }
                    _ => {
                        let files = StreamedFiles::new([&gold, &predicted], Policy::default());
                        files.count(|| Engine::new(&settings)).expect("plain lines")
                    }
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
