//! `karat plugin new`: writes a starter project for an extractor.

use std::fs;
use std::path::Path;

use karat::config;
use karat::error::{Diagnostic, Error};

use super::super::plan::NewPlan;
use super::super::{exit, output};
use super::starters::files;

pub(super) fn execute(plan: &NewPlan) -> Result<u8, Error> {
    let NewPlan { folder, name, language } = plan;
    let mut written = String::new();
    for file in files(*language) {
        let path = folder.join(file.name);
        write(&path, &file.filled(name, &from_home(folder)), file.is_program)?;
        written.push_str(&format!("wrote {}\n", path.display()));
    }
    let readme = folder.join("README.md");
    output::print(&format!("{written}\n{} describes the next steps.\n", readme.display()))?;
    Ok(exit::PASS)
}

/// Returns the path of a folder as seen from the nearest folder above it with a `karat.toml`, or as
/// it was given if there is none.
fn from_home(folder: &Path) -> String {
    let shown = |path: &Path| path.display().to_string().replace('\\', "/");
    let Ok(absolute) = std::path::absolute(folder) else { return shown(folder) };
    let home = absolute.ancestors().skip(1).find(|above| above.join(config::FILE).is_file());
    home.and_then(|home| absolute.strip_prefix(home).ok()).map_or_else(|| shown(folder), shown)
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
