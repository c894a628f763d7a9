//! Reads runs from the database, the newest first.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, Result, Row};
use rustc_hash::FxHashMap;

use super::database::History;
use crate::error::Diagnostic;
use crate::history::{RecordedFigure, RecordedResult, RecordedRun, RunSource, Statuses};

/// Which runs and results are read.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// The datasets, with or without the profile of the run; empty for all.
    pub datasets: Vec<String>,
    /// The extractors; empty for all.
    pub extractors: Vec<String>,
    /// Which figures of the results are read.
    pub figures: FigureFilter,
}

/// Which figures of a result are read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum FigureFilter {
    /// All figures.
    #[default]
    All,
    /// The headline figure of every layer.
    Headlines,
    /// The figure of this name and label. Results without it are left out.
    One(String, Option<String>),
}

/// The columns of a figure, in the order of [`figure`].
const FIGURE: &str = "metric, label, value, low, high, gold, documents, answered, signature, headline";

impl History {
    /// Reads the runs that have results that satisfy the filter, the newest first.
    ///
    /// # Errors
    /// Fails if the database cannot be read.
    pub fn runs(&self, filter: &RunFilter) -> std::result::Result<Vec<RecordedRun>, Diagnostic> {
        self.read_runs("", &[], filter).map_err(|error| self.diagnostic(&error))
    }

    /// Reads a run with everything; `None` if the history has no run of this id.
    ///
    /// # Errors
    /// Fails if the database cannot be read.
    pub fn run(&self, id: &str) -> std::result::Result<Option<RecordedRun>, Diagnostic> {
        let runs = self.read_runs("WHERE run = ?1", &[id], &RunFilter::default());
        runs.map(|mut runs| runs.pop()).map_err(|error| self.diagnostic(&error))
    }

    /// Returns the id of the run that a user names: an id, the unique beginning of one, or `latest`
    /// or `previous`, which stand for runs of all documents.
    ///
    /// # Errors
    /// Fails if no run has the name, if several have, or if the database cannot be read.
    pub fn named_run(&self, name: &str) -> std::result::Result<String, Diagnostic> {
        let ids = self.ids().map_err(|error| self.diagnostic(&error))?;
        let whole = || ids.iter().filter(|(_, is_whole)| *is_whole).map(|(id, _)| id.clone());
        let list = "`karat history list` lists the runs";
        match name {
            "latest" | "previous" => {
                let found = whole().nth(usize::from(name == "previous"));
                return found.ok_or_else(|| {
                    let what =
                        if name == "latest" { "no run of all documents" } else { "only one run of all documents" };
                    let what = if ids.is_empty() { "no run" } else { what };
                    Diagnostic::new(format!("the history has {what}")).in_file(&self.file).help(list)
                });
            }
            _ => {}
        }
        let mut matching: Vec<&String> = ids.iter().map(|(id, _)| id).filter(|id| id.starts_with(name)).collect();
        if let Some(id) = matching.iter().find(|id| **id == name) {
            return Ok((*id).clone());
        }
        match matching.len() {
            1 if !name.is_empty() => Ok(matching.swap_remove(0).clone()),
            0 => {
                let diagnostic = Diagnostic::new(format!("the history has no run {name:?}")).in_file(&self.file);
                Err(diagnostic.help(list))
            }
            several => {
                let diagnostic = Diagnostic::new(format!("the ids of {several} runs begin with {name:?}"));
                Err(diagnostic.in_file(&self.file).help(format!("write more of the id; {list}")))
            }
        }
    }

    /// Returns the ids of all runs, the newest first.
    ///
    /// # Errors
    /// Fails if the database cannot be read.
    pub fn run_ids(&self) -> std::result::Result<Vec<String>, Diagnostic> {
        let ids = self.ids().map_err(|error| self.diagnostic(&error))?;
        Ok(ids.into_iter().map(|(id, _)| id).collect())
    }

    /// Returns the names of all figures without labels, for messages.
    ///
    /// # Errors
    /// Fails if the database cannot be read.
    pub fn metrics(&self) -> std::result::Result<BTreeSet<String>, Diagnostic> {
        let read = || -> Result<BTreeSet<String>> {
            let sql = "SELECT name FROM names WHERE id IN (SELECT DISTINCT metric FROM figures)";
            self.connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|error| self.diagnostic(&error))
    }

    /// Returns the ids of all runs, and whether each is of all documents, the newest first.
    fn ids(&self) -> Result<Vec<(String, bool)>> {
        let sql = "SELECT run, gap IS NULL FROM runs ORDER BY started DESC, run DESC";
        self.connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    fn read_runs(&self, condition: &str, arguments: &[&str], filter: &RunFilter) -> Result<Vec<RecordedRun>> {
        // One transaction, so that all of it is of one state of the database.
        let transaction = self.connection.unchecked_transaction()?;
        let names = self.names()?;
        let figures = match &filter.figures {
            FigureFilter::All => String::new(),
            FigureFilter::Headlines => " AND headline".to_owned(),
            FigureFilter::One(metric, label) => {
                let id = |name: &str| -> Result<Option<i64>> {
                    let sql = "SELECT id FROM names WHERE name = ?1";
                    transaction.query_row(sql, [name], |row| row.get(0)).optional()
                };
                let label = label.as_deref().map_or(Ok(Some(0)), &id)?;
                let (Some(metric), Some(label)) = (id(metric)?, label) else { return Ok(Vec::new()) };
                format!(" AND metric = {metric} AND label = {label}")
            }
        };
        let sql = format!(
            "SELECT id, run, source, started, ended, karat, git_commit, branch, dirty, profile, gap,
             configuration_sha256, manifest_sha256 FROM runs {condition} ORDER BY started DESC, run DESC"
        );
        let mut statement = transaction.prepare(&sql)?;
        let heads = statement.query_map(rusqlite::params_from_iter(arguments), head)?;
        let sql = "SELECT id, dataset, extractor, documents, ok, failed, timed_out, skipped, missing,
             documents_state, golden_state FROM results WHERE run = ?1 ORDER BY id";
        let mut of_run = transaction.prepare(sql)?;
        let sql = format!("SELECT {FIGURE} FROM figures WHERE result = ?1{figures} ORDER BY position");
        let mut of_result = transaction.prepare(&sql)?;
        let is_named = |names: &[String], name: &String| names.is_empty() || names.contains(name);
        let has_one = matches!(filter.figures, FigureFilter::One(..));
        let is_filtered = has_one || !filter.datasets.is_empty() || !filter.extractors.is_empty();
        let mut runs = Vec::new();
        for head in heads {
            let (row, mut run) = head?;
            for found in of_run.query_map([row], result)? {
                let (row, mut result) = found?;
                let is_of_dataset = is_named(&filter.datasets, &result.dataset)
                    || is_named(&filter.datasets, &run.dataset_with_profile(&result.dataset));
                if !is_of_dataset || !is_named(&filter.extractors, &result.extractor) {
                    continue;
                }
                let figures = of_result.query_map([row], |row| figure(row, &names))?;
                result.figures = figures.collect::<Result<_>>()?;
                if !has_one || !result.figures.is_empty() {
                    run.results.push(result);
                }
            }
            if !is_filtered || !run.results.is_empty() {
                runs.push(run);
            }
        }
        Ok(runs)
    }

    fn names(&self) -> Result<FxHashMap<i64, String>> {
        let mut statement = self.connection.prepare("SELECT id, name FROM names")?;
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }
}

fn head(row: &Row<'_>) -> Result<(i64, RecordedRun)> {
    let source: String = row.get(2)?;
    let source = RunSource::ALL.into_iter().find(|known| known.name() == source).ok_or_else(|| {
        rusqlite::Error::InvalidParameterName(format!("a run has the source {source:?}, which is unknown"))
    })?;
    let run = RecordedRun {
        run: row.get(1)?,
        source,
        started: row.get(3)?,
        ended: row.get(4)?,
        karat: row.get(5)?,
        commit: row.get(6)?,
        branch: row.get(7)?,
        dirty: row.get(8)?,
        profile: row.get(9)?,
        gap: row.get(10)?,
        configuration_sha256: row.get(11)?,
        manifest_sha256: row.get(12)?,
        results: Vec::new(),
    };
    Ok((row.get(0)?, run))
}

fn result(row: &Row<'_>) -> Result<(i64, RecordedResult)> {
    let count =
        |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.unwrap_or(0).unsigned_abs());
    let has_statuses = row.get::<_, Option<i64>>(3)?.is_some();
    let statuses = Statuses {
        documents: count(3)?,
        ok: count(4)?,
        failed: count(5)?,
        timed_out: count(6)?,
        skipped: count(7)?,
        missing: count(8)?,
    };
    let result = RecordedResult {
        dataset: row.get(1)?,
        extractor: row.get(2)?,
        statuses: has_statuses.then_some(statuses),
        documents: row.get(9)?,
        golden: row.get(10)?,
        figures: Vec::new(),
    };
    Ok((row.get(0)?, result))
}

fn figure(row: &Row<'_>, names: &FxHashMap<i64, String>) -> Result<RecordedFigure> {
    let name = |id: i64| names.get(&id).cloned().unwrap_or_default();
    let count = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(column)?.map(i64::unsigned_abs));
    let label: i64 = row.get(1)?;
    Ok(RecordedFigure {
        metric: name(row.get(0)?),
        label: (label != 0).then(|| name(label)),
        value: row.get(2)?,
        low: row.get(3)?,
        high: row.get(4)?,
        gold: count(5)?,
        documents: count(6)?,
        answered: count(7)?,
        signature: row.get::<_, Option<i64>>(8)?.map(name),
        headline: row.get(9)?,
    })
}
