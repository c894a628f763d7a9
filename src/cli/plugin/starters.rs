//! The starter projects that `karat plugin new` writes, one for each language. Their files are
//! embedded from the folder beside this file.

use super::super::args::plugin::Language;

/// A file of a starter project: its path, its content, and whether it is executable.
pub(super) struct File {
    pub name: &'static str,
    pub content: &'static str,
    pub is_program: bool,
}

const fn file(name: &'static str, content: &'static str) -> File {
    File { name, content, is_program: false }
}

const fn program(name: &'static str, content: &'static str) -> File {
    File { name, content, is_program: true }
}

/// The placeholder for the extractor's name.
pub(super) const NAME: &str = "{{name}}";

pub(super) fn files(language: Language) -> &'static [File] {
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
