//! The sets of values that karat itself defines.

use clap::ValueEnum;
use clap::builder::PossibleValue;
use karat::document::Layer;
use karat::error::Diagnostic;
use karat::format::FORMATS;
use karat::metric::{Direction, LayerGroups, METRIC_GROUPS, Options};
use karat::preset::PRESETS;
use karat::text::{Stemmer, Tokenizer};

use super::super::args::basis::{Ends, Mark, Normalisation, Unit};
use super::super::schema;
use super::{HELP, Value, ValueSet};

const LAYERS: [(&str, &str); 9] = [
    ("entities", "labelled spans"),
    ("relations", "pairs of entities with a type"),
    ("events", "triggers with a type, and arguments with roles"),
    ("coreference", "clusters of mentions of one thing"),
    ("records.NAME", "objects with fields; NAME is the name of such objects in the golden files"),
    ("key_points", "statements with weights that a summary should contain"),
    ("key_sentences", "sentences of the document that a summary should rest on"),
    ("summaries", "one or several reference summaries"),
    ("keyphrases", "phrases in order of importance"),
];

const TOKENIZERS: [(Tokenizer, &str); 8] = [
    (Tokenizer::RougeScore, "runs of ASCII letters and digits, as rouge-score has them; the default of ROUGE"),
    (Tokenizer::Rouge155, "tokens of ROUGE-1.5.5"),
    (Tokenizer::V13a, "mteval-v13a, the default of sacreBLEU"),
    (Tokenizer::Intl, "mteval-v14 for all scripts with spaces"),
    (Tokenizer::Zh, "each Chinese character is a token, as sacreBLEU's zh"),
    (Tokenizer::Char, "each character is a token"),
    (Tokenizer::None, "split at white space"),
    (Tokenizer::Unicode, "words of every script (UAX 29), folded"),
];

const NOTATIONS: [(&str, &str); 8] = [
    ("io", "labels without prefixes; adjacent tokens of one label are one entity"),
    ("suffix", "the prefix follows the label: PER-B"),
    ("iob1", "B- only where an entity follows another of its label"),
    ("iob2", "B- at the beginning of every entity"),
    ("ioe1", "E- only where an entity precedes another of its label"),
    ("ioe2", "E- at the end of every entity"),
    ("iobes", "B-, I-, E-, and S- for entities of one token"),
    ("bilou", "B-, I-, L-, and U- for entities of one token"),
];

const CLUSTERS: [(&str, &str); 2] = [
    ("document", "every document is independent; the default"),
    ("meta.FIELD", "documents that share a value of this field of their metadata depend on each other"),
];

const SLICES: [(&str, &str); 2] = [
    ("length", "thirds of the documents by the length of their text"),
    ("meta.FIELD", "documents by the value of this field of their metadata"),
];

/// Returns the values of a set that is not of a project.
pub(super) fn values(set: ValueSet) -> Vec<Value> {
    match set {
        ValueSet::Presets => PRESETS.iter().map(|preset| Value::new(preset.name, preset.about)).collect(),
        ValueSet::Formats => FORMATS.iter().map(|format| Value::new(format.name, format.about)).collect(),
        ValueSet::Layers => of_pairs(&LAYERS),
        ValueSet::Metrics => metrics(),
        ValueSet::Tokenizers => TOKENIZERS.iter().map(|(name, about)| Value::new(name.to_string(), *about)).collect(),
        ValueSet::Stemmers => Stemmer::names().into_iter().map(|name| Value::new(name, about_stemmer(name))).collect(),
        ValueSet::Notations => of_pairs(&NOTATIONS),
        ValueSet::Units => of_enum::<Unit>(),
        ValueSet::LineEnds => of_enum::<Ends>(),
        ValueSet::Normalisations => of_enum::<Normalisation>(),
        ValueSet::Marks => of_enum::<Mark>(),
        ValueSet::Clusters => of_pairs(&CLUSTERS),
        ValueSet::Slices => of_pairs(&SLICES),
        ValueSet::Schemas => schema::SCHEMAS.iter().map(|schema| Value::new(schema.name, schema.about())).collect(),
        ValueSet::Datasets
        | ValueSet::Extractors
        | ValueSet::Profiles
        | ValueSet::Runs
        | ValueSet::RunsAndBaseline
        | ValueSet::RecordedRuns => Vec::new(),
    }
}

/// Returns the text of a message about an unknown value: the nearest known one, and how to list all
/// of them.
pub(in crate::cli) fn hint(name: &str, set: ValueSet, option: &str) -> String {
    let values = values(set);
    let known = values.iter().map(|value| value.name.as_str());
    let nearest = Diagnostic::new("").help_with_nearest(name, known).help.unwrap_or_default();
    let list = format!("`{option} {HELP}` lists them all");
    if nearest.starts_with("did you mean") { format!("{nearest} {list}") } else { list }
}

fn of_pairs(pairs: &[(&str, &str)]) -> Vec<Value> {
    pairs.iter().map(|(name, about)| Value::new(*name, *about)).collect()
}

fn of_enum<T: ValueEnum>() -> Vec<Value> {
    let known = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    known.map(|value| of_possible(&value)).collect()
}

/// Returns a value that clap knows, with its help.
pub(super) fn of_possible(value: &PossibleValue) -> Value {
    Value::new(value.get_name(), value.get_help().map(ToString::to_string).unwrap_or_default())
}

fn about_stemmer(name: &str) -> &'static str {
    match name {
        "none" => "words stay as they are; the default of ROUGE",
        "porter" => "NLTK's Porter stemmer, as rouge-score uses it",
        "porter-perl" => "the Porter stemmer of ROUGE-1.5.5",
        _ => "the Snowball stemmer of this language",
    }
}

/// Returns the beginnings of the names of all metrics, in the order of the reports.
fn metrics() -> Vec<Value> {
    let options = Options::default();
    let mut values = Vec::new();
    for name in Layer::NAMES {
        let Ok(layer) = name.parse::<Layer>() else { continue };
        let Some(groups) = LayerGroups::of(METRIC_GROUPS, &layer) else { continue };
        let headline = groups.headline();
        for metric in groups.metrics(&options) {
            let full = match &*metric {
                "" => layer.metric_prefix().into_owned(),
                metric => format!("{}.{metric}", layer.metric_prefix()),
            };
            let mut about = match groups.owner(&metric, &options).direction(&metric) {
                Direction::Higher => "higher is better",
                Direction::Lower => "lower is better",
                Direction::Descriptive => "describes the output; neither is better",
            }
            .to_owned();
            if let Some(headline) = headline.filter(|headline| *headline.metric == *metric) {
                about += &format!("; {} is the headline figure of {name}", headline.name(&layer));
            }
            values.push(Value::new(full, about));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use karat::document::Layer;
    use karat::format::tokens::Notation;
    use karat::text::Tokenizer;

    use super::super::ValueSet;
    use super::{LAYERS, NOTATIONS, TOKENIZERS, hint, values};

    #[test]
    fn every_set_is_complete_and_described() {
        assert_eq!(LAYERS.map(|(name, _)| name), Layer::NAMES);
        assert_eq!(TOKENIZERS.map(|(tokenizer, _)| tokenizer), Tokenizer::ALL);
        assert_eq!(NOTATIONS.map(|(name, _)| name).join(", "), Notation::NAMES);
        for set in [
            ValueSet::Presets,
            ValueSet::Formats,
            ValueSet::Layers,
            ValueSet::Metrics,
            ValueSet::Tokenizers,
            ValueSet::Stemmers,
            ValueSet::Notations,
            ValueSet::Units,
            ValueSet::LineEnds,
            ValueSet::Normalisations,
            ValueSet::Marks,
            ValueSet::Clusters,
            ValueSet::Slices,
            ValueSet::Schemas,
        ] {
            let listed = values(set);
            let names: BTreeSet<&str> = listed.iter().map(|value| value.name.as_str()).collect();
            assert!(!listed.is_empty() && names.len() == listed.len(), "{set:?}: {listed:?}");
            assert!(listed.iter().all(|value| !value.about.is_empty()), "{set:?}: {listed:?}");
        }
    }

    #[test]
    fn hints_name_the_nearest_value() {
        let near = hint("nerevaluate", ValueSet::Presets, "--preset");
        assert_eq!(near, "did you mean `nervaluate`? `--preset help` lists them all");
        assert_eq!(hint("zzzzzzzz", ValueSet::Presets, "--preset"), "`--preset help` lists them all");
    }
}
