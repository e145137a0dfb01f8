#![doc = include_str!("pull_secret_missing.md")]

use std::collections::BTreeSet;

use dogwatch_model::{CheckId, ConfigFinding, FindingKind, Kind, ObjectRef, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::pulls::PullClass,
    view::View,
};

/// The Secret for image pulls that the Pod names does not exist.
#[derive(Debug)]
pub(crate) struct PullSecretMissing;

static META: Meta = Meta {
    id: CheckId::new("config/pull-secret-missing"),
    kind: FindingKind::Config(ConfigFinding::PullSecretMissing),
    needs: sources::PODS,
    advice: &[
        "Create the Secret in the Namespace of the Pod, or correct spec.imagePullSecrets of the Pod or of its ServiceAccount.",
    ],
    casebook: include_str!("pull_secret_missing.md"),
};

impl Check for PullSecretMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut seen = BTreeSet::new();
        for pull in view
            .pulls
            .iter()
            .filter(|pull| pull.class == PullClass::Unauthorized)
        {
            let pod = pull.suspect.pod;
            for secret in pod.spec.image_pull_secrets.iter().map(|known| &known.name) {
                if !seen.insert((&pod.meta.namespace, &pod.meta.name, secret)) {
                    continue;
                }
                match view
                    .snapshot
                    .has_named(Kind::Secret, &pod.meta.namespace, secret)
                {
                    Some(true) => {}
                    Some(false) => {
                        let object = pull.suspect.object.clone();
                        let missing = ObjectRef::named(Kind::Secret, &pod.meta.namespace, secret);
                        let absent =
                            cite::status(&missing, "metadata.name", "there is no such Secret");
                        let fact = cite::spec(&object, "spec.imagePullSecrets", secret);
                        let subject = Subject::of(object)
                            .detail(secret.to_string())
                            .since(pod.begun());
                        report.found(subject, fact, [absent]);
                    }
                    None => {
                        let secrets = Source::Objects(Kind::Secret);
                        report.undecided(pull.suspect.object.clone(), secrets);
                    }
                }
            }
        }
    }
}
