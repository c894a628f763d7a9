//! Reads the gate rules, `[[gate]]` or `[[gate.rules]]`. A rule that names an unknown dataset or
//! extractor is an error, since it could never fail.

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Config;
use super::reader::{Reader, plain};
use crate::error::Diagnostic;
use crate::gate::{IfNoBaseline, Rule};

impl Reader<'_> {
    /// Reads the valid rules, and adds a diagnostic for each invalid one and for each dataset or
    /// extractor in a rule that the configuration does not have.
    pub(super) fn rules(&mut self, root: &DeTable<'_>, config: &Config) -> Vec<Rule> {
        let Some(value) = root.get("gate") else { return Vec::new() };
        let items = match value.get_ref() {
            DeValue::Table(table) => {
                self.refuse_unknown_keys(table, "gate", &["if_no_baseline", "rules"]);
                table.get("rules")
            }
            _ => Some(value),
        };
        let Some(items) = items else { return Vec::new() };
        let Some(items) = items.get_ref().as_array() else {
            self.diagnostic(
                "the gate rules must be a list of tables".to_owned(),
                Some(items.span()),
                "write [[gate]], or [[gate.rules]] beside [gate]",
            );
            return Vec::new();
        };
        let mut rules = Vec::new();
        for item in items {
            let first_key =
                item.get_ref().as_table().and_then(|table| table.keys().next()).map_or(item.span(), Spanned::span);
            match Rule::deserialize(plain(item)) {
                Ok(rule) => {
                    if let Some(message) = rule.diagnostic() {
                        self.diagnostic(
                            format!("[[gate]] {message}"),
                            Some(first_key),
                            "docs/METHODOLOGY.md describes the rules",
                        );
                        continue;
                    }
                    self.check_known(
                        "dataset",
                        rule.dataset.as_ref(),
                        config.datasets.keys().map(String::as_str),
                        item.span(),
                    );
                    let extractors = config.extractors.iter().map(|extractor| extractor.name.as_str());
                    self.check_known("extractor", rule.extractor.as_ref(), extractors, item.span());
                    rules.push(Rule { if_no_baseline: rule.if_no_baseline.or(config.if_no_baseline), ..rule });
                }
                Err(error) => {
                    let message = error.message().trim_end().to_owned();
                    self.diagnostic(
                        format!("[[gate]] {message}"),
                        Some(first_key),
                        "docs/METHODOLOGY.md describes the rules",
                    );
                }
            }
        }
        rules
    }

    /// Reads `if_no_baseline` of `[gate]`, which holds for every rule that does not set it.
    pub(super) fn if_no_baseline(&mut self, root: &DeTable<'_>) -> Option<IfNoBaseline> {
        let value = root.get("gate")?.get_ref().as_table()?.get("if_no_baseline")?;
        let found = IfNoBaseline::deserialize(plain(value)).ok();
        if found.is_none() {
            self.diagnostic(
                "[gate] `if_no_baseline` must be \"pass\", \"fail\" or \"accept\"".to_owned(),
                Some(value.span()),
                "without it, an extractor without a baseline is an error",
            );
        }
        found
    }

    fn check_known<'n>(
        &mut self,
        what: &str,
        name: Option<&String>,
        known: impl Iterator<Item = &'n str> + Clone,
        at: std::ops::Range<usize>,
    ) {
        if let Some(name) = name.filter(|name| !known.clone().any(|other| other == name.as_str())) {
            let diagnostic = Diagnostic::new(format!("[[gate]] names the unknown {what} {name:?}"));
            self.push(diagnostic.help_with_nearest(name, known), Some(at));
        }
    }
}
