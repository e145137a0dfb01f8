//! What must never be done cannot be said: looked for in every plan of every casebook.

use std::collections::BTreeSet;

use dogwatch_engine::remedies::REMEDIES;
use dogwatch_model::plan::{Act, PlanOption, Step};
use dogwatch_testkit::casebook::cases;
use serde_json::Value;

use super::super::planned;

/// Every step and every step back of every plan in the casebooks, with the remedy.
fn steps() -> Vec<(&'static str, Step)> {
    let mut all = Vec::new();
    for known in REMEDIES {
        let id = known.meta().id;
        for draft in cases(known.casebook())
            .iter()
            .filter_map(|case| planned(case).ok())
        {
            let PlanOption {
                steps, rollback, ..
            } = draft;
            all.extend(steps.into_iter().chain(rollback).map(|step| (id, step)));
        }
    }
    all
}

/// Every pointer into a value.
fn fields(value: &Value, path: &str, into: &mut BTreeSet<String>) {
    into.insert(path.to_owned());
    match value {
        Value::Object(map) => {
            for (key, child) in map {
                fields(child, &format!("{path}/{key}"), into);
            }
        }
        Value::Array(list) => {
            for child in list {
                fields(child, &format!("{path}/*"), into);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn patched(step: &Step) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    if let Act::Patch { patch, .. } = &step.act {
        fields(patch, "", &mut found);
        // A JSON patch says where it writes in the paths of its operations.
        let operations = patch.as_array().into_iter().flatten();
        let paths = operations.filter_map(|operation| operation["path"].as_str());
        found.extend(paths.map(str::to_owned));
    }
    found
}

#[test]
fn every_remedy_that_writes_is_looked_at() {
    let seen: BTreeSet<&str> = steps().iter().map(|(id, _)| *id).collect();
    let writing: BTreeSet<&str> = REMEDIES.iter().map(|known| known.meta().id).collect();
    let silent: Vec<&&str> = writing.difference(&seen).collect();
    assert_eq!(silent, [&"escalate"]);
}

#[test]
fn what_may_hold_data_is_never_deleted_and_nothing_with_force() {
    for (id, step) in steps() {
        match &step.act {
            Act::Delete { grace_seconds } => {
                // Whoever rolls a release back looked at what an object may hold.
                let kind = &*step.target.kind;
                let is_of_release = id == "rollback-release" && kind == "ConfigMap";
                let is_workload = id == "delete-workload"
                    && ["Deployment", "StatefulSet", "DaemonSet"].contains(&kind);
                // Only what the plan itself has made, as its way back.
                let is_own = id == "create-autoscaler" && step.target.uid.is_empty();
                assert!(
                    kind == "Pod" || is_of_release || is_workload || is_own,
                    "{id}: {kind}"
                );
                assert_eq!(
                    *grace_seconds, None,
                    "{id}: a Pod gets the time it asks for"
                );
            }
            Act::Evict => assert_eq!(step.target.kind, "Pod", "{id}"),
            Act::Provider {
                operation,
                parameters,
                ..
            } => {
                let keys: Vec<&str> = parameters.keys().map(String::as_str).collect();
                match operation.as_str() {
                    "resize_node_pool" => assert_eq!(keys, ["from", "nodes"], "{id}"),
                    "create_node_pool" => {
                        assert!(
                            keys == ["like", "nodes"] || keys == ["nodes", "shape"],
                            "{id}"
                        );
                    }
                    "delete_node_pool" => assert_eq!(keys, ["from"], "{id}"),
                    "reboot_machine" | "reset_machine" => {
                        let all = ["from", "startedAt", "to"];
                        assert!(keys == all || keys == ["from", "to"], "{id}");
                    }
                    // A cluster can be put to sleep, and never be deleted: its claims would go too.
                    "start_machine" | "stop_machine" | "delete_machine" | "hibernate_cluster"
                    | "awake_cluster" | "bind_address" | "unbind_address"
                    | "mark_vulnerability" => assert_eq!(keys, ["from", "to"], "{id}"),
                    other => panic!("{id}: {other}"),
                }
            }
            Act::StoreRevision { .. } => assert_eq!(step.target.kind, "Secret", "{id}"),
            Act::Create { .. } => assert_eq!(step.target.kind, "HorizontalPodAutoscaler", "{id}"),
            Act::Patch { .. }
            | Act::CopyTemplate { .. }
            | Act::RerunJob { .. }
            | Act::ApplyManifest { .. } => {}
        }
    }
}

#[test]
fn no_patch_touches_finalizers_owners_deletion_or_status() {
    for (id, step) in steps() {
        let touched = patched(&step);
        for forbidden in [
            "finalizers",
            "ownerReferences",
            "deletionTimestamp",
            "deletionGracePeriodSeconds",
            "force",
        ] {
            let end = format!("/{forbidden}");
            let found = touched.iter().find(|field| field.ends_with(&end));
            assert_eq!(found, None, "{id}");
        }
        assert!(!touched.contains("/status"), "{id}");
        if let Act::Patch { subresource, .. } = &step.act {
            let scale = Some("scale".to_owned());
            assert!(*subresource == scale || subresource.is_none(), "{id}");
        }
    }
}

#[test]
fn a_release_gets_an_annotation_and_nothing_else() {
    let mut seen = 0;
    for (id, step) in steps()
        .iter()
        .filter(|(_, step)| step.target.kind == "HelmReleaseProxy")
    {
        seen += 1;
        let touched: Vec<String> = patched(step).into_iter().collect();
        assert_eq!(
            touched,
            [
                "",
                "/metadata",
                "/metadata/annotations",
                "/metadata/annotations/dogwatch.io/kick"
            ],
            "{id}"
        );
    }
    assert!(seen > 0, "no release was looked at");
}

#[test]
fn volumes_namespaces_and_secrets_are_not_written() {
    let allowed = [
        "CronJob",
        "DaemonSet",
        "Deployment",
        "HelmReleaseProxy",
        "HorizontalPodAutoscaler",
        "Job",
        "LimitRange",
        "Node",
        "PersistentVolumeClaim",
        "Pod",
        "ResourceQuota",
        "Service",
        "StatefulSet",
    ];
    for (id, step) in steps() {
        if id == "rollback-release" {
            // Of Secrets only those in which Helm keeps its own revisions, and nothing deletes them.
            let is_revision = step.target.name.starts_with("sh.helm.release.v1.shop.v")
                && matches!(step.act, Act::StoreRevision { .. });
            let is_map = step.target.kind == "ConfigMap";
            assert!(is_revision || is_map || step.target.kind == "Deployment");
            continue;
        }
        // The cluster as a whole stands behind a change at the provider, and is not written to.
        let is_outside = matches!(step.act, Act::Provider { .. }) && step.target.is_cluster();
        assert!(
            is_outside || allowed.contains(&&*step.target.kind),
            "{id}: {}",
            step.target
        );
        // A claim is made larger, and that is all.
        if step.target.kind == "PersistentVolumeClaim" {
            let touched = patched(&step);
            assert!(touched.contains("/spec/resources/requests/storage"), "{id}");
            assert_eq!(touched.len(), 5, "{id}: {touched:?}");
        }
    }
}
