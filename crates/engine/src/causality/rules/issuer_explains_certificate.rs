#![doc = include_str!("issuer_explains_certificate.md")]

use dogwatch_model::{CertificateFinding, EdgeStrength, Finding, FindingKind, Kind, RuleId};

use super::super::{Key, Link, Rule, RuleMeta};
use crate::{
    View,
    reading::certificates::{self, Part},
};

/// An issuer, or a step of issuing, that fails explains that a certificate is not issued; one that is not issued expires.
#[derive(Debug)]
pub(crate) struct IssuerExplainsCertificate;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("issuer-explains-certificate"),
    because: "the certificate is issued by it",
    strength: EdgeStrength::Hard,
    casebook: include_str!("issuer_explains_certificate.md"),
};

impl Rule for IssuerExplainsCertificate {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Certificate(CertificateFinding::CertManagerNotReady) => {
                vec![Key::workload(&finding.object)]
            }
            _ => Vec::new(),
        }
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Certificate(
                CertificateFinding::CertManagerNotReady
                | CertificateFinding::Expiring
                | CertificateFinding::Expired,
            ) => causes_of(view, finding),
            _ => Vec::new(),
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        (cause.object != effect.object || cause.kind != effect.kind).then(Link::proven)
    }
}

/// What may stand behind the state of a Certificate: its issuer, the steps that issue it, and for
/// its age itself.
fn causes_of(view: &View<'_>, finding: &Finding) -> Vec<Key> {
    let mut known = view.snapshot.customs.iter();
    let object = known.find(|known| {
        known.kind == finding.object.kind
            && known.meta.name == finding.object.name
            && known.meta.namespace == finding.object.namespace
    });
    let Some(object) = object.filter(|known| certificates::part(known) == Some(Part::Certificate))
    else {
        return Vec::new();
    };
    let mut keys = vec![Key::workload(&finding.object)];
    let issuer = object.field("spec.issuerRef.name");
    let issuer_kind = object.field("spec.issuerRef.kind").unwrap_or("Issuer");
    for known in &view.snapshot.customs {
        let own =
            |kind: Kind| Key::Workload(kind, known.meta.namespace.clone(), known.meta.name.clone());
        let is_step = certificates::part(known) == Some(Part::Step)
            && certificates::is_made_for(view, known, object);
        let is_issuer = certificates::part(known) == Some(Part::Issuer)
            && known.kind.name() == issuer_kind
            && Some(&*known.meta.name) == issuer
            && (known.meta.namespace == object.meta.namespace || known.meta.namespace.is_empty());
        if is_step || is_issuer {
            keys.push(own(known.kind));
        }
    }
    keys
}
