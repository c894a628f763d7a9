//! Properties that every built-in must have on any text.

use proptest::prelude::*;

use super::ALL;
use crate::document::{Annotations, Document, Layer, Record};

/// Random texts made of the pieces that the rules look for: names, marks, numbers, line breaks,
/// unusual characters.
fn prose() -> impl Strategy<Value = String> {
    let pieces = [
        " ",
        " ",
        " ",
        ", ",
        ". ",
        "\r\n",
        "\n\n",
        "\n",
        "’s ",
        "'",
        "“",
        "”",
        "\"",
        "‘",
        "’",
        "(",
        ")",
        "[1]",
        "-",
        "–",
        ":",
        "The",
        "the",
        "of",
        "and",
        "that",
        "said",
        "told",
        "claimed",
        "adding",
        "according to",
        "has",
        "he",
        "She",
        "in",
        "near",
        "who",
        "President",
        "Foreign Minister",
        "Dr.",
        "J.",
        "Vladimir",
        "Anna",
        "Müller",
        "Éva",
        "O’Neill",
        "al-Assad",
        "Москва",
        "Київ",
        "Russia",
        "New York",
        "US",
        "U.S.",
        "EU",
        "Kremlin",
        "Ministry",
        "Bank",
        "Inc.",
        "River",
        "Act",
        "XYZ",
        "F-16",
        "August 20",
        "2025",
        "March",
        "May",
        "Monday",
        "last week",
        "$3.5",
        "million",
        "%",
        "5",
        "1,914",
        "km",
        "twenty",
        "one",
        "first",
        "10:30",
        "a.m.",
        "https://x.org/2022",
        "a@b.org",
        "\u{301}",
        "\u{a0}",
        "İ",
        "ß",
        "ﬁ",
        "𝄞",
        "中文",
        "\u{200d}",
        "•",
        "…",
        "!",
        "?",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..60).prop_map(|pieces| pieces.concat())
}

fn check_span(document: &Document, start: u32, end: u32, text: Option<&str>) {
    assert!(start < end && end <= document.len(), "{start}..{end} of {}", document.len());
    assert_eq!(document.slice(start, end), text);
}

fn check(document: &Document, layers: &[Layer], annotations: &Annotations) {
    let filled = annotations.layers();
    assert!(filled.iter().eq(layers.iter().collect::<std::collections::BTreeSet<_>>()), "{filled:?}");
    let entities = annotations.entities.as_deref().unwrap_or_default();
    for entity in entities {
        check_span(document, entity.start, entity.end, entity.text.as_deref());
    }
    assert!(entities.windows(2).all(|pair| pair[0].end <= pair[1].start), "entities overlap or are unsorted");
    for span in annotations.key_sentences.iter().flatten() {
        check_span(document, span.start, span.end, span.text.as_deref());
    }
    let values = annotations.records.iter().flat_map(|records| records.values()).flatten().flat_map(Record::values);
    for span in values.filter_map(|value| value.as_object()) {
        let offset = |name: &str| u32::try_from(span[name].as_u64().unwrap()).unwrap();
        check_span(document, offset("start"), offset("end"), span["text"].as_str());
    }
    assert!(annotations.keyphrases.iter().flatten().all(|phrase| !phrase.trim().is_empty()));
}

fn check_all(text: &str) {
    let document = Document::new("d", text);
    for builtin in ALL {
        let extractor = (builtin.build)(builtin.name, toml::Table::new()).unwrap();
        let annotations = extractor.extract(&document).unwrap();
        check(&document, extractor.layers(), &annotations);
        assert_eq!(annotations, extractor.extract(&document).unwrap(), "{} differs from run to run", builtin.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_breaks_a_builtin(text in any::<String>()) {
        check_all(&text);
    }

    #[test]
    fn no_prose_breaks_a_builtin(text in prose()) {
        check_all(&text);
    }
}

#[test]
fn the_registry_has_the_report_order_and_refuses_unknown_options() {
    let names: Vec<&str> = ALL.iter().map(|builtin| builtin.name).collect();
    assert_eq!(names, ["capitalised", "gazetteer", "patterns", "rules", "statements", "lead", "textrank", "rake"]);
    for builtin in ALL {
        let options = toml::Table::from_iter([("no_such_option".to_owned(), toml::Value::Boolean(true))]);
        let error = (builtin.build)(builtin.name, options).err().unwrap();
        assert!(error.contains("no_such_option"), "{error}");
        assert!(!(builtin.options)().is_empty());
    }
}
