#![doc = include_str!("job_trouble_explains_cron_job_trouble.md")]

use dogwatch_model::{EdgeStrength, Finding, FindingKind, JobFinding, Kind, RuleId, Severity};

use super::super::{Key, Link, Rule, RuleMeta, key::pod_of};
use crate::View;

/// A Job that does not end explains why its CronJob makes no further ones.
#[derive(Debug)]
pub(crate) struct JobTroubleExplainsCronJobTrouble;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("job-trouble-explains-cron-job-trouble"),
    because: "the Job belongs to the CronJob",
    strength: EdgeStrength::Hard,
    casebook: include_str!("job_trouble_explains_cron_job_trouble.md"),
};

impl Rule for JobTroubleExplainsCronJobTrouble {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let is_fault = finding.severity != Severity::Info;
        let job = match finding.object.kind {
            _ if !is_fault => None,
            Kind::Job => Some(&finding.object.name),
            Kind::Pod => pod_of(view, finding)
                .and_then(|pod| pod.meta.controller())
                .filter(|owner| owner.kind == Kind::Job.name())
                .map(|owner| &owner.name),
            _ => None,
        };
        let Some(job) = job else { return Vec::new() };
        let namespace = &finding.object.namespace;
        let mut jobs = view.snapshot.jobs.iter();
        let job =
            jobs.find(|known| known.meta.name == **job && known.meta.namespace == **namespace);
        let owner = job.and_then(|job| job.meta.controller());
        let cron = owner.filter(|owner| owner.kind == Kind::CronJob.name());
        cron.map(|cron| Key::Workload(Kind::CronJob, namespace.clone(), cron.name.clone()))
            .into_iter()
            .collect()
    }

    fn effects(&self, _view: &View<'_>, finding: &Finding) -> Vec<Key> {
        if matches!(
            finding.kind,
            FindingKind::Job(JobFinding::CronForbidOverlap)
        ) {
            vec![Key::workload(&finding.object)]
        } else {
            Vec::new()
        }
    }

    fn relates(&self, _view: &View<'_>, cause: &Finding, _effect: &Finding) -> Option<Link> {
        // A Job that failed has ended, and holds nothing back.
        let has_ended = matches!(
            cause.kind,
            FindingKind::Job(
                JobFinding::BackoffExceeded
                    | JobFinding::Deadline
                    | JobFinding::PodFailurePolicy
                    | JobFinding::FailedIndexes
            )
        );
        (!has_ended).then(Link::proven)
    }
}
