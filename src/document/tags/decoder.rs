//! Who decodes the tags of token files.

use super::Scheme;

/// Who decodes the tags of token files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TagDecoder {
    /// karat, to which a tag outside of the tagging schemes is an error.
    #[default]
    Karat,
    /// The tool behind a preset, which gives every tag a meaning. It decodes by a scheme, or, if
    /// that is `None`, leniently.
    Tool(Option<Scheme>),
}
