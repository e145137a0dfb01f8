//! Moves of an incident. Every one goes through the state machine of the engine, and is written down
//! in the transaction that checks that nobody else moved it meanwhile.

use dogwatch_engine::incident::{Event, Options, walk};
use dogwatch_model::{
    Alert, AlertFile, ObjectRef,
    approval::Identity,
    plan::Target,
    ports::store::{
        Incident, IncidentFilter, IncidentMove, IncidentState, NewIncident, Plan, PlanMove,
        PlanState, StoreError,
    },
    record::Entry,
};
use serde_json::json;

use super::{
    IncidentBody, PlanBody, Recovery, RecoveryError, Round, journal::asking, stored::written,
};

/// Rounds of reading an incident again that somebody else changes at the same time.
pub(crate) const MAX_STALE: u32 = 5;

/// Incidents among which an earlier one about the same object is looked for.
pub(crate) const MAX_EARLIER: u32 = 200;

impl Recovery<'_> {
    /// The stored incident.
    pub(crate) async fn incident(&self, id: &str) -> Result<Incident, RecoveryError> {
        let found = self.store.incident(id).await?;
        found.ok_or_else(|| {
            RecoveryError::Unknown(format!(
                "there is no incident {id}; `dogwatch incidents list` names those there are"
            ))
        })
    }

    /// Moves an incident by what happened, and reads it again. Without an event only the body changes.
    pub(crate) async fn happened(
        &self,
        incident: Incident,
        events: &[Event],
        body: &IncidentBody,
        entry: Entry,
    ) -> Result<Incident, RecoveryError> {
        let to = moved(&incident, events, written(body)?)?;
        self.store.move_incident(&to, entry).await?;
        self.incident(&incident.id).await
    }

    /// The open incident about the object, or a new one that names the one before it.
    pub(crate) async fn incident_for(
        &self,
        target: &ObjectRef,
        alerts: &[Alert],
        requester: Option<&Identity>,
    ) -> Result<Incident, RecoveryError> {
        let cluster = &self.settings.cluster;
        let fingerprint = Target::of(target).key();
        if let Some(known) = self.store.open_incident_of(cluster, &fingerprint).await? {
            return Ok(known);
        }
        let body = IncidentBody {
            target: Target::of(target),
            alerts: alerts.iter().map(AlertFile::from).collect(),
            rounds: Vec::new(),
            earlier: self.earlier(&fingerprint).await?,
            abandoned: None,
            rechecks: Vec::new(),
        };
        let names: Vec<&str> = alerts.iter().map(|alert| &*alert.name).collect();
        let title = if names.is_empty() {
            target.to_string()
        } else {
            format!("{target}: {}", names.join(", "))
        };
        let new = NewIncident {
            id: format!("inc-{}", self.world.new_id()),
            cluster: cluster.clone(),
            title,
            fingerprint,
            state: IncidentState::Detected,
            body: written(&body)?,
        };
        let object = target.to_string();
        let mut entry = self.entry_by(asking(requester), "incident.opened", &object);
        entry.detail = Some(json!({"alerts": body.alerts, "earlier": body.earlier}));
        Ok(self.store.open_incident(&new, entry).await?)
    }

    /// The newest closed incident about the same object.
    async fn earlier(&self, fingerprint: &str) -> Result<Option<String>, RecoveryError> {
        let filter = IncidentFilter {
            state: None,
            cluster: Some(self.settings.cluster.clone()),
        };
        let known = self.store.incidents(&filter, MAX_EARLIER).await?;
        let mut same = known
            .into_iter()
            .filter(|incident| incident.fingerprint == fingerprint && incident.state.is_closed());
        Ok(same.next().map(|incident| incident.id))
    }

    /// The incident as a new round may find it: approvals that nobody used in time are over, and
    /// nothing is under way.
    pub(crate) async fn open_for_round(
        &self,
        incident: Incident,
    ) -> Result<Incident, RecoveryError> {
        if matches!(
            incident.state,
            IncidentState::Executing | IncidentState::Verifying
        ) {
            return Err(RecoveryError::NotNow(format!(
                "a plan of incident {} is {}; wait for its end, or go on with it by `dogwatch plan execute`",
                incident.id,
                incident.state.as_str()
            )));
        }
        if incident.state == IncidentState::Approved {
            for plan in self.store.plans_of(&incident.id).await? {
                self.end_if_late(&plan).await?;
            }
            return self.incident(&incident.id).await;
        }
        Ok(incident)
    }

    /// Ends an approved plan whose time to begin is over.
    async fn end_if_late(&self, plan: &Plan) -> Result<(), RecoveryError> {
        if plan.state != PlanState::Approved {
            return Ok(());
        }
        let body = PlanBody::of(plan)?;
        // Whatever else is wrong with the approval is found when it is used.
        match self.approved(plan, body, self.world.now(), None).await {
            Ok(_) | Err(RecoveryError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Adds what a round found to the incident.
    pub(crate) async fn add_round(
        &self,
        incident: Incident,
        round: Round,
    ) -> Result<Incident, RecoveryError> {
        let mut body = IncidentBody::of(&incident)?;
        let mut entry = self.entry("incident.diagnosed", &body.target.to_string());
        entry.detail = Some(json!({"headline": round.headline, "causes": round.causes,
            "after": round.after}));
        let options = if round.plans.is_empty() {
            self.left(&incident.id, "").await?
        } else {
            Options::Some
        };
        body.rounds.push(round);
        let events = round_events(incident.state, options);
        self.happened(incident, &events, &body, entry).await
    }

    /// Whether other plans of the incident than this one still await a decision.
    pub(crate) async fn left(
        &self,
        incident_id: &str,
        but: &str,
    ) -> Result<Options, RecoveryError> {
        let now = self.world.now();
        let plans = self.store.plans_of(incident_id).await?;
        let awaits = |plan: &Plan| {
            plan.state == PlanState::Awaiting && plan.id != but && plan.expires_at > now
        };
        Ok(if plans.iter().any(awaits) {
            Options::Some
        } else {
            Options::None
        })
    }

    /// Moves a plan that has not begun, and its incident with it.
    pub(crate) async fn decided(
        &self,
        plan: &Plan,
        to: PlanState,
        event: Event,
    ) -> Result<(), RecoveryError> {
        let to = PlanMove {
            id: plan.id.clone(),
            from: plan.state,
            to,
            epoch: None,
        };
        for _ in 0..MAX_STALE {
            let incident = self.incident(&plan.incident_id).await?;
            let target = IncidentBody::of(&incident)?.target.to_string();
            let of_plan = self.entry(&format!("plan.{}", to.to), &target);
            let next = match moved(&incident, &[event], incident.body.clone()) {
                Ok(next) => next,
                // A plan that nobody wants any more ends wherever its incident stands.
                Err(_) if to.to != PlanState::Approved => {
                    return Ok(self.store.move_plan(&to, of_plan).await?);
                }
                Err(error) => return Err(error),
            };
            let of_incident = self.entry(&format!("incident.{}", next.state.as_str()), &target);
            let entries = (of_plan, of_incident);
            match self.store.move_together(&to, &next, entries).await {
                Err(StoreError::Stale { .. }) => {}
                answer => return Ok(answer?),
            }
        }
        Err(RecoveryError::NotNow(format!(
            "incident {} keeps changing; say it again",
            plan.incident_id
        )))
    }
}

/// The move of an incident by what happened.
pub(crate) fn moved(
    incident: &Incident,
    events: &[Event],
    body: String,
) -> Result<IncidentMove, RecoveryError> {
    let (state, _) = walk(incident.state, events)?;
    Ok(IncidentMove {
        id: incident.id.clone(),
        version: incident.version,
        state,
        body,
    })
}

/// What a whole round is to an incident in this state: looked, diagnosed, previewed.
pub(crate) fn round_events(state: IncidentState, options: Options) -> Vec<Event> {
    let mut events = match state {
        IncidentState::Detected => vec![Event::Scheduled],
        IncidentState::Collecting => Vec::new(),
        // An approval holds until it is used or too old; another preview does not touch it.
        IncidentState::Approved => {
            return match options {
                Options::Some => vec![Event::PreviewAdded],
                Options::None => Vec::new(),
            };
        }
        IncidentState::Diagnosed
        | IncidentState::AwaitingApproval
        | IncidentState::NeedsNextOption
        | IncidentState::Executing
        | IncidentState::Verifying
        | IncidentState::Resolved
        | IncidentState::Abandoned => vec![Event::NewRound],
    };
    events.push(Event::DiagnosisReady(options));
    if options == Options::Some {
        events.push(Event::PreviewsReady);
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_leads_to_people_from_every_state_that_takes_one() {
        for state in IncidentState::ALL {
            let end = |options| walk(state, &round_events(state, options)).map(|(end, _)| end);
            let takes_none = matches!(
                state,
                IncidentState::Executing
                    | IncidentState::Verifying
                    | IncidentState::Resolved
                    | IncidentState::Abandoned
            );
            if takes_none {
                assert!(end(Options::Some).is_err() && end(Options::None).is_err());
                continue;
            }
            let (some, none) = if state == IncidentState::Approved {
                (state, state)
            } else {
                (IncidentState::AwaitingApproval, IncidentState::Diagnosed)
            };
            assert_eq!(end(Options::Some), Ok(some), "{state:?}");
            assert_eq!(end(Options::None), Ok(none), "{state:?}");
        }
    }
}
