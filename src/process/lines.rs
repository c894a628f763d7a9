//! Reads lines of bounded length from the output of a child process.
//!
//! The bound keeps a faulty program from filling karat's memory with one endless line.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::SyncSender;

use crate::secrets::Secrets;
use crate::text::excerpt;

/// Number of bytes of a line that is too long that are redacted for an excerpt. A secret that the
/// limit cuts is behind the excerpt.
const QUOTED: usize = 1 << 16;

/// A line of output, or the error that ends the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OutputLine {
    /// A non-blank line, without its line break.
    Valid(String),
    /// A line that is too long or not UTF-8. The message states which and quotes the beginning of
    /// the line; nothing is read after it.
    Invalid(String),
}

/// Sends every non-blank line until the end of the output, the first invalid line, or the
/// receiver's disconnection. `longest` is in bytes. Messages quote lines without `secrets`; valid
/// lines are sent as they are.
pub(super) fn read(output: impl Read, longest: usize, secrets: &Secrets, lines: &SyncSender<OutputLine>) {
    let excerpt = |bytes: &[u8]| excerpt(&secrets.redact(&String::from_utf8_lossy(bytes)));
    let mut output = BufReader::with_capacity(1 << 16, output);
    loop {
        let mut bytes = Vec::new();
        match output.by_ref().take((longest as u64).saturating_add(1)).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if bytes.last() != Some(&b'\n') && bytes.len() > longest {
            let began = excerpt(&bytes[..longest.min(QUOTED)]);
            let _ = lines
                .send(OutputLine::Invalid(format!("sent more than {longest} bytes in one line, which begins {began}")));
            return;
        }
        let received = match std::str::from_utf8(&bytes) {
            Ok(line) if line.trim().is_empty() => continue,
            Ok(line) => OutputLine::Valid(line.trim_end_matches(['\n', '\r']).to_owned()),
            Err(_) => OutputLine::Invalid(format!("sent a line that is not UTF-8: {}", excerpt(&bytes))),
        };
        let is_last = matches!(received, OutputLine::Invalid(_));
        if lines.send(received).is_err() || is_last {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::{OutputLine, read};
    use crate::secrets::Secrets;

    fn all(bytes: &[u8], longest: usize) -> Vec<OutputLine> {
        let (to, from) = sync_channel(99);
        read(bytes, longest, &Secrets::default(), &to);
        drop(to);
        from.into_iter().collect()
    }

    #[test]
    fn lines_are_cut_at_their_ends_alone() {
        let line = |text: &str| OutputLine::Valid(text.to_owned());
        assert_eq!(all(b"one\r\n\n  \n two \nhalf", 6), [line("one"), line(" two "), line("half")]);
        assert_eq!(all(b"123456\n1234567\nx\n", 6).len(), 2);
        assert!(matches!(&all(b"1234567", 6)[..], [OutputLine::Invalid(why)] if why.contains("more than 6 bytes")));
        assert!(matches!(&all(b"\xff\nx\n", 6)[..], [OutputLine::Invalid(why)] if why.contains("not UTF-8")));
    }
}
