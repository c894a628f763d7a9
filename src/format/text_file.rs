//! Reads and decodes text files and computes checksums. Files compressed by gzip or zstd are
//! decompressed, and the rows of Parquet files become JSON lines. Texts are UTF-8; a leading byte
//! order mark is removed, and line ends are kept, since offsets count what is stored.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::mistaken;
use super::parquet_file::{is_parquet, no_text, to_json_lines};
use crate::error::{Diagnostic, position_of};
use crate::limits::read_expanded;

/// Reads a file. Decompresses it if its first bytes are those of gzip or zstd, and converts it to
/// JSON lines if they are those of Parquet, whatever its name is: no text and no format that karat
/// reads begins with them.
///
/// # Errors
/// Fails if the file cannot be read, is not a complete compressed file, or is a Parquet file that
/// has no JSON lines, as any is if karat is built without the feature `parquet`.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    let bytes = decompressed(path)?;
    if is_parquet(&bytes) { to_json_lines(bytes).map_err(|diagnostic| diagnostic.in_file(path)) } else { Ok(bytes) }
}

fn decompressed(path: &Path) -> Result<Vec<u8>, Diagnostic> {
    let failed = |error: &io::Error| Diagnostic::io("read this", path, error);
    let bytes = fs::read(path).map_err(|error| failed(&error))?;
    let (format, content) = match bytes.as_slice() {
        [0x1F, 0x8B, ..] => ("gzip", read_expanded(MultiGzDecoder::new(bytes.as_slice()))),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => {
            ("zstd", zstd::stream::read::Decoder::new(bytes.as_slice()).and_then(read_expanded))
        }
        _ => return Ok(bytes),
    };
    let content = content.map_err(|error| failed(&damaged(format, &error)))?;
    content.map_err(|diagnostic| diagnostic.in_file(path))
}

/// Whether the bytes of a file are compressed by gzip or zstd.
pub fn is_compressed(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1F, 0x8B]) || bytes.starts_with(&[0x28, 0xB5, 0x2F, 0xFD])
}

fn damaged(format: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("the {format} file is damaged: {error}"))
}

/// Decodes the bytes of a text file.
///
/// A leading byte order mark is not part of the text. `\r\n` stays two code points, since offsets
/// count what is stored.
///
/// # Errors
/// Fails on invalid UTF-8, with the offset of the first invalid byte, and on Parquet files.
pub fn decode(bytes: &[u8]) -> Result<&str, Diagnostic> {
    if is_parquet(bytes) {
        return Err(no_text());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            if let Some(diagnostic) = mistaken::binary(bytes) {
                return Err(diagnostic);
            }
            let at = error.valid_up_to();
            let good = std::str::from_utf8(&bytes[..at]).unwrap_or_default();
            let diagnostic =
                Diagnostic::new(format!("invalid UTF-8: byte {at} is 0x{:02X}", bytes[at])).at(position_of(good, at));
            Err(diagnostic.help(guess(bytes)))
        }
    }
}

fn guess(bytes: &[u8]) -> &'static str {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "this looks like UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`",
        _ => "karat reads UTF-8: convert the file, for instance with `iconv -f WINDOWS-1252 -t UTF-8`",
    }
}

/// Returns the SHA-256 of a file in lower-case hexadecimal. The file is read in chunks.
///
/// # Errors
/// Fails if the file cannot be read.
pub fn sha256_of_file(path: &Path) -> io::Result<String> {
    Ok(sha256_and_lines(File::open(path)?)?.0)
}

/// Returns the SHA-256 of a reader's content in lower-case hexadecimal, and the number of its line
/// breaks.
///
/// # Errors
/// Fails if the content cannot be read.
pub fn sha256_and_lines(mut reader: impl Read) -> io::Result<(String, usize)> {
    let mut digest = Digest::default();
    io::copy(&mut reader, &mut digest)?;
    Ok(digest.finish())
}

/// Computes the SHA-256 and the number of line breaks of content that is added in parts.
#[derive(Default)]
pub struct Digest {
    hash: Sha256,
    lines: usize,
}

impl Digest {
    /// Adds a part of the content.
    pub fn add(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.hash.update(bytes);
        self.lines += memchr::memchr_iter(b'\n', bytes).count();
    }

    /// Returns the hash in lower-case hexadecimal, and the number of line breaks.
    pub fn finish(self) -> (String, usize) {
        (hex(&self.hash.finalize()), self.lines)
    }
}

impl Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.add(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Returns the SHA-256 of a text in lower-case hexadecimal, as in `text_sha256` of
/// `karat.document/1`.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes.as_ref()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn a_byte_order_mark_goes_and_line_ends_stay() {
        assert_eq!(decode(b"\xEF\xBB\xBFa\r\nb").unwrap(), "a\r\nb");
    }

    #[test]
    fn bad_bytes_are_named_by_offset_line_and_column() {
        let diagnostic = decode(b"ok\nna\xEFve").unwrap_err();
        assert_eq!(diagnostic.message, "invalid UTF-8: byte 5 is 0xEF");
        assert_eq!(diagnostic.position, Some((2, 3)));
        assert!(decode(b"\xFF\xFEa\0").unwrap_err().help.unwrap().contains("UTF-16"));
    }
}
