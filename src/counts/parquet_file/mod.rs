//! Tables of counts as Parquet, compressed with zstd. Groups of rows are written and read one by
//! one. A file without rows is a part without documents.

mod columns;
mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;
