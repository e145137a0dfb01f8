//! One write, frozen.

use core::fmt;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Kind, ObjectRef};

/// The object that a step writes to, and which incarnation of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// `apps/v1`.
    pub api_version: String,
    /// `Deployment`.
    pub kind: String,
    /// Resource name in URLs.
    pub plural: String,
    /// Namespace; empty for cluster-scoped objects.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Which incarnation.
    pub uid: String,
}

impl Target {
    /// The target that a reference names.
    pub fn of(object: &ObjectRef) -> Self {
        Self {
            api_version: object.kind.api_version(),
            kind: object.kind.name().to_owned(),
            plural: object.kind.info().plural.to_owned(),
            namespace: object.namespace.to_string(),
            name: object.name.to_string(),
            uid: object.uid.as_str().to_owned(),
        }
    }

    /// The reference to it; `None` for a kind that Dogwatch does not read.
    pub fn object(&self) -> Option<ObjectRef> {
        let kind = Kind::of(&self.api_version, &self.kind)?;
        let mut object = ObjectRef::named(kind, &self.namespace, &self.name);
        object.uid = crate::Uid::new(&self.uid);
        Some(object)
    }

    /// The cluster as a whole: its oldest Namespace, whose UID names it.
    pub fn cluster() -> Self {
        Self::of(&ObjectRef::named(Kind::Namespace, "", "kube-system"))
    }

    /// True for the cluster as a whole.
    pub fn is_cluster(&self) -> bool {
        self.kind == "Namespace" && self.name == "kube-system"
    }

    /// API group; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version
            .split_once('/')
            .map_or("", |(group, _)| group)
    }

    /// Names the object across incarnations, for limits per object.
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.plural, self.namespace, self.name)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{}/{}", self.kind, self.name)
        } else {
            write!(f, "{}/{}/{}", self.kind, self.namespace, self.name)
        }
    }
}

/// A revision of a Helm release.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Revision {
    /// Namespace of the release.
    pub namespace: String,
    /// Name of the release.
    pub release: String,
    /// Number of the revision, from 1.
    pub revision: i64,
}

impl Revision {
    /// The Secret in which Helm keeps it, of the incarnation `uid`; empty when it is not known.
    pub fn secret(&self, uid: &str) -> Target {
        Target {
            api_version: "v1".to_owned(),
            kind: "Secret".to_owned(),
            plural: "secrets".to_owned(),
            namespace: self.namespace.clone(),
            name: format!("sh.helm.release.v1.{}.v{}", self.release, self.revision),
            uid: uid.to_owned(),
        }
    }

    /// Another revision of the same release.
    #[must_use]
    pub fn at(&self, revision: i64) -> Self {
        Self {
            revision,
            ..self.clone()
        }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            namespace,
            release,
            revision,
        } = self;
        write!(
            f,
            "revision {revision} of Helm release {namespace}/{release}"
        )
    }
}

/// How a patch is merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PatchFormat {
    /// Strategic merge: lists of built-in kinds merge by their keys.
    Strategic,
    /// JSON merge patch: lists are replaced.
    Merge,
    /// JSON patch: a list of operations, for one value within a list without keys.
    Json,
}

/// What a step does. UID and resourceVersion of the object as it is read right before the write
/// are added to every write as preconditions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Act {
    /// Changes fields.
    Patch {
        /// How the patch is merged.
        format: PatchFormat,
        /// `scale`, `status`; `None` for the object itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subresource: Option<String>,
        /// The patch, without UID and resourceVersion.
        patch: Value,
    },
    /// Puts the Pod template of another object in place of the target's. The template is named by
    /// its content, so that values of environment variables are not written down.
    CopyTemplate {
        /// Whose template.
        from: Target,
        /// SHA-256 of its canonical JSON without the label `pod-template-hash`.
        sha256: String,
    },
    /// Creates an object that is not there.
    Create {
        /// The object as it is sent, without the mark of the plan. It carries no secrets.
        object: Value,
    },
    /// Creates a copy of a finished Job under another name; its body is named by its content.
    RerunJob {
        /// Name of the new Job.
        name: String,
        /// SHA-256 of the canonical JSON of the finished Job's spec, without what the controller added.
        sha256: String,
    },
    /// Sets an object to what a revision of a Helm release says of it: what only the manifest before
    /// said goes away, what others set stays. Both manifests are named by their content.
    ApplyManifest {
        /// The release and the revision that is wanted.
        source: Revision,
        /// The revision that was applied last.
        present: i64,
        /// True when there is no such object and it is created.
        creates: bool,
        /// True for a release whose objects Helm applies on the server.
        server_side: bool,
        /// SHA-256 of what both manifests say of the object.
        sha256: String,
    },
    /// Writes the Secret in which Helm keeps a revision: a new one that copies an earlier one, or the
    /// status of one that is there. The payload is named by its content and never written down.
    StoreRevision {
        /// The release and the revision that is written.
        source: Revision,
        /// The revision whose chart, values, manifest and hooks the new one gets; `None` for a
        /// revision that is there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copy_of: Option<i64>,
        /// The status that it gets, in Helm's words.
        status: String,
        /// The time that is written into it.
        at: String,
        /// SHA-256 of the payload without its status.
        sha256: String,
        /// Bytes of the payload before it is packed.
        bytes: u64,
    },
    /// Deletes the object.
    Delete {
        /// Seconds that its containers get; `None` means what they ask for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        grace_seconds: Option<i64>,
    },
    /// Evicts a Pod: PodDisruptionBudgets are respected.
    Evict,
    /// Asks a provider for something outside the cluster.
    Provider {
        /// Which provider.
        provider: String,
        /// `resize_node_pool`, `create_node_pool`, `delete_node_pool`, or the word of a
        /// [`crate::ports::CloudAct`].
        operation: String,
        /// The resource at the provider.
        resource: String,
        /// What is asked for.
        parameters: BTreeMap<String, Value>,
    },
}

impl Act {
    /// The verb of access reviews; `None` for what the cluster does not decide.
    pub fn verb(&self) -> Option<&'static str> {
        match self {
            Act::Patch { .. }
            | Act::CopyTemplate { .. }
            | Act::ApplyManifest { creates: false, .. }
            | Act::ApplyManifest {
                server_side: true, ..
            }
            | Act::StoreRevision { copy_of: None, .. } => Some("patch"),
            Act::Create { .. }
            | Act::RerunJob { .. }
            | Act::Evict
            | Act::ApplyManifest {
                creates: true,
                server_side: false,
                ..
            }
            | Act::StoreRevision {
                copy_of: Some(_), ..
            } => Some("create"),
            Act::Delete { .. } => Some("delete"),
            Act::Provider { .. } => None,
        }
    }

    /// The subresource that is written.
    pub fn subresource(&self) -> Option<&str> {
        match self {
            Act::Patch { subresource, .. } => subresource.as_deref(),
            Act::Evict => Some("eviction"),
            Act::CopyTemplate { .. }
            | Act::Create { .. }
            | Act::RerunJob { .. }
            | Act::ApplyManifest { .. }
            | Act::StoreRevision { .. }
            | Act::Delete { .. }
            | Act::Provider { .. } => None,
        }
    }
}

/// A field and its value. Values are scalars; a larger part of an object is named by its hash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fact {
    /// JSON pointer into the object, `/spec/replicas`.
    pub field: String,
    /// The value as compact JSON; `sha256:` and 64 digits for objects and lists; `absent`.
    pub value: String,
}

impl Fact {
    /// A field with a scalar value.
    pub fn new(field: &str, value: impl Into<Value>) -> Self {
        Self {
            field: field.to_owned(),
            value: value.into().to_string(),
        }
    }

    /// A field whose value is filled in when the object is read for the preview.
    pub fn as_read(field: &str) -> Self {
        Self {
            field: field.to_owned(),
            value: String::new(),
        }
    }

    /// A field that is not there.
    pub fn absent(field: &str) -> Self {
        Self {
            field: field.to_owned(),
            value: "absent".to_owned(),
        }
    }
}

/// One write of a plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Number, from 1.
    pub n: u32,
    /// What a person reads: "scale Deployment shop/api from 2 to 4".
    pub name: String,
    /// The object. For a provider step, the object whose trouble it ends.
    pub target: Target,
    /// What is done.
    #[serde(flatten)]
    pub act: Act,
    /// Fields that must hold right before, else the plan has drifted.
    pub expected_before: Vec<Fact>,
    /// Fields that hold right after; they tell after a crash whether the write was done.
    pub expected_after: Vec<Fact>,
    /// Seconds within which the write must be accepted, its repetitions included.
    pub timeout_seconds: u32,
    /// Repetitions of a write that the server asked to try later, such as a blocked eviction.
    pub retries: u32,
}

impl Step {
    /// Names what is changed, for limits per object: the object, or the resource at a provider.
    pub fn key(&self) -> String {
        match &self.act {
            Act::Provider {
                provider, resource, ..
            } => format!("{provider}/{resource}"),
            Act::Patch { .. }
            | Act::CopyTemplate { .. }
            | Act::Create { .. }
            | Act::RerunJob { .. }
            | Act::ApplyManifest { .. }
            | Act::StoreRevision { .. }
            | Act::Delete { .. }
            | Act::Evict => self.target.key(),
        }
    }
}
