//! Arguments of `karat completions`.

use clap_complete::Shell;

/// Print a script that completes karat's commands, options and values in a shell.
///
/// The script asks `karat`, which must be in PATH, for candidates: options, names of presets,
/// formats, metrics and schemas, and of the datasets, extractors, profiles and runs of the current
/// folder. It reads karat.toml and the names of run folders, and starts no extractor.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat completions bash > ~/.local/share/bash-completion/completions/karat
  karat completions fish > ~/.config/fish/completions/karat.fish
  karat completions zsh > _karat                 into a folder of $fpath
  karat completions elvish                       into ~/.config/elvish/rc.elv
  karat completions powershell                   into the file $PROFILE

After an update of karat, write the script again. A shell that reads it anew at each start needs no
update: `source <(karat completions bash)` in ~/.bashrc, or `source <(karat completions zsh)` in
~/.zshrc.")]
pub(in crate::cli) struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}
