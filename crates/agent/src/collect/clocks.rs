//! The clocks of two clusters. What was first and what came after is told by times, which mean nothing
//! between clocks that differ.

use dogwatch_model::{
    Snapshot,
    ports::ClusterReader,
    snapshot::{Meta, SnapshotBuilder},
};
use jiff::{SignedDuration, Timestamp};

/// Servers tell full seconds, and an answer takes its time.
const UNCERTAIN: SignedDuration = SignedDuration::from_secs(5);

/// How far the clock of one source is ahead of the one of another; `None` when that is not known, or
/// no more than the uncertainty.
pub(super) fn apart(one: &dyn ClusterReader, other: &dyn ClusterReader) -> Option<SignedDuration> {
    let (one, other) = (one.facts().ahead?, other.facts().ahead?);
    let ahead = one.checked_sub(other)?;
    (ahead.abs() > UNCERTAIN).then_some(ahead)
}

/// What was read of a source, with its times moved to the other clock. Dates that somebody set, such as
/// the end of a certificate, stay: they are meant for every clock.
pub(super) fn moved(mut read: Snapshot, ahead: Option<SignedDuration>) -> SnapshotBuilder {
    if let Some(ahead) = ahead {
        move_times(&mut read, ahead);
    }
    SnapshotBuilder::reopen(read)
}

fn move_times(snapshot: &mut Snapshot, ahead: SignedDuration) {
    let back = |at: &mut Option<Timestamp>| {
        *at = at.map(|at| at.checked_sub(ahead).unwrap_or(at));
    };
    let of_object = |meta: &mut Meta| {
        back(&mut meta.created);
        back(&mut meta.deletion);
    };
    for object in &mut snapshot.customs {
        of_object(&mut object.meta);
        for condition in &mut object.conditions {
            back(&mut condition.since);
            back(&mut condition.updated);
        }
    }
    for event in &mut snapshot.events {
        back(&mut event.first_seen);
        back(&mut event.last_seen);
    }
}

#[cfg(test)]
mod tests {
    use std::future::ready;

    use dogwatch_model::{
        CustomKind, Kind, ReadOutcome,
        ports::{CustomKinds, ListQuery, LogQuery, LogRead, ObjectSink, PortFuture, ServerFacts},
    };
    use serde_json::{Value, json};

    use super::*;
    use crate::collect::{Access, ClusterName, Limits, Silent, collect_cluster};

    /// A cluster with some objects, whose clock differs from the one here.
    struct Server {
        ahead: Option<i64>,
        objects: Vec<(Kind, Value)>,
    }

    impl ClusterReader for Server {
        fn list<'a>(
            &'a self,
            query: &'a ListQuery,
            sink: ObjectSink<'a>,
        ) -> PortFuture<'a, ReadOutcome> {
            let of_kind = self.objects.iter().filter(|(kind, _)| *kind == query.kind);
            for (_, object) in of_kind {
                sink(object.to_string().as_bytes());
            }
            Box::pin(ready(ReadOutcome::Ok { items: 1 }))
        }

        fn log<'a>(&'a self, _query: &'a LogQuery) -> PortFuture<'a, LogRead> {
            let outcome = ReadOutcome::Ok { items: 0 };
            let text = String::new();
            Box::pin(ready(LogRead { text, outcome }))
        }

        fn facts(&self) -> ServerFacts {
            ServerFacts {
                version: None,
                now: Some(at("10:00:00")),
                ahead: self.ahead.map(SignedDuration::from_secs),
            }
        }

        fn custom_kinds(&self) -> PortFuture<'_, CustomKinds> {
            let outcome = ReadOutcome::Ok { items: 1 };
            let kinds = vec![Kind::Custom(CustomKind::CLUSTER)];
            Box::pin(ready(CustomKinds { kinds, outcome }))
        }
    }

    fn at(time: &str) -> Timestamp {
        format!("2026-01-01T{time}Z").parse().unwrap()
    }

    fn management(ahead: Option<i64>) -> Server {
        let cluster = json!({
            "metadata": {"name": "w1", "namespace": "fleet", "uid": "c1",
                "creationTimestamp": at("09:00:30").to_string()},
            "status": {"conditions": [{"type": "Ready", "status": "False",
                "lastTransitionTime": at("09:50:30").to_string()}]}});
        let event = json!({
            "metadata": {"name": "e1", "namespace": "fleet", "uid": "e1"}, "reason": "Failed",
            "involvedObject": {"kind": "Cluster", "name": "w1", "uid": "c1"},
            "lastTimestamp": at("09:51:30").to_string()});
        let objects = vec![
            (Kind::Custom(CustomKind::CLUSTER), cluster),
            (Kind::Event, event),
        ];
        Server { ahead, objects }
    }

    fn workload(ahead: Option<i64>) -> Server {
        let node = json!({"metadata": {"name": "n1",
            "creationTimestamp": at("09:30:00").to_string()}});
        let objects = vec![(Kind::Node, node)];
        Server { ahead, objects }
    }

    async fn read(management: &Server, workload: &Server) -> Snapshot {
        let access = Access {
            management,
            workload: Some(workload),
            entries: Vec::new(),
        };
        let cluster = ClusterName {
            namespace: "fleet".to_owned(),
            name: "w1".to_owned(),
        };
        collect_cluster(
            &access,
            &cluster,
            &Limits::default(),
            &Silent,
            at("10:00:00"),
        )
        .await
        .snapshot
    }

    #[tokio::test]
    async fn times_of_the_management_cluster_are_moved_to_the_clock_of_the_other() {
        let snapshot = read(&management(Some(35)), &workload(Some(5))).await;
        assert_eq!(
            snapshot.management_ahead,
            Some(SignedDuration::from_secs(30))
        );
        let cluster = &snapshot.customs[0];
        assert_eq!(cluster.meta.created, Some(at("09:00:00")));
        assert_eq!(cluster.conditions[0].since, Some(at("09:50:00")));
        assert_eq!(snapshot.events[0].last_seen, Some(at("09:51:00")));
        assert_eq!(snapshot.nodes[0].meta.created, Some(at("09:30:00")));
        let source = dogwatch_model::Source::Objects(Kind::Custom(CustomKind::CLUSTER));
        assert!(snapshot.ledger.has(source), "the reads stay in the ledger");
    }

    #[tokio::test]
    async fn clocks_that_agree_or_are_not_known_move_nothing() {
        for (one, other) in [
            (Some(7), Some(5)),
            (Some(-4), Some(1)),
            (None, Some(90)),
            (Some(90), None),
        ] {
            let snapshot = read(&management(one), &workload(other)).await;
            assert_eq!(snapshot.management_ahead, None, "{one:?} {other:?}");
            assert_eq!(snapshot.customs[0].meta.created, Some(at("09:00:30")));
        }
    }
}
