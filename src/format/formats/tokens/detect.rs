//! Detects token files by their extension or content.

use std::path::Path;

use super::layout::{cells, is_header};
use super::line::{Columns, is_blank, is_comment};
use crate::format::has_extension;

/// Extensions that only token files have.
pub const EXTENSIONS: [&str; 7] = ["conll", "bio", "iob", "iob2", "bioes", "iobes", "bilou"];

/// Whether a file has the extension of a token file.
pub fn is_token_file(file: &Path) -> bool {
    EXTENSIONS.iter().any(|known| has_extension(file, known))
}

/// Whether a text looks like a token file: its first lines have the same number of columns, at
/// least two, and the last columns look like tags, or those before a column of flags. The first
/// line may be a header.
pub fn looks_like(text: &str) -> bool {
    const LINES: usize = 50;
    let mut lines = text.lines().map(str::as_bytes).filter(|line| !is_blank(line));
    let Some(first) = lines.clone().find(|line| !line.starts_with(b"# ")) else { return false };
    if first.starts_with(b"-DOCSTART-") {
        return true;
    }
    let columns = Columns::of(first).count;
    let is_text_header = |line: &[u8]| std::str::from_utf8(line).is_ok_and(|line| is_header(&cells(line)));
    let mut looked_at = 0;
    columns >= 2
        && lines.by_ref().filter(|line| !is_comment(line, columns)).take(LINES).enumerate().all(|(at, line)| {
            if at == 0 && is_text_header(line) {
                return true;
            }
            looked_at += 1;
            let cut = Columns::of(line);
            let is_flagged = columns > 2 && matches!(&line[cut.last.clone()], b"+" | b"-");
            let tag = if is_flagged { cut.before_last } else { cut.last };
            line.starts_with(b"-DOCSTART-") || (cut.count == columns && is_tag(&line[tag]))
        })
        && looked_at > 0
}

/// Whether a text looks like a tag: `O`, or a prefix letter alone or before a hyphen.
fn is_tag(tag: &[u8]) -> bool {
    matches!(
        tag,
        [b'O' | b'B' | b'I' | b'E' | b'S' | b'U' | b'L' | b'M']
            | [b'B' | b'I' | b'E' | b'S' | b'U' | b'L' | b'M', b'-', ..]
    )
}

#[cfg(test)]
mod tests {
    use super::looks_like;

    #[test]
    fn detects_token_files() {
        assert!(looks_like("-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\n"));
        assert!(looks_like("# id = 1\n\nEU\tB-ORG\nrejects\tO\n"));
        assert!(looks_like("{ O\n} O\n"));
        assert!(looks_like("token\ttag\nJane\tB-PER\n"));
        assert!(looks_like("It O +\nFrench B-LOC -\n"));
        for other in [
            "",
            "\n\n",
            "{\"id\": \"a\"}\n",
            "[\n  1\n]\n",
            "word\n",
            "T1\tPER 0 3\tAda\n",
            "# only = this\n",
            "a O\nb c d\n",
        ] {
            assert!(!looks_like(other), "{other:?}");
        }
    }
}
