//! Token files (CoNLL, BIO and their kin): one token a line, its tag in the last column, a blank line between sentences.

mod compare;
mod detect;
mod fast_reader;
mod formats;
mod line;
mod reader;
mod writer;

pub use compare::differences;
pub use detect::{EXTENSIONS, is_token_file, looks_like};
pub use fast_reader::{FastTokens, read_fast};
pub(super) use formats::{CONLL, STRICT};
pub use line::Column;
pub use reader::{read, read_column, strict};
pub use writer::{Loss, write};
