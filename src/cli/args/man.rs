//! Arguments of `karat man`.

use std::path::PathBuf;

/// Write the manual pages, one for each command.
///
/// The pages are in the format of `man`. Without --out, the page of karat itself is printed, which
/// lists the others.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat man --out ~/.local/share/man/man1
  karat man > karat.1")]
pub(in crate::cli) struct ManArgs {
    /// Write the pages of all commands to this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
