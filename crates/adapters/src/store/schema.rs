//! The tables and their versions.

use dogwatch_model::ports::store::StoreError;

use super::sql::Tx;

/// One step from a version of the tables to the next.
struct Migration {
    tables: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// All steps, oldest first. A step that was released is never changed.
const MIGRATIONS: &[Migration] = &[
    Migration {
        tables: include_str!("schema/0001.sql"),
        sqlite: include_str!("schema/0001.sqlite.sql"),
        postgres: include_str!("schema/0001.postgres.sql"),
    },
    Migration {
        tables: include_str!("schema/0002.sql"),
        sqlite: "",
        postgres: "",
    },
];

/// Brings the tables to the newest version. Runs under the write lock, so two processes that start
/// at once do it one after the other and the second finds nothing to do.
pub(super) async fn migrate(tx: &mut Tx) -> Result<(), StoreError> {
    tx.script("CREATE TABLE IF NOT EXISTS schema_versions (version BIGINT PRIMARY KEY)")
        .await?;
    let found = version(tx).await?;
    let known = u32::try_from(MIGRATIONS.len()).expect("a handful of migrations");
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for (number, migration) in (1..).zip(MIGRATIONS) {
        if number > found {
            apply(tx, number, migration).await?;
        }
    }
    Ok(())
}

async fn apply(tx: &mut Tx, number: u32, migration: &Migration) -> Result<(), StoreError> {
    let own = if tx.is_postgres() {
        migration.postgres
    } else {
        migration.sqlite
    };
    tx.script(migration.tables).await?;
    tx.script(own).await?;
    let sql = "INSERT INTO schema_versions (version) VALUES ($1)";
    tx.run(sql, &[number.into()]).await?;
    Ok(())
}

/// The version of the tables; 0 when there are none.
pub(super) async fn version(tx: &mut Tx) -> Result<u32, StoreError> {
    let row = tx
        .row("SELECT MAX(version) FROM schema_versions", &[])
        .await?;
    let newest = match row {
        Some(row) => row.maybe_int(0)?,
        None => None,
    };
    u32::try_from(newest.unwrap_or(0)).map_err(|error| super::sql::corrupt(&error))
}
