//! Token files (CoNLL, BIO and similar formats): one token per line with its tag in the last
//! column, and a blank line between sentences. The full reader handles all variants with
//! diagnostics; the fast path handles the common one and is what large files use.

mod compare;
mod detect;
mod fast_reader;
mod formats;
mod layout;
mod line;
mod options;
mod outside;
mod reader;
mod writer;

pub use compare::differences;
pub use detect::{EXTENSIONS, is_token_file, looks_like};
pub use fast_reader::{FastTokens, read_fast};
pub(super) use formats::{FORMATS, fit, label};
pub use layout::{Layout, TagColumn, is_usual, layout};
pub use line::tag_range;
pub(super) use options::to_prefixed;
pub use options::{Column, Notation, TokenOptions};
pub(super) use outside::{check_outside, recognise};
pub use outside::{is_outside, uses_bilou};
pub use reader::{read, strict};
pub use writer::{Loss, write};
pub(super) use writer::{token_range, words};
