//! Relations: pairs of entities under a type.
//!
//! | metric | right is |
//! |---|---|
//! | strict | same type, both arguments with their boundaries and labels |
//! | boundaries | same type, both arguments with their boundaries |
//! | pair | both arguments with their boundaries, whatever the type |

mod group;
mod resolved;

pub use group::Relations;
