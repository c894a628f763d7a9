//! Converts TOML with positions into the typed configuration. Values are read one by one rather
//! than by deriving `Deserialize` for the whole file, so that every error is collected and each is
//! located at the key or value that causes it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Config, DatasetConfig, Profile};
use crate::document::{Layer, LayerSet};
use crate::error::Diagnostic;
use crate::format::{Field, FieldMap, FieldSource};
use crate::limits::Limits;
use crate::metric::Options;
use crate::score::ClusterBy;

type Value<'i> = Spanned<DeValue<'i>>;

/// Reads the tables of a configuration.
///
/// # Errors
/// Fails with every error in them.
pub(super) fn read(root: &DeTable<'_>, text: &str, file: &Path, folder: &Path) -> Result<Config, Vec<Diagnostic>> {
    let mut reader = Reader { text, file, folder, limits: Limits::DEFAULT, diagnostics: Vec::new() };
    let config = reader.config(root);
    if reader.diagnostics.is_empty() { Ok(config) } else { Err(reader.diagnostics) }
}

pub(super) struct Reader<'a> {
    text: &'a str,
    pub(super) file: &'a Path,
    pub(super) folder: &'a Path,
    /// The limits of the input, on which defaults of extractors depend.
    pub(super) limits: Limits,
    diagnostics: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn config(&mut self, root: &DeTable<'_>) -> Config {
        let known =
            ["datasets", "extractors", "profiles", "gate", "cluster", "limits"].into_iter().chain(Options::TABLES);
        self.refuse_unknown_keys(root, "", &known.collect::<Vec<_>>());
        let limits = self.limits(root);
        self.limits = limits.unwrap_or_default();
        let shared = self.merged_options(root, toml::Table::new());
        let of_all = self.cluster(root);
        let mut config = Config { options: self.deserialize_options(root, &shared), limits, ..Config::default() };
        for (name, _, table) in self.tables(root, "datasets") {
            if let Some(mut dataset) = self.dataset(name, table, &shared) {
                dataset.cluster = self.cluster(table).or_else(|| of_all.clone()).unwrap_or_default();
                config.datasets.insert(name.to_owned(), dataset);
            }
        }
        for (name, at, table) in self.tables(root, "extractors") {
            config.extractors.extend(self.extractor(name, at, table));
        }
        for (name, _, table) in self.tables(root, "profiles") {
            let profile = self.profile(name, table);
            config.profiles.insert(name.to_owned(), profile);
        }
        #[cfg(feature = "process")]
        self.ignore_data(&mut config);
        self.check_names(root, &config);
        config.if_no_baseline = self.if_no_baseline(root);
        config.rules = self.rules(root, &config);
        config
    }

    fn dataset(&mut self, name: &str, table: &DeTable<'_>, shared: &toml::Table) -> Option<DatasetConfig> {
        let table_name = format!("datasets.{name}");
        let known = ["documents", "golden", "map", "layers", "split", "on_request", "text", "cluster"]
            .into_iter()
            .chain(Options::TABLES);
        self.refuse_unknown_keys(table, &table_name, &known.collect::<Vec<_>>());
        let own = self.merged_options(table, shared.clone());
        let options = self.deserialize_options(table, &own);
        let documents = self.path(table, "documents");
        let golden = self.path(table, "golden");
        for (key, found) in [("documents", &documents), ("golden", &golden)] {
            if found.is_none() && table.get(key).is_none() {
                self.diagnostic(
                    format!("[{table_name}] has no `{key}`"),
                    None,
                    "a dataset needs `documents` and `golden`",
                );
            }
        }
        let (layers, split) = (self.layers(table), self.text(table, "split"));
        let on_request = self.flag(table, "on_request").unwrap_or(false);
        let is_confidential = !self.flag(table, "text").unwrap_or(true);
        let map = self.field_map(table, &format!("{table_name}.map"));
        Some(DatasetConfig {
            documents: documents?,
            golden: golden?,
            map,
            layers,
            split,
            on_request,
            is_confidential,
            cluster: ClusterBy::Document,
            options,
        })
    }

    /// Reads a table `map`: the source of each field, or a list of sources.
    pub(super) fn field_map(&mut self, table: &DeTable<'_>, table_name: &str) -> FieldMap {
        let Some(value) = table.get("map") else { return FieldMap::default() };
        let mut fields = Vec::new();
        let help = "write `FIELD = \"SOURCE\"`, as in `summary = \"highlights\"`";
        let Some(map) = value.get_ref().as_table() else {
            self.diagnostic(format!("[{table_name}] must be a table"), Some(value.span()), help);
            return FieldMap::default();
        };
        for (field, sources) in map {
            let found = match sources.get_ref() {
                DeValue::String(source) => Some(vec![FieldSource::from(source.as_ref())]),
                DeValue::Array(items) => {
                    items.iter().map(|item| item.get_ref().as_str().map(FieldSource::from)).collect()
                }
                _ => None,
            };
            match (field.get_ref().parse::<Field>(), found) {
                (Ok(field), Some(found)) => fields.extend(found.into_iter().map(|source| (field.clone(), source))),
                (Err(message), _) => self.diagnostic(message, Some(field.span()), help),
                (Ok(_), None) => {
                    let message = format!("the source of `{}` must be a string or a list of strings", field.get_ref());
                    self.diagnostic(message, Some(sources.span()), help);
                }
            }
        }
        FieldMap::new(fields).unwrap_or_else(|message| {
            self.diagnostic(message, Some(value.span()), help);
            FieldMap::default()
        })
    }

    fn cluster(&mut self, table: &DeTable<'_>) -> Option<ClusterBy> {
        let name = self.text(table, "cluster")?;
        match name.parse() {
            Ok(cluster) => Some(cluster),
            Err(message) => {
                self.push(Diagnostic::new(message), table.get("cluster").map(Spanned::span));
                None
            }
        }
    }

    /// Returns the tables of scoring options: those of `table`, and those of `shared` that it does
    /// not override.
    fn merged_options(&mut self, table: &DeTable<'_>, mut shared: toml::Table) -> toml::Table {
        for name in Options::TABLES {
            if let Some(value) = table.get(name) {
                shared.insert(name.to_owned(), plain(value));
            }
        }
        shared
    }

    /// Converts the tables of scoring options. The first table with an error gets the diagnostic,
    /// and the defaults are returned.
    fn deserialize_options(&mut self, table: &DeTable<'_>, options: &toml::Table) -> Options {
        // Each table is converted alone, so that an error is located at the table that causes it.
        for name in Options::TABLES {
            let (Some(value), Some(written)) = (options.get(name), table.get(name)) else { continue };
            let alone = toml::Table::from_iter([(name.to_owned(), value.clone())]);
            if let Err(error) = Options::deserialize(alone) {
                let message = error.message().to_owned();
                let diagnostic = Diagnostic::new(format!("[{name}] {message}"));
                self.push(diagnostic.help("docs/METHODOLOGY.md lists the options"), Some(written.span()));
                return Options::default();
            }
        }
        Options::deserialize(options.clone()).unwrap_or_default()
    }

    /// Reads the table of limits. Each is converted alone, so that an error is located at its
    /// value.
    fn limits(&mut self, root: &DeTable<'_>) -> Option<Limits> {
        let value = root.get("limits")?;
        let Some(table) = value.get_ref().as_table() else {
            self.diagnostic("`limits` must be a table".to_owned(), Some(value.span()), "write [limits]");
            return None;
        };
        self.refuse_unknown_keys(table, "limits", &Limits::KEYS);
        for (key, value) in table.iter().filter(|(key, _)| Limits::KEYS.contains(&key.get_ref().as_ref())) {
            let alone = toml::Table::from_iter([(key.get_ref().to_string(), plain(value))]);
            if let Err(error) = Limits::deserialize(alone) {
                let message = format!("`{}`: {}", key.get_ref(), error.message().trim_end());
                self.push(Diagnostic::new(message), Some(value.span()));
            }
        }
        Limits::deserialize(plain(value)).ok()
    }

    fn profile(&mut self, name: &str, table: &DeTable<'_>) -> Profile {
        self.refuse_unknown_keys(table, &format!("profiles.{name}"), &["extractors", "datasets"]);
        Profile { extractors: self.texts(table, "extractors"), datasets: self.texts(table, "datasets") }
    }

    /// Checks that the names in lists of datasets and extractors exist.
    fn check_names(&mut self, root: &DeTable<'_>, config: &Config) {
        let datasets = names_in(root, "datasets");
        let extractors = names_in(root, "extractors");
        let extractor_lists = config.extractors.iter().map(|e| ("extractors", &e.name, "datasets", &e.datasets));
        let profile_lists = config.profiles.iter().flat_map(|(name, profile)| {
            [("profiles", name, "datasets", &profile.datasets), ("profiles", name, "extractors", &profile.extractors)]
        });
        for (section, owner, key, list) in extractor_lists.chain(profile_lists) {
            let known = if key == "datasets" { &datasets } else { &extractors };
            for name in list.iter().flatten().filter(|name| !known.contains(*name)) {
                let table = root.get(section).and_then(|section| section.get_ref().get(owner.as_str()));
                let span = table.and_then(|table| table.get_ref().get(key)).map(Spanned::span);
                let what = key.trim_end_matches('s');
                let diagnostic = Diagnostic::new(format!("[{section}.{owner}] names the unknown {what} {name:?}"));
                self.push(diagnostic.help_with_nearest(name, known.iter().map(String::as_str)), span);
            }
        }
    }

    /// Returns the tables of a section in the order of the file, each with its name and the byte
    /// range of the name.
    fn tables<'t, 'i>(
        &mut self,
        root: &'t DeTable<'i>,
        section: &str,
    ) -> Vec<(&'t str, Range<usize>, &'t DeTable<'i>)> {
        let Some(value) = root.get(section) else { return Vec::new() };
        let Some(tables) = value.get_ref().as_table() else {
            self.diagnostic(
                format!("`{section}` must be a table"),
                Some(value.span()),
                &format!("write [{section}.NAME]"),
            );
            return Vec::new();
        };
        let mut found = Vec::new();
        for (name, value) in tables {
            match value.get_ref().as_table() {
                Some(table) => found.push((name.get_ref().as_ref(), name.span(), table)),
                None => {
                    let message = format!("`{section}.{}` must be a table", name.get_ref());
                    self.diagnostic(message, Some(value.span()), &format!("write [{section}.{}]", name.get_ref()));
                }
            }
        }
        found.sort_by_key(|(_, at, _)| at.start);
        found
    }

    pub(super) fn refuse_unknown_keys(&mut self, table: &DeTable<'_>, table_name: &str, known: &[&str]) {
        let mut unknown: Vec<_> = table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())).collect();
        unknown.sort_by_key(|key| key.span().start);
        for key in unknown {
            let name = key.get_ref();
            let at = if table_name.is_empty() { String::new() } else { format!(" in [{table_name}]") };
            let diagnostic = Diagnostic::new(format!("unknown key `{name}`{at}"));
            self.push(diagnostic.help_with_nearest(name, known.iter().copied()), Some(key.span()));
        }
    }

    pub(super) fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.wrong_type(key, value, "a string");
        }
        text
    }

    pub(super) fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(key, value, "true or false");
        }
        flag
    }

    /// Reads a whole number that is at least 1.
    pub(super) fn count(&mut self, table: &DeTable<'_>, key: &str) -> Option<usize> {
        let value = table.get(key)?;
        let number =
            plain(value).as_integer().and_then(|number| usize::try_from(number).ok()).filter(|count| *count > 0);
        if number.is_none() {
            let diagnostic = Diagnostic::new(format!("`{key}` must be a whole number from 1"));
            self.push(diagnostic, Some(value.span()));
        }
        number
    }

    pub(super) fn path(&mut self, table: &DeTable<'_>, key: &str) -> Option<PathBuf> {
        self.text(table, key).map(|path| self.folder.join(path))
    }

    pub(super) fn texts(&mut self, table: &DeTable<'_>, key: &str) -> Option<Vec<String>> {
        let value = table.get(key)?;
        let items = value.get_ref().as_array();
        let texts = items.and_then(|items| {
            items.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
        });
        if texts.is_none() {
            self.wrong_type(key, value, "a list of strings");
        }
        texts
    }

    pub(super) fn layers(&mut self, table: &DeTable<'_>) -> Option<LayerSet> {
        let names = self.texts(table, "layers")?;
        let span = table.get("layers").map(Spanned::span);
        let mut layers = LayerSet::new();
        for name in names {
            match name.parse::<Layer>() {
                Ok(layer) => {
                    layers.insert(layer);
                }
                Err(error) => {
                    let diagnostic = Diagnostic::new(error.to_string()).help_with_nearest(&name, Layer::NAMES);
                    self.push(diagnostic, span.clone());
                }
            }
        }
        Some(layers)
    }

    fn wrong_type(&mut self, key: &str, value: &Value<'_>, wanted: &str) {
        let message = format!("`{key}` must be {wanted}, and is {}", article(value.get_ref().type_str()));
        self.push(Diagnostic::new(message), Some(value.span()));
    }

    pub(super) fn diagnostic(&mut self, message: String, at: Option<Range<usize>>, help: &str) {
        self.push(Diagnostic::new(message).help(help), at);
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic, at: Option<Range<usize>>) {
        let diagnostic = diagnostic.in_file(self.file);
        self.diagnostics.push(match at {
            Some(bytes) => diagnostic.at_bytes(self.text, bytes),
            None => diagnostic,
        });
    }
}

#[cfg(feature = "http")]
impl Reader<'_> {
    /// Adds a diagnostic without an excerpt, for a value that may contain an API key.
    pub(super) fn push_without_excerpt(&mut self, diagnostic: Diagnostic, at: Option<Range<usize>>) {
        self.push(diagnostic, at);
        if let Some(last) = self.diagnostics.last_mut() {
            last.excerpt = None;
        }
    }
}

fn article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {kind}", if vowel { "an" } else { "a" })
}

fn names_in(root: &DeTable<'_>, section: &str) -> Vec<String> {
    let table = root.get(section).and_then(|value| value.get_ref().as_table());
    table.map(|table| table.keys().map(|key| key.get_ref().to_string()).collect()).unwrap_or_default()
}

/// Converts a value to one without positions.
pub(super) fn plain(value: &Value<'_>) -> toml::Value {
    match value.get_ref() {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| toml::Value::String(number.as_str().to_owned()), toml::Value::Integer),
        DeValue::Float(number) => {
            number.as_str().parse().map_or_else(|_| toml::Value::String(number.as_str().to_owned()), toml::Value::Float)
        }
        DeValue::Boolean(flag) => toml::Value::Boolean(*flag),
        DeValue::Datetime(moment) => toml::Value::Datetime(*moment),
        DeValue::Array(items) => toml::Value::Array(items.iter().map(plain).collect()),
        DeValue::Table(table) => {
            let pairs: BTreeMap<String, toml::Value> =
                table.iter().map(|(key, value)| (key.get_ref().to_string(), plain(value))).collect();
            toml::Value::Table(pairs.into_iter().collect())
        }
    }
}
