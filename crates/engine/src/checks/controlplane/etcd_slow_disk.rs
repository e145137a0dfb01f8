#![doc = include_str!("etcd_slow_disk.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// etcd is slow, most often because of its disk.
#[derive(Debug)]
pub(crate) struct EtcdSlowDisk;

static META: Meta = Meta {
    id: CheckId::new("controlplane/etcd-slow-disk"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::EtcdSlowDisk),
    needs: sources::PODS_AND_LOGS,
    advice: &["Look at the latency of the disk of etcd, and at who else writes to it."],
    casebook: include_str!("etcd_slow_disk.md"),
};

impl Check for EtcdSlowDisk {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mentions::report(view, Words::EtcdSlowDisk, OFTEN, report);
    }
}

/// How often a log must say it: once it is said on a good day too.
const OFTEN: i64 = 5;
