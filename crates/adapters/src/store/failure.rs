//! What an error of the database means for the caller.

use dogwatch_model::ports::store::StoreError;
use sqlx::error::DatabaseError;

/// What kind of trouble it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    Unavailable,
    NotWritable,
    Corrupt,
    Other,
}

/// Turns an error into the store's own. `place` is the address without credentials.
pub(super) fn failure(place: &str, error: sqlx::Error) -> StoreError {
    let place = place.to_owned();
    let trouble = trouble(&error);
    let source = Box::new(error);
    match trouble {
        Trouble::Unavailable => StoreError::Unavailable { place, source },
        Trouble::NotWritable => StoreError::NotWritable { place, source },
        Trouble::Corrupt => StoreError::Corrupt {
            what: format!("what {place} holds ({source})"),
        },
        Trouble::Other => StoreError::Failed { place, source },
    }
}

fn trouble(error: &sqlx::Error) -> Trouble {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Trouble::Unavailable,
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Trouble::Corrupt,
        sqlx::Error::Database(refusal) => of_database(refusal.as_ref()),
        // A library's enum that may grow: what has no name here is not worth a retry.
        _ => Trouble::Other,
    }
}

fn of_database(refusal: &dyn DatabaseError) -> Trouble {
    let code = refusal.code().unwrap_or_default();
    match code.parse::<u32>() {
        Ok(number) if code.len() < 5 => sqlite(number),
        Ok(_) | Err(_) => postgres(&code),
    }
}

/// The primary result code is the low byte of the extended one.
fn sqlite(code: u32) -> Trouble {
    match code & 0xff {
        // BUSY, LOCKED, INTERRUPT, PROTOCOL
        5 | 6 | 9 | 15 => Trouble::Unavailable,
        // PERM, READONLY, IOERR, FULL, CANTOPEN, AUTH
        3 | 8 | 10 | 13 | 14 | 23 => Trouble::NotWritable,
        // CORRUPT, NOTADB
        11 | 26 => Trouble::Corrupt,
        _ => Trouble::Other,
    }
}

/// The first two letters are the class of the condition.
fn postgres(code: &str) -> Trouble {
    match code {
        // Read-only transaction; insufficient privilege; disk full.
        "25006" | "42501" | "53100" => Trouble::NotWritable,
        // Serialization failure, deadlock, lock not available, query cancelled by a timeout.
        "40001" | "40P01" | "55P03" | "57014" => Trouble::Unavailable,
        // Data corrupted, index corrupted.
        "XX001" | "XX002" => Trouble::Corrupt,
        _ => match code.get(..2) {
            // Connection, resources, operator intervention.
            Some("08" | "53" | "57") => Trouble::Unavailable,
            Some(_) | None => Trouble::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_by_what_the_caller_can_do() {
        // 261 is SQLITE_BUSY_RECOVERY, 1032 SQLITE_READONLY_DBMOVED.
        for (code, expected) in [
            (5, Trouble::Unavailable),
            (261, Trouble::Unavailable),
            (8, Trouble::NotWritable),
            (1032, Trouble::NotWritable),
            (26, Trouble::Corrupt),
            (19, Trouble::Other),
        ] {
            assert_eq!(sqlite(code), expected, "{code}");
        }
        for (code, expected) in [
            ("25006", Trouble::NotWritable),
            ("57P01", Trouble::Unavailable),
            ("08006", Trouble::Unavailable),
            ("53300", Trouble::Unavailable),
            ("53100", Trouble::NotWritable),
            ("28P01", Trouble::Other),
            ("", Trouble::Other),
        ] {
            assert_eq!(postgres(code), expected, "{code}");
        }
    }

    #[test]
    fn only_an_absent_database_is_worth_a_retry() {
        assert!(failure("x", sqlx::Error::PoolTimedOut).is_retryable());
        assert!(!failure("x", sqlx::Error::RowNotFound).is_retryable());
    }
}
