//! Counting two token files by their tags alone, without texts, annotations or items.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::document::{TagName, Tags, TokenFile};
use crate::format::conll2012;
use crate::format::tokens::{Column, FastTokens, is_token_file, read_fast};
use crate::metric::{TagTable, Tagged};
use crate::score::{ClusterBy, Engine, TaggedFiles};

/// Counts two token files without building documents. `None` if that is not possible (a file is not
/// one of tokens, has something unusual or wrong, or what is asked for needs more than tags): then
/// they must be loaded.
pub fn count_token_files<'s>(gold: &Path, predicted: &Path, mut engine: Engine<'s>) -> Option<Engine<'s>> {
    let counter = engine.tag_counter()?;
    let is_regular = |file: &Path| is_token_file(file) && fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
    if engine.settings().cluster != ClusterBy::Document || !is_regular(gold) || !is_regular(predicted) {
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
        rayon::join(|| read_fast(&gold_text, gold_column), || read_fast(&predicted_text, Column::Last));
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
    let (table, labels) = table(counter, &files[0])?;
    let count = |documents: &[TaggedDocument]| {
        let mut portion = engine.portion();
        let side = |file: &Arc<TokenFile>| Tags {
            file: Arc::clone(file),
            sentences: 0..0,
            opening: None,
            places: None,
            scheme: None,
        };
        let mut tagged = TaggedFiles { sides: [side(&files[0]), side(&files[1])], table: &table };
        for document in documents {
            for (tags, opening) in tagged.sides.iter_mut().zip(document.openings) {
                tags.sentences = document.sentences.clone();
                tags.opening = opening;
            }
            portion.tagged(counter, &tagged, &labels).then_some(())?;
        }
        Some(portion.finish())
    };
    let portions = portions(&files[0], &documents).into_par_iter().map(count).collect::<Option<Vec<_>>>()?;
    portions.into_iter().for_each(|portion| engine.add(portion));
    Some(engine)
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
fn documents(ours: &FastTokens<'_>, theirs: &FastTokens<'_>, moved: &[u32]) -> Vec<TaggedDocument> {
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

/// A document of two token files: its sentences, and the tags of the lines that begin it.
struct TaggedDocument {
    /// Its sentences, the same of both files.
    sentences: Range<u32>,
    /// The golden tag, and the predicted one.
    openings: [Option<u32>; 2],
}

/// Tokens that one thread counts in one go, at least.
const PORTION: u32 = 1 << 14;

/// Documents in portions of about the same work.
fn portions<'d>(file: &TokenFile, documents: &'d [TaggedDocument]) -> Vec<&'d [TaggedDocument]> {
    let edge = |sentence: u32| file.sentences.get(sentence as usize).map_or(file.tags.len() as u32, |next| next.first);
    let mut first = 0;
    let mut portions: Vec<&[TaggedDocument]> = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        let tokens = edge(document.sentences.end) - edge(documents[first].sentences.start);
        if tokens >= PORTION || at + 1 == documents.len() {
            portions.push(&documents[first..=at]);
            first = at + 1;
        }
    }
    portions
}

/// What the tags of a file come to, and all labels, sorted.
fn table(tagged: &dyn Tagged, file: &TokenFile) -> Option<(TagTable, Vec<Arc<str>>)> {
    let of_tags = file.names.iter().map(|name| tagged.label(name)).collect::<Option<Vec<&str>>>()?;
    let mut labels = of_tags.clone();
    labels.sort_unstable();
    labels.dedup();
    let number = |label: &&str| labels.binary_search(label).unwrap_or_default() as u32;
    let mut texts: FxHashMap<&str, u32> = FxHashMap::default();
    let mut same = |name| {
        let next = texts.len() as u32;
        *texts.entry(tagged.text(name)).or_insert(next)
    };
    let table =
        TagTable { labels: of_tags.iter().map(number).collect(), texts: file.names.iter().map(&mut same).collect() };
    Some((table, labels.into_iter().map(Arc::from).collect()))
}
