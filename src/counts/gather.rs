//! Puts the rows of parts together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::header::{Header, SCHEMA};
use super::row::CountRow;
use crate::document::{Layer, LayerSet, Status};
use crate::error::{Diagnostic, Error};
use crate::metric::{StatisticKey, Statistics};
use crate::score::{PackedItem, Settings, SystemCounts, Wanted, declared, nothing_to_score};

/// The largest number of documents that a message names.
const NAMED: usize = 5;

/// Returns the settings under which the counts of a header were computed.
pub type SettingsOf<'s> = &'s dyn Fn(&Header) -> Result<Settings, Error>;

/// The counts of all documents.
#[derive(Debug)]
pub struct Gathered {
    /// How they were computed.
    pub header: Header,
    /// The settings of figures.
    pub settings: Settings,
    /// The counts, sorted by document.
    pub counts: SystemCounts,
    /// The fingerprint of the golden annotations of each document, in the same order.
    golden: Vec<u128>,
}

impl Gathered {
    /// Checks that two systems were counted in the same way on the same golden annotations.
    ///
    /// # Errors
    /// Fails if they were not, and names documents that only one of them has or whose golden
    /// annotations differ.
    pub fn check_pair(&self, candidate: &Self) -> Result<(), Error> {
        let mut diagnostics = Vec::new();
        if let Some(difference) = self.header.difference(&candidate.header) {
            let diagnostic = Diagnostic::new(format!("these counts cannot be compared: {difference}"));
            diagnostics.push(diagnostic.help("count both systems with one version and the same options"));
        }
        let [base, other] = [self, candidate].map(|side| {
            let ids = side.counts.documents().iter().map(|document| &*document.id);
            ids.zip(side.golden.iter().copied()).collect::<BTreeMap<&str, u128>>()
        });
        let alone = |one: &BTreeMap<&str, u128>, two: &BTreeMap<&str, u128>| -> Vec<String> {
            one.keys().filter(|id| !two.contains_key(*id)).map(|id| (*id).to_owned()).collect()
        };
        for (ids, side) in [(alone(&base, &other), "the baseline"), (alone(&other, &base), "the candidate")] {
            if !ids.is_empty() {
                let message = format!("only {side} has {}", named(&ids));
                let help = "both systems are compared on the same documents: count one without an answer as missing";
                diagnostics.push(Diagnostic::new(message).help(help));
            }
        }
        let changed: Vec<String> = base
            .iter()
            .filter(|(id, golden)| other.get(*id).is_some_and(|of_other| of_other != *golden))
            .map(|(id, _)| (*id).to_owned())
            .collect();
        if !changed.is_empty() {
            let message = format!("the golden annotations of {} differ between the two", named(&changed));
            diagnostics.push(Diagnostic::new(message).help("count both systems against the same golden files"));
        }
        if diagnostics.is_empty() { Ok(()) } else { Err(Error::Input(diagnostics)) }
    }
}

/// Returns the first ids of a list, and how many more there are.
fn named(ids: &[String]) -> String {
    let shown: Vec<String> = ids.iter().take(NAMED).map(|id| format!("{id:?}")).collect();
    let more = ids.len().saturating_sub(NAMED);
    let noun = if ids.len() == 1 { "the document" } else { "the documents" };
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{noun} {}{more}", shown.join(", "))
}

/// Parts of the documents of one system, which are put together.
pub struct Gathering<'s> {
    settings_of: SettingsOf<'s>,
    files: Vec<PathBuf>,
    state: Option<State>,
}

struct State {
    header: Header,
    settings: Settings,
    counts: SystemCounts,
    documents: Vec<Found>,
    golden: LayerSet,
    predicted: LayerSet,
    /// The document whose rows are being read.
    open: Option<Open>,
}

/// A document that was read.
struct Found {
    id: Box<str>,
    file: u32,
    golden: u128,
    cluster: Option<Box<str>>,
}

/// A document whose rows are being read.
struct Open {
    /// What all rows of the document share, as in the first one.
    row: CountRow<'static>,
    status: Status,
    answer: u128,
    golden: u128,
    file: u32,
    /// The layers in the order of the rows, with their names.
    layers: Vec<OpenLayer>,
}

/// A layer of a document whose rows are being read.
struct OpenLayer {
    name: String,
    layer: Layer,
    gold: u64,
    statistics: Statistics,
}

impl<'s> Gathering<'s> {
    /// Returns a gathering without parts.
    pub fn new(settings_of: SettingsOf<'s>) -> Self {
        Self { settings_of, files: Vec::new(), state: None }
    }

    /// Begins a part.
    ///
    /// # Errors
    /// Fails if the part was counted in another way than those before.
    pub fn begin(&mut self, file: &Path, header: Header) -> Result<(), Error> {
        if header.schema != SCHEMA {
            let message = format!("these counts have the schema `{}`, and this karat reads `{SCHEMA}`", header.schema);
            return Err(Diagnostic::new(message).in_file(file).help("count again with this version").into());
        }
        self.files.push(file.to_owned());
        match &mut self.state {
            None => {
                let settings = (self.settings_of)(&header)?;
                let mut counts = SystemCounts::new(header.system.as_str(), Wanted::All);
                counts.repeats = header.repeats;
                let (golden, predicted) = Default::default();
                self.state =
                    Some(State { header, settings, counts, documents: Vec::new(), golden, predicted, open: None });
            }
            Some(state) => {
                state.close();
                if let Some(difference) = state.header.difference(&header) {
                    let first = self.files[0].display();
                    let diagnostic =
                        Diagnostic::new(format!("these counts cannot be added to those of {first}: {difference}"));
                    let help = "count all parts with one version and the same options";
                    return Err(diagnostic.in_file(file).help(help).into());
                }
                state.header.lacks_texts |= header.lacks_texts;
            }
        }
        Ok(())
    }

    /// Adds a row of the part that began last. The rows of a document have to follow each other.
    ///
    /// # Errors
    /// Fails, without a place, if the columns contradict each other.
    pub fn add(&mut self, row: &CountRow<'_>) -> Result<(), Diagnostic> {
        let file = self.files.len() as u32 - 1;
        let Some(state) = &mut self.state else { panic!("a part has begun") };
        if state.open.as_ref().is_none_or(|open| open.row.document != row.document) {
            state.close();
            state.open = Some(Open::new(row, file)?);
        }
        let open = state.open.as_mut().expect("it was opened");
        let wrong = |what: &str| Diagnostic::new(format!("{what} in a row of the document {:?}", row.document));
        if !open.row.is_of_document(row) {
            return Err(wrong("the status, a fingerprint or the cluster is not that of the rows before,"));
        }
        let Some(name) = &row.layer else { return Ok(()) };
        let at = match open.layers.iter().rposition(|of_layer| of_layer.name == **name) {
            Some(at) => at,
            None => {
                let layer: Layer = name.parse().map_err(|_| wrong(&format!("there is no layer `{name}`,")))?;
                if state.settings.groups_of(&layer).is_none() {
                    return Err(wrong(&format!("the layer `{name}` is not scored by these options,")));
                }
                // What has no golden document makes no layer golden.
                if row.status != Status::Extra.as_str() {
                    state.golden.insert(layer.clone());
                }
                let (name, statistics) = (name.to_string(), Statistics::default());
                open.layers.push(OpenLayer { name, layer, gold: row.gold, statistics });
                open.layers.len() - 1
            }
        };
        let OpenLayer { layer, gold, statistics, .. } = &mut open.layers[at];
        let (Some(metric), Some(statistic)) = (&row.metric, row.statistic(&state.settings.options)) else {
            let kind = row.kind.as_deref().unwrap_or("null");
            return Err(wrong(&format!("the sums do not belong to the kind `{kind}`,")));
        };
        if row.has_layer {
            state.predicted.insert(layer.clone());
        }
        let label = row.label.as_deref().map(Into::into);
        let key = StatisticKey { metric: metric.to_string().into(), at: row.cutoff, label };
        if *gold != row.gold {
            return Err(wrong(&format!("`gold` is {} after {gold},", row.gold)));
        }
        if statistics.get(&key).is_some() {
            return Err(wrong(&format!("`{metric}` stands twice,")));
        }
        statistics.add(key, statistic);
        Ok(())
    }

    /// Returns the counts of all parts.
    ///
    /// # Errors
    /// Fails if there are none, and if a document is in several places.
    pub fn finish(self) -> Result<Gathered, Error> {
        let Some(mut state) = self.state else {
            return Err(Error::NothingSelected(Diagnostic::new("there are no counts").help("name files of counts")));
        };
        state.close();
        let State { header, mut settings, counts, mut documents, golden, predicted, .. } = state;
        documents.sort_by(|a, b| (&a.id, a.file).cmp(&(&b.id, b.file)));
        let mut diagnostics: Vec<Diagnostic> = Vec::new();
        for twice in documents.chunk_by(|a, b| a.id == b.id).filter(|found| found.len() > 1) {
            let mut files: Vec<String> =
                twice.iter().map(|found| self.files[found.file as usize].display().to_string()).collect();
            files.dedup();
            let place = if files.len() == 1 {
                format!("at two places of {}", files[0])
            } else {
                format!("in {}", files.join(" and in "))
            };
            let diagnostic = Diagnostic::new(format!("the document {:?} is {place}", twice[0].id));
            diagnostics.push(diagnostic.help("each document belongs to one part, and its rows stand together"));
            if diagnostics.len() == NAMED {
                break;
            }
        }
        if !diagnostics.is_empty() {
            return Err(Error::Input(diagnostics));
        }
        header.adapt(&mut settings);
        let mut counts = counts.in_order();
        if documents.iter().any(|found| found.cluster.is_some()) {
            let place = |id: &str| documents.binary_search_by(|found| (*found.id).cmp(id)).ok();
            counts.cluster_by_name(|id| documents[place(id)?].cluster.as_deref());
        }
        let wanted = settings.options.records.keys().map(|name| Layer::Records(name.clone().into()));
        let wanted: LayerSet = wanted.chain(settings.layers.iter().flatten().cloned()).collect();
        if let Some(absent) = wanted.iter().find(|layer| !golden.contains(layer)) {
            let diagnostic = Diagnostic::new(format!("the options are about `{absent}`, which no golden document has"));
            let known: Vec<String> = golden.iter().map(ToString::to_string).collect();
            return Err(diagnostic.help_with_nearest(&absent.to_string(), known.iter().map(String::as_str)).into());
        }
        let declared = declared(&golden, predicted, settings.layers.as_ref());
        counts.keep_declared(&declared.intersection(&golden).cloned().collect(), &settings);
        if counts.layers().next().is_none() {
            return Err(nothing_to_score(&golden, &declared));
        }
        let golden = documents.into_iter().map(|found| found.golden).collect();
        Ok(Gathered { header, settings, counts, golden })
    }
}

impl Open {
    /// Opens the document of a row.
    fn new(row: &CountRow<'_>, file: u32) -> Result<Self, Diagnostic> {
        let wrong = |what: &str| Diagnostic::new(format!("the document {:?} has {what}", row.document));
        // Files of predictions cannot have the status of a document without a golden one;
        // counts can.
        let mut statuses = Status::IN_FILES.into_iter().chain([Status::Extra]);
        let status = statuses.find(|status| status.as_str() == row.status);
        let status = status.ok_or_else(|| wrong(&format!("the unknown status `{}`", row.status)))?;
        let fingerprint = |text: &str, of: &str| {
            let digits = Some(text).filter(|text| text.len() == 32).map(|text| u128::from_str_radix(text, 16));
            let wrong = || wrong(&format!("a fingerprint of {of} that is not 32 hexadecimal digits"));
            digits.and_then(Result::ok).ok_or_else(wrong)
        };
        let answer = fingerprint(&row.answer, "its answer")?;
        let golden = fingerprint(&row.golden, "its golden annotations")?;
        Ok(Self { row: row.of_document(), status, answer, golden, file, layers: Vec::new() })
    }
}

impl State {
    /// Adds the document whose rows have been read.
    fn close(&mut self) {
        let Some(Open { row, status, answer, golden, file, layers }) = self.open.take() else { return };
        let number = self.counts.document(&row.document, (status, row.answered), answer);
        for OpenLayer { layer, gold, statistics, .. } in layers {
            let Some(groups) = self.settings.groups_of(&layer) else { continue };
            let items = std::iter::empty::<PackedItem<'_>>();
            self.counts.layer_mut(&layer, groups).push(number, gold, &statistics, items);
        }
        let cluster = row.cluster.as_deref().map(Into::into);
        self.documents.push(Found { id: (*row.document).into(), file, golden, cluster });
    }
}
