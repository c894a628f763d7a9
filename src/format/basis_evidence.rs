//! Evidence of what the offsets in a file count. Offsets in bytes, in UTF-16 units, or in a text
//! with other line ends agree with karat's for a while, so a wrong basis shows only where a stored
//! text or the end of the document contradicts it. Then every basis is tried, and the one that fits
//! is named together with the option that reads it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use unicode_normalization::{is_nfc, is_nfd};

use super::offset_basis::{Converter, OffsetBasis};
use super::offset_unit::OffsetUnit;
use super::text_form::{ByteOrderMark, LineEnds, NormalisationForm, TextForm};
use crate::document::Annotations;
use crate::error::Diagnostic;

/// Every basis; of those that fit equally well, the first is taken.
static ALL: LazyLock<Vec<OffsetBasis>> = LazyLock::new(OffsetBasis::all);

/// How well each basis fits one document, or all documents of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasisEvidence {
    /// By basis, in the order of [`ALL`].
    fits: Vec<Fit>,
    /// The number of stored texts, or of spans if no text is stored.
    of: usize,
    /// Whether texts are stored.
    has_texts: bool,
    /// The basis by which the file was read.
    read_as: OffsetBasis,
}

/// How well a basis fits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Fit {
    /// The number of documents that the basis explains.
    documents: usize,
    /// The number of stored texts that match, or of spans that cut no words.
    matched: usize,
    /// The number of documents whose own text is in the form of the basis.
    exact: usize,
    /// The number of documents that the basis explains and in which it changes offsets, rather than
    /// only the form of stored texts.
    moves: usize,
}

/// The annotations of a document, as written, and the text that they are on.
pub struct Shifted<'s> {
    /// The annotations, before conversion.
    pub annotations: &'s Annotations,
    /// The text of the document.
    pub text: &'s str,
    /// The basis by which they were read.
    pub read_as: OffsetBasis,
}

impl Shifted<'_> {
    /// Returns how well each basis fits annotations that contradict the text; `None` if none fits
    /// well: at least four in five stored texts must match and more than in the basis by which they
    /// were read, or, without stored texts, all spans must fit.
    pub fn evidence(&self) -> Option<BasisEvidence> {
        self.weigh(None)
    }

    /// Returns how well each basis fits annotations on another version of the text. `explains`
    /// returns whether the versions are the same in a form, and if so, whether the other version is
    /// in that form.
    pub fn evidence_of_version(&self, explains: &dyn Fn(TextForm) -> Option<bool>) -> Option<BasisEvidence> {
        self.weigh(Some(explains))
    }

    fn weigh(&self, explains: Option<&dyn Fn(TextForm) -> Option<bool>>) -> Option<BasisEvidence> {
        let ranges = ranges(self.annotations);
        let has_texts = ranges.iter().any(|(_, stored)| stored.is_some());
        let of = ranges.iter().filter(|(_, stored)| stored.is_some() || !has_texts).count();
        if of == 0 && explains.is_none() {
            return None;
        }
        let relevance = Relevance::new(self.text, &ranges);
        let mut counted: BTreeMap<(usize, TextForm), usize> = BTreeMap::new();
        let mut count = |basis: OffsetBasis| {
            let basis = relevance.reduce(basis);
            let unit = OffsetUnit::ALL.iter().position(|unit| *unit == basis.unit).unwrap_or_default();
            *counted.entry((unit, basis.form)).or_insert_with(|| matching(&ranges, self.text, basis, has_texts))
        };
        let now = count(self.read_as);
        let mut versions: BTreeMap<TextForm, Option<bool>> = BTreeMap::new();
        let fits = ALL.iter().map(|basis| {
            let exact = match explains {
                None => Some(false),
                Some(_) if basis.form.is_as_stored() => None,
                Some(explains) => *versions.entry(basis.form).or_insert_with(|| explains(basis.form)),
            };
            let Some(exact) = exact.filter(|_| *basis != self.read_as) else { return Fit::default() };
            let matched = count(*basis);
            let is_enough = if has_texts { matched * 5 >= of * 4 } else { matched == of };
            let is_better = explains.is_some() || matched > now;
            let is_explained = is_enough && is_better;
            let moves = is_explained && self.moves(*basis);
            let [documents, exact, moves] = [is_explained, exact, moves].map(usize::from);
            Fit { documents, matched, exact, moves }
        });
        let fits: Vec<Fit> = fits.collect();
        let explained = fits.iter().any(|fit| fit.documents > 0);
        explained.then_some(BasisEvidence { fits, of, has_texts, read_as: self.read_as })
    }

    /// Whether offsets in another basis are others than those by which the annotations were read.
    fn moves(&self, basis: OffsetBasis) -> bool {
        basis.unit != self.read_as.unit || basis.form.of(self.text) != self.read_as.form.of(self.text)
    }

    /// Returns the number of stored texts that match only in the basis by which they were read, and
    /// only in another one.
    pub fn compare(&self, other: OffsetBasis) -> (usize, usize) {
        let converters = [self.read_as, other].map(|basis| (Converter::new(basis, self.text), basis.form));
        let bytes = byte_offsets(self.text);
        let (mut first, mut second) = (0, 0);
        for (range, stored) in ranges(self.annotations) {
            let Some(stored) = stored else { continue };
            let [one, two] = converters.each_ref().map(|(converter, form)| {
                slice(converter, &bytes, self.text, range).is_some_and(|found| form.same_parts(found, &stored))
            });
            first += usize::from(one && !two);
            second += usize::from(two && !one);
        }
        (first, second)
    }
}

impl BasisEvidence {
    /// Adds the evidence of another document of the same file.
    pub fn add(&mut self, other: &Self) {
        for (fit, more) in self.fits.iter_mut().zip(&other.fits) {
            fit.documents += more.documents;
            fit.matched += more.matched;
            fit.exact += more.exact;
            fit.moves += more.moves;
        }
        self.of += other.of;
        self.has_texts |= other.has_texts;
    }

    /// Returns the index of the basis that fits best; `None` if the evidence is too weak. A mark
    /// that the text does not have moves every offset by one, which fits a single wrong offset as
    /// well.
    pub fn best(&self) -> Option<usize> {
        let key = |at: &usize| {
            let Fit { documents, matched, exact, .. } = self.fits[*at];
            (documents, matched, exact, std::cmp::Reverse(*at))
        };
        let is_strong = |at: &usize| {
            let Fit { documents, matched, exact, .. } = self.fits[*at];
            let adds_mark = ALL[*at].form.byte_order_mark == Some(ByteOrderMark::With);
            documents > 0 && (!adds_mark || matched > 1 || exact > 0)
        };
        (0..self.fits.len()).filter(is_strong).max_by_key(key)
    }

    /// Whether the basis with this index explains some document.
    pub fn is_explained_by(&self, basis: usize) -> bool {
        self.fits[basis].documents > 0
    }

    /// Returns the diagnostic that names the basis that fits best, and the option that reads it;
    /// `None` if the evidence is too weak.
    pub fn diagnostic(&self) -> Option<Diagnostic> {
        let at = self.best()?;
        let (basis, Fit { matched, moves, .. }, of) = (ALL[at], self.fits[at], self.of);
        let what = basis.describe();
        let diagnostic = Diagnostic::new(match (of, self.has_texts) {
            (0, _) => format!("the `text` here is the document's in another form: offsets would be {what}"),
            (_, true) if moves == 0 && !basis.form.is_as_stored() => {
                format!("stored texts match only {}: {matched} of {of}", basis.describe_form())
            }
            (_, true) => format!("these look like {what}: {matched} of {of} match"),
            (_, false) => format!("these look like {what}: {matched} of {of} spans fit the text"),
        });
        let (options, name) = (basis.options(), basis.unit.as_str());
        Some(if !basis.form.is_as_stored() {
            diagnostic.help(format!("`{options}` of `karat score` and `karat convert` reads them"))
        } else if self.read_as.form.is_as_stored() {
            diagnostic.help(format!("write `\"offset_unit\": \"{name}\"` into the file, or `--offset-unit {name}`"))
        } else {
            diagnostic.help(format!("leave out `{}`", self.read_as.options()))
        })
    }
}

/// The properties of a text and of stored texts that decide which differences of bases matter.
struct Relevance {
    crlf: bool,
    lone_lf: bool,
    composes: bool,
    decomposes: bool,
    has_mark: bool,
    is_ascii: bool,
    has_astral: bool,
}

impl Relevance {
    fn new(text: &str, ranges: &[((u32, u32), Option<String>)]) -> Self {
        let texts = || ranges.iter().filter_map(|(_, stored)| stored.as_deref()).chain([text]);
        let lone = |text: &str| text.match_indices('\n').any(|(at, _)| !text[..at].ends_with('\r'));
        Self {
            crlf: texts().any(|text| text.contains("\r\n")),
            lone_lf: texts().any(lone),
            composes: texts().any(|text| !is_nfc(text)),
            decomposes: texts().any(|text| !is_nfd(text)),
            has_mark: text.starts_with('\u{feff}'),
            is_ascii: text.is_ascii(),
            has_astral: text.chars().any(|char| char.len_utf16() > 1),
        }
    }

    /// Returns the simplest basis that is the same for the text.
    fn reduce(&self, basis: OffsetBasis) -> OffsetBasis {
        let form = TextForm {
            line_ends: basis.form.line_ends.filter(|ends| match ends {
                LineEnds::Lf => self.crlf,
                LineEnds::Crlf => self.lone_lf,
            }),
            normalisation: basis.form.normalisation.filter(|form| match form {
                NormalisationForm::Nfc => self.composes,
                NormalisationForm::Nfd => self.decomposes,
            }),
            byte_order_mark: basis.form.byte_order_mark.filter(|mark| (*mark == ByteOrderMark::With) != self.has_mark),
        };
        let adds_mark = form.byte_order_mark == Some(ByteOrderMark::With);
        let unit = match basis.unit {
            OffsetUnit::Byte if self.is_ascii && !adds_mark => OffsetUnit::CodePoint,
            OffsetUnit::Utf16 if !self.has_astral && form.normalisation.is_none() => OffsetUnit::CodePoint,
            unit => unit,
        };
        OffsetBasis { unit, form }
    }
}

fn ranges(annotations: &Annotations) -> Vec<((u32, u32), Option<String>)> {
    let mut ranges = Vec::new();
    annotations.clone().each_range(&mut |_, range, stored| ranges.push((*range, stored.map(str::to_owned))));
    ranges
}

/// Returns the byte offset of each code point and of the end.
fn byte_offsets(text: &str) -> Vec<usize> {
    text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()
}

fn slice<'t>(converter: &Converter, bytes: &[usize], text: &'t str, (start, end): (u32, u32)) -> Option<&'t str> {
    let byte = |offset| converter.code_point(offset).and_then(|at| bytes.get(at as usize).copied());
    byte(start).zip(byte(end)).and_then(|(start, end)| text.get(start..end))
}

/// Returns how many stored texts match the document at their offsets, or without stored texts, how
/// many spans begin and end where words do.
fn matching(ranges: &[((u32, u32), Option<String>)], text: &str, basis: OffsetBasis, has_texts: bool) -> usize {
    let converter = Converter::new(basis, text);
    let bytes = byte_offsets(text);
    let adds_mark = basis.form.byte_order_mark == Some(ByteOrderMark::With) && !text.starts_with('\u{feff}');
    let matches = |(range, stored): &&((u32, u32), Option<String>)| {
        // A span that begins with a mark is not on the text.
        let found = slice(&converter, &bytes, text, *range).filter(|_| !adds_mark || range.0 > 0);
        match (found, stored) {
            (Some(found), Some(stored)) => basis.form.same_parts(found, stored),
            (Some(found), None) => !has_texts && cuts_no_word(text, found),
            (None, _) => false,
        }
    };
    ranges.iter().filter(matches).count()
}

/// Whether a part of a text begins and ends where words do, and has no space at its edges.
fn cuts_no_word(text: &str, part: &str) -> bool {
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    let (before, after) = (text[..start].chars().next_back(), text[start + part.len()..].chars().next());
    let (first, last) = (part.chars().next(), part.chars().next_back());
    let is_inside = |one: Option<char>, other: Option<char>| {
        one.is_some_and(char::is_alphanumeric) && other.is_some_and(char::is_alphanumeric)
    };
    let is_space = |char: Option<char>| char.is_none_or(char::is_whitespace);
    !(is_space(first) || is_space(last) || is_inside(before, first) || is_inside(last, after))
}
