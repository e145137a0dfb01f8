#![doc = include_str!("networkpolicy_deny.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    CheckId, Evidence, FindingKind, Kind, NetworkFinding, snapshot::NetworkPolicy,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::policies::{Denial, Direction},
    view::View,
};

/// A NetworkPolicy forbids a connection that a Pod needs.
#[derive(Debug)]
pub(crate) struct NetworkPolicyDeny;

static META: Meta = Meta {
    id: CheckId::new("network/networkpolicy-deny"),
    kind: FindingKind::Network(NetworkFinding::NetworkPolicyDeny),
    needs: sources::POLICIES_AND_LOGS,
    advice: &[
        "Add a rule to a policy that allows this client, this server and this port; both the egress of the client and the ingress of the server count, and DNS needs port 53.",
    ],
    casebook: include_str!("networkpolicy_deny.md"),
};

impl Check for NetworkPolicyDeny {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        type Key = (Direction, (String, String), (String, String));
        let mut groups: BTreeMap<Key, Vec<&Denial<'_>>> = BTreeMap::new();
        for denial in &view.denials {
            // Of several policies that isolate the same Pod the first stands for all.
            let Some(first) = denial.policies.first() else {
                continue;
            };
            let name = (
                first.meta.namespace.to_string(),
                first.meta.name.to_string(),
            );
            let key = (denial.direction, name, denial.service.clone());
            groups.entry(key).or_default().push(denial);
        }
        for ((direction, _, (namespace, service)), denials) in groups {
            let Some((first, policy)) = denials.first().and_then(|denial| {
                let policy = denial.policies.first()?;
                Some((denial, policy))
            }) else {
                continue;
            };
            let object = cite::object(Kind::NetworkPolicy, &policy.meta);
            let subject = Subject::of(object)
                .detail(format!(
                    "{} to Service {namespace}/{service}",
                    direction.word()
                ))
                .since(policy.meta.created);
            let more = first.policies.iter().map(|policy| isolates(policy));
            let client = client(first);
            let logs = denials
                .iter()
                .skip(1)
                .map(|denial| denial.contact.fact.clone());
            report.found(
                subject,
                first.contact.fact.clone(),
                more.chain([client]).chain(logs),
            );
        }
    }
}

/// Whom a policy isolates.
fn isolates(policy: &NetworkPolicy) -> Evidence {
    let selector = policy.spec.pod_selector.query();
    let whom = if selector.is_empty() {
        "all Pods".to_owned()
    } else {
        selector
    };
    let object = cite::object(Kind::NetworkPolicy, &policy.meta);
    cite::spec(&object, "spec.podSelector", whom)
}

/// The labels that no rule of the policies has.
fn client(denial: &Denial<'_>) -> Evidence {
    let pod = denial.contact.pod;
    let labels: Vec<String> = pod
        .meta
        .labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    cite::spec(&cite::pod(pod), "metadata.labels", labels.join(","))
}
