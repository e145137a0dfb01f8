//! Health of PersistentVolumeClaims.

use dogwatch_model::snapshot::PersistentVolumeClaim;

use super::{Health, of_meta};

/// The state of a claim.
pub fn of_claim(item: &PersistentVolumeClaim) -> Health {
    of_meta(&item.meta).unwrap_or_else(|| match &*item.status.phase {
        "Bound" => Health::current("Bound"),
        "Lost" => Health::failed("VolumeLost"),
        _ => Health::in_progress("NotBound"),
    })
}
