//! The audit chain in its table.

use dogwatch_model::ports::store::{Plan, StoreError};
use dogwatch_model::record::{Entry, Record, Tip};

use super::sql::{Row, Tx, corrupt};

/// Adds a record. The caller's transaction holds the write lock, so nobody else reads the same tip.
pub(super) async fn append(tx: &mut Tx, entry: Entry) -> Result<Record, StoreError> {
    let tip = tip(tx).await?;
    let record = entry.seal(&tip)?;
    let body = serde_json::to_string(&record).map_err(|error| corrupt(&error))?;
    let sql = "INSERT INTO records (seq, hash, incident_id, body) VALUES ($1, $2, $3, $4)";
    let cells = [
        record.seq.into(),
        (&record.hash).into(),
        (&record.incident_id).into(),
        (&body).into(),
    ];
    tx.run(sql, &cells).await?;
    Ok(record)
}

/// Adds a record about a plan: incident, plan and digest are those of the plan.
pub(super) async fn append_about(
    tx: &mut Tx,
    plan: &Plan,
    mut entry: Entry,
) -> Result<Record, StoreError> {
    entry.incident_id.clone_from(&plan.incident_id);
    entry.plan_id.clone_from(&plan.id);
    entry.plan_digest.clone_from(&plan.digest);
    append(tx, entry).await
}

pub(super) async fn tip(tx: &mut Tx) -> Result<Tip, StoreError> {
    let sql = "SELECT seq, hash FROM records ORDER BY seq DESC LIMIT 1";
    match tx.row(sql, &[]).await? {
        None => Ok(Tip::empty()),
        Some(row) => Ok(Tip {
            count: row.count(0)?,
            last_hash: row.text(1)?,
        }),
    }
}

pub(super) async fn page(tx: &mut Tx, after: u64, limit: u32) -> Result<Vec<Record>, StoreError> {
    let sql = "SELECT seq, body FROM records WHERE seq > $1 ORDER BY seq LIMIT $2";
    let rows = tx.rows(sql, &[after.into(), limit.into()]).await?;
    rows.iter().map(record).collect()
}

pub(super) async fn of_incident(tx: &mut Tx, id: &str) -> Result<Vec<Record>, StoreError> {
    let sql = "SELECT seq, body FROM records WHERE incident_id = $1 ORDER BY seq";
    let rows = tx.rows(sql, &[id.into()]).await?;
    rows.iter().map(record).collect()
}

fn record(row: &Row) -> Result<Record, StoreError> {
    let seq = row.count(0)?;
    let damaged = || corrupt(&format!("record {seq}"));
    let record: Record = serde_json::from_str(&row.text(1)?).map_err(|_| damaged())?;
    if record.seq == seq {
        Ok(record)
    } else {
        Err(damaged())
    }
}
