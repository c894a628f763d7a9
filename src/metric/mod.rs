//! Metrics, one family a module. Pure functions: texts and annotations in, figures out.

pub mod rouge;
