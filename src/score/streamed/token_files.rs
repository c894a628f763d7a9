//! Scores two token files by their tags alone, without building texts, annotations or items.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::document::{TagName, Tags, TokenFile};
use crate::format::conll2012;
use crate::format::tokens::{Column, FastTokens, is_token_file, read_fast};
use crate::metric::{TagTable, Tagged};
use crate::parallel;
use crate::score::{ClusterBy, Engine, TaggedFiles};

/// Counts two token files without building documents. Returns `None` if they must be loaded: if a
/// file is not a token file or has unusual or invalid content, or if the settings need more than
/// tags.
pub fn count_token_files<'s>(gold: &Path, predicted: &Path, mut engine: Engine<'s>) -> Option<Engine<'s>> {
    let counter = engine.tag_counter()?;
    let is_regular = |file: &Path| is_token_file(file) && fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
    if engine.settings().cluster != ClusterBy::Document || !is_regular(gold) || !is_regular(predicted) {
        return None;
    }
    // If both sides are one file, it is in conlleval format: its last two columns are the golden
    // and the predicted tags.
    let gold_column = if gold == predicted { Column::BeforeLast } else { Column::Last };
    let read = |file: &Path| {
        let text = String::from_utf8(fs::read(file).ok()?).ok()?;
        (!conll2012::looks_like(&text)).then_some(text)
    };
    let (gold_text, predicted_text) = parallel::join(|| read(gold), || read(predicted));
    let (gold_text, predicted_text) = (gold_text?, predicted_text?);
    let (ours, theirs) =
        parallel::join(|| read_fast(&gold_text, gold_column), || read_fast(&predicted_text, Column::Last));
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
    let portions = parallel::map_chunks(&documents, documents.len().div_ceil(PORTIONS).max(1), count);
    let portions = portions.into_iter().collect::<Option<Vec<_>>>()?;
    portions.into_iter().for_each(|portion| engine.add(portion));
    Some(engine)
}

/// Returns the distinct names of both sides, and the index in that list of each name of the second
/// side.
fn shared<'t>(ours: &[&'t str], theirs: &[&'t str]) -> (Vec<TagName>, Vec<u32>) {
    let mut indices: FxHashMap<&'t str, u32> = ours.iter().copied().zip(0..).collect();
    let mut names: Vec<TagName> = ours.iter().map(|name| TagName::new(name)).collect();
    let index = |name: &&'t str| {
        *indices.entry(*name).or_insert_with(|| {
            names.push(TagName::new(name));
            names.len() as u32 - 1
        })
    };
    let moved = theirs.iter().map(index).collect();
    (names, moved)
}

/// Returns the documents: those that `-DOCSTART-` lines begin, and the lines before the first of
/// them; without such lines, the sentences.
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

/// A document of two token files: its sentences, and the tags of its `-DOCSTART-` line.
struct TaggedDocument {
    /// The range of its sentences, the same in both files.
    sentences: Range<u32>,
    /// The golden and the predicted tag of the `-DOCSTART-` line.
    openings: [Option<u32>; 2],
}

/// The maximum number of units of parallel work.
const PORTIONS: usize = 64;

/// Returns the interpretation of the tags of a file, and all labels, sorted.
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
