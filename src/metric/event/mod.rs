//! Events: triggers with arguments in roles, as ACE 2005 scores them (Li et al. 2013), and events
//! as a whole.
//!
//! | metric | an item is | right is |
//! |---|---|---|
//! | strict | an event | trigger with boundaries and type, and all arguments with role, boundaries
//! and label |
//! | trigger | an event | boundaries and type of the trigger |
//! | trigger-id | an event | boundaries of the trigger |
//! | argument | an argument | type of the event, boundaries of the argument, and role |
//! | argument-id | an argument | type of the event and boundaries of the argument |

mod argument;
mod group;
mod resolved;

pub use group::Events;
