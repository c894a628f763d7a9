//! The fingerprint of a program: a hash of everything that its output depends on.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::protocol::Handshake;
use super::settings::ProcessSettings;
use crate::format::sha256;

/// A hash over all parts.
pub(super) fn fingerprint(parts: &[(String, String)]) -> String {
    let parts: Vec<String> = parts.iter().map(|(what, hash)| format!("{what}\0{hash}\0")).collect();
    format!("process:{}", sha256(parts.concat()))
}

/// The parts of a fingerprint with their current values: the command, the program file, its script,
/// the declared files, the environment variables and the handshake. A file that cannot be read is
/// represented by its name only.
pub(super) fn parts(settings: &ProcessSettings, known: Option<&Handshake>) -> Vec<(String, String)> {
    // Paths below the home folder are made relative, so that another checkout has the same
    // fingerprint.
    let home = settings.home.display().to_string();
    let command: Vec<String> = settings.command.iter().map(|argument| argument.replace(&home, ".")).collect();
    let mut parts = vec![("command".to_owned(), command.join("\0"))];
    let mode = format!("{:?} {:?}", settings.mode, settings.layers);
    parts.push(("mode".to_owned(), mode));
    let folder = settings.folder.strip_prefix(&settings.home).unwrap_or(&settings.folder);
    parts.push(("folder".to_owned(), folder.display().to_string()));
    if let Some(known) = known {
        parts.push(("introduction".to_owned(), format!("{known:?}")));
    }
    if let Some(program) = settings.command.first().and_then(|program| find(program)) {
        parts.push(("program".to_owned(), hash(&program)));
    }
    let arguments = settings.command.iter().skip(1).map(|argument| settings.folder.join(argument));
    // The first argument that is a file is the script of an interpreter. Later ones may be logs as
    // well as models, so the user names them in `files`.
    let script = arguments.filter(|path| path.is_file()).take(1);
    for file in script.chain(settings.files.iter().cloned()) {
        let shown = file.strip_prefix(&settings.home).unwrap_or(&file).display().to_string();
        parts.push((format!("file {shown}"), hash(&file)));
    }
    for (name, value) in &settings.env {
        parts.push((format!("variable {name}"), value.clone()));
    }
    for name in &settings.env_names {
        let value = env::var_os(name).map_or("unset".to_owned(), |value| sha256(value.as_encoded_bytes()));
        parts.push((format!("variable {name}"), value));
    }
    parts
}

/// Finds a program in `PATH`, like the operating system.
fn find(program: &str) -> Option<PathBuf> {
    if program.contains(['/', '\\']) {
        return Some(PathBuf::from(program));
    }
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn hash(file: &Path) -> String {
    fs::read(file).map_or_else(
        |_| {
            // The hash of a folder covers the names and hashes of its entries.
            let mut names: Vec<PathBuf> =
                fs::read_dir(file).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
            names.sort();
            sha256(names.iter().map(|name| format!("{:?}\0{}\0", name.file_name(), hash(name))).collect::<String>())
        },
        sha256,
    )
}
