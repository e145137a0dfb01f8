#![doc = include_str!("requeue_release.md")]

use dogwatch_model::plan::{
    Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk, Step,
    Target,
};
use serde_json::{Value, json};

use super::{Ground, Remedy, RemedyMeta, ground::is_same, sketch};

/// Makes the controller try a Helm release again.
#[derive(Debug)]
pub(crate) struct RequeueRelease;

static META: RemedyMeta = RemedyMeta {
    id: "requeue-release",
    does: "Annotates a HelmReleaseProxy, so that its controller tries the release again at once.",
    risk: Risk::Low,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for RequeueRelease {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("requeue_release.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::RequeueRelease { release, at } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let mut customs = ground.view.snapshot.customs.iter();
        let known = customs.find(|known| {
            release
                .object()
                .is_some_and(|object| object.kind == known.kind)
                && *known.meta.namespace == *release.namespace
                && *known.meta.name == *release.name
                && is_same(&known.meta, release)
        });
        let known = known.filter(|_| release.kind == "HelmReleaseProxy");
        let known = known.ok_or_else(|| PlanRefusal::NotThere {
            object: release.to_string(),
        })?;
        if known.meta.is_terminating() {
            let because = format!("{release} is being deleted: its release is uninstalled");
            return Err(PlanRefusal::NotSupported { because });
        }
        let old = known.meta.annotations.get("dogwatch.io/kick");
        let title = format!("let the controller try {release} again now");
        let scenario =
            "The cause of the failed release is mended and nobody wants to wait for the next try.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft
            .steps
            .push(step(release, &json!(at), &Fact::new(FIELD, at.as_str())));
        draft
            .rollback
            .push(step(release, &json!(old), &former(old)));
        draft.observed.push(sketch::relies_on(release, &["/spec"]));
        draft.impact.expected_seconds = 300;
        draft.verification.push(Expectation::NotFound {
            mode: "hrp-helm-failed".to_owned(),
            object: release.clone(),
        });
        Ok(draft)
    }
}

/// Where the annotation stands.
const FIELD: &str = "/metadata/annotations/dogwatch.io~1kick";

fn former(old: Option<&str>) -> Fact {
    old.map_or_else(|| Fact::absent(FIELD), |old| Fact::new(FIELD, old))
}

fn step(release: &Target, value: &Value, after: &Fact) -> Step {
    sketch::merge(
        format!("annotate {release}"),
        release,
        json!({"metadata": {"annotations": {"dogwatch.io/kick": value}}}),
        (Fact::as_read(FIELD), after.clone()),
    )
}
