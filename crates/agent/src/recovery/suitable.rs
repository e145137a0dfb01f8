//! Whether a rollback heals what is wrong: judged on the root, not on a symptom.

use dogwatch_engine::report;
use dogwatch_model::{ObjectRef, Role, plan::PlanRefusal};

use super::{Recovery, RecoveryError};
use crate::collect::{Limits, Scope, Silent, collect};

/// Public types of causes that came with a revision and go with it.
const HEALED: &[&str] = &[
    "ContainerCommandNotFound",
    "CrashLoopOrAppExit",
    "ProbeFailure",
    "ImagePullBackOff",
];

impl Recovery<'_> {
    /// Refuses when the root cause is none that a rollback heals, or could not be found.
    pub(crate) async fn ensure_rollback_heals(
        &self,
        target: &ObjectRef,
    ) -> Result<(), RecoveryError> {
        let scope = Scope::Object {
            kind: target.kind,
            namespace: target.namespace.to_string(),
            name: target.name.to_string(),
            selector: None,
        };
        let limits = Limits::default();
        let now = self.world.now();
        let snapshot = Box::pin(collect(self.reader, &scope, &limits, &Silent, now)).await;
        let report = report::object(&snapshot, target, 1);
        let mut causes = report.top_causes.iter();
        let root = causes.find(|cause| cause.role == Role::Cause);
        let refuse = |because: String| {
            Err(RecoveryError::NotPlanned(PlanRefusal::NotSupported {
                because,
            }))
        };
        match root {
            None => refuse(format!(
                "no root cause was found: {}",
                report.summary.headline
            )),
            Some(root) if !root.confidence.is_sufficient() => refuse(format!(
                "insufficient evidence for {}: look by hand",
                root.public_type
            )),
            Some(root) if HEALED.contains(&root.public_type) => Ok(()),
            Some(root) => refuse(format!("a rollback does not heal {}", root.public_type)),
        }
    }
}
