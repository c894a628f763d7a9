//! What a built-in must say of itself, and the wrapper that makes an [`Extractor`] of it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::document::{Annotations, Document, Layer};
use crate::extractor::{ExtractError, Extractor};

/// A built-in extractor: deterministic, without state, configured by a table of options.
pub trait Baseline: Send + Sync + Sized + 'static {
    /// Its options, flat; derive `Serialize`, `Deserialize` and use `#[serde(deny_unknown_fields, default)]`.
    type Options: Serialize + DeserializeOwned + Default;

    /// The name a user writes.
    const NAME: &'static str;
    /// One line on what it does.
    const ABOUT: &'static str;
    /// Raised by one whenever the same document and options give another output.
    const REVISION: u32;
    /// The layers it fills.
    const LAYERS: &'static [Layer];

    /// Builds it.
    ///
    /// # Errors
    /// A sentence on the option whose value is of no use, beginning with its name in backticks.
    fn new(options: Self::Options) -> Result<Self, String>;

    /// Annotates one document.
    fn annotate(&self, document: &Document) -> Annotations;
}

/// Builds a built-in under a name of the user's from its table of options; the error names what is wrong with it.
pub type Build = fn(&str, toml::Table) -> Result<Box<dyn Extractor>, String>;

/// An entry of the registry.
#[derive(Debug, Clone, Copy)]
pub struct Builtin {
    /// The name a user writes.
    pub name: &'static str,
    /// One line on what it does.
    pub about: &'static str,
    /// The layers it fills.
    pub layers: &'static [Layer],
    /// The names of its options.
    pub options: fn() -> Vec<String>,
    /// Builds it under a name of the user's, from its options.
    pub build: Build,
}

impl Builtin {
    /// The entry of a baseline.
    pub const fn of<B: Baseline>() -> Self {
        Self { name: B::NAME, about: B::ABOUT, layers: B::LAYERS, options: option_names::<B>, build: build::<B> }
    }
}

fn option_names<B: Baseline>() -> Vec<String> {
    let defaults = toml::Table::try_from(B::Options::default()).expect("options are a flat table");
    defaults.keys().cloned().collect()
}

fn build<B: Baseline>(name: &str, options: toml::Table) -> Result<Box<dyn Extractor>, String> {
    let options: B::Options = options.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let settings = serde_json::to_string(&options).expect("options are plain data");
    let fingerprint = format!("builtin:{}/{} {settings}", B::NAME, B::REVISION);
    Ok(Box::new(Named { name: name.to_owned(), fingerprint, baseline: B::new(options)? }))
}

struct Named<B> {
    name: String,
    fingerprint: String,
    baseline: B,
}

impl<B: Baseline> Extractor for Named<B> {
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
