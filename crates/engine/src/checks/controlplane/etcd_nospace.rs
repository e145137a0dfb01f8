#![doc = include_str!("etcd_nospace.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// etcd is full: the cluster is read-only.
#[derive(Debug)]
pub(crate) struct EtcdNoSpace;

static META: Meta = Meta {
    id: CheckId::new("controlplane/etcd-nospace"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::EtcdNoSpace),
    needs: sources::PODS_AND_LOGS,
    advice: &["Compact and defragment etcd, clear the alarm, and find what writes so much."],
    casebook: include_str!("etcd_nospace.md"),
};

impl Check for EtcdNoSpace {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mentions::report(view, Words::EtcdNoSpace, OFTEN, report);
    }
}

/// How often a log must say it; once is enough.
const OFTEN: i64 = 1;
