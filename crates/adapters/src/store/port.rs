//! The port of the model, method by method: one transaction each.

use dogwatch_model::ports::store::{
    Answer, Approval, Claim, Epoch, Incident, IncidentFilter, IncidentMove, Lease, Limits,
    NewIncident, NewPlan, Pause, Plan, PlanMove, Recheck, Resumed, Step, StepEnd, StepStart,
    StepState, Store, StoreError, StoreHealth,
};
use dogwatch_model::record::{Entry, Record, Tip};
use jiff::Timestamp;

use super::{
    SqlStore, approvals, audit, executions, incidents, installation, pauses, plans, rechecks,
    schema, steps,
};

/// Runs one call in a transaction that only reads.
macro_rules! reading {
    ($store:ident, |$tx:ident| $work:expr) => {
        Box::pin(async move {
            let mut transaction = $store.read().await?;
            let $tx = &mut transaction;
            $work.await
        })
    };
}

/// Runs one call in a transaction that writes, and commits what it did.
macro_rules! writing {
    ($store:ident, |$tx:ident| $work:expr) => {
        Box::pin(async move {
            let mut transaction = $store.write().await?;
            let $tx = &mut transaction;
            let answer = $work.await?;
            transaction.commit().await?;
            Ok(answer)
        })
    };
}

impl Store for SqlStore {
    fn append(&self, entry: Entry) -> Answer<'_, Record> {
        writing!(self, |tx| audit::append(tx, entry))
    }

    fn records(&self, after_seq: u64, limit: u32) -> Answer<'_, Vec<Record>> {
        reading!(self, |tx| audit::page(tx, after_seq, limit))
    }

    fn records_of_incident<'a>(&'a self, incident_id: &'a str) -> Answer<'a, Vec<Record>> {
        reading!(self, |tx| audit::of_incident(tx, incident_id))
    }

    fn tip(&self) -> Answer<'_, Tip> {
        reading!(self, |tx| audit::tip(tx))
    }

    fn open_incident<'a>(&'a self, new: &'a NewIncident, entry: Entry) -> Answer<'a, Incident> {
        writing!(self, |tx| incidents::open(tx, new, entry))
    }

    fn incident<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Incident>> {
        reading!(self, |tx| incidents::find(tx, id))
    }

    fn incidents<'a>(
        &'a self,
        filter: &'a IncidentFilter,
        limit: u32,
    ) -> Answer<'a, Vec<Incident>> {
        reading!(self, |tx| incidents::list(tx, filter, limit))
    }

    fn open_incident_of<'a>(
        &'a self,
        cluster: &'a str,
        fingerprint: &'a str,
    ) -> Answer<'a, Option<Incident>> {
        reading!(self, |tx| incidents::open_of(tx, cluster, fingerprint))
    }

    fn move_incident<'a>(&'a self, to: &'a IncidentMove, entry: Entry) -> Answer<'a, u64> {
        writing!(self, |tx| incidents::change(tx, to, entry))
    }

    fn letter_for<'a>(&'a self, incident_id: &'a str, remedy_key: &'a str) -> Answer<'a, char> {
        writing!(self, |tx| incidents::letter(tx, incident_id, remedy_key))
    }

    fn save_plan<'a>(&'a self, new: &'a NewPlan, entry: Entry) -> Answer<'a, Vec<String>> {
        writing!(self, |tx| plans::save(tx, new, entry))
    }

    fn plan<'a>(&'a self, id: &'a str) -> Answer<'a, Option<Plan>> {
        reading!(self, |tx| plans::find(tx, id))
    }

    fn plans_of<'a>(&'a self, incident_id: &'a str) -> Answer<'a, Vec<Plan>> {
        reading!(self, |tx| plans::of_incident(tx, incident_id))
    }

    fn awaiting_by_digest<'a>(
        &'a self,
        cluster: &'a str,
        digest: &'a str,
    ) -> Answer<'a, Option<Plan>> {
        reading!(self, |tx| plans::awaiting_by_digest(tx, cluster, digest))
    }

    fn move_plan<'a>(&'a self, to: &'a PlanMove, entry: Entry) -> Answer<'a, ()> {
        writing!(self, |tx| plans::change(tx, to, entry))
    }

    fn move_together<'a>(
        &'a self,
        to: &'a PlanMove,
        incident: &'a IncidentMove,
        entries: (Entry, Entry),
    ) -> Answer<'a, ()> {
        writing!(self, |tx| plans::change_together(tx, to, incident, entries))
    }

    fn end_plan<'a>(
        &'a self,
        to: &'a PlanMove,
        incident: &'a IncidentMove,
        rechecks: &'a [Timestamp],
        entries: (Entry, Entry),
    ) -> Answer<'a, ()> {
        writing!(self, |tx| rechecks::end_plan(
            tx, to, incident, rechecks, entries
        ))
    }

    fn rechecks_due<'a>(
        &'a self,
        cluster: &'a str,
        now: Timestamp,
        limit: u32,
    ) -> Answer<'a, Vec<Recheck>> {
        reading!(self, |tx| rechecks::due(tx, cluster, now, limit))
    }

    fn recheck_done<'a>(
        &'a self,
        recheck: &'a Recheck,
        incident: &'a IncidentMove,
        entry: Entry,
    ) -> Answer<'a, ()> {
        writing!(self, |tx| rechecks::done(tx, recheck, incident, entry))
    }

    fn add_approval<'a>(
        &'a self,
        plan_id: &'a str,
        approval: &'a Approval,
        entry: Entry,
    ) -> Answer<'a, ()> {
        writing!(self, |tx| approvals::add(tx, plan_id, approval, entry))
    }

    fn approvals<'a>(&'a self, plan_id: &'a str) -> Answer<'a, Vec<Approval>> {
        reading!(self, |tx| approvals::of_plan(tx, plan_id))
    }

    fn begin<'a>(
        &'a self,
        claim: &'a Claim,
        limits: &'a Limits,
        entry: Entry,
    ) -> Answer<'a, Epoch> {
        writing!(self, |tx| executions::begin(tx, claim, limits, entry))
    }

    fn take_over<'a>(&'a self, claim: &'a Claim, entry: Entry) -> Answer<'a, Epoch> {
        writing!(self, |tx| executions::take_over(tx, claim, entry))
    }

    fn renew<'a>(
        &'a self,
        plan_id: &'a str,
        epoch: Epoch,
        lease_until: Timestamp,
    ) -> Answer<'a, ()> {
        writing!(self, |tx| executions::renew(
            tx,
            plan_id,
            epoch,
            lease_until
        ))
    }

    fn lease<'a>(&'a self, plan_id: &'a str) -> Answer<'a, Option<Lease>> {
        reading!(self, |tx| executions::find(tx, plan_id))
    }

    fn step_started<'a>(&'a self, start: &'a StepStart, entry: Entry) -> Answer<'a, Step> {
        writing!(self, |tx| steps::start(tx, start, entry))
    }

    fn step_done<'a>(&'a self, end: &'a StepEnd, entry: Entry) -> Answer<'a, ()> {
        writing!(self, |tx| steps::end(tx, end, StepState::Done, entry))
    }

    fn step_failed<'a>(&'a self, end: &'a StepEnd, entry: Entry) -> Answer<'a, ()> {
        writing!(self, |tx| steps::end(tx, end, StepState::Failed, entry))
    }

    fn steps<'a>(&'a self, plan_id: &'a str) -> Answer<'a, Vec<Step>> {
        reading!(self, |tx| steps::of_plan(tx, plan_id))
    }

    fn pause<'a>(&'a self, reason: &'a str, by: &'a str, entry: Entry) -> Answer<'a, u64> {
        writing!(self, |tx| pauses::add(tx, reason, by, entry))
    }

    fn resume<'a>(&'a self, id: u64, by: &'a str, entry: Entry) -> Answer<'a, Resumed> {
        writing!(self, |tx| pauses::resume(tx, id, by, entry))
    }

    fn pauses(&self) -> Answer<'_, Vec<Pause>> {
        reading!(self, |tx| pauses::in_force(tx))
    }

    fn installation<'a>(&'a self, proposed: &'a str) -> Answer<'a, String> {
        writing!(self, |tx| installation::name(tx, proposed))
    }

    fn health(&self) -> Answer<'_, StoreHealth> {
        Box::pin(self.beat())
    }
}

impl SqlStore {
    /// A write that is committed: a database that only reads would look healthy otherwise.
    async fn beat(&self) -> Result<StoreHealth, StoreError> {
        let mut tx = self.write().await?;
        let sql = "INSERT INTO beats (id, count) VALUES (1, 1) \
                   ON CONFLICT (id) DO UPDATE SET count = beats.count + 1";
        tx.run(sql, &[]).await?;
        let health = StoreHealth {
            backend: self.backend(),
            schema: schema::version(&mut tx).await?,
            tip: audit::tip(&mut tx).await?,
        };
        tx.commit().await?;
        Ok(health)
    }
}
