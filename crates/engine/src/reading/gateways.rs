//! Gateways and the routes that name them.

use dogwatch_model::{CustomKind, Kind, ObjectRef, snapshot::CustomObject};

/// The group of the Gateway API.
pub(crate) const GROUP: &str = "gateway.networking.k8s.io";

/// Kinds of routes.
pub(crate) const ROUTES: &[&str] = &["HTTPRoute", "GRPCRoute"];

/// Where a route names its parents.
const PARENTS: &str = "spec.parentRefs";

/// The Gateways that a route names.
pub(crate) fn parents(route: &CustomObject) -> impl Iterator<Item = ObjectRef> + '_ {
    let names = route.fields_under(PARENTS);
    names.filter_map(move |(path, name)| {
        let entry = path.strip_suffix(".name")?;
        let own = &*route.meta.namespace;
        let namespace = route.field(&format!("{entry}.namespace")).unwrap_or(own);
        let kind = Kind::Custom(CustomKind::GATEWAY);
        is_gateway(route, entry).then(|| ObjectRef::named(kind, namespace, name))
    })
}

/// True for a route that hangs on anything but a Gateway: a mesh serves Services, and not every mesh
/// answers.
pub(crate) fn has_other_parents(route: &CustomObject) -> bool {
    let mut kinds = route.fields_under(PARENTS);
    kinds.any(|(path, kind)| path.strip_suffix(".kind").is_some() && kind != "Gateway")
}

fn is_gateway(route: &CustomObject, entry: &str) -> bool {
    let kind = route.field(&format!("{entry}.kind"));
    kind.is_none_or(|kind| kind == "Gateway")
}
