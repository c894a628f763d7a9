//! Adds runs to the database, and deletes them.

use rusqlite::{Connection, OptionalExtension, Result, Statement, Transaction, TransactionBehavior, params};
use rustc_hash::FxHashMap;

use super::database::History;
use crate::error::Diagnostic;
use crate::history::{RecordedFigure, RecordedResult, RecordedRun, Statuses};

/// What adding a record changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// The history has the run, or results of it, now.
    New,
    /// The history already had everything.
    Known,
    /// The history has a run of this id with other content, which was left as it is.
    Differs,
}

/// What was deleted, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    /// The ids of the runs, the newest first.
    pub runs: Vec<String>,
    /// The number of runs that remain.
    pub kept: usize,
}

impl History {
    /// Records a run, and replaces an earlier record of the same run.
    pub(super) fn replace(&mut self, run: &RecordedRun) -> Result<()> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        delete(&transaction, &run.run)?;
        Inserter::new(&transaction)?.run(run)?;
        transaction.commit()
    }

    /// Adds runs of which the history may already have some, all or none, in one transaction.
    /// Results that the history has are left as they are. `is_partial` is set if a record need not
    /// have all results of its run, so that results are added to a known run.
    ///
    /// # Errors
    /// Fails if the history cannot be written; it is then unchanged.
    pub fn add(&mut self, runs: &[RecordedRun], is_partial: bool) -> std::result::Result<Vec<Added>, Diagnostic> {
        let known: FxHashMap<String, RecordedRun> = runs
            .iter()
            .filter_map(|run| self.run(&run.run).transpose())
            .map(|run| run.map(|run| (run.run.clone(), run)))
            .collect::<std::result::Result<_, _>>()?;
        self.add_unknown(runs, &known, is_partial).map_err(|error| self.diagnostic(&error))
    }

    fn add_unknown(
        &mut self,
        runs: &[RecordedRun],
        known: &FxHashMap<String, RecordedRun>,
        is_partial: bool,
    ) -> Result<Vec<Added>> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut inserter = Inserter::new(&transaction)?;
        let mut added = Vec::new();
        for run in runs {
            let Some(known) = known.get(&run.run) else {
                inserter.run(run)?;
                added.push(Added::New);
                continue;
            };
            if !is_partial {
                added.push(if known == run { Added::Known } else { Added::Differs });
                continue;
            }
            let has = |result: &RecordedResult| {
                let key = (&result.dataset, &result.extractor);
                known.results.iter().any(|known| (&known.dataset, &known.extractor) == key)
            };
            let row = row_of(&transaction, &run.run)?;
            let mut is_new = false;
            for result in run.results.iter().filter(|result| !has(result)) {
                if let Some(row) = row {
                    inserter.result(row, result)?;
                    is_new = true;
                }
            }
            added.push(if is_new { Added::New } else { Added::Known });
        }
        drop(inserter);
        transaction.commit()?;
        Ok(added)
    }

    /// Deletes the runs that `is_kept` rejects, given the place of a run from the newest on and its
    /// time. Only lists them if `is_trial` is set.
    ///
    /// # Errors
    /// Fails if the history cannot be written; it is then unchanged.
    pub fn prune(
        &mut self,
        is_kept: impl Fn(usize, &str) -> bool,
        is_trial: bool,
    ) -> std::result::Result<Pruned, Diagnostic> {
        self.delete_runs(is_kept, is_trial).map_err(|error| self.diagnostic(&error))
    }

    fn delete_runs(&mut self, is_kept: impl Fn(usize, &str) -> bool, is_trial: bool) -> Result<Pruned> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut pruned = Pruned::default();
        {
            let mut statement = transaction.prepare("SELECT run, started FROM runs ORDER BY started DESC, run DESC")?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
            for (at, row) in rows.enumerate() {
                let (run, started) = row?;
                if is_kept(at, &started) { pruned.kept += 1 } else { pruned.runs.push(run) }
            }
        }
        if is_trial || pruned.runs.is_empty() {
            return Ok(pruned);
        }
        pruned.runs.iter().try_for_each(|run| delete(&transaction, run))?;
        transaction.execute_batch(
            "DELETE FROM names WHERE id NOT IN (SELECT metric FROM figures UNION SELECT label FROM figures
             UNION SELECT signature FROM figures WHERE signature IS NOT NULL)",
        )?;
        transaction.commit()?;
        // The file keeps its size otherwise. Without it nothing is lost, so that an error is
        // ignored.
        let _ = self.connection.execute_batch("VACUUM");
        Ok(pruned)
    }
}

fn row_of(connection: &Connection, run: &str) -> Result<Option<i64>> {
    connection.query_row("SELECT id FROM runs WHERE run = ?1", [run], |row| row.get(0)).optional()
}

fn delete(transaction: &Transaction<'_>, run: &str) -> Result<()> {
    let Some(row) = row_of(transaction, run)? else { return Ok(()) };
    transaction.execute("DELETE FROM figures WHERE result IN (SELECT id FROM results WHERE run = ?1)", [row])?;
    transaction.execute("DELETE FROM results WHERE run = ?1", [row])?;
    transaction.execute("DELETE FROM runs WHERE id = ?1", [row])?;
    Ok(())
}

/// Inserts records, with statements that are prepared once.
struct Inserter<'t> {
    transaction: &'t Transaction<'t>,
    figure: Statement<'t>,
    add_name: Statement<'t>,
    find_name: Statement<'t>,
    /// The numbers of the names that were needed so far.
    names: FxHashMap<String, i64>,
}

impl<'t> Inserter<'t> {
    fn new(transaction: &'t Transaction<'t>) -> Result<Self> {
        Ok(Self {
            transaction,
            figure: transaction.prepare(
                "INSERT INTO figures (result, metric, label, position, value, low, high, gold, documents, answered,
                 signature, headline) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            )?,
            add_name: transaction.prepare("INSERT OR IGNORE INTO names (name) VALUES (?1)")?,
            find_name: transaction.prepare("SELECT id FROM names WHERE name = ?1")?,
            names: FxHashMap::default(),
        })
    }

    fn run(&mut self, run: &RecordedRun) -> Result<()> {
        self.transaction.execute(
            "INSERT INTO runs (run, source, started, ended, karat, git_commit, branch, dirty, profile, gap,
             configuration_sha256, manifest_sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                run.run,
                run.source.name(),
                run.started,
                run.ended,
                run.karat,
                run.commit,
                run.branch,
                run.dirty,
                run.profile,
                run.gap,
                run.configuration_sha256,
                run.manifest_sha256
            ],
        )?;
        let row = self.transaction.last_insert_rowid();
        run.results.iter().try_for_each(|result| self.result(row, result))
    }

    fn result(&mut self, run: i64, result: &RecordedResult) -> Result<()> {
        let counts = |of: fn(&Statuses) -> u64| result.statuses.as_ref().map(of).map(signed);
        self.transaction.execute(
            "INSERT INTO results (run, dataset, extractor, documents, ok, failed, timed_out, skipped, missing,
             documents_state, golden_state) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                run,
                result.dataset,
                result.extractor,
                counts(|statuses| statuses.documents),
                counts(|statuses| statuses.ok),
                counts(|statuses| statuses.failed),
                counts(|statuses| statuses.timed_out),
                counts(|statuses| statuses.skipped),
                counts(|statuses| statuses.missing),
                result.documents,
                result.golden
            ],
        )?;
        let row = self.transaction.last_insert_rowid();
        (0_i64..).zip(&result.figures).try_for_each(|(position, figure)| self.figure(row, position, figure))
    }

    fn figure(&mut self, result: i64, position: i64, figure: &RecordedFigure) -> Result<()> {
        let metric = self.name(&figure.metric)?;
        let label = figure.label.as_deref().map_or(Ok(0), |label| self.name(label))?;
        let signature = figure.signature.as_deref().map(|signature| self.name(signature)).transpose()?;
        self.figure.execute(params![
            result,
            metric,
            label,
            position,
            figure.value,
            figure.low,
            figure.high,
            figure.gold.map(signed),
            figure.documents.map(signed),
            figure.answered.map(signed),
            signature,
            figure.headline
        ])?;
        Ok(())
    }

    /// Returns the number of a name, and adds the name if the database lacks it.
    fn name(&mut self, name: &str) -> Result<i64> {
        if let Some(id) = self.names.get(name) {
            return Ok(*id);
        }
        self.add_name.execute([name])?;
        let id = self.find_name.query_row([name], |row| row.get::<_, i64>(0))?;
        self.names.insert(name.to_owned(), id);
        Ok(id)
    }
}

/// Converts a count for SQLite, whose integers have a sign. No corpus reaches the limit.
fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
