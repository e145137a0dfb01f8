//! Ways out: one file per remedy. A remedy is data for others to carry out; nothing here acts.
//!
//! [`plan`] turns a request into a draft, or says what is in the way. What must never be done has no
//! remedy: it cannot be asked for.

mod autoscaler_aims;
mod bind_address;
mod bound_autoscaler;
mod burst_workload;
mod cordon_node;
mod create_autoscaler;
mod create_node_pool;
mod delete_machine;
mod delete_node_pool;
mod delete_pod;
mod delete_workload;
mod drain_node;
mod escalate;
mod expand_volume;
mod fix_service_port;
mod fix_service_selector;
mod ground;
mod hibernate_cluster;
mod left_behind;
mod machines;
mod mark_vulnerability;
mod ownership;
mod pause_rollout;
mod pools;
mod protection;
mod raise_limit;
mod raise_quota;
mod raising;
mod reboot_machine;
mod release;
mod remove_taint;
mod requeue_release;
mod rerun_job;
mod resize_node_pool;
mod resize_workload;
mod restart_workload;
mod rollback_release;
mod rollback_workload;
mod room;
mod scale_workload;
mod serverless;
mod sketch;
mod start_machine;
mod suspend_job;

use dogwatch_model::plan::{Draft, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk};

pub use ground::Ground;
pub use ownership::delivered_by;
pub use ownership::meta_of;
pub(crate) use raise_limit::needed as limit_needed;
pub(crate) use raise_quota::needed as quota_needed;
pub(crate) use raising::reasons;
pub use release::{
    KnownRevision, OutlinedObject, ReleaseOutline, Revisions, Said, release_of_object, revisions,
};
pub(crate) use remove_taint::UNINITIALIZED;
pub(crate) use room::{nodes_needed, pool_needed, waiting};

/// Identity of a remedy.
#[derive(Debug)]
pub struct RemedyMeta {
    /// Stable id, `verb-noun`.
    pub id: &'static str,
    /// What it does, in one sentence.
    pub does: &'static str,
    /// How dangerous it is where nothing raises it.
    pub risk: Risk,
    /// Whether there is a way back.
    pub reversibility: Reversibility,
    /// First version that had it.
    pub since: &'static str,
}

/// One way out.
pub trait Remedy: core::fmt::Debug + Sync {
    /// Identity.
    fn meta(&self) -> &'static RemedyMeta;

    /// The draft for a request of this remedy.
    ///
    /// # Errors
    /// When something is in the way.
    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal>;

    /// The page of the remedy: what it does, what it checks, and its cases.
    fn casebook(&self) -> &'static str;
}

/// Every remedy, sorted by id.
pub const REMEDIES: &[&dyn Remedy] = &[
    &bind_address::BindAddress,
    &bound_autoscaler::BoundAutoscaler,
    &burst_workload::BurstWorkload,
    &cordon_node::CordonNode,
    &create_autoscaler::CreateAutoscaler,
    &create_node_pool::CreateNodePool,
    &delete_machine::DeleteMachine,
    &delete_node_pool::DeleteNodePool,
    &delete_pod::DeletePod,
    &delete_workload::DeleteWorkload,
    &drain_node::DrainNode,
    &escalate::Escalate,
    &expand_volume::ExpandVolume,
    &fix_service_port::FixServicePort,
    &fix_service_selector::FixServiceSelector,
    &hibernate_cluster::HibernateCluster,
    &mark_vulnerability::MarkVulnerability,
    &pause_rollout::PauseRollout,
    &raise_limit::RaiseLimit,
    &raise_quota::RaiseQuota,
    &reboot_machine::RebootMachine,
    &remove_taint::RemoveTaint,
    &requeue_release::RequeueRelease,
    &rerun_job::RerunJob,
    &resize_node_pool::ResizeNodePool,
    &resize_workload::ResizeWorkload,
    &restart_workload::RestartWorkload,
    &rollback_release::RollbackRelease,
    &rollback_workload::RollbackWorkload,
    &scale_workload::ScaleWorkload,
    &start_machine::StartMachine,
    &suspend_job::SuspendJob,
];

/// The remedy of a request.
pub fn remedy(request: &RemedyRequest) -> &'static dyn Remedy {
    match request {
        RemedyRequest::Escalate => &escalate::Escalate,
        RemedyRequest::ScaleWorkload { .. } => &scale_workload::ScaleWorkload,
        RemedyRequest::RollbackWorkload { .. } => &rollback_workload::RollbackWorkload,
        RemedyRequest::RestartWorkload { .. } => &restart_workload::RestartWorkload,
        RemedyRequest::ResizeWorkload { .. } => &resize_workload::ResizeWorkload,
        RemedyRequest::BoundAutoscaler { .. } => &bound_autoscaler::BoundAutoscaler,
        RemedyRequest::CreateAutoscaler { .. } => &create_autoscaler::CreateAutoscaler,
        RemedyRequest::PauseRollout { .. } => &pause_rollout::PauseRollout,
        RemedyRequest::CordonNode { .. } => &cordon_node::CordonNode,
        RemedyRequest::DrainNode { .. } => &drain_node::DrainNode,
        RemedyRequest::DeletePod { .. } => &delete_pod::DeletePod,
        RemedyRequest::DeleteWorkload { .. } => &delete_workload::DeleteWorkload,
        RemedyRequest::RaiseQuota { .. } => &raise_quota::RaiseQuota,
        RemedyRequest::RaiseLimit { .. } => &raise_limit::RaiseLimit,
        RemedyRequest::RerunJob { .. } => &rerun_job::RerunJob,
        RemedyRequest::SuspendJob { .. } => &suspend_job::SuspendJob,
        RemedyRequest::ExpandVolume { .. } => &expand_volume::ExpandVolume,
        RemedyRequest::FixServiceSelector { .. } => &fix_service_selector::FixServiceSelector,
        RemedyRequest::FixServicePort { .. } => &fix_service_port::FixServicePort,
        RemedyRequest::CreateNodePool { .. } => &create_node_pool::CreateNodePool,
        RemedyRequest::ResizeNodePool { .. } => &resize_node_pool::ResizeNodePool,
        RemedyRequest::DeleteNodePool { .. } => &delete_node_pool::DeleteNodePool,
        RemedyRequest::RebootMachine { .. } => &reboot_machine::RebootMachine,
        RemedyRequest::StartMachine { .. } => &start_machine::StartMachine,
        RemedyRequest::DeleteMachine { .. } => &delete_machine::DeleteMachine,
        RemedyRequest::HibernateCluster { .. } => &hibernate_cluster::HibernateCluster,
        RemedyRequest::BindAddress { .. } => &bind_address::BindAddress,
        RemedyRequest::MarkVulnerability { .. } => &mark_vulnerability::MarkVulnerability,
        RemedyRequest::BurstWorkload { .. } => &burst_workload::BurstWorkload,
        RemedyRequest::RequeueRelease { .. } => &requeue_release::RequeueRelease,
        RemedyRequest::RollbackRelease { .. } => &rollback_release::RollbackRelease,
        RemedyRequest::RemoveTaint { .. } => &remove_taint::RemoveTaint,
    }
}

/// Turns a request into a draft.
///
/// # Errors
/// When something is in the way; the refusal says what, and what to do instead.
pub fn plan(
    ground: &Ground<'_>,
    request: &RemedyRequest,
) -> Result<PlanOption<Draft>, PlanRefusal> {
    check_uids(request)?;
    let remedy = remedy(request);
    let mut draft = remedy.draft(ground, request)?;
    ownership::check(ground, &mut draft)?;
    protection::raise(ground, &mut draft);
    sketch::complete(&mut draft);
    Ok(draft)
}

/// Modes of trouble that a remedy brings about itself and tells in its plan.
pub(crate) fn foretold(request: &RemedyRequest) -> &'static [&'static str] {
    if matches!(request, RemedyRequest::DeleteWorkload { .. }) {
        return &["hpa-target-missing"];
    }
    &[]
}

/// Refuses what names no incarnation: a plan for a name alone would fit whatever has it next.
fn check_uids(request: &RemedyRequest) -> Result<(), PlanRefusal> {
    let mut request = request.clone();
    let mut targets = request.targets_mut().into_iter();
    match targets.find(|target| target.uid.is_empty()) {
        None => Ok(()),
        Some(target) => Err(PlanRefusal::NotKnown {
            needs: format!("the UID of {target}"),
        }),
    }
}
