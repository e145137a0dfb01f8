//! The suite on PostgreSQL, and what only a server has.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use dogwatch_adapters::store::SqlStore;
use dogwatch_model::ports::store::{Store as _, StoreError};

use super::CASES;
use super::server::{Case, PASSWORD, Server};
use super::stand::entry;

/// Longer than any case takes; a deadlock ends here.
const CASE_WITHIN: Duration = Duration::from_mins(2);

#[test]
fn postgres_keeps_the_contract() {
    let server = Server::start();
    let mut failed = Vec::new();
    for (number, (name, case)) in CASES.iter().enumerate() {
        if catch_unwind(AssertUnwindSafe(|| run(&server, number, *case))).is_err() {
            failed.push(*name);
        }
    }
    assert!(failed.is_empty(), "failed on PostgreSQL: {failed:?}");
    println!("{} cases passed on PostgreSQL", CASES.len());
}

fn run(server: &Server, number: usize, case: Case) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let place = server.database(&format!("case_{number}")).await;
        tokio::time::timeout(CASE_WITHIN, case(&place))
            .await
            .unwrap();
    });
}

#[test]
fn postgres_refusals_are_sentences_without_the_password() {
    let server = Server::start();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        unusable_addresses(&server).await;
        read_only_and_gone(&server).await;
    });
}

fn said(error: &StoreError) -> String {
    let text = format!("{error} {error:?}");
    assert!(!text.contains(PASSWORD), "{text}");
    error.to_string()
}

async fn unusable_addresses(server: &Server) {
    let url = server.url("postgres");
    let port = server.port();
    let wrong = url.replace(PASSWORD, &format!("not-{PASSWORD}"));
    let missing = url.replace("/postgres?", "/missing?");
    // The server has no TLS: an address that asks for verified TLS does not fall back.
    let verified = url.replace("sslmode=disable", "sslmode=verify-full");
    for (url, database) in [
        (wrong, "postgres"),
        (missing, "missing"),
        (verified, "postgres"),
    ] {
        let error = SqlStore::open(&url).await.unwrap_err();
        assert!(matches!(error, StoreError::Failed { .. }), "{error:?}");
        let place = format!("postgres://127.0.0.1:{port}/{database}");
        let sentence = format!("the store {place} refused the connection or a statement");
        assert_eq!(said(&error), sentence);
    }
}

async fn read_only_and_gone(server: &Server) {
    let place = server.database("read_only").await;
    let store = place.open().await;
    let shown = format!("{store:?}");
    assert!(
        !shown.contains(PASSWORD) && shown.contains("127.0.0.1"),
        "{shown}"
    );
    store.append(entry(0, "one")).await.unwrap();
    let sql = "ALTER DATABASE read_only SET default_transaction_read_only = on";
    place.tamper(sql).await.unwrap();
    store.close().await;
    let closed = store.append(entry(0, "two")).await.unwrap_err();
    assert!(closed.is_retryable(), "{closed:?}");
    let error = SqlStore::open(&place.url()).await.unwrap_err();
    assert!(matches!(error, StoreError::NotWritable { .. }), "{error:?}");
    assert!(error.to_string().contains("cannot be written"), "{error}");
}
