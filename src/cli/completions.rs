//! `karat completions`: prints completion scripts for shells.

use clap::CommandFactory;
use clap_complete::Shell;
use karat::error::Error;

use super::args::Args;
use super::{exit, output};

pub(super) fn execute(shell: Shell) -> Result<u8, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "karat", &mut script);
    output::print_bytes(&script)?;
    Ok(exit::PASS)
}
