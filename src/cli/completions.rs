//! `karat completions`: prints the scripts that register completion in shells. A script asks karat
//! for candidates each time, so that values are those of the current folder.

use clap_complete::Shell;
use clap_complete::env::Shells;
use karat::error::{Diagnostic, Error};

use super::{exit, output};

pub(super) fn execute(shell: Shell) -> Result<u8, Error> {
    let name = shell.to_string();
    let failed = |why: String| Diagnostic::new(format!("cannot write the script of {name}: {why}"));
    let shells = Shells::builtins();
    let known = shells.completer(&name).ok_or_else(|| failed("no completer has this name".to_owned()))?;
    let mut script = Vec::new();
    let written = known.write_registration("COMPLETE", "karat", "karat", "karat", &mut script);
    written.map_err(|error| failed(error.to_string()))?;
    output::print_bytes(&script)?;
    Ok(exit::PASS)
}
