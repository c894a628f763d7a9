//! Entries of the zip archives that inspect_ai writes. Its newer versions compress by zstd.

use std::io::{Cursor, Read};

use flate2::Crc;
use flate2::read::DeflateDecoder;
use zip::{CompressionMethod, ZipArchive};

use crate::error::Diagnostic;
use crate::limits::{current, read_expanded};

/// The texts of some entries of an archive, in the order of the archive.
pub(super) fn entries(bytes: &[u8], is_wanted: impl Fn(&str) -> bool) -> Result<Vec<(String, String)>, Diagnostic> {
    let broken = |error: &dyn std::fmt::Display| {
        let diagnostic = Diagnostic::new(format!("the zip archive is damaged: {error}"));
        diagnostic.help("the file is incomplete, or the run that writes it did not end")
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let (mut found, mut size) = (Vec::new(), 0_usize);
    for index in 0..archive.len() {
        let mut entry = archive.by_index_raw(index).map_err(|error| broken(&error))?;
        let name = entry.name().map_err(|error| broken(&error))?.into_owned();
        if !is_wanted(&name) {
            continue;
        }
        let (method, expected) = (entry.compression(), entry.crc32());
        let mut packed = Vec::new();
        entry.read_to_end(&mut packed).map_err(|error| broken(&error))?;
        let content = match method {
            CompressionMethod::Stored => Ok(Ok(packed)),
            CompressionMethod::Deflated => read_expanded(DeflateDecoder::new(packed.as_slice())),
            CompressionMethod::ZSTD => zstd::stream::read::Decoder::new(packed.as_slice()).and_then(read_expanded),
            other => {
                let message = format!("`{name}` is compressed by {other:?}, which karat does not read");
                return Err(Diagnostic::new(message).help("`inspect log convert` writes JSON"));
            }
        };
        let content = content.map_err(|error| broken(&format!("`{name}`: {error}")))??;
        let mut crc = Crc::new();
        crc.update(&content);
        if crc.sum() != expected {
            return Err(broken(&format!("`{name}` has another checksum")));
        }
        size += content.len();
        if size > current().decompressed {
            return Err(crate::limits::exceeded(
                "its entries expand to more bytes",
                "decompressed",
                current().decompressed,
            ));
        }
        let text = String::from_utf8(content).map_err(|_| broken(&format!("`{name}` is no UTF-8")))?;
        found.push((name, text));
    }
    Ok(found)
}
