//! TER (M. Snover et al., "A Study of Translation Edit Rate with Targeted Human Annotation", AMTA
//! 2006) as sacreBLEU 2.6.0 computes it: Tercom's search for shifts of words, with an edit distance
//! that keeps near the diagonal.

mod band;
mod geometry;
mod matrix;
mod rate;
mod shift;
mod trace;

use shift::edits;
