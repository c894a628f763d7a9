//! `karat completions`: prints completion scripts for shells.

use clap::CommandFactory;
use karat::error::Error;

use super::args::{Args, CompletionsArgs};
use super::{exit, output};

pub(super) fn execute(args: &CompletionsArgs) -> Result<u8, Error> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "karat", &mut script);
    output::print(&String::from_utf8_lossy(&script))?;
    Ok(exit::PASS)
}
