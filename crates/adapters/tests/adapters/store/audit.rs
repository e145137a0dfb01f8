//! The audit chain: one chain for all writers, and no way to change it unseen.

use std::sync::Arc;

use dogwatch_adapters::store::{CheckpointKey, verify_checkpoint};
use dogwatch_model::ports::store::{Store as _, StoreError};
use dogwatch_model::record::{Break, Checkpoint, verify_chain};
use serde_json::json;
use tempfile::TempDir;

use super::place::{Place, all_records};
use super::stand::{entry, incident, minute, with_incident};

pub(super) async fn eight_writers_make_one_chain(place: &Place) {
    // Two stores as two processes would have them, four tasks on each.
    let stores = [Arc::new(place.open().await), Arc::new(place.open().await)];
    let mut tasks = Vec::new();
    for writer in 0..8 {
        let store = Arc::clone(&stores[writer % 2]);
        tasks.push(tokio::spawn(async move {
            for number in 0..10 {
                let action = format!("writer.{writer}.{number}");
                store.append(entry(0, &action)).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let records = all_records(&stores[0]).await;
    let tip = verify_chain(&records, None).unwrap();
    assert_eq!(tip.count, 80);
    assert_eq!(stores[1].tip().await.unwrap(), tip);
    for writer in 0..8 {
        let own = format!("writer.{writer}.");
        let own: Vec<&str> = records
            .iter()
            .filter_map(|record| record.action.strip_prefix(&own))
            .collect();
        assert_eq!(own, ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    }
}

pub(super) async fn records_come_in_pages_and_by_incident(place: &Place) {
    let store = place.open().await;
    with_incident(&store, "i1").await;
    for number in 2..=5 {
        let mut other = entry(0, &format!("a.{number}"));
        if number % 2 == 0 {
            "i1".clone_into(&mut other.incident_id);
        }
        let record = store.append(other).await.unwrap();
        assert_eq!(record.seq, number);
    }
    let seqs = |records: Vec<dogwatch_model::record::Record>| -> Vec<u64> {
        records.iter().map(|record| record.seq).collect()
    };
    assert_eq!(seqs(store.records(0, 2).await.unwrap()), [1, 2]);
    assert_eq!(seqs(store.records(2, 2).await.unwrap()), [3, 4]);
    assert_eq!(seqs(store.records(4, 2).await.unwrap()), [5]);
    assert!(store.records(u64::MAX, 2).await.unwrap().is_empty());
    let of_incident = store.records_of_incident("i1").await.unwrap();
    assert_eq!(seqs(of_incident), [1, 2, 4]);
    assert!(store.records_of_incident("i2").await.unwrap().is_empty());
}

pub(super) async fn credentials_are_gone_before_a_record_is_kept(place: &Place) {
    let store = place.open().await;
    let mut leaky = entry(0, "read.done");
    leaky.request = Some(json!({"url": "https://bob:hunter2@host/", "password": "hunter2"}));
    leaky.detail = Some(json!({"log": "Authorization: Bearer hunter2.hunter2.hunter2"}));
    let written = store.append(leaky).await.unwrap();
    let read = all_records(&store).await;
    assert_eq!(read, [written]);
    let text = serde_json::to_string(&read).unwrap();
    assert!(!text.contains("hunter2"), "{text}");
    assert_eq!(read[0].redactions.len(), 3, "{text}");
    verify_chain(&read, None).unwrap();
}

pub(super) async fn without_a_record_nothing_is_done(place: &Place) {
    let store = place.open().await;
    let mut wrong = entry(0, "incident.opened");
    wrong.detail = Some(json!({"share": 0.5}));
    let answer = store.open_incident(&incident("i1"), wrong).await;
    assert!(
        matches!(answer, Err(StoreError::Entry { .. })),
        "{answer:?}"
    );
    assert_eq!(store.incident("i1").await.unwrap(), None);
    assert_eq!(store.tip().await.unwrap().count, 0);
}

pub(super) async fn the_table_of_records_refuses_changes(place: &Place) {
    let store = place.open().await;
    store.append(entry(0, "one")).await.unwrap();
    store.append(entry(0, "two")).await.unwrap();
    let own = if place.is_postgres() {
        "TRUNCATE records"
    } else {
        "INSERT OR REPLACE INTO records (seq, hash, incident_id, body) VALUES (2, 'x', '', '{}')"
    };
    for sql in [
        "UPDATE records SET body = '{}' WHERE seq = 1",
        "DELETE FROM records WHERE seq = 2",
        "DELETE FROM records",
        own,
    ] {
        let error = place.tamper(sql).await.expect_err(sql);
        assert!(
            error.to_string().contains("audit records are never"),
            "{error}"
        );
    }
    assert_eq!(
        verify_chain(&all_records(&store).await, None)
            .unwrap()
            .count,
        2
    );
}

pub(super) async fn a_changed_row_is_found(place: &Place) {
    let store = place.open().await;
    for action in ["one", "two", "three"] {
        store.append(entry(0, action)).await.unwrap();
    }
    place.drop_triggers().await;
    let sql = "UPDATE records SET body = replace(body, '\"two\"', '\"owt\"') WHERE seq = 2";
    place.tamper(sql).await.unwrap();
    let records = all_records(&store).await;
    assert_eq!(records[1].action, "owt");
    assert_eq!(verify_chain(&records, None), Err(Break::Hash { seq: 2 }));
    place
        .tamper("DELETE FROM records WHERE seq = 2")
        .await
        .unwrap();
    let (expected, found) = (2, 3);
    let broken = verify_chain(&all_records(&store).await, None);
    assert_eq!(broken, Err(Break::Gap { expected, found }));
    place
        .tamper("UPDATE records SET body = 'x' WHERE seq = 1")
        .await
        .unwrap();
    let answer = store.records(0, 1).await;
    assert!(
        matches!(answer, Err(StoreError::Corrupt { .. })),
        "{answer:?}"
    );
}

pub(super) async fn a_missing_end_is_found_by_a_checkpoint(place: &Place) {
    let store = place.open().await;
    for action in ["one", "two", "three"] {
        store.append(entry(0, action)).await.unwrap();
    }
    let folder = TempDir::new().unwrap();
    let key = CheckpointKey::open_or_create(&folder.path().join("key")).unwrap();
    let tip = store.tip().await.unwrap();
    let signed = key.sign(Checkpoint::of(&tip, minute(9))).unwrap();
    verify_checkpoint(&signed, &key.public_key()).unwrap();
    let mark = Some(&signed.checkpoint);
    assert_eq!(verify_chain(&all_records(&store).await, mark).unwrap(), tip);

    place.drop_triggers().await;
    place
        .tamper("DELETE FROM records WHERE seq = 3")
        .await
        .unwrap();
    let shorter = all_records(&store).await;
    assert_eq!(verify_chain(&shorter, None).unwrap().count, 2);
    let (count, expected) = (2, 3);
    assert_eq!(
        verify_chain(&shorter, mark),
        Err(Break::Truncated { count, expected })
    );
    // Filling the hole with another record does not hide it.
    store.append(entry(0, "another")).await.unwrap();
    let rewritten = verify_chain(&all_records(&store).await, mark);
    assert_eq!(rewritten, Err(Break::Rewritten { seq: 3 }));
}
