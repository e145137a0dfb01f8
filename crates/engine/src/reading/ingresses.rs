//! Ingresses: their classes, and what stands behind their paths.

use dogwatch_model::snapshot::{Ingress, IngressBackend, IngressClass};

use crate::{rollout::Rollout, view::View};

/// The annotation that named the class before there was a field for it.
const CLASS_ANNOTATION: &str = "kubernetes.io/ingress.class";

/// Marks the class for Ingresses that name none.
const DEFAULT_ANNOTATION: &str = "ingressclass.kubernetes.io/is-default-class";

/// The class that an Ingress names in its field.
pub(crate) fn class(ingress: &Ingress) -> Option<&str> {
    let name = ingress.spec.ingress_class_name.as_ref();
    name.map(|name| &**name).filter(|name| !name.is_empty())
}

/// The class that an Ingress names in its annotation: a word between it and the controller.
pub(crate) fn annotated_class(ingress: &Ingress) -> Option<&str> {
    ingress.meta.annotations.get(CLASS_ANNOTATION)
}

/// The class by which a controller chooses an Ingress: its field, else its annotation, else the
/// class for those that name none.
pub(crate) fn asked_class<'a>(view: &View<'a>, ingress: &'a Ingress) -> Option<&'a str> {
    let default = || {
        let mut classes = view.snapshot.ingress_classes.iter();
        classes
            .find(|known| is_default(known))
            .map(|known| &*known.meta.name)
    };
    class(ingress)
        .or_else(|| annotated_class(ingress))
        .or_else(default)
}

/// The class of that name.
pub(crate) fn class_named<'a>(view: &View<'a>, name: &str) -> Option<&'a IngressClass> {
    let mut classes = view.snapshot.ingress_classes.iter();
    classes.find(|known| *known.meta.name == *name)
}

/// True for the class of Ingresses that name none.
pub(crate) fn is_default(class: &IngressClass) -> bool {
    class.meta.annotations.get(DEFAULT_ANNOTATION) == Some("true")
}

/// True when a controller has published the Ingress.
pub(crate) fn has_address(ingress: &Ingress) -> bool {
    !ingress.status.load_balancer.ingress.is_empty()
}

/// True when neither rules nor a default backend were recorded. No API server takes such an Ingress,
/// so that nothing can be said of what its spec does not name.
pub(crate) fn is_fragment(ingress: &Ingress) -> bool {
    ingress.spec.rules.is_empty() && ingress.spec.default_backend.is_none()
}

/// Ingresses that nobody is deleting.
pub(crate) fn all<'v, 'a>(view: &'v View<'a>) -> impl Iterator<Item = &'a Ingress> + 'v {
    let all = view.snapshot.ingresses.iter();
    all.filter(|ingress| !ingress.meta.is_terminating())
}

/// Every backend of an Ingress with the field in which it stands.
pub(crate) fn backends(ingress: &Ingress) -> Vec<(String, &IngressBackend)> {
    let spec = &ingress.spec;
    let default = spec.default_backend.iter();
    let mut all: Vec<(String, &IngressBackend)> = default
        .map(|backend| ("spec.defaultBackend".to_owned(), backend))
        .collect();
    for rule in &spec.rules {
        let host = if rule.host.is_empty() {
            "*"
        } else {
            &*rule.host
        };
        for path in &rule.http.paths {
            all.push((format!("{host}{}", path.path), &path.backend));
        }
    }
    all
}

/// Controllers as IngressClasses name them, and the label `app.kubernetes.io/name` that the Pods of
/// each carry.
pub(crate) const CONTROLLERS: &[(&str, &[&str])] = &[
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

/// True for the workload of a controller whose Pods carry one of these labels.
pub(crate) fn is_controller(rollout: &Rollout<'_>, apps: &[&str]) -> bool {
    let labels = &rollout.workload.template().labels;
    let component = labels.get("app.kubernetes.io/component");
    let is_part = matches!(component, None | Some("controller" | "app"));
    let app = labels.get("app.kubernetes.io/name");
    is_part && app.is_some_and(|app| apps.contains(&app))
}
