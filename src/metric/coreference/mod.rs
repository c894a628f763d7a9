//! Coreference: whose mentions go together (MUC, B3, CEAFm, CEAFe, BLANC, LEA, and the mean of three that is called CoNLL).
//!
//! All of them follow from one table: how many mentions each gold cluster shares with each predicted one. Numerators and
//! denominators are summed over documents, as the reference scorer 8.01 of the CoNLL-2011/2012 shared tasks does (Pradhan
//! et al. 2014), and what has nothing to divide by is 0, as there.

mod arithmetic;
mod group;
mod partition;
mod scores;

pub use group::Coreference;
