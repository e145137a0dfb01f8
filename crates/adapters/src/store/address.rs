//! The address of a store: what it names, and how it is shown.

use std::path::PathBuf;

use dogwatch_model::ports::store::StoreError;
use sqlx::postgres::PgConnectOptions;

/// Where a store is. Holds a password, so it is never printed.
pub(super) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return sqlite(path.strip_prefix("//").unwrap_or(path));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The parser's own message may quote the address, so it is dropped.
            return match url.parse::<PgConnectOptions>() {
                Ok(options) => Ok(Self::Postgres(Box::new(options))),
                Err(_) => Err(refused("the PostgreSQL address of the store is malformed")),
            };
        }
        Err(refused("the address of the store names no known database"))
    }

    /// The address without user, password and parameters.
    pub(super) fn place(&self) -> String {
        match self {
            Self::Sqlite(path) => format!("sqlite:{}", path.display()),
            Self::Postgres(options) => {
                let database = options.get_database().unwrap_or_default();
                let (host, port) = (options.get_host(), options.get_port());
                format!("postgres://{host}:{port}/{database}")
            }
        }
    }

    pub(super) fn key_path(&self) -> Option<PathBuf> {
        match self {
            Self::Sqlite(path) => {
                let mut name = path.clone().into_os_string();
                name.push(".key");
                Some(PathBuf::from(name))
            }
            Self::Postgres(_) => None,
        }
    }
}

fn sqlite(path: &str) -> Result<Address, StoreError> {
    // A store in memory would forget what was approved and done.
    if path.is_empty() || path.starts_with(':') {
        return Err(refused("the address of the store names no file"));
    }
    Ok(Address::Sqlite(PathBuf::from(path)))
}

fn refused(reason: &str) -> StoreError {
    StoreError::Address {
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_credentials() {
        for (url, shown) in [
            (
                "sqlite:/var/lib/dogwatch/store",
                "sqlite:/var/lib/dogwatch/store",
            ),
            (
                "sqlite:///var/lib/dogwatch/store",
                "sqlite:/var/lib/dogwatch/store",
            ),
            (
                "postgres://bob:hunter2@db:5433/ops?sslmode=verify-full",
                "postgres://db:5433/ops",
            ),
            (
                "postgresql://db:5433/ops?user=bob&password=hunter2",
                "postgres://db:5433/ops",
            ),
        ] {
            assert_eq!(
                Address::parse(url)
                    .unwrap_or_else(|_| unreachable!("{url}"))
                    .place(),
                shown
            );
        }
    }

    #[test]
    fn what_names_no_store_is_refused_without_showing_it() {
        for url in [
            "sqlite:",
            "sqlite::memory:",
            "mysql://bob:hunter2@db/ops",
            "postgres://bob:hunter2@db:not-a-port/ops",
            "postgres://bob:hunter2@db/ops?sslmode=hunter2",
        ] {
            let Err(error) = Address::parse(url) else {
                panic!("{url} was taken");
            };
            let text = format!("{error} {error:?}");
            assert!(!text.contains("hunter2"), "{text}");
        }
    }
}
