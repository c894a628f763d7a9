//! Reads the tables `[extractors.NAME]`. The key `kind` decides which further keys a table may
//! have; built-in extractors and files of predictions are read here, programs and services in
//! `process` and `http`.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;

use super::reader::Reader;
#[cfg(feature = "builtin")]
use super::reader::plain;
use super::{ExtractorConfig, ExtractorKind, PredictionFiles};
use crate::corpus::{Locate, Occurrence};
use crate::error::Diagnostic;
#[cfg(feature = "builtin")]
use crate::extractor::builtin;
use crate::format::OffsetUnit;

/// The keys that every kind of extractor has.
pub(super) const COMMON_KEYS: [&str; 7] =
    ["kind", "repeats", "on_request", "cache", "datasets", "locate", "locate_loosely"];

/// The key of those kinds of extractors that receive replies.
#[cfg(any(feature = "http", feature = "process"))]
pub(super) const REPLY_KEYS: [&str; 1] = ["keep_failed"];

impl Reader<'_> {
    pub(super) fn extractor(&mut self, name: &str, at: Range<usize>, table: &DeTable<'_>) -> Option<ExtractorConfig> {
        let kind = match self.text(table, "kind").as_deref() {
            #[cfg(feature = "builtin")]
            Some("builtin") => self.builtin(name, at, table),
            #[cfg(not(feature = "builtin"))]
            Some(kind @ "builtin") => self.left_out(table, kind, "builtin"),
            Some("predictions") => self.predictions(name, at, table),
            #[cfg(feature = "process")]
            Some("process") => self.process(name, at, table),
            #[cfg(not(feature = "process"))]
            Some(kind @ "process") => self.left_out(table, kind, "process"),
            #[cfg(feature = "http")]
            Some("http") => self.http(name, at, table),
            #[cfg(feature = "http")]
            Some("openai") => self.openai(name, at, table),
            #[cfg(not(feature = "http"))]
            Some(kind @ ("http" | "openai")) => self.left_out(table, kind, "http"),
            Some(other) => {
                let span = table.get("kind").map(Spanned::span);
                let diagnostic = Diagnostic::new(format!("unknown kind {other:?}"));
                let diagnostic =
                    diagnostic.help_with_nearest(other, ["builtin", "process", "http", "openai", "predictions"]);
                self.push(diagnostic, span);
                None
            }
            None => {
                if table.get("kind").is_none() {
                    let message = format!("[extractors.{name}] has no `kind`");
                    self.diagnostic(
                        message,
                        Some(at),
                        "write `kind = \"builtin\"`, `\"process\"`, `\"http\"`, `\"openai\"` or `\"predictions\"`",
                    );
                }
                None
            }
        }?;
        let repeats = self.count(table, "repeats").unwrap_or(1);
        let on_request = self.flag(table, "on_request").unwrap_or(false);
        let cache = self.flag(table, "cache").unwrap_or(true);
        Some(ExtractorConfig {
            name: name.to_owned(),
            kind,
            repeats,
            on_request,
            cache,
            datasets: self.texts(table, "datasets"),
            locate: self.locate(name, table),
            keep_failed: self.path(table, "keep_failed"),
        })
    }

    /// Reads how entities without offsets are located.
    fn locate(&mut self, name: &str, table: &DeTable<'_>) -> Option<Locate> {
        let is_normalised = self.flag(table, "locate_loosely").unwrap_or(false);
        let occurrence = match self.text(table, "locate").as_deref() {
            Some("exact") => Occurrence::Exact,
            Some("first") => Occurrence::First,
            Some("all") => Occurrence::All,
            Some("ordered") => Occurrence::Ordered,
            given => {
                let at = |key: &str| table.get(key).map(Spanned::span);
                let help = "write \"exact\", \"first\", \"all\" or \"ordered\"";
                if let Some(other) = given {
                    self.diagnostic(format!("[extractors.{name}] `locate` is {other:?}"), at("locate"), help);
                } else if is_normalised {
                    let message = format!("[extractors.{name}] has `locate_loosely` without `locate`");
                    self.diagnostic(message, at("locate_loosely"), help);
                }
                return None;
            }
        };
        Some(Locate { occurrence, is_normalised })
    }

    /// Reports a kind whose feature this build leaves out.
    #[cfg(not(all(feature = "builtin", feature = "http", feature = "process")))]
    fn left_out(&mut self, table: &DeTable<'_>, kind: &str, feature: &str) -> Option<ExtractorKind> {
        let message = format!("this karat was built without the kind {kind:?}");
        let help = format!(
            "build it with the feature `{feature}`, which is on by default: `cargo build --features {feature}`"
        );
        self.diagnostic(message, table.get("kind").map(Spanned::span), &help);
        None
    }

    #[cfg(feature = "builtin")]
    fn builtin(&mut self, name: &str, at: Range<usize>, table: &DeTable<'_>) -> Option<ExtractorKind> {
        let written = self.text(table, "builtin");
        let wanted = written.as_deref().unwrap_or(name);
        let Some(builtin) = builtin::find(wanted) else {
            let diagnostic = Diagnostic::new(format!("unknown built-in extractor {wanted:?}"));
            let diagnostic = diagnostic.help_with_nearest(wanted, builtin::ALL.iter().map(|builtin| builtin.name));
            self.push(diagnostic, Some(table.get("builtin").map_or(at, Spanned::span)));
            return None;
        };
        let options = (builtin.options)();
        let known: Vec<&str> =
            COMMON_KEYS.into_iter().chain(["builtin"]).chain(options.iter().map(String::as_str)).collect();
        self.refuse_unknown_keys(table, &format!("extractors.{name}"), &known);
        let given: Vec<_> =
            table.iter().filter(|(key, _)| options.iter().any(|option| option == key.get_ref())).collect();
        let span = given.first().map(|(_, value)| value.span());
        let options: toml::Table = given.iter().map(|(key, value)| (key.get_ref().to_string(), plain(value))).collect();
        match (builtin.build)(name, options.clone()) {
            Ok(_) => Some(ExtractorKind::Builtin { builtin, options }),
            Err(message) => {
                self.diagnostic(format!("[extractors.{name}] {message}"), span.or(Some(at)), "fix the option's value");
                None
            }
        }
    }

    fn predictions(&mut self, name: &str, at: Range<usize>, table: &DeTable<'_>) -> Option<ExtractorKind> {
        let known: Vec<&str> =
            COMMON_KEYS.into_iter().chain(["path", "layers", "missing", "map", "offset_unit"]).collect();
        self.refuse_unknown_keys(table, &format!("extractors.{name}"), &known);
        let path = self.path(table, "path");
        if path.is_none() && table.get("path").is_none() {
            let message = format!("[extractors.{name}] has no `path`");
            self.diagnostic(message, Some(at), "name the folder or file of predictions");
        }
        let requires_all = match self.text(table, "missing").as_deref() {
            None | Some("count") => false,
            Some("error") => true,
            Some(other) => {
                let at = table.get("missing").map(Spanned::span);
                let message = format!("[extractors.{name}] `missing` is {other:?}");
                self.diagnostic(message, at, "write \"count\" (the default) or \"error\"");
                false
            }
        };
        let map = self.field_map(table, &format!("extractors.{name}.map"));
        let written = self.text(table, "offset_unit");
        let offset_unit = written.as_deref().and_then(OffsetUnit::named);
        if let (Some(other), None) = (&written, offset_unit) {
            let at = table.get("offset_unit").map(Spanned::span);
            let message = format!("[extractors.{name}] `offset_unit` is {other:?}");
            self.diagnostic(message, at, "write \"code_point\" (the default), \"byte\" or \"utf16\"");
        }
        let files = PredictionFiles { path: path?, map, layers: self.layers(table), requires_all, offset_unit };
        Some(ExtractorKind::Predictions(files))
    }
}
