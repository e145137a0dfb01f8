//! Previews one draft: its letter, its dry run, its digest; kept or only compared.

use dogwatch_model::{
    ObjectRef,
    approval::Identity,
    plan::{Draft, OptionLetter, PlanOption, Target},
    ports::store::{Incident, NewPlan},
};
use serde_json::json;

use super::{
    Asked, Made, PlanBody, Recovery, RecoveryError,
    journal::asking,
    naming::{cluster_uid, seen_as},
    prepare::{Names, prepare},
    stored::written,
};
use crate::collect::Progress;

/// What a preview belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) incident: &'a Incident,
    pub(crate) cluster_uid: &'a str,
    pub(crate) requester: Option<&'a Identity>,
    pub(crate) target: &'a ObjectRef,
    /// A person named the remedy.
    pub(crate) is_wanted: bool,
}

impl Recovery<'_> {
    /// Makes the plan that is asked for again, without keeping it; `None` when there is no open
    /// incident that it could belong to.
    pub(crate) async fn rehearse(
        &self,
        asked: &Asked<'_>,
        progress: &dyn Progress,
    ) -> Result<Option<(String, PlanBody)>, RecoveryError> {
        let measured = self.look(asked.target, asked.alerts, progress).await?;
        let target = seen_as(&measured.snapshot, asked.target)?;
        let fingerprint = Target::of(&target).key();
        let cluster = &self.settings.cluster;
        let Some(incident) = self.store.open_incident_of(cluster, &fingerprint).await? else {
            return Ok(None);
        };
        let cluster_uid = cluster_uid(&measured.snapshot)?;
        let drafts = self.drafts(&measured, &target, asked).await?;
        let mut offered = drafts.offered.into_iter();
        let Some(draft) = offered.next() else {
            return Ok(None);
        };
        let place = Place {
            incident: &incident,
            cluster_uid: &cluster_uid,
            requester: asked.requester.as_ref(),
            target: &target,
            is_wanted: asked.request.is_some(),
        };
        let (_, body) = self.previewed(draft, &place).await?;
        Ok(Some((incident.id, body)))
    }

    /// Previews a draft and keeps it.
    pub(crate) async fn preview(
        &self,
        draft: PlanOption<Draft>,
        place: &Place<'_>,
    ) -> Result<Made, RecoveryError> {
        let (id, body) = self.previewed(draft, place).await?;
        self.keep(id, &place.incident.id, body).await
    }

    /// Previews a draft.
    async fn previewed(
        &self,
        draft: PlanOption<Draft>,
        place: &Place<'_>,
    ) -> Result<(String, PlanBody), RecoveryError> {
        let letter = self
            .store
            .letter_for(&place.incident.id, &draft.request.key())
            .await?;
        let letter = OptionLetter::new(letter)
            .ok_or_else(|| RecoveryError::Garbled(format!("{letter} is no letter")))?;
        let id = format!("plan-{}", self.world.new_id());
        let names = Names {
            incident_id: &place.incident.id,
            letter,
            plan_id: &id,
            cluster_uid: place.cluster_uid,
            policy_version: &self.settings.policy.version(),
        };
        let draft = self.with_lease(draft);
        let option = prepare(self.eyes(), draft, &names).await?;
        let body = PlanBody {
            option,
            requester: place.requester.cloned(),
            target: Target::of(place.target),
            created_at: self.world.now(),
            undoes: None,
            is_wanted: place.is_wanted,
        };
        Ok((id, body))
    }

    /// Keeps a preview: it awaits approval from now on.
    pub(crate) async fn keep(
        &self,
        id: String,
        incident_id: &str,
        body: PlanBody,
    ) -> Result<Made, RecoveryError> {
        let state = &body.option.state;
        let new = NewPlan {
            id: id.clone(),
            incident_id: incident_id.to_owned(),
            letter: state.letter.as_char(),
            digest: state.digest.as_str().to_owned(),
            expires_at: self.settings.policy.preview_ends(body.created_at),
            body: written(&body)?,
            cluster: self.settings.cluster.clone(),
            targets: body.option.target_keys(),
        };
        let actor = asking(body.requester.as_ref());
        let mut entry = self.entry_by(actor, "plan.proposed", &body.target.to_string());
        entry.detail = Some(json!({
            "letter": state.letter,
            "title": body.option.title,
            "risk": body.option.risk,
            "blocked": state.preview.blocked,
        }));
        self.store.save_plan(&new, entry).await?;
        let plan = self.store.plan(&id).await?;
        let plan = plan.ok_or_else(|| RecoveryError::Garbled(format!("{id} was not kept")))?;
        Ok(Made { plan, body })
    }
}
