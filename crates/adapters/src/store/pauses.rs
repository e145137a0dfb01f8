//! Pauses: one person stops all recovery, two let it go on.

use dogwatch_model::ports::store::{Pause, Refused, Resumed, StoreError};
use dogwatch_model::record::Entry;

use super::audit;
use super::sql::{Row, Tx};

pub(super) async fn add(
    tx: &mut Tx,
    reason: &str,
    by: &str,
    entry: Entry,
) -> Result<u64, StoreError> {
    let row = tx.row("SELECT MAX(id) FROM pauses", &[]).await?;
    let newest = match row {
        Some(row) => row.maybe_int(0)?,
        None => None,
    };
    let id = newest.unwrap_or(0) + 1;
    let sql = "INSERT INTO pauses (id, reason, paused_by) VALUES ($1, $2, $3)";
    tx.run(sql, &[id.into(), reason.into(), by.into()]).await?;
    audit::append(tx, entry).await?;
    Ok(id.unsigned_abs())
}

pub(super) async fn resume(
    tx: &mut Tx,
    id: u64,
    by: &str,
    entry: Entry,
) -> Result<Resumed, StoreError> {
    let pauses = in_force(tx).await?;
    let Some(pause) = pauses.into_iter().find(|pause| pause.id == id) else {
        let (what, id) = ("pause", id.to_string());
        return Err(StoreError::Unknown { what, id });
    };
    let answer = match pause.resume_asked_by {
        None => {
            let sql = "UPDATE pauses SET resume_asked_by = $2 WHERE id = $1";
            tx.run(sql, &[id.into(), by.into()]).await?;
            Resumed::NeedsSecond
        }
        Some(first) if first == by => {
            return Err(Refused::SamePerson { by: first }.into());
        }
        Some(_) => {
            let sql = "UPDATE pauses SET lifted_by = $2 WHERE id = $1";
            tx.run(sql, &[id.into(), by.into()]).await?;
            Resumed::Lifted
        }
    };
    audit::append(tx, entry).await?;
    Ok(answer)
}

pub(super) async fn in_force(tx: &mut Tx) -> Result<Vec<Pause>, StoreError> {
    let sql = "SELECT id, reason, paused_by, resume_asked_by FROM pauses \
               WHERE lifted_by IS NULL ORDER BY id";
    let rows = tx.rows(sql, &[]).await?;
    rows.iter().map(pause).collect()
}

pub(super) async fn none_in_force(tx: &mut Tx) -> Result<(), StoreError> {
    match in_force(tx).await?.into_iter().next() {
        None => Ok(()),
        Some(Pause { reason, .. }) => Err(Refused::Paused { reason }.into()),
    }
}

fn pause(row: &Row) -> Result<Pause, StoreError> {
    Ok(Pause {
        id: row.count(0)?,
        reason: row.text(1)?,
        by: row.text(2)?,
        resume_asked_by: row.maybe_text(3)?,
    })
}
