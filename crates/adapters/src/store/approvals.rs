//! Decisions of people on plans, and the nonces that make each of them count once.

use dogwatch_model::ports::store::{
    Approval, ApproverRole, Plan, PlanState, Refused, StoreError, Verdict,
};
use dogwatch_model::record::Entry;
use jiff::Timestamp;

use super::sql::{Row, Tx};
use super::{audit, plans};

pub(super) async fn add(
    tx: &mut Tx,
    plan_id: &str,
    approval: &Approval,
    entry: Entry,
) -> Result<(), StoreError> {
    let plan = plans::need(tx, plan_id).await?;
    if plan.state != PlanState::Awaiting {
        return Err(StoreError::Conflict { now: plan.state });
    }
    if approval.decided_at >= plan.expires_at {
        let at = plan.expires_at;
        return Err(Refused::Expired { at }.into());
    }
    if approval.digest != plan.digest || approval.letter != plan.letter {
        return Err(Refused::OtherPlan.into());
    }
    let before = of_plan(tx, plan_id).await?;
    if before.iter().any(|earlier| earlier.by == approval.by) {
        let by = approval.by.clone();
        return Err(Refused::DecidedBefore { by }.into());
    }
    insert(tx, plan_id, before.len(), approval).await?;
    audit::append_about(tx, &plan, entry).await?;
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    plan_id: &str,
    place: usize,
    approval: &Approval,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO approvals (plan_id, place, identity, role, verdict, digest, letter, \
               nonce, decided_at, proof) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let cells = [
        plan_id.into(),
        u64::try_from(place).unwrap_or(u64::MAX).into(),
        (&approval.by).into(),
        approval.role.as_str().into(),
        approval.verdict.as_str().into(),
        (&approval.digest).into(),
        approval.letter.into(),
        (&approval.nonce).into(),
        approval.decided_at.into(),
        (&approval.proof).into(),
    ];
    tx.run(sql, &cells).await?;
    Ok(())
}

pub(super) async fn of_plan(tx: &mut Tx, plan_id: &str) -> Result<Vec<Approval>, StoreError> {
    let sql = "SELECT identity, role, verdict, digest, letter, nonce, decided_at, proof \
               FROM approvals WHERE plan_id = $1 ORDER BY place";
    let rows = tx.rows(sql, &[plan_id.into()]).await?;
    rows.iter().map(approval).collect()
}

/// Somebody approved this very plan and nobody denied it.
pub(super) async fn stand(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    let all = of_plan(tx, &plan.id).await?;
    if let Some(denial) = all.iter().find(|one| one.verdict == Verdict::Deny) {
        let by = denial.by.clone();
        return Err(Refused::Denied { by }.into());
    }
    let approves = |one: &Approval| one.digest == plan.digest && one.letter == plan.letter;
    if all.iter().any(approves) {
        Ok(())
    } else {
        Err(Refused::NotApproved.into())
    }
}

/// Marks the nonces of all approvals as used; people may have answered the same card.
pub(super) async fn spend(tx: &mut Tx, plan: &Plan, at: Timestamp) -> Result<(), StoreError> {
    let all = of_plan(tx, &plan.id).await?;
    let mut nonces: Vec<String> = all.into_iter().map(|one| one.nonce).collect();
    nonces.sort();
    nonces.dedup();
    for nonce in &nonces {
        let sql = "INSERT INTO spent_nonces (nonce, plan_id, spent_at) VALUES ($1, $2, $3) \
                   ON CONFLICT DO NOTHING";
        let cells = [nonce.into(), (&plan.id).into(), at.into()];
        if tx.run(sql, &cells).await? == 0 {
            return Err(Refused::NonceSpent.into());
        }
    }
    Ok(())
}

fn approval(row: &Row) -> Result<Approval, StoreError> {
    Ok(Approval {
        by: row.text(0)?,
        role: row.word(1, ApproverRole::parse)?,
        verdict: row.word(2, Verdict::parse)?,
        digest: row.text(3)?,
        letter: row.letter(4)?,
        nonce: row.text(5)?,
        decided_at: row.time(6)?,
        proof: row.text(7)?,
    })
}
