//! What a workload leaves behind when it goes: whoever was meant for its Pods, and their claims.

use dogwatch_model::{
    Kind, Source,
    plan::{Draft, PlanOption, PlanRefusal, Target},
    snapshot::{Meta, Pod},
};

use super::ground::Ground;
use crate::{
    reading::{backends::Backend, ingresses, webhooks},
    rollout::{Rollout, Workload},
};

/// Names that are listed; the others are counted.
const MAX_NAMES: usize = 10;

/// Kinds that may be meant for the Pods of a workload.
const AROUND: [Kind; 7] = [
    Kind::Service,
    Kind::Ingress,
    Kind::HorizontalPodAutoscaler,
    Kind::PodDisruptionBudget,
    Kind::ValidatingWebhookConfiguration,
    Kind::MutatingWebhookConfiguration,
    Kind::APIService,
];

/// A workload as it will be missed.
pub(crate) struct LeftBehind<'g, 'a> {
    rollout: &'g Rollout<'a>,
    /// Its Pods that did not end.
    pods: Vec<&'a Pod>,
    /// Services that select its Pods and no other ones.
    services: Vec<&'g Meta>,
}

impl<'g, 'a> LeftBehind<'g, 'a> {
    /// Looks around a workload.
    pub(crate) fn by(ground: &Ground<'g>, rollout: &'g Rollout<'a>) -> Self {
        let all = ground.view.backends.iter();
        let alone = all.filter(|backend| {
            backend.service.meta.namespace == rollout.object.namespace
                && is_alone(ground, backend, rollout)
        });
        let services = alone.map(|backend| &backend.service.meta).collect();
        let pods = rollout.active_new_pods().chain(rollout.active_old_pods());
        Self {
            rollout,
            pods: pods.collect(),
            services,
        }
    }

    /// Refuses while the API server itself calls the Pods: without them it would refuse others.
    pub(crate) fn check_callers(
        &self,
        ground: &Ground<'_>,
        workload: &Target,
    ) -> Result<(), PlanRefusal> {
        let is_ours = |namespace: &str, name: &str| {
            let mut services = self.services.iter();
            services.any(|known| *known.namespace == *namespace && *known.name == *name)
        };
        let webhook = webhooks::configurations(ground.view).find(|(_, known)| {
            let mut webhooks = known
                .webhooks
                .iter()
                .filter(|known| webhooks::refuses(known));
            webhooks.any(|known| {
                let service = known.client_config.service.as_ref();
                service.is_some_and(|service| is_ours(&service.namespace, &service.name))
            })
        });
        let mut services = ground.view.snapshot.api_services.iter();
        let api = services.find(|known| {
            let service = known.spec.service.as_ref();
            service.is_some_and(|service| is_ours(&service.namespace, &service.name))
        });
        let caller = webhook
            .map(|(kind, known)| format!("{} {}", kind.name(), known.meta.name))
            .or(api.map(|known| format!("APIService {}", known.meta.name)));
        caller.map_or(Ok(()), |caller| {
            let because = format!(
                "{caller} leads to the Pods of {workload}: without them the API server would refuse requests; delete that one first"
            );
            Err(PlanRefusal::Unsafe { because })
        })
    }

    /// Says what goes, what stays, and who is left without Pods.
    pub(crate) fn tell(&self, ground: &Ground<'_>, draft: &mut PlanOption<Draft>) {
        let pods = self.pods.len();
        let impact = &mut draft.impact;
        impact.ready_lost_percent = if self.pods.iter().any(|pod| pod.is_ready()) {
            100
        } else {
            0
        };
        impact
            .summary
            .push(format!("{pods} Pods go and nothing replaces them"));
        let parts = [
            ("Services that are left without Pods", names(&self.services)),
            ("Ingresses that lead to those", self.ingresses(ground)),
            (
                "HorizontalPodAutoscalers that are left without a target",
                ground
                    .autoscaler_of(&self.rollout.object)
                    .map(|known| known.meta.name.to_string())
                    .into_iter()
                    .collect(),
            ),
            (
                "PodDisruptionBudgets that are left without Pods",
                self.budgets(ground),
            ),
            ("claims that stay", self.claims(ground)),
        ];
        let told = parts.into_iter().filter(|(_, names)| !names.is_empty());
        let told = told.map(|(what, names)| format!("{what}: {}", listed(&names)));
        impact.summary.extend(told);
        draft.warnings.extend(self.data());
        draft.warnings.extend(unread(ground));
    }

    fn ingresses(&self, ground: &Ground<'_>) -> Vec<String> {
        let leads_here = |name: &str| self.services.iter().any(|known| *known.name == *name);
        let of_namespace = ingresses::all(ground.view)
            .filter(|known| known.meta.namespace == self.rollout.object.namespace);
        let all = of_namespace.filter(|known| {
            let mut backends = ingresses::backends(known).into_iter();
            backends.any(|(_, backend)| {
                let service = backend.service.as_ref();
                service.is_some_and(|service| leads_here(&service.name))
            })
        });
        names(&all.map(|known| &known.meta).collect::<Vec<_>>())
    }

    fn budgets(&self, ground: &Ground<'_>) -> Vec<String> {
        let namespace = &self.rollout.object.namespace;
        let labels = &self.rollout.workload.template().labels;
        let snapshot = ground.view.snapshot;
        let budgets = snapshot.disruption_budgets.iter().filter(|budget| {
            let selector = &budget.spec.selector;
            budget.meta.namespace == *namespace
                && selector.matches(labels)
                && !snapshot.pods.iter().any(|pod| {
                    pod.meta.namespace == *namespace
                        && !pod.is_finished()
                        && selector.matches(&pod.meta.labels)
                        && !is_of(ground, pod, self.rollout)
                })
        });
        names(&budgets.map(|known| &known.meta).collect::<Vec<_>>())
    }

    /// Claims that its Pods mount, and those that Pods of a StatefulSet would mount again.
    fn claims(&self, ground: &Ground<'_>) -> Vec<String> {
        let namespace = &self.rollout.object.namespace;
        let name = &self.rollout.object.name;
        let templates = match self.rollout.workload {
            Workload::StatefulSet(set) => &*set.spec.volume_claim_templates,
            Workload::Deployment(_) | Workload::DaemonSet(_) => &[],
        };
        let is_of_set = |claim: &str| {
            templates.iter().any(|template| {
                let prefix = format!("{}-{name}-", template.metadata.name);
                let ordinal = claim.strip_prefix(&prefix).unwrap_or_default();
                !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit())
            })
        };
        let is_mounted = |claim: &str| {
            let mut mounted = self.pods.iter().flat_map(|pod| pod.spec.claims());
            mounted.any(|known| known == claim)
        };
        let claims = ground.view.snapshot.claims.iter().filter(|claim| {
            let known = &*claim.meta.name;
            claim.meta.namespace == *namespace && (is_of_set(known) || is_mounted(known))
        });
        names(&claims.map(|known| &known.meta).collect::<Vec<_>>())
    }

    /// Data that ends with the Pods.
    fn data(&self) -> Option<String> {
        let mut volumes = self.pods.iter().flat_map(|pod| &pod.spec.volumes);
        let has_data = volumes.any(|volume| volume.empty_dir || volume.ephemeral.is_some());
        has_data.then(|| {
            "its Pods keep data in volumes that live as long as they do, which goes with them"
                .to_owned()
        })
    }
}

/// True for a Service that selects Pods of the workload, and none of anybody else.
fn is_alone(ground: &Ground<'_>, backend: &Backend<'_>, rollout: &Rollout<'_>) -> bool {
    let labels = &rollout.workload.template().labels;
    let selector = &backend.service.spec.selector;
    let would_select = !selector.is_empty()
        && selector
            .iter()
            .all(|(key, value)| labels.get(key) == Some(value));
    let mut pods = backend.pods.iter();
    (would_select || !backend.pods.is_empty()) && pods.all(|pod| is_of(ground, pod, rollout))
}

fn is_of(ground: &Ground<'_>, pod: &Pod, rollout: &Rollout<'_>) -> bool {
    let of = ground.view.rollout_of(pod);
    of.is_some_and(|of| of.object == rollout.object)
}

/// Words for kinds that could not be read.
fn unread(ground: &Ground<'_>) -> Option<String> {
    let ledger = &ground.view.snapshot.ledger;
    let unread = AROUND
        .into_iter()
        .filter(|kind| !ledger.is_complete(Source::Objects(*kind)));
    let unread: Vec<&str> = unread.map(|kind| kind.info().plural).collect();
    (!unread.is_empty()).then(|| {
        format!(
            "could not be read: {}; whether something there needs its Pods is not known",
            unread.join(", ")
        )
    })
}

fn names(all: &[&Meta]) -> Vec<String> {
    all.iter().map(|meta| meta.name.to_string()).collect()
}

fn listed(names: &[String]) -> String {
    let words = names[..names.len().min(MAX_NAMES)].join(", ");
    match names.len().saturating_sub(MAX_NAMES) {
        0 => words,
        more => format!("{words} and {more} more"),
    }
}
