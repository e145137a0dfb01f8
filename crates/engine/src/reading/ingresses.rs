//! Ingresses: their classes, and what stands behind their paths.

use dogwatch_model::snapshot::{Ingress, IngressBackend, IngressClass};

use crate::view::View;

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

/// True for the class of Ingresses that name none.
pub(crate) fn is_default(class: &IngressClass) -> bool {
    class.meta.annotations.get(DEFAULT_ANNOTATION) == Some("true")
}

/// True when a controller has published the Ingress.
pub(crate) fn has_address(ingress: &Ingress) -> bool {
    !ingress.status.load_balancer.ingress.is_empty()
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
