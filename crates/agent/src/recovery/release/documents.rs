//! The documents of two manifests: which belong together, where their objects lie, and which of them
//! are rolled back at all.

use dogwatch_model::{canonical::sha256_hex, plan::Target};
use serde_json::{Value, json};

/// The annotation with the name of the release.
pub(super) const NAME: &str = "meta.helm.sh/release-name";

/// The annotation with its Namespace.
const NAMESPACE: &str = "meta.helm.sh/release-namespace";

/// Events of hooks that Helm runs around a rollback.
const AROUND: [&str; 2] = ["pre-rollback", "post-rollback"];

/// Kinds that are rolled back: they lie in a Namespace, are built in, and hold no data. Group, kind,
/// resource.
const MANAGED: &[(&str, &str, &str)] = &[
    ("", "ConfigMap", "configmaps"),
    ("", "Service", "services"),
    ("", "ServiceAccount", "serviceaccounts"),
    ("apps", "DaemonSet", "daemonsets"),
    ("apps", "Deployment", "deployments"),
    ("apps", "StatefulSet", "statefulsets"),
    (
        "autoscaling",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
    ),
    ("batch", "CronJob", "cronjobs"),
    ("batch", "Job", "jobs"),
    ("networking.k8s.io", "Ingress", "ingresses"),
    ("networking.k8s.io", "NetworkPolicy", "networkpolicies"),
    ("policy", "PodDisruptionBudget", "poddisruptionbudgets"),
    ("rbac.authorization.k8s.io", "Role", "roles"),
    ("rbac.authorization.k8s.io", "RoleBinding", "rolebindings"),
];

/// What the manifest before and the wanted one say of one object.
#[derive(Clone, Copy)]
pub(crate) struct Pair<'d> {
    pub(crate) before: Option<&'d Value>,
    pub(crate) wanted: Option<&'d Value>,
}

/// Every object of both manifests: the wanted ones in their order, then those that only the manifest
/// before has.
pub(super) fn pairs<'d>(before: &'d [Value], wanted: &'d [Value], place: &str) -> Vec<Pair<'d>> {
    let find = |among: &'d [Value], one: &Value| {
        let mut among = among.iter();
        among.find(|other| is_same(other, one, place))
    };
    let kept = wanted.iter().map(|one| Pair {
        before: find(before, one),
        wanted: Some(one),
    });
    let gone = before.iter().filter(|one| find(wanted, one).is_none());
    let gone = gone.map(|one| Pair {
        before: Some(one),
        wanted: None,
    });
    kept.chain(gone).collect()
}

/// The pair for one object.
pub(crate) fn pair_of<'d>(
    before: &'d [Value],
    wanted: &'d [Value],
    (target, place): (&Target, &str),
) -> Option<Pair<'d>> {
    let is_meant = |pair: &Pair<'_>| {
        let named = pair.wanted.or(pair.before);
        named.is_some_and(|named| {
            let found = target_of(named, place);
            (found.key(), found.group()) == (target.key(), target.group())
        })
    };
    pairs(before, wanted, place).into_iter().find(is_meant)
}

fn is_same(one: &Value, other: &Value, place: &str) -> bool {
    let key = |of: &Value| {
        let target = target_of(of, place);
        (
            target.group().to_owned(),
            target.kind.clone(),
            target.namespace,
            target.name,
        )
    };
    key(one) == key(other)
}

/// The object of a document. The resource of a kind that is not rolled back is only a word.
pub(super) fn target_of(document: &Value, place: &str) -> Target {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let metadata = &document["metadata"];
    let kind = text(&document["kind"]);
    let own = text(&metadata["namespace"]);
    Target {
        api_version: text(&document["apiVersion"]),
        plural: managed(document).map_or_else(|| kind.to_ascii_lowercase(), str::to_owned),
        kind,
        namespace: if own.is_empty() {
            place.to_owned()
        } else {
            own
        },
        name: text(&metadata["name"]),
        uid: String::new(),
    }
}

/// True for objects that are rolled back.
pub(super) fn is_managed(document: &Value) -> bool {
    managed(document).is_some()
}

fn managed(document: &Value) -> Option<&'static str> {
    let version = document["apiVersion"].as_str()?;
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let mut known = MANAGED.iter();
    let found = known.find(|(known, kind, _)| *known == group && document["kind"] == *kind);
    found.map(|(_, _, plural)| *plural)
}

/// Names what both manifests say of an object.
pub(crate) fn hash_of(pair: &Pair<'_>) -> String {
    sha256_hex(json!([pair.before, pair.wanted]).to_string().as_bytes())
}

/// The document with the marks by which Helm knows its objects, and with its Namespace.
pub(crate) fn owned(document: &Value, target: &Target, release: (&str, &str)) -> Value {
    let mut owned = document.clone();
    let mut metadata = document["metadata"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    metadata.remove("creationTimestamp");
    metadata.insert("namespace".to_owned(), json!(target.namespace));
    let marks: [(&str, &[(&str, &str)]); 2] = [
        ("labels", &[("app.kubernetes.io/managed-by", "Helm")]),
        ("annotations", &[(NAMESPACE, release.0), (NAME, release.1)]),
    ];
    for (field, values) in marks {
        // What is no map there is refused by nobody but the server; it must not stop this program.
        let mut map = metadata
            .get(field)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default();
        map.extend(
            values
                .iter()
                .map(|(key, value)| ((*key).to_owned(), json!(value))),
        );
        metadata.insert(field.to_owned(), Value::Object(map));
    }
    owned["metadata"] = Value::Object(metadata);
    owned
}

/// Hooks that Helm would run around a rollback to this revision.
pub(super) fn hooks(payload: &Value) -> Vec<String> {
    let hooks = payload["hooks"].as_array().into_iter().flatten();
    let runs = hooks.filter(|hook| {
        let events = hook["events"].as_array().into_iter().flatten();
        events
            .filter_map(Value::as_str)
            .any(|event| AROUND.contains(&event))
    });
    runs.map(|hook| {
        let word = |key: &str| hook[key].as_str().unwrap_or_default();
        let name = format!("{}/{}", word("kind"), word("name"));
        dogwatch_model::redaction::redact(&name)
            .chars()
            .take(100)
            .collect()
    })
    .collect()
}

/// True for a release whose objects Helm applies on the server.
pub(super) fn is_server_side(payload: &Value) -> bool {
    payload["apply_method"] == "ssa"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(name: &str, data: &str) -> Value {
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"a": data}})
    }

    #[test]
    fn objects_are_paired_by_what_they_are_and_those_that_go_come_last() {
        let before = [map("gone", "1"), map("both", "1")];
        let mut same = map("both", "2");
        // The Namespace of the release need not be named, and a version may change.
        same["metadata"]["namespace"] = json!("shop");
        let wanted = [same, map("new", "1")];
        let found = pairs(&before, &wanted, "shop");
        let names: Vec<_> = found
            .iter()
            .map(|pair| {
                let name = &pair.wanted.or(pair.before).unwrap()["metadata"]["name"];
                (
                    name.as_str().unwrap(),
                    pair.before.is_some(),
                    pair.wanted.is_some(),
                )
            })
            .collect();
        let expected = [
            ("both", true, true),
            ("new", false, true),
            ("gone", true, false),
        ];
        assert_eq!(names, expected);
        let both = target_of(&wanted[0], "shop");
        let pair = pair_of(&before, &wanted, (&both, "shop")).unwrap();
        assert_eq!(hash_of(&pair), hash_of(&found[0]));
        assert_ne!(hash_of(&found[1]), hash_of(&found[2]));
    }

    #[test]
    fn marks_of_helm_are_added_to_whatever_metadata_there_is() {
        for metadata in [
            json!({"name": "a", "labels": null, "annotations": "none", "creationTimestamp": null}),
            json!({"name": "a"}),
        ] {
            let document = json!({"apiVersion": "v1", "kind": "Service", "metadata": metadata});
            let target = target_of(&document, "shop");
            assert_eq!(
                owned(&document, &target, ("shop", "web"))["metadata"],
                json!({"name": "a", "namespace": "shop",
                    "labels": {"app.kubernetes.io/managed-by": "Helm"},
                    "annotations": {NAME: "web", NAMESPACE: "shop"}})
            );
        }
    }

    #[test]
    fn nothing_that_holds_data_or_concerns_the_whole_cluster_is_rolled_back() {
        let of = |version: &str, kind: &str| json!({"apiVersion": version, "kind": kind});
        for (version, kind) in [
            ("v1", "Secret"),
            ("v1", "PersistentVolumeClaim"),
            ("v1", "Namespace"),
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
            ("rbac.authorization.k8s.io/v1", "ClusterRole"),
            ("example.io/v1", "Deployment"),
            ("serving.example.io/v1", "Service"),
        ] {
            assert!(!is_managed(&of(version, kind)), "{version} {kind}");
        }
        assert!(is_managed(&of("autoscaling/v1", "HorizontalPodAutoscaler")));
    }

    #[test]
    fn only_hooks_around_a_rollback_are_told() {
        let payload = json!({"hooks": [
            {"kind": "Job", "name": "migrate", "events": ["pre-upgrade", "pre-rollback"]},
            {"kind": "Pod", "name": "try", "events": ["test"]}]});
        assert_eq!(hooks(&payload), ["Job/migrate"]);
        assert!(hooks(&json!({"hooks": null})).is_empty());
    }
}
