//! Arguments of `karat schema`.

/// Print the JSON Schema of a file that karat reads or writes, for editors and validators.
///
/// Schemas are in the draft 2020-12 and describe every key. Without a name, all schemas are listed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  karat schema                                   lists the schemas
  karat schema karat.toml > karat.toml.schema.json
  karat schema document                          golden files and predictions
  karat schema scores                            what `karat score --format json` prints

An editor with the language server taplo checks karat.toml if its first line is
`#:schema karat.toml.schema.json`; `karat init` writes such a line.")]
pub(in crate::cli) struct SchemaArgs {
    /// The name of the schema
    #[arg(value_name = "SCHEMA")]
    pub schema: Option<String>,
}
