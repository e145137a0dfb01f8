//! Plans and the moves of their states.

use dogwatch_model::ports::store::{
    IncidentMove, IncidentState, NewPlan, Plan, PlanMove, PlanState, StoreError,
};
use dogwatch_model::record::Entry;
use serde_json::{Value, json};

use super::sql::{Row, Tx};
use super::{approvals, audit, executions, incidents};

pub(super) async fn save(
    tx: &mut Tx,
    new: &NewPlan,
    entry: Entry,
) -> Result<Vec<String>, StoreError> {
    if find(tx, &new.id).await?.is_some() {
        let (what, id) = ("plan", new.id.clone());
        return Err(StoreError::Exists { what, id });
    }
    if !incidents::has_letter(tx, &new.incident_id, new.letter).await? {
        let id = format!("{} of incident {}", new.letter, new.incident_id);
        let what = "letter";
        return Err(StoreError::Unknown { what, id });
    }
    let older = awaiting_letter(tx, new).await?;
    insert(tx, new, &entry).await?;
    let plan = need(tx, &new.id).await?;
    audit::append_about(tx, &plan, entry.clone()).await?;
    for old in &older {
        supersede(tx, old, &new.id, &entry).await?;
    }
    Ok(older.into_iter().map(|plan| plan.id).collect())
}

async fn insert(tx: &mut Tx, new: &NewPlan, entry: &Entry) -> Result<(), StoreError> {
    let sql = "INSERT INTO plans (id, incident_id, letter, cluster, digest, state, expires_at, \
               saved_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let cells = [
        (&new.id).into(),
        (&new.incident_id).into(),
        new.letter.into(),
        (&new.cluster).into(),
        (&new.digest).into(),
        PlanState::Awaiting.as_str().into(),
        new.expires_at.into(),
        entry.ts.into(),
        (&new.body).into(),
    ];
    tx.run(sql, &cells).await?;
    for object in &new.targets {
        let sql = "INSERT INTO targets (plan_id, object) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        tx.run(sql, &[(&new.id).into(), object.into()]).await?;
    }
    Ok(())
}

async fn awaiting_letter(tx: &mut Tx, new: &NewPlan) -> Result<Vec<Plan>, StoreError> {
    let plans = of_incident(tx, &new.incident_id).await?;
    let same = |plan: &Plan| plan.letter == new.letter && plan.state == PlanState::Awaiting;
    Ok(plans.into_iter().filter(same).collect())
}

async fn supersede(tx: &mut Tx, old: &Plan, by: &str, entry: &Entry) -> Result<(), StoreError> {
    give_up(tx, old, PlanState::Superseded, entry, json!({ "by": by })).await
}

/// Ends a plan that nobody may decide on or begin any more, with a record of its own.
async fn give_up(
    tx: &mut Tx,
    plan: &Plan,
    to: PlanState,
    entry: &Entry,
    detail: Value,
) -> Result<(), StoreError> {
    set_state(tx, &plan.id, to).await?;
    let action = format!("plan.{to}");
    let mut record = Entry::new(entry.ts, entry.actor.clone(), &action, &entry.object);
    record.tool_version.clone_from(&entry.tool_version);
    record.policy_version.clone_from(&entry.policy_version);
    record.detail = Some(detail);
    audit::append_about(tx, plan, record).await?;
    Ok(())
}

/// Ends every plan of an incident that has not begun: the incident executes another one, or is
/// closed.
pub(super) async fn give_up_all(
    tx: &mut Tx,
    incident_id: &str,
    state: IncidentState,
    entry: &Entry,
) -> Result<(), StoreError> {
    for plan in of_incident(tx, incident_id).await? {
        let to = match plan.state {
            PlanState::Awaiting => PlanState::Superseded,
            PlanState::Approved => PlanState::Aborted,
            _ => continue,
        };
        let why = json!({ "incident": state.as_str() });
        give_up(tx, &plan, to, entry, why).await?;
    }
    Ok(())
}

pub(super) async fn find(tx: &mut Tx, id: &str) -> Result<Option<Plan>, StoreError> {
    let sql = "SELECT id, incident_id, letter, cluster, digest, state, expires_at, saved_at, body \
               FROM plans WHERE id = $1";
    let row = tx.row(sql, &[id.into()]).await?;
    Ok(complete(tx, row.into_iter().collect()).await?.pop())
}

pub(super) async fn need(tx: &mut Tx, id: &str) -> Result<Plan, StoreError> {
    find(tx, id).await?.ok_or_else(|| StoreError::Unknown {
        what: "plan",
        id: id.to_owned(),
    })
}

pub(super) async fn of_incident(tx: &mut Tx, id: &str) -> Result<Vec<Plan>, StoreError> {
    let sql = "SELECT id, incident_id, letter, cluster, digest, state, expires_at, saved_at, body \
               FROM plans WHERE incident_id = $1 ORDER BY saved_at DESC, id DESC";
    let rows = tx.rows(sql, &[id.into()]).await?;
    complete(tx, rows).await
}

pub(super) async fn awaiting_by_digest(
    tx: &mut Tx,
    cluster: &str,
    digest: &str,
) -> Result<Option<Plan>, StoreError> {
    let sql = "SELECT id, incident_id, letter, cluster, digest, state, expires_at, saved_at, body \
               FROM plans WHERE cluster = $1 AND digest = $2 AND state = 'awaiting' \
               ORDER BY saved_at DESC, id DESC LIMIT 1";
    let rows = tx.rows(sql, &[cluster.into(), digest.into()]).await?;
    Ok(complete(tx, rows).await?.pop())
}

pub(super) async fn change(tx: &mut Tx, to: &PlanMove, entry: Entry) -> Result<(), StoreError> {
    let (from, target) = (to.from, to.to);
    // Nonce, limits and epoch are only looked at by `begin`.
    if !from.may_become(target) || target == PlanState::Executing {
        return Err(StoreError::Illegal { from, to: target });
    }
    let plan = need(tx, &to.id).await?;
    if plan.state != from {
        return Err(StoreError::Conflict { now: plan.state });
    }
    if from.is_running() {
        executions::fence(tx, &plan.id, to.epoch).await?;
    }
    if target == PlanState::Approved {
        approvals::stand(tx, &plan).await?;
    }
    set_state(tx, &plan.id, target).await?;
    audit::append_about(tx, &plan, entry).await?;
    Ok(())
}

pub(super) async fn change_together(
    tx: &mut Tx,
    to: &PlanMove,
    incident: &IncidentMove,
    (of_plan, of_incident): (Entry, Entry),
) -> Result<(), StoreError> {
    change(tx, to, of_plan).await?;
    incidents::change(tx, incident, of_incident).await?;
    Ok(())
}

pub(super) async fn set_state(tx: &mut Tx, id: &str, state: PlanState) -> Result<(), StoreError> {
    let sql = "UPDATE plans SET state = $2 WHERE id = $1";
    tx.run(sql, &[id.into(), state.as_str().into()]).await?;
    Ok(())
}

async fn complete(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Plan>, StoreError> {
    let mut plans = Vec::with_capacity(rows.len());
    for row in &rows {
        let id = row.text(0)?;
        let sql = "SELECT object FROM targets WHERE plan_id = $1";
        let targets = tx.rows(sql, &[(&id).into()]).await?;
        let targets: Result<Vec<String>, _> = targets.iter().map(|row| row.text(0)).collect();
        let mut targets = targets?;
        // Sorted here: the databases sort text in different ways.
        targets.sort();
        plans.push(plan(row, id, targets)?);
    }
    Ok(plans)
}

fn plan(row: &Row, id: String, targets: Vec<String>) -> Result<Plan, StoreError> {
    Ok(Plan {
        id,
        incident_id: row.text(1)?,
        letter: row.letter(2)?,
        cluster: row.text(3)?,
        digest: row.text(4)?,
        state: row.word(5, PlanState::parse)?,
        expires_at: row.time(6)?,
        saved_at: row.time(7)?,
        body: row.text(8)?,
        targets,
    })
}
