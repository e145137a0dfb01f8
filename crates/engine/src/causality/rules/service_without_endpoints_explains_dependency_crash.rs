#![doc = include_str!("service_without_endpoints_explains_dependency_crash.md")]

use dogwatch_model::{
    ContainerFinding, EdgeStrength, Finding, FindingKind, NetworkFinding, RuleId, snapshot::Service,
};

use super::super::{Key, Rule, RuleMeta};
use crate::{View, reading::has_any};

/// A Service without ready endpoints refuses the connections of those who need it.
#[derive(Debug)]
pub(crate) struct ServiceWithoutEndpointsExplainsDependencyCrash;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("service-without-endpoints-explains-dependency-crash"),
    because: "the name in the log is this Service",
    strength: EdgeStrength::Text,
    casebook: include_str!("service_without_endpoints_explains_dependency_crash.md"),
};

impl Rule for ServiceWithoutEndpointsExplainsDependencyCrash {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Network(NetworkFinding::ServiceNoReadyEndpoints) => {
                vec![Key::Service(
                    finding.object.namespace.clone(),
                    finding.object.name.clone(),
                )]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let text = match finding.kind {
            FindingKind::Container(
                ContainerFinding::AppDependencyCrash | ContainerFinding::AppErrorLogged,
            ) => Some(&*finding.detail),
            FindingKind::Container(ContainerFinding::InitContainerHang) => command(finding),
            _ => None,
        };
        let Some(text) = text else { return Vec::new() };
        let services = view.snapshot.services.iter();
        services
            .filter(|service| is_named(text, service, &finding.object.namespace))
            .map(|service| Key::Service(service.meta.namespace.clone(), service.meta.name.clone()))
            .collect()
    }
}

/// The command that an init container runs: it names what it waits for.
fn command(finding: &Finding) -> Option<&str> {
    let mut facts = finding.evidence.iter();
    let fact = facts.find(|fact| fact.field.ends_with(".command"))?;
    Some(&fact.value)
}

/// True when a host of the text is the Service, seen from a Namespace: its name there, with its own
/// Namespace anywhere, or its address.
fn is_named(text: &str, service: &Service, from: &str) -> bool {
    // A name that does not resolve is a matter of DNS; only headless Services lose theirs.
    let is_headless = service.spec.cluster_ip == "None";
    if !is_headless && has_any(text, UNRESOLVED) {
        return false;
    }
    let (name, namespace) = (&*service.meta.name, &*service.meta.namespace);
    let full = format!("{name}.{namespace}");
    let in_cluster = format!("{full}.svc");
    hosts(text).any(|host| {
        let is_full = host == full
            || host == in_cluster
            || host
                .strip_prefix(&*in_cluster)
                .is_some_and(|rest| rest.starts_with('.'));
        let is_address = !is_headless && host == &*service.spec.cluster_ip;
        is_full || is_address || (host == name && namespace == from)
    })
}

/// What resolvers say of a name that they do not find.
const UNRESOLVED: &[&str] = &[
    "no such host",
    "nxdomain",
    "not known",
    "enotfound",
    "could not translate host name",
];

/// The pieces of a text that have the shape of a host.
fn hosts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.')
        .map(|piece| piece.trim_matches('.'))
        .filter(|piece| !piece.is_empty())
}
