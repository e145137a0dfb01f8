#![doc = include_str!("version_skew.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{control_plane, leaders::SYSTEM, versions::Version},
    view::View,
};

/// A component of the control plane is outside the supported versions.
#[derive(Debug)]
pub(crate) struct VersionSkew;

static META: Meta = Meta {
    id: CheckId::new("controlplane/version-skew"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::VersionSkew),
    needs: sources::PODS,
    advice: &["Upgrade the component to the version of the API server."],
    casebook: include_str!("version_skew.md"),
};

impl Check for VersionSkew {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let Some(server) = view
            .snapshot
            .server_version
            .as_deref()
            .and_then(Version::parse)
        else {
            return;
        };
        for pod in &view.snapshot.pods {
            let Some((name, behind)) = allowed(pod, server) else {
                continue;
            };
            let image = pod.spec.container(name).map(|known| &*known.image);
            let Some(own) = image.and_then(tag).and_then(Version::parse) else {
                continue;
            };
            if own.is_within(server, behind) {
                continue;
            }
            let object = cite::pod(pod);
            let subject = Subject::of(object.clone()).detail(format!("{name} {own} with {server}"));
            let field = format!("{name}.image");
            let own = cite::spec(&object, &field, image.unwrap_or_default());
            report.found(
                subject,
                own,
                [cite::status(&object, "version of the API server", server)],
            );
        }
    }
}

/// How many minor versions a component may be behind, and the name of its container. etcd has
/// versions of its own; two instances of the API server may differ while one is upgraded.
fn allowed(pod: &Pod, server: Version) -> Option<(&'static str, u32)> {
    if let Some(name) = control_plane::component(pod) {
        return matches!(name, "kube-controller-manager" | "kube-scheduler").then_some((name, 1));
    }
    let is_proxy =
        pod.meta.namespace == *SYSTEM && pod.meta.labels.get("k8s-app") == Some("kube-proxy");
    is_proxy.then(|| ("kube-proxy", Version::kubelet_lag(server)))
}

/// The tag of an image; a port of a registry is none.
fn tag(image: &str) -> Option<&str> {
    let (name, _) = image.split_once('@').unwrap_or((image, ""));
    let (_, tag) = name.rsplit_once(':')?;
    (!tag.contains('/')).then_some(tag)
}
