//! The words of a file with one word a line, by which two files of coreference are compared.

use std::path::Path;
use std::sync::Arc;

/// The lines of a document's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordLines {
    /// The path of the file, as the user gave it.
    pub file: Arc<Path>,
    /// The line of each word, counted from 1.
    pub lines: Arc<[u32]>,
    /// The range of each word in the document's text, in code points; `None` if one space or line
    /// break separates the words.
    pub ranges: Option<Arc<[(u32, u32)]>>,
    /// Whether the file has no line that begins a document, so that it may be several documents.
    pub is_whole_file: bool,
}

impl WordLines {
    /// Returns the words of the document's text, each with its range in code points.
    pub fn words<'t>(&self, text: &'t str) -> Vec<(&'t str, (u32, u32))> {
        if let Some(ranges) = &self.ranges {
            let mut bytes = text.char_indices().map(|(at, _)| at).chain([text.len()]).enumerate();
            let mut byte = |code_point: u32| bytes.find(|(at, _)| *at == code_point as usize).map(|(_, byte)| byte);
            let mut last = (0, 0);
            let word = |&(start, end): &(u32, u32)| {
                // A word may begin where the one before ends.
                let from = if start == last.0 { Some(last.1) } else { byte(start) };
                let to = byte(end);
                last = (end, to.unwrap_or(text.len()));
                (from.zip(to).and_then(|(from, to)| text.get(from..to)).unwrap_or_default(), (start, end))
            };
            return ranges.iter().map(word).collect();
        }
        let mut at = 0;
        let words = text.split([' ', '\n']).map(|word| {
            let start = at;
            let end = start + word.chars().count() as u32;
            at = end + 1;
            (word, (start, end))
        });
        if text.is_empty() { Vec::new() } else { words.collect() }
    }

    /// Returns the line of a word, or that of the last one if there are fewer.
    pub fn line(&self, word: usize) -> usize {
        self.lines.get(word).or(self.lines.last()).map_or(1, |line| *line as usize)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::WordLines;

    #[test]
    fn words_have_ranges_in_code_points() {
        let mut lines =
            WordLines { file: Path::new("x").into(), lines: [1, 2, 3].into(), ranges: None, is_whole_file: false };
        assert_eq!(lines.words(""), []);
        assert_eq!(lines.words("é b\nc"), [("é", (0, 1)), ("b", (2, 3)), ("c", (4, 5))]);
        lines.ranges = Some([(0, 1), (1, 2), (3, 5)].into());
        assert_eq!(lines.words("éa bü"), [("é", (0, 1)), ("a", (1, 2)), ("bü", (3, 5))]);
    }
}
