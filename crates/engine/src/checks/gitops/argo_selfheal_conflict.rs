#![doc = include_str!("argo_selfheal_conflict.md")]

use dogwatch_model::{
    CheckId, CustomKind, Evidence, FindingKind, GitopsFinding, Kind, Source,
    snapshot::{CustomObject, HorizontalPodAutoscaler},
};
use jiff::{SignedDuration, Timestamp};

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::{autoscalers, customs},
    view::View,
};

/// Argo CD heals an Application again and again: somebody changes it back each time.
#[derive(Debug)]
pub(crate) struct ArgoSelfHealConflict;

static META: Meta = Meta {
    id: CheckId::new("gitops/argo-selfheal-conflict"),
    kind: FindingKind::Gitops(GitopsFinding::ArgoSelfHealConflict),
    needs: &[Source::Objects(Kind::Custom(CustomKind::APPLICATION))],
    advice: &[
        "Find out who else writes the resources: an autoscaler, a webhook or a person. Change the source, or let the Application ignore the field.",
    ],
    casebook: include_str!("argo_selfheal_conflict.md"),
};

/// The group of Applications.
const GROUP: &str = "argoproj.io";

/// One change by hand is healed once, and a second one may be a mistake.
const MANY: i64 = 3;

/// Healed longer ago than this, it has come to rest.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

/// Resources that are quoted.
const MAX_QUOTED: usize = 4;

const HEALS: &str = "spec.syncPolicy.automated.selfHeal";
const COUNT: &str = "status.operationState.operation.sync.autoHealAttemptsCount";
const FINISHED: &str = "status.operationState.finishedAt";
const PHASE: &str = "status.operationState.phase";

impl Check for ArgoSelfHealConflict {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for app in view.snapshot.customs_of(GROUP, "Application") {
            let count = app.number(COUNT).filter(|count| *count >= MANY);
            let is_meant = app.flag(HEALS) && !app.meta.is_terminating();
            let Some(count) = count.filter(|_| is_meant && is_recent(view, app)) else {
                continue;
            };
            let object = customs::reference(app);
            let scaled = drifted(app).find_map(|resource| scaler(view, &resource));
            let told = scaled.map(|known| {
                let target = &known.spec.scale_target_ref;
                let (kind, name, by) = (&target.kind, &target.name, &known.meta.name);
                format!("; {kind} {name} is scaled by HorizontalPodAutoscaler {by}")
            });
            let detail = format!("healed {count} times{}", told.unwrap_or_default());
            let resources = drifted(app).take(MAX_QUOTED).map(|resource| {
                let words = format!("{}/{} OutOfSync", resource.kind, resource.name);
                cite::status(&object, "status.resources", words)
            });
            let rest: Vec<Evidence> = customs::quoted(app, &[HEALS, FINISHED])
                .into_iter()
                .chain(resources)
                .collect();
            let subject = Subject::of(object.clone()).detail(detail);
            report.found(subject, cite::status(&object, COUNT, count), rest);
        }
    }
}

/// True while it heals, or did lately.
fn is_recent(view: &View<'_>, app: &CustomObject) -> bool {
    let finished = app
        .field(FINISHED)
        .and_then(|at| at.parse::<Timestamp>().ok());
    let is_young = |at| view.now().duration_since(at) <= RECENT;
    app.field(PHASE) == Some("Running") || finished.is_some_and(is_young)
}

/// A resource of an Application that differs from its source.
struct Resource<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

fn drifted(app: &CustomObject) -> impl Iterator<Item = Resource<'_>> {
    let all = app.fields_under("status.resources");
    all.filter_map(|(path, status)| {
        let entry = path
            .strip_suffix(".status")
            .filter(|_| status == "OutOfSync")?;
        let part = |name: &str| app.field(&format!("{entry}.{name}"));
        Some(Resource {
            kind: part("kind")?,
            namespace: part("namespace").unwrap_or_default(),
            name: part("name")?,
        })
    })
}

/// The autoscaler that sets the number of Pods of a resource.
fn scaler<'a>(view: &View<'a>, resource: &Resource<'_>) -> Option<&'a HorizontalPodAutoscaler> {
    autoscalers::all(view).find(|known| {
        let target = &known.spec.scale_target_ref;
        *known.meta.namespace == *resource.namespace
            && *target.kind == *resource.kind
            && *target.name == *resource.name
    })
}
