#![doc = include_str!("service_without_endpoints_explains_dependency_crash.md")]

use dogwatch_model::{
    ContainerFinding, EdgeStrength, Finding, FindingKind, NetworkFinding, RuleId,
};

use super::super::{Key, Rule, RuleMeta};
use crate::View;

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
        let is_crash = matches!(
            finding.kind,
            FindingKind::Container(
                ContainerFinding::AppDependencyCrash | ContainerFinding::AppErrorLogged
            )
        );
        if !is_crash {
            return Vec::new();
        }
        let named = view.snapshot.services.iter().filter(|service| {
            let is_near = service.meta.namespace == *finding.object.namespace;
            let full = format!("{}.{}", service.meta.name, service.meta.namespace);
            let address = &service.spec.cluster_ip;
            (is_near && has_word(&finding.detail, &service.meta.name))
                || finding.detail.contains(&full)
                || (address.len() > 6 && has_word(&finding.detail, address))
        });
        named
            .map(|service| Key::Service(service.meta.namespace.clone(), service.meta.name.clone()))
            .collect()
    }
}

/// True when the word stands in the text with no letter, digit, dash or dot around it.
fn has_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    !word.is_empty()
        && text.match_indices(word).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let after = text[at + word.len()..].chars().next();
            !before.is_some_and(is_part) && !after.is_some_and(|c| is_part(c) && c != '.')
        })
}
