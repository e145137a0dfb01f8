#![doc = include_str!("etcd_no_leader.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// etcd has no leader, or changes it all the time.
#[derive(Debug)]
pub(crate) struct EtcdNoLeader;

static META: Meta = Meta {
    id: CheckId::new("controlplane/etcd-no-leader"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::EtcdNoLeader),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Look at the members of etcd: how many run, and how fast disk and network are between them.",
    ],
    casebook: include_str!("etcd_no_leader.md"),
};

impl Check for EtcdNoLeader {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mentions::report(view, Words::EtcdNoLeader, OFTEN, report);
    }
}

/// How often a log must say it: once it is said on a good day too.
const OFTEN: i64 = 3;
