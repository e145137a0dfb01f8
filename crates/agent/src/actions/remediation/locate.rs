//! Fills in what a call leaves open: the Node of a machine, the autoscaler of a workload, how one logs
//! in to new Nodes.

use dogwatch_model::{
    Kind, ObjectRef, Source,
    plan::{NODE_PASSWORD, PlanRefusal, RemedyRequest, Target},
    ports::ListQuery,
};

use super::{
    super::Desk,
    wanted::{Otherwise, Wanted},
};
use crate::{
    collect::read_one,
    recovery::{Recovery, RecoveryError},
};

/// Looks up what the call means.
pub(super) async fn locate(
    recovery: &Recovery<'_>,
    wanted: &mut Wanted,
) -> Result<(), RecoveryError> {
    if let RemedyRequest::RebootMachine { machine, .. }
    | RemedyRequest::StartMachine { machine, .. }
    | RemedyRequest::DeleteMachine { machine, .. } = &wanted.request
    {
        let node = recovery.node_of(machine).await?;
        aim(wanted, node);
    }
    let Some(other) = wanted.otherwise.take() else {
        return Ok(());
    };
    if let Some(known) = autoscaler(recovery, &other).await? {
        aim(wanted, known);
    } else {
        (wanted.target, wanted.request) = (other.workload, other.request);
    }
    Ok(())
}

/// Without a key pair one logs in by the password of the environment, where there is one.
pub(super) fn log_in(request: &mut RemedyRequest, desk: &Desk<'_>) -> Result<(), RecoveryError> {
    let RemedyRequest::CreateNodePool {
        shape: Some(shape), ..
    } = request
    else {
        return Ok(());
    };
    if shape.ssh_key.is_some() {
        return Ok(());
    }
    match &desk.node_password {
        None => {}
        Some(Ok(())) => shape.password_from = Some(NODE_PASSWORD.to_owned()),
        Some(Err(words)) => return Err(RecoveryError::NotNow(words.clone())),
    }
    Ok(())
}

/// Makes the call one about this object.
fn aim(wanted: &mut Wanted, object: ObjectRef) {
    for target in wanted.request.targets_mut() {
        *target = Target::of(&object);
    }
    wanted.target = object;
}

/// The autoscaler of the workload, of the name that the call gives.
async fn autoscaler(
    recovery: &Recovery<'_>,
    other: &Otherwise,
) -> Result<Option<ObjectRef>, RecoveryError> {
    let workload = &other.workload;
    let kind = Kind::HorizontalPodAutoscaler;
    let query = ListQuery::in_namespace(kind, &workload.namespace);
    let snapshot = read_one(recovery.reader, query, recovery.world.now()).await;
    let mut known = snapshot.autoscalers.iter().filter(|known| {
        let aim = &known.spec.scale_target_ref;
        let is_meant = aim.kind == *workload.kind.name() || !other.is_kind_given;
        let given = other.given_name.as_deref();
        aim.name == workload.name && is_meant && given.is_none_or(|name| *known.meta.name == *name)
    });
    if let Some(known) = known.next() {
        let (namespace, name) = (&known.meta.namespace, &known.meta.name);
        return Ok(Some(ObjectRef::named(kind, namespace, name)));
    }
    if snapshot.ledger.is_complete(Source::Objects(kind)) {
        return Ok(None);
    }
    Err(RecoveryError::NotPlanned(PlanRefusal::NotKnown {
        needs: format!("all HorizontalPodAutoscalers of {}", workload.namespace),
    }))
}
