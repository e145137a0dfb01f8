#![doc = include_str!("delete_workload.md")]

use dogwatch_model::{
    Kind,
    plan::{
        Act, Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Target,
    },
};

use super::{Ground, Remedy, RemedyMeta, left_behind::LeftBehind, protection, sketch};
use crate::rollout::{Rollout, Workload};

/// Deletes a workload with its Pods.
#[derive(Debug)]
pub(crate) struct DeleteWorkload;

/// What decides whether claims go with a StatefulSet.
const RETENTION: &str = "/spec/persistentVolumeClaimRetentionPolicy";

static META: RemedyMeta = RemedyMeta {
    id: "delete-workload",
    does: "Deletes a Deployment, StatefulSet or DaemonSet with its Pods. There is no way back.",
    risk: Risk::High,
    reversibility: Reversibility::Irreversible,
    since: "0.1.0",
};

impl Remedy for DeleteWorkload {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("delete_workload.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::DeleteWorkload { workload } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let rollout = ground.rollout(workload)?;
        check(rollout, workload)?;
        check_claims(ground, rollout, workload)?;
        ground.needs(Kind::Pod)?;
        let left = LeftBehind::by(ground, rollout);
        left.check_callers(ground, workload)?;
        let title = format!("delete {workload} and its Pods");
        let scenario = "Nobody needs the workload any more, and a person has said so.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft.steps.push(sketch::step(
            format!("delete {workload}"),
            workload.clone(),
            Act::Delete {
                grace_seconds: None,
            },
        ));
        let mut fields = ground.relied_on(rollout).to_vec();
        if rollout.object.kind == Kind::StatefulSet {
            fields.push(RETENTION);
        }
        draft.observed.push(sketch::relies_on(workload, &fields));
        left.tell(ground, &mut draft);
        draft.warnings.push(keep_manifest(workload));
        draft.impact.expected_seconds = 60;
        draft.verification.push(Expectation::Gone {
            object: workload.clone(),
        });
        Ok(draft)
    }
}

fn check(rollout: &Rollout<'_>, workload: &Target) -> Result<(), PlanRefusal> {
    let meta = rollout.meta();
    if let Some(why) = protection::vital_place(&workload.namespace, &workload.name) {
        let because = format!("{workload} is never deleted: {why}");
        return Err(PlanRefusal::Forbidden { because });
    }
    if meta.is_terminating() {
        let because = format!("{workload} is being deleted already; what holds it has to be found");
        return Err(PlanRefusal::NothingToDo { because });
    }
    if protection::is_annotated(meta) {
        let because = format!(
            "{workload} is annotated {}: whoever did that has to take it away first",
            protection::PROTECTED
        );
        return Err(PlanRefusal::Unsafe { because });
    }
    Ok(())
}

/// Claims are never deleted, and so is nothing that takes claims with it.
fn check_claims(
    ground: &Ground<'_>,
    rollout: &Rollout<'_>,
    workload: &Target,
) -> Result<(), PlanRefusal> {
    if let Workload::StatefulSet(set) = rollout.workload
        && set
            .spec
            .persistent_volume_claim_retention_policy
            .when_deleted
            == "Delete"
    {
        let because = format!(
            "the claims of {workload} would be deleted with it (persistentVolumeClaimRetentionPolicy.whenDeleted is Delete), and claims are never deleted"
        );
        return Err(PlanRefusal::Forbidden { because });
    }
    ground.needs(Kind::PersistentVolumeClaim)?;
    let mut claims = ground.view.snapshot.claims.iter();
    let owned = claims.find(|claim| {
        let mut owners = claim.meta.owners.iter();
        owners.any(|owner| owner.uid.as_str() == workload.uid)
    });
    owned.map_or(Ok(()), |claim| {
        let because = format!(
            "claim {} names {workload} as its owner and would be deleted with it, and claims are never deleted",
            claim.meta.name
        );
        Err(PlanRefusal::Forbidden { because })
    })
}

fn keep_manifest(workload: &Target) -> String {
    let Target {
        namespace, name, ..
    } = workload;
    let kind = workload.kind.to_lowercase();
    format!(
        "there is no way back and the record keeps no manifest: keep one first, `kubectl get {kind} {name} -n {namespace} -o yaml`"
    )
}
