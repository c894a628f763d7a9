//! The native part of the Python package `karat`: the command line, called in process, and the
//! counts of the drop-in modules. What Python programs import is in the folder `karat`.

mod calls;
mod n_grams;
mod pool;
mod rouge;
mod spans;
mod tags;
mod texts;

/// As in the program: documents consist of many small allocations.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The module `karat._karat`.
#[pyo3::pymodule]
mod _karat {
    #[pymodule_export]
    use crate::calls::{call, main};
    #[pymodule_export]
    use crate::n_grams::{bleu_counts, chrf_counts, chrf_score, ter_counts, ter_score};
    #[pymodule_export]
    use crate::rouge::Rouge;
    #[pymodule_export]
    use crate::spans::{Documents, Outcomes, nervaluate_outcomes};
    #[pymodule_export]
    use crate::tags::{tag_counts, tag_entities, tag_relations};
    #[pymodule_export]
    use crate::texts::{rouge_tokens, ter_tokens};
}
