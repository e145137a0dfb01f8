//! How often recovery may change things, counted from the tables.

use dogwatch_model::ports::store::{Limits, Plan, Refused, StoreError};
use jiff::{SignedDuration, Timestamp};

use super::sql::Tx;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

pub(super) async fn check(
    tx: &mut Tx,
    plan: &Plan,
    now: Timestamp,
    limits: &Limits,
) -> Result<(), StoreError> {
    in_flight(tx, plan, limits).await?;
    per_hour(tx, plan, now, limits).await?;
    for object in &plan.targets {
        holding(tx, plan, object, now, limits).await?;
    }
    Ok(())
}

async fn in_flight(tx: &mut Tx, plan: &Plan, limits: &Limits) -> Result<(), StoreError> {
    let sql = "SELECT id FROM plans WHERE cluster = $1 AND state IN ('executing', 'verifying') \
               ORDER BY id";
    let running = tx.rows(sql, &[(&plan.cluster).into()]).await?;
    match running.first() {
        Some(row) if reaches(running.len(), limits.in_flight_per_cluster) => {
            let plan_id = row.text(0)?;
            Err(Refused::InFlight { plan_id }.into())
        }
        Some(_) | None => Ok(()),
    }
}

async fn per_hour(
    tx: &mut Tx,
    plan: &Plan,
    now: Timestamp,
    limits: &Limits,
) -> Result<(), StoreError> {
    let sql = "SELECT plan_id FROM executions WHERE cluster = $1 AND begun_at > $2";
    let cells = [(&plan.cluster).into(), before(now, HOUR).into()];
    let begun = tx.rows(sql, &cells).await?;
    if reaches(begun.len(), limits.plans_per_hour) {
        let limit = limits.plans_per_hour;
        return Err(Refused::TooManyPlans { limit }.into());
    }
    Ok(())
}

async fn holding(
    tx: &mut Tx,
    plan: &Plan,
    object: &str,
    now: Timestamp,
    limits: &Limits,
) -> Result<(), StoreError> {
    let sql = "SELECT happened_at FROM mutations WHERE cluster = $1 AND object = $2 \
               AND happened_at > $3 ORDER BY happened_at DESC";
    let window = DAY.max(limits.cool_down);
    let cells = [
        (&plan.cluster).into(),
        object.into(),
        before(now, window).into(),
    ];
    let times = tx.rows(sql, &cells).await?;
    let times: Result<Vec<Timestamp>, _> = times.iter().map(|row| row.time(0)).collect();
    let times = times?;
    let object = object.to_owned();
    let day = times.iter().filter(|at| **at > before(now, DAY)).count();
    if reaches(day, limits.mutations_per_object_24h) {
        let limit = limits.mutations_per_object_24h;
        return Err(Refused::NotHolding { object, limit }.into());
    }
    let last = times
        .first()
        .filter(|at| **at > before(now, limits.cool_down));
    match last.map(|at| at.saturating_add(limits.cool_down)) {
        Some(Ok(until)) => Err(Refused::CoolDown { object, until }.into()),
        Some(Err(_)) | None => Ok(()),
    }
}

fn reaches(count: usize, limit: u32) -> bool {
    u32::try_from(count).unwrap_or(u32::MAX) >= limit
}

/// The earliest time there is, when the window reaches further back.
fn before(now: Timestamp, window: SignedDuration) -> Timestamp {
    now.checked_sub(window).unwrap_or(Timestamp::MIN)
}
