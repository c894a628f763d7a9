//! `karat man`: writes the manual pages, one for each command.

use std::fs;
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use karat::error::{Diagnostic, Error};

use super::args::man::ManArgs;
use super::{command, exit, output};

pub(super) fn execute(args: &ManArgs) -> Result<u8, Error> {
    let mut command = command::build().disable_help_subcommand(true);
    command.build();
    let Some(folder) = &args.out else {
        output::print_bytes(&page(command))?;
        return Ok(exit::PASS);
    };
    fs::create_dir_all(folder).map_err(|error| Diagnostic::io("create this", folder, &error))?;
    let written = write(folder, command)?;
    output::print(&format!("wrote {written} pages to {}\n", folder.display()))?;
    Ok(exit::PASS)
}

/// Writes the page of a command and those of its subcommands, and returns their number.
fn write(folder: &Path, command: Command) -> Result<usize, Error> {
    let below: Vec<Command> = command.get_subcommands().filter(|below| !below.is_hide_set()).cloned().collect();
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let path = folder.join(format!("{name}.1"));
    fs::write(&path, page(command)).map_err(|error| Diagnostic::io("write this", &path, &error))?;
    let mut written = 1;
    for command in below {
        written += write(folder, command)?;
    }
    Ok(written)
}

/// Returns the page of a command. It names no date, so that it depends only on the program.
fn page(command: Command) -> Vec<u8> {
    let name = command.get_display_name().unwrap_or(command.get_name()).to_owned();
    let version = command.get_version().unwrap_or(env!("CARGO_PKG_VERSION")).to_owned();
    let man =
        Man::new(command).title(name).section("1").date(" ").source(format!("karat {version}")).manual("karat manual");
    let mut page = Vec::new();
    // Writing to memory does not fail.
    let _ = man.render(&mut page);
    page
}
