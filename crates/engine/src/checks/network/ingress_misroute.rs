#![doc = include_str!("ingress_misroute.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    CheckId, Evidence, FindingKind, Kind, NetworkFinding,
    snapshot::{Ingress, IngressBackend},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::ingresses,
    view::View,
};

/// Two rules for the same host and path lead to different Services.
#[derive(Debug)]
pub(crate) struct IngressMisroute;

static META: Meta = Meta {
    id: CheckId::new("network/ingress-misroute"),
    kind: FindingKind::Network(NetworkFinding::IngressMisroute),
    needs: sources::INGRESSES,
    advice: &[
        "Keep one of the two rules; controllers keep the older Ingress or mix them, each in its own way.",
    ],
    casebook: include_str!("ingress_misroute.md"),
};

impl Check for IngressMisroute {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut first: BTreeMap<Route<'_>, (&Ingress, String)> = BTreeMap::new();
        let plain = ingresses::all(view).filter(|known| !is_canary(known));
        for ingress in plain {
            for (route, backend) in routes(ingress) {
                let Some(to) = target(ingress, backend) else {
                    continue;
                };
                let (known, other) = first.entry(route).or_insert_with(|| (ingress, to.clone()));
                if *other == to {
                    continue;
                }
                let (_, host, path, _) = route;
                let place = format!("{}{path}", if host.is_empty() { "*" } else { host });
                let object = cite::object(Kind::Ingress, &ingress.meta);
                let subject = Subject::of(object)
                    .detail(place.clone())
                    .since(ingress.meta.created);
                report.found(
                    subject,
                    leads(ingress, &place, &to),
                    [leads(known, &place, other)],
                );
            }
        }
    }
}

/// Class, host, path and path type.
type Route<'a> = (&'a str, &'a str, &'a str, &'a str);

fn is_canary(ingress: &Ingress) -> bool {
    let annotations = &ingress.meta.annotations;
    annotations.get("nginx.ingress.kubernetes.io/canary") == Some("true")
}

fn routes(ingress: &Ingress) -> Vec<(Route<'_>, &IngressBackend)> {
    let class = ingresses::class(ingress).or(ingresses::annotated_class(ingress));
    let class = class.unwrap_or_default();
    let rules = ingress.spec.rules.iter();
    let paths = rules.flat_map(|rule| rule.http.paths.iter().map(move |path| (&*rule.host, path)));
    paths
        .map(|(host, path)| ((class, host, &*path.path, &*path.path_type), &path.backend))
        .collect()
}

/// Where a path leads: an Ingress means Services of its own Namespace.
fn target(ingress: &Ingress, backend: &IngressBackend) -> Option<String> {
    let service = backend.service.as_ref()?;
    let port = match &*service.port.name {
        "" => service.port.number.to_string(),
        name => name.to_owned(),
    };
    let namespace = &ingress.meta.namespace;
    Some(format!("Service {namespace}/{}, port {port}", service.name))
}

fn leads(ingress: &Ingress, place: &str, to: &str) -> Evidence {
    cite::spec(&cite::object(Kind::Ingress, &ingress.meta), place, to)
}
