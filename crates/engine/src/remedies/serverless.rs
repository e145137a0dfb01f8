//! Capacity without Nodes: whether it runs the Pods of a workload, and what that costs.

use dogwatch_model::{
    Kind,
    plan::{Draft, Fit, PlanOption, PlanRefusal, Target},
    ports::{Refused, Serverless},
    snapshot::{Condition, PodSpec},
};

use super::Ground;
use crate::{
    capacity::{Beyond, beyond},
    rollout::{Rollout, Workload},
};

/// The capacity that is configured, with labels by which it is asked for.
pub(super) fn capacity<'a>(ground: &Ground<'a>) -> Result<&'a Serverless, PlanRefusal> {
    let known = ground.serverless.filter(|known| !known.labels.is_empty());
    known.ok_or_else(|| {
        unsupported("no serverless capacity is configured (burst in the configuration)".to_owned())
    })
}

fn unsupported(because: String) -> PlanRefusal {
    PlanRefusal::NotSupported { because }
}

/// Refuses what the capacity cannot run, and a capacity that is not there now.
pub(super) fn check(
    ground: &Ground<'_>,
    capacity: &Serverless,
    rollout: &Rollout<'_>,
    workload: &Target,
) -> Result<(), PlanRefusal> {
    if let Some(what) = refused(capacity, rollout) {
        let because = format!("{workload} uses {what}, which serverless capacity does not run");
        return Err(unsupported(because));
    }
    let Some(name) = &capacity.node else {
        return Ok(());
    };
    ground.needs(Kind::Node)?;
    let Some(node) = ground.view.snapshot.node(name) else {
        return Err(unsupported(format!(
            "the virtual Node {name} is not in the cluster"
        )));
    };
    if node.spec.unschedulable {
        return Err(unsupported(format!("the virtual Node {name} is cordoned")));
    }
    let is_ready = node.condition("Ready").is_some_and(Condition::is_true);
    is_ready
        .then_some(())
        .ok_or_else(|| unsupported(format!("the virtual Node {name} is not Ready")))
}

fn refused(capacity: &Serverless, rollout: &Rollout<'_>) -> Option<&'static str> {
    let spec = &rollout.workload.template().spec;
    let is_refused = |refused: &&Refused| match refused {
        Refused::DaemonSet => rollout.object.kind == Kind::DaemonSet,
        Refused::HostNetwork => spec.host_network,
        Refused::HostPort => has_host_port(spec),
        Refused::Volumes => has_claim(spec, rollout),
        Refused::Other => false,
    };
    let found = capacity.refuses.iter().find(is_refused)?;
    Some(match found {
        Refused::DaemonSet => "a Pod for each Node",
        Refused::HostNetwork => "the network of the Node",
        Refused::HostPort => "ports of the Node",
        Refused::Volumes => "claims of volumes",
        Refused::Other => "something unknown",
    })
}

fn has_host_port(spec: &PodSpec) -> bool {
    let mut ports = spec.containers.iter().flat_map(|known| known.ports.iter());
    ports.any(|port| port.host_port > 0)
}

fn has_claim(spec: &PodSpec, rollout: &Rollout<'_>) -> bool {
    let mut volumes = spec.volumes.iter();
    let own = match rollout.workload {
        Workload::StatefulSet(set) => !set.spec.volume_claim_templates.is_empty(),
        Workload::Deployment(_) | Workload::DaemonSet(_) => false,
    };
    own || volumes.any(|volume| volume.persistent_volume_claim.is_some())
}

/// Predicts how many Pods it takes, with cost and what is not known; refuses when it is none.
pub(super) fn predict(
    capacity: &Serverless,
    draft: &mut PlanOption<Draft>,
    rollout: &Rollout<'_>,
) -> Result<(), PlanRefusal> {
    let asked = u32::try_from(rollout.desired).unwrap_or(0);
    draft.impact.cost = Some(capacity.price.as_ref().map_or_else(
        || "serverless capacity is paid by use; the price is not known here".to_owned(),
        |price| format!("up to {asked} × {price}, while they run there"),
    ));
    if capacity.free.is_empty() && capacity.largest_pod.is_empty() {
        let words = "quota, addresses and images of the serverless side are not checked";
        draft.warnings.push(words.to_owned());
        return Ok(());
    }
    let words = "addresses and images of the serverless side are not checked";
    draft.warnings.push(words.to_owned());
    let found = beyond(capacity, &rollout.workload.template().spec, asked);
    note(draft, asked, &found)
}

fn note(draft: &mut PlanOption<Draft>, asked: u32, found: &Beyond) -> Result<(), PlanRefusal> {
    if let Some((resource, most)) = &found.too_large {
        let because = format!("serverless capacity takes Pods with at most {most} {resource}");
        return Err(PlanRefusal::NoRoom { because });
    }
    if !found.unknown.is_empty() {
        let names: Vec<&str> = found.unknown.iter().map(|name| &**name).collect();
        let names = names.join(", ");
        draft
            .warnings
            .push(format!("the quota for {names} there is not known"));
    }
    let missing = found.missing.iter();
    let missing: Vec<String> = missing
        .map(|(resource, lack)| format!("{lack} {resource} missing"))
        .collect();
    let shortfall = missing.join("; ");
    if found.fits == 0 && asked > 0 {
        let because = format!("the quota of the serverless capacity: {shortfall}");
        return Err(PlanRefusal::NoRoom { because });
    }
    draft.preconditions.push(if found.fits >= asked {
        format!("the serverless quota takes all {asked} Pods")
    } else {
        let fits = found.fits;
        format!("the serverless quota takes {fits} of {asked} Pods: {shortfall}")
    });
    draft.fit = Some(Fit {
        asked,
        fits: found.fits,
        shortfall,
    });
    Ok(())
}
