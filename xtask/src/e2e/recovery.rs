//! Recovery on the real control plane: previews, approvals by people at a terminal, executions with
//! an identity of their own, verification, the audit chain and the case file.

mod actions;
mod bounds;
mod chat_app;
pub(super) mod crew;
mod guards;
mod helm;
mod load;
mod machines;
mod pools;
mod prompt;
mod provider;
mod quota;
mod service;
mod sibling;

use std::path::Path;

use anyhow::Result;

use super::Surroundings;
use super::controlplane::ControlPlane;
use super::kubectl::Kubectl;

/// The name under which the suite lists the story.
pub(crate) const CHAT_APP: &str = "recovery-chat-app";

/// What it shows.
pub(crate) const CHAT_APP_DESCRIPTION: &str = "High CPU: scaled from 2 to 4, one Pod Pending, a node is added, the alarm clears; only people confirm between.";

/// The name of the short stories.
pub(crate) const GUARDS: &str = "recovery-guards";

/// What they show.
pub(crate) const GUARDS_DESCRIPTION: &str = "Rollback of a bad release; drift, budgets, quota, autoscaler, pause and wrong people stop what they must stop.";

/// The name of the story with the real Helm, and what it shows.
pub(crate) use helm::{DESCRIPTION as HELM_DESCRIPTION, NAME as HELM};

/// The name of the story of bounds and deletions, and what it shows.
pub(crate) use bounds::{DESCRIPTION as BOUNDS_DESCRIPTION, NAME as BOUNDS};

/// The name of the story of machines, and what it shows.
pub(crate) use machines::{DESCRIPTION as MACHINES_DESCRIPTION, NAME as MACHINES};

/// The name of the story of a provider, and what it shows.
pub(crate) use provider::{DESCRIPTION as PROVIDER_DESCRIPTION, NAME as PROVIDER};

/// What the people of the suite may do: look at everything, and nothing else.
const OBSERVER: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: dogwatch-observer}
rules:
- {apiGroups: ['*'], resources: ['*'], verbs: [get, list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: dogwatch-observer}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: dogwatch-observer}
subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: on-call}]
";

/// What the executing identity may do: what the remedies of the suite need.
const REMEDIATOR: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: dogwatch-remediator}
rules:
- {apiGroups: [apps], resources: [deployments, replicasets, statefulsets], verbs: [get, patch, delete]}
- {apiGroups: [apps], resources: [deployments/scale, statefulsets/scale], verbs: [get, patch]}
- {apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [get, patch, create, delete]}
- {apiGroups: [''], resources: [nodes, services, resourcequotas, limitranges], verbs: [get, patch]}
- {apiGroups: [''], resources: [pods], verbs: [get, delete]}
- {apiGroups: [''], resources: [pods/eviction], verbs: [create]}
- {apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, patch]}
- {apiGroups: [events.k8s.io], resources: [events], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: dogwatch-remediator}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: dogwatch-remediator}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: remediator}]
";

/// Gives the people and the executing identity their rights.
pub(crate) fn prepare(kubectl: &Kubectl) -> Result<()> {
    kubectl.feed(&["apply", "-f", "-"], OBSERVER)?;
    kubectl.feed(&["apply", "-f", "-"], REMEDIATOR)?;
    Ok(())
}

/// The story of the on-duty document, from the alarm to the closed loop.
pub(crate) fn chat_app(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    chat_app::run(&work.join(CHAT_APP), plane, dogwatch)
}

/// The story of two releases.
pub(crate) fn helm(all: &Surroundings<'_>) -> Result<()> {
    helm::run(all)
}

/// The story of bounds and deletions.
pub(crate) fn bounds(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    bounds::run(work, plane, dogwatch)
}

/// The story of machines.
pub(crate) fn machines(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    machines::run(work, plane, dogwatch)
}

/// The story of a provider.
pub(crate) fn provider(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    provider::run(work, plane, dogwatch)
}

/// The short stories.
pub(crate) fn guards(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    guards::run(&work.join(GUARDS), plane, dogwatch)
}
