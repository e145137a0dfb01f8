#![doc = include_str!("mutating_webhook_changes_limits.md")]

use dogwatch_model::{
    AdmissionFinding, CheckId, FindingKind, Kind, Source, snapshot::Container, wire::Quantity,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::webhooks,
    view::View,
};

/// A Pod has other limits than its template asks for, and suffers.
#[derive(Debug)]
pub(crate) struct ChangedLimits;

static META: Meta = Meta {
    id: CheckId::new("admission/mutating-webhook-changes-limits"),
    kind: FindingKind::Admission(AdmissionFinding::ChangedLimits),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &[
        "Look at which mutating webhook changes resources, and at what it is told to do with this workload.",
    ],
    casebook: include_str!("mutating_webhook_changes_limits.md"),
};

impl Check for ChangedLimits {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let hooks: Vec<_> = view
            .snapshot
            .mutating_webhooks
            .iter()
            .filter(|known| known.webhooks.iter().any(webhooks::sees_new_pods))
            .collect();
        for suspect in &view.suspects {
            let pod = suspect.pod;
            let Some(rollout) = view.rollout_of(pod).filter(|_| !view.is_old_version(pod)) else {
                continue;
            };
            let template = &rollout.workload.template().spec;
            for container in &pod.spec.containers {
                let wanted = template.container(&container.name);
                let Some((what, asked, got)) = wanted.and_then(|wanted| change(wanted, container))
                else {
                    continue;
                };
                if hooks.is_empty() {
                    let source = Source::Objects(Kind::MutatingWebhookConfiguration);
                    if !view.snapshot.ledger.is_complete(source) {
                        report.undecided(suspect.object.clone(), source);
                    }
                    continue;
                }
                let field = format!("{}.resources.{what}", container.name);
                let subject = Subject::of(suspect.object.clone())
                    .container(&container.name)
                    .detail(format!("{what} {got} instead of {asked}"))
                    .since(pod.meta.created);
                let own = cite::spec(&suspect.object, &field, got);
                let template = cite::spec(&rollout.object, &format!("template.{field}"), asked);
                let names = hooks.iter().take(4).map(|known| {
                    let object = cite::object(Kind::MutatingWebhookConfiguration, &known.meta);
                    cite::spec(&object, "webhooks", "CREATE pods")
                });
                report.found(subject, own, [template].into_iter().chain(names));
            }
        }
    }
}

/// What was changed for the worse: which amount, what was asked for, and what came out.
fn change(wanted: &Container, got: &Container) -> Option<(String, Quantity, Quantity)> {
    let limits = wanted.resources.limits.iter().filter_map(|(name, asked)| {
        let own = got.resources.limits.get(name)?;
        (own < asked).then(|| (format!("limits.{name}"), asked, own))
    });
    let requests = wanted
        .resources
        .requests
        .iter()
        .filter_map(|(name, asked)| {
            let own = got.resources.requests.get(name)?;
            (own > asked).then(|| (format!("requests.{name}"), asked, own))
        });
    limits.chain(requests).next()
}
