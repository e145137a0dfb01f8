#![doc = include_str!("ingress_class_missing.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding, ObjectRef, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{absence, ingresses},
    view::View,
};

/// An Ingress names a class that does not exist, or none where there is no default.
#[derive(Debug)]
pub(crate) struct IngressClassMissing;

static META: Meta = Meta {
    id: CheckId::new("network/ingress-class-missing"),
    kind: FindingKind::Network(NetworkFinding::IngressClassMissing),
    needs: sources::INGRESS_CLASSES,
    advice: &["Correct ingressClassName, or install the controller whose class it is."],
    casebook: include_str!("ingress_class_missing.md"),
};

impl Check for IngressClassMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let classes = &view.snapshot.ingress_classes;
        for ingress in ingresses::all(view) {
            let age = ingress.meta.created.map(|at| view.now().duration_since(at));
            let is_young = age.is_some_and(|age| age < PATIENCE);
            // Controllers may serve a class of their own without an object of it.
            if is_young || ingresses::has_address(ingress) || ingresses::is_fragment(ingress) {
                continue;
            }
            let named = ingresses::class(ingress);
            let is_served = match named {
                Some(name) => classes.iter().any(|class| *class.meta.name == *name),
                None => {
                    ingresses::annotated_class(ingress).is_some()
                        || classes.iter().any(ingresses::is_default)
                }
            };
            if is_served {
                continue;
            }
            let object = cite::object(Kind::Ingress, &ingress.meta);
            if !absence::is_proven(&view.snapshot.ledger, Kind::IngressClass, "") {
                report.undecided(object, Source::Objects(Kind::IngressClass));
                continue;
            }
            let words: Vec<&str> = classes
                .iter()
                .map(|class| &*class.meta.name)
                .take(10)
                .collect();
            let known = if words.is_empty() {
                "none".to_owned()
            } else {
                words.join(",")
            };
            let class = ObjectRef::named(Kind::IngressClass, "", named.unwrap_or("*"));
            let subject = Subject::of(object.clone())
                .detail(named.unwrap_or("no class and no default"))
                .since(ingress.meta.created);
            report.found(
                subject,
                cite::spec(&object, "spec.ingressClassName", named.unwrap_or("not set")),
                [
                    cite::status(&object, "status.loadBalancer.ingress", "not set"),
                    cite::status(&class, "classes there are", known),
                ],
            );
        }
    }
}

/// Controllers publish what they serve within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(5);
