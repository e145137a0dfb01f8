#![doc = include_str!("pvc_terminating_protected.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    CheckId, FindingKind, Kind, StorageFinding,
    snapshot::{PersistentVolumeClaim, Pod},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A claim shall be deleted, and a Pod still uses it.
#[derive(Debug)]
pub(crate) struct ProtectedClaim;

static META: Meta = Meta {
    id: CheckId::new("storage/pvc-terminating-protected"),
    kind: FindingKind::Storage(StorageFinding::ProtectedClaim),
    needs: sources::CLAIMS_AND_PODS,
    advice: &[
        "Stop the Pod when the data may go; a deletion cannot be taken back, so save the data first when it may not.",
    ],
    casebook: include_str!("pvc_terminating_protected.md"),
};

impl Check for ProtectedClaim {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let claims = view.snapshot.claims.iter();
        let leaving: BTreeMap<(&str, &str), _> = claims
            .filter(|claim| is_held(view, claim))
            .map(|claim| ((&*claim.meta.namespace, &*claim.meta.name), claim))
            .collect();
        if leaving.is_empty() {
            return;
        }
        let mut users: BTreeMap<(&str, &str), &Pod> = BTreeMap::new();
        for pod in view.snapshot.pods.iter().filter(|pod| !pod.is_finished()) {
            for name in pod.spec.claims() {
                let key = (&*pod.meta.namespace, name);
                if leaving.contains_key(&key) {
                    users.entry(key).or_insert(pod);
                }
            }
        }
        for (key, claim) in leaving {
            let Some(pod) = users.get(&key) else { continue };
            let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
            let deletion = claim.meta.deletion;
            let subject = Subject::of(object.clone())
                .detail(format!("used by Pod {}", pod.meta.name))
                .since(deletion);
            let at = deletion.map(|at| cite::status(&object, "metadata.deletionTimestamp", at));
            let finalizer = cite::spec(&object, "metadata.finalizers", PROTECTION);
            let volume = cite::spec(&cite::pod(pod), "spec.volumes", key.1);
            report.found(subject, finalizer, at.into_iter().chain([volume]));
        }
    }
}

const PROTECTION: &str = "kubernetes.io/pvc-protection";

/// A Pod that is deleted together with its claim needs a moment.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);

fn is_held(view: &View<'_>, claim: &PersistentVolumeClaim) -> bool {
    let is_late = |at| view.now().duration_since(at) > PATIENCE;
    let mut finalizers = claim.meta.finalizers.iter();
    claim.meta.deletion.is_some_and(is_late) && finalizers.any(|name| *name == PROTECTION)
}
