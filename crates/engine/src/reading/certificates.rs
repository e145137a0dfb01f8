//! Certificates and what issues them, as cert-manager keeps them.

use dogwatch_model::snapshot::CustomObject;
use jiff::{SignedDuration, Timestamp};

use crate::view::View;

/// Group of Certificates and issuers.
pub(crate) const GROUP: &str = "cert-manager.io";

/// Group of Orders and Challenges.
const ACME: &str = "acme.cert-manager.io";

/// What an object is in the making of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Certificate,
    Issuer,
    /// An Order or a Challenge.
    Step,
}

pub(crate) fn part(object: &CustomObject) -> Option<Part> {
    let info = object.kind.info();
    match (info.group, info.name) {
        (GROUP, "Certificate") => Some(Part::Certificate),
        (GROUP, "Issuer" | "ClusterIssuer") => Some(Part::Issuer),
        (ACME, "Order" | "Challenge") => Some(Part::Step),
        _ => None,
    }
}

/// Owners between a Challenge and its Certificate, itself included.
const MAX_OWNERS: usize = 4;

/// True when an object is owned, over others, by a Certificate.
pub(crate) fn is_made_for(
    view: &View<'_>,
    object: &CustomObject,
    certificate: &CustomObject,
) -> bool {
    let mut current = object;
    for _ in 0..MAX_OWNERS {
        let Some(owner) = current.meta.controller() else {
            return false;
        };
        if owner.uid == certificate.meta.uid && !owner.uid.is_empty() {
            return true;
        }
        let mut known = view.snapshot.customs.iter();
        match known.find(|known| known.meta.uid == owner.uid && !owner.uid.is_empty()) {
            Some(next) => current = next,
            None => return false,
        }
    }
    false
}

/// A time in a field.
pub(crate) fn time(object: &CustomObject, path: &str) -> Option<Timestamp> {
    object.field(path)?.parse().ok()
}

/// How long a Certificate is still valid; negative once it has expired.
pub(crate) fn left(view: &View<'_>, certificate: &CustomObject) -> Option<SignedDuration> {
    let end = time(certificate, "status.notAfter")?;
    Some(end.duration_since(view.now()))
}
