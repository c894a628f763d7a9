//! Comparison of the deciding figures in each slice of the documents.

use std::collections::BTreeMap;

use super::comparison::{compare_deciding, verdict};
use super::{CompareSettings, Compared, SliceBy, slices};
use crate::document::Reference;
use crate::error::Diagnostic;
use crate::score::{Settings, SystemCounts};
use crate::stats::benjamini_hochberg;

/// A compared figure over one slice of the documents.
#[derive(Debug, Clone, PartialEq)]
pub struct SliceFigure {
    /// The name of the slice, such as `meta.kind=interview`.
    pub slice: String,
    /// The number of documents in the slice.
    pub documents: usize,
    /// The compared figure.
    pub figure: Compared,
}

/// Compares the deciding figures over every slice, ordered by change, worst first. P-values are
/// adjusted over all slices and figures (Benjamini and Hochberg).
///
/// # Errors
/// Fails if the slice of a document is unknown; the error lists these documents.
pub fn compare_slices(
    references: &BTreeMap<String, Reference>,
    systems: [&SystemCounts; 2],
    settings: &Settings,
    asked: &CompareSettings,
    by: &[SliceBy],
) -> Result<Vec<SliceFigure>, Vec<Diagnostic>> {
    let mut found = Vec::new();
    for by in by {
        for (slice, ids) in slices(references, by)? {
            for layer in compare_deciding(systems, settings, asked, &ids).layers {
                found.extend(layer.figures.into_iter().map(|figure| SliceFigure {
                    slice: slice.clone(),
                    documents: layer.documents,
                    figure: Compared { decides: false, ..figure },
                }));
            }
        }
    }
    let mut tested: Vec<&mut SliceFigure> = found.iter_mut().filter(|slice| slice.figure.p.is_some()).collect();
    let p: Vec<f64> = tested.iter().filter_map(|slice| slice.figure.p).collect();
    for (slice, adjusted) in tested.iter_mut().zip(benjamini_hochberg(&p)) {
        slice.figure.p_adjusted = Some(adjusted);
        let is_identical = slice.figure.verdict == super::ChangeVerdict::Identical;
        slice.figure.verdict = verdict(&slice.figure, is_identical);
    }
    found.sort_by(|a, b| a.figure.gain().unwrap_or(0.0).total_cmp(&b.figure.gain().unwrap_or(0.0)));
    Ok(found)
}
