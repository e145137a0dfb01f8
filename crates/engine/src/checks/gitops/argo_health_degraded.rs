#![doc = include_str!("argo_health_degraded.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, GitopsFinding, Kind, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// An Application of Argo CD is Degraded.
#[derive(Debug)]
pub(crate) struct ArgoHealthDegraded;

static META: Meta = Meta {
    id: CheckId::new("gitops/argo-health-degraded"),
    kind: FindingKind::Gitops(GitopsFinding::ArgoHealthDegraded),
    needs: &[Source::Objects(Kind::Custom(CustomKind::APPLICATION))],
    advice: &["Look at the children that are named; the Application only repeats their health."],
    casebook: include_str!("argo_health_degraded.md"),
};

/// The group of Applications.
const GROUP: &str = "argoproj.io";

/// Children that are looked at.
const MAX_CHILDREN: usize = 20;

impl Check for ArgoHealthDegraded {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for app in view.snapshot.customs_of(GROUP, "Application") {
            let health = app.field("status.health.status").unwrap_or_default();
            if !matches!(health, "Degraded" | "Missing") || app.meta.is_terminating() {
                continue;
            }
            let object = customs::reference(app);
            let facts = (0..MAX_CHILDREN).filter_map(|at| {
                let field = |name: &str| app.field(&format!("status.resources.{at}.{name}"));
                let state = field("health.status").filter(|state| *state == health)?;
                let child = format!("{}/{}", field("kind")?, field("name")?);
                Some(cite::status(
                    &object,
                    &format!("status.resources: {child}"),
                    state,
                ))
            });
            let facts: Vec<_> = facts.take(4).collect();
            let fact = cite::status(&object, "status.health.status", health);
            report.found(Subject::of(object).detail(health), fact, facts);
        }
    }
}
