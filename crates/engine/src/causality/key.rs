//! Join keys: what a cause and its effect have in common.

use dogwatch_model::{
    Finding, Kind, ObjectRef, Uid,
    snapshot::{CustomObject, Pod},
    wire::Text,
};

use crate::{View, reading::components};

/// What two findings share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// The same Pod, by UID.
    Pod(Uid),
    /// The same container of the same Pod.
    Container(Uid, Text),
    /// The same node, by name.
    Node(Text),
    /// The same workload or Job.
    Workload(Kind, Text, Text),
    /// The same PersistentVolumeClaim.
    Claim(Text, Text),
    /// The same Service.
    Service(Text, Text),
    /// The same object of any other kind.
    Object(Kind, Text, Text),
    /// The same Helm release: Namespace and name.
    Release(Text, Text),
    /// The same PersistentVolume, by name.
    Volume(Text),
    /// The same storage driver, by name.
    Driver(Text),
    /// The same admission webhook, by its name.
    Webhook(Text),
    /// One per cluster.
    Cluster,
}

impl Key {
    /// The key of a Pod.
    pub(crate) fn pod(object: &ObjectRef) -> Self {
        Self::Pod(pod_identity(object))
    }

    /// The key of a workload, Job or CronJob.
    pub(crate) fn workload(object: &ObjectRef) -> Self {
        Self::Workload(object.kind, object.namespace.clone(), object.name.clone())
    }
}

/// The key of the object that a finding is about.
pub(crate) fn object_key(object: &ObjectRef) -> Vec<Key> {
    vec![Key::Object(
        object.kind,
        object.namespace.clone(),
        object.name.clone(),
    )]
}

/// The key of the object that a finding is about, for rules about custom objects.
pub(crate) fn own_key(finding: &Finding) -> Key {
    let object = &finding.object;
    Key::Object(object.kind, object.namespace.clone(), object.name.clone())
}

/// The custom object that a finding is about.
pub(crate) fn custom_of<'a>(view: &View<'a>, finding: &Finding) -> Option<&'a CustomObject> {
    view.snapshot.customs.iter().find(|known| {
        known.kind == finding.object.kind
            && known.meta.name == *finding.object.name
            && known.meta.namespace == *finding.object.namespace
    })
}

/// The Pod a finding is about.
pub(crate) fn pod_of<'a>(view: &View<'a>, finding: &Finding) -> Option<&'a Pod> {
    if finding.object.kind != Kind::Pod {
        return None;
    }
    match view.snapshot.pod(&finding.object.uid) {
        Some(pod) => Some(pod),
        // Recordings may lack UIDs: then Namespace and name are all there is.
        None => view.snapshot.pods.iter().find(|pod| {
            pod.meta.name == *finding.object.name && pod.meta.namespace == *finding.object.namespace
        }),
    }
}

/// The Pod key of a finding about a Pod.
pub(crate) fn pod_key(finding: &Finding) -> Vec<Key> {
    if finding.object.kind == Kind::Pod {
        vec![Key::Pod(pod_identity(&finding.object))]
    } else {
        Vec::new()
    }
}

/// The container key of a finding about a container.
pub(crate) fn container_key(finding: &Finding) -> Vec<Key> {
    if finding.container.is_empty() {
        return Vec::new();
    }
    vec![Key::Container(
        pod_identity(&finding.object),
        finding.container.clone(),
    )]
}

/// UID, or Namespace and name where the recording has none.
fn pod_identity(object: &ObjectRef) -> Uid {
    if object.uid.is_empty() {
        Uid::new(&format!("{}/{}", object.namespace, object.name))
    } else {
        object.uid.clone()
    }
}

/// The node key of a finding about a placed Pod.
pub(crate) fn node_of_pod(view: &View<'_>, finding: &Finding) -> Vec<Key> {
    pod_of(view, finding)
        .filter(|pod| !pod.node.is_empty())
        .map(|pod| vec![Key::Node(pod.node.clone())])
        .unwrap_or_default()
}

/// The nodes on which an agent does not work.
pub(crate) fn nodes_of_agent(view: &View<'_>, finding: &Finding) -> Vec<Key> {
    let down = components::of_finding(view, finding);
    down.iter()
        .filter(|pod| !pod.node.is_empty())
        .map(|pod| Key::Node(pod.node.clone()))
        .collect()
}

/// The workload of the Pod a finding is about: by version ownership, else its controller.
pub(crate) fn workload_of_pod(view: &View<'_>, finding: &Finding) -> Vec<Key> {
    let Some(pod) = pod_of(view, finding) else {
        return Vec::new();
    };
    if let Some(rollout) = view.rollout_of(pod) {
        return vec![Key::workload(&rollout.object)];
    }
    let owner = pod.meta.controller();
    owner
        .and_then(|owner| {
            let kind = Kind::of_object(&owner.kind)?;
            Some(vec![Key::Workload(
                kind,
                pod.meta.namespace.clone(),
                owner.name.clone(),
            )])
        })
        .unwrap_or_default()
}
