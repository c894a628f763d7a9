//! Scores two token files by their tags alone, without building texts, annotations or items.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::corpus::ReadAs;
use crate::document::{TagDecoder, TagName, Tags, TokenFile};
use crate::format::Format;
use crate::format::tokens::{
    Column, FastTokens, TagColumn, is_outside, is_token_file, is_usual, read_fast, uses_bilou,
};
use crate::metric::{TagTable, Tagged};
use crate::parallel;
use crate::score::{ClusterBy, Engine, ReadFrom, TaggedFiles};

/// Counts two token files without building documents. Returns `None` if they must be loaded: if a
/// file is not a token file or has unusual or invalid content, if there is something to note about
/// how it is read, or if the settings need more than tags.
pub fn count_token_files<'s>(
    gold: &ReadFrom<'_>,
    predicted: &ReadFrom<'_>,
    mut engine: Engine<'s>,
) -> Option<Engine<'s>> {
    let ((gold, gold_as), (predicted, predicted_as)) = (gold, predicted);
    let counter = engine.tag_counter()?;
    let is_regular = |file: &Path| is_token_file(file) && fs::metadata(file).is_ok_and(|metadata| metadata.is_file());
    if engine.settings().cluster != ClusterBy::Document || !is_regular(gold) || !is_regular(predicted) {
        return None;
    }
    // A file on both sides is announced in a note, for which it is loaded.
    if gold_as.tokens.column != Column::Last {
        return None;
    }
    let read = |file: &Path| {
        let bytes = fs::read(file).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let format = Format::of_file(file, text.as_bytes(), None).ok()?.0;
        (format.name == "conll" && is_usual(&text)).then_some(text)
    };
    let (gold_text, predicted_text) = parallel::join(|| read(gold), || read(predicted));
    let (gold_text, predicted_text) = (gold_text?, predicted_text?);
    let (ours, theirs) =
        parallel::join(|| read_fast(&gold_text, TagColumn::Last), || read_fast(&predicted_text, TagColumn::Last));
    let (ours, mut theirs) = (ours?, theirs?);
    if [(&ours, gold_as), (&theirs, predicted_as)].into_iter().any(|(fast, read_as)| needs_note(fast, read_as)) {
        return None;
    }
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
            is_bilou: false,
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

/// Returns whether the tags of a file may need a note, which the full reader writes. The tags of
/// lines that begin documents count, too, though the full reader ignores them.
fn needs_note(fast: &FastTokens<'_>, read_as: &ReadAs<'_>) -> bool {
    let is_decoded_leniently = !matches!(read_as.tokens.decoder, TagDecoder::Tool(Some(_)));
    fast.has_token_with(is_outside) || (is_decoded_leniently && uses_bilou(fast.names.iter().copied()))
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
