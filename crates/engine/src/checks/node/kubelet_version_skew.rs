#![doc = include_str!("kubelet_version_skew.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::versions::Version,
    view::View,
};

/// The kubelet of a node is outside the versions that the API server supports.
#[derive(Debug)]
pub(crate) struct KubeletVersionSkew;

static META: Meta = Meta {
    id: CheckId::new("node/kubelet-version-skew"),
    kind: FindingKind::Node(NodeFinding::KubeletVersionSkew),
    needs: sources::NODES,
    advice: &[
        "Upgrade the node; the kubelet may be up to three minor versions older than the API server and never newer.",
    ],
    casebook: include_str!("kubelet_version_skew.md"),
};

impl Check for KubeletVersionSkew {
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
        for node in &view.snapshot.nodes {
            let text = &node.status.node_info.kubelet_version;
            let Some(kubelet) = Version::parse(text) else {
                continue;
            };
            if kubelet.is_supported(server) {
                continue;
            }
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone()).detail(format!("{text} with {server}"));
            let own = cite::status(&object, "status.nodeInfo.kubeletVersion", text);
            report.found(
                subject,
                own,
                [cite::status(&object, "version of the API server", server)],
            );
        }
    }
}
