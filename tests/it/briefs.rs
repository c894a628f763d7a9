//! The briefs: sixty texts of six kinds, labelled in all layers by the guidelines.

use std::collections::BTreeMap;
use std::path::Path;

use karat::config::Config;
use karat::corpus::Dataset;
use karat::document::Layer;

fn load() -> Dataset {
    let config = Config::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("karat.toml")).unwrap();
    let briefs = &config.datasets["briefs"];
    Dataset::load("briefs", &briefs.documents, &briefs.golden).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn sixty_texts_of_six_kinds() {
    let dataset = load();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for document in dataset.documents() {
        let words = document.text().split_whitespace().count();
        assert!((90..=160).contains(&words), "{}: {words} words", document.id());
        *kinds.entry(document.meta()["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    let kind = |name: &str| (name.to_owned(), 10);
    let expected = ["company", "court", "diplomatic", "disaster", "research", "sports"].map(kind);
    assert_eq!(kinds, expected.into());
}

#[test]
fn golden_files_have_all_layers_within_the_guidelines() {
    let layers = [
        Layer::Entities,
        Layer::records("event"),
        Layer::records("statements"),
        Layer::KeyPoints,
        Layer::KeySentences,
        Layer::Summaries,
        Layer::Keyphrases,
    ];
    for (id, reference) in &load().references {
        let (gold, text) = (&reference.gold, reference.document.as_ref().unwrap().text());
        assert_eq!(gold.layers(), layers.clone().into(), "{id}");
        let entities = gold.entities.as_ref().unwrap();
        assert!(entities.windows(2).all(|pair| pair[0].end <= pair[1].start), "{id}: entities are flat and sorted");
        assert_eq!(gold.records_of("event").unwrap().len(), 1, "{id}");
        assert!((4..=6).contains(&gold.key_points.as_ref().unwrap().len()), "{id}");
        assert_eq!(gold.key_sentences.as_ref().unwrap().len(), 2, "{id}");
        assert!(gold.keyphrases.iter().flatten().all(|phrase| text.contains(phrase)), "{id}");
        for summary in gold.summaries.iter().flatten() {
            assert!((25..=45).contains(&summary.split_whitespace().count()), "{id}: {summary}");
        }
    }
}

#[test]
fn the_splits_are_whole_and_the_test_split_is_as_it_was_sealed() {
    let dataset = load();
    let (dev, test) = (&dataset.info.splits["dev"], &dataset.info.splits["test"]);
    assert_eq!((dev.len(), test.len()), (36, 24));
    assert!(dev.iter().chain(test).all(|id| dataset.references.contains_key(id)));
    assert!(dev.iter().all(|id| !test.contains(id)));
    assert_eq!(dataset.of_split("test").unwrap_or_else(|error| panic!("{error}")).references.len(), 24);
}
