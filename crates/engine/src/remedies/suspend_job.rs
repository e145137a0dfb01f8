#![doc = include_str!("suspend_job.md")]

use dogwatch_model::{
    plan::{
        Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Step, Target,
    },
    snapshot::{Condition, find_condition},
};
use serde_json::json;

use super::{Ground, Remedy, RemedyMeta, ground::is_same, sketch};

/// Suspends a Job or CronJob, or lets it run again.
#[derive(Debug)]
pub(crate) struct SuspendJob;

static META: RemedyMeta = RemedyMeta {
    id: "suspend-job",
    does: "Suspends a Job or CronJob, or lets it run again.",
    risk: Risk::Low,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for SuspendJob {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("suspend_job.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::SuspendJob { job, suspended } = request else {
            return Err(sketch::other_remedy(&META));
        };
        if is_over(ground, job) {
            let because = format!("{job} is over already");
            return Err(PlanRefusal::NothingToDo { because });
        }
        if is_suspended(ground, job)? == *suspended {
            let word = if *suspended {
                "suspended"
            } else {
                "not suspended"
            };
            let because = format!("{job} is {word} already");
            return Err(PlanRefusal::NothingToDo { because });
        }
        let (verb, scenario) = if *suspended {
            (
                "suspend",
                "The Job does harm, or fills the cluster with failing Pods.",
            )
        } else {
            ("let run again", "A suspension was forgotten.")
        };
        let mut draft = sketch::draft(&META, request, format!("{verb} {job}"), scenario);
        draft.steps.push(step(job, *suspended));
        draft.rollback.push(step(job, !*suspended));
        draft
            .observed
            .push(sketch::relies_on(job, &["/spec/suspend"]));
        if *suspended && job.kind == "Job" {
            // Their work is lost, and the way back starts them anew.
            draft.risk = Risk::Medium;
            draft.reversibility = Reversibility::Partial;
            draft
                .warnings
                .push("the Pods that the Job runs now are deleted".to_owned());
        }
        draft.impact.expected_seconds = 10;
        draft.verification.push(Expectation::FieldIs {
            object: job.clone(),
            fact: Fact::new("/spec/suspend", *suspended),
        });
        Ok(draft)
    }
}

/// The API server fills in `false`, so the field is always there.
fn step(job: &Target, suspended: bool) -> Step {
    let verb = if suspended { "suspend" } else { "let run" };
    sketch::merge(
        format!("{verb} {job}"),
        job,
        json!({"spec": {"suspend": suspended}}),
        (
            Fact::new("/spec/suspend", !suspended),
            Fact::new("/spec/suspend", suspended),
        ),
    )
}

fn is_suspended(ground: &Ground<'_>, target: &Target) -> Result<bool, PlanRefusal> {
    let snapshot = ground.view.snapshot;
    let is_meant = |meta: &dogwatch_model::snapshot::Meta| {
        *meta.namespace == *target.namespace && *meta.name == *target.name && is_same(meta, target)
    };
    let job = snapshot
        .jobs
        .iter()
        .find(|job| target.kind == "Job" && is_meant(&job.meta));
    let cron = snapshot
        .cron_jobs
        .iter()
        .find(|job| target.kind == "CronJob" && is_meant(&job.meta));
    job.map(|job| job.spec.suspend)
        .or(cron.map(|job| job.spec.suspend))
        .ok_or_else(|| PlanRefusal::NotThere {
            object: target.to_string(),
        })
}

/// True for a Job that has ended, one way or the other.
fn is_over(ground: &Ground<'_>, target: &Target) -> bool {
    let mut jobs = ground.view.snapshot.jobs.iter();
    let job = jobs.find(|job| {
        target.kind == "Job"
            && *job.meta.namespace == *target.namespace
            && *job.meta.name == *target.name
    });
    job.is_some_and(|job| {
        ["Complete", "Failed"].into_iter().any(|kind| {
            find_condition(&job.status.conditions, kind).is_some_and(Condition::is_true)
        })
    })
}
