#![doc = include_str!("hook_trouble_explains_release_timeout.md")]

use dogwatch_model::{
    EdgeStrength, Finding, FindingKind, Kind, ReleaseFinding, RuleId, Source, snapshot::Meta,
    wire::Text,
};

use super::super::{
    Key, Link, Rule, RuleMeta,
    key::{custom_of, pod_of},
};
use crate::{View, cite, reading::releases, rollout::Rollout};

/// What keeps the Job or Pod of a hook, or a workload of the release, is what Helm waited for.
#[derive(Debug)]
pub(crate) struct HookTroubleExplainsReleaseTimeout;

static META: RuleMeta = RuleMeta {
    id: RuleId::new("hook-trouble-explains-release-timeout"),
    because: "Helm waits for this object",
    strength: EdgeStrength::State,
    casebook: include_str!("hook_trouble_explains_release_timeout.md"),
};

impl Rule for HookTroubleExplainsReleaseTimeout {
    fn meta(&self) -> &'static RuleMeta {
        &META
    }

    fn causes(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let place = match finding.kind {
            FindingKind::Release(_) | FindingKind::Node(_) => None,
            _ => meta_of(view, finding).map(|meta| meta.namespace.clone()),
        };
        place
            .map(|namespace| vec![Key::Release(namespace, Text::default())])
            .unwrap_or_default()
    }

    fn effects(&self, view: &View<'_>, finding: &Finding) -> Vec<Key> {
        let waited = matches!(
            finding.kind,
            FindingKind::Release(
                ReleaseFinding::HookTimeout
                    | ReleaseFinding::HookFailed
                    | ReleaseFinding::WaitTimeout
                    | ReleaseFinding::RolledBack
            )
        );
        let object = custom_of(view, finding).filter(|_| waited);
        object.map_or_else(Vec::new, |object| {
            let (_, namespace) = releases::release_of(object);
            vec![Key::Release(namespace, Text::default())]
        })
    }

    fn relates(&self, view: &View<'_>, cause: &Finding, effect: &Finding) -> Option<Link> {
        let meta = meta_of(view, cause)?;
        let (release, namespace) = releases::release_of(custom_of(view, effect)?);
        let belongs = releases::belongs(meta, &release, &namespace);
        let hook = releases::hook_of(meta);
        let is_hook_wait = !matches!(
            effect.kind,
            FindingKind::Release(ReleaseFinding::WaitTimeout | ReleaseFinding::RolledBack)
        );
        if !is_hook_wait {
            let fact = cite::spec(&cause.object, "release", &release);
            return (belongs && hook.is_none()).then(|| Link::proven_by(vec![fact]));
        }
        // `post-install,post-upgrade`: one of them is the one that timed out.
        let hook = hook?;
        let awaited = effect.detail.split(' ').next().unwrap_or_default();
        if !hook.split(',').any(|known| known.trim() == awaited) {
            return None;
        }
        if belongs {
            let fact = cite::spec(&cause.object, "helm.sh/hook", hook);
            return Some(Link::proven_by(vec![fact]));
        }
        let shows = format!("the manifest of release {release} names this {awaited} hook");
        Some(Link::candidate(Source::Objects(Kind::Secret), shows))
    }
}

/// Metadata of the object that Helm made: the Job of a Pod, the workload, or the object itself.
fn meta_of<'a>(view: &View<'a>, finding: &Finding) -> Option<&'a Meta> {
    if let Some(pod) = pod_of(view, finding) {
        if let Some(rollout) = view.rollout_of(pod) {
            return Some(rollout.meta());
        }
        let job = pod.meta.controller().filter(|owner| owner.kind == "Job");
        return job
            .and_then(|owner| job_named(view, &pod.meta.namespace, &owner.name))
            .or(Some(&pod.meta));
    }
    if finding.object.kind == Kind::Job {
        return job_named(view, &finding.object.namespace, &finding.object.name);
    }
    view.rollout(&finding.object).map(Rollout::meta)
}

fn job_named<'a>(view: &View<'a>, namespace: &str, name: &str) -> Option<&'a Meta> {
    let mut jobs = view.snapshot.jobs.iter().map(|job| &job.meta);
    jobs.find(|meta| meta.name == *name && meta.namespace == *namespace)
}
