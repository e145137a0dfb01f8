//! What the name of a file says about its content, in each of the layouts.
//!
//! The layouts do not contradict each other, so that none has to be chosen first: troubleshoot keeps
//! everything under `cluster-resources/`, must-gather under `namespaces/` and
//! `cluster-scoped-resources/`, case folders under `objects/`; a cluster-info dump and a plain
//! folder name their files after the resource.

use dogwatch_model::Kind;

/// How much of a kind a file of objects covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All of it.
    Cluster,
    /// One Namespace.
    Namespace(String),
    /// What its content says; the name is that of the parent folder.
    Parent(String),
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Role {
    /// Objects, perhaps of a known kind.
    Objects { kind: Option<Kind>, scope: Scope },
    /// Why a kind could not be collected.
    Errors(Kind),
    /// The log of one container.
    Log(LogName),
    /// Logs of all containers of a Pod, with headings.
    Logs,
    /// The version of the API server.
    Version,
    /// Facts about a case.
    Case,
    /// Which services run on nodes, as somebody with access to them saw it.
    NodeServices,
    /// An audit log of the API server.
    Audit,
    /// What a tool printed for people.
    Output,
    /// Facts about a capture of Dogwatch.
    Capture,
    /// Nothing that is read.
    Other,
}

/// Which log a file holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogName {
    pub(crate) namespace: String,
    pub(crate) pod: String,
    pub(crate) container: String,
    pub(crate) previous: bool,
}

/// Where a capture keeps its own facts.
pub(crate) const CAPTURE_FILE: &str = "dogwatch/capture.json";

/// The folder of troubleshoot that holds objects.
pub(crate) const CLUSTER_RESOURCES: &str = "cluster-resources";

/// Names of troubleshoot that are not the plural of the API.
const NAMES: &[(&str, Kind)] = &[
    ("pvcs", Kind::PersistentVolumeClaim),
    ("pvs", Kind::PersistentVolume),
    ("pod-disruption-budgets", Kind::PodDisruptionBudget),
    ("resource-quota", Kind::ResourceQuota),
    ("storage-classes", Kind::StorageClass),
];

/// The name of a kind in troubleshoot's layout.
pub(crate) fn troubleshoot_name(kind: Kind) -> String {
    let info = kind.info();
    if let Kind::Custom(_) = kind {
        return format!("custom-resources/{}.{}", info.plural, info.group);
    }
    let named = NAMES.iter().find(|(_, known)| *known == kind);
    named.map_or(info.plural, |(name, _)| name).to_owned()
}

/// What the file holds, by its name. The first part of a name that all files share should have been
/// cut off.
pub(crate) fn role(path: &str) -> Role {
    let parts: Vec<&str> = path.split('/').collect();
    let (file, folders) = parts.split_last().expect("split gives at least one part");
    if path == CAPTURE_FILE || path.ends_with(&format!("/{CAPTURE_FILE}")) {
        return Role::Capture;
    }
    match *file {
        "cluster_version.json" => return Role::Version,
        "case.json" => return Role::Case,
        "logs.txt" => return Role::Logs,
        // A case folder, and the host collector of troubleshoot.
        "node_services.json" | "systemctl_services.json" => return Role::NodeServices,
        _ => {}
    }
    if is_audit(folders, file) {
        return Role::Audit;
    }
    if extension(file) == "txt" && folders.last() == Some(&"extra") {
        return Role::Output;
    }
    if let Some(log) = log_name(folders, file) {
        return Role::Log(log);
    }
    let Some(stem) = [".json", ".yaml", ".yml"]
        .iter()
        .find_map(|extension| file.strip_suffix(extension))
    else {
        return Role::Other;
    };
    objects(folders, stem)
}

/// The part of a name behind its last dot.
pub(crate) fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// `audit/*.log`, `audit*.jsonl` and `extra/audit*.json`.
fn is_audit(folders: &[&str], file: &str) -> bool {
    let is_named = file.starts_with("audit");
    match (extension(file), folders.last()) {
        ("log" | "json" | "jsonl", Some(&"audit")) => true,
        ("log" | "json" | "jsonl", Some(&"extra")) | ("jsonl", _) | ("log", None) => is_named,
        _ => false,
    }
}

fn objects(folders: &[&str], stem: &str) -> Role {
    if let Some(at) = folders.iter().position(|part| *part == CLUSTER_RESOURCES) {
        return troubleshoot(&folders[at + 1..], stem);
    }
    if let Some(at) = folders
        .iter()
        .position(|part| *part == "cluster-scoped-resources")
    {
        // <group>/<plural>.yaml or <group>/<plural>/<name>.yaml
        let plural = folders.get(at + 2).copied().unwrap_or(stem);
        return Role::Objects {
            kind: kind_named(plural),
            scope: Scope::Cluster,
        };
    }
    if let Some(at) = folders.iter().position(|part| *part == "namespaces")
        && let [namespace, rest @ ..] = &folders[at + 1..]
    {
        return must_gather(namespace, rest, stem);
    }
    let kind = kind_named(stem);
    match folders.last() {
        Some(&"objects") | None => Role::Objects {
            kind,
            scope: Scope::Cluster,
        },
        Some(parent) => Role::Objects {
            kind,
            scope: Scope::Parent((*parent).to_owned()),
        },
    }
}

fn troubleshoot(folders: &[&str], stem: &str) -> Role {
    match folders {
        [] => match stem.strip_suffix("-errors") {
            Some(name) => kind_named(name).map_or(Role::Other, Role::Errors),
            None => match kind_named(stem) {
                Some(kind) => Role::Objects {
                    kind: Some(kind),
                    scope: Scope::Cluster,
                },
                // Discovery documents, and lists of kinds that no check reads.
                None if matches!(stem, "groups" | "resources") => Role::Other,
                None => Role::Objects {
                    kind: None,
                    scope: Scope::Cluster,
                },
            },
        },
        ["auth-cani-list" | "image-pull-secrets", ..] => Role::Other,
        [name] => {
            let kind = kind_named(name);
            let namespaced = kind.is_none_or(|kind| kind.info().namespaced);
            let scope = if namespaced {
                Scope::Namespace(stem.to_owned())
            } else {
                Scope::Cluster
            };
            Role::Objects { kind, scope }
        }
        _ => Role::Objects {
            kind: None,
            scope: Scope::Cluster,
        },
    }
}

fn must_gather(namespace: &str, folders: &[&str], stem: &str) -> Role {
    let scope = Scope::Namespace(namespace.to_owned());
    match folders {
        [] if stem == namespace => Role::Objects {
            kind: Some(Kind::Namespace),
            scope: Scope::Cluster,
        },
        ["pods", _pod] => Role::Objects {
            kind: Some(Kind::Pod),
            scope,
        },
        [_group] => Role::Objects {
            kind: kind_named(stem),
            scope,
        },
        [_group, plural, ..] => Role::Objects {
            kind: kind_named(plural),
            scope,
        },
        [] => Role::Objects { kind: None, scope },
    }
}

/// A kind by the name of a file: plural, or the name that troubleshoot uses. Singular and short
/// names are not taken: `secret.yaml` is more often a template than a list.
pub(crate) fn kind_named(name: &str) -> Option<Kind> {
    let known = NAMES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, kind)| *kind);
    known.or_else(|| Kind::all().find(|kind| kind.info().plural == name))
}

fn log_name(folders: &[&str], file: &str) -> Option<LogName> {
    let stem = file.strip_suffix(".log")?;
    let log = |namespace: &str, pod: &str, container: &str, previous| LogName {
        namespace: namespace.to_owned(),
        pod: pod.to_owned(),
        container: container.to_owned(),
        previous,
    };
    match folders {
        // must-gather
        [
            ..,
            "namespaces",
            namespace,
            "pods",
            pod,
            container,
            _,
            "logs",
        ] => match stem {
            "current" => Some(log(namespace, pod, container, false)),
            "previous" => Some(log(namespace, pod, container, true)),
            _ => None,
        },
        // troubleshoot notes failed reads in files of this name
        _ if stem.ends_with("-logs-errors") => None,
        [.., "logs", namespace, pod] => Some(
            if let Some(container) = stem
                .strip_suffix(".previous")
                .or_else(|| stem.strip_suffix("-previous"))
            {
                log(namespace, pod, container, true)
            } else {
                log(namespace, pod, stem, false)
            },
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(container: &str, previous: bool) -> Role {
        Role::Log(LogName {
            namespace: "shop".to_owned(),
            pod: "web-1".to_owned(),
            container: container.to_owned(),
            previous,
        })
    }

    fn objects_of(kind: impl Into<Option<Kind>>, scope: Scope) -> Role {
        Role::Objects {
            kind: kind.into(),
            scope,
        }
    }

    #[track_caller]
    fn check(table: &[(&str, Role)]) {
        for (path, expected) in table {
            assert_eq!(role(path), *expected, "{path}");
        }
    }

    fn shop() -> Scope {
        Scope::Namespace("shop".to_owned())
    }

    #[test]
    fn troubleshoot_bundles_are_known() {
        check(&[
            (
                "b/cluster-resources/pods/shop.json",
                objects_of(Kind::Pod, shop()),
            ),
            (
                "cluster-resources/pvcs/shop.json",
                objects_of(Kind::PersistentVolumeClaim, shop()),
            ),
            (
                "cluster-resources/nodes.json",
                objects_of(Kind::Node, Scope::Cluster),
            ),
            (
                "cluster-resources/pods-errors.json",
                Role::Errors(Kind::Pod),
            ),
            ("cluster-resources/groups.json", Role::Other),
            (
                "cluster-resources/custom-resources/a.b/x.yaml",
                objects_of(None, Scope::Cluster),
            ),
            (
                "cluster-resources/pods/logs/shop/web-1/app.log",
                log("app", false),
            ),
            (
                "cluster-resources/pods/logs/shop/web-1/app-previous.log",
                log("app", true),
            ),
            (
                "cluster-resources/pods/logs/shop/web-1/app-logs-errors.log",
                Role::Other,
            ),
            ("cluster-info/cluster_version.json", Role::Version),
            (
                "m/namespaces/shop/apps/deployments.yaml",
                objects_of(Kind::Deployment, shop()),
            ),
            (
                "m/namespaces/shop/apps/deployments/web.yaml",
                objects_of(Kind::Deployment, shop()),
            ),
            (
                "m/namespaces/shop/shop.yaml",
                objects_of(Kind::Namespace, Scope::Cluster),
            ),
            (
                "m/namespaces/shop/pods/web-1/web-1.yaml",
                objects_of(Kind::Pod, shop()),
            ),
            (
                "m/namespaces/shop/pods/web-1/app/app/logs/current.log",
                log("app", false),
            ),
            (
                "m/namespaces/shop/pods/web-1/app/app/logs/previous.log",
                log("app", true),
            ),
            (
                "m/cluster-scoped-resources/core/nodes/n1.yaml",
                objects_of(Kind::Node, Scope::Cluster),
            ),
        ]);
    }

    #[test]
    fn dumps_cases_and_plain_folders_are_known() {
        let parent = |name: &str| Scope::Parent(name.to_owned());
        check(&[
            ("nodes.json", objects_of(Kind::Node, Scope::Cluster)),
            ("shop/pods.json", objects_of(Kind::Pod, parent("shop"))),
            ("shop/web-1/logs.txt", Role::Logs),
            (
                "objects/replicasets.json",
                objects_of(Kind::ReplicaSet, Scope::Cluster),
            ),
            ("logs/shop/web-1/app.log", log("app", false)),
            ("logs/shop/web-1/app.previous.log", log("app", true)),
            ("logs/shop/web-1/_container.log", log("_container", false)),
            ("case.json", Role::Case),
            ("extra/recorded__get.txt", Role::Output),
            ("b/dogwatch/capture.json", Role::Capture),
            ("all.yaml", objects_of(None, Scope::Cluster)),
            ("picture.png", Role::Other),
        ]);
    }
}
