//! Commands that show whether it is over. They only read; names come from the cluster and are used
//! only when they are plain names.

use std::collections::BTreeSet;

use dogwatch_model::{Kind, ObjectRef};

use super::super::CauseEntry;

/// Commands shown.
const MAX_COMMANDS: usize = 12;

/// Groups whose objects live in the management cluster.
const MANAGEMENT: &str = "cluster.x-k8s.io";

/// One command per object that was found to be in trouble, the same one only once.
pub(super) fn commands(findings: &[CauseEntry]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    findings
        .iter()
        .filter_map(|entry| command(entry.owner.as_ref().unwrap_or(&entry.object)))
        .filter(|command| seen.insert(command.clone()))
        .take(MAX_COMMANDS)
        .collect()
}

fn command(object: &ObjectRef) -> Option<String> {
    let info = object.kind.info();
    let is_custom = matches!(object.kind, Kind::Custom(_));
    let is_management = is_custom && info.group.ends_with(MANAGEMENT);
    let context = if is_management {
        "$MANAGEMENT"
    } else {
        "$WORKLOAD"
    };
    let place = if object.namespace.is_empty() {
        String::new()
    } else {
        format!(" -n {}", plain(&object.namespace)?)
    };
    let name = plain(&object.name)?;
    let base = format!("kubectl --context \"{context}\"");
    Some(match object.kind {
        Kind::Node => {
            format!(
                "{base} get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key,PROVIDER:.spec.providerID"
            )
        }
        Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet => {
            format!(
                "{base}{place} rollout status {}/{name} --timeout=5m",
                info.plural
            )
        }
        Kind::Custom(_) => format!("{base}{place} get {}.{}", info.plural, info.group),
        _ => format!("{base}{place} get {} {name}", info.plural),
    })
}

/// A name that needs no quoting in any shell.
fn plain(text: &str) -> Option<&str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    let is_plain = !text.is_empty() && !text.starts_with('-') && text.bytes().all(fits);
    is_plain.then_some(text)
}
