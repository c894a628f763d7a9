//! Validates annotations against the text that they are on: text versions, offset units, spans,
//! references by id, and confidences. If offsets fit the text better in another basis, only this is
//! reported, since all other errors in spans follow from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::key_points::key_points;
use super::misfit::Misfit;
use super::nearest_occurrence::{NearestOccurrence, OccurrenceSearch};
use super::size::over_limits;
use super::token_files;
use super::unlocated::{NotFound, Unlocated};
use super::validation::{PathDiagnostic, Validation};
use crate::document::{Alternative, Annotations, Document, Step};
use crate::error::Diagnostic;
use crate::format::{Entry, Notes, OffsetBasis, Shifted, TextForm, sha256};
use crate::limits::long_text;
use crate::text::excerpt;

/// Converts the offsets of an entry to code points, and returns everything that is wrong with it.
pub(super) fn check(entry: &mut Entry, document: Option<&Document>) -> Validation {
    check_as(entry, document, &Checks::default())
}

/// How entries are checked.
#[derive(Debug, Clone, Default)]
pub(super) struct Checks<'p> {
    /// What happens to labels whose stored text is not the document's.
    pub misfit: Misfit,
    /// What happens to entities without offsets.
    pub unlocated: Unlocated,
    /// If what the user says that offsets count is for both sides of a scoring, and so leaves files
    /// alone that fit only without it: the path that was loaded.
    pub unless_it_fits: Option<&'p Path>,
    /// Receives what is not located, and which files are left alone.
    pub notes: Notes,
}

/// Checks an entry like [`check`], but accepts what `checks` says.
pub(super) fn check_as(entry: &mut Entry, document: Option<&Document>, checks: &Checks<'_>) -> Validation {
    // What exceeds a limit is not worked on any further.
    let long = entry.text.as_deref().and_then(|text| long_text("its `text`", text));
    let long = long.map(|diagnostic| (diagnostic, key("text")));
    let large: Vec<PathDiagnostic> = long.into_iter().chain(over_limits(&entry.annotations)).collect();
    if !large.is_empty() {
        return Validation { diagnostics: large, ..Validation::default() };
    }
    if let Some(validation) = token_files::locate_tokens(entry, document) {
        return validation;
    }
    let basis = entry.basis();
    let own = entry.text.as_ref().map(|text| Document::new(entry.id.clone(), text.as_str()));
    let document = document.or(own.as_ref());
    let mut wrong = document.map(|document| version(entry, document, basis.form)).unwrap_or_default();
    if !wrong.is_empty() {
        let shift = document.and_then(|document| {
            let shifted = Shifted { annotations: &entry.annotations, text: document.text(), read_as: basis };
            shifted.evidence_of_version(&|form| same_version(entry, document, form))
        });
        return match shift {
            Some(evidence) => Validation { shift: Some((evidence, wrong)), ..Validation::default() },
            None => Validation { diagnostics: wrong, ..Validation::default() },
        };
    }
    let (mut fits, mut unlocated, mut not_found) = (true, Vec::new(), NotFound::default());
    // Conversion changes the offsets, and entities that are located here say nothing about the
    // basis, so the original annotations are kept to detect it.
    let has_unlocated = entry.annotations.entities.iter().flatten().any(|entity| !entity.is_located());
    let written = (basis != OffsetBasis::DEFAULT || has_unlocated).then(|| entry.annotations.clone());
    match entry.convert_offsets(document) {
        Ok(()) => {
            (unlocated, not_found) = checks.unlocated.settle(&mut entry.annotations, document);
            ranges(entry, document, (basis.form, checks.misfit), &mut wrong);
        }
        Err(diagnostic) => {
            fits = false;
            wrong.push(diagnostic);
        }
    }
    let annotations = written.as_ref().unwrap_or(&entry.annotations);
    let text = document.filter(|_| !wrong.is_empty()).map(Document::text);
    let evidence = text.and_then(|text| Shifted { annotations, text, read_as: basis }.evidence());
    let shift = evidence.map(|evidence| (evidence, std::mem::take(&mut wrong)));
    wrong.extend(unlocated);
    if let (Some(document), Some(text)) = (document, &mut entry.text)
        && document.text() != text.as_str()
    {
        // The text is the document's in another form, which its offsets no longer count.
        document.text().clone_into(text);
    }
    names(entry, &mut wrong);
    confidences(entry, &mut wrong);
    wrong.extend(key_points(&entry.annotations));
    Validation { diagnostics: wrong, fits, shift, not_found }
}

/// Returns diagnostics if an entry was made on another version of the document's text.
fn version(entry: &Entry, document: &Document, form: TextForm) -> Vec<PathDiagnostic> {
    let mut wrong = Vec::new();
    if entry.text.as_deref().is_some_and(|own| !form.same(document.text(), own)) {
        let diagnostic =
            Diagnostic::new("its `text` is not the document's").help("it was made on another version of the text");
        wrong.push((diagnostic, key("text")));
    }
    wrong.extend(entry.text_sha256.as_ref().and_then(|stored| hash(stored, document, form)));
    wrong
}

/// Returns a diagnostic if a stored hash is not that of the document's text, as it is or in a form.
fn hash(stored: &str, document: &Document, form: TextForm) -> Option<PathDiagnostic> {
    let found = sha256(document.text());
    if stored.eq_ignore_ascii_case(&found)
        || (!form.is_as_stored() && stored.eq_ignore_ascii_case(&sha256(form.of(document.text()).as_bytes())))
    {
        return None;
    }
    let message = format!("`text_sha256` is {stored}, but the document's text has {found}");
    let diagnostic = Diagnostic::new(message)
        .help("it was made on another version of the text: check every label, then fix the hash");
    Some((diagnostic, key("text_sha256")))
}

/// Returns whether the version of the text that an entry was made on is the document's in a form;
/// `None` if both differ in that form, too.
fn same_version(entry: &Entry, document: &Document, form: TextForm) -> Option<bool> {
    if !version(entry, document, form).is_empty() {
        return None;
    }
    let converted = form.of(document.text());
    let is_text = entry.text.as_deref().is_none_or(|own| own == converted);
    let is_hash =
        entry.text_sha256.as_ref().is_none_or(|stored| stored.eq_ignore_ascii_case(&sha256(converted.as_bytes())));
    Some(is_text && is_hash)
}

fn key(name: &str) -> Vec<Step> {
    vec![Step::Key(name.to_owned())]
}

/// Checks every span. Stored texts that are the document's in a form become the document's.
fn ranges(
    entry: &mut Entry,
    document: Option<&Document>,
    (form, misfit): (TextForm, Misfit),
    wrong: &mut Vec<PathDiagnostic>,
) {
    let mut search = document.map(OccurrenceSearch::new);
    entry.annotations.each_span(&mut |path, &mut (start, end), mut stored| {
        if let (false, Some(stored)) = (form.is_as_stored(), &mut stored)
            && let Some(found) = document.and_then(|document| document.slice(start, end))
            && form.same_parts(found, stored)
        {
            found.clone_into(stored);
        }
        let stored = stored.as_deref().map(String::as_str).filter(|_| !misfit.accepts(path));
        if let Some(diagnostic) = range(start, end, stored, search.as_mut()) {
            wrong.push((diagnostic, path.to_vec()));
        }
    });
}

fn range(start: u32, end: u32, stored: Option<&str>, search: Option<&mut OccurrenceSearch<'_>>) -> Option<Diagnostic> {
    if start == u32::MAX || end == u32::MAX {
        return Some(
            Diagnostic::new("an offset is not a whole number of at least 0").help("offsets count code points"),
        );
    }
    if start >= end {
        let diagnostic = Diagnostic::new(format!("{start}..{end} is an empty span"));
        return Some(diagnostic.help("`end` is one past the last code point, so it is greater than `start`"));
    }
    let search = search?;
    let document = search.document();
    let Some(found) = document.slice(start, end) else {
        let diagnostic = Diagnostic::new(format!(
            "{start}..{end} is past the end of the text, which has {} code points",
            document.len()
        ));
        return Some(diagnostic.help("offsets count code points unless `offset_unit` names another unit"));
    };
    let stored = stored.filter(|stored| *stored != found)?;
    let diagnostic = Diagnostic::new(format!(
        "the text at {start}..{end} is {}, but the annotation has {}",
        excerpt(found),
        excerpt(stored)
    ));
    Some(match search.nearest(stored, start) {
        NearestOccurrence::At(start, end) => diagnostic.help(format!("{} is at {start}..{end}", excerpt(stored))),
        NearestOccurrence::None => diagnostic.help(format!("{} does not occur in the document", excerpt(stored))),
        NearestOccurrence::NotSearched => {
            diagnostic.help("too many texts of this document are elsewhere to search for each of them")
        }
    })
}

fn names(entry: &Entry, wrong: &mut Vec<PathDiagnostic>) {
    let at = |layer: &str, index: usize, field: &str| {
        vec![Step::Key(layer.to_owned()), Step::Index(index), Step::Key(field.to_owned())]
    };
    let mut ids = BTreeSet::new();
    for (index, entity) in entry.annotations.entities.iter().flatten().enumerate() {
        if !fragments_fit(&entity.fragments, entity.start, entity.end) {
            wrong.push((misfit_fragments(), at("entities", index, "fragments")));
        }
        if entity.label.trim().is_empty() {
            wrong.push((Diagnostic::new("the label is empty"), at("entities", index, "label")));
        }
        for (number, other) in entity.alternatives.iter().enumerate() {
            let path = [at("entities", index, "alternatives"), vec![Step::Index(number)]].concat();
            wrong.extend(alternative(other).map(|diagnostic| (diagnostic, path)));
        }
        if let Some(id) = entity.id.as_deref().filter(|id| !ids.insert((*id).to_owned())) {
            let diagnostic = Diagnostic::new(format!("two entities have the id {id:?}"));
            wrong.push((diagnostic.help("relations could refer to either"), at("entities", index, "id")));
        }
    }
    // Relations may refer to events, too.
    let event_ids = entry.annotations.events.iter().flatten().filter_map(|event| event.id.as_deref());
    let known: BTreeSet<&str> = ids.iter().map(String::as_str).chain(event_ids).collect();
    for (index, relation) in entry.annotations.relations.iter().flatten().enumerate() {
        for (field, end) in [("head", &relation.head), ("tail", &relation.tail)] {
            if !known.contains(end.as_str()) {
                let diagnostic = Diagnostic::new(format!("there is no entity with the id {end:?}"));
                wrong.push((diagnostic.help_with_nearest(end, known.iter().copied()), at("relations", index, field)));
            }
        }
        if relation.label.trim().is_empty() {
            wrong.push((Diagnostic::new("the label is empty"), at("relations", index, "label")));
        }
    }
    events(entry, ids, wrong);
}

/// Checks events. They refer to entities and to each other, so all of them share one set of ids.
fn events(entry: &Entry, mut ids: BTreeSet<String>, wrong: &mut Vec<PathDiagnostic>) {
    let events = || entry.annotations.events.iter().flatten().enumerate();
    let at = |index: usize, steps: &[Step]| [&[Step::Key("events".to_owned()), Step::Index(index)], steps].concat();
    for (index, event) in events() {
        if event.label.trim().is_empty() {
            wrong.push((Diagnostic::new("the label is empty"), at(index, &key("label"))));
        }
        if let Some(id) = event.id.as_deref().filter(|id| !ids.insert((*id).to_owned())) {
            let diagnostic = Diagnostic::new(format!("another event or an entity also has the id {id:?}"));
            wrong.push((diagnostic.help("arguments could refer to either"), at(index, &key("id"))));
        }
    }
    for (index, event) in events() {
        for (part, argument) in event.arguments.iter().enumerate() {
            let at = |field: &str| {
                at(index, &[Step::Key("arguments".to_owned()), Step::Index(part), Step::Key(field.to_owned())])
            };
            if argument.role.trim().is_empty() {
                wrong.push((Diagnostic::new("the role is empty"), at("role")));
            }
            if !ids.contains(&argument.target) {
                let diagnostic =
                    Diagnostic::new(format!("there is no entity or event with the id {:?}", argument.target));
                let diagnostic = diagnostic.help_with_nearest(&argument.target, ids.iter().map(String::as_str));
                wrong.push((diagnostic, at("target")));
            }
        }
    }
    if let Some((index, path)) = find_cycle(&entry.annotations) {
        let diagnostic = Diagnostic::new(format!("events are arguments of one another: {path}"));
        wrong.push((diagnostic.help("remove one of the arguments"), at(index, &key("arguments"))));
    }
}

/// Returns the first event that is directly or indirectly an argument of itself, and the ids on the
/// cycle.
fn find_cycle(annotations: &Annotations) -> Option<(usize, String)> {
    let events = annotations.events.as_deref().unwrap_or_default();
    // An id that an entity has, too, is reported elsewhere; here it refers to the entity.
    let entities: BTreeSet<&str> =
        annotations.entities.iter().flatten().filter_map(|entity| entity.id.as_deref()).collect();
    let named = events.iter().enumerate().filter_map(|(at, event)| Some((event.id.as_deref()?, at)));
    let numbers: BTreeMap<&str, usize> = named.filter(|(id, _)| !entities.contains(id)).collect();
    let next =
        |at: usize| events[at].arguments.iter().filter_map(|argument| numbers.get(argument.target.as_str()).copied());
    // Depth-first search: each event is entered once, and an event reached again while open closes
    // a cycle.
    let (mut entered, mut left) = (vec![false; events.len()], vec![false; events.len()]);
    for start in 0..events.len() {
        let mut open: Vec<(usize, Vec<usize>)> = Vec::new();
        if !std::mem::replace(&mut entered[start], true) {
            open.push((start, next(start).collect()));
        }
        while let Some((at, rest)) = open.last_mut() {
            let Some(argument) = rest.pop() else {
                left[*at] = true;
                open.pop();
                continue;
            };
            if entered[argument] && !left[argument] {
                let from = open.iter().position(|(at, _)| *at == argument).unwrap_or(0);
                let way = open[from..].iter().map(|(at, _)| *at).chain([argument]);
                let names: Vec<&str> = way.filter_map(|at| events[at].id.as_deref()).collect();
                return Some((argument, names.join(", ")));
            }
            if !std::mem::replace(&mut entered[argument], true) {
                open.push((argument, next(argument).collect()));
            }
        }
    }
    None
}

/// Checks that confidences are between 0 and 1.
fn confidences(entry: &Entry, wrong: &mut Vec<PathDiagnostic>) {
    let annotations = &entry.annotations;
    let entities = annotations.entities.iter().flatten().map(|entity| entity.confidence);
    let relations = annotations.relations.iter().flatten().map(|relation| relation.confidence);
    let events = annotations.events.iter().flatten().map(|event| event.confidence);
    let sentences = annotations.key_sentences.iter().flatten().map(|span| span.confidence);
    let mut check = |layer: &str, confidences: &mut dyn Iterator<Item = Option<f64>>| {
        for (index, confidence) in confidences.enumerate() {
            if confidence.is_some_and(|confidence| !(0.0..=1.0).contains(&confidence)) {
                let path = [Step::Key(layer.to_owned()), Step::Index(index), Step::Key("confidence".to_owned())];
                wrong.push((Diagnostic::new("a confidence must be between 0 and 1"), path.to_vec()));
            }
        }
    };
    check("entities", &mut { entities });
    check("relations", &mut { relations });
    check("events", &mut { events });
    check("key_sentences", &mut { sentences });
}

/// Returns what is wrong with an alternative of an entity. Whether its span fits the text is
/// checked with all other spans.
fn alternative(other: &Alternative) -> Option<Diagnostic> {
    let help = "an alternative has `start` and `end`, a `label`, or all three; what it leaves out is the entity's own";
    let diagnostic = match (other.start, other.end) {
        (Some(_), None) => Diagnostic::new("the alternative has a `start` and no `end`").help(help),
        (None, Some(_)) => Diagnostic::new("the alternative has an `end` and no `start`").help(help),
        (None, None) if !other.fragments.is_empty() || other.text.is_some() => {
            Diagnostic::new("the alternative has a text or fragments and no `start` and `end`").help(help)
        }
        (None, None) if other.label.is_none() => Diagnostic::new("the alternative is empty").help(help),
        (Some(start), Some(end)) if !fragments_fit(&other.fragments, start, end) => misfit_fragments(),
        _ if other.label.as_ref().is_some_and(|label| label.trim().is_empty()) => {
            Diagnostic::new("the alternative's label is empty").help(help)
        }
        _ => return None,
    };
    Some(diagnostic)
}

fn misfit_fragments() -> Diagnostic {
    let diagnostic = Diagnostic::new("the fragments are not in order, overlap, or do not reach from `start` to `end`");
    diagnostic.help("list the parts in text order; the first begins at `start` and the last ends at `end`")
}

fn fragments_fit(fragments: &[(u32, u32)], start: u32, end: u32) -> bool {
    let (Some(first), Some(last)) = (fragments.first(), fragments.last()) else { return true };
    let in_order = fragments.windows(2).all(|pair| pair[0].1 <= pair[1].0);
    in_order && fragments.iter().all(|part| part.0 < part.1) && first.0 == start && last.1 == end
}
