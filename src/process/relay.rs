//! Copies the standard error of a child without secrets and without what a terminal or the runner
//! of GitHub Actions would obey.
//!
//! A line is copied as a whole. A line without an end is copied in parts, to bound the memory: a
//! part ends where neither a character, a secret, nor anything that is replaced lies across the
//! end, so that the parts show what the whole line would.

use std::io::{BufRead, BufReader, Read};

use super::tail::inert;
use crate::secrets::Secrets;

/// The bytes of a line without an end that are read before a part of it is copied.
pub(super) const PART_BYTES: usize = 1 << 16;
/// The longest sequence of a terminal that is kept whole, in bytes. Longer ones set no colour.
const LONGEST_SEQUENCE: usize = 64;

/// Reads to the end of the stream and writes it by lines, and by parts of lines longer than `most`
/// bytes.
pub(super) fn relay(from: impl Read, secrets: &Secrets, most: usize, mut write: impl FnMut(&str)) {
    let mut from = BufReader::new(from);
    let (mut bytes, mut line) = (Vec::new(), PartialLine::default());
    while let Ok(1..) = from.by_ref().take(most as u64).read_until(b'\n', &mut bytes) {
        let complete = bytes.len() - incomplete_character(&bytes);
        line.text.push_str(&String::from_utf8_lossy(&bytes[..complete]));
        bytes.drain(..complete);
        write(&line.next_part(line.text.ends_with('\n'), secrets));
    }
    line.text.push_str(&String::from_utf8_lossy(&bytes));
    write(&line.next_part(true, secrets));
}

/// Returns how many bytes at the end are the beginning of a character of UTF-8.
fn incomplete_character(bytes: &[u8]) -> usize {
    let is_incomplete = |length: &usize| {
        let end = bytes.len().checked_sub(*length).map(|start| std::str::from_utf8(&bytes[start..]));
        end.is_some_and(|end| end.is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none()))
    };
    (1..4).find(is_incomplete).unwrap_or(0)
}

/// The end of what was read, up to the end of a line.
#[derive(Default)]
struct PartialLine {
    text: String,
    /// The bytes at the beginning of `text` that are in `redacted`, or have been. They are kept
    /// because a secret may begin there.
    searched: usize,
    /// Text without secrets that has not been written.
    redacted: String,
    /// Whether a part of the current line with more than white space has been written, so that what
    /// follows begins no command.
    has_begun: bool,
}

impl PartialLine {
    /// Returns what can be written before more is known, or all if the line or the stream ends.
    fn next_part(&mut self, is_end: bool, secrets: &Secrets) -> String {
        self.redact(is_end, secrets);
        let end = if is_end { self.redacted.len() } else { safe_end(&self.redacted) };
        let part: String = self.redacted.drain(..end).collect();
        // Behind any other character, two colons begin no command.
        let shown = if self.has_begun { inert(&format!(".{part}")).split_off(1) } else { inert(&part) };
        let is_blank = shown.rsplit('\n').next().is_none_or(|line| line.trim().is_empty());
        self.has_begun = !is_blank || (self.has_begun && !shown.contains('\n'));
        shown
    }

    /// Moves text to `redacted`. A secret that is not complete is at most as far from the end as
    /// the longest one is long.
    fn redact(&mut self, is_end: bool, secrets: &Secrets) {
        let kept = if is_end { 0 } else { secrets.longest() };
        let end = self.text.floor_char_boundary(self.text.len().saturating_sub(kept));
        if end > self.searched {
            let all = secrets.redact_after(&self.text, self.searched);
            // A secret that lies across the end is in the rest.
            let rest = secrets.redact_after(&self.text, end);
            self.redacted.push_str(&all[..all.len() - rest.len()]);
            self.searched = end;
        }
        let start = if is_end { end } else { self.searched.saturating_sub(secrets.longest()) };
        let start = self.text.floor_char_boundary(start);
        self.text.drain(..start);
        self.searched -= start;
    }
}

/// Returns the end of the longest part of a line that shows the same whatever follows.
fn safe_end(line: &str) -> usize {
    let part = &line[..line.floor_char_boundary(line.len().saturating_sub(LONGEST_SEQUENCE))];
    let part = match part.rfind('\u{1b}') {
        Some(at) if part.len() - at <= LONGEST_SEQUENCE && is_open_sequence(&part[at..]) => &part[..at],
        _ => part,
    };
    match part.chars().next_back() {
        // A carriage return and a line feed are one line break.
        Some('\r') => part.len() - 1,
        // Two colons at the beginning of a line, and `##[`, are replaced.
        Some(':') => match part.trim_end_matches(':').len() {
            0 if part.len() > 1 => part.len(),
            before => before,
        },
        Some('#') => part.trim_end_matches('#').len().max(part.len().saturating_sub(2)),
        _ => part.len(),
    }
}

/// Whether a text that begins with an escape character may be the beginning of a colour.
fn is_open_sequence(text: &str) -> bool {
    let rest = &text[1..];
    let is_parameter = |byte: u8| byte.is_ascii_digit() || matches!(byte, b';' | b':');
    rest.is_empty() || rest.strip_prefix('[').is_some_and(|rest| rest.bytes().all(is_parameter))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tail::inert;
    use super::{PART_BYTES, relay};
    use crate::secrets::Secrets;

    fn relayed(bytes: &[u8], secrets: &Secrets, most: usize) -> String {
        let mut shown = String::new();
        relay(bytes, secrets, most, |text| shown.push_str(text));
        shown
    }

    fn whole(bytes: &[u8], secrets: &Secrets) -> String {
        inert(&secrets.redact(&String::from_utf8_lossy(bytes)))
    }

    proptest! {
        #[test]
        fn parts_show_what_the_whole_would(
            pieces in prop::collection::vec(
                "é|\u{1d11e}|\r|\r\n|:{1,9}|#{1,3}|\\[|\u{1b}\\[31;1m|\u{1b}\\[|\u{1b}|;| {1,99}|[a-z]{1,99}|0123456789|01234",
                0..60,
            ),
            most in 1..300_usize,
            cut in 0..9_usize,
        ) {
            let text = pieces.concat();
            // The stream may begin and end within a character.
            let bytes = &text.as_bytes()[cut.min(text.len())..];
            for secrets in [Secrets::default(), Secrets::new([("KEY".to_owned(), "0123456789".to_owned())])] {
                prop_assert_eq!(relayed(bytes, &secrets, most), whole(bytes, &secrets));
            }
        }
    }

    #[test]
    fn nothing_is_lost_where_a_long_line_is_divided() {
        let secrets = Secrets::new([("KEY".to_owned(), "0123456789".to_owned())]);
        for special in ["é", "\u{1b}[31mred\u{1b}[0m", "\r\n", "::stop::", "##[error]", "0123456789"] {
            for before in (PART_BYTES - 120..PART_BYTES + 8).step_by(7) {
                let text = format!("{}{special}{}", "x".repeat(before), "y".repeat(PART_BYTES));
                assert_eq!(
                    relayed(text.as_bytes(), &secrets, PART_BYTES),
                    whole(text.as_bytes(), &secrets),
                    "{before}"
                );
            }
        }
    }

    #[test]
    fn a_line_without_an_end_is_copied_before_it_ends() {
        let mut parts = 0;
        relay("x".repeat(10 * PART_BYTES).as_bytes(), &Secrets::default(), PART_BYTES, |_| parts += 1);
        assert!(parts >= 10, "{parts}");
    }
}
