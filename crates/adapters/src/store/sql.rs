//! One way to run a statement on both databases.
//!
//! Statements are static text with `$1`, `$2`; all columns are BIGINT or TEXT. Times are
//! microseconds since 1970.

use std::sync::Arc;

use dogwatch_model::ports::store::StoreError;
use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::query::Query;
use sqlx::sqlite::SqliteRow;
use sqlx::{Database, Encode, Pool, Postgres, Row as _, Sqlite, Transaction, Type};

use super::failure::failure;

/// Holds all writers of one database apart until the transaction ends. A reader of the state that
/// follows sees everything that was committed before, because each statement has its own snapshot.
const POSTGRES_LOCK: &str = "SET LOCAL lock_timeout = '15s'; SET LOCAL statement_timeout = '30s'; \
                             SELECT pg_advisory_xact_lock(7237116888641463144)";

/// A value that is bound to a statement.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    Int(i64),
    Text(String),
    MaybeText(Option<String>),
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Int(i64::from(number))
    }
}

impl From<u64> for Cell {
    /// Numbers beyond the column count as its largest one; the store itself makes none of them.
    fn from(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Timestamp> for Cell {
    fn from(at: Timestamp) -> Self {
        Self::Int(at.as_microsecond())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<char> for Cell {
    fn from(letter: char) -> Self {
        Self::Text(letter.to_string())
    }
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Self {
        Self::MaybeText(text.map(str::to_owned))
    }
}

/// A transaction. Dropped without [`Tx::commit`], it changes nothing.
pub(super) struct Tx {
    inner: Inner,
    place: Arc<str>,
}

enum Inner {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(super) async fn sqlite_read(
        pool: &Pool<Sqlite>,
        place: &Arc<str>,
    ) -> Result<Self, StoreError> {
        let begun = pool.begin().await;
        Self::begun(begun.map(Inner::Sqlite), place)
    }

    /// Takes the write lock at once: a transaction that reads first cannot wait for it later.
    pub(super) async fn sqlite_write(
        pool: &Pool<Sqlite>,
        place: &Arc<str>,
    ) -> Result<Self, StoreError> {
        let begun = pool.begin_with("BEGIN IMMEDIATE").await;
        Self::begun(begun.map(Inner::Sqlite), place)
    }

    pub(super) async fn postgres_read(
        pool: &Pool<Postgres>,
        place: &Arc<str>,
    ) -> Result<Self, StoreError> {
        let sql = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        let begun = pool.begin_with(sql).await;
        Self::begun(begun.map(Inner::Postgres), place)
    }

    pub(super) async fn postgres_write(
        pool: &Pool<Postgres>,
        place: &Arc<str>,
    ) -> Result<Self, StoreError> {
        let begun = pool
            .begin_with("BEGIN ISOLATION LEVEL READ COMMITTED")
            .await;
        let mut tx = Self::begun(begun.map(Inner::Postgres), place)?;
        tx.script(POSTGRES_LOCK).await?;
        Ok(tx)
    }

    fn begun(inner: sqlx::Result<Inner>, place: &Arc<str>) -> Result<Self, StoreError> {
        Ok(Self {
            inner: inner.map_err(|error| failure(place, error))?,
            place: Arc::clone(place),
        })
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        let done = match self.inner {
            Inner::Sqlite(tx) => tx.commit().await,
            Inner::Postgres(tx) => tx.commit().await,
        };
        done.map_err(|error| failure(&self.place, error))
    }

    pub(super) fn is_postgres(&self) -> bool {
        matches!(self.inner, Inner::Postgres(_))
    }

    /// Runs several statements without values.
    pub(super) async fn script(&mut self, sql: &'static str) -> Result<(), StoreError> {
        let done = match &mut self.inner {
            Inner::Sqlite(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
            Inner::Postgres(tx) => sqlx::raw_sql(sql).execute(&mut **tx).await.map(drop),
        };
        done.map_err(|error| failure(&self.place, error))
    }

    /// Runs a statement and answers how many rows it changed.
    pub(super) async fn run(
        &mut self,
        sql: &'static str,
        cells: &[Cell],
    ) -> Result<u64, StoreError> {
        debug_assert_eq!(arity(sql), cells.len(), "{sql}");
        let done = match &mut self.inner {
            Inner::Sqlite(tx) => {
                let done = bound(sqlx::query(sql), cells).execute(&mut **tx).await;
                done.map(|done| done.rows_affected())
            }
            Inner::Postgres(tx) => {
                let done = bound(sqlx::query(sql), cells).execute(&mut **tx).await;
                done.map(|done| done.rows_affected())
            }
        };
        done.map_err(|error| failure(&self.place, error))
    }

    /// Answers all rows.
    pub(super) async fn rows(
        &mut self,
        sql: &'static str,
        cells: &[Cell],
    ) -> Result<Vec<Row>, StoreError> {
        debug_assert_eq!(arity(sql), cells.len(), "{sql}");
        let rows = match &mut self.inner {
            Inner::Sqlite(tx) => {
                let rows = bound(sqlx::query(sql), cells).fetch_all(&mut **tx).await;
                rows.map(|rows| rows.into_iter().map(Row::Sqlite).collect())
            }
            Inner::Postgres(tx) => {
                let rows = bound(sqlx::query(sql), cells).fetch_all(&mut **tx).await;
                rows.map(|rows| rows.into_iter().map(Row::Postgres).collect())
            }
        };
        rows.map_err(|error| failure(&self.place, error))
    }

    /// Answers the first row.
    pub(super) async fn row(
        &mut self,
        sql: &'static str,
        cells: &[Cell],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, cells).await?.into_iter().next())
    }
}

/// The number of values that a statement takes. SQLite would take NULL for a missing one.
fn arity(sql: &str) -> usize {
    let numbers = sql.split('$').skip(1).filter_map(|rest| {
        let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
        digits.parse().ok()
    });
    numbers.max().unwrap_or(0)
}

fn bound<'q, DB: Database>(
    query: Query<'q, DB, DB::Arguments>,
    cells: &[Cell],
) -> Query<'q, DB, DB::Arguments>
where
    i64: Encode<'q, DB> + Type<DB>,
    String: Encode<'q, DB> + Type<DB>,
    Option<String>: Encode<'q, DB> + Type<DB>,
{
    cells.iter().fold(query, |query, cell| match cell {
        Cell::Int(number) => query.bind(*number),
        Cell::Text(text) => query.bind(text.clone()),
        Cell::MaybeText(text) => query.bind(text.clone()),
    })
}

/// One row of an answer.
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(super) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.maybe_int(column)?.ok_or_else(|| empty(column))
    }

    pub(super) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        let value = match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        };
        value.map_err(|error| corrupt(&error))
    }

    pub(super) fn count(&self, column: usize) -> Result<u64, StoreError> {
        u64::try_from(self.int(column)?).map_err(|error| corrupt(&error))
    }

    pub(super) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or_else(|| empty(column))
    }

    pub(super) fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        let value = match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        };
        value.map_err(|error| corrupt(&error))
    }

    pub(super) fn time(&self, column: usize) -> Result<Timestamp, StoreError> {
        Timestamp::from_microsecond(self.int(column)?).map_err(|error| corrupt(&error))
    }

    pub(super) fn maybe_time(&self, column: usize) -> Result<Option<Timestamp>, StoreError> {
        let micros = self.maybe_int(column)?;
        micros
            .map(Timestamp::from_microsecond)
            .transpose()
            .map_err(|error| corrupt(&error))
    }

    pub(super) fn letter(&self, column: usize) -> Result<char, StoreError> {
        let text = self.text(column)?;
        let mut letters = text.chars();
        match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(letter),
            (Some(_), Some(_)) | (None, _) => Err(corrupt(&format!("the letter {text:?}"))),
        }
    }

    /// A word of one of our enums.
    pub(super) fn word<T>(
        &self,
        column: usize,
        parse: fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        parse(&text).ok_or_else(|| corrupt(&format!("the word {text:?}")))
    }
}

fn empty(column: usize) -> StoreError {
    corrupt(&format!("an empty column {column}"))
}

pub(super) fn corrupt(what: &impl ToString) -> StoreError {
    StoreError::Corrupt {
        what: what.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arity_is_the_highest_number() {
        assert_eq!(arity("SELECT 1"), 0);
        assert_eq!(arity("UPDATE t SET a = $2 WHERE b = $1 AND c = $1"), 2);
        assert_eq!(
            arity("VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"),
            10
        );
    }

    #[test]
    fn the_lock_of_postgres_has_its_name() {
        let number = i64::from_be_bytes(*b"dogwatch");
        assert!(POSTGRES_LOCK.contains(&format!("({number})")), "{number}");
    }
}
