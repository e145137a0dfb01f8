//! Waits for the first change of a kind with a watch of the API server.

use core::time::Duration;

use dogwatch_model::{Kind, ports::ListQuery};
use futures::{StreamExt as _, stream::FuturesUnordered};
use serde::Deserialize;

use super::{exchange::Exchange, items::MAX_ITEM_BYTES, request};

/// Largest page with one object.
const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct Page {
    metadata: PageMeta,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageMeta {
    resource_version: String,
}

/// The beginning of an event; the object is not looked at.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    what: String,
}

/// True as soon as an object of one of the kinds changes; false when none did in time, or no watch
/// is possible.
pub(super) async fn changed(
    exchange: &Exchange,
    kinds: &[Kind],
    namespace: Option<&str>,
    at_most: Duration,
) -> bool {
    let watches = kinds.iter().map(|kind| {
        let query = match namespace {
            Some(namespace) => ListQuery::in_namespace(*kind, namespace),
            None => ListQuery::all(*kind),
        };
        one(exchange, query, at_most)
    });
    let mut watches: FuturesUnordered<_> = watches.collect();
    while let Some(has_changed) = watches.next().await {
        if has_changed == Some(true) {
            return true;
        }
    }
    false
}

/// Watches one kind from now on; `None` when the server does not let us.
async fn one(exchange: &Exchange, query: ListQuery, at_most: Duration) -> Option<bool> {
    if !request::can_exist(&query) {
        return None;
    }
    let page = exchange.send(&request::version(&query)).await.ok()?;
    let page = page.collect(MAX_PAGE_BYTES).await.ok()?;
    let page: Page = serde_json::from_slice(&page).ok()?;
    let call = request::watch(&query, &page.metadata.resource_version, at_most);
    let mut events = exchange.send(&call).await.ok()?;
    events.lasts(at_most);
    let mut line = Vec::new();
    while let Some(piece) = events.next().await.ok()? {
        for byte in piece {
            if *byte == b'\n' {
                match is_change(&line) {
                    Some(false) => line.clear(),
                    answer => return answer,
                }
            } else if line.len() < MAX_ITEM_BYTES {
                line.push(*byte);
            }
        }
    }
    Some(false)
}

/// A bookmark is no change; an error, such as that of a version that is gone, ends the watch.
fn is_change(line: &[u8]) -> Option<bool> {
    let event: Event = serde_json::from_slice(line).ok()?;
    match event.what.as_str() {
        "ADDED" | "MODIFIED" | "DELETED" => Some(true),
        "BOOKMARK" => Some(false),
        _ => None,
    }
}
