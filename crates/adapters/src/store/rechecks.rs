//! Later looks at what a plan promised.

use dogwatch_model::ports::store::{IncidentMove, PlanMove, Recheck, StoreError};
use dogwatch_model::record::Entry;
use jiff::Timestamp;

use super::sql::{Row, Tx, corrupt};
use super::{incidents, plans};

pub(super) async fn end_plan(
    tx: &mut Tx,
    to: &PlanMove,
    incident: &IncidentMove,
    rechecks: &[Timestamp],
    entries: (Entry, Entry),
) -> Result<(), StoreError> {
    plans::change_together(tx, to, incident, entries).await?;
    let plan = plans::need(tx, &to.id).await?;
    for (n, due_at) in (1_u32..).zip(rechecks) {
        let sql = "INSERT INTO rechecks (plan_id, n, incident_id, cluster, due_at) \
                   VALUES ($1, $2, $3, $4, $5)";
        let cells = [
            (&plan.id).into(),
            n.into(),
            (&plan.incident_id).into(),
            (&plan.cluster).into(),
            (*due_at).into(),
        ];
        tx.run(sql, &cells).await?;
    }
    Ok(())
}

pub(super) async fn due(
    tx: &mut Tx,
    cluster: &str,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Recheck>, StoreError> {
    let sql = "SELECT plan_id, n, incident_id, due_at FROM rechecks \
               WHERE cluster = $1 AND due_at <= $2 AND done_at IS NULL \
               ORDER BY due_at, plan_id, n LIMIT $3";
    let rows = tx
        .rows(sql, &[cluster.into(), now.into(), limit.into()])
        .await?;
    rows.iter().map(recheck).collect()
}

pub(super) async fn done(
    tx: &mut Tx,
    recheck: &Recheck,
    incident: &IncidentMove,
    entry: Entry,
) -> Result<(), StoreError> {
    let sql = "UPDATE rechecks SET done_at = $3 \
               WHERE plan_id = $1 AND n = $2 AND done_at IS NULL";
    let cells = [(&recheck.plan_id).into(), recheck.n.into(), entry.ts.into()];
    if tx.run(sql, &cells).await? == 0 {
        return Err(StoreError::Unknown {
            what: "later look that is due",
            id: format!("{} of plan {}", recheck.n, recheck.plan_id),
        });
    }
    incidents::change(tx, incident, entry).await?;
    Ok(())
}

fn recheck(row: &Row) -> Result<Recheck, StoreError> {
    Ok(Recheck {
        plan_id: row.text(0)?,
        n: u32::try_from(row.int(1)?).map_err(|error| corrupt(&error))?,
        incident_id: row.text(2)?,
        due_at: row.time(3)?,
    })
}
