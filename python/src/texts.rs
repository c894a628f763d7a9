//! Strings of Python, read where they stand.

use std::borrow::Cow;

use karat::text::{Stemmer, Tercom, Tokenizer};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

/// The first surrogate, and the place of its stand-in: in the supplementary private use area,
/// which tokenizers treat alike.
const FIRST_SURROGATE: u32 = 0xd800;
const FIRST_STAND_IN: u32 = 0xf_0000;

/// Returns the characters of a string without a copy. Lone surrogates, which UTF-8 does not have,
/// become other characters, in a copy.
pub fn text<'t>(string: &'t Bound<'_, PyAny>) -> PyResult<Cow<'t, str>> {
    let string = string.cast::<PyString>()?;
    if let Ok(text) = string.to_str() {
        return Ok(Cow::Borrowed(text));
    }
    let bytes = string.call_method1("encode", ("utf-32-le", "surrogatepass"))?;
    let (codes, _) = bytes.cast::<PyBytes>()?.as_bytes().as_chunks::<4>();
    let character = |code: &[u8; 4]| {
        let code = u32::from_le_bytes(*code);
        char::from_u32(code).or_else(|| char::from_u32(FIRST_STAND_IN + code.checked_sub(FIRST_SURROGATE)?))
    };
    Ok(Cow::Owned(codes.iter().filter_map(character).collect()))
}

/// Returns the characters of each string.
pub fn texts<'t>(strings: &'t [Bound<'_, PyAny>]) -> PyResult<Vec<Cow<'t, str>>> {
    strings.iter().map(text).collect()
}

/// Returns the tokens of rouge-score 0.1.2, stemmed or not.
#[pyfunction]
pub fn rouge_tokens(string: &Bound<'_, PyAny>, use_stemmer: bool) -> PyResult<Vec<String>> {
    let stemmer = if use_stemmer { Stemmer::Porter } else { Stemmer::None };
    Ok(Tokenizer::RougeScore.tokens(&text(string)?, stemmer))
}

/// Returns the words that TER compares.
#[pyfunction]
pub fn ter_tokens(
    string: &Bound<'_, PyAny>,
    normalized: bool,
    no_punct: bool,
    asian_support: bool,
    case_sensitive: bool,
) -> PyResult<Vec<String>> {
    let mut words = Vec::new();
    let tercom = Tercom { normalized, no_punct, asian_support, case_sensitive };
    tercom.each(&text(string)?, |word| words.push(word.to_owned()));
    Ok(words)
}
