#![doc = include_str!("driver_pod_trouble_explains_storage_trouble.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, Kind, RuleId, Severity, StorageFinding, snapshot::Pod,
};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_of};
use crate::View;

/// A storage driver that does not run explains what it does not do.
#[derive(Debug)]
pub(crate) struct DriverPodTroubleExplainsStorageTrouble;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("driver-pod-trouble-explains-storage-trouble"),
    because: "the Pod runs the driver that is waited for",
    strength: EdgeStrength::Hard,
    casebook: include_str!("driver_pod_trouble_explains_storage_trouble.md"),
};

impl Rule for DriverPodTroubleExplainsStorageTrouble {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_trouble = finding.severity != Severity::Info
            && matches!(
                finding.kind,
                FindingKind::Pod(_)
                    | FindingKind::Container(_)
                    | FindingKind::Image(_)
                    | FindingKind::Probe(_)
                    | FindingKind::Scheduling(_)
                    | FindingKind::Config(_)
            );
        let pod = pod_of(view, finding).filter(|pod| is_trouble && role(pod).is_some());
        pod.map(|pod| drivers(view, pod)).unwrap_or_default()
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        match finding.kind {
            FindingKind::Storage(
                StorageFinding::ProvisionerNotRunning | StorageFinding::CsiNodePluginMissing,
            ) if !finding.detail.is_empty() => vec![Key::Driver(finding.detail.as_str().into())],
            _ => Vec::new(),
        }
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let pod = pod_of(view, cause)?;
        let fits = match role(pod)? {
            Role::Controller => effect.object.kind == Kind::PersistentVolumeClaim,
            Role::Node => {
                let waiting = pod_of(view, effect);
                waiting.is_some_and(|waiting| waiting.node == pod.node)
            }
        };
        fits.then(Link::proven)
    }
}

/// What a Pod of a driver does.
enum Role {
    Controller,
    Node,
}

fn role(pod: &Pod) -> Option<Role> {
    let has = |word: &str| {
        pod.spec
            .containers
            .iter()
            .any(|known| known.name.contains(word))
    };
    if has("provisioner") {
        Some(Role::Controller)
    } else if has("registrar") {
        Some(Role::Node)
    } else {
        None
    }
}

/// The drivers that a Pod names in its arguments; the only one of the cluster where it names none.
fn drivers(view: &View<'_>, pod: &Pod) -> Vec<Key> {
    let known = &view.snapshot.csi_drivers;
    let words: Vec<&str> = pod
        .spec
        .containers
        .iter()
        .flat_map(|container| container.args.iter().chain(&container.command))
        .map(|word| &**word)
        .collect();
    let is_named = |name: &str| words.iter().any(|word| word.contains(name));
    let named = known.iter().filter(|driver| is_named(&driver.meta.name));
    let keys: Vec<Key> = named
        .map(|driver| Key::Driver(driver.meta.name.clone()))
        .collect();
    match known.as_slice() {
        [only] if keys.is_empty() => vec![Key::Driver(only.meta.name.clone())],
        _ => keys,
    }
}
