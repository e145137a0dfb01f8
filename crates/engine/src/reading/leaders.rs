//! Leases that leaders renew: who holds them, on which node, and since when they are silent.

use std::collections::BTreeMap;

use dogwatch_model::{Evidence, Kind, snapshot::Lease};
use jiff::{SignedDuration, Timestamp};

use crate::{cite, view::View};

/// Every node has a Lease of its kubelet here; no leader does.
const NODE_LEASES: &str = "kube-node-lease";

/// Where the control plane keeps its Leases.
pub(crate) const SYSTEM: &str = "kube-system";

/// Holders renew every few seconds; a slow API server delays them.
const LEAST: SignedDuration = SignedDuration::from_secs(60);

/// How long nothing was heard of the holder; `None` when the Lease has no holder.
pub(crate) fn silence(view: &View<'_>, lease: &Lease) -> Option<SignedDuration> {
    let renewed = lease.spec.renew_time?;
    (!lease.spec.holder_identity.is_empty()).then(|| view.now().duration_since(renewed))
}

/// True when the holder renewed the Lease in time.
pub(crate) fn is_fresh(view: &View<'_>, lease: &Lease) -> bool {
    silence(view, lease).is_some_and(|silent| silent <= patience(lease))
}

/// True when the holder had twice the time it has, and a minute, and did not renew.
pub(crate) fn is_stale(view: &View<'_>, lease: &Lease) -> bool {
    silence(view, lease).is_some_and(|silent| silent > patience(lease) * 2)
}

fn patience(lease: &Lease) -> SignedDuration {
    SignedDuration::from_secs(lease.spec.lease_duration_seconds).max(LEAST)
}

/// The fact that a Lease states.
pub(crate) fn quote(lease: &Lease) -> Evidence {
    let object = cite::object(Kind::Lease, &lease.meta);
    let at = lease.spec.renew_time;
    let when = at.map_or_else(|| "never".to_owned(), |at| at.to_string());
    let value = format!("{when} by {}", lease.spec.holder_identity);
    cite::status_at(&object, "spec.renewTime", value, at)
}

/// A clock may be off by this much before anybody notices.
const CLOCK: SignedDuration = SignedDuration::from_mins(2);

/// Nodes that must agree on the time before one of them is wrong.
const MAJORITY: usize = 3;

/// The Lease of a node that is renewed with a time ahead of all others, and the newest of those.
/// Nobody renews in the future; a Lease that is behind may just be late. Nodes that are not ready
/// are late for another reason.
pub(crate) fn ahead<'a>(view: &View<'a>) -> Option<(&'a Lease, Timestamp)> {
    let is_ready = |name: &str| {
        let ready = view.snapshot.node(name)?.condition("Ready")?;
        ready.is_true().then_some(())
    };
    let leases = view.snapshot.leases.iter();
    let own = leases.filter(|known| known.meta.namespace == *NODE_LEASES);
    let mut own: Vec<&Lease> = own
        .filter(|known| known.spec.renew_time.is_some() && is_ready(&known.meta.name).is_some())
        .collect();
    own.sort_by_key(|known| known.spec.renew_time);
    let newest = own.pop()?;
    let next = own.last()?.spec.renew_time?;
    let is_ahead = newest.spec.renew_time?.duration_since(next) > CLOCK;
    (own.len() >= MAJORITY && is_ahead).then_some((newest, next))
}

/// Leases of leaders by the node their holder runs on. Holders are named after their Pod, or in the
/// network of the node after the node, and a random suffix follows.
pub(crate) fn by_node<'a>(view: &View<'a>) -> BTreeMap<&'a str, Vec<&'a Lease>> {
    let snapshot = view.snapshot;
    let mut held: BTreeMap<&str, Vec<&Lease>> = BTreeMap::new();
    for lease in &snapshot.leases {
        let holder = &*lease.spec.holder_identity;
        if holder.is_empty() || lease.meta.namespace == *NODE_LEASES {
            continue;
        }
        let name = holder.split_once('_').map_or(holder, |(name, _)| name);
        let pod = snapshot.pods.binary_search_by(|pod| {
            let place = (&*pod.meta.namespace, &*pod.meta.name);
            place.cmp(&(&*lease.meta.namespace, name))
        });
        let node = match pod {
            Ok(at) => Some(&*snapshot.pods[at].node).filter(|node| !node.is_empty()),
            // Without a suffix a name that equals a node may be that of something else.
            Err(_) if name == holder => None,
            Err(_) => snapshot.node(name).map(|node| &*node.meta.name),
        };
        if let Some(node) = node {
            held.entry(node).or_default().push(lease);
        }
    }
    held
}
