//! What a program's output depends on.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::protocol::Introduction;
use super::settings::ProcessSettings;
use crate::format::sha256;

/// A hash over all parts.
pub(super) fn fingerprint(parts: &[(String, String)]) -> String {
    let parts: Vec<String> = parts.iter().map(|(what, hash)| format!("{what}\0{hash}\0")).collect();
    format!("process:{}", sha256(parts.concat()))
}

/// The command, the program's file, the script that it is given, the files that it declares, the variables that count, and what it
/// says of itself: each with what it is now. A file that cannot be read counts as its name alone.
pub(super) fn parts(settings: &ProcessSettings, known: Option<&Introduction>) -> Vec<(String, String)> {
    // The same in another checkout.
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
    // The script of an interpreter; what comes behind may be a log as well as a model, and is for `files` to name.
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

/// A program as the system finds it.
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
            // A folder is what is in it.
            let mut names: Vec<PathBuf> =
                fs::read_dir(file).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
            names.sort();
            sha256(names.iter().map(|name| format!("{:?}\0{}\0", name.file_name(), hash(name))).collect::<String>())
        },
        sha256,
    )
}
