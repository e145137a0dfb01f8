#![doc = include_str!("ingress_controller_down.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        components::{self, Readiness},
        ingresses,
    },
    rollout::Rollout,
    view::View,
};

/// No Pod of the controller of an IngressClass is ready.
#[derive(Debug)]
pub(crate) struct IngressControllerDown;

static META: Meta = Meta {
    id: CheckId::new("network/ingress-controller-down"),
    kind: FindingKind::Network(NetworkFinding::IngressControllerDown),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &["Look at how the Pods of the controller end and at their log."],
    casebook: include_str!("ingress_controller_down.md"),
};

impl Check for IngressControllerDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let classes = view.snapshot.ingress_classes.iter();
        for (controller, apps) in ingresses::CONTROLLERS {
            if !classes
                .clone()
                .any(|class| *class.spec.controller == **controller)
            {
                continue;
            }
            let own = view
                .rollouts
                .iter()
                .filter(|known| ingresses::is_controller(known, apps));
            let own: Vec<&Rollout<'_>> = own.filter(|known| known.desired > 0).collect();
            let is_down = |known: &&Rollout<'_>| {
                let readiness = components::readiness(view, known);
                readiness.is_none_or(|readiness| readiness.is_absent())
            };
            if own.iter().all(is_down) {
                for rollout in own {
                    components::report(view, rollout, report, Readiness::is_absent);
                }
            }
        }
    }
}
