#![doc = include_str!("csi_node_plugin_missing.md")]

use dogwatch_model::{CheckId, FindingKind, StorageFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mounts::{self, VolumeClass},
    view::View,
};

/// The CSI driver does not run on the node.
#[derive(Debug)]
pub(crate) struct CsiNodePluginMissing;

static META: Meta = Meta {
    id: CheckId::new("storage/csi-node-plugin-missing"),
    kind: FindingKind::Storage(StorageFinding::CsiNodePluginMissing),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Look at the DaemonSet Pod of the driver on this node."],
    casebook: include_str!("csi_node_plugin_missing.md"),
};

impl Check for CsiNodePluginMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mounts::report(view, VolumeClass::CsiNodePluginMissing, report);
    }
}
