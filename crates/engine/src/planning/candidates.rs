//! Requests that a diagnosis or a measurement suggests; whether they can be done is for the remedies.

use dogwatch_model::{
    Diagnosis, Finding, Kind, ObjectRef, Role, Severity,
    plan::{AmountChange, RemedyRequest, ResourceAmount, Target},
    ports::{NodePool, RUNNING, STOPPED},
    snapshot::{Condition, Container, HorizontalPodAutoscaler},
    wire::Quantity,
};

use super::{
    Concern, PressureOn, bounds,
    ways::{self, Way},
};
use crate::{
    cite,
    remedies::{Ground, UNINITIALIZED, nodes_needed, pool_needed, release_of_object, waiting},
    rollout::Rollout,
};

/// Limits grow by one half: enough to matter, and little enough to be seen as a change.
const GROWTH_PERCENT: i64 = 150;

/// Highest number in the name of a new pool.
const MAX_SIBLINGS: u32 = 9;

/// What measured pressure on a workload suggests: more Pods, or the bounds of who decides on them;
/// Nodes when those Pods would find no place; else larger Pods.
pub(super) fn of_pressure(ground: &Ground<'_>, concern: &Concern<'_>) -> Vec<RemedyRequest> {
    let Some(pressure) = concern.pressure else {
        return Vec::new();
    };
    let Some(rollout) = ground.view.rollout(concern.target) else {
        return Vec::new();
    };
    let workload = Target::of(&rollout.object);
    let mut requests = Vec::new();
    // Pods that wait for a place show that more of them would wait too: capacity comes first.
    if waiting(ground, rollout) > 0 {
        requests.extend(more_nodes(ground, rollout, 0));
        requests.extend(larger(rollout, "", resource_of(pressure.on)));
        return requests;
    }
    if pressure.on == PressureOn::Cpu {
        match ground.autoscaler_of(&rollout.object) {
            Some(autoscaler) => requests.push(more_by_autoscaler(autoscaler, rollout.desired)),
            None => requests.push(RemedyRequest::ScaleWorkload {
                workload,
                replicas: rollout.desired.max(1) * 2,
            }),
        }
        requests.extend(more_nodes(ground, rollout, rollout.desired.max(1)));
    }
    requests.extend(larger(rollout, "", resource_of(pressure.on)));
    requests
}

fn resource_of(on: PressureOn) -> &'static str {
    match on {
        PressureOn::Cpu => "cpu",
        PressureOn::Memory => "memory",
    }
}

/// What the causes suggest, in the order of their ranks.
pub(super) fn of_causes(
    ground: &Ground<'_>,
    diagnosis: &Diagnosis,
    concern: &Concern<'_>,
) -> Vec<RemedyRequest> {
    let mut requests = Vec::new();
    for cause in &diagnosis.causes {
        let finding = &diagnosis.findings[cause.finding];
        let is_asked = *finding.object.name == *concern.target.name
            && finding.object.kind == concern.target.kind;
        // A note is followed only when the object itself was asked about: a pause, a cordon.
        let counts = match cause.role {
            Role::Cause => finding.severity != Severity::Info || is_asked,
            Role::Note => is_asked,
            Role::Symptom => false,
        };
        if !counts || !cause.confidence.is_sufficient() {
            continue;
        }
        for way in ways::of(finding.kind.mode()) {
            requests.extend(request(ground, finding, *way, concern.at));
            if *way == Way::Rollback {
                requests.extend(rollback_release(ground, finding, concern.at));
            }
        }
    }
    requests
}

fn request(ground: &Ground<'_>, finding: &Finding, way: Way, at: &str) -> Option<RemedyRequest> {
    let object = &finding.object;
    let rollout = || workload_of(ground, object);
    let workload = || rollout().map(|rollout| Target::of(&rollout.object));
    Some(match way {
        Way::Rollback => RemedyRequest::RollbackWorkload {
            workload: workload()?,
            revision: None,
        },
        Way::Restart => RemedyRequest::RestartWorkload {
            workload: workload()?,
            at: at.to_owned(),
        },
        Way::MoreMemory => larger(rollout()?, &finding.container, "memory")?,
        Way::MoreCpu => larger(rollout()?, &finding.container, "cpu")?,
        Way::MoreNodes => more_nodes(ground, rollout()?, 0)?,
        Way::Burst => RemedyRequest::BurstWorkload {
            workload: workload()?,
        },
        Way::Uncordon | Way::Cordon => RemedyRequest::CordonNode {
            node: node_of(ground, object, way)?,
            cordoned: way == Way::Cordon,
        },
        Way::Drain => RemedyRequest::DrainNode {
            node: node_of(ground, object, way)?,
        },
        Way::DeletePod => RemedyRequest::DeletePod {
            pod: broken_pod(ground, object)?,
        },
        Way::RerunJob => RemedyRequest::RerunJob {
            job: of_kind(object, &[Kind::Job])?,
        },
        Way::Unsuspend | Way::SuspendCron => RemedyRequest::SuspendJob {
            job: of_kind(object, &[Kind::Job, Kind::CronJob])?,
            suspended: way == Way::SuspendCron,
        },
        Way::FixSelector => fix_selector(ground, finding)?,
        Way::FixPort => fix_port(ground, object)?,
        Way::RaiseMaximum => {
            let known = ground.view.snapshot.autoscalers.iter().find(|known| {
                known.meta.name == object.name && known.meta.namespace == object.namespace
            })?;
            raise_maximum(object, known.spec.max_replicas)
        }
        Way::RaiseQuota => bounds::raise_quota(ground, rollout()?, finding)?,
        Way::RaiseLimit => bounds::raise_limit(ground, rollout()?)?,
        Way::Resume => RemedyRequest::PauseRollout {
            workload: workload()?,
            paused: false,
        },
        Way::Requeue => RemedyRequest::RequeueRelease {
            release: Target::of(object),
            at: at.to_owned(),
        },
        Way::RemoveTaint => remove_taint(ground)?,
        Way::StartMachine => RemedyRequest::StartMachine {
            machine: machine_of(ground, object, STOPPED)?,
            node: Target::of(object),
            on: true,
        },
        Way::RebootMachine => RemedyRequest::RebootMachine {
            machine: machine_of(ground, object, RUNNING)?,
            node: Target::of(object),
            hard: false,
        },
    })
}

/// The release of the workload, where it was opened: what came with a revision goes with it.
fn rollback_release(ground: &Ground<'_>, finding: &Finding, at: &str) -> Option<RemedyRequest> {
    let Some(Ok(outline)) = ground.release else {
        return None;
    };
    let rollout = workload_of(ground, &finding.object)?;
    let (namespace, name) = release_of_object(rollout.meta())?;
    let present = &outline.revisions.present.revision;
    (present.namespace == namespace && present.release == name).then(|| {
        RemedyRequest::RollbackRelease {
            part: Target::of(&rollout.object),
            namespace,
            name,
            to: None,
            at: at.to_owned(),
        }
    })
}

/// True when some cause leads to a rollback, so that the release of the workload is worth opening.
pub(super) fn wants_rollback(diagnosis: &Diagnosis) -> bool {
    let mut causes = diagnosis.causes.iter();
    causes.any(|cause| {
        let mode = diagnosis.findings[cause.finding].kind.mode();
        cause.role == Role::Cause
            && cause.confidence.is_sufficient()
            && ways::of(mode).contains(&Way::Rollback)
    })
}

/// The workload that an object is or belongs to.
fn workload_of<'a>(ground: &Ground<'a>, object: &ObjectRef) -> Option<&'a Rollout<'a>> {
    if let Some(rollout) = ground.view.rollout(object) {
        return Some(rollout);
    }
    if object.kind == Kind::ReplicaSet {
        let sets = &ground.view.snapshot.replica_sets;
        let set = sets.iter().find(|set| set.meta.uid == object.uid)?;
        let owner = set.meta.controller()?;
        let mut all = ground.view.rollouts.iter();
        return all.find(|rollout| rollout.meta().uid == owner.uid);
    }
    let pod = ground.view.snapshot.pod(&object.uid)?;
    ground.view.rollout_of(pod)
}

fn of_kind(object: &ObjectRef, kinds: &[Kind]) -> Option<Target> {
    kinds.contains(&object.kind).then(|| Target::of(object))
}

/// The Node of a finding; for a Pod that cordoned Nodes turn away, the first cordoned one that is
/// well.
fn node_of(ground: &Ground<'_>, object: &ObjectRef, way: Way) -> Option<Target> {
    if object.kind == Kind::Node {
        return Some(Target::of(object));
    }
    if way != Way::Uncordon {
        return None;
    }
    let mut nodes = ground.view.snapshot.nodes.iter();
    let node = nodes.find(|node| {
        node.spec.unschedulable && node.condition("Ready").is_some_and(Condition::is_true)
    })?;
    Some(Target::of(&cite::object(Kind::Node, &node.meta)))
}

/// The machine of a Node, when it has this state at the provider.
fn machine_of(ground: &Ground<'_>, object: &ObjectRef, state: &str) -> Option<String> {
    let node = Some(object).filter(|object| object.kind == Kind::Node)?;
    let machine = ground.cloud?.machine_of(&node.name)?;
    (machine.state == state).then(|| machine.id.clone())
}

/// The Pod of an old revision that an ordered StatefulSet waits for.
fn broken_pod(ground: &Ground<'_>, object: &ObjectRef) -> Option<Target> {
    let rollout = workload_of(ground, object)?;
    let pod = rollout.blocking_ordinal(ground.view.now())?;
    Some(Target::of(&cite::pod(pod)))
}

/// An autoscaler at its maximum needs a higher one; one that sees no need to use what it may is
/// made to by its minimum.
fn more_by_autoscaler(autoscaler: &HorizontalPodAutoscaler, pods: i64) -> RemedyRequest {
    let object = cite::object(Kind::HorizontalPodAutoscaler, &autoscaler.meta);
    let max = autoscaler.spec.max_replicas;
    if pods >= max {
        return raise_maximum(&object, max);
    }
    RemedyRequest::BoundAutoscaler {
        autoscaler: Target::of(&object),
        min: Some(grown(pods.max(1)).min(max)),
        max: None,
        aims: Vec::new(),
        behavior: None,
    }
}

fn raise_maximum(autoscaler: &ObjectRef, max: i64) -> RemedyRequest {
    RemedyRequest::BoundAutoscaler {
        autoscaler: Target::of(autoscaler),
        min: None,
        max: Some(grown(max)),
        aims: Vec::new(),
        behavior: None,
    }
}

/// A number of Pods grown by one half, rounded up.
fn grown(pods: i64) -> i64 {
    pods.saturating_mul(GROWTH_PERCENT).saturating_add(99) / 100
}

/// More of a resource for the container that has a limit of it; the first such one when none is
/// named.
fn larger(rollout: &Rollout<'_>, container: &str, resource: &str) -> Option<RemedyRequest> {
    let mut all = rollout.workload.template().spec.containers.iter();
    let is_meant = |known: &&Container| {
        (container.is_empty() || known.name == *container)
            && known.resources.limits.get(resource).is_some()
    };
    let found = all.find(is_meant)?;
    let limit = found.resources.limits.get(resource)?;
    let request = found.resources.requests.get(resource);
    let grown = |amount: Quantity| ResourceAmount {
        resource: resource.to_owned(),
        amount: amount.scaled_percent(GROWTH_PERCENT).to_string(),
    };
    Some(RemedyRequest::ResizeWorkload {
        workload: Target::of(&rollout.object),
        changes: vec![AmountChange {
            container: found.name.to_string(),
            requests: request.map(grown).into_iter().collect(),
            limits: vec![grown(limit)],
        }],
    })
}

/// Nodes for the Pods of a workload that wait, and for so many more.
fn more_nodes(ground: &Ground<'_>, rollout: &Rollout<'_>, more: i64) -> Option<RemedyRequest> {
    let workload = Target::of(&rollout.object);
    if let Some((pool, nodes)) = nodes_needed(ground, rollout, more) {
        return Some(RemedyRequest::ResizeNodePool {
            pool: pool.id.clone(),
            nodes,
            workload,
        });
    }
    let (like, nodes) = pool_needed(ground, rollout, more)?;
    Some(RemedyRequest::CreateNodePool {
        name: free_name(ground, like)?,
        like: like.id.clone(),
        shape: None,
        nodes,
        workload,
    })
}

/// The name of a pool with the lowest number that no pool has yet.
fn free_name(ground: &Ground<'_>, like: &NodePool) -> Option<String> {
    let pools = ground.pools.unwrap_or_default();
    let is_free = |name: &String| {
        pools
            .iter()
            .all(|pool| pool.name != *name && pool.id != *name)
    };
    (2..=MAX_SIBLINGS)
        .map(|number| format!("{}-{number}", like.name))
        .find(is_free)
}

/// The one workload of the Namespace that the finding cites as what the Service was meant for.
fn fix_selector(ground: &Ground<'_>, finding: &Finding) -> Option<RemedyRequest> {
    let mut cited = finding.evidence.iter().map(|fact| &fact.object);
    let meant = cited.find_map(|object| workload_of(ground, object))?;
    Some(RemedyRequest::FixServiceSelector {
        service: of_kind(&finding.object, &[Kind::Service])?,
        workload: Target::of(&meant.object),
    })
}

/// The only port that every Pod behind the Service declares.
fn fix_port(ground: &Ground<'_>, object: &ObjectRef) -> Option<RemedyRequest> {
    let backend = ground.view.backends.get(&object.namespace, &object.name)?;
    let [port] = &*backend.service.spec.ports else {
        return None;
    };
    let mut declared: Vec<i64> = backend
        .pods
        .iter()
        .flat_map(|pod| pod.spec.containers.iter())
        .flat_map(|container| container.ports.iter().map(|port| port.container_port))
        .collect();
    declared.sort_unstable();
    declared.dedup();
    let [one] = declared[..] else {
        return None;
    };
    Some(RemedyRequest::FixServicePort {
        service: of_kind(object, &[Kind::Service])?,
        port: port.port,
        target_port: one.to_string(),
    })
}

/// The taint of the cloud controller on the first Node that carries it: only asked for when that
/// controller is proven not to run.
fn remove_taint(ground: &Ground<'_>) -> Option<RemedyRequest> {
    let node = ground
        .view
        .snapshot
        .nodes
        .iter()
        .find(|node| node.taint(UNINITIALIZED).is_some())?;
    let taint = node.taint(UNINITIALIZED)?;
    Some(RemedyRequest::RemoveTaint {
        node: Target::of(&cite::object(Kind::Node, &node.meta)),
        key: taint.key.to_string(),
        effect: taint.effect.to_string(),
    })
}
