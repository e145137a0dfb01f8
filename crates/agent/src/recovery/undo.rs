//! The way back from an executed plan: a plan of its own, with its own digest and approval.

use dogwatch_engine::{
    View,
    remedies::{Ground, plan},
};
use dogwatch_model::{
    approval::Identity,
    plan::{Act, Draft, Expectation, OptionLetter, PlanOption, Previewed, RemedyRequest},
    ports::store::{Incident, Plan, PlanState},
};

use super::{
    Made, PlanBody, Recovery, RecoveryError, Round,
    fate::is_marked,
    prepare::{Names, prepare},
};
use crate::collect::Silent;

impl Recovery<'_> {
    /// Previews the way back from a plan that was carried out, in part or as a whole.
    ///
    /// # Errors
    /// When there is no way back, or it cannot be previewed.
    pub async fn undo(
        &self,
        plan_id: &str,
        requester: Option<Identity>,
    ) -> Result<Made, RecoveryError> {
        let (plan, body) = self.plan(plan_id).await?;
        let was_run = matches!(
            plan.state,
            PlanState::Succeeded | PlanState::Failed | PlanState::Inconclusive | PlanState::Aborted
        );
        if !was_run {
            return Err(RecoveryError::NotNow(format!(
                "{plan_id} is {}: there is nothing to go back from",
                plan.state
            )));
        }
        let mut draft = match self.release_back(&body).await? {
            Some(draft) => draft,
            None => way_back(&body.option).ok_or_else(|| {
                RecoveryError::NotNow(format!("{} has no way back", body.option.title))
            })?,
        };
        self.name_own(&mut draft, plan_id).await?;
        let incident = self
            .incident_of_undo(&plan, &body, requester.as_ref())
            .await?;
        let letter = self
            .store
            .letter_for(&incident.id, &format!("undo {plan_id}"))
            .await?;
        let letter = OptionLetter::new(letter)
            .ok_or_else(|| RecoveryError::Garbled(format!("{letter} is no letter")))?;
        let id = format!("plan-{}", self.world.new_id());
        let names = Names {
            incident_id: &incident.id,
            letter,
            plan_id: &id,
            cluster_uid: &body.option.state.cluster_uid,
            policy_version: &self.settings.policy.version(),
        };
        let draft = self.with_lease(draft);
        let option = prepare(self.eyes(), draft, &names).await?;
        let new = PlanBody {
            option,
            requester,
            target: body.target,
            created_at: self.world.now(),
            undoes: Some(plan_id.to_owned()),
            is_wanted: false,
        };
        let made = self.keep(id, &incident.id, new).await?;
        let round = Round {
            at: self.world.now(),
            headline: made.body.option.title.clone(),
            plans: vec![made.plan.id.clone()],
            after: Some(plan_id.to_owned()),
            ..Round::default()
        };
        self.add_round(incident, round).await?;
        Ok(made)
    }

    /// The way back from the rollback of a release: a rollback to the revision that was present then,
    /// planned from what is there now; `None` for plans of other remedies.
    async fn release_back(
        &self,
        body: &PlanBody,
    ) -> Result<Option<PlanOption<Draft>>, RecoveryError> {
        let RemedyRequest::RollbackRelease {
            part,
            namespace,
            name,
            ..
        } = &body.option.request
        else {
            return Ok(None);
        };
        let made = body.option.steps.first().map(|step| &step.act);
        let (Some(Act::StoreRevision { source, .. }), Some(target)) = (made, part.object()) else {
            return Ok(None);
        };
        let (made, to) = (source.revision, source.revision - 1);
        let measured = self.look(&target, &[], &Silent).await?;
        let snapshot = &measured.snapshot;
        let place = (&**namespace, &**name);
        let release = Box::pin(self.outline(snapshot, place, Some(to), Some(made))).await;
        let request = RemedyRequest::RollbackRelease {
            part: part.clone(),
            namespace: namespace.clone(),
            name: name.clone(),
            to: Some(to),
            at: self.world.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        };
        let view = View::new(snapshot);
        let ground = Ground {
            view: &view,
            pools: None,
            cloud: None,
            serverless: None,
            release: Some(&release),
        };
        let mut draft = plan(&ground, &request).map_err(RecoveryError::NotPlanned)?;
        draft.title = format!("go back: {}", draft.title);
        "The plan did not help, or did harm.".clone_into(&mut draft.scenario);
        Ok(Some(draft))
    }

    /// Fills in which incarnation is deleted of what the plan itself has made, and refuses to delete
    /// what somebody else made under that name.
    async fn name_own(
        &self,
        draft: &mut PlanOption<Draft>,
        plan_id: &str,
    ) -> Result<(), RecoveryError> {
        for step in &mut draft.steps {
            let is_own = matches!(step.act, Act::Delete { .. }) && step.target.uid.is_empty();
            if !is_own {
                continue;
            }
            let found = self.previewer.read(&step.target).await;
            let object = found.map_err(RecoveryError::Cluster)?;
            let object = object
                .ok_or_else(|| RecoveryError::NotNow(format!("{} is gone already", step.target)))?;
            if !is_marked(&object, plan_id) {
                return Err(RecoveryError::NotNow(format!(
                    "{} is not the one that {plan_id} made, or was changed by another plan since",
                    step.target
                )));
            }
            // Without a UID the step names no incarnation, and the API server refuses the deletion.
            let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
            uid.clone_into(&mut step.target.uid);
            draft.verification.push(Expectation::Gone {
                object: step.target.clone(),
            });
        }
        Ok(())
    }

    /// The incident of the plan; a new one that names it when it is closed.
    async fn incident_of_undo(
        &self,
        plan: &Plan,
        body: &PlanBody,
        requester: Option<&Identity>,
    ) -> Result<Incident, RecoveryError> {
        let incident = self.incident(&plan.incident_id).await?;
        if !incident.state.is_closed() {
            return self.open_for_round(incident).await;
        }
        let target = body.target.object();
        let target = target.ok_or_else(|| {
            RecoveryError::Garbled(format!("{} is no kind that is read", body.target.kind))
        })?;
        let incident = self.incident_for(&target, &[], requester).await?;
        self.open_for_round(incident).await
    }
}

/// The draft that goes back. What it must reach is what it writes.
fn way_back(option: &PlanOption<Previewed>) -> Option<PlanOption<Draft>> {
    if option.rollback.is_empty() {
        return None;
    }
    let mut back = option.clone().with_state(Draft);
    back.title = format!("go back: {}", option.rollback[0].name);
    "The plan did not help, or did harm.".clone_into(&mut back.scenario);
    back.steps = core::mem::take(&mut back.rollback);
    back.observed.clear();
    back.preconditions.clear();
    back.fit = None;
    back.verification = back
        .steps
        .iter()
        .flat_map(|step| step.expected_after.iter().map(move |fact| (step, fact)))
        .filter(|(_, fact)| !fact.value.is_empty())
        .map(|(step, fact)| Expectation::FieldIs {
            object: step.target.clone(),
            fact: fact.clone(),
        })
        .collect();
    Some(back)
}
