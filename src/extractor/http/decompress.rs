//! Decompresses replies. karat asks for none, but proxies compress all the same.

use std::io::Read;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

/// The first bytes of gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Returns the content of a body with a `Content-Encoding`, of at most `most` bytes.
///
/// # Errors
/// Fails with a whole sentence if the encoding is unknown or damaged, or if the content is longer.
pub(super) fn decompressed(bytes: Vec<u8>, encoding: Option<&str>, most: usize) -> Result<Vec<u8>, String> {
    let encoding = encoding.map(|name| name.trim().to_ascii_lowercase()).unwrap_or_default();
    let content = match encoding.as_str() {
        _ if bytes.is_empty() => return Ok(bytes),
        // A proxy may have decompressed the body and kept the header, or the reverse.
        "" | "identity" | "gzip" | "x-gzip" if bytes.starts_with(&GZIP) => read(MultiGzDecoder::new(&bytes[..]), most),
        "" | "identity" | "gzip" | "x-gzip" => return Ok(bytes),
        "deflate" if bytes.first().is_some_and(|first| first & 0x0f == 8) => read(ZlibDecoder::new(&bytes[..]), most),
        "deflate" => read(DeflateDecoder::new(&bytes[..]), most),
        other => {
            let name = crate::text::excerpt(other);
            return Err(format!(
                "the server's answer is compressed as {name}, which karat did not ask for and cannot read: turn the \
                 compression off, or use gzip"
            ));
        }
    };
    match content {
        Ok(content) if content.len() > most => {
            Err(format!("the server answers with more than {most} bytes: `max_output` allows more"))
        }
        Ok(content) => Ok(content),
        Err(error) => Err(format!("the server's answer cannot be decompressed ({encoding}): {error}")),
    }
}

fn read(decoder: impl Read, most: usize) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    decoder.take((most as u64).saturating_add(1)).read_to_end(&mut content)?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::decompressed;

    #[test]
    fn encodings_are_read_up_to_a_limit() {
        let text = "{\"a\": 1}".repeat(1000);
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(text.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(text.as_bytes()).unwrap();
        let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
        raw.write_all(text.as_bytes()).unwrap();
        for (bytes, encoding) in [
            (gzip.clone(), Some("gzip")),
            (gzip.clone(), None),
            (zlib.finish().unwrap(), Some("deflate")),
            (raw.finish().unwrap(), Some("Deflate")),
            (text.clone().into_bytes(), Some("gzip")),
        ] {
            assert_eq!(decompressed(bytes, encoding, 8000).unwrap(), text.as_bytes(), "{encoding:?}");
        }
        assert!(decompressed(gzip.clone(), Some("gzip"), 7999).unwrap_err().contains("more than 7999 bytes"));
        assert!(decompressed(gzip[..20].to_vec(), Some("gzip"), 8000).unwrap_err().contains("cannot be decompressed"));
        assert!(decompressed(gzip, Some("br"), 8000).unwrap_err().contains("compressed as \"br\""));
    }
}
