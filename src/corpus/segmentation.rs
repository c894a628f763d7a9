//! Divides a file of predictions without documents into those of the golden file, by its words, as
//! the scorer of HIPE does: some systems leave out the comment lines that begin documents.

use std::collections::BTreeMap;

use crate::document::{Entity, Reference};
use crate::error::Diagnostic;
use crate::format::Entry;

/// Divides the only entry of a file that has no line that begins a document. Returns `None` if the
/// entries are not such a file, or if the golden documents have no words of one file.
///
/// # Errors
/// Fails with the first word that differs from the golden one.
pub(super) fn divide(
    entries: &BTreeMap<String, Entry>,
    references: &BTreeMap<String, Reference>,
) -> Option<Result<BTreeMap<String, Entry>, Diagnostic>> {
    let (id, entry) = entries.first_key_value().filter(|_| entries.len() == 1)?;
    let found = entry.annotations.words.as_ref().filter(|words| words.is_whole_file)?;
    if references.contains_key(id) {
        return None;
    }
    let text = entry.text.as_deref()?;
    let words = found.words(text);
    let with_words = |(id, reference): (&String, &Reference)| {
        let golden = reference.gold.words.clone()?;
        let text = reference.document.as_ref()?.text().to_owned();
        Some((id.clone(), golden, text))
    };
    let mut golden: Vec<_> = references.iter().map(with_words).collect::<Option<Vec<_>>>()?;
    let file = golden.first()?.1.file.clone();
    if golden.iter().any(|(_, lines, _)| lines.file != file) {
        return None;
    }
    golden.sort_by_key(|(_, lines, _)| lines.lines.first().copied());
    let mut divided = BTreeMap::new();
    let mut at = 0;
    for (id, lines, text) in &golden {
        let of_gold = lines.words(text);
        let of_entry = &words[at.min(words.len())..(at + of_gold.len()).min(words.len())];
        let same = of_gold.iter().zip(of_entry).take_while(|(a, b)| a.0 == b.0).count();
        if same < of_gold.len() {
            let theirs = format!("{:?} in {}:{}", of_gold[same].0, file.display(), lines.line(same));
            let message = match of_entry.get(same) {
                Some((word, _)) => format!("the word is {word:?}, but {theirs}"),
                None => format!("the file ends before the word {theirs}"),
            };
            let diagnostic = Diagnostic::new(message).in_file(&*found.file).at((found.line(at + same), 1));
            let help = "without comment lines that begin documents, words are joined to the golden ones in order";
            return Some(Err(diagnostic.of_document(id).help(help)));
        }
        divided.insert(id.clone(), part(entry, id, of_entry, &of_gold));
        at += of_gold.len();
    }
    if at < words.len() {
        let message = format!("the word {:?} lies behind the last of {}", words[at].0, file.display());
        let diagnostic = Diagnostic::new(message).in_file(&*found.file).at((found.line(at), 1));
        return Some(Err(diagnostic.help("both files need the same words")));
    }
    Some(Ok(divided))
}

/// A word with its range in code points.
type Word<'t> = (&'t str, (u32, u32));

/// Returns the part of an entry over some of its words, with the offsets of the golden words. An
/// entity that reaches beyond the part is cut.
fn part(entry: &Entry, id: &str, words: &[Word<'_>], golden: &[Word<'_>]) -> Entry {
    let mut part = Entry { id: id.to_owned(), text: None, ..entry.clone() };
    let cut = |entity: &Entity| {
        let first = words.partition_point(|(_, range)| range.1 <= entity.start);
        let behind = words.partition_point(|(_, range)| range.0 < entity.end);
        (first < behind).then(|| Entity { start: golden[first].1.0, end: golden[behind - 1].1.1, ..entity.clone() })
    };
    part.annotations.entities = entry.annotations.entities.as_ref().map(|all| all.iter().filter_map(cut).collect());
    part.places = part.places.map(|_| crate::format::SourceMap::default());
    part
}
