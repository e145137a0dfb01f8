#![doc = include_str!("ingress_controller_down.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::components::{self, Readiness},
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
        for (controller, apps) in CONTROLLERS {
            if !classes
                .clone()
                .any(|class| *class.spec.controller == **controller)
            {
                continue;
            }
            let own = view
                .rollouts
                .iter()
                .filter(|known| is_controller(known, apps));
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

/// Controllers, and the label `app.kubernetes.io/name` that the Pods of each carry.
const CONTROLLERS: &[(&str, &[&str])] = &[
    (
        "k8s.io/ingress-nginx",
        &["ingress-nginx", "rke2-ingress-nginx"],
    ),
    ("nginx.org/ingress-controller", &["nginx-ingress"]),
    ("traefik.io/ingress-controller", &["traefik"]),
    ("ingress.k8s.aws/alb", &["aws-load-balancer-controller"]),
    (
        "haproxy.org/ingress-controller/haproxy",
        &["kubernetes-ingress"],
    ),
    ("haproxy-ingress.github.io/controller", &["haproxy-ingress"]),
    ("ingress-controllers.konghq.com/kong", &["kong"]),
    ("projectcontour.io/ingress-controller", &["contour"]),
];

fn is_controller(rollout: &Rollout<'_>, apps: &[&str]) -> bool {
    let labels = &rollout.workload.template().labels;
    let component = labels.get("app.kubernetes.io/component");
    let is_part = matches!(component, None | Some("controller" | "app"));
    let app = labels.get("app.kubernetes.io/name");
    is_part && app.is_some_and(|app| apps.contains(&app))
}
