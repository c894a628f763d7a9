//! The file formats of annotations, one per file. To add one, write a file with a constant
//! `FORMATS: &[Format]`, and add the file's name to the list here: detection, `--from`, `--to` and
//! the extensions that are read in a folder follow from what the constant declares.

use std::sync::LazyLock;

use super::registry::Format;

/// Declares the files of formats and collects the formats that they contain.
macro_rules! formats {
    ($($file:ident)*) => {
        $(pub mod $file;)*

        /// All formats, in the order in which messages list them.
        pub static FORMATS: LazyLock<Vec<&'static Format>> =
            LazyLock::new(|| [$($file::FORMATS),*].into_iter().flatten().collect());
    };
}

formats! {
    karat
    brat
    doccano
    label_studio
    prodigy
    spacy
    web_annotation
    hipe
    spans_csv
    tokens
    conll2012
}
