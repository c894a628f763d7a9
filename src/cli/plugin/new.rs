//! `karat plugin new`: writes a starter project for an extractor.

use std::fs;
use std::path::Path;

use karat::error::{Diagnostic, Error};

use super::super::args::plugin::PluginNewArgs;
use super::super::{exit, output};
use super::starters::{NAME, files};

pub(super) fn execute(args: &PluginNewArgs) -> Result<u8, Error> {
    let folder = &args.folder;
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    // The name becomes a package name, a table key and a string literal in four languages.
    let fits = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char == '_');
    if !fits {
        let diagnostic = Diagnostic::new(format!("{name:?} cannot be an extractor's name")).in_file(folder);
        return Err(diagnostic.help("use ASCII letters, digits, `-` and `_`, and begin with a letter").into());
    }
    if folder.exists() {
        let diagnostic = Diagnostic::new("this folder already exists").in_file(folder);
        return Err(diagnostic.help("name another folder: existing files are not overwritten").into());
    }
    let mut written = String::new();
    for file in files(args.lang) {
        let path = folder.join(file.name);
        write(&path, &file.content.replace(NAME, &name), file.is_program)?;
        written.push_str(&format!("wrote {}\n", path.display()));
    }
    let readme = folder.join("README.md");
    output::print(&format!("{written}\n{} describes the next steps.\n", readme.display()))?;
    Ok(exit::PASS)
}

fn write(path: &Path, content: &str, is_program: bool) -> Result<(), Diagnostic> {
    let diagnostic = |error: std::io::Error| Diagnostic::io("write this", path, &error);
    fs::create_dir_all(path.parent().unwrap_or(path)).map_err(diagnostic)?;
    fs::write(path, content).map_err(diagnostic)?;
    #[cfg(unix)]
    if is_program {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(diagnostic)?;
    }
    #[cfg(not(unix))]
    let _ = is_program;
    Ok(())
}
