#![doc = include_str!("unreached_service_explains_client_trouble.md")]

use dogwatch_model::{
    ContainerFinding, EdgeStrength, Finding, FindingKind, Kind, NetworkFinding, ProbeFinding,
    RuleId, Severity, Source,
};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{node_of_pod, pod_key, pod_of},
};
use crate::{
    View, cite,
    reading::{
        backends,
        contacts::{self, Contact, Trouble},
        policies::Denial,
    },
};

/// What is wrong with a Service, its name or the way to it shows in the logs of its clients.
#[derive(Debug)]
pub(crate) struct UnreachedServiceExplainsClientTrouble;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("unreached-service-explains-client-trouble"),
    because: "the container says itself that it does not reach this",
    strength: EdgeStrength::Text,
    casebook: include_str!("unreached_service_explains_client_trouble.md"),
};

impl Rule for UnreachedServiceExplainsClientTrouble {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let FindingKind::Network(kind) = finding.kind else {
            return Vec::new();
        };
        // A note says that nobody is known to suffer.
        if finding.severity == Severity::Info {
            return Vec::new();
        }
        let object = &finding.object;
        match kind {
            NetworkFinding::ServiceNoReadyEndpoints
            | NetworkFinding::ServiceSelectorMismatch
            | NetworkFinding::ServiceTargetPortMismatch
            | NetworkFinding::ServiceMissing
            | NetworkFinding::InternalTrafficLocal
            | NetworkFinding::HeadlessPublish
            | NetworkFinding::DnsStaleConfig => {
                vec![Key::Service(object.namespace.clone(), object.name.clone())]
            }
            NetworkFinding::DnsPolicyWrong => pod_key(finding),
            NetworkFinding::PodEgressBlocked => vec![Key::Node(object.name.clone())],
            NetworkFinding::MeshMtlsMismatch => {
                let pods = finding.evidence.iter().map(|fact| &fact.object);
                pods.filter(|known| known.kind == Kind::Pod)
                    .map(Key::pod)
                    .collect()
            }
            NetworkFinding::DnsFailing | NetworkFinding::DnsUpstreamDown => vec![Key::Cluster],
            NetworkFinding::KubeProxyStale => node_of_pod(view, finding),
            NetworkFinding::NetworkPolicyDeny => {
                let own = view
                    .denials
                    .iter()
                    .filter(|known| is_denial(known, finding));
                let pods = own.map(|denial| cite::pod(denial.contact.pod));
                pods.map(|pod| Key::pod(&pod)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if !is_client_trouble(finding.kind) || finding.object.kind != Kind::Pod {
            return Vec::new();
        }
        let mut keys = Vec::new();
        for contact in contacts::of_finding(view, finding) {
            if let Some((namespace, name)) = service_of(contact) {
                keys.push(Key::Service(namespace.into(), name.into()));
            }
            if is_about_names(contact) {
                keys.push(Key::Cluster);
            }
        }
        keys.extend(pod_key(finding));
        keys.extend(node_of_pod(view, finding));
        keys.sort();
        keys.dedup();
        keys
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let FindingKind::Network(kind) = cause.kind else {
            return None;
        };
        pod_of(view, effect)?;
        let mut own = contacts::of_finding(view, effect);
        let found = match kind {
            NetworkFinding::NetworkPolicyDeny => {
                let mut denials = view.denials.iter().filter(|known| is_denial(known, cause));
                own.find(|contact| denials.any(|denial| denial.contact.fact == contact.fact))
            }
            NetworkFinding::DnsUpstreamDown => own.find(|contact| {
                is_about_names(contact) && contact.service.is_none() && contact.host.contains('.')
            }),
            NetworkFinding::KubeProxyStale => {
                own.find(|contact| matches!(contact.trouble, Trouble::Timeout | Trouble::Refused))?;
                let slices = Source::Objects(Kind::EndpointSlice);
                let shows = "the node still sends to an endpoint that is gone";
                return Some(Link::candidate(slices, shows));
            }
            NetworkFinding::MeshMtlsMismatch => {
                own.find(|contact| cause.evidence.contains(&contact.fact))
            }
            NetworkFinding::PodEgressBlocked => {
                own.find(|contact| contact.trouble == Trouble::Timeout)
            }
            NetworkFinding::DnsFailing | NetworkFinding::DnsPolicyWrong => {
                own.find(|contact| is_about_names(contact))
            }
            NetworkFinding::ServiceMissing
            | NetworkFinding::HeadlessPublish
            | NetworkFinding::DnsStaleConfig => own
                .find(|contact| contact.trouble == Trouble::Unresolved && is_named(contact, cause)),
            // Crashes have a rule of their own; and nobody waits for a Service that it is itself.
            NetworkFinding::ServiceNoReadyEndpoints
                if !matches!(effect.kind, FindingKind::Probe(_)) =>
            {
                None
            }
            _ => own.find(|contact| {
                let is_own = contacts::backend(view, contact).is_some_and(|known| {
                    known
                        .pods
                        .iter()
                        .any(|pod| pod.meta.uid == contact.pod.meta.uid)
                });
                let is_lost =
                    !is_own && !is_about_names(contact) && contact.trouble != Trouble::Reset;
                is_lost && is_named(contact, cause)
            }),
        };
        found.map(|contact| Link::proven_by(vec![contact.fact.clone()]))
    }
}

/// What a container may suffer because it does not reach somebody.
fn is_client_trouble(kind: FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::Container(
            ContainerFinding::AppDependencyCrash
                | ContainerFinding::AppErrorLogged
                | ContainerFinding::AppErrorExit
                | ContainerFinding::InitContainerHang
        ) | FindingKind::Probe(
            ProbeFinding::ReadinessFailing
                | ProbeFinding::StartupFailing
                | ProbeFinding::LivenessKilling
        ) | FindingKind::Network(NetworkFinding::ClusterVipUnreachable)
    )
}

fn is_about_names(contact: &Contact<'_>) -> bool {
    matches!(contact.trouble, Trouble::Unresolved | Trouble::NoDns)
}

/// Namespace and name of the Service that a contact means, be it there or not.
fn service_of<'c>(contact: &'c Contact<'_>) -> Option<(&'c str, &'c str)> {
    if let Some((namespace, name)) = &contact.service {
        return Some((namespace, name));
    }
    let name = backends::host_name(&contact.host, &contact.pod.meta.namespace)?;
    Some((name.namespace, name.service))
}

fn is_named(contact: &Contact<'_>, cause: &Finding) -> bool {
    let object = &cause.object;
    service_of(contact) == Some((&*object.namespace, &*object.name))
}

/// True for a denial that the finding about a policy speaks of.
fn is_denial(denial: &Denial<'_>, finding: &Finding) -> bool {
    let object = &finding.object;
    let mut policies = denial.policies.iter();
    policies.any(|policy| {
        policy.meta.name == *object.name && policy.meta.namespace == *object.namespace
    })
}
