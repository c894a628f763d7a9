//! Keeps the last reply of each failed document in a folder, so that its reader sees more than the
//! 80 characters that messages quote. Git ignores the folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::document::Document;
use crate::extractor::Request;
use crate::format::file_names::unportable;
use crate::format::sha256;
use crate::secrets::Secrets;

/// The longest name of a file without its hash, in bytes.
const LONGEST_NAME: usize = 80;
/// The number of hexadecimal digits of a hash in a name.
const HASH: usize = 10;

/// The folder for the failed replies to the documents of one dataset.
#[derive(Debug, Clone, Copy)]
pub(super) struct FailedReplies<'f> {
    /// The folder of the configuration.
    pub folder: &'f Path,
    /// The name of the dataset.
    pub dataset: &'f str,
    /// Whether the texts of the documents may not be written.
    pub is_confidential: bool,
}

impl FailedReplies<'_> {
    /// Writes the reply of a failed document without secrets, or removes that of an earlier run.
    /// Returns a note if it was not written.
    pub fn keep(self, request: &Request<'_>, reply: Option<&str>, secrets: &Secrets) -> Option<String> {
        let file = self.file(request);
        let reply = reply.filter(|_| !self.is_confidential);
        let outcome = match reply {
            Some(reply) => self.write(&file, &redacted(reply, secrets, &request.document)),
            None => match fs::remove_file(&file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        };
        let shown = || self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        outcome.err().map(|error| format!("its reply cannot be kept in the folder `{}`: {error}", shown()))
    }

    fn write(self, file: &Path, text: &str) -> io::Result<()> {
        // The folder of the configuration may contain other files, which git must see.
        let folder = file.parent().unwrap_or(self.folder);
        fs::create_dir_all(folder)?;
        let ignored = folder.join(".gitignore");
        if !ignored.exists() {
            fs::write(ignored, "*\n")?;
        }
        fs::write(file, text)
    }

    fn file(self, request: &Request<'_>) -> PathBuf {
        let repeat = if request.repeat > 1 { format!(".repeat-{}", request.repeat) } else { String::new() };
        let name = format!("{}{repeat}.txt", file_name(request.document.id()));
        self.folder.join(file_name(self.dataset)).join(name)
    }
}

/// Replaces the secrets in a reply, also where the escapes of JSON hide them.
fn redacted(reply: &str, secrets: &Secrets, document: &Document) -> String {
    let reply = secrets.for_document(document).redact_message(reply);
    secrets.redact(&reply).into_owned()
}

/// A name of a file that every system has, and that no other id has.
fn file_name(id: &str) -> String {
    let is_plain = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || matches!(char, '-' | '_' | '.');
    let is_safe = !id.is_empty() && id.len() <= LONGEST_NAME && id.chars().all(is_plain);
    if is_safe && !id.starts_with('.') && unportable(id).is_none() {
        return id.to_owned();
    }
    let is_kept = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
    let words: String = id.chars().take(LONGEST_NAME).map(|char| if is_kept(char) { char } else { '_' }).collect();
    format!("{words}-{}", &sha256(id)[..HASH])
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn every_id_is_a_file_of_its_own() {
        assert_eq!(file_name("doc-1.v2"), "doc-1.v2");
        for id in ["../../etc/passwd", "A", "con", ".hidden", "", "a b", "ä", &"x".repeat(500), "C:\\x", "a."] {
            let name = file_name(id);
            assert!(name.is_ascii() && !name.contains(['/', '\\', ':', ' ']) && !name.starts_with('.'), "{name}");
            assert!(name.len() < 100 && name.contains('-'), "{name}");
        }
        assert_ne!(file_name("A"), file_name("a"));
    }
}
