//! Arguments about the exports of annotation tools: which parts of them are read. The struct has no
//! doc comment, since clap would show it in place of the description of the command.

use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ExportArgs {
    /// Read the annotations of this annotator, where an export contains those of several
    #[arg(long, value_name = "NAME")]
    pub annotator: Option<String>,
    /// Label Studio's labelling configuration, which names the text of the tasks
    #[arg(long, value_name = "FILE")]
    pub label_config: Option<PathBuf>,
    /// The names of labels, where an export contains their numbers: doccano's export of labels, or
    /// one name a line
    #[arg(long, value_name = "FILE")]
    pub label_names: Option<PathBuf>,
}
