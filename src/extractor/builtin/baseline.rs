//! The trait of a built-in extractor, and the wrapper that turns it into an [`Extractor`].

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::document::{Annotations, Document, Layer};
use crate::extractor::{ExtractError, Extractor};

/// A built-in extractor: a deterministic and stateless function of a document and a table of
/// options.
pub trait BaselineExtractor: Send + Sync + Sized + 'static {
    /// A flat table of options. Derive `Serialize` and `Deserialize`, with
    /// `#[serde(deny_unknown_fields, default)]`.
    type Options: Serialize + DeserializeOwned + Default;

    /// The name by which the configuration selects it.
    const NAME: &'static str;
    /// A description of one line.
    const ABOUT: &'static str;
    /// A revision number. Increment it whenever the output for the same document and options
    /// changes, so that cached answers become invalid.
    const REVISION: u32;
    /// The layers it fills.
    const LAYERS: &'static [Layer];

    /// Builds the extractor from its options.
    ///
    /// # Errors
    /// Fails if the value of an option is unusable. The message begins with the option's name in
    /// backticks.
    fn new(options: Self::Options) -> Result<Self, String>;

    /// Annotates one document.
    fn annotate(&self, document: &Document) -> Annotations;
}

/// Builds a built-in from the name it has in reports and its table of options. The error is a
/// message about an invalid option.
pub type Build = fn(&str, toml::Table) -> Result<Box<dyn Extractor>, String>;

/// An entry of the registry of built-ins.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The name by which the configuration selects it.
    pub name: &'static str,
    /// A description of one line.
    pub about: &'static str,
    /// The layers it fills.
    pub layers: &'static [Layer],
    /// Returns the names of its options.
    pub options: fn() -> Vec<String>,
    /// Builds it from the name it has in reports and its options.
    pub build: Build,
}

impl Builtin {
    /// The registry entry of a baseline.
    pub const fn of<B: BaselineExtractor>() -> Self {
        Self { name: B::NAME, about: B::ABOUT, layers: B::LAYERS, options: option_names::<B>, build: build::<B> }
    }
}

fn option_names<B: BaselineExtractor>() -> Vec<String> {
    let defaults = toml::Table::try_from(B::Options::default()).expect("options are a flat table");
    defaults.keys().cloned().collect()
}

fn build<B: BaselineExtractor>(name: &str, options: toml::Table) -> Result<Box<dyn Extractor>, String> {
    let options: B::Options = options.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let settings = serde_json::to_string(&options).expect("options are plain data");
    let fingerprint = format!("builtin:{}/{} {settings}", B::NAME, B::REVISION);
    Ok(Box::new(BuiltinExtractor { name: name.to_owned(), fingerprint, baseline: B::new(options)? }))
}

struct BuiltinExtractor<B> {
    name: String,
    fingerprint: String,
    baseline: B,
}

impl<B: BaselineExtractor> Extractor for BuiltinExtractor<B> {
    fn name(&self) -> &str {
        &self.name
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn layers(&self) -> &[Layer] {
        B::LAYERS
    }

    fn extract(&self, document: &Document) -> Result<Annotations, ExtractError> {
        Ok(self.baseline.annotate(document))
    }
}
