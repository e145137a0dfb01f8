#![doc = include_str!("webhook_trouble_explains_rejection.md")]

use dogwatch_model::{
    AdmissionFinding, EdgeStrength, Finding, FindingKind, Kind, RuleId, WorkloadFinding,
};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::{View, reading::webhooks};

/// A webhook that cannot be asked explains why objects are refused.
#[derive(Debug)]
pub(crate) struct WebhookTroubleExplainsRejection;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("webhook-trouble-explains-rejection"),
    because: "the API server asks this webhook about the object",
    strength: EdgeStrength::Text,
    casebook: include_str!("webhook_trouble_explains_rejection.md"),
};

impl Rule for WebhookTroubleExplainsRejection {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if finding.kind == FindingKind::Admission(AdmissionFinding::WebhookSlow) {
            return vec![Key::Cluster];
        }
        let Some(configuration) = broken(view, finding) else {
            return Vec::new();
        };
        let names = configuration.webhooks.iter();
        let mut keys: Vec<Key> = names
            .map(|known| Key::Webhook(known.name.clone()))
            .collect();
        if finding.kind == FindingKind::Admission(AdmissionFinding::WebhookSelfDeadlock) {
            keys.push(Key::workload(&finding.object));
        }
        keys
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Workload(WorkloadFinding::PodsNotCreated) => vec![Key::Cluster],
            FindingKind::Admission(
                AdmissionFinding::WebhookOrphan
                | AdmissionFinding::WebhookUnreachable
                | AdmissionFinding::WebhookCert,
            ) if !is_configuration(finding.object.kind) => {
                vec![Key::Webhook(finding.detail.as_str().into())]
            }
            FindingKind::Admission(AdmissionFinding::WebhookUnreachable) => {
                vec![Key::workload(&finding.object)]
            }
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let is_slow = cause.kind == FindingKind::Admission(AdmissionFinding::WebhookSlow);
        let mut facts = effect.evidence.iter();
        let is_late = facts.any(|fact| fact.value.contains(webhooks::TIMED_OUT));
        (!is_slow || is_late)
            .then(|| Link::proven_by(cause.evidence.iter().take(2).cloned().collect()))
    }
}

fn is_configuration(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ValidatingWebhookConfiguration | Kind::MutatingWebhookConfiguration
    )
}

/// The configuration that a finding says is broken.
fn broken<'a>(
    view: &View<'a>,
    finding: &Finding,
) -> Option<&'a dogwatch_model::snapshot::WebhookConfiguration> {
    let is_meant = matches!(
        finding.kind,
        FindingKind::Admission(
            AdmissionFinding::WebhookOrphan
                | AdmissionFinding::WebhookUnreachable
                | AdmissionFinding::WebhookSelfDeadlock
        )
    );
    webhooks::configuration(view, &finding.object).filter(|_| is_meant)
}
