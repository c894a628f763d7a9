//! The tables of the database, and the steps from one version of them to the next.
//!
//! A step is never changed once a version of karat has it; another one is appended. The version is
//! SQLite's `user_version`, the number of steps that were applied. All missing steps are applied in
//! one transaction, so that a database has the tables of exactly one version.

use rusqlite::{Connection, Result, TransactionBehavior};

/// Marks the database as karat's, so that no other program's database is ever changed: "kara".
const APPLICATION_ID: i64 = 0x6b61_7261;

/// The steps from an empty database to the current version.
pub(super) const STEPS: &[&str] = &[
    // 1. Names of metrics and labels, and signatures, are long and repeat in every run, so that
    // figures refer to them by number. A label of 0 is the whole layer.
    "CREATE TABLE runs (
        id INTEGER PRIMARY KEY,
        run TEXT NOT NULL UNIQUE,
        source TEXT NOT NULL,
        started TEXT NOT NULL,
        ended TEXT,
        karat TEXT,
        git_commit TEXT,
        branch TEXT,
        dirty INTEGER,
        profile TEXT,
        gap TEXT,
        configuration_sha256 TEXT,
        manifest_sha256 TEXT
    );
    CREATE TABLE results (
        id INTEGER PRIMARY KEY,
        run INTEGER NOT NULL REFERENCES runs (id),
        dataset TEXT NOT NULL,
        extractor TEXT NOT NULL,
        documents INTEGER,
        ok INTEGER,
        failed INTEGER,
        timed_out INTEGER,
        skipped INTEGER,
        missing INTEGER,
        documents_state TEXT,
        golden_state TEXT,
        UNIQUE (run, dataset, extractor)
    );
    CREATE TABLE names (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE
    );
    CREATE TABLE figures (
        result INTEGER NOT NULL REFERENCES results (id),
        metric INTEGER NOT NULL REFERENCES names (id),
        label INTEGER NOT NULL,
        position INTEGER NOT NULL,
        value REAL,
        low REAL,
        high REAL,
        gold INTEGER,
        documents INTEGER,
        answered INTEGER,
        signature INTEGER REFERENCES names (id),
        headline INTEGER NOT NULL,
        PRIMARY KEY (result, metric, label)
    ) WITHOUT ROWID;",
    // 2. Every command reads runs in the order of time.
    "CREATE INDEX runs_by_time ON runs (started, run);",
];

/// What keeps a database from being used, although SQLite can read it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// A newer version of karat wrote it.
    Newer(i64),
    /// Another program wrote it.
    Foreign,
}

/// Returns the version of the tables; 0 for an empty database.
fn version(connection: &Connection) -> Result<std::result::Result<i64, Refusal>> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
    let is_empty = tables == 0 && version == 0;
    Ok(if is_empty || application == APPLICATION_ID { Ok(version) } else { Err(Refusal::Foreign) })
}

/// Applies the steps that a database lacks.
pub(super) fn migrate(connection: &mut Connection, steps: &[&str]) -> Result<std::result::Result<(), Refusal>> {
    let current = steps.len() as i64;
    // A database that needs nothing is only read, so that reading waits for no writer.
    match version(connection)? {
        Ok(version) if version == current => return Ok(Ok(())),
        Ok(version) if version > current => return Ok(Err(Refusal::Newer(version))),
        Err(refusal) => return Ok(Err(refusal)),
        Ok(_) => {}
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have applied the steps in the meantime.
    let version = match version(&transaction)? {
        Ok(version) if version > current => return Ok(Err(Refusal::Newer(version))),
        Ok(version) => version,
        Err(refusal) => return Ok(Err(refusal)),
    };
    for step in steps.iter().skip(usize::try_from(version).unwrap_or_default()) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", current)?;
    transaction.commit()?;
    Ok(Ok(()))
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{Refusal, STEPS, migrate};

    fn version(connection: &Connection) -> i64 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn missing_steps_are_applied_once_and_in_order() {
        let mut connection = Connection::open_in_memory().unwrap();
        let steps = ["CREATE TABLE a (x)", "INSERT INTO a VALUES (1)", "ALTER TABLE a ADD COLUMN y DEFAULT 2"];
        assert_eq!(migrate(&mut connection, &steps[..2]).unwrap(), Ok(()));
        assert_eq!(version(&connection), 2);
        for _ in 0..2 {
            assert_eq!(migrate(&mut connection, &steps).unwrap(), Ok(()));
            assert_eq!(version(&connection), 3);
            let row = connection.query_row("SELECT count(*), x, y FROM a", [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
            });
            assert_eq!(row.unwrap(), (1, 1, 2));
        }
        assert_eq!(migrate(&mut connection, &steps[..2]).unwrap(), Err(Refusal::Newer(3)));
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert_eq!(migrate(&mut connection, &STEPS[..1]).unwrap(), Ok(()));
        let steps = [STEPS[0], "CREATE TABLE more (x)", "INSERT INTO absent VALUES (1)"];
        assert!(migrate(&mut connection, &steps).unwrap_err().to_string().contains("no such table: absent"));
        assert_eq!(version(&connection), 1);
        assert!(connection.query_row("SELECT count(*) FROM more", [], |row| row.get::<_, i64>(0)).is_err());
    }

    #[test]
    fn a_database_of_another_program_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
        assert_eq!(migrate(&mut connection, STEPS).unwrap(), Err(Refusal::Foreign));
        connection.execute_batch("PRAGMA user_version = 1").unwrap();
        assert_eq!(migrate(&mut connection, STEPS).unwrap(), Err(Refusal::Foreign));
    }
}
