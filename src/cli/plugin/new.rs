//! `karat plugin new`: writes a starter project for an extractor.

use std::fs;
use std::path::Path;

use karat::error::{Diagnostic, Error};

use super::super::plan::NewPlan;
use super::super::{exit, output};
use super::starters::{NAME, files};

pub(super) fn execute(plan: &NewPlan) -> Result<u8, Error> {
    let NewPlan { folder, name, language } = plan;
    let mut written = String::new();
    for file in files(*language) {
        let path = folder.join(file.name);
        write(&path, &file.content.replace(NAME, name), file.is_program)?;
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
