//! Opens the connections.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::time::Duration;

use dogwatch_model::ports::store::StoreError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Pool, Sqlite};

use super::{Pools, address::Address, failure::failure};

/// How long a writer waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a caller waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);

/// Readers of a SQLite file at the same time.
const SQLITE_READERS: u32 = 4;

/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 8;

/// How often, and how long apart, a new file is asked to keep a write-ahead log. SQLite does not
/// wait for other processes there.
const WAL_ATTEMPTS: u32 = 50;
const WAL_PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn connect(address: Address, place: &str) -> Result<Pools, StoreError> {
    match address {
        Address::Sqlite(path) => sqlite(&path, place).await,
        Address::Postgres(options) => postgres(*options, place).await,
    }
}

async fn sqlite(path: &Path, place: &str) -> Result<Pools, StoreError> {
    prepare_file(path).map_err(|source| StoreError::NotWritable {
        place: place.to_owned(),
        source: Box::new(source),
    })?;
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .foreign_keys(true)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .disable_statement_logging();
    let writer = writer(options.clone().journal_mode(SqliteJournalMode::Wal), place).await?;
    let reader = SqlitePoolOptions::new()
        .max_connections(SQLITE_READERS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy_with(options.pragma("query_only", "on"));
    Ok(Pools::Sqlite { writer, reader })
}

async fn writer(options: SqliteConnectOptions, place: &str) -> Result<Pool<Sqlite>, StoreError> {
    let mut attempt = 1;
    loop {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .connect_with(options.clone());
        match pool.await.map_err(|error| failure(place, error)) {
            Err(error) if error.is_retryable() && attempt < WAL_ATTEMPTS => {
                attempt += 1;
                tokio::time::sleep(WAL_PAUSE).await;
            }
            answer => return answer,
        }
    }
}

/// Creates folder and file with rights for their owner only; SQLite gives its other files the
/// rights of this one.
fn prepare_file(path: &Path) -> io::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600);
    options.open(path).map(drop)
}

async fn postgres(options: PgConnectOptions, place: &str) -> Result<Pools, StoreError> {
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_with(
            options
                .application_name("dogwatch")
                .disable_statement_logging(),
        );
    let pool = pool.await.map_err(|error| failure(place, error))?;
    Ok(Pools::Postgres(pool))
}
