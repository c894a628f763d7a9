//! A spool: texts are appended to a temporary file in any order and copied out in the order of
//! their keys. Only the keys and offsets stay in memory, so that large reports can be sorted
//! without holding their rows.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

/// A temporary file of texts, each with a key.
#[derive(Debug)]
pub struct Spool<K> {
    file: BufWriter<File>,
    /// Each text's key, byte offset and length in bytes.
    index: Vec<(K, u64, u64)>,
    size: u64,
}

impl<K: Ord> Spool<K> {
    /// An empty spool in the system's folder for temporary files.
    ///
    /// # Errors
    /// Fails if no file can be created there.
    pub fn new() -> io::Result<Self> {
        Ok(Self { file: BufWriter::with_capacity(1 << 16, tempfile::tempfile()?), index: Vec::new(), size: 0 })
    }

    /// Appends a text. Empty texts are ignored.
    ///
    /// # Errors
    /// Fails if the text cannot be written.
    pub fn add(&mut self, key: K, text: &[u8]) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.file.write_all(text)?;
        self.index.push((key, self.size, text.len() as u64));
        self.size += text.len() as u64;
        Ok(())
    }

    /// Writes the texts in the order of their keys. Texts with the same key keep the order in which
    /// they were added.
    ///
    /// # Errors
    /// Fails if the texts cannot be read or written.
    pub fn copy(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.file.flush()?;
        let mut file = self.file.get_ref();
        file.seek(SeekFrom::Start(0))?;
        if self.index.is_sorted_by(|one, next| one.0 <= next.0 && one.1 < next.1) {
            io::copy(&mut file.take(self.size), out)?;
        } else {
            self.index.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
            for (_, first, length) in &self.index {
                file.seek(SeekFrom::Start(*first))?;
                io::copy(&mut file.take(*length), out)?;
            }
        }
        self.file.get_ref().seek(SeekFrom::Start(self.size))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Spool;

    fn copied(keys: &[&str]) -> String {
        let mut spool = Spool::new().unwrap();
        for (at, key) in keys.iter().enumerate() {
            spool.add(*key, format!("{key}{at} ").as_bytes()).unwrap();
        }
        let (mut once, mut again) = (Vec::new(), Vec::new());
        spool.copy(&mut once).unwrap();
        spool.add("z", b"end").unwrap();
        spool.copy(&mut again).unwrap();
        assert_eq!(again, [once.as_slice(), b"end"].concat());
        String::from_utf8(once).unwrap()
    }

    #[test]
    fn texts_come_in_the_order_of_their_keys() {
        assert_eq!(copied(&["a", "b", "b", "c"]), "a0 b1 b2 c3 ");
        assert_eq!(copied(&["b", "a", "c", "b"]), "a1 b0 b3 c2 ");
        assert_eq!(copied(&[]), "");
    }
}
