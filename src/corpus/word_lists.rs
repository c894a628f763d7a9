//! Loads the word lists that the options of ROUGE-1.5.5 name: WordNet's exceptions, and stop words.
//! karat does not ship these lists; with them, it reproduces the original script's `-m` and `-s`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use crate::error::Diagnostic;
use crate::format::decode;
use crate::metric::options::Rouge155Options;
use crate::text::exceptions::{Exceptions, StopList};

/// The file names of WordNet's exception lists. Later files override earlier ones, so a form in
/// several of them is a verb's.
const EXCEPTIONS: [&str; 4] = ["adj.exc", "adv.exc", "noun.exc", "verb.exc"];

/// Loads the word lists whose files the options name, relative to a folder.
pub fn load_word_lists(options: &mut Rouge155Options, folder: &Path) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    if let Some(lists) = options.wordnet_exceptions.as_ref().map(|lists| folder.join(lists)) {
        match exceptions(&lists) {
            Ok(exceptions) => options.exceptions = Some(Arc::new(exceptions)),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    if let Some(file) = options.stop_words.as_ref().map(|file| folder.join(file)) {
        match text(&file, "read the stop words") {
            Ok(text) => options.stop_list = Some(Arc::new(StopList::parse(&text))),
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    diagnostics
}

fn exceptions(folder: &Path) -> Result<Exceptions, Diagnostic> {
    let files: Vec<_> = EXCEPTIONS.iter().map(|name| folder.join(name)).filter(|file| file.exists()).collect();
    if files.is_empty() {
        let diagnostic =
            Diagnostic::new(format!("none of WordNet's lists is in this folder: {}", EXCEPTIONS.join(", ")));
        let help = "WordNet has them in its folder `dict`; Debian's package `wordnet-base` in /usr/share/wordnet";
        return Err(diagnostic.in_file(folder).help(help));
    }
    let read = |file: &std::path::PathBuf| text(file, "read WordNet's exceptions");
    let texts = files.iter().map(read).collect::<Result<Vec<String>, Diagnostic>>()?;
    Ok(Exceptions::parse(texts.iter().map(String::as_str)))
}

fn text(file: &Path, purpose: &str) -> Result<String, Diagnostic> {
    let bytes = fs::read(file).map_err(|error| Diagnostic::io(purpose, file, &error))?;
    decode(&bytes).map(str::to_owned).map_err(|diagnostic| diagnostic.in_file(file))
}
