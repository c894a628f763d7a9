//! Word vectors: the messages without them, and, in a build that has them, the figures of a model
//! made by hand.

use crate::cli::{Cli, assert_cmd};

fn files() -> Cli {
    let cli = Cli::new();
    cli.write("gold.jsonl", "{\"id\": \"a\", \"summaries\": [\"The car stopped.\", \"banana banana\"]}\n");
    cli.write("pred.jsonl", "{\"id\": \"a\", \"summary\": \"An auto stopped\"}\n");
    cli
}

fn score<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["score", "--gold", "gold.jsonl", "--pred", "pred.jsonl"], more].concat()
}

#[test]
fn a_metric_that_needs_a_model_names_the_option() {
    let cli = files();
    assert_cmd!("embeddings_no_folder", cli.karat(&score(&["--metric", "summary.cosine"])));
}

#[cfg(not(feature = "embeddings"))]
#[test]
fn a_build_without_embeddings_names_the_feature() {
    let cli = files();
    assert_cmd!("embeddings_not_built", cli.karat(&score(&["--embeddings", "model"])));
}

#[cfg(feature = "embeddings")]
mod with_a_model {
    use serde_json::{Value, json};

    use super::{Cli, assert_cmd, files, score};

    /// A model of four words in two dimensions, as Model2Vec stores it: `car` and `auto` lie 60
    /// degrees apart.
    fn write_model(cli: &Cli) {
        let vocabulary = json!({"[UNK]": 0, "car": 1, "auto": 2, "stopped": 3, "banana": 4});
        let tokenizer = json!({
            "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
            "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
            "post_processor": null, "decoder": null,
            "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]"},
        });
        cli.write("model/tokenizer.json", tokenizer.to_string());
        cli.write("model/config.json", "{\"normalize\": true}");
        let rows: [[f32; 2]; 5] = [[0.0, 0.0], [1.0, 0.0], [0.5, 0.75_f32.sqrt()], [0.0, 1.0], [-1.0, 0.0]];
        let data: Vec<u8> = rows.iter().flatten().flat_map(|part| part.to_le_bytes()).collect();
        let header =
            json!({"embeddings": {"dtype": "F32", "shape": [5, 2], "data_offsets": [0, data.len()]}}).to_string();
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header.as_bytes());
        file.extend_from_slice(&data);
        cli.write("model/model.safetensors", file);
    }

    /// Summary `auto stopped`, reference `car stopped`, other words unknown. cos(car, auto) = .5,
    /// cos(auto, stopped) = sqrt(.75), cos(car, stopped) = 0. Precision (sqrt(.75) + 1) / 2, recall
    /// (.5 + 1) / 2.
    #[test]
    fn the_figures_by_hand() {
        let cli = files();
        write_model(&cli);
        let output = cli.karat(&score(&["--embeddings", "model", "--format", "json"])).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let scores: Value = serde_json::from_slice(&output.stdout).unwrap();
        let value = |name: &str| scores["metrics"][name]["value"].as_f64().unwrap();
        let near = |name: &str, expected: f64| {
            assert!((value(name) - expected).abs() < 1e-6, "{name}: {} and {expected}", value(name));
        };
        let side = 0.75_f64.sqrt();
        let (precision, recall) = ((side + 1.0) / 2.0, 0.75);
        near("summary.embedding.precision", precision);
        near("summary.embedding.recall", recall);
        near("summary.embedding.f1", 2.0 * precision * recall / (precision + recall));
        // The texts lie at 75 and at 45 degrees: the model's mean of a text's words.
        near("summary.cosine", 30.0_f64.to_radians().cos());
        let signature = scores["metrics"]["summary.cosine"]["signature"].as_str().unwrap();
        assert!(signature.contains("|model:model2vec-") && signature.contains("-2d|"), "{signature}");
    }

    #[test]
    fn a_folder_that_is_no_model() {
        let cli = files();
        assert_cmd!("embeddings_no_model", cli.karat(&score(&["--embeddings", "model"])));
        write_model(&cli);
        cli.write("model/model.safetensors", "no tensors");
        assert_cmd!("embeddings_broken_model", cli.karat(&score(&["--embeddings", "model"])));
    }
}
