//! This repository's own evaluation: the seeds are stored as they came, and the golden files follow
//! the guidelines.

use std::path::Path;

use karat::config::Config;
use karat::corpus::Dataset;
use karat::document::Layer;
use karat::format::sha256;

const SEEDS: [(&str, &str); 2] = [
    ("000_d2e9a32daf5984f4", "4de31f91f542a51f06429a5ce3eb284187a0c3b0c0efc1273ac5650bfe3a3174"),
    ("004_bce23171a76b5ffd", "73a5964c95772cae38af54acdc091a95924128e1d03c4a6c9995ff91022305fb"),
];
const LABELS: [&str; 18] = [
    "PERSON",
    "NORP",
    "FAC",
    "ORG",
    "GPE",
    "LOC",
    "PRODUCT",
    "EVENT",
    "WORK_OF_ART",
    "LAW",
    "LANGUAGE",
    "DATE",
    "TIME",
    "PERCENT",
    "MONEY",
    "QUANTITY",
    "ORDINAL",
    "CARDINAL",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn seeds() -> Dataset {
    let config = Config::load(&root().join("karat.toml")).unwrap();
    let seeds = &config.datasets["seeds"];
    Dataset::load("seeds", &seeds.documents, &seeds.golden).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn documents_are_stored_byte_for_byte() {
    for (id, expected) in SEEDS {
        let bytes = std::fs::read(root().join(format!("datasets/seeds/docs/{id}.txt"))).unwrap();
        assert_eq!(sha256(bytes), expected, "{id}");
    }
}

#[test]
fn golden_files_have_all_layers_within_the_guidelines() {
    let dataset = seeds();
    assert_eq!(dataset.references.keys().collect::<Vec<_>>(), SEEDS.map(|(id, _)| id));
    for (id, reference) in &dataset.references {
        let (gold, text) = (&reference.gold, reference.document.as_ref().unwrap().text());
        let layers = [
            Layer::Entities,
            Layer::records("statements"),
            Layer::KeyPoints,
            Layer::KeySentences,
            Layer::Summaries,
            Layer::Keyphrases,
        ];
        assert_eq!(gold.layers(), layers.into(), "{id}");
        let entities = gold.entities.as_ref().unwrap();
        assert!(entities.iter().all(|entity| LABELS.contains(&entity.label.as_str()) && entity.text.is_some()));
        assert!(entities.windows(2).all(|pair| pair[0].end <= pair[1].start), "{id}: entities are flat and sorted");
        assert!((8..=14).contains(&gold.key_points.as_ref().unwrap().len()));
        assert!(
            gold.key_points.iter().flatten().all(|point| (1..=3).contains(&point.weight) && !point.evidence.is_empty())
        );
        assert_eq!(gold.key_sentences.as_ref().unwrap().len(), 5);
        let keyphrases = gold.keyphrases.as_ref().unwrap();
        assert!((8..=12).contains(&keyphrases.len()) && keyphrases.iter().all(|phrase| text.contains(phrase)));
        for summary in gold.summaries.iter().flatten() {
            assert!((60..=100).contains(&summary.split_whitespace().count()), "{id}: {summary}");
        }
    }
}

#[test]
fn every_builtin_runs_on_them() {
    let config = Config::load(&root().join("karat.toml")).unwrap();
    let plain = config.extractors.iter().filter(|extractor| !extractor.on_request);
    let names: Vec<_> = plain.map(|extractor| extractor.name.as_str()).collect();
    let builtins: Vec<_> = karat::extractor::builtin::ALL.iter().map(|builtin| builtin.name).collect();
    assert_eq!(names, builtins);
}
