//! The starter projects that `karat plugin new` writes, one for each language. Their files are
//! embedded from the folder beside this file.

use std::borrow::Cow;

use super::super::args::plugin::Language;

/// A file of a starter project: its path, its content, and whether it is executable.
pub(in crate::cli) struct StarterFile {
    pub name: &'static str,
    pub content: &'static str,
    pub is_program: bool,
}

const fn file(name: &'static str, content: &'static str) -> StarterFile {
    StarterFile { name, content, is_program: false }
}

const fn program(name: &'static str, content: &'static str) -> StarterFile {
    StarterFile { name, content, is_program: true }
}

impl StarterFile {
    /// Returns the content for an extractor with this name. `folder` is that of the project, as
    /// seen from the folder of `karat.toml`, in which the commands of its README run.
    pub fn filled(&self, name: &str, folder: &str) -> String {
        let mut filled = String::with_capacity(self.content.len());
        let mut block = None;
        for line in self.content.replace(NAME, name).split_inclusive('\n') {
            if let Some(language) = line.strip_prefix("```") {
                block = (block.is_none()).then(|| language.trim().to_owned());
            }
            let folder = match block.as_deref() {
                Some("sh") => shlex::try_quote(folder).unwrap_or(Cow::Borrowed(folder)),
                Some("toml") => Cow::Owned(folder.replace('\\', "\\\\").replace('"', "\\\"")),
                _ => Cow::Borrowed(folder),
            };
            filled.push_str(&line.replace(FOLDER, &folder));
        }
        filled
    }
}

/// The placeholder for the extractor's name.
const NAME: &str = "{{name}}";

/// The placeholder for the project's folder.
const FOLDER: &str = "{{folder}}";

/// Returns the files of the starter project in a language.
pub(in crate::cli) fn files(language: Language) -> &'static [StarterFile] {
    match language {
        Language::Python => {
            const {
                &[
                    program("extractor.py", include_str!("starters/python/extractor.py")),
                    file("README.md", include_str!("starters/python/README.md")),
                ]
            }
        }
        Language::Node => {
            const {
                &[
                    program("extractor.mjs", include_str!("starters/node/extractor.mjs")),
                    file("README.md", include_str!("starters/node/README.md")),
                ]
            }
        }
        // Cargo excludes folders with a Cargo.toml from the package, so the manifest has another
        // name.
        Language::Rust => {
            const {
                &[
                    file("Cargo.toml", include_str!("starters/rust/manifest.toml")),
                    file("src/main.rs", include_str!("starters/rust/src/main.rs")),
                    file("README.md", include_str!("starters/rust/README.md")),
                ]
            }
        }
        Language::Shell => {
            const {
                &[
                    program("extractor.sh", include_str!("starters/shell/extractor.sh")),
                    file("README.md", include_str!("starters/shell/README.md")),
                ]
            }
        }
    }
}
