#![doc = include_str!("etcd_member_comm.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::mentions::{self, Words},
    view::View,
};

/// Members of etcd do not understand each other in time.
#[derive(Debug)]
pub(crate) struct EtcdMemberComm;

static META: Meta = Meta {
    id: CheckId::new("controlplane/etcd-member-comm"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::EtcdMemberComm),
    needs: sources::PODS_AND_LOGS,
    advice: &["Look at the network and the certificates between the members of etcd."],
    casebook: include_str!("etcd_member_comm.md"),
};

impl Check for EtcdMemberComm {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        mentions::report(view, Words::EtcdMember, OFTEN, report);
    }
}

/// How often a log must say it: once it is said on a good day too.
const OFTEN: i64 = 3;
