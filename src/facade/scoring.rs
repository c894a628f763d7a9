//! Settings and input of a scoring, one method each.

use std::borrow::Cow;
use std::path::Path;

use super::records::{GOLD, PREDICTED, predictions, references};
use crate::corpus::{ReadAs, Unlocated, load_word_lists};
use crate::document::{Answer, Layer, Reference, Status};
use crate::embedding::load_embeddings_of;
use crate::error::{Diagnostic, Error};
use crate::format::tokens::{Column, TokenOptions};
use crate::format::{Notes, same_file};
use crate::metric::Options;
use crate::preset::{self, Preset};
use crate::score::streamed::score_streamed;
use crate::score::{
    self as engine, Accepted, ClusterBy, LoadedPredictions, Missing, MissingOption, Policy, Scores, ScoringInput,
    Settings, System, accept, nothing_to_score,
};

/// Scores predicted documents against golden ones with the default settings: every layer that both
/// sides have, karat's own metrics, 95% confidence intervals clustered by document.
///
/// Both sides are iterators of pairs of a document id and annotations: a `Vec`, an array, a
/// `BTreeMap`, or a `map` over values of your own. Ids join the two sides, so their order does not
/// matter. The golden side takes [`Annotations`], `(Document, Annotations)` if spans are to be
/// checked against the text, or [`Reference`]; the predicted side takes [`Annotations`],
/// [`Answer`], or what [`Extractor::extract`] returns: a document that failed scores as an empty
/// prediction and is listed in [`Scores::ends`].
///
/// [`Scoring`] has the options; [`entities`](crate::entities) and
/// [`summaries`](crate::summaries) take plain lists.
///
/// # Errors
/// Fails with every error of the input at once: an id that is empty or occurs twice on one side; a
/// document that only one side has; spans that are empty, lie past the end of the text or do not
/// have the text that is stored with them; blank labels; unknown ids in relations and events. Also
/// fails if no layer is on both sides. In its diagnostics the file is `<gold>` or `<predicted>`.
///
/// ```
/// use karat::document::{Annotations, Entity, Span};
///
/// let entity = |start, end, label: &str| Entity::new(Span::new(start, end), label);
/// let entities = |list| Annotations { entities: Some(list), ..Annotations::default() };
///
/// let gold = [
///     ("a", entities(vec![entity(0, 3, "PERSON"), entity(17, 21, "GPE")])),
///     ("b", entities(vec![])),
/// ];
/// let predicted = [("b", entities(vec![])), ("a", entities(vec![entity(0, 3, "PERSON")]))];
/// let scores = karat::score(gold, predicted)?;
/// assert_eq!(scores.get("entities.strict.recall"), Some(0.5));
/// # Ok::<(), karat::error::Error>(())
/// ```
///
/// [`Annotations`]: crate::document::Annotations
/// [`Extractor::extract`]: crate::extractor::Extractor::extract
pub fn score(
    gold: impl IntoIterator<Item = (impl Into<String>, impl Into<Reference>)>,
    predicted: impl IntoIterator<Item = (impl Into<String>, impl Into<Answer>)>,
) -> Result<Scores, Error> {
    Scoring::new().score(gold, predicted)
}

/// Options of a scoring, and the scoring itself.
///
/// Each method sets one option and returns the builder; [`Scoring::score`] and
/// [`Scoring::score_files`] check the options, score, and can be called any number of times.
///
/// ```
/// use karat::Scoring;
/// use karat::document::{Annotations, Layer};
/// use karat::score::Missing;
///
/// let summary = |text: &str| {
///     Annotations { summaries: Some(vec![text.into()]), ..Annotations::default() }
/// };
/// let scoring = Scoring::new().layers([Layer::Summaries]).missing(Missing::Count).confidence(0.9);
/// let gold = [("a", summary("the cat sat on the mat")), ("b", summary("it rains"))];
/// let predicted = [("a", summary("the cat on the mat"))]; // without "b"
/// let scores = scoring.score(gold, predicted)?;
/// assert_eq!(scores.get("summary.rouge1.precision"), Some(0.5));
/// # Ok::<(), karat::error::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
#[must_use = "a scoring computes nothing before `score` or `score_files` is called"]
pub struct Scoring {
    settings: Settings,
    /// The name of a preset, which is looked up when scoring starts.
    preset: Option<String>,
    missing: Missing,
}

impl Scoring {
    /// Returns the default options, those of [`score`].
    pub fn new() -> Self {
        Self::default()
    }

    /// Scores only these layers. Scoring fails if no golden document has one of them. A layer that
    /// no prediction has is scored all the same, with every golden item missed; by default it is
    /// left out.
    ///
    /// ```
    /// use karat::{Scoring, document::{Annotations, Layer}};
    ///
    /// let both = Annotations {
    ///     summaries: Some(vec!["it rains".into()]),
    ///     keyphrases: Some(vec!["rain".into()]),
    ///     ..Annotations::default()
    /// };
    /// let scoring = Scoring::new().layers([Layer::Summaries]);
    /// let scores = scoring.score([("a", &both)], [("a", &both)])?;
    /// assert_eq!(scores.layers.len(), 1);
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn layers(mut self, layers: impl IntoIterator<Item = Layer>) -> Self {
        self.settings.layers = Some(layers.into_iter().collect());
        self
    }

    /// Reproduces the figures of another tool, by the name of its preset in
    /// [`PRESETS`](crate::preset::PRESETS): `seqeval`, `nervaluate`, `rouge_score`, and so on. Only
    /// the layers that the tool scores are scored. Scoring fails if there is no preset of this
    /// name.
    ///
    /// ```
    /// let scoring = karat::Scoring::new().preset("nervaluat");
    /// let error = scoring.score_files("gold.jsonl", "predicted.jsonl").unwrap_err();
    /// assert_eq!(error.to_string(), r#"unknown preset "nervaluat" (did you mean `nervaluate`?)"#);
    /// ```
    pub fn preset(mut self, name: impl Into<String>) -> Self {
        self.preset = Some(name.into());
        self
    }

    /// Scores by the metric groups of a preset that is defined outside this crate, in place of
    /// karat's own. For each layer the first group that scores it counts.
    ///
    /// `examples/own_metric.rs` in the repository adds a metric this way.
    ///
    /// ```
    /// use karat::document::Annotations;
    ///
    /// let preset = karat::preset::find("rouge_score").expect("it is in `PRESETS`");
    /// let one = Annotations { summaries: Some(vec!["it rains".into()]), ..Default::default() };
    /// let scoring = karat::Scoring::new().custom_preset(preset);
    /// let scores = scoring.score([("a", &one)], [("a", &one)])?;
    /// assert_eq!(scores.get("summary.rouge1.f1"), Some(1.0));
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn custom_preset(mut self, preset: &'static Preset) -> Self {
        (self.settings.preset, self.preset) = (Some(preset), None);
        self
    }

    /// Sets what happens to documents that only one side has. By default they are errors;
    /// [`Missing::Count`] counts every golden item in them as missed and every predicted one as
    /// spurious; [`Missing::Skip`] leaves them out and lists them in [`Scores::ends`].
    ///
    /// ```
    /// use karat::{Scoring, document::Annotations, score::Missing};
    ///
    /// let phrase = |text: &str| {
    ///     Annotations { keyphrases: Some(vec![text.into()]), ..Annotations::default() }
    /// };
    /// let gold = [("a", phrase("cat")), ("b", phrase("rain"))];
    /// let predicted = [("a", phrase("cat"))];
    /// let recall = |missing| {
    ///     let scores = Scoring::new().missing(missing).score(gold.clone(), predicted.clone())?;
    ///     Ok::<_, karat::error::Error>(scores.get("keyphrases.recall@M"))
    /// };
    /// assert_eq!(recall(Missing::Count)?, Some(0.5));
    /// assert_eq!(recall(Missing::Skip)?, Some(1.0));
    /// assert!(recall(Missing::Error).is_err());
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// Sets the level of the confidence intervals, greater than 0 and less than 1; 0.95 by default.
    /// Scoring fails if it is not between these.
    ///
    /// ```
    /// use karat::{Scoring, document::Annotations};
    ///
    /// let phrase = |text: &str| {
    ///     Annotations { keyphrases: Some(vec![text.into()]), ..Annotations::default() }
    /// };
    /// let gold = [("a", phrase("cat")), ("b", phrase("rain")), ("c", phrase("sun"))];
    /// let predicted = [("a", phrase("cat")), ("b", phrase("snow")), ("c", phrase("sun"))];
    /// let width = |level| {
    ///     let scores = Scoring::new().confidence(level).score(gold.clone(), predicted.clone())?;
    ///     let interval = scores.figure("keyphrases.f1@M").and_then(|figure| figure.interval);
    ///     Ok::<_, karat::error::Error>(interval.map(|interval| interval.high - interval.low))
    /// };
    /// assert!(width(0.5)? < width(0.95)?);
    /// assert!(width(95.0).is_err());
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn confidence(mut self, level: f64) -> Self {
        self.settings.confidence = level;
        self
    }

    /// Sets the value of 0 divided by 0, for instance of the precision where nothing is predicted.
    /// By default such a figure is undefined.
    ///
    /// ```
    /// use karat::{Scoring, document::Annotations};
    ///
    /// let gold = Annotations { keyphrases: Some(vec!["rain".into()]), ..Annotations::default() };
    /// let predicted = Annotations { keyphrases: Some(vec![]), ..Annotations::default() };
    /// let precision = |scoring: Scoring| {
    ///     let scores = scoring.score([("a", &gold)], [("a", &predicted)])?;
    ///     Ok::<_, karat::error::Error>(scores.get("keyphrases.precision@M"))
    /// };
    /// assert_eq!(precision(Scoring::new())?, None);
    /// assert_eq!(precision(Scoring::new().zero_division(0.0))?, Some(0.0));
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn zero_division(mut self, value: f64) -> Self {
        self.settings.zero_division = Some(value);
        self
    }

    /// Sets the options of the metrics: thresholds, label maps, tokenizers, further metrics of
    /// summaries. Paths in them are relative to the working directory; scoring fails if a file that
    /// they name cannot be read.
    ///
    /// ```
    /// use karat::{Scoring, document::{Annotations, Entity, Span}, metric::Options};
    ///
    /// let mut options = Options::default();
    /// options.labels.map.insert("PER".into(), "PERSON".into());
    /// let one = |label: &str| {
    ///     let entity = Entity::new(Span::new(0, 3), label);
    ///     [("a", Annotations { entities: Some(vec![entity]), ..Annotations::default() })]
    /// };
    /// let scores = Scoring::new().options(options).score(one("PERSON"), one("PER"))?;
    /// assert_eq!(scores.get("entities.strict.f1"), Some(1.0));
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn options(mut self, options: Options) -> Self {
        self.settings.options = options;
        self
    }

    /// Sets the unit of confidence intervals: each document by default, or all documents with the
    /// same value in a field of their metadata. Scoring fails if a golden document lacks the field.
    ///
    /// ```
    /// use karat::score::ClusterBy;
    ///
    /// let scoring = karat::Scoring::new().cluster_by(ClusterBy::Meta("author".to_owned()));
    /// # use karat::document::Annotations;
    /// # let none = Annotations { keyphrases: Some(vec![]), ..Annotations::default() };
    /// let error = scoring.score([("a", &none)], [("a", &none)]).unwrap_err();
    /// assert!(error.to_string().contains("author"), "{error}");
    /// ```
    pub fn cluster_by(mut self, unit: ClusterBy) -> Self {
        self.settings.cluster = unit;
        self
    }

    /// Sets whether [`LayerScores::documents`](crate::score::LayerScores::documents) contains the
    /// figures and items of each document; `true` by default. Figures over all documents are the
    /// same without them, and cost less time and memory: [`Scoring::score_files`] then reads JSON
    /// lines as a stream.
    ///
    /// ```
    /// # use karat::document::Annotations;
    /// # let none = Annotations { keyphrases: Some(vec![]), ..Annotations::default() };
    /// let scoring = karat::Scoring::new().keep_documents(false);
    /// let scores = scoring.score([("a", &none)], [("a", &none)])?;
    /// assert!(scores.layers[0].documents.is_empty());
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn keep_documents(mut self, keep: bool) -> Self {
        self.settings.documents = keep;
        self
    }

    /// Scores predicted documents against golden ones, as [`score()`] does, with these options.
    ///
    /// # Errors
    /// Fails like [`score()`], and if an option is invalid.
    ///
    /// ```
    /// use karat::{Scoring, document::{Annotations, Document, Entity}};
    ///
    /// let document = Document::new("a", "Zoë went home.");
    /// let entity = Entity::new(document.span(0..4), "PERSON"); // bytes in, code points out
    /// assert_eq!((entity.start, entity.end, entity.text.as_deref()), (0, 3, Some("Zoë")));
    ///
    /// let annotations = Annotations { entities: Some(vec![entity]), ..Annotations::default() };
    /// let mut shifted = annotations.clone();
    /// shifted.entities.as_mut().unwrap()[0].end = 5;
    /// let gold = [("a", (document, annotations.clone()))];
    /// let scores = Scoring::new().score(gold.clone(), [("a", annotations)])?;
    /// assert_eq!(scores.get("entities.strict.f1"), Some(1.0));
    /// let error = Scoring::new().score(gold, [("a", shifted)]).unwrap_err();
    /// assert_eq!(error.diagnostics()[0].document.as_deref(), Some("a"));
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn score(
        &self,
        gold: impl IntoIterator<Item = (impl Into<String>, impl Into<Reference>)>,
        predicted: impl IntoIterator<Item = (impl Into<String>, impl Into<Answer>)>,
    ) -> Result<Scores, Error> {
        let gold = gold.into_iter().map(|(id, reference)| (id.into(), reference.into())).collect();
        let predicted = predicted.into_iter().map(|(id, answer)| (id.into(), answer.into())).collect();
        self.score_records(gold, predicted)
    }

    fn score_records(&self, gold: Vec<(String, Reference)>, predicted: Vec<(String, Answer)>) -> Result<Scores, Error> {
        let settings = self.checked_settings()?;
        let references = references(gold)?;
        let predictions = predictions(predicted, &references);
        let system = LoadedPredictions { file: PREDICTED.into(), predictions };
        let accepted = accept(Path::new(GOLD), Cow::Owned(references), vec![system], self.policy(), &settings);
        score_accepted(accepted?, PREDICTED, &settings)
    }

    /// Scores a file or folder of predictions against golden files, as `karat score --gold GOLD
    /// --pred PREDICTED` does. The formats are detected from content; docs/FORMAT.md lists them.
    ///
    /// # Errors
    /// Fails with every error of the files at once, each with file, line and column: what cannot be
    /// read, and what [`score()`] refuses. Also fails if an option is invalid.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let gold = folder.path().join("gold.jsonl");
    /// # let predicted = folder.path().join("predicted.jsonl");
    /// let line = |label| {
    ///     format!(r#"{{"id": "a", "entities": [{{"start": 0, "end": 3, "label": "{label}"}}]}}"#)
    /// };
    /// std::fs::write(&gold, line("PERSON")).unwrap();
    /// std::fs::write(&predicted, line("ORG")).unwrap();
    /// let scores = karat::Scoring::new().score_files(&gold, &predicted)?;
    /// assert_eq!(scores.get("entities.exact.f1"), Some(1.0));
    /// assert_eq!(scores.get("entities.strict.f1"), Some(0.0));
    /// # Ok::<(), karat::error::Error>(())
    /// ```
    pub fn score_files(&self, gold: impl AsRef<Path>, predicted: impl AsRef<Path>) -> Result<Scores, Error> {
        let (gold, predicted) = (gold.as_ref(), predicted.as_ref());
        let settings = self.checked_settings()?;
        // One token file for both sides may be conlleval's, in which the last two columns are the
        // golden and the predicted tags.
        let gold_column = if same_file(gold, predicted) { Column::GoldOfOneFile } else { Column::Last };
        let decoder = settings.preset.map(Preset::tag_decoder).unwrap_or_default();
        let notes = <[Notes; 2]>::default();
        let read_as = |column, notes| {
            let tokens = TokenOptions { column, decoder, ..TokenOptions::default() };
            ReadAs { tokens, strict_words: true, ..ReadAs::noting(notes) }
        };
        let input = ScoringInput {
            gold: (gold, read_as(gold_column, &notes[0])),
            further_gold: Vec::new(),
            documents: None,
            systems: vec![(predicted, ReadAs { unlocated: Unlocated::Keep, ..read_as(Column::Last, &notes[1]) })],
            join: None,
            policy: self.policy(),
            options: None,
        };
        if !settings.documents
            && let Some(scores) = score_streamed(&input, &settings)?
        {
            return Ok(scores);
        }
        let accepted = input.load(&settings)?;
        let scores = score_accepted(accepted, &predicted.display().to_string(), &settings)?;
        let mut notes: Vec<String> = notes.iter().flat_map(Notes::lines).collect();
        notes.dedup();
        Ok(Scores { notes, ..scores })
    }

    fn policy(&self) -> Policy {
        Policy { missing: self.missing, option: MissingOption::Method, ..Policy::default() }
    }

    /// Returns the settings with the preset and the files that options name.
    ///
    /// # Errors
    /// Fails with every invalid option.
    fn checked_settings(&self) -> Result<Settings, Error> {
        let mut settings = self.settings.clone();
        let mut diagnostics = Vec::new();
        if let Some(name) = &self.preset {
            settings.preset = preset::find(name);
            if settings.preset.is_none() {
                let diagnostic = Diagnostic::new(format!("unknown preset {name:?}"));
                diagnostics.push(diagnostic.help_with_nearest(name, preset::PRESETS.iter().map(|preset| preset.name)));
            }
        }
        let level = settings.confidence;
        if !(level > 0.0 && level < 1.0) {
            let diagnostic = Diagnostic::new(format!("the confidence level {level} is not between 0 and 1"));
            diagnostics.push(diagnostic.help("write 0.95 for intervals of 95%"));
        }
        let summaries = &mut settings.options.summaries;
        diagnostics.extend(load_word_lists(&mut summaries.rouge155, Path::new("")));
        if summaries.embeddings.is_some() && summaries.embedder.is_none() {
            diagnostics.extend(load_embeddings_of(summaries, Path::new("")).err());
        }
        if diagnostics.is_empty() { Ok(settings) } else { Err(Error::Input(diagnostics)) }
    }
}

/// Scores the documents that passed all checks. Documents that were left out are listed with the
/// others that have no answer.
///
/// # Errors
/// Fails if no layer is on both sides.
fn score_accepted(accepted: Accepted<'_>, name: &str, settings: &Settings) -> Result<Scores, Error> {
    let settings = &accepted.settings(settings);
    let Accepted { references, answers, left_out, golden, declared, .. } = accepted;
    let answers = answers.into_iter().next().unwrap_or_default();
    let system = System { name: name.to_owned(), declared, answers };
    let mut scores = engine::score(&references, &system, settings);
    if scores.layers.is_empty() {
        return Err(nothing_to_score(&golden, &system.declared));
    }
    if !left_out.is_empty() {
        *scores.statuses.entry(Status::Skipped).or_default() += left_out.len() as u64;
    }
    let skipped = |(id, reason): (String, &str)| (id, (Status::Skipped, Some(reason.to_owned())));
    scores.ends.extend(left_out.into_iter().map(skipped));
    Ok(scores)
}
