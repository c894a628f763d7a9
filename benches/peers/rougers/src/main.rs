//! What a Rust user of the crate rougers writes to score two files: read them, score every pair,
//! print the means.
//!
//! `rougers-peer GOLD PRED`, JSONL with `id`, `summaries` and `id`, `summary`; stemmed ROUGE-1, 2,
//! L and Lsum on one thread.

use std::collections::BTreeMap;
use std::fs;

use rougers::RougeScorer;
use serde::Deserialize;

#[derive(Deserialize)]
struct Gold {
    id: String,
    summaries: Vec<String>,
}

#[derive(Deserialize)]
struct Predicted {
    id: String,
    summary: String,
}

const KINDS: [&str; 4] = ["rouge1", "rouge2", "rougeL", "rougeLsum"];

fn main() {
    let files: Vec<String> = std::env::args().skip(1).map(|path| fs::read_to_string(path).expect("a file")).collect();
    let gold: Vec<Gold> = files[0].lines().map(|line| serde_json::from_str(line).expect("a golden summary")).collect();
    let predicted: BTreeMap<String, String> = files[1]
        .lines()
        .map(|line| serde_json::from_str(line).expect("a summary"))
        .map(|Predicted { id, summary }| (id, summary))
        .collect();
    let scorer = RougeScorer::new(KINDS, true).expect("known kinds");
    let mut sums = [0.0; 4];
    for Gold { id, summaries } in &gold {
        let scores = scorer.score(&summaries[0], &predicted[id]);
        for (sum, (_, score)) in sums.iter_mut().zip(scores.iter()) {
            *sum += score.fmeasure;
        }
    }
    let means: BTreeMap<&str, f64> = KINDS.into_iter().zip(sums.map(|sum| sum / gold.len() as f64)).collect();
    println!("{}", serde_json::to_string(&means).expect("plain numbers"));
}
