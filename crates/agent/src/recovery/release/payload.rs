//! What is written into the Secrets of a release: a new revision that copies an earlier one, and other
//! statuses of those that are there.

use std::collections::BTreeMap;

use dogwatch_model::{
    canonical::sha256_hex,
    plan::Revision,
    ports::{OpenedRevision, SealedRelease},
};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::recovery::fields::PLAN_MARK;

/// Labels that Helm sets itself; all others of a revision go on to the next one.
const OWN: &[&str] = &[
    "name",
    "owner",
    "status",
    "version",
    "createdAt",
    "modifiedAt",
];

/// The payload of a new revision that copies `wanted`, as Helm makes it for a rollback.
pub(crate) fn rolled_back(
    (present, wanted): (&OpenedRevision, &OpenedRevision),
    new: &Revision,
    (from, at): (i64, &str),
) -> SealedRelease {
    let mut payload = wanted.payload.payload().clone();
    let now = present.payload.payload();
    let info = json!({
        "first_deployed": now["info"]["first_deployed"],
        "last_deployed": at,
        "description": format!("Rollback to {from}"),
        "rollback_revision": from,
        "notes": payload["info"]["notes"],
        "status": "pending-rollback",
    });
    payload["info"] = without_nulls(info);
    payload["version"] = json!(new.revision);
    payload["namespace"] = now["namespace"].clone();
    SealedRelease::new(payload)
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let told = fields.into_iter().filter(|(_, value)| !value.is_null());
            Value::Object(told.collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// The payload with another status.
pub(crate) fn with_status(payload: &SealedRelease, status: &str) -> SealedRelease {
    let mut payload = payload.payload().clone();
    payload["info"]["status"] = json!(status);
    SealedRelease::new(payload)
}

/// SHA-256 and size of a payload, whatever its status.
pub(crate) fn content(payload: &SealedRelease) -> (String, u64) {
    let mut payload = payload.payload().clone();
    if let Some(info) = payload.get_mut("info").and_then(Value::as_object_mut) {
        info.remove("status");
    }
    let text = payload.to_string();
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    (sha256_hex(text.as_bytes()), bytes)
}

/// Metadata of a new Secret.
pub(crate) fn new_metadata(
    new: &Revision,
    labels: &BTreeMap<String, String>,
    (status, at, plan_id): (&str, &str, &str),
) -> Value {
    let mut all: BTreeMap<&str, String> = labels
        .iter()
        .filter(|(key, _)| !OWN.contains(&&***key))
        .map(|(key, value)| (&**key, value.clone()))
        .collect();
    all.insert("name", new.release.clone());
    all.insert("owner", "helm".to_owned());
    all.insert("status", status.to_owned());
    all.insert("version", new.revision.to_string());
    all.insert("createdAt", seconds(at));
    json!({
        "name": new.secret("").name,
        "namespace": new.namespace,
        "labels": all,
        "annotations": {PLAN_MARK: plan_id},
    })
}

/// What changes in the metadata of a Secret that is there.
pub(crate) fn changed_metadata(
    (uid, version): (&str, &str),
    (status, at, plan_id): (&str, &str, &str),
) -> Value {
    json!({
        "uid": uid,
        "resourceVersion": version,
        "labels": {"status": status, "modifiedAt": seconds(at)},
        "annotations": {PLAN_MARK: plan_id},
    })
}

/// A time as Helm writes it into labels.
fn seconds(at: &str) -> String {
    let at: Result<Timestamp, _> = at.parse();
    at.map_or(0, Timestamp::as_second).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(version: i64, config: &str) -> OpenedRevision {
        OpenedRevision {
            payload: SealedRelease::new(
                json!({"name": "shop", "namespace": "web", "version": version,
                "info": {"first_deployed": "2026-01-01T00:00:00Z", "status": "failed",
                    "last_deployed": format!("2026-01-0{version}T00:00:00Z"),
                    "notes": format!("notes of {version}")},
                "config": {"a": config}, "manifest": config, "hooks": [{"name": config}]}),
            ),
            documents: Vec::new(),
            labels: BTreeMap::from(
                [("team", "a"), ("status", "x")].map(|(k, v)| (k.into(), v.into())),
            ),
        }
    }

    fn new() -> Revision {
        Revision {
            namespace: "web".to_owned(),
            release: "shop".to_owned(),
            revision: 3,
        }
    }

    #[test]
    fn a_rollback_copies_all_but_what_it_is() {
        let at = "2026-01-05T00:00:00Z";
        let made = rolled_back((&opened(2, "bad"), &opened(1, "good")), &new(), (1, at));
        assert_eq!(
            made.payload(),
            &json!({"name": "shop", "namespace": "web", "version": 3,
                "info": {"first_deployed": "2026-01-01T00:00:00Z", "last_deployed": at,
                    "description": "Rollback to 1", "rollback_revision": 1,
                    "status": "pending-rollback", "notes": "notes of 1"},
                "config": {"a": "good"}, "manifest": "good", "hooks": [{"name": "good"}]})
        );
        let done = with_status(&made, "deployed");
        assert_eq!(content(&made), content(&done));
        assert_eq!(done.payload()["info"]["status"], "deployed");
    }

    #[test]
    fn labels_are_those_of_helm_and_those_that_somebody_added() {
        let labels = opened(1, "good").labels;
        let at = "1970-01-01T00:01:00Z";
        let made = new_metadata(&new(), &labels, ("pending-rollback", at, "p"));
        assert_eq!(
            made["labels"],
            json!({"team": "a", "name": "shop", "owner": "helm", "status": "pending-rollback",
                "version": "3", "createdAt": "60"})
        );
    }
}
