#![doc = include_str!("rerun_job.md")]

use dogwatch_model::{
    plan::{
        Act, Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Target,
    },
    snapshot::{Job, find_condition},
};

use super::{Ground, Remedy, RemedyMeta, ground::is_same, sketch};

/// Runs a failed Job once more.
#[derive(Debug)]
pub(crate) struct RerunJob;

/// Longest name of a Job: its Pods carry it as a label.
const MAX_NAME: usize = 63;

static META: RemedyMeta = RemedyMeta {
    id: "rerun-job",
    does: "Creates a copy of a failed Job under another name.",
    risk: Risk::Medium,
    reversibility: Reversibility::Irreversible,
    since: "0.1.0",
};

impl Remedy for RerunJob {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("rerun_job.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::RerunJob { job: target } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let job = find(ground, target)?;
        if find_condition(&job.status.conditions, "Failed").is_none_or(|failed| !failed.is_true()) {
            let because = format!("{target} has not failed");
            return Err(PlanRefusal::NothingToDo { because });
        }
        let name = free_name(ground, job);
        let title = format!("run {target} once more, as {name}");
        let scenario = "The cause of the failure is gone and the work still has to be done.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let act = Act::RerunJob {
            name: name.clone(),
            sha256: String::new(),
        };
        draft.steps.push(sketch::step(
            format!("create Job {name} like {target}"),
            target.clone(),
            act,
        ));
        draft.observed.push(sketch::relies_on(target, &["/spec"]));
        draft
            .warnings
            .push("the work of the Job is done again: it must bear that".to_owned());
        draft.impact.expected_seconds = 120;
        let new = Target {
            name,
            uid: String::new(),
            ..target.clone()
        };
        draft.verification.push(Expectation::FieldIs {
            object: new,
            fact: Fact::new("/status/succeeded", job.spec.completions.unwrap_or(1)),
        });
        Ok(draft)
    }
}

fn find<'a>(ground: &Ground<'a>, target: &Target) -> Result<&'a Job, PlanRefusal> {
    let mut jobs = ground.view.snapshot.jobs.iter();
    jobs.find(|job| {
        *job.meta.namespace == *target.namespace
            && *job.meta.name == *target.name
            && is_same(&job.meta, target)
    })
    .ok_or_else(|| PlanRefusal::NotThere {
        object: target.to_string(),
    })
}

/// The first name of the form `NAME-rerun-2` that no Job has.
fn free_name(ground: &Ground<'_>, job: &Job) -> String {
    let jobs = &ground.view.snapshot.jobs;
    let is_taken = |name: &str| {
        jobs.iter()
            .any(|known| known.meta.namespace == job.meta.namespace && known.meta.name == *name)
    };
    let base = &*job.meta.name;
    let named = |number: usize| {
        let tail = format!("-rerun-{number}");
        let room = MAX_NAME.saturating_sub(tail.len());
        format!("{}{tail}", &base[..base.floor_char_boundary(room)])
    };
    // One name more than there are Jobs cannot all be taken.
    let mut tried = (1..=jobs.len() + 1).map(named);
    tried
        .find(|name| !is_taken(name))
        .unwrap_or_else(|| named(jobs.len() + 2))
}
