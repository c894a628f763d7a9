//! Compares mentions of two coreference files by the positions of words. The reference scorer of
//! CoNLL-2012 does not look at the words, so a response that spells some of them differently is
//! scored; karat scores it, too, and says where the words differ.

use crate::document::{Reference, Span, WordLines};
use crate::error::Diagnostic;
use crate::format::Entry;

/// The first word of a document that differs from the golden one.
pub(super) struct OtherWord {
    /// The sentence that describes it, with both lines.
    pub message: String,
}

/// Moves the mentions of a prediction to the golden words at the same positions, if both sides are
/// coreference files. Returns the first word that differs, if any.
///
/// # Errors
/// Fails if a word differs and `is_strict`, and if a mention lies beyond the golden words.
pub(super) fn move_to_golden_words(
    entry: &mut Entry,
    reference: &Reference,
    is_strict: bool,
) -> Result<Option<OtherWord>, Diagnostic> {
    let (Some(golden), Some(found)) = (&reference.gold.words, entry.annotations.words.clone()) else { return Ok(None) };
    let (Some(document), Some(text)) = (&reference.document, entry.text.clone()) else { return Ok(None) };
    if document.text() == text || entry.annotations.coreference.is_none() {
        return Ok(None);
    }
    let (gold, predicted) = (golden.words(document.text()), found.words(&text));
    let same = gold.iter().zip(&predicted).take_while(|(a, b)| a.0 == b.0).count();
    let other = (same < gold.len() || same < predicted.len()).then(|| {
        let word = |words: &[(&str, (u32, u32))], lines: &WordLines| match words.get(same) {
            Some((word, _)) => format!("{word:?} in {}:{}", lines.file.display(), lines.line(same)),
            None => format!("missing after {}:{}", lines.file.display(), lines.line(same)),
        };
        let message = format!("word {} is {}, but {}", same + 1, word(&predicted, &found), word(&gold, golden));
        OtherWord { message }
    });
    if let Some(other) = other.as_ref().filter(|_| is_strict) {
        let diagnostic = Diagnostic::new(other.message.clone()).in_file(&*found.file).at((found.line(same), 1));
        let help = "both sides need the same words; without `--strict-words`, `karat score` compares their positions";
        return Err(diagnostic.of_document(&entry.id).help(help));
    }
    let id = entry.id.clone();
    for mention in entry.annotations.coreference.iter_mut().flatten().flat_map(|cluster| &mut cluster.mentions) {
        *mention = moved(mention, &predicted, &gold).ok_or_else(|| {
            let first = predicted.iter().position(|(_, range)| range.0 == mention.start).unwrap_or(gold.len());
            let message = format!("a mention ends beyond word {}, the last of the golden words", gold.len());
            let diagnostic = Diagnostic::new(message).in_file(&*found.file).at((found.line(first), 1));
            diagnostic.of_document(&id).help("mentions are compared by the positions of words: both sides need as many")
        })?;
    }
    entry.text = None;
    Ok(other)
}

/// Returns a span over the golden words at the positions of the predicted ones; `None` if there are
/// too few.
fn moved(span: &Span, predicted: &[(&str, (u32, u32))], gold: &[(&str, (u32, u32))]) -> Option<Span> {
    let first = predicted.binary_search_by_key(&span.start, |(_, range)| range.0).ok()?;
    let last = predicted.binary_search_by_key(&span.end, |(_, range)| range.1).ok()?;
    Some(Span::new(gold.get(first)?.1.0, gold.get(last)?.1.1))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::move_to_golden_words;
    use crate::document::{Document, Reference, Span};
    use crate::format::conll2012;

    fn file(words: [&str; 3], cells: [&str; 3]) -> String {
        let lines: String = words.iter().zip(cells).map(|(word, cell)| format!("x 0 0 {word} {cell}\n")).collect();
        format!("#begin document (a); part 000\n{lines}#end document\n")
    }

    #[test]
    fn mentions_move_to_the_golden_words() {
        let gold = conll2012::read(Path::new("g"), &file(["Ada", "met", "Bo"], ["(1)", "-", "(1)"])).value.remove(0);
        let reference = Reference {
            document: Some(Document::new("a", gold.text.as_deref().unwrap())),
            gold: gold.annotations,
            ..Reference::default()
        };
        let read =
            || conll2012::read(Path::new("p"), &file(["Adam", "met", "Boris"], ["(1)", "-", "(1)"])).value.remove(0);
        let mut entry = read();
        let other = move_to_golden_words(&mut entry, &reference, false).unwrap().unwrap();
        assert_eq!(other.message, "word 1 is \"Adam\" in p:2, but \"Ada\" in g:2");
        let mentions = &entry.annotations.coreference.unwrap()[0].mentions;
        assert_eq!(mentions[..], [Span::new(0, 3), Span::new(8, 10)]);
        assert!(move_to_golden_words(&mut read(), &reference, true).is_err());
    }
}
