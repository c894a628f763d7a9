//! Other programs: started in a process group of their own, spoken to line by line with deadlines, and ended with all that
//! they started.

mod child;
mod lines;
mod tail;

pub use child::{Child, End, Errors, Heard, Launch, kill_all};
pub(crate) use lines::excerpt;
