//! Makes plans: look, diagnose, draft, preview, keep.

use dogwatch_engine::{
    View, diagnose,
    planning::{self, Concern},
    remedies::Ground,
    report,
};
use dogwatch_model::{
    Alert, AlertFile, Diagnosis, Ledger, ObjectRef, Role, Severity,
    approval::Identity,
    plan::{PlanRefusal, RemedyRequest, Target},
    ports::store::{Incident, Plan, PlanState},
};
use serde_json::json;

use super::{
    IncidentBody, Measured, PlanBody, Recovery, RecoveryError, Round,
    naming::{cluster_uid, missing, seen_as, with_time, with_uids},
    observe::MACHINES,
    rehearse::Place,
    release::{wanted, with_release},
};
use crate::collect::Progress;

/// Causes that are kept in words.
const MAX_CAUSES: usize = 10;

/// Abnormal Pods that the diagnosis of an incident keeps.
pub const MAX_PODS: usize = 20;

/// What somebody wants plans for.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The object.
    pub target: &'a ObjectRef,
    /// Alerts that are said to fire about it.
    pub alerts: &'a [Alert],
    /// A remedy that is wanted; `None` lets the diagnosis decide. Empty UIDs and times are filled in.
    pub request: Option<RemedyRequest>,
    /// Who asks, as the API server names them.
    pub requester: Option<Identity>,
}

/// One plan that was made.
#[derive(Debug)]
pub struct Made {
    /// As it is kept.
    pub plan: Plan,
    /// What it says.
    pub body: PlanBody,
}

/// What came of it.
#[derive(Debug)]
pub struct Created {
    /// The incident, after the change.
    pub incident: Incident,
    /// The diagnosis.
    pub diagnosis: report::ObjectDiagnosis,
    /// Plans, by letter.
    pub plans: Vec<Made>,
    /// What was thought of and is in the way.
    pub refused: Vec<(String, PlanRefusal)>,
    /// Why nothing that writes is offered; empty when something is.
    pub why_none: String,
    /// What could not be read.
    pub gaps: Vec<String>,
    /// Every read of the round.
    pub ledger: Ledger,
    /// Number of the round, from 0.
    pub round: usize,
}

impl Recovery<'_> {
    /// Looks at the cluster and makes plans for what is wrong. Nothing in the cluster is changed.
    ///
    /// # Errors
    /// When the store or the API server gives no answer, or the wanted remedy is impossible.
    pub async fn create(
        &self,
        asked: &Asked<'_>,
        progress: &dyn Progress,
    ) -> Result<Created, RecoveryError> {
        self.create_after(asked, None, progress).await
    }

    /// The same; `after` is the plan whose end leads to it.
    pub(crate) async fn create_after(
        &self,
        asked: &Asked<'_>,
        after: Option<&str>,
        progress: &dyn Progress,
    ) -> Result<Created, RecoveryError> {
        let measured = self.look(asked.target, asked.alerts, progress).await?;
        let target = seen_as(&measured.snapshot, asked.target)?;
        progress.phase("drafting and previewing plans");
        let cluster_uid = cluster_uid(&measured.snapshot)?;
        let drafts = self.drafts(&measured, &target, asked).await?;
        let diagnosis = report::object(&measured.snapshot, &target, MAX_PODS);
        let is_quiet = measured.alerts.is_empty() && !diagnosis.top_causes.iter().any(is_trouble);
        let writes = drafts.offered.iter().any(|draft| !draft.steps.is_empty());
        if !writes && is_quiet {
            return Err(RecoveryError::NothingToDo(drafts.why_none));
        }
        let requester = asked.requester.as_ref();
        let incident = self.incident_for(&target, &measured.alerts, requester);
        let incident = self.open_for_round(incident.await?).await?;
        let place = Place {
            incident: &incident,
            cluster_uid: &cluster_uid,
            requester,
            target: &target,
            is_wanted: asked.request.is_some(),
        };
        let mut plans = Vec::new();
        // Alone, "do nothing" is no choice, and would take a letter from one that is.
        let offered = drafts.offered.into_iter().filter(|_| writes);
        for draft in offered {
            let made = self.preview(draft, &place).await?;
            plans.push(made);
        }
        let refused = named(drafts.refused);
        let mut round = round(self, &diagnosis, &plans, &refused)?;
        round.alerts = measured.alerts.iter().map(AlertFile::from).collect();
        round.after = after.map(str::to_owned);
        let incident = self.add_round(incident, round).await?;
        let round = IncidentBody::of(&incident)?.rounds.len().saturating_sub(1);
        Ok(Created {
            incident,
            diagnosis,
            plans,
            refused,
            why_none: drafts.why_none,
            gaps: measured.gaps,
            ledger: measured.snapshot.ledger,
            round,
        })
    }

    /// The drafts: those of the diagnosis, or the one that was asked for.
    pub(crate) async fn drafts(
        &self,
        measured: &Measured,
        target: &ObjectRef,
        asked: &Asked<'_>,
    ) -> Result<planning::Options, RecoveryError> {
        let at = self.time_of(target).await?;
        let snapshot = &measured.snapshot;
        let request = asked.request.clone().map(|request| {
            let request = with_uids(snapshot, with_time(request, &at));
            with_release(snapshot, request)
        });
        if let Some(request) = &request {
            can_be_judged(measured, request)?;
        }
        let diagnosis: Diagnosis = diagnose(snapshot, Some(target));
        let release = match wanted(snapshot, (target, &diagnosis), request.as_ref()) {
            // Unless it is asked for, a release that may not be opened is no way out.
            Some(_) if request.is_none() && self.vault.is_none() => None,
            Some((namespace, name, to)) => {
                let place = (&*namespace, &*name);
                Some(Box::pin(self.outline(snapshot, place, to, None)).await)
            }
            None => None,
        };
        let view = View::new(snapshot);
        let ground = Ground {
            view: &view,
            pools: measured.pools.as_deref(),
            cloud: measured.cloud.as_ref(),
            serverless: measured.serverless.as_ref(),
            release: release.as_ref(),
        };
        let concern = Concern {
            target,
            alerts: &measured.alerts,
            pressure: measured.pressure.as_ref(),
            at: &at,
        };
        let Some(request) = request else {
            return Ok(planning::options(&ground, &diagnosis, &concern));
        };
        let draft = planning::option(&ground, &diagnosis, &concern, &request);
        Ok(planning::Options {
            offered: vec![draft.map_err(RecoveryError::NotPlanned)?],
            ..planning::Options::default()
        })
    }

    /// The time that a restart, a requeue or a new revision writes down: that of an awaiting preview of
    /// the same remedy, so that asking again gives the same plan; else now.
    async fn time_of(&self, target: &ObjectRef) -> Result<String, RecoveryError> {
        let fingerprint = Target::of(target).key();
        let open = self
            .store
            .open_incident_of(&self.settings.cluster, &fingerprint)
            .await?;
        let plans = match &open {
            Some(incident) => self.store.plans_of(&incident.id).await?,
            None => Vec::new(),
        };
        for plan in plans {
            if plan.state != PlanState::Awaiting || plan.expires_at < self.world.now() {
                continue;
            }
            match PlanBody::of(&plan)?.option.request {
                RemedyRequest::RestartWorkload { at, .. }
                | RemedyRequest::RequeueRelease { at, .. }
                | RemedyRequest::RollbackRelease { at, .. } => return Ok(at),
                _ => {}
            }
        }
        let now = self.world.now();
        Ok(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
    }

    /// Writes the hash of a round's recording into the incident.
    ///
    /// # Errors
    /// When the store gives no answer, or there is no such round.
    pub async fn note_recording(
        &self,
        incident_id: &str,
        round: usize,
        sha256: &str,
    ) -> Result<(), RecoveryError> {
        let incident = self.store.incident(incident_id).await?;
        let incident = incident
            .ok_or_else(|| RecoveryError::Unknown(format!("there is no incident {incident_id}")))?;
        let mut body = IncidentBody::of(&incident)?;
        let known = body.rounds.get_mut(round);
        let known = known
            .ok_or_else(|| RecoveryError::Unknown(format!("{incident_id} has no round {round}")))?;
        sha256.clone_into(&mut known.recording);
        let mut entry = self.entry("incident.recorded", &body.target.to_string());
        entry.detail = Some(json!({"round": round, "sha256": sha256}));
        self.happened(incident, &[], &body, entry).await.map(drop)
    }
}

/// Refuses what is not there, and what a silent provider would have to tell.
fn can_be_judged(measured: &Measured, request: &RemedyRequest) -> Result<(), RecoveryError> {
    if let Some(object) = missing(&measured.snapshot, request) {
        return Err(RecoveryError::NotPlanned(PlanRefusal::NotThere { object }));
    }
    let mut gaps = measured.gaps.iter();
    let silence = gaps.find(|gap| gap.starts_with(MACHINES));
    match silence.filter(|_| request.needs_provider()) {
        Some(gap) => Err(RecoveryError::NotNow(format!("{gap}; try again later"))),
        None => Ok(()),
    }
}

/// True for what somebody should do something about.
fn is_trouble(cause: &report::CauseEntry) -> bool {
    cause.role == Role::Cause && cause.severity != Severity::Info
}

fn named(refused: Vec<(RemedyRequest, PlanRefusal)>) -> Vec<(String, PlanRefusal)> {
    let named = refused.into_iter();
    named
        .map(|(request, refusal)| (request.key(), refusal))
        .collect()
}

fn round(
    recovery: &Recovery<'_>,
    diagnosis: &report::ObjectDiagnosis,
    plans: &[Made],
    refused: &[(String, PlanRefusal)],
) -> Result<Round, RecoveryError> {
    let causes = diagnosis.top_causes.iter();
    let causes = causes
        .filter(|cause| cause.role == Role::Cause)
        .take(MAX_CAUSES);
    let document = serde_json::to_value(diagnosis);
    Ok(Round {
        at: recovery.world.now(),
        alerts: Vec::new(),
        headline: diagnosis.summary.headline.clone(),
        causes: causes
            .map(|cause| format!("{} {}", cause.mode, cause.object))
            .collect(),
        diagnosis: document.map_err(|error| RecoveryError::Garbled(error.to_string()))?,
        recording: String::new(),
        plans: plans.iter().map(|made| made.plan.id.clone()).collect(),
        refused: refused.to_vec(),
        executed: None,
        after: None,
    })
}
