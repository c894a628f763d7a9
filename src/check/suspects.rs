//! Finds suspect golden labels: those that most extractors contradict in the same way. If one
//! extractor disagrees with the golden file, the extractor is probably wrong; if most of them
//! disagree in the same way, the golden file may be.

use std::collections::BTreeMap;

use super::case::{GoldenCase, brief, count, entity};
use super::occurrences::context;
use super::run::{cases, load_diagnostics};
use super::{Finding, FindingLocation, Severity};
use crate::align::{self, align};
use crate::corpus::Lenient;
use crate::document::{Annotations, Entity};
use crate::error::Diagnostic;

/// The code of findings about suspect labels.
pub const SUSPECT: &str = "suspect";

/// The annotations that extractors predicted, by extractor and document.
pub type SystemAnnotations = BTreeMap<String, BTreeMap<String, Annotations>>;

/// An entity as start, end, fragments and label.
type SpanAndLabel<'a> = (u32, u32, &'a [(u32, u32)], &'a str);

/// A disagreement of an extractor with the golden file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Disagreement<'a> {
    /// The extractor has nothing for the golden entity with this index.
    Missing(usize),
    /// The extractor has another label or other boundaries for the golden entity with this index.
    Instead(usize, SpanAndLabel<'a>),
    /// The extractor has an entity where the golden file has none.
    Extra(SpanAndLabel<'a>),
}

/// A finding, and how many of the extractors agree on it.
struct Suspect {
    agreeing: usize,
    of: usize,
    finding: Finding,
}

/// Returns the suspect labels, ordered by the fraction of extractors that agree against the golden
/// file, then by their number. Errors of loading come first.
pub fn suspects(loaded: &Lenient, answers: &SystemAnnotations) -> Vec<Finding> {
    let cases = cases(loaded);
    let mut suspects: Vec<Suspect> = cases.iter().flat_map(|case| in_case(case, answers)).collect();
    suspects.sort_by(|a, b| {
        let by_fraction = (b.agreeing * a.of).cmp(&(a.agreeing * b.of));
        let location =
            |suspect: &Suspect| (suspect.finding.diagnostic.document.clone(), suspect.finding.location.clone());
        by_fraction.then(b.agreeing.cmp(&a.agreeing)).then_with(|| location(a).cmp(&location(b)))
    });
    load_diagnostics(loaded).chain(suspects.into_iter().map(|suspect| suspect.finding)).collect()
}

fn in_case(case: &GoldenCase<'_>, answers: &SystemAnnotations) -> Vec<Suspect> {
    let Some(gold) = &case.gold.entities else { return Vec::new() };
    let voters: Vec<(&str, &[Entity])> = answers
        .iter()
        .filter_map(|(name, documents)| Some((name.as_str(), documents.get(case.id)?.entities.as_deref()?)))
        .collect();
    let mut disagreements: BTreeMap<Disagreement<'_>, Vec<&str>> = BTreeMap::new();
    for (name, predicted) in &voters {
        for disagreement in disagreements_of(case, predicted) {
            disagreements.entry(disagreement).or_default().push(name);
        }
    }
    let of = voters.len();
    let majority = disagreements.into_iter().filter(|(_, names)| names.len() >= 2 && 2 * names.len() > of);
    majority
        .map(|(disagreement, names)| Suspect {
            agreeing: names.len(),
            of,
            finding: finding(case, gold, &disagreement, &names, of),
        })
        .collect()
}

/// Returns the disagreements of one extractor with the golden file, without duplicates.
fn disagreements_of<'a>(case: &GoldenCase<'a>, predicted: &'a [Entity]) -> Vec<Disagreement<'a>> {
    let gold: Vec<(usize, &Entity)> = case.entities().filter(|(_, entity)| !case.ignores(entity)).collect();
    let predicted: Vec<&Entity> = predicted.iter().filter(|entity| !case.ignores(entity)).collect();
    let mut ranks: BTreeMap<&str, u32> = BTreeMap::new();
    for entity in gold.iter().map(|(_, entity)| *entity).chain(predicted.iter().copied()) {
        ranks.insert(&entity.label, 0);
    }
    ranks.values_mut().zip(0..).for_each(|(rank, at)| *rank = at);
    let item = |entity: &Entity| align::LabelledSpan {
        fragments: entity.fragments.clone(),
        ..align::LabelledSpan::new(entity.start, entity.end, ranks[entity.label.as_str()])
    };
    let alignment = align(
        &gold.iter().map(|(_, entity)| item(entity)).collect::<Vec<_>>(),
        &predicted.iter().map(|entity| item(entity)).collect::<Vec<_>>(),
    );
    let mut disagreements = Vec::new();
    for pair in alignment.pairs.iter().filter(|pair| !(gold[pair.gold].1.optional || pair.exact && pair.same_label)) {
        disagreements.push(Disagreement::Instead(gold[pair.gold].0, labelled(predicted[pair.predicted])));
    }
    let missed = alignment.missed.iter().filter(|&&g| !gold[g].1.optional);
    disagreements.extend(missed.map(|&g| Disagreement::Missing(gold[g].0)));
    disagreements.extend(alignment.spurious.iter().map(|&p| Disagreement::Extra(labelled(predicted[p]))));
    disagreements.sort();
    disagreements.dedup();
    disagreements
}

fn labelled(entity: &Entity) -> SpanAndLabel<'_> {
    (entity.start, entity.end, &entity.fragments, &entity.label)
}

fn finding(
    case: &GoldenCase<'_>,
    gold: &[Entity],
    disagreement: &Disagreement<'_>,
    names: &[&str],
    of: usize,
) -> Finding {
    let text = |start: u32, end: u32| {
        case.document.and_then(|d| d.slice(start, end)).map_or_else(String::new, |t| format!(" {}", brief(t)))
    };
    let show = |(start, end, _, label): SpanAndLabel<'_>| format!("{label}{} at {start}..{end}", text(start, end));
    let who = format!("{} of {}", names.len(), count(of, "extractor"));
    let (location, message) = match disagreement {
        Disagreement::Missing(at) => {
            (FindingLocation::Golden(entity(*at)), format!("{who} find nothing for {}", show(labelled(&gold[*at]))))
        }
        Disagreement::Instead(at, found) => {
            let own = labelled(&gold[*at]);
            let instead = match (own.0, own.1, own.2) == (found.0, found.1, found.2) {
                true => found.3.to_owned(),
                false => show(*found),
            };
            (FindingLocation::Golden(entity(*at)), format!("{who} find {instead} instead of {}", show(own)))
        }
        Disagreement::Extra(found) => {
            (FindingLocation::Text(found.0, found.1), format!("{who} find {}, where gold has nothing", show(*found)))
        }
    };
    let (start, end) = match disagreement {
        Disagreement::Missing(at) | Disagreement::Instead(at, _) => (gold[*at].start, gold[*at].end),
        Disagreement::Extra(found) => (found.0, found.1),
    };
    let passage = case.document.map_or_else(String::new, |document| format!("; {}", context(document, start, end)));
    let diagnostic =
        Diagnostic::new(message).of_document(case.id).help(format!("reported by {}{passage}", names.join(", ")));
    Finding { level: Severity::Warning, code: SUSPECT, location, span: Some((start, end)), diagnostic }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{SystemAnnotations, suspects};
    use crate::corpus::{Dataset, Lenient};
    use crate::document::{Annotations, Document, Reference};

    fn annotations(entities: &str) -> Annotations {
        let entities: Vec<String> = entities
            .split_whitespace()
            .map(|word| {
                let parts: Vec<&str> = word.split(':').collect();
                format!(r#"{{"start": {}, "end": {}, "label": "{}"}}"#, parts[0], parts[1], parts[2])
            })
            .collect();
        serde_json::from_str(&format!("{{\"entities\": [{}]}}", entities.join(","))).unwrap()
    }

    fn messages(gold: &str, answers: &[&str]) -> Vec<String> {
        let reference = Reference {
            document: Some(Document::new("a", "Ada saw Bo in Oslo.")),

            gold: annotations(gold),
            ..Reference::default()
        };
        let references = BTreeMap::from([("a".to_owned(), reference)]);
        let loaded = Lenient { dataset: Dataset { references, ..Dataset::default() }, ..Lenient::default() };
        let answers: SystemAnnotations = answers
            .iter()
            .enumerate()
            .map(|(at, entities)| {
                let answer = if *entities == "failed" { Annotations::default() } else { annotations(entities) };
                (format!("e{at}"), BTreeMap::from([("a".to_owned(), answer)]))
            })
            .collect();
        suspects(&loaded, &answers).into_iter().map(|finding| finding.diagnostic.message).collect()
    }

    #[test]
    fn most_suspicious_first() {
        assert_eq!(
            messages(
                "0:3:P 8:10:P 14:18:P 4:7:V",
                &["14:18:G 8:13:P 4:7:V 0:3:P", "14:18:G 8:13:P 11:13:X", "14:18:G 8:10:P 11:13:X"]
            ),
            [
                "3 of 3 extractors find G instead of P \"Oslo\" at 14..18",
                "2 of 3 extractors find nothing for P \"Ada\" at 0..3",
                "2 of 3 extractors find P \"Bo in\" at 8..13 instead of P \"Bo\" at 8..10",
                "2 of 3 extractors find nothing for V \"saw\" at 4..7",
                "2 of 3 extractors find X \"in\" at 11..13, where gold has nothing",
            ]
        );
    }

    #[test]
    fn two_at_least_and_more_than_half_of_those_that_answered() {
        assert!(messages("0:3:P", &["8:10:P"]).is_empty());
        assert!(messages("0:3:P", &["", "", "0:3:P", "0:3:P"]).is_empty());
        assert_eq!(messages("0:3:P", &["", "", "failed", "0:3:P"]).len(), 1);
        assert_eq!(messages("", &["0:3:P 0:3:P", "failed"]).len(), 0);
    }
}
