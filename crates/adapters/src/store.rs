//! The durable store on SQLite or PostgreSQL: one implementation, one set of statements.
//!
//! Every change runs in a transaction that first takes the one write lock of the database, so what
//! it checks still holds when it commits, and the audit chain grows one record at a time.

mod address;
mod approvals;
mod audit;
mod executions;
mod failure;
mod incidents;
mod installation;
mod key;
mod limits;
mod open;
mod pauses;
mod plans;
mod port;
mod rechecks;
mod schema;
mod sql;
mod steps;

use core::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use dogwatch_model::ports::store::StoreError;
use sqlx::{Postgres, Sqlite, pool::Pool};

use address::Address;
use sql::Tx;

pub use key::{CheckpointKey, KeyError, verify_checkpoint};

/// A store that is open. Its address is shown without user and password.
pub struct SqlStore {
    pools: Pools,
    place: Arc<str>,
    key_path: Option<PathBuf>,
}

/// The connections. SQLite has one writer at a time anyway, so one connection writes.
enum Pools {
    Sqlite {
        writer: Pool<Sqlite>,
        reader: Pool<Sqlite>,
    },
    Postgres(Pool<Postgres>),
}

impl SqlStore {
    /// Opens `sqlite:/path/to/file` or `postgres://user:password@host/database`, and creates or
    /// updates its tables. A new SQLite file has mode 0600, a new folder for it 0700.
    ///
    /// With PostgreSQL the server's certificate is verified when the address says
    /// `sslmode=verify-full` (or `verify-ca`); what the address leaves out comes from the usual
    /// `PG...` variables.
    ///
    /// # Errors
    /// The address is none, the database does not answer or cannot be written, or its tables are
    /// those of a newer Dogwatch.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let address = Address::parse(url)?;
        let place: Arc<str> = Arc::from(address.place());
        let key_path = address.key_path();
        let pools = open::connect(address, &place).await?;
        let store = Self {
            pools,
            place,
            key_path,
        };
        let mut tx = store.write().await?;
        schema::migrate(&mut tx).await?;
        tx.commit().await?;
        Ok(store)
    }

    /// Closes all connections.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, reader } => {
                reader.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }

    /// Where the key for checkpoints belongs: beside the SQLite file. PostgreSQL has no such place.
    pub fn key_path(&self) -> Option<PathBuf> {
        self.key_path.clone()
    }

    fn backend(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } => "SQLite",
            Pools::Postgres(_) => "PostgreSQL",
        }
    }

    async fn read(&self) -> Result<Tx, StoreError> {
        match &self.pools {
            Pools::Sqlite { reader, .. } => Tx::sqlite_read(reader, &self.place).await,
            Pools::Postgres(pool) => Tx::postgres_read(pool, &self.place).await,
        }
    }

    async fn write(&self) -> Result<Tx, StoreError> {
        match &self.pools {
            Pools::Sqlite { writer, .. } => Tx::sqlite_write(writer, &self.place).await,
            Pools::Postgres(pool) => Tx::postgres_write(pool, &self.place).await,
        }
    }
}

impl fmt::Debug for SqlStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqlStore").field(&self.place).finish()
    }
}
