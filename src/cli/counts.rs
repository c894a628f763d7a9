//! Counts as files: `karat score` writes them, `compare` and `gate` read those of two systems.

use std::collections::BTreeMap;

use karat::counts::{self, CountTable, DocumentFacts, Gathered, Header, SCHEMA};
use karat::document::Reference;
use karat::error::Error;
use karat::score::{Settings, System, Wanted, count_system};

use super::plan::{CountPair, CountsPlan, settings_of};

/// Writes the counts of a system. All layers of the golden files are counted: whether an answer has
/// a layer is only known of all parts together.
pub(super) fn write(
    plan: &CountsPlan,
    dataset: String,
    references: &BTreeMap<String, Reference>,
    system: &System,
    settings: &Settings,
) -> Result<(), Error> {
    let declared = references.values().flat_map(|reference| reference.gold.layers()).collect();
    let system = System { declared, ..system.clone() };
    let settings = settings.figures_only();
    let counts = count_system(references, &system, &settings, &Wanted::All);
    let undefined = &settings.options.spans.undefined;
    let header = Header {
        schema: SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        dataset,
        system: system.name.clone(),
        repeats: counts.repeats,
        arguments: plan.arguments.clone(),
        options: plan.options.clone(),
        lacks_offsets: undefined.lacks_offsets,
        lacks_texts: undefined.lacks_texts,
    };
    let facts = |id: &str| DocumentFacts::of(id, references, system.answers.get(id), &settings.cluster);
    let table = CountTable { header, counts: &counts, facts: Box::new(facts) };
    Ok(counts::write(&table, &plan.path)?)
}

/// Reads the counts of a baseline and of a candidate, and checks that they are of the same
/// documents, counted in the same way.
pub(super) fn read_pair(pair: &CountPair) -> Result<[Gathered; 2], Error> {
    let [base, candidate] = &pair.files;
    let base = counts::read(base, &settings_of)?;
    let mut candidate = counts::read(candidate, &settings_of)?;
    base.check_pair(&candidate)?;
    if candidate.counts.name == base.counts.name && pair.files[0] != pair.files[1] {
        candidate.counts.name.push_str(" (candidate)");
    }
    Ok([base, candidate])
}
