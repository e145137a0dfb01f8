//! Incidents and the letters of their remedies.

use dogwatch_model::ports::store::{
    Incident, IncidentFilter, IncidentMove, IncidentState, NewIncident, Refused, StoreError,
};
use dogwatch_model::record::Entry;

use super::sql::{Row, Tx};
use super::{audit, plans};

pub(super) async fn open(
    tx: &mut Tx,
    new: &NewIncident,
    mut entry: Entry,
) -> Result<Incident, StoreError> {
    if find(tx, &new.id).await?.is_some() {
        let (what, id) = ("incident", new.id.clone());
        return Err(StoreError::Exists { what, id });
    }
    if !new.state.is_closed()
        && let Some(open) = open_of(tx, &new.cluster, &new.fingerprint).await?
    {
        return Err(StoreError::AlreadyOpen { id: open.id });
    }
    let sql = "INSERT INTO incidents (id, cluster, title, fingerprint, state, version, \
               opened_at, changed_at, body) VALUES ($1, $2, $3, $4, $5, 1, $6, $6, $7)";
    let cells = [
        (&new.id).into(),
        (&new.cluster).into(),
        (&new.title).into(),
        (&new.fingerprint).into(),
        new.state.as_str().into(),
        entry.ts.into(),
        (&new.body).into(),
    ];
    tx.run(sql, &cells).await?;
    entry.incident_id.clone_from(&new.id);
    audit::append(tx, entry).await?;
    need(tx, &new.id).await
}

pub(super) async fn find(tx: &mut Tx, id: &str) -> Result<Option<Incident>, StoreError> {
    let sql = "SELECT id, cluster, title, fingerprint, state, version, opened_at, changed_at, \
               body FROM incidents WHERE id = $1";
    let row = tx.row(sql, &[id.into()]).await?;
    row.as_ref().map(incident).transpose()
}

async fn need(tx: &mut Tx, id: &str) -> Result<Incident, StoreError> {
    find(tx, id).await?.ok_or_else(|| StoreError::Unknown {
        what: "incident",
        id: id.to_owned(),
    })
}

pub(super) async fn open_of(
    tx: &mut Tx,
    cluster: &str,
    fingerprint: &str,
) -> Result<Option<Incident>, StoreError> {
    let sql = "SELECT id, cluster, title, fingerprint, state, version, opened_at, changed_at, \
               body FROM incidents WHERE cluster = $1 AND fingerprint = $2 \
               AND state NOT IN ('resolved', 'abandoned')";
    let row = tx.row(sql, &[cluster.into(), fingerprint.into()]).await?;
    row.as_ref().map(incident).transpose()
}

pub(super) async fn list(
    tx: &mut Tx,
    filter: &IncidentFilter,
    limit: u32,
) -> Result<Vec<Incident>, StoreError> {
    // An empty text stands for "any": PostgreSQL cannot tell the type of a bare NULL.
    let sql = "SELECT id, cluster, title, fingerprint, state, version, opened_at, changed_at, \
               body FROM incidents WHERE ($1 = '' OR state = $1) AND ($2 = 0 OR cluster = $3) \
               ORDER BY opened_at DESC, id DESC LIMIT $4";
    let cells = [
        filter.state.map_or("", IncidentState::as_str).into(),
        u32::from(filter.cluster.is_some()).into(),
        filter.cluster.as_deref().unwrap_or_default().into(),
        limit.into(),
    ];
    let rows = tx.rows(sql, &cells).await?;
    rows.iter().map(incident).collect()
}

pub(super) async fn change(
    tx: &mut Tx,
    to: &IncidentMove,
    mut entry: Entry,
) -> Result<u64, StoreError> {
    let before = need(tx, &to.id).await?;
    if before.version != to.version {
        let now = before.version;
        return Err(StoreError::Stale { now });
    }
    // A closed incident that opens again could meet the one that took its place.
    if !to.state.is_closed()
        && let Some(open) = open_of(tx, &before.cluster, &before.fingerprint).await?
        && open.id != to.id
    {
        return Err(StoreError::AlreadyOpen { id: open.id });
    }
    let sql = "UPDATE incidents SET state = $3, body = $4, changed_at = $5, \
               version = version + 1 WHERE id = $1 AND version = $2";
    let cells = [
        (&to.id).into(),
        to.version.into(),
        to.state.as_str().into(),
        (&to.body).into(),
        entry.ts.into(),
    ];
    tx.run(sql, &cells).await?;
    entry.incident_id.clone_from(&to.id);
    audit::append(tx, entry.clone()).await?;
    if to.state == IncidentState::Executing || to.state.is_closed() {
        plans::give_up_all(tx, &to.id, to.state, &entry).await?;
    }
    Ok(to.version + 1)
}

pub(super) async fn letter(
    tx: &mut Tx,
    incident_id: &str,
    remedy_key: &str,
) -> Result<char, StoreError> {
    need(tx, incident_id).await?;
    let sql = "SELECT letter FROM letters WHERE incident_id = $1 AND remedy_key = $2";
    let cells = [incident_id.into(), remedy_key.into()];
    if let Some(row) = tx.row(sql, &cells).await? {
        return row.letter(0);
    }
    // Letters are never given back, so their number tells the next one.
    let sql = "SELECT letter FROM letters WHERE incident_id = $1";
    let taken = tx.rows(sql, &[incident_id.into()]).await?.len();
    let letter = ('A'..='Z').nth(taken).ok_or(Refused::NoLetterLeft)?;
    let sql = "INSERT INTO letters (incident_id, remedy_key, letter) VALUES ($1, $2, $3)";
    let cells = [incident_id.into(), remedy_key.into(), letter.into()];
    tx.run(sql, &cells).await?;
    Ok(letter)
}

pub(super) async fn has_letter(
    tx: &mut Tx,
    incident_id: &str,
    letter: char,
) -> Result<bool, StoreError> {
    let sql = "SELECT letter FROM letters WHERE incident_id = $1 AND letter = $2";
    let row = tx.row(sql, &[incident_id.into(), letter.into()]).await?;
    Ok(row.is_some())
}

fn incident(row: &Row) -> Result<Incident, StoreError> {
    Ok(Incident {
        id: row.text(0)?,
        cluster: row.text(1)?,
        title: row.text(2)?,
        fingerprint: row.text(3)?,
        state: row.word(4, IncidentState::parse)?,
        version: row.count(5)?,
        opened_at: row.time(6)?,
        changed_at: row.time(7)?,
        body: row.text(8)?,
    })
}
