//! `--remedy ID --set KEY=VALUE`: a request for one remedy.

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{AmountChange, PoolShape, RemedyRequest, ResourceAmount, Target, UtilizationAim},
};

use crate::exit::CliError;

/// The parameters that were given.
struct Set<'a> {
    pairs: Vec<(&'a str, &'a str)>,
    used: Vec<&'a str>,
}

/// The request that the flags describe.
pub(super) fn request(
    id: &str,
    set: &[String],
    object: &ObjectRef,
) -> Result<RemedyRequest, CliError> {
    let mut set = Set::read(set)?;
    let target = Target::of(object);
    let of_workload = of_workload(id, &mut set, &target)?;
    let known = match of_workload {
        Some(request) => Some(request),
        None => of_provider(id, &mut set, &target)?,
    };
    let request = match known {
        Some(request) => request,
        None => of_other(id, &mut set, (object, target))?,
    };
    set.all_used()?;
    Ok(request)
}

/// Remedies for workloads and their autoscalers.
fn of_workload(
    id: &str,
    set: &mut Set<'_>,
    target: &Target,
) -> Result<Option<RemedyRequest>, CliError> {
    let workload = target.clone();
    Ok(Some(match id {
        "scale-workload" => RemedyRequest::ScaleWorkload {
            workload,
            replicas: set.needed("replicas")?,
        },
        "rollback-workload" => RemedyRequest::RollbackWorkload {
            workload,
            revision: set.optional("revision")?,
        },
        "restart-workload" => RemedyRequest::RestartWorkload {
            workload,
            at: String::new(),
        },
        "resize-workload" => RemedyRequest::ResizeWorkload {
            workload,
            changes: vec![amounts(set)?],
        },
        "bound-autoscaler" => RemedyRequest::BoundAutoscaler {
            autoscaler: workload,
            min: set.optional("min")?,
            max: set.optional("max")?,
            aims: aims(set)?,
            behavior: behavior(set)?,
        },
        "create-autoscaler" => RemedyRequest::CreateAutoscaler {
            name: set
                .optional("name")?
                .unwrap_or_else(|| workload.name.clone()),
            min: set.needed("min")?,
            max: set.needed("max")?,
            aims: aims(set)?,
            behavior: behavior(set)?,
            workload,
        },
        "pause-rollout" | "resume-rollout" => RemedyRequest::PauseRollout {
            workload,
            paused: id == "pause-rollout",
        },
        "delete-workload" => RemedyRequest::DeleteWorkload { workload },
        "raise-quota" => RemedyRequest::RaiseQuota {
            quota: bound(set, Kind::ResourceQuota, "quota", &workload)?,
            amounts: raised(set)?,
            workload,
        },
        "raise-limit" => RemedyRequest::RaiseLimit {
            range: bound(set, Kind::LimitRange, "range", &workload)?,
            scope: set.needed("type")?,
            amounts: raised(set)?,
            workload,
        },
        "burst-workload" => RemedyRequest::BurstWorkload { workload },
        _ => return Ok(None),
    }))
}

/// Remedies that a provider carries out.
fn of_provider(
    id: &str,
    set: &mut Set<'_>,
    target: &Target,
) -> Result<Option<RemedyRequest>, CliError> {
    let target = target.clone();
    Ok(Some(match id {
        "resize-node-pool" => RemedyRequest::ResizeNodePool {
            pool: set.needed("pool")?,
            nodes: set.needed("nodes")?,
            workload: target,
        },
        "create-node-pool" => RemedyRequest::CreateNodePool {
            name: set.needed("name")?,
            like: set.optional("like")?.unwrap_or_default(),
            shape: shape(set)?,
            nodes: set.needed("nodes")?,
            workload: target,
        },
        "reboot-machine" => RemedyRequest::RebootMachine {
            node: target,
            machine: set.optional("machine")?.unwrap_or_default(),
            hard: set.optional("hard")?.unwrap_or_default(),
        },
        "start-machine" | "stop-machine" => RemedyRequest::StartMachine {
            node: target,
            machine: set.optional("machine")?.unwrap_or_default(),
            on: id == "start-machine",
        },
        "delete-machine" => RemedyRequest::DeleteMachine {
            node: target,
            machine: set.needed("machine")?,
        },
        "delete-node-pool" => RemedyRequest::DeleteNodePool {
            pool: set.needed("pool")?,
            cluster: target,
        },
        "hibernate-cluster" | "awake-cluster" => RemedyRequest::HibernateCluster {
            cluster: target,
            id: set.needed("id")?,
            hibernated: id == "hibernate-cluster",
        },
        "bind-address" | "unbind-address" => RemedyRequest::BindAddress {
            cluster: target,
            id: set.needed("id")?,
            address: set.needed("address")?,
            bound: id == "bind-address",
        },
        "mark-vulnerability" => RemedyRequest::MarkVulnerability {
            cluster: target,
            vulnerability: set.needed("vulnerability")?,
            status: set.needed("status")?,
        },
        _ => return Ok(None),
    }))
}

/// `flavor=...`, `zone=...`, `rootVolumeSize=40` and `rootVolumeType=...`, where no pool is named.
fn shape(set: &mut Set<'_>) -> Result<Option<Box<PoolShape>>, CliError> {
    let Some(flavor) = set.optional("flavor")? else {
        return Ok(None);
    };
    Ok(Some(Box::new(PoolShape {
        flavor,
        zone: set.needed("zone")?,
        root_volume_size: set.needed("rootVolumeSize")?,
        root_volume_type: set.needed("rootVolumeType")?,
        os: set.optional("os")?,
        ssh_key: set.optional("sshKey")?,
        password_from: set.optional("passwordFrom")?,
        subnet: set.optional("subnet")?,
        ..PoolShape::default()
    })))
}

/// Remedies for everything else.
fn of_other(
    id: &str,
    set: &mut Set<'_>,
    (object, target): (&ObjectRef, Target),
) -> Result<RemedyRequest, CliError> {
    Ok(match id {
        "cordon-node" | "uncordon-node" => RemedyRequest::CordonNode {
            node: target,
            cordoned: id == "cordon-node",
        },
        "drain-node" => RemedyRequest::DrainNode { node: target },
        "delete-pod" => RemedyRequest::DeletePod { pod: target },
        "rerun-job" => RemedyRequest::RerunJob { job: target },
        "suspend-job" | "unsuspend-job" => RemedyRequest::SuspendJob {
            job: target,
            suspended: id == "suspend-job",
        },
        "expand-volume" => RemedyRequest::ExpandVolume {
            claim: target,
            size: set.needed("size")?,
        },
        "fix-service-selector" => RemedyRequest::FixServiceSelector {
            service: target,
            workload: workload(set, object)?,
        },
        "fix-service-port" => RemedyRequest::FixServicePort {
            service: target,
            port: set.needed("port")?,
            target_port: set.needed("targetPort")?,
        },
        "requeue-release" => RemedyRequest::RequeueRelease {
            release: target,
            at: String::new(),
        },
        "rollback-release" => RemedyRequest::RollbackRelease {
            part: target,
            namespace: set.optional("namespace")?.unwrap_or_default(),
            name: set.optional("release")?.unwrap_or_default(),
            to: set.optional("revision")?,
            at: String::new(),
        },
        "remove-taint" => RemedyRequest::RemoveTaint {
            node: target,
            key: set.needed("key")?,
            effect: set.needed("effect")?,
        },
        _ => return Err(unknown(id)),
    })
}

fn unknown(id: &str) -> CliError {
    let known = dogwatch_engine::remedies::REMEDIES.iter();
    let known: Vec<&str> = known.map(|remedy| remedy.meta().id).collect();
    CliError::usage(format!(
        "\"{id}\" is no remedy; there are: {}",
        known.join(", ")
    ))
}

/// `workload=deployment/api` in the Namespace of the object.
fn workload(set: &mut Set<'_>, object: &ObjectRef) -> Result<Target, CliError> {
    let text: String = set.needed("workload")?;
    let (kind, name) = text
        .split_once('/')
        .ok_or_else(|| CliError::usage("write workload=TYPE/NAME"))?;
    let kind = Kind::parse(kind).map_err(|error| CliError::usage(error.to_string()))?;
    Ok(Target::of(&ObjectRef::named(kind, &object.namespace, name)))
}

/// `quota=compute` in the Namespace of the workload.
fn bound(set: &mut Set<'_>, kind: Kind, key: &str, workload: &Target) -> Result<Target, CliError> {
    let name: String = set.needed(key)?;
    let object = ObjectRef::named(kind, &workload.namespace, &name);
    Ok(Target::of(&object))
}

/// `raise=limits.memory=10Gi,limits.cpu=6`.
fn raised(set: &mut Set<'_>) -> Result<Vec<ResourceAmount>, CliError> {
    let text: String = set.needed("raise")?;
    let amounts = text.split(',').map(|pair| {
        let (resource, amount) = pair
            .split_once('=')
            .ok_or_else(|| CliError::usage("write raise=RESOURCE=AMOUNT,..."))?;
        Ok(ResourceAmount {
            resource: resource.trim().to_owned(),
            amount: amount.trim().to_owned(),
        })
    });
    amounts.collect()
}

/// `behavior={"scaleDown": {"stabilizationWindowSeconds": 60}}`.
fn behavior(set: &mut Set<'_>) -> Result<Option<String>, CliError> {
    let text: Option<String> = set.optional("behavior")?;
    let is_json = |text: &String| serde_json::from_str::<serde_json::Value>(text).is_ok();
    match text {
        Some(text) if !is_json(&text) => Err(CliError::usage(
            "write behavior={\"scaleDown\": {...}} as JSON",
        )),
        text => Ok(text),
    }
}

/// `cpu-utilization=70` and `memory-utilization=80`, in percent of the requests.
fn aims(set: &mut Set<'_>) -> Result<Vec<UtilizationAim>, CliError> {
    let mut aims = Vec::new();
    for resource in ["cpu", "memory"] {
        let percent: Option<i64> = set.optional(&format!("{resource}-utilization"))?;
        aims.extend(percent.map(|percent| UtilizationAim {
            resource: resource.to_owned(),
            percent,
        }));
    }
    Ok(aims)
}

/// `container=app`, `cpu-request=500m`, `memory-limit=1Gi` and the like.
fn amounts(set: &mut Set<'_>) -> Result<AmountChange, CliError> {
    let mut change = AmountChange {
        container: set.needed("container")?,
        ..AmountChange::default()
    };
    for resource in ["cpu", "memory"] {
        for (what, list) in [
            ("request", &mut change.requests),
            ("limit", &mut change.limits),
        ] {
            let amount: Option<String> = set.optional(&format!("{resource}-{what}"))?;
            list.extend(amount.map(|amount| ResourceAmount {
                resource: resource.to_owned(),
                amount,
            }));
        }
    }
    Ok(change)
}

impl<'a> Set<'a> {
    fn read(words: &'a [String]) -> Result<Self, CliError> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for word in words {
            let pair = word.split_once('=').ok_or_else(|| {
                CliError::usage(format!("\"{word}\" is no parameter: write KEY=VALUE"))
            })?;
            if pairs.iter().any(|(known, _)| *known == pair.0) {
                return Err(CliError::usage(format!("{} is given twice", pair.0)));
            }
            pairs.push(pair);
        }
        Ok(Self {
            pairs,
            used: Vec::new(),
        })
    }

    fn optional<T: core::str::FromStr>(&mut self, key: &str) -> Result<Option<T>, CliError> {
        let Some((key, value)) = self.pairs.iter().copied().find(|(known, _)| *known == key) else {
            return Ok(None);
        };
        self.used.push(key);
        let parsed = value.parse();
        parsed
            .map(Some)
            .map_err(|_| CliError::usage(format!("{key}=\"{value}\" cannot be used here")))
    }

    fn needed<T: core::str::FromStr>(&mut self, key: &str) -> Result<T, CliError> {
        self.optional(key)?
            .ok_or_else(|| CliError::usage(format!("the remedy needs --set {key}=...")))
    }

    /// A misspelt parameter must not change what is done.
    fn all_used(&self) -> Result<(), CliError> {
        let unknown = self.pairs.iter().find(|(key, _)| !self.used.contains(key));
        match unknown {
            None => Ok(()),
            Some((key, _)) => Err(CliError::usage(format!(
                "the remedy has no parameter {key}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(id: &str, set: &[&str]) -> Result<RemedyRequest, CliError> {
        let set: Vec<String> = set.iter().map(|word| (*word).to_owned()).collect();
        request(id, &set, &ObjectRef::named(Kind::Deployment, "shop", "api"))
    }

    #[test]
    fn parameters_are_needed_known_and_given_once() {
        let scaled = asked("scale-workload", &["replicas=4"]).unwrap();
        assert!(matches!(
            scaled,
            RemedyRequest::ScaleWorkload { replicas: 4, .. }
        ));
        for (id, set) in [
            ("scale-workload", &[][..]),
            ("scale-workload", &["replicas=four"]),
            ("scale-workload", &["replicas=4", "replicas=5"]),
            ("scale-workload", &["replicas=4", "max=5"]),
            ("scale-workload", &["replicas"]),
            ("delete-namespace", &[]),
            ("raise-quota", &["quota=compute"]),
            ("raise-quota", &["quota=compute", "raise=pods"]),
            ("raise-limit", &["range=sizes", "raise=memory=2Gi"]),
        ] {
            assert!(asked(id, set).is_err(), "{id} {set:?}");
        }
    }

    #[test]
    fn several_bounds_are_raised_together() {
        let set = ["quota=compute", "raise=limits.memory=10Gi, pods=12"];
        let asked = asked("raise-quota", &set).unwrap();
        let RemedyRequest::RaiseQuota { quota, amounts, .. } = asked else {
            panic!("{asked}");
        };
        assert_eq!(quota.to_string(), "ResourceQuota/shop/compute");
        let amounts = amounts
            .iter()
            .map(|known| (&*known.resource, &*known.amount));
        let amounts: Vec<_> = amounts.collect();
        assert_eq!(amounts, [("limits.memory", "10Gi"), ("pods", "12")]);
    }

    #[test]
    fn every_remedy_can_be_asked_for() {
        for remedy in dogwatch_engine::remedies::REMEDIES {
            let id = remedy.meta().id;
            if id != "escalate" {
                let words = asked(id, &[]).err().map(|error| error.to_string());
                assert!(!words.unwrap_or_default().contains("is no remedy"), "{id}");
            }
        }
    }
}
