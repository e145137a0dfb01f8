//! Who executes a plan: the claim, the lease and the epoch.

use dogwatch_model::ports::store::{Claim, Epoch, Lease, Limits, PlanState, Refused, StoreError};
use dogwatch_model::record::Entry;
use jiff::Timestamp;

use super::sql::Tx;
use super::{approvals, audit, limits, pauses, plans};

/// The epoch of the executor that begins a plan.
const FIRST: Epoch = Epoch::new(1);

pub(super) async fn begin(
    tx: &mut Tx,
    claim: &Claim,
    allowed: &Limits,
    entry: Entry,
) -> Result<Epoch, StoreError> {
    let plan = plans::need(tx, &claim.plan_id).await?;
    if plan.state != PlanState::Approved {
        return Err(StoreError::Conflict { now: plan.state });
    }
    pauses::none_in_force(tx).await?;
    if claim.now >= plan.expires_at {
        let at = plan.expires_at;
        return Err(Refused::Expired { at }.into());
    }
    approvals::stand(tx, &plan).await?;
    approvals::spend(tx, &plan, claim.now).await?;
    limits::check(tx, &plan, claim.now, allowed).await?;
    let sql = "INSERT INTO executions (plan_id, cluster, owner, epoch, begun_at, lease_until) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let cells = [
        (&plan.id).into(),
        (&plan.cluster).into(),
        (&claim.owner).into(),
        FIRST.get().into(),
        claim.now.into(),
        claim.lease_until.into(),
    ];
    tx.run(sql, &cells).await?;
    plans::set_state(tx, &plan.id, PlanState::Executing).await?;
    audit::append_about(tx, &plan, entry).await?;
    Ok(FIRST)
}

pub(super) async fn take_over(
    tx: &mut Tx,
    claim: &Claim,
    entry: Entry,
) -> Result<Epoch, StoreError> {
    let plan = plans::need(tx, &claim.plan_id).await?;
    if !plan.state.is_running() {
        return Err(StoreError::Conflict { now: plan.state });
    }
    let lease = need(tx, &plan.id).await?;
    if claim.now < lease.until {
        let (owner, until) = (lease.owner, lease.until);
        return Err(Refused::LeaseHeld { owner, until }.into());
    }
    let next = Epoch::new(lease.epoch.get() + 1);
    let sql = "UPDATE executions SET owner = $3, epoch = $4, lease_until = $5 \
               WHERE plan_id = $1 AND epoch = $2";
    let cells = [
        (&plan.id).into(),
        lease.epoch.get().into(),
        (&claim.owner).into(),
        next.get().into(),
        claim.lease_until.into(),
    ];
    tx.run(sql, &cells).await?;
    audit::append_about(tx, &plan, entry).await?;
    Ok(next)
}

pub(super) async fn renew(
    tx: &mut Tx,
    plan_id: &str,
    epoch: Epoch,
    until: Timestamp,
) -> Result<(), StoreError> {
    fence(tx, plan_id, Some(epoch)).await?;
    let sql = "UPDATE executions SET lease_until = $3 WHERE plan_id = $1 AND epoch = $2";
    let cells = [plan_id.into(), epoch.get().into(), until.into()];
    tx.run(sql, &cells).await?;
    Ok(())
}

/// The lease, if the epoch is the present one.
pub(super) async fn fence(
    tx: &mut Tx,
    plan_id: &str,
    epoch: Option<Epoch>,
) -> Result<Lease, StoreError> {
    let lease = need(tx, plan_id).await?;
    if epoch == Some(lease.epoch) {
        Ok(lease)
    } else {
        Err(StoreError::Fenced { now: lease.epoch })
    }
}

pub(super) async fn find(tx: &mut Tx, plan_id: &str) -> Result<Option<Lease>, StoreError> {
    let sql = "SELECT owner, epoch, begun_at, lease_until FROM executions WHERE plan_id = $1";
    let Some(row) = tx.row(sql, &[plan_id.into()]).await? else {
        return Ok(None);
    };
    Ok(Some(Lease {
        owner: row.text(0)?,
        epoch: Epoch::new(row.count(1)?),
        begun_at: row.time(2)?,
        until: row.time(3)?,
    }))
}

async fn need(tx: &mut Tx, plan_id: &str) -> Result<Lease, StoreError> {
    find(tx, plan_id).await?.ok_or_else(|| StoreError::Unknown {
        what: "execution of plan",
        id: plan_id.to_owned(),
    })
}
