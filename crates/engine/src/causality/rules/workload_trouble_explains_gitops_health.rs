#![doc = include_str!("workload_trouble_explains_gitops_health.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, GitopsFinding, Kind, RuleId, snapshot::CustomObject,
};

use super::super::{Key, Rule, RuleMeta, key::custom_of};
use crate::{View, reading::Pattern};

/// An Application or a Kustomization is unhealthy because one of its workloads is.
#[derive(Debug)]
pub(crate) struct WorkloadTroubleExplainsGitopsHealth;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("workload-trouble-explains-gitops-health"),
    because: "its health is that of its children",
    strength: EdgeStrength::Hard,
    casebook: include_str!("workload_trouble_explains_gitops_health.md"),
};

impl Rule for WorkloadTroubleExplainsGitopsHealth {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Workload(_) | FindingKind::Job(_) => vec![Key::workload(&finding.object)],
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let Some(object) = custom_of(view, finding) else {
            return Vec::new();
        };
        match finding.kind {
            FindingKind::Gitops(GitopsFinding::ArgoHealthDegraded) => children(object),
            FindingKind::Gitops(GitopsFinding::FluxKustomizationFailed) => awaited(finding),
            _ => Vec::new(),
        }
    }
}

/// Children that are looked at.
const MAX_CHILDREN: usize = 40;

static AWAITED: Pattern =
    Pattern::new(r"(?P<kind>[A-Z][A-Za-z]+)/(?P<ns>[a-z0-9-]+)/(?P<name>[a-z0-9.-]+) status");

/// Workloads among the Degraded children of an Application.
fn children(app: &CustomObject) -> Vec<Key> {
    let keys = (0..MAX_CHILDREN).filter_map(|at| {
        let field = |name: &str| app.field(&format!("status.resources.{at}.{name}"));
        let is_bad = field("health.status").is_some_and(|state| state != "Healthy");
        let kind = field("kind").filter(|_| is_bad).and_then(Kind::of_object)?;
        let namespace = field("namespace").or_else(|| app.field("spec.destination.namespace"))?;
        Some(Key::Workload(kind, namespace.into(), field("name")?.into()))
    });
    keys.collect()
}

/// Workloads that a failed health check names.
fn awaited(finding: &Finding) -> Vec<Key> {
    let words = finding.evidence.iter().map(|fact| &fact.value);
    let named = words.flat_map(|words| AWAITED.get().captures_iter(words));
    let keys = named.filter_map(|found| {
        let kind = Kind::of_object(&found["kind"])?;
        Some(Key::Workload(
            kind,
            found["ns"].into(),
            found["name"].into(),
        ))
    });
    keys.collect()
}
