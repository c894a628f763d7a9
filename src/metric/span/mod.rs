//! Entities: the four schemes of SemEval-2013 task 9.1 (strict, exact, partial, type), and those
//! enabled by options: overlap by IoU, boundaries with a tolerance, partial credit by label
//! hierarchy, coverage. All use karat's single alignment. Texts and labels are also compared
//! without offsets.

mod arithmetic;
mod breaks;
mod classify;
mod coverage;
mod detail;
mod document_macro;
mod group;
mod matching;
mod plain;
mod ranking;
mod scheme;
mod text;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_choices;

pub use group::Spans;
pub(crate) use text::text;
