//! A database that a case has to itself.

use dogwatch_adapters::store::SqlStore;
use dogwatch_model::ports::store::Store as _;
use dogwatch_model::record::Record;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

/// Where a case keeps its store, and how to reach behind the store's back.
pub(crate) enum Place {
    Sqlite { folder: TempDir },
    Postgres { url: String },
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::new().unwrap();
        Self::Sqlite { folder }
    }

    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Sqlite { folder } => format!("sqlite:{}/state/store", folder.path().display()),
            Self::Postgres { url } => url.clone(),
        }
    }

    /// Another store on the same database, as another process would have it.
    pub(crate) async fn open(&self) -> SqlStore {
        SqlStore::open(&self.url()).await.unwrap()
    }

    /// Runs SQL as somebody who has the database but not our rules.
    pub(crate) async fn tamper(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite { .. } => {
                let mut connection = SqliteConnection::connect(&self.url()).await?;
                sqlx::raw_sql(sql).execute(&mut connection).await?;
                connection.close().await
            }
            Self::Postgres { url } => {
                let mut connection = PgConnection::connect(url).await?;
                sqlx::raw_sql(sql).execute(&mut connection).await?;
                connection.close().await
            }
        }
    }

    /// Removes what protects the table of records.
    pub(crate) async fn drop_triggers(&self) {
        let sql = if self.is_postgres() {
            "DROP TRIGGER records_are_never_changed ON records"
        } else {
            "DROP TRIGGER records_are_never_changed; DROP TRIGGER records_are_never_deleted"
        };
        self.tamper(sql).await.unwrap();
    }
}

/// The whole chain.
pub(crate) async fn all_records(store: &SqlStore) -> Vec<Record> {
    store.records(0, u32::MAX).await.unwrap()
}
