#![doc = include_str!("rollback_release.md")]

use dogwatch_model::plan::{
    Act, Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Revision,
    Risk, Step, Target,
};

use super::{
    Ground, Remedy, RemedyMeta,
    protection::vital_place,
    release::{OutlinedObject, ReleaseOutline, Said},
    room, sketch,
};
use crate::reading::releases::{is_proxy, release_of};

/// Gives a Helm release an earlier revision.
#[derive(Debug)]
pub(crate) struct RollbackRelease;

static META: RemedyMeta = RemedyMeta {
    id: "rollback-release",
    does: "Gives a Helm release an earlier revision, as `helm rollback` does.",
    risk: Risk::High,
    reversibility: Reversibility::Partial,
    since: "0.1.0",
};

/// Where Helm writes the status of a revision.
const STATUS: &str = "/metadata/labels/status";

/// The annotation that keeps an object.
const POLICY: &str = "/metadata/annotations/helm.sh~1resource-policy";

impl Remedy for RollbackRelease {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("rollback_release.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::RollbackRelease { part, at, .. } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let outline = match ground.release {
            Some(Ok(outline)) => outline,
            Some(Err(refusal)) => return Err(refusal.clone()),
            None => {
                let because = format!(
                    "{part} names no Helm release in its annotations; name one with --set release=NAME"
                );
                return Err(PlanRefusal::NotSupported { because });
            }
        };
        check_owner(ground, outline)?;
        check_hooks(outline)?;
        for object in &outline.objects {
            check_object(outline, object)?;
        }
        Ok(draft(ground, request, outline, at))
    }
}

fn draft(
    ground: &Ground<'_>,
    request: &RemedyRequest,
    outline: &ReleaseOutline,
    at: &str,
) -> PlanOption<Draft> {
    let known = &outline.revisions;
    let (present, target) = (&known.present.revision, &known.target.revision);
    let new = present.at(present.revision + 1);
    let title = format!(
        "roll Helm release {}/{} back to revision {} (as revision {})",
        new.namespace, new.release, target.revision, new.revision
    );
    let scenario = "The trouble began with the present revision of the release.";
    let mut draft = sketch::draft(&META, request, title, scenario);
    draft.steps = steps(outline, &new, at);
    draft.rollback.push(forward(&new, present, at));
    for revision in [&known.present, &known.target] {
        let secret = revision.secret();
        draft.observed.push(sketch::relies_on(&secret, &[STATUS]));
    }
    foretell(ground, outline, &mut draft);
    draft.verification.push(Expectation::FieldIs {
        object: new.secret(""),
        fact: Fact::new(STATUS, "deployed"),
    });
    draft.warnings.extend(warnings(outline));
    draft
}

/// The order of Helm: the new revision is pending until everything else is done.
fn steps(outline: &ReleaseOutline, new: &Revision, at: &str) -> Vec<Step> {
    let known = &outline.revisions;
    let mut steps = vec![copy(new, known.target.revision.revision, at)];
    for object in &outline.objects {
        steps.extend(write(outline, object));
    }
    steps.extend(known.deployed.iter().map(|old| {
        let name = format!("mark {} superseded", old.revision);
        status(
            name,
            (&old.revision, &old.uid),
            ("deployed", "superseded"),
            at,
        )
    }));
    let name = format!("mark {new} deployed");
    steps.push(status(
        name,
        (new, ""),
        ("pending-rollback", "deployed"),
        at,
    ));
    steps
}

fn copy(new: &Revision, from: i64, at: &str) -> Step {
    let name = format!("store {new} as a copy of revision {from}, pending");
    let act = Act::StoreRevision {
        source: new.clone(),
        copy_of: Some(from),
        status: "pending-rollback".to_owned(),
        at: at.to_owned(),
        sha256: String::new(),
        bytes: 0,
    };
    sketch::step(name, new.secret(""), act)
}

fn status(name: String, revision: (&Revision, &str), change: (&str, &str), at: &str) -> Step {
    let act = Act::StoreRevision {
        source: revision.0.clone(),
        copy_of: None,
        status: change.1.to_owned(),
        at: at.to_owned(),
        sha256: String::new(),
        bytes: 0,
    };
    let mut step = sketch::step(name, revision.0.secret(revision.1), act);
    step.expected_before.push(Fact::new(STATUS, change.0));
    step.expected_after.push(Fact::new(STATUS, change.1));
    step
}

/// The write for one object, if there is one.
fn write(outline: &ReleaseOutline, object: &OutlinedObject) -> Option<Step> {
    let known = &outline.revisions;
    let (target, aim) = (&object.target, known.target.revision.revision);
    let apply = |creates: bool| Act::ApplyManifest {
        source: known.target.revision.clone(),
        present: known.present.revision.revision,
        creates,
        server_side: outline.server_side,
        sha256: object.sha256.clone(),
    };
    let (name, act) = match object.said {
        Said::Changed => (
            format!("set {target} to what revision {aim} says"),
            apply(false),
        ),
        Said::Created => (
            format!("create {target} as revision {aim} says"),
            apply(true),
        ),
        Said::Deleted => {
            let name = format!("delete {target}, which revision {aim} does not have");
            (
                name,
                Act::Delete {
                    grace_seconds: None,
                },
            )
        }
        Said::Same
        | Said::Kept
        | Said::DeletedWithClaims
        | Said::Beyond
        | Said::Foreign
        | Said::Going => return None,
    };
    let mut step = sketch::step(name, target.clone(), act);
    if object.said == Said::Deleted {
        step.expected_before.push(Fact::absent(POLICY));
    }
    Some(step)
}

/// The way back in one line: it is planned anew when it is asked for, from what is there then.
fn forward(new: &Revision, present: &Revision, at: &str) -> Step {
    let again = new.at(new.revision + 1);
    let mut step = copy(&again, present.revision, at);
    step.name = format!(
        "roll Helm release {}/{} forward again to revision {} (as revision {})",
        again.namespace, again.release, present.revision, again.revision
    );
    step
}

/// What becomes of workloads, and what must be true of them.
fn foretell(ground: &Ground<'_>, outline: &ReleaseOutline, draft: &mut PlanOption<Draft>) {
    let mut lost = draft.impact.clone();
    for object in &outline.objects {
        let is_wanted = matches!(object.said, Said::Same | Said::Changed | Said::Created);
        let kind = object.target.object().map(|object| object.kind);
        if !is_wanted || !kind.is_some_and(dogwatch_model::Kind::is_rollout) {
            continue;
        }
        let rollout = ground.rollout(&object.target).ok();
        let desired = rollout.map_or(1, |rollout| rollout.desired);
        if let Some(rollout) = rollout.filter(|_| object.said == Said::Changed) {
            room::for_replacement(ground, draft, rollout);
            lost.pods_restarted += draft.impact.pods_restarted;
            lost.ready_lost_percent = lost.ready_lost_percent.max(draft.impact.ready_lost_percent);
            lost.expected_seconds = lost.expected_seconds.max(draft.impact.expected_seconds);
        }
        // A new DaemonSet has as many Pods as there are Nodes for it.
        if object.target.kind != "DaemonSet" || rollout.is_some() {
            draft.verification.push(Expectation::RolledOut {
                workload: object.target.clone(),
                replicas: object.replicas.unwrap_or(desired),
            });
        }
    }
    lost.summary = core::mem::take(&mut draft.impact.summary);
    draft.impact = lost;
}

fn warnings(outline: &ReleaseOutline) -> Vec<String> {
    let known = &outline.revisions;
    let mut warnings = vec![
        "the chart of the next `helm upgrade` decides again: mend it too".to_owned(),
        "objects that are as the wanted manifest says are not written, and neither are Secrets"
            .to_owned(),
    ];
    if known.target.status == "failed" {
        warnings.push(format!("{} failed when it was new", known.target.revision));
    }
    if known.present.status.starts_with("pending") {
        let (revision, status) = (&known.present.revision, &known.present.status);
        warnings.push(format!(
            "{revision} is {status}: make sure that no Helm is at work"
        ));
    }
    let kept = |object: &&OutlinedObject| object.said == Said::Kept;
    warnings.extend(outline.objects.iter().filter(kept).map(|object| {
        format!(
            "{} stays, because it is annotated helm.sh/resource-policy: keep",
            object.target
        )
    }));
    warnings
}

/// A controller that keeps the release as its own resource says would undo the rollback.
fn check_owner(ground: &Ground<'_>, outline: &ReleaseOutline) -> Result<(), PlanRefusal> {
    let present = &outline.revisions.present.revision;
    let mut customs = ground.view.snapshot.customs.iter();
    let owner = customs.find(|object| {
        let keeps = is_proxy(object) || object.is("helm.toolkit.fluxcd.io", "HelmRelease");
        let (release, namespace) = release_of(object);
        keeps && *release == *present.release && *namespace == *present.namespace
    });
    let by_mark = || {
        let mut marks = outline.objects.iter();
        marks.find_map(|object| object.delivered_by.clone())
    };
    let owner = owner.map(|object| format!("{} {}", object.kind.name(), object.meta.name));
    match owner.or_else(by_mark) {
        Some(owner) => Err(PlanRefusal::OwnedByDelivery { owner }),
        None => Ok(()),
    }
}

fn check_hooks(outline: &ReleaseOutline) -> Result<(), PlanRefusal> {
    if outline.hooks.is_empty() {
        return Ok(());
    }
    let because = format!(
        "{} has hooks that run around a rollback ({}) and may do anything; run `helm rollback` yourself",
        outline.revisions.target.revision,
        outline.hooks.join(", ")
    );
    Err(PlanRefusal::NotSupported { because })
}

fn check_object(outline: &ReleaseOutline, object: &OutlinedObject) -> Result<(), PlanRefusal> {
    let target = &object.target;
    let not = |because: String| Err(PlanRefusal::NotSupported { because });
    match object.said {
        Said::Deleted => check_deletion(outline, target),
        Said::Beyond => not(beyond(outline, target)),
        Said::DeletedWithClaims => Err(PlanRefusal::Unsafe {
            because: format!("deleting {target} would delete its claims and their data"),
        }),
        Said::Foreign => not(format!(
            "{target} is there and does not belong to the present revision of the release"
        )),
        Said::Going => not(format!("{target} is being deleted; wait until it is gone")),
        Said::Same | Said::Changed | Said::Created | Said::Kept => Ok(()),
    }
}

/// Nothing of a network or storage driver is taken away.
fn check_deletion(outline: &ReleaseOutline, target: &Target) -> Result<(), PlanRefusal> {
    let release = &outline.revisions.present.revision;
    let place = [&release.release, &target.name];
    let vital = place
        .into_iter()
        .find_map(|name| vital_place(&release.namespace, name));
    match vital {
        None => Ok(()),
        Some(why) => Err(PlanRefusal::Forbidden {
            because: format!("{target} would be deleted, and the release is vital: {why}"),
        }),
    }
}

/// Why an object in which the manifests differ is not rolled back here.
fn beyond(outline: &ReleaseOutline, target: &Target) -> String {
    let known = &outline.revisions;
    let (one, other) = (
        known.present.revision.revision,
        known.target.revision.revision,
    );
    let differ = format!("revisions {one} and {other} differ in {target}");
    let why = match &*target.kind {
        "Secret" => "Dogwatch writes no content of Secrets",
        "PersistentVolumeClaim" | "PersistentVolume" | "Namespace" => "it holds data",
        "CustomResourceDefinition" => "another schema may not fit the objects that are there",
        _ => "it is of a kind that concerns the whole cluster or is defined by somebody else",
    };
    format!("{differ}, and {why}; run `helm rollback` yourself")
}
