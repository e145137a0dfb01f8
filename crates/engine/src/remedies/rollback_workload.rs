#![doc = include_str!("rollback_workload.md")]

use dogwatch_model::{
    Kind,
    plan::{
        Act, Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Step, Target,
    },
    snapshot::ReplicaSet,
};

use super::{Ground, Remedy, RemedyMeta, ground::check_rolls, room, sketch};
use crate::{
    cite,
    rollout::{Rollout, Workload},
};

/// The template of an earlier revision.
#[derive(Debug)]
pub(crate) struct RollbackWorkload;

static META: RemedyMeta = RemedyMeta {
    id: "rollback-workload",
    does: "Gives a Deployment the Pod template of an earlier revision.",
    risk: Risk::Medium,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for RollbackWorkload {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("rollback_workload.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::RollbackWorkload { workload, revision } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let rollout = ground.rollout(workload)?;
        let (present, aim) = revisions(rollout, workload, *revision)?;
        let number = aim.revision().unwrap_or_default();
        let title = format!("roll {workload} back to revision {number}");
        let scenario = "The trouble began with the present revision.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft.steps.push(step(workload, aim));
        draft.rollback.push(step(workload, present));
        draft
            .observed
            .push(sketch::relies_on(workload, ground.relied_on(rollout)));
        draft
            .observed
            .push(sketch::relies_on(workload, &["/spec/paused"]));
        draft.warnings.extend(unproven(rollout, aim));
        draft.preconditions.push(format!(
            "revision {number} is ReplicaSet {} and differs from the present one",
            aim.meta.name
        ));
        room::for_replacement(ground, &mut draft, rollout);
        draft.verification.push(Expectation::RolledOut {
            workload: workload.clone(),
            replicas: rollout.desired,
        });
        Ok(draft)
    }
}

/// The ReplicaSet of the present revision and the one to go back to.
fn revisions<'a>(
    rollout: &Rollout<'a>,
    workload: &Target,
    wanted: Option<i64>,
) -> Result<(&'a ReplicaSet, &'a ReplicaSet), PlanRefusal> {
    let Workload::Deployment(deployment) = rollout.workload else {
        let because = format!(
            "{} keep their versions in ControllerRevisions; only Deployments are rolled back",
            rollout.object.kind.info().plural
        );
        return Err(PlanRefusal::NotSupported { because });
    };
    check_rolls(rollout, workload)?;
    let unknown = || PlanRefusal::NotKnown {
        needs: Kind::ReplicaSet.info().plural.to_owned(),
    };
    if !rollout.version.is_proven {
        return Err(unknown());
    }
    let present = rollout
        .version
        .new_rs
        .ok_or_else(|| PlanRefusal::NotSupported {
            because: format!(
                "the present template of {workload} has no ReplicaSet yet; wait for its controller"
            ),
        })?;
    let newest = present.revision().ok_or_else(unknown)?;
    let mut earlier = rollout
        .version
        .old_rs
        .iter()
        .filter_map(|old| Some((old.revision()?, *old)));
    let aim = match wanted {
        Some(number) => earlier.find(|(revision, _)| *revision == number),
        None => earlier
            .filter(|(revision, _)| *revision < newest)
            .max_by_key(|(revision, _)| *revision),
    };
    let Some((_, aim)) = aim else {
        let which = wanted.map_or("an earlier revision".to_owned(), |number| {
            format!("revision {number}")
        });
        let because =
            format!("there is no ReplicaSet of {which}; revisionHistoryLimit may have removed it");
        return Err(PlanRefusal::NotSupported { because });
    };
    if aim.spec.template.fingerprint == deployment.spec.template.fingerprint {
        let because = "the earlier revision has the same template".to_owned();
        return Err(PlanRefusal::NothingToDo { because });
    }
    Ok((present, aim))
}

/// The words for a revision of which nothing shows that it ever worked.
fn unproven(rollout: &Rollout<'_>, aim: &ReplicaSet) -> Option<String> {
    let mut pods = rollout.active_old_pods();
    let is_ready = pods.any(|pod| {
        let owner = pod.meta.controller();
        pod.is_ready() && owner.is_some_and(|owner| owner.uid == aim.meta.uid)
    });
    (!is_ready).then(|| {
        format!(
            "no Pod of ReplicaSet {} is Ready now, so nothing proves here that this revision works",
            aim.meta.name
        )
    })
}

fn step(workload: &Target, from: &ReplicaSet) -> Step {
    let source = Target::of(&cite::object(Kind::ReplicaSet, &from.meta));
    let revision = from.revision().unwrap_or_default();
    let name = format!(
        "give {workload} the template of revision {revision} ({})",
        from.meta.name
    );
    let mut step = sketch::step(
        name,
        workload.clone(),
        Act::CopyTemplate {
            from: source,
            sha256: String::new(),
        },
    );
    step.expected_before.push(Fact::as_read("/spec/template"));
    step.expected_after.push(Fact::as_read("/spec/template"));
    step
}
