//! Coreference: which mentions refer to the same entity (MUC, B3, CEAFm, CEAFe, BLANC, LEA, and the
//! mean of three that is called CoNLL).
//!
//! All metrics are computed from one table: the number of mentions that each gold cluster shares
//! with each predicted one. Numerators and denominators are summed over documents, as in the
//! reference scorer 8.01 of the CoNLL-2011/2012 shared tasks (Pradhan et al. 2014), and figures
//! with a zero denominator are 0, as there.

mod arithmetic;
mod group;
mod partition;
mod scores;

pub use group::Coreference;
