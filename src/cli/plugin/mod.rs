//! `karat plugin`: creates and checks programs that are used as extractors.

mod check;
mod new;
mod starters;

use karat::error::Error;

use super::args::plugin::{PluginArgs, PluginCommand};

pub(super) fn execute(args: &PluginArgs) -> Result<u8, Error> {
    match &args.command {
        PluginCommand::Check(args) => check::execute(args),
        PluginCommand::New(args) => new::execute(args),
    }
}
