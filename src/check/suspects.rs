//! Golden labels that most extractors contradict in the same way. One extractor that disagrees is wrong; when most of them
//! are wrong alike, it may be the golden file that is.

use std::collections::BTreeMap;

use super::case::{Case, brief, count, entity};
use super::occurrences::context;
use super::run::{cases, load_diagnostics};
use super::{Finding, Level, Place};
use crate::align::{self, align};
use crate::corpus::Lenient;
use crate::document::{Annotations, Entity};
use crate::error::Diagnostic;

/// The code of suspect labels.
pub const SUSPECT: &str = "suspect";

/// What extractors answered, by extractor and document.
pub type Answers = BTreeMap<String, BTreeMap<String, Annotations>>;

/// A span with its label.
type Labelled<'a> = (u32, u32, &'a [(u32, u32)], &'a str);

/// What an extractor says against the golden file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Claim<'a> {
    /// It does not have the golden label.
    Missing(usize),
    /// It has another label, or other boundaries, in place of the golden one.
    Instead(usize, Labelled<'a>),
    /// It has a label where the golden file has none.
    Extra(Labelled<'a>),
}

/// A finding and how suspicious it is.
struct Suspect {
    agreeing: usize,
    of: usize,
    finding: Finding,
}

/// Suspect labels, most suspicious first: by the share of extractors that agree against gold, then by their number. Faults of
/// loading come before them.
pub fn suspects(loaded: &Lenient, answers: &Answers) -> Vec<Finding> {
    let cases = cases(loaded);
    let mut suspects: Vec<Suspect> = cases.iter().flat_map(|case| in_case(case, answers)).collect();
    suspects.sort_by(|a, b| {
        let share = (b.agreeing * a.of).cmp(&(a.agreeing * b.of));
        let place = |suspect: &Suspect| (suspect.finding.diagnostic.document.clone(), suspect.finding.place.clone());
        share.then(b.agreeing.cmp(&a.agreeing)).then_with(|| place(a).cmp(&place(b)))
    });
    load_diagnostics(loaded).chain(suspects.into_iter().map(|suspect| suspect.finding)).collect()
}

fn in_case(case: &Case<'_>, answers: &Answers) -> Vec<Suspect> {
    let Some(gold) = &case.gold.entities else { return Vec::new() };
    let voters: Vec<(&str, &[Entity])> = answers
        .iter()
        .filter_map(|(name, documents)| Some((name.as_str(), documents.get(case.id)?.entities.as_deref()?)))
        .collect();
    let mut claims: BTreeMap<Claim<'_>, Vec<&str>> = BTreeMap::new();
    for (name, predicted) in &voters {
        for claim in claims_of(case, predicted) {
            claims.entry(claim).or_default().push(name);
        }
    }
    let of = voters.len();
    let told = claims.into_iter().filter(|(_, names)| names.len() >= 2 && 2 * names.len() > of);
    told.map(|(claim, names)| Suspect { agreeing: names.len(), of, finding: finding(case, gold, &claim, &names, of) })
        .collect()
}

/// What one extractor says, every claim once.
fn claims_of<'a>(case: &Case<'a>, predicted: &'a [Entity]) -> Vec<Claim<'a>> {
    let gold: Vec<(usize, &Entity)> = case.entities().filter(|(_, entity)| !case.ignores(entity)).collect();
    let predicted: Vec<&Entity> = predicted.iter().filter(|entity| !case.ignores(entity)).collect();
    let mut ranks: BTreeMap<&str, u32> = BTreeMap::new();
    for entity in gold.iter().map(|(_, entity)| *entity).chain(predicted.iter().copied()) {
        ranks.insert(&entity.label, 0);
    }
    ranks.values_mut().zip(0..).for_each(|(rank, at)| *rank = at);
    let item = |entity: &Entity| align::Item {
        fragments: entity.fragments.clone(),
        ..align::Item::new(entity.start, entity.end, ranks[entity.label.as_str()])
    };
    let alignment = align(
        &gold.iter().map(|(_, entity)| item(entity)).collect::<Vec<_>>(),
        &predicted.iter().map(|entity| item(entity)).collect::<Vec<_>>(),
    );
    let mut claims = Vec::new();
    for pair in alignment.pairs.iter().filter(|pair| !(gold[pair.gold].1.optional || pair.exact && pair.same_label)) {
        claims.push(Claim::Instead(gold[pair.gold].0, labelled(predicted[pair.predicted])));
    }
    let missed = alignment.missed.iter().filter(|&&g| !gold[g].1.optional);
    claims.extend(missed.map(|&g| Claim::Missing(gold[g].0)));
    claims.extend(alignment.spurious.iter().map(|&p| Claim::Extra(labelled(predicted[p]))));
    claims.sort();
    claims.dedup();
    claims
}

fn labelled(entity: &Entity) -> Labelled<'_> {
    (entity.start, entity.end, &entity.fragments, &entity.label)
}

fn finding(case: &Case<'_>, gold: &[Entity], claim: &Claim<'_>, names: &[&str], of: usize) -> Finding {
    let text = |start: u32, end: u32| {
        case.document.and_then(|d| d.slice(start, end)).map_or_else(String::new, |t| format!(" {}", brief(t)))
    };
    let show = |(start, end, _, label): Labelled<'_>| format!("{label}{} at {start}..{end}", text(start, end));
    let who = format!("{} of {}", names.len(), count(of, "extractor"));
    let (place, message) = match claim {
        Claim::Missing(at) => {
            (Place::Golden(entity(*at)), format!("{who} find nothing for {}", show(labelled(&gold[*at]))))
        }
        Claim::Instead(at, found) => {
            let own = labelled(&gold[*at]);
            let instead = match (own.0, own.1, own.2) == (found.0, found.1, found.2) {
                true => found.3.to_owned(),
                false => show(*found),
            };
            (Place::Golden(entity(*at)), format!("{who} find {instead} instead of {}", show(own)))
        }
        Claim::Extra(found) => {
            (Place::Text(found.0, found.1), format!("{who} find {}, where gold has nothing", show(*found)))
        }
    };
    let (start, end) = match claim {
        Claim::Missing(at) | Claim::Instead(at, _) => (gold[*at].start, gold[*at].end),
        Claim::Extra(found) => (found.0, found.1),
    };
    let place_in_text =
        case.document.map_or_else(String::new, |document| format!("; {}", context(document, start, end)));
    let diagnostic =
        Diagnostic::new(message).of_document(case.id).help(format!("so say {}{place_in_text}", names.join(", ")));
    Finding { level: Level::Warning, code: SUSPECT, place, diagnostic }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Answers, suspects};
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
        let answers: Answers = answers
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
