#![doc = include_str!("ingress_not_taken_up.md")]

use std::collections::{BTreeMap, BTreeSet};

use dogwatch_model::{
    CheckId, Evidence, FindingKind, Kind, NetworkFinding, Source,
    snapshot::{Ingress, Pod},
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{absence, ingresses, notices},
    view::View,
};

/// The controller of the class leaves an Ingress alone, or there is no such controller.
#[derive(Debug)]
pub(crate) struct IngressNotTakenUp;

static META: Meta = Meta {
    id: CheckId::new("network/ingress-not-taken-up"),
    kind: FindingKind::Network(NetworkFinding::IngressNotTakenUp),
    needs: sources::INGRESS_CLASSES_AND_PODS,
    advice: &[
        "Look for the Ingress in the log of the controller of its class: it may watch other Namespaces or labels only, or refuse what the Ingress says.",
        "Where no controller of the class runs, install or scale it, or name the class of one that does.",
    ],
    casebook: include_str!("ingress_not_taken_up.md"),
};

impl Check for IngressNotTakenUp {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut classes: BTreeMap<&str, Vec<&Ingress>> = BTreeMap::new();
        for ingress in ingresses::all(view) {
            if let Some(class) = ingresses::asked_class(view, ingress) {
                classes.entry(class).or_default().push(ingress);
            }
        }
        for (class, members) in classes {
            let (published, waiting): (Vec<&Ingress>, Vec<&Ingress>) = members
                .into_iter()
                .partition(|ingress| ingresses::has_address(ingress));
            let waiting = waiting.into_iter().filter(|known| is_late(view, known));
            for ingress in waiting {
                judge(view, class, ingress, &published, report);
            }
        }
    }
}

/// Controllers publish what they serve within this time; a load balancer may have to be made first.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// Ingresses that take part in another one are published with that one by some versions only.
const PARTS: &[(&str, &str)] = &[
    ("nginx.org/mergeable-ingress-type", "minion"),
    ("nginx.ingress.kubernetes.io/canary", "true"),
];

/// A controller that serves so many other Namespaces is held to watch all of them.
const MANY_NAMESPACES: usize = 2;

/// Others of the class that are quoted.
const MAX_QUOTED: usize = 2;

fn is_late(view: &View<'_>, ingress: &Ingress) -> bool {
    let created = ingress.meta.created;
    let annotations = &ingress.meta.annotations;
    let is_part = PARTS
        .iter()
        .any(|(key, value)| annotations.get(key) == Some(value));
    // Without a backend there is nothing to publish.
    let is_empty = ingresses::backends(ingress).is_empty();
    !is_part && !is_empty && created.is_some_and(|at| view.now().duration_since(at) >= PATIENCE)
}

fn judge(
    view: &View<'_>,
    class: &str,
    ingress: &Ingress,
    published: &[&Ingress],
    report: &mut Report<'_>,
) {
    let object = cite::object(Kind::Ingress, &ingress.meta);
    let (detail, why) = if published.is_empty() {
        let known = ingresses::class_named(view, class);
        let controller = known.map(|known| &*known.spec.controller);
        let Some((controller, words)) = controller.and_then(needed_pods) else {
            return;
        };
        if !absence::is_proven(&view.snapshot.ledger, Kind::Pod, "") {
            report.undecided(object, Source::Objects(Kind::Pod));
            return;
        }
        if view.snapshot.pods.iter().any(|pod| is_of(pod, words)) {
            return;
        }
        let class = dogwatch_model::ObjectRef::named(Kind::IngressClass, "", class);
        let pods = cite::status(&class, "Pods of the controller", "none");
        let named = cite::spec(&class, "spec.controller", controller);
        (format!("no Pod of {controller}"), vec![named, pods])
    } else if is_watched(ingress, published) {
        (format!("class {class} serves others"), others(published))
    } else {
        return;
    };
    let said = newest_warning(view, ingress);
    let subject = Subject::of(object.clone())
        .detail(detail)
        .since(ingress.meta.created);
    report.found(
        subject,
        cite::status(&object, "status.loadBalancer.ingress", "not set"),
        why.into_iter().chain(said),
    );
}

/// True when the controller evidently looks at the Namespace of the Ingress.
fn is_watched(ingress: &Ingress, published: &[&Ingress]) -> bool {
    let namespaces: BTreeSet<&str> = published
        .iter()
        .map(|known| &*known.meta.namespace)
        .collect();
    namespaces.contains(&*ingress.meta.namespace) || namespaces.len() >= MANY_NAMESPACES
}

/// What the controller did for others of the class.
fn others(published: &[&Ingress]) -> Vec<Evidence> {
    let quoted = published.iter().take(MAX_QUOTED).map(|known| {
        let object = cite::object(Kind::Ingress, &known.meta);
        cite::status(&object, "status.loadBalancer.ingress", "set")
    });
    quoted.collect()
}

/// What somebody said of the Ingress lately.
fn newest_warning(view: &View<'_>, ingress: &Ingress) -> Option<Evidence> {
    let events = view.events_since(&ingress.meta.uid, ingress.meta.created);
    let warnings = events.filter(|event| event.kind == "Warning");
    let newest = warnings
        .filter(|event| notices::is_recent(view, event))
        .last();
    newest.map(cite::event)
}

/// Controllers that run nowhere but in the cluster that they serve, and words of which a Pod of each
/// carries all, in its name, Namespace, labels or images. Others may run outside.
const INSIDE: &[(&str, &[&str])] = &[
    ("k8s.io/ingress-nginx", &["ingress", "nginx"]),
    ("nginx.org/ingress-controller", &["ingress", "nginx"]),
    ("ingress-controllers.konghq.com/kong", &["kong"]),
    ("projectcontour.io/ingress-controller", &["contour"]),
];

fn needed_pods(controller: &str) -> Option<(&'static str, &'static [&'static str])> {
    INSIDE
        .iter()
        .find(|(known, _)| *known == controller)
        .copied()
}

/// True for a Pod that may be one of the controller. Who mirrors images renames them: anything that
/// looks like it counts.
fn is_of(pod: &Pod, words: &[&str]) -> bool {
    let meta = &pod.meta;
    let images = pod
        .spec
        .containers
        .iter()
        .map(|container| &*container.image);
    let labels = meta.labels.iter().map(|(_, value)| value);
    let texts: Vec<&str> = [&*meta.namespace, &*meta.name]
        .into_iter()
        .chain(images)
        .chain(labels)
        .collect();
    let has = |word: &&str| texts.iter().any(|text| text.contains(*word));
    !pod.is_finished() && words.iter().all(has)
}
