//! Reading lines of bounded length.

use std::io::{BufRead, BufReader, Read};
use std::sync::mpsc::SyncSender;

/// What came instead of the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// A line that is not blank, without its end.
    Line(String),
    /// A line that is too long, or no UTF-8: what was wrong, and how it began. Nothing is read behind it.
    Broken(String),
}

/// Sends every line that is not blank, until the end or the first that cannot be read. `longest` is in bytes.
pub(super) fn read(output: impl Read, longest: usize, lines: &SyncSender<Said>) {
    let mut output = BufReader::with_capacity(1 << 16, output);
    loop {
        let mut bytes = Vec::new();
        match output.by_ref().take((longest as u64).saturating_add(1)).read_until(b'\n', &mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if bytes.last() != Some(&b'\n') && bytes.len() > longest {
            let began = excerpt(&String::from_utf8_lossy(&bytes[..longest.min(400)]));
            let _ =
                lines.send(Said::Broken(format!("said more than {longest} bytes in one line, which begins {began}")));
            return;
        }
        let said = match std::str::from_utf8(&bytes) {
            Ok(line) if line.trim().is_empty() => continue,
            Ok(line) => Said::Line(line.trim_end_matches(['\n', '\r']).to_owned()),
            Err(_) => Said::Broken(format!("said what is no UTF-8: {}", excerpt(&String::from_utf8_lossy(&bytes)))),
        };
        let is_last = matches!(said, Said::Broken(_));
        if lines.send(said).is_err() || is_last {
            return;
        }
    }
}

/// The beginning of a line, quoted, for messages.
pub(crate) fn excerpt(line: &str) -> String {
    const LONGEST: usize = 80;
    let short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() { format!("{short:?}…") } else { format!("{short:?}") }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::{Said, excerpt, read};

    fn all(bytes: &[u8], longest: usize) -> Vec<Said> {
        let (to, from) = sync_channel(99);
        read(bytes, longest, &to);
        drop(to);
        from.into_iter().collect()
    }

    #[test]
    fn lines_are_cut_at_their_ends_alone() {
        let line = |text: &str| Said::Line(text.to_owned());
        assert_eq!(all(b"one\r\n\n  \n two \nhalf", 6), [line("one"), line(" two "), line("half")]);
        assert_eq!(all(b"123456\n1234567\nx\n", 6).len(), 2);
        assert!(matches!(&all(b"1234567", 6)[..], [Said::Broken(why)] if why.contains("more than 6 bytes")));
        assert!(matches!(&all(b"\xff\nx\n", 6)[..], [Said::Broken(why)] if why.contains("no UTF-8")));
        assert_eq!(excerpt(&"x".repeat(81)), format!("\"{}\"…", "x".repeat(80)));
    }
}
