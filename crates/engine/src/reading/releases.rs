//! Helm releases that did not come through: what their controller says of the last operation.

use dogwatch_model::{
    ObjectRef,
    snapshot::{Condition, CustomObject},
    wire::Text,
};

use crate::{
    check::{Report, Subject},
    cite,
    reading::{Pattern, customs},
    view::View,
};

/// What stopped a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReleaseClass {
    HookTimeout,
    HookFailed,
    WaitTimeout,
    PendingStuck,
    NoDeployed,
    Ownership,
    Immutable,
    RenderValues,
    CrdMissing,
    Fetch,
    RolledBack,
}

/// A release that did not come through.
#[derive(Debug, Clone)]
pub(crate) struct ReleaseTrouble<'a> {
    /// Who tells of it: a HelmReleaseProxy or a Flux HelmRelease.
    pub(crate) object: &'a CustomObject,
    pub(crate) condition: &'a Condition,
    pub(crate) class: ReleaseClass,
    /// Name of the release.
    pub(crate) release: Text,
    /// Namespace of the release in the cluster where it is installed.
    pub(crate) namespace: Text,
    /// `post-upgrade`, for hooks.
    pub(crate) hook: Option<String>,
}

static HOOK: Pattern = Pattern::new(
    r"(?P<h>(pre|post)-(install|upgrade|rollback|delete)|test) hooks? failed|failed (?P<v>(pre|post)-(install|upgrade|rollback|delete))|Hook (?P<w>(pre|post)-\S+) .*failed",
);
static TIMEOUT: Pattern =
    Pattern::new(r"timed out waiting for (the )?condition|context deadline exceeded");
static JOB_FAILED: Pattern = Pattern::new(r"job failed: BackoffLimitExceeded|job \S+ failed");
static ROLLED_BACK: Pattern = Pattern::new(
    r"failed, and has been (rolled back|uninstalled) due to (atomic|rollback-on-failure)",
);

/// Words of Helm and what they mean, the most telling first. They are matched as they stand.
static TEXTS: &[(&str, ReleaseClass)] = &[
    (
        r"another operation \(install/upgrade/rollback\) is in progress",
        ReleaseClass::PendingStuck,
    ),
    (r"has no deployed releases", ReleaseClass::NoDeployed),
    (
        r"exists and cannot be imported into the current release: invalid ownership metadata",
        ReleaseClass::Ownership,
    ),
    (
        r"cannot patch .* field is immutable",
        ReleaseClass::Immutable,
    ),
    (
        r"template: .*: error calling|execution error at|values don't meet the specifications of the schema",
        ReleaseClass::RenderValues,
    ),
    (
        r"resource mapping not found|ensure CRDs are installed first",
        ReleaseClass::CrdMissing,
    ),
    (
        r#"failed to (fetch|download)|looks like "[^"]+" is not a valid chart repository|401|no such host"#,
        ReleaseClass::Fetch,
    ),
];

/// The class of a message; `None` when it names none.
pub(crate) fn classify(message: &str) -> Option<(ReleaseClass, Option<String>)> {
    use std::sync::LazyLock;
    static PATTERNS: LazyLock<Vec<(Pattern, ReleaseClass)>> = LazyLock::new(|| {
        let all = TEXTS.iter();
        all.map(|(text, class)| (Pattern::new(text), *class))
            .collect()
    });
    if ROLLED_BACK.is_match(message) {
        return Some((ReleaseClass::RolledBack, None));
    }
    let hook = ["h", "v", "w"]
        .iter()
        .find_map(|group| HOOK.capture(message, group));
    if let Some(hook) = hook {
        let hook = Some(hook.to_owned());
        if TIMEOUT.is_match(message) {
            return Some((ReleaseClass::HookTimeout, hook));
        }
        if JOB_FAILED.is_match(message) {
            return Some((ReleaseClass::HookFailed, hook));
        }
    }
    let known = PATTERNS
        .iter()
        .find(|(pattern, _)| pattern.is_match(message));
    if let Some((_, class)) = known {
        return Some((*class, None));
    }
    TIMEOUT
        .is_match(message)
        .then_some((ReleaseClass::WaitTimeout, None))
}

/// Releases that did not come through, in the order of the objects that tell of them.
pub(crate) fn troubles<'a>(view: &View<'a>) -> Vec<ReleaseTrouble<'a>> {
    let snapshot = view.snapshot;
    let objects = snapshot
        .customs
        .iter()
        .filter(|object| !customs::is_paused(object) && !object.meta.is_terminating());
    objects
        .filter_map(|object| {
            let condition = failed_condition(object)?;
            let (class, hook) = classify(&condition.message)?;
            let (release, namespace) = release_of(object);
            Some(ReleaseTrouble {
                object,
                condition,
                class,
                release,
                namespace,
                hook,
            })
        })
        .collect()
}

/// The condition in which a controller of releases repeats what Helm said.
fn failed_condition(object: &CustomObject) -> Option<&Condition> {
    let (types, reasons): (&[&str], &[&str]) = if is_proxy(object) {
        (
            &["HelmReleaseReady", "Ready"],
            &["HelmInstallOrUpgradeFailed", "HelmReleaseGetFailed"],
        )
    } else if object.is("helm.toolkit.fluxcd.io", "HelmRelease") {
        (&["Released", "Ready"], &[])
    } else {
        return None;
    };
    types.iter().find_map(|kind| {
        let condition = object.condition(kind)?;
        let counts = reasons.is_empty() || reasons.contains(&&*condition.reason);
        (condition.status == "False" && counts).then_some(condition)
    })
}

/// True for a HelmReleaseProxy.
pub(crate) fn is_proxy(object: &CustomObject) -> bool {
    object.is("addons.cluster.x-k8s.io", "HelmReleaseProxy")
}

/// Name and Namespace of the release that an object stands for.
pub(crate) fn release_of(object: &CustomObject) -> (Text, Text) {
    let own_namespace = if is_proxy(object) {
        "default"
    } else {
        &object.meta.namespace
    };
    let namespace = object
        .field("spec.namespace")
        .or_else(|| object.field("spec.targetNamespace"))
        .unwrap_or(own_namespace);
    let release = object
        .field("spec.releaseName")
        .unwrap_or(&object.meta.name);
    (release.into(), namespace.into())
}

/// Reports the releases of one class.
pub(crate) fn report(view: &View<'_>, class: ReleaseClass, report: &mut Report<'_>) {
    for trouble in troubles(view).iter().filter(|known| known.class == class) {
        let object: ObjectRef = customs::reference(trouble.object);
        let hook = trouble
            .hook
            .as_deref()
            .map(|hook| format!("{hook} hook of "));
        let place = format!("{}/{}", trouble.namespace, trouble.release);
        let subject = Subject::of(object.clone())
            .detail(format!("{}{place}", hook.unwrap_or_default()))
            .since(trouble.condition.since);
        report.found(
            subject,
            cite::condition(&object, trouble.condition),
            customs::quoted(
                trouble.object,
                &[
                    "status.status",
                    "status.revision",
                    "spec.chartName",
                    "spec.version",
                ],
            ),
        );
    }
}

/// True when an object was made by this release: Helm writes it into the annotations of all that it
/// applies, and charts label what they hook with the instance.
pub(crate) fn belongs(
    meta: &dogwatch_model::snapshot::Meta,
    release: &str,
    namespace: &str,
) -> bool {
    let annotation = |key| meta.annotations.get(key);
    let is_named = annotation("meta.helm.sh/release-name").is_some_and(|name| *name == *release)
        && annotation("meta.helm.sh/release-namespace").is_none_or(|known| *known == *namespace);
    let instance = meta.labels.get("app.kubernetes.io/instance");
    is_named || (instance.is_some_and(|name| *name == *release) && meta.namespace == *namespace)
}

/// The hook of which an object is a part: `post-upgrade`, or several with commas.
pub(crate) fn hook_of(meta: &dogwatch_model::snapshot::Meta) -> Option<&str> {
    meta.annotations.get("helm.sh/hook")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_helm_are_classified() {
        use ReleaseClass::*;
        for (message, class, hook) in [
            (
                "post-upgrade hooks failed: timed out waiting for condition",
                HookTimeout,
                Some("post-upgrade"),
            ),
            (
                "pre-upgrade hooks failed: 1 error occurred: * timed out waiting for the condition",
                HookTimeout,
                Some("pre-upgrade"),
            ),
            (
                "failed pre-install: job failed: BackoffLimitExceeded",
                HookFailed,
                Some("pre-install"),
            ),
            (
                "failed post-install: timed out waiting for the condition",
                HookTimeout,
                Some("post-install"),
            ),
            (
                "Helm upgrade failed: context deadline exceeded",
                WaitTimeout,
                None,
            ),
            (
                "another operation (install/upgrade/rollback) is in progress",
                PendingStuck,
                None,
            ),
            ("\"web\" has no deployed releases", NoDeployed, None),
            (
                "cannot patch \"web\" with kind Deployment: spec.selector: field is immutable",
                Immutable,
                None,
            ),
            (
                "release web failed, and has been rolled back due to atomic being set: timed out waiting for the condition",
                RolledBack,
                None,
            ),
            (
                "resource mapping not found for name: \"a\"",
                CrdMissing,
                None,
            ),
            ("failed to download \"x\"", Fetch, None),
        ] {
            let (found, at) = classify(message).unwrap_or_else(|| panic!("{message}"));
            assert_eq!((found, at.as_deref()), (class, hook), "{message}");
        }
        assert_eq!(classify("all is well"), None);
    }
}
