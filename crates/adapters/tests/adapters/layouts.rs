//! Every layout of recordings, small, and what the answers say about what is missing.

use dogwatch_adapters::bundle::Bundle;
use dogwatch_model::{
    Kind, ReadOutcome, SkipReason,
    ports::{ClusterReader as _, ListQuery},
};

use crate::recordings::{bundle, gzip, list, list_of, log, names, open_file, tar};

const NO_SOURCE: ReadOutcome = ReadOutcome::Skipped {
    why: SkipReason::NoSource,
};
const NO_LOG: ReadOutcome = ReadOutcome::Skipped {
    why: SkipReason::NotInstalled,
};

#[tokio::test]
async fn a_support_bundle_is_read_by_namespace() {
    let root = "cluster-resources";
    let bundle = bundle(&[
        (
            "b/cluster-info/cluster_version.json",
            r#"{"info":{"major":"1"},"string":"v1.29.3"}"#,
        ),
        (
            &format!("b/{root}/namespaces.json"),
            &list_of("Namespace", &["/shop", "/other"]),
        ),
        (&format!("b/{root}/nodes.json"), &list_of("Node", &["/n1"])),
        (
            &format!("b/{root}/pods/shop.json"),
            &list_of("Pod", &["shop/b", "shop/a"]),
        ),
        (&format!("b/{root}/pods/other.json"), &list_of("Pod", &[])),
        (
            &format!("b/{root}/configmaps/shop.json"),
            &list_of("ConfigMap", &["shop/c"]),
        ),
        (
            &format!("b/{root}/pvcs-errors.json"),
            r#"{"shop":"pvc is forbidden token=abc"}"#,
        ),
        (&format!("b/{root}/jobs-errors.json"), "null"),
        (&format!("b/{root}/pods/logs/shop/a/app.log"), "now\n"),
        (
            &format!("b/{root}/pods/logs/shop/a/app-previous.log"),
            "before\n",
        ),
        (
            &format!("b/{root}/custom-resources/x.y/shop.yaml"),
            "- {kind: X, apiVersion: x.y/v1}",
        ),
    ]);
    assert_eq!(bundle.facts().version.as_deref(), Some("v1.29.3"));
    assert_eq!(names(&bundle, Kind::Pod).await, ["shop/a", "shop/b"]);
    let in_other = ListQuery::in_namespace(Kind::Pod, "other");
    assert_eq!(
        list(&bundle, &in_other).await.1,
        ReadOutcome::Ok { items: 0 }
    );
    assert_eq!(names(&bundle, Kind::Node).await, ["/n1"]);
    // What was collected in one Namespace says nothing about another.
    let configmaps = ListQuery::in_namespace(Kind::ConfigMap, "other");
    assert_eq!(list(&bundle, &configmaps).await.1, NO_SOURCE);
    let all = list(&bundle, &ListQuery::all(Kind::ConfigMap)).await.1;
    assert!(
        matches!(all, ReadOutcome::Truncated { items: 1, .. }),
        "{all:?}"
    );
    let message = "pvc is forbidden token=[redacted]".to_owned();
    let claims = ListQuery::in_namespace(Kind::PersistentVolumeClaim, "shop");
    assert_eq!(
        list(&bundle, &claims).await.1,
        ReadOutcome::Denied { message }
    );
    assert_eq!(list(&bundle, &ListQuery::all(Kind::Job)).await.1, NO_SOURCE);
    assert_eq!(log(&bundle, "a", false).await.text, "now\n");
    assert_eq!(log(&bundle, "a", true).await.text, "before\n");
    assert_eq!(log(&bundle, "b", false).await.outcome, NO_SOURCE);
}

#[tokio::test]
async fn a_must_gather_is_read_from_lists_and_from_single_files() {
    let pods = "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a, namespace: shop}\n";
    let node = "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n";
    let event = "apiVersion: v1\nkind: EventList\nitems: []\n";
    let set = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d, namespace: shop}\n";
    let bundle = bundle(&[
        ("m/q/cluster-scoped-resources/core/nodes/n1.yaml", node),
        ("m/q/namespaces/shop/core/pods.yaml", pods),
        ("m/q/namespaces/shop/core/events.yaml", event),
        ("m/q/namespaces/shop/apps/daemonsets/d.yaml", set),
        (
            "m/q/namespaces/shop/shop.yaml",
            "kind: Namespace\nmetadata: {name: shop}\n",
        ),
        (
            "m/q/namespaces/shop/pods/a/a.yaml",
            "kind: Pod\nmetadata: {name: a, namespace: shop}",
        ),
        ("m/q/namespaces/shop/pods/a/app/app/logs/current.log", "now"),
        (
            "m/q/namespaces/shop/pods/a/app/app/logs/previous.log",
            "before",
        ),
    ]);
    assert_eq!(
        names(&bundle, Kind::Pod).await,
        ["shop/a"],
        "the second copy is dropped"
    );
    assert_eq!(names(&bundle, Kind::Node).await, ["/n1"]);
    assert_eq!(names(&bundle, Kind::DaemonSet).await, ["shop/d"]);
    assert_eq!(names(&bundle, Kind::Namespace).await, ["/shop"]);
    assert_eq!(names(&bundle, Kind::Event).await, [""; 0]);
    assert_eq!(
        list(&bundle, &ListQuery::all(Kind::Secret)).await.1,
        NO_SOURCE
    );
    assert_eq!(log(&bundle, "a", false).await.text, "now");
    assert_eq!(log(&bundle, "a", true).await.text, "before");
}

const LOGS: &str = "==== START logs for container app of pod shop/a ====\nline\n\
                    ==== END logs for container app of pod shop/a ====\n";

#[tokio::test]
async fn a_cluster_info_dump_is_read_as_folder_and_as_stream() {
    let (nodes, pods) = (list_of("Node", &["/n1"]), list_of("Pod", &["shop/a"]));
    let folder = bundle(&[
        ("nodes.json", &nodes),
        ("shop/pods.json", &pods),
        ("shop/events.json", &list_of("Event", &[])),
        ("shop/a/logs.txt", LOGS),
    ]);
    let events = ListQuery::in_namespace(Kind::Event, "shop");
    assert_eq!(list(&folder, &events).await.1, ReadOutcome::Ok { items: 0 });
    let elsewhere = ListQuery::in_namespace(Kind::Pod, "other");
    assert_eq!(list(&folder, &elsewhere).await.1, NO_SOURCE);
    let stream = open_file("dump.txt", format!("{nodes}\n{pods}\n{LOGS}").as_bytes()).unwrap();
    for bundle in [folder, stream] {
        assert_eq!(names(&bundle, Kind::Node).await, ["/n1"]);
        assert_eq!(names(&bundle, Kind::Pod).await, ["shop/a"]);
        assert_eq!(log(&bundle, "a", false).await.text, "line\n");
        assert_eq!(log(&bundle, "a", true).await.outcome, NO_LOG);
    }
}

#[tokio::test]
async fn a_case_folder_states_its_clock_and_its_logs_need_no_container() {
    let case = bundle(&[
        (
            "case.json",
            r#"{"now":"2024-11-26T11:39:10Z","prompt":"why?"}"#,
        ),
        ("expected.json", r#"{"entity":{"kind":"Pod","name":"a"}}"#),
        ("extra/alerts.json", r#"[{"labels":{}}]"#),
        ("objects/pods.json", &list_of("Pod", &["shop/a"])),
        ("logs/shop/a/_container.log", "of a"),
        ("logs/shop/_service_web/_container.log", "of the service"),
    ]);
    assert_eq!(
        case.facts().now,
        Some("2024-11-26T11:39:10Z".parse().unwrap())
    );
    assert_eq!(names(&case, Kind::Pod).await, ["shop/a"]);
    assert_eq!(log(&case, "a", false).await.text, "of a");
    assert_eq!(log(&case, "web-5d9-x", false).await.text, "of the service");
    assert_eq!(log(&case, "website", false).await.outcome, NO_SOURCE);
    let empty = bundle(&[
        ("case.json", r#"{"now":null}"#),
        (
            "extra/recorded__get.txt",
            "{\"tool_name\":\"kubectl_get_by_kind_in_cluster\",\"match_params\":{\"kind\":\"node\"}}\nNo resources found\n",
        ),
    ]);
    let nothing = ReadOutcome::Ok { items: 0 };
    assert_eq!(list(&empty, &ListQuery::all(Kind::Node)).await.1, nothing);
    assert_eq!(list(&empty, &ListQuery::all(Kind::Pod)).await.1, NO_SOURCE);
}

#[tokio::test]
async fn services_of_nodes_are_read_in_the_forms_that_recorders_write() {
    let forms = [
        (
            "extra/node_services.json",
            r#"{"n1":{"kubelet":{"status":"inactive (dead)"}},"n2":{"kubelet":"active (running)"}}"#,
        ),
        (
            "extra/node_services.json",
            r#"{"n1":[{"name":"kubelet","state":"failed"}],"n2":{"kubelet":true}}"#,
        ),
        (
            "extra/node_services.json",
            r#"[{"node":"n1","service":"kubelet","active":false},{"node":"n2","service":"kubelet.service","active":true}]"#,
        ),
        (
            "extra/node_services.json",
            r#"{"n1/kubelet":"Active: inactive (dead)","kubelet@n2":"active","elsewhere/kubelet":"dead"}"#,
        ),
        (
            "extra/node_services.json",
            r#"{"kubelet":{"n1":"stopped","n2":"running"},"note":"running"}"#,
        ),
    ];
    for (path, text) in forms {
        let nodes = list_of("Node", &["/n1", "/n2"]);
        let case = bundle(&[("objects/nodes.json", &nodes), (path, text)]);
        let seen = running(&case);
        let expected = [("n1", "kubelet", false), ("n2", "kubelet", true)];
        let expected = expected.map(|(node, unit, runs)| (node.to_owned(), unit.to_owned(), runs));
        assert_eq!(seen, expected, "{text}");
    }
}

#[tokio::test]
async fn units_of_a_host_collector_belong_to_the_only_node_or_to_the_one_in_the_path() {
    let units = r#"[{"Unit":"containerd.service","Load":"loaded","Active":"inactive","Sub":"dead"},
        {"Unit":"gone.service","Load":"not-found","Active":"unknown","Sub":"dead"}]"#;
    let one = list_of("Node", &["/n1"]);
    let two = list_of("Node", &["/n1", "/n2"]);
    let anonymous = "host-collectors/system/systemctl_services.json";
    let stopped = [("n1".to_owned(), "containerd".to_owned(), false)];
    let named = "host-collectors/system/n1/systemctl_services.json";
    for (nodes, path, expected) in [
        (&one, anonymous, &stopped[..]),
        (&two, anonymous, &[]),
        (&two, named, &stopped),
    ] {
        let files = [
            ("cluster-resources/nodes.json", nodes.as_str()),
            (path, units),
        ];
        assert_eq!(running(&bundle(&files)), expected, "{path}");
    }
}

fn running(bundle: &Bundle) -> Vec<(String, String, bool)> {
    let services = bundle.node_services_at_hand().into_iter();
    let services = services.map(|service| {
        (
            service.node.to_string(),
            service.unit.to_string(),
            service.is_running,
        )
    });
    let mut services: Vec<_> = services.collect();
    services.sort();
    services
}

#[tokio::test]
async fn plain_files_and_tars_are_read() {
    let yaml = "apiVersion: v1\nkind: List\nitems:\n\
                - {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}}\n---\n\
                {apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: shop}}\n---\n\
                {apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop}}\n";
    let file = tar::EntryType::Regular;
    let packed = tar(&[
        ("./x/all.yaml", file, yaml),
        ("./x/logs/shop/a/app.log", file, "hello\n"),
        ("./x/logs/shop/a/app.previous.log", file, "hi\n"),
    ]);
    for bundle in [
        open_file("b.tar", &packed).unwrap(),
        open_file("b.tar.gz", &gzip(&packed)).unwrap(),
        open_file("wrong-name", &gzip(&packed)).unwrap(),
    ] {
        assert_eq!(names(&bundle, Kind::Pod).await, ["shop/a"]);
        assert_eq!(names(&bundle, Kind::Deployment).await, ["shop/d"]);
        assert_eq!(log(&bundle, "a", false).await.text, "hello\n");
        assert_eq!(log(&bundle, "a", true).await.text, "hi\n");
        // One ConfigMap in a file does not say that there is no other.
        let query = ListQuery::one(Kind::ConfigMap, "shop", "other");
        assert!(list(&bundle, &query).await.1.is_hole());
        assert_eq!(
            bundle.facts().now,
            Some("2023-11-14T22:13:20Z".parse().unwrap())
        );
    }
    let single = open_file("pods.json", list_of("Pod", &["shop/a"]).as_bytes()).unwrap();
    assert_eq!(names(&single, Kind::Pod).await, ["shop/a"]);
    assert_eq!(
        open_file("a.yaml", yaml.as_bytes())
            .unwrap()
            .objects()
            .count(),
        3
    );
}

#[tokio::test]
async fn links_inside_of_a_bundle_are_followed_for_logs() {
    let pods = list_of("Pod", &["shop/a"]);
    let packed = tar(&[
        (
            "b/cluster-resources/pods/shop.json",
            tar::EntryType::Regular,
            &pods,
        ),
        (
            "b/cluster-resources/pods/logs/shop/a/app.log",
            tar::EntryType::Symlink,
            "../../../../../web/a/app.log",
        ),
        ("b/web/a/app.log", tar::EntryType::Regular, "linked"),
    ]);
    let bundle = open_file("b.tgz", &gzip(&packed)).unwrap();
    assert_eq!(log(&bundle, "a", false).await.text, "linked");
}

#[tokio::test]
async fn queries_mean_what_they_mean_to_a_server() {
    let pods = r#"{"kind":"PodList","apiVersion":"v1","items":[
        {"metadata":{"name":"a","namespace":"shop","labels":{"app":"web"}},"spec":{"nodeName":"n1"}},
        {"metadata":{"name":"b","namespace":"shop","labels":{"app":"db"}},"spec":{"nodeName":"n2"}},
        {"metadata":{"name":"a","namespace":"other","labels":{"app":"web"}}}]}"#;
    let bundle = bundle(&[("pods.json", pods)]);
    let web = ListQuery::all(Kind::Pod).labelled("app in (web)".to_owned());
    assert_eq!(list(&bundle, &web).await.0, ["other/a", "shop/a"]);
    let mut on_node = ListQuery::in_namespace(Kind::Pod, "shop");
    on_node.field_selector = Some("spec.nodeName=n2".to_owned());
    assert_eq!(list(&bundle, &on_node).await.0, ["shop/b"]);
    let one = ListQuery::one(Kind::Pod, "shop", "a");
    assert_eq!(
        list(&bundle, &one).await,
        (vec!["shop/a".to_owned()], ReadOutcome::Ok { items: 1 })
    );
    let none = ListQuery::one(Kind::Pod, "shop", "c");
    assert_eq!(list(&bundle, &none).await.1, ReadOutcome::Ok { items: 0 });
    let bad = ListQuery::all(Kind::Pod).labelled("app in".to_owned());
    assert!(list(&bundle, &bad).await.1.is_hole());
}

#[tokio::test]
async fn the_newest_of_several_copies_is_served() {
    let pod = |version: &str, node: &str| {
        format!(
            r#"{{"kind":"Pod","apiVersion":"v1","metadata":{{"name":"a","namespace":"shop","uid":"u",
            "resourceVersion":"{version}"}},"spec":{{"nodeName":"{node}"}}}}"#
        )
    };
    let bundle = bundle(&[
        ("1.json", &pod("99", "old")),
        ("2.json", &pod("100", "newest")),
        ("3.json", &pod("98", "older")),
    ]);
    let mut query = ListQuery::all(Kind::Pod);
    query.field_selector = Some("spec.nodeName=newest".to_owned());
    assert_eq!(list(&bundle, &query).await.0, ["shop/a"]);
    assert_eq!(bundle.objects().count(), 1);
}

#[tokio::test]
async fn what_cannot_be_understood_costs_itself() {
    let pods = r#"{"kind":"PodList","items":[{"metadata":{"name":"a"}},{"metadata":{}},7]}"#;
    let bundle = bundle(&[
        ("pods.json", pods),
        ("nodes.json", "{\"kind\":"),
        ("x.yaml", "a: ["),
    ]);
    let outcome = list(&bundle, &ListQuery::all(Kind::Pod)).await.1;
    assert!(
        matches!(
            outcome,
            ReadOutcome::Truncated {
                items: 1,
                unreadable: 2,
                ..
            }
        ),
        "{outcome:?}"
    );
    let nodes = list(&bundle, &ListQuery::all(Kind::Node)).await.1;
    assert!(nodes.is_hole(), "{nodes:?}");
    assert_eq!(bundle.problems().len(), 2);
}

#[tokio::test]
async fn lists_of_another_group_say_nothing() {
    let list_text = r#"{"kind":"ServiceList","apiVersion":"serving.example.com/v1","items":[]}"#;
    let bundle = bundle(&[
        ("a.json", list_text),
        ("nodes.json", &list_of("Node", &["/n1"])),
    ]);
    assert_eq!(
        list(&bundle, &ListQuery::all(Kind::Service)).await.1,
        NO_SOURCE
    );
}

#[tokio::test]
async fn the_clock_is_the_newest_time_that_is_mentioned() {
    let event = r#"{"kind":"EventList","apiVersion":"v1","items":[{"metadata":{"name":"e",
        "creationTimestamp":"2025-01-01T00:00:00Z","annotations":{"until":"2099-01-01T00:00:00Z"}},
        "lastTimestamp":"2025-01-01T00:05:00Z","series":{"lastObservedTime":"2025-01-01T00:07:00.5Z"}}]}"#;
    let bundle = bundle(&[("events.json", event)]);
    assert_eq!(
        bundle.facts().now,
        Some("2025-01-01T00:07:00.5Z".parse().unwrap())
    );
}

#[tokio::test]
async fn a_damaged_file_beside_the_objects_is_named() {
    let bundle = bundle(&[
        ("nodes.json", &list_of("Node", &["/n1"])),
        ("case.json", r#"{"now":"yesterday"}"#),
    ]);
    let (_, outcome) = list(&bundle, &ListQuery::all(Kind::Node)).await;
    assert_eq!(outcome, ReadOutcome::Ok { items: 1 });
    let problems = bundle.problems();
    assert!(
        matches!(problems, [one] if one.starts_with("case.json: ")),
        "{problems:?}"
    );
}
