//! P8: claims and volumes.

use dogwatch_engine::capacity::{Ask, Proviso, predict};
use dogwatch_model::{Kind, ObjectRef};
use dogwatch_testkit::fixture;

use super::{BASE, PLAIN, check, fit, node, pod, told};

fn mounts(claim: &str) -> String {
    format!("volumes: [{{name: v, persistentVolumeClaim: {{claimName: {claim}}}}}], {PLAIN}")
}

fn claim(name: &str, spec: &str, status: &str) -> String {
    format!(
        "kind: PersistentVolumeClaim\nmetadata: {{name: {name}}}\nspec: {{accessModes: \
         [ReadWriteMany], resources: {{requests: {{storage: 5Gi}}}}, {spec}}}\nstatus: \
         {{{status}}}\n---\n"
    )
}

fn volume(name: &str, labels: &str, spec: &str, phase: &str) -> String {
    format!(
        "kind: PersistentVolume\nmetadata: {{name: {name}, labels: {{{labels}}}}}\nspec: \
         {{capacity: {{storage: 10Gi}}, accessModes: [ReadWriteMany], storageClassName: disk, \
         {spec}}}\nstatus: {{phase: {phase}}}\n---\n"
    )
}

fn class(provisioner: &str, binding: &str, more: &str) -> String {
    format!(
        "kind: StorageClass\nmetadata: {{name: disk}}\nprovisioner: \
         {provisioner}\nvolumeBindingMode: {binding}\n{more}\n---\n"
    )
}

fn two_zones() -> String {
    node("n1", "a") + &node("n2", "b")
}

fn in_zone(zone: &str) -> String {
    format!(
        "nodeAffinity: {{required: {{nodeSelectorTerms: [{{matchExpressions: [{{key: \
         topology.kubernetes.io/zone, operator: In, values: [{zone}]}}]}}]}}}}"
    )
}

const WAITS: &str = "storageClassName: disk";

#[test]
fn claims_that_turn_a_pod_away_as_a_whole() {
    let cluster = two_zones() + &class("csi", "Immediate", "");
    for (claims, expected) in [
        (String::new(), "persistentvolumeclaim \"data\" not found"),
        (
            claim("data", "volumeName: gone", "phase: Lost"),
            "persistentvolumeclaim \"data\" bound to non-existent persistentvolume \"gone\"",
        ),
        (
            claim("data", WAITS, "phase: Bound").replace(
                "name: data",
                "name: data, deletionTimestamp: \"2026-01-01T00:09:00Z\"",
            ),
            "persistentvolumeclaim \"data\" is being deleted",
        ),
        (
            claim("data", WAITS, "phase: Pending"),
            "pod has unbound immediate PersistentVolumeClaims",
        ),
        (
            claim("data", "storageClassName: nobody", "phase: Pending"),
            "pod has unbound immediate PersistentVolumeClaims",
        ),
        (
            claim("data", "volumeName: gone", "phase: Bound"),
            "persistentvolume \"gone\" not found",
        ),
    ] {
        let expected = format!("0: 0/2 {expected}.");
        check(&(cluster.clone() + &claims), &mounts("data"), 1, &expected);
    }
    let bound = claim("data", "volumeName: pv", "phase: Bound") + &volume("pv", "", "", "Bound");
    check(&(cluster + &bound), &mounts("data"), 1, "1: all fit");
}

#[test]
fn a_claim_that_waits_for_its_first_pod_is_no_failure() {
    let pending = claim("data", WAITS, "phase: Pending");
    let cluster = |provisioner: &str, more: &str| {
        two_zones() + &class(provisioner, "WaitForFirstConsumer", more) + &pending
    };
    check(
        &cluster("csi.example.com", ""),
        &mounts("data"),
        1,
        "1: all fit",
    );
    let none = "0: 0/2 2 node(s) didn't find available persistent volumes to bind.";
    check(
        &cluster("kubernetes.io/no-provisioner", ""),
        &mounts("data"),
        1,
        none,
    );
    let only_a = "allowedTopologies: [{matchLabelExpressions: [{key: \
                  topology.kubernetes.io/zone, values: [a]}]}]";
    let spec = format!(
        "nodeSelector: {{topology.kubernetes.io/zone: b}}, {}",
        mounts("data")
    );
    check(
        &cluster("csi.example.com", only_a),
        &spec,
        1,
        "0: 0/2 1 node(s) didn't find available persistent volumes to bind, 1 node(s) didn't match \
         Pod's node affinity/selector.",
    );
    check(&cluster("csi.example.com", ""), &spec, 1, "1: all fit");
}

#[test]
fn volumes_that_are_there_for_claims_that_wait() {
    let cluster = |volume: &str| {
        two_zones()
            + &class("kubernetes.io/no-provisioner", "WaitForFirstConsumer", "")
            + &claim("data", WAITS, "phase: Pending")
            + volume
    };
    // The volume decides on the zone, and the second Pod follows the first.
    let near = cluster(&volume("pv", "", &in_zone("b"), "Available"));
    let spec = mounts("data");
    check(
        &near,
        &spec,
        11,
        "10: 0/2 1 Too many pods, 1 node(s) didn't match PersistentVolume's node affinity.",
    );
    let none = "0: 0/2 2 node(s) didn't find available persistent volumes to bind.";
    for unsuitable in [
        volume("pv", "", &in_zone("b"), "Released"),
        volume("pv", "", &in_zone("b"), "Available").replace("10Gi", "4Gi"),
        volume("pv", "", &in_zone("b"), "Available").replace("ReadWriteMany", "ReadWriteOnce"),
        volume("pv", "", &in_zone("b"), "Available").replace("Name: disk", "Name: other"),
        volume("pv", "", "volumeMode: Block", "Available"),
        volume(
            "pv",
            "",
            "claimRef: {namespace: shop, name: other}",
            "Available",
        ),
        volume("pv", "", &in_zone("c"), "Available"),
    ] {
        check(&cluster(&unsuitable), &spec, 1, none);
    }
    let meant = volume(
        "pv",
        "",
        "claimRef: {namespace: shop, name: data}",
        "Available",
    );
    check(&cluster(&meant), &spec, 1, "1: all fit");
}

#[test]
fn a_bound_volume_ties_pods_to_its_nodes_and_zone() {
    let bound =
        |volume: &str| two_zones() + &claim("data", "volumeName: pv", "phase: Bound") + volume;
    let affinity = bound(&volume("pv", "", &in_zone("a"), "Bound"));
    check(
        &affinity,
        &mounts("data"),
        11,
        "10: 0/2 1 Too many pods, 1 node(s) didn't match PersistentVolume's node affinity.",
    );
    let labelled = |zones: &str| {
        let label = format!("failure-domain.beta.kubernetes.io/zone: {zones}");
        bound(&volume("pv", &label, "", "Bound"))
    };
    check(
        &labelled("b"),
        &mounts("data"),
        11,
        "10: 0/2 1 Too many pods, 1 node(s) had no available volume zone.",
    );
    check(&labelled("b__a"), &mounts("data"), 11, "11: all fit");
    // Nodes without any such label are in no zone.
    let unlabelled = labelled("c").replace("topology.kubernetes.io/zone", "rack");
    check(&unlabelled, &mounts("data"), 11, "11: all fit");
}

#[test]
fn a_claim_for_one_pod_only() {
    let cluster = two_zones()
        + &claim("data", "volumeName: pv", "phase: Bound").replace("WriteMany", "WriteOncePod")
        + &volume("pv", "", "", "Bound");
    let in_use = "0/2 2 node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod \
                  access mode already in-use by another pod.";
    check(&cluster, &mounts("data"), 2, &format!("1: {in_use}"));
    let used = pod(
        "old",
        "old",
        &format!("nodeName: n1, {}", mounts("data")),
        "phase: Running",
    );
    check(
        &(cluster.clone() + &used),
        &mounts("data"),
        1,
        &format!("0: {in_use}"),
    );
    let ended = used.replace("Running", "Succeeded");
    check(&(cluster + &ended), &mounts("data"), 1, "1: all fit");
}

#[test]
fn a_claim_for_one_node_is_told() {
    let cluster = two_zones()
        + &claim("data", "volumeName: pv", "phase: Bound")
            .replace("ReadWriteMany", "ReadWriteOnce")
        + &volume("pv", "", "", "Bound");
    // The scheduler does not mind, but only one node can mount it.
    let one_node = fit(&cluster, &mounts("data"), 2);
    assert_eq!(told(&one_node), "2: all fit");
    let claim = "data".into();
    assert_eq!(one_node.conditional, [Proviso::SharedVolume { claim }]);
    let many = cluster.replace("[ReadWriteOnce]", "[ReadWriteMany]");
    assert_eq!(fit(&many, &mounts("data"), 2).conditional, []);
}

#[test]
fn drivers_attach_so_many_volumes() {
    let limited = |count: &str| {
        let csi = |name: &str| format!("csi: {{driver: d.example.com, volumeHandle: {name}}}");
        node("n1", "a")
            + &claim("data", "volumeName: pv", "phase: Bound")
            + &volume("pv", "", &csi("h1"), "Bound")
            + &claim("other", "volumeName: pv2", "phase: Bound")
            + &volume("pv2", "", &csi("h2"), "Bound")
            + &pod(
                "old",
                "old",
                &format!("nodeName: n1, {}", mounts("other")),
                "",
            )
            + &format!(
                "kind: CSINode\nmetadata: {{name: n1}}\nspec: {{drivers: [{{name: d.example.com, \
                 allocatable: {{{count}}}}}]}}\n---\n"
            )
    };
    let full = "0: 0/1 1 node(s) exceed max volume count.";
    check(&limited("count: 1"), &mounts("data"), 1, full);
    check(&limited("count: 2"), &mounts("data"), 3, "3: all fit");
    check(&limited(""), &mounts("data"), 1, "1: all fit");
    // A volume that is attached already needs no second place.
    check(&limited("count: 1"), &mounts("other"), 1, "1: all fit");
    let stray = "kind: VolumeAttachment\nmetadata: {name: va}\nspec: {attacher: d.example.com, \
                 nodeName: n1, source: {persistentVolumeName: pv3}}\n---\n";
    let third = volume(
        "pv3",
        "",
        "csi: {driver: d.example.com, volumeHandle: h3}",
        "Bound",
    );
    let attached = limited("count: 2") + stray + &third;
    check(&attached, &mounts("data"), 1, full);
}

#[test]
fn a_stateful_set_gets_claims_for_every_pod() {
    let set = |replicas: u32| {
        format!(
            "kind: StatefulSet\nmetadata: {{name: db}}\nspec: {{replicas: {replicas}, template: \
             {{metadata: {{labels: {{app: db}}}}, spec: {{{PLAIN}}}}}, volumeClaimTemplates: \
             [{{metadata: {{name: data}}, spec: {{storageClassName: disk, accessModes: \
             [ReadWriteMany], resources: {{requests: {{storage: 5Gi}}}}}}}}]}}\n---\n"
        )
    };
    let told = |yaml: &str, count: u32| {
        let snapshot = fixture::snapshot(&format!("{BASE}{yaml}"));
        let db = ObjectRef::named(Kind::StatefulSet, fixture::NAMESPACE, "db");
        let ask = Ask::of_workload(&snapshot, &db, count).expect("the StatefulSet is there");
        told(&predict(&snapshot, &ask, &[]))
    };
    let fixed = two_zones() + &class("kubernetes.io/no-provisioner", "WaitForFirstConsumer", "");
    let pv = |name: &str| volume(name, "", "", "Available");
    let none = "0/2 2 node(s) didn't find available persistent volumes to bind.";
    let one = fixed + &set(1) + &pv("pv1");
    assert_eq!(told(&one, 2), format!("1: {none}"));
    assert_eq!(told(&(one + &pv("pv2")), 2), "2: all fit");
    let made = two_zones() + &class("csi.example.com", "WaitForFirstConsumer", "") + &set(1);
    assert_eq!(told(&made, 3), "3: all fit");
    // The claim of an earlier Pod of the same number is used again.
    let left = claim("data-db-1", "volumeName: old", "phase: Bound")
        + &volume("old", "", &in_zone("c"), "Bound");
    let far = "0: 0/2 2 node(s) didn't match PersistentVolume's node affinity.";
    assert_eq!(told(&(made.clone() + &left), 1), far);
    assert_eq!(
        told(&(made + &left.replace("db-1", "db-7")), 1),
        "1: all fit"
    );
    let unknown = two_zones() + &set(1);
    let unbound = "0: 0/2 pod has unbound immediate PersistentVolumeClaims.";
    assert_eq!(told(&unknown, 1), unbound);
}
