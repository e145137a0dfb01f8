#![doc = include_str!("image_mutable_tag_drift.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, FindingKind, ImageFinding, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// Pods of one version run different images under the same tag.
#[derive(Debug)]
pub(crate) struct TagDrift;

static META: Meta = Meta {
    id: CheckId::new("image/image-mutable-tag-drift"),
    kind: FindingKind::Image(ImageFinding::TagDrift),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &["Refer to the image by digest, or give every build a tag of its own."],
    casebook: include_str!("image_mutable_tag_drift.md"),
};

impl Check for TagDrift {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let mut images: BTreeMap<(&str, &str), BTreeMap<&str, &Pod>> = BTreeMap::new();
            for pod in rollout.active_new_pods() {
                for status in &pod.status.container_statuses {
                    let image = pod
                        .spec
                        .container(&status.name)
                        .map_or("", |own| &*own.image);
                    let is_moving = !image.is_empty() && !image.contains('@');
                    if is_moving && !status.digest.is_empty() && status.state.running.is_some() {
                        let digests = images.entry((&status.name, image)).or_default();
                        digests.entry(&status.digest).or_insert(pod);
                    }
                }
            }
            for ((container, image), digests) in images.iter().filter(|(_, known)| known.len() > 1)
            {
                let facts = digests.iter().map(|(digest, pod)| {
                    let field = format!("{container}.imageID");
                    cite::status(&cite::pod(pod), &field, format!("{digest}…"))
                });
                let subject = Subject::of(rollout.object.clone())
                    .container(container)
                    .detail(*image);
                report.found_all(subject, facts);
            }
        }
    }
}
