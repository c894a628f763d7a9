//! The file formats of annotations, one per file. To add one, write a file with a constant
//! `FORMATS: &[Format]`, and add the file's name to the list here: detection, `--from`, `--to` and
//! the extensions that are read in a folder follow from what the constant declares.

use std::sync::LazyLock;

use super::definition::Format;

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
    label_studio_min
    prodigy
    argilla
    spacy
    spacy_json
    docbin
    spacy_v2
    ner_annotator
    web_annotation
    hipe
    germeval
    conllu
    webanno
    spans_csv
    tokens
    conll2012
    bioc
    uima
    pubtator
    gate
    dygie
    docred
    hf_pipeline
    hf_tokens
    gliner
    presidio
    langextract
    aws_comprehend
    azure_language
    google_language
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::FORMATS;

    #[test]
    fn each_format_has_its_own_name_and_an_extension() {
        let names: BTreeSet<&str> = FORMATS.iter().map(|format| format.name).collect();
        assert_eq!(names.len(), FORMATS.len());
        for format in FORMATS.iter() {
            assert!(!format.name.is_empty() && !format.about.is_empty(), "{format:?}: {:?}", format.about);
            assert!(!format.extensions.is_empty(), "{format:?} has no extension");
            for extension in format.extensions {
                let is_plain = !extension.starts_with('.') && *extension == extension.to_lowercase();
                assert!(is_plain, "{format:?}: {extension:?} is not in lower case or begins with a dot");
            }
        }
    }

    /// docs/FORMAT.md has a table whose first column names the formats.
    #[test]
    fn the_document_describes_each_format() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/FORMAT.md");
        let document = std::fs::read_to_string(path).unwrap();
        let section = document.split("### All formats\n").nth(1).unwrap().split("\n### ").next().unwrap();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" | ").next());
        let described: BTreeSet<&str> =
            rows.flat_map(|names| names.split(", ")).map(|name| name.trim_matches('`')).collect();
        let names: BTreeSet<&str> = FORMATS.iter().map(|format| format.name).collect();
        assert_eq!(described, names);
    }
}
