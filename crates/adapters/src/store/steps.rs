//! The steps of a running plan.

use dogwatch_model::ports::store::{
    Epoch, Lease, Plan, Refused, Step, StepEnd, StepStart, StepState, StoreError,
};
use dogwatch_model::record::Entry;

use super::sql::{Row, Tx, corrupt};
use super::{audit, executions, pauses, plans};

pub(super) async fn start(
    tx: &mut Tx,
    start: &StepStart,
    entry: Entry,
) -> Result<Step, StoreError> {
    let plan = plans::need(tx, &start.plan_id).await?;
    let lease = executions::fence(tx, &plan.id, Some(start.epoch)).await?;
    if let Some(before) = find(tx, &plan.id, start.n).await? {
        if before.request != start.body || before.object != start.object {
            return Err(differs(&plan.id, start.n));
        }
        if before.epoch == start.epoch || before.state != StepState::Started {
            return Ok(before);
        }
    }
    may_start(tx, &plan, &lease, start).await?;
    // A step that the executor before had started belongs to this one from now on.
    let sql = "INSERT INTO steps (plan_id, n, epoch, state, object, request, started_at) \
               VALUES ($1, $2, $3, 'started', $4, $5, $6) \
               ON CONFLICT (plan_id, n) DO UPDATE SET epoch = excluded.epoch";
    let cells = [
        (&plan.id).into(),
        start.n.into(),
        start.epoch.get().into(),
        start.object.as_deref().into(),
        (&start.body).into(),
        start.at.into(),
    ];
    tx.run(sql, &cells).await?;
    audit::append_about(tx, &plan, entry).await?;
    need(tx, &plan.id, start.n).await
}

async fn may_start(
    tx: &mut Tx,
    plan: &Plan,
    lease: &Lease,
    start: &StepStart,
) -> Result<(), StoreError> {
    if !plan.state.is_running() {
        return Err(StoreError::Conflict { now: plan.state });
    }
    pauses::none_in_force(tx).await?;
    if start.at >= lease.until {
        let at = lease.until;
        return Err(Refused::LeaseOver { at }.into());
    }
    match &start.object {
        Some(object) if !plan.targets.contains(object) => {
            let object = object.clone();
            Err(Refused::NotATarget { object }.into())
        }
        Some(_) | None => Ok(()),
    }
}

/// Notes the end of a step. Allowed in any state of the plan: a step that was sent before a stop
/// has an outcome that must not be lost.
pub(super) async fn end(
    tx: &mut Tx,
    end: &StepEnd,
    state: StepState,
    entry: Entry,
) -> Result<(), StoreError> {
    let plan = plans::need(tx, &end.plan_id).await?;
    executions::fence(tx, &plan.id, Some(end.epoch)).await?;
    let step = need(tx, &plan.id, end.n).await?;
    if step.state != StepState::Started {
        let is_same = step.state == state && step.outcome.as_ref() == Some(&end.body);
        return if is_same {
            Ok(())
        } else {
            Err(differs(&plan.id, end.n))
        };
    }
    let sql = "UPDATE steps SET epoch = $3, state = $4, outcome = $5, ended_at = $6 \
               WHERE plan_id = $1 AND n = $2 AND state = 'started'";
    let cells = [
        (&plan.id).into(),
        end.n.into(),
        end.epoch.get().into(),
        state.as_str().into(),
        (&end.body).into(),
        end.at.into(),
    ];
    tx.run(sql, &cells).await?;
    if state == StepState::Done {
        note_mutation(tx, &plan, &step, end).await?;
    }
    audit::append_about(tx, &plan, entry).await?;
    Ok(())
}

async fn note_mutation(
    tx: &mut Tx,
    plan: &Plan,
    step: &Step,
    end: &StepEnd,
) -> Result<(), StoreError> {
    let Some(object) = &step.object else {
        return Ok(());
    };
    let sql = "INSERT INTO mutations (plan_id, n, cluster, object, happened_at) \
               VALUES ($1, $2, $3, $4, $5)";
    let cells = [
        (&plan.id).into(),
        end.n.into(),
        (&plan.cluster).into(),
        object.into(),
        end.at.into(),
    ];
    tx.run(sql, &cells).await?;
    Ok(())
}

pub(super) async fn of_plan(tx: &mut Tx, plan_id: &str) -> Result<Vec<Step>, StoreError> {
    let sql = "SELECT n, epoch, state, object, request, outcome, started_at, ended_at \
               FROM steps WHERE plan_id = $1 ORDER BY n";
    let rows = tx.rows(sql, &[plan_id.into()]).await?;
    rows.iter().map(step).collect()
}

async fn find(tx: &mut Tx, plan_id: &str, n: u32) -> Result<Option<Step>, StoreError> {
    let sql = "SELECT n, epoch, state, object, request, outcome, started_at, ended_at \
               FROM steps WHERE plan_id = $1 AND n = $2";
    let row = tx.row(sql, &[plan_id.into(), n.into()]).await?;
    row.as_ref().map(step).transpose()
}

async fn need(tx: &mut Tx, plan_id: &str, n: u32) -> Result<Step, StoreError> {
    find(tx, plan_id, n)
        .await?
        .ok_or_else(|| StoreError::Unknown {
            what: "step",
            id: name(plan_id, n),
        })
}

fn differs(plan_id: &str, n: u32) -> StoreError {
    StoreError::Exists {
        what: "step",
        id: name(plan_id, n),
    }
}

fn name(plan_id: &str, n: u32) -> String {
    format!("{n} of plan {plan_id}")
}

fn step(row: &Row) -> Result<Step, StoreError> {
    Ok(Step {
        n: u32::try_from(row.int(0)?).map_err(|error| corrupt(&error))?,
        epoch: Epoch::new(row.count(1)?),
        state: row.word(2, StepState::parse)?,
        object: row.maybe_text(3)?,
        request: row.text(4)?,
        outcome: row.maybe_text(5)?,
        started_at: row.time(6)?,
        ended_at: row.maybe_time(7)?,
    })
}
