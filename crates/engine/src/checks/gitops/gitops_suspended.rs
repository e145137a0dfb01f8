#![doc = include_str!("gitops_suspended.md")]

use dogwatch_model::{CheckId, CustomKind, FindingKind, GitopsFinding, Kind, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// An object of Flux is suspended.
#[derive(Debug)]
pub(crate) struct GitopsSuspended;

static META: Meta = Meta {
    id: CheckId::new("gitops/gitops-suspended"),
    kind: FindingKind::Gitops(GitopsFinding::Suspended),
    needs: &[
        Source::Objects(Kind::Custom(CustomKind::HELM_RELEASE)),
        Source::Objects(Kind::Custom(CustomKind::KUSTOMIZATION)),
        Source::Objects(Kind::Custom(CustomKind::GIT_REPOSITORY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_REPOSITORY)),
        Source::Objects(Kind::Custom(CustomKind::HELM_CHART)),
        Source::Objects(Kind::Custom(CustomKind::OCI_REPOSITORY)),
        Source::Objects(Kind::Custom(CustomKind::BUCKET)),
    ],
    advice: &["Ask who suspended it: changes in the source do not arrive until it goes on."],
    casebook: include_str!("gitops_suspended.md"),
};

/// Groups and kinds of Flux that can be suspended.
const KINDS: &[(&str, &[&str])] = &[
    ("helm.toolkit.fluxcd.io", &["HelmRelease"]),
    ("kustomize.toolkit.fluxcd.io", &["Kustomization"]),
    (
        "source.toolkit.fluxcd.io",
        &[
            "GitRepository",
            "HelmRepository",
            "HelmChart",
            "OCIRepository",
            "Bucket",
        ],
    ),
];

impl Check for GitopsSuspended {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (group, kinds) in KINDS {
            let objects = view.snapshot.customs.iter();
            let meant = objects.filter(|object| kinds.iter().any(|kind| object.is(group, kind)));
            for object in meant.filter(|object| object.flag("spec.suspend")) {
                let reference = customs::reference(object);
                let fact = cite::spec(&reference, "spec.suspend", "true");
                report.found(Subject::of(reference), fact, []);
            }
        }
    }
}
