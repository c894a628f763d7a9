//! Two token files at once, by their tags alone.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::document::{TagName, TokenFile};
use crate::format::conll2012;
use crate::format::tokens::{Column, Lean, is_token_file, read_lean};
use crate::score::{ClusterBy, Scorer, Settings, TaggedDocument};

/// Scores two token files without building documents. `None` where that cannot be done (a file is none of tokens, or has
/// something unusual or wrong, or what is asked for needs more than tags): then they must be loaded.
pub fn score_token_files<'s>(gold: &Path, predicted: &Path, settings: &'s Settings) -> Option<Scorer<'s>> {
    let mut scorer = Scorer::new(settings);
    let is_regular = |file: &Path| is_token_file(file) && fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
    let is_clustered = settings.cluster != ClusterBy::Document;
    if is_clustered
        || !scorer.takes_tags()
        || !settings.options.labels.map.is_empty()
        || !is_regular(gold)
        || !is_regular(predicted)
    {
        return None;
    }
    // One file for both sides is conlleval's: its last two columns are the golden and the predicted tags.
    let gold_column = if gold == predicted { Column::BeforeLast } else { Column::Last };
    let read = |file: &Path| {
        let text = String::from_utf8(fs::read(file).ok()?).ok()?;
        (!conll2012::looks_like(&text)).then_some(text)
    };
    let (gold_text, predicted_text) = rayon::join(|| read(gold), || read(predicted));
    let (gold_text, predicted_text) = (gold_text?, predicted_text?);
    let (ours, theirs) =
        rayon::join(|| read_lean(&gold_text, gold_column), || read_lean(&predicted_text, Column::Last));
    let (ours, mut theirs) = (ours?, theirs?);
    if !ours.has_tokens_of(&theirs) {
        return None;
    }
    let (names, moved) = shared(&ours.names, &theirs.names);
    let documents = documents(&ours, &theirs, &moved);
    theirs.tags.iter_mut().for_each(|tag| *tag = moved[*tag as usize]);
    let sentences = ours.sentences;
    let file = |tags, sentences| Arc::new(TokenFile { tags, names: names.clone(), sentences, ..TokenFile::default() });
    let files = [file(ours.tags, sentences.clone()), file(theirs.tags, sentences)];
    scorer.add_tags(&files, &documents).then_some(scorer)
}

/// The names of both sides, once, and the places of the second ones among them.
fn shared<'t>(ours: &[&'t str], theirs: &[&'t str]) -> (Vec<TagName>, Vec<u32>) {
    let mut places: FxHashMap<&'t str, u32> = ours.iter().copied().zip(0..).collect();
    let mut names: Vec<TagName> = ours.iter().map(|name| TagName::new(name)).collect();
    let place = |name: &&'t str| {
        *places.entry(*name).or_insert_with(|| {
            names.push(TagName::new(name));
            names.len() as u32 - 1
        })
    };
    let moved = theirs.iter().map(place).collect();
    (names, moved)
}

/// The documents: what `-DOCSTART-` lines begin, and what stands before the first; without such lines, the sentences.
fn documents(ours: &Lean<'_>, theirs: &Lean<'_>, moved: &[u32]) -> Vec<TaggedDocument> {
    let all = ours.sentences.len() as u32;
    let Some((first, _)) = ours.openings.first() else {
        return (0..all).map(|at| TaggedDocument { sentences: at..at + 1, openings: [None, None] }).collect();
    };
    let mut documents = Vec::new();
    if *first > 0 {
        documents.push(TaggedDocument { sentences: 0..*first, openings: [None, None] });
    }
    let ends = ours.openings.iter().skip(1).map(|(before, _)| *before).chain([all]);
    for (((begin, gold), (_, predicted)), end) in ours.openings.iter().zip(&theirs.openings).zip(ends) {
        let openings = [*gold, predicted.map(|tag| moved[tag as usize])];
        documents.push(TaggedDocument { sentences: *begin..end, openings });
    }
    documents
}
