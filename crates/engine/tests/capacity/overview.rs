//! P9 to P12: autoscalers, new nodes, who would have to go, and what cannot be seen.

use dogwatch_engine::capacity::{Extra, Proviso};
use dogwatch_model::{Kind, Source};

use super::{PLAIN, fit, fit_in, node, node_with, pod, snapshot, told};

fn asks(cpu: &str) -> String {
    format!("containers: [{{name: c, resources: {{requests: {{cpu: {cpu}}}}}}}]")
}

#[test]
fn the_autoscaler_of_the_workload_is_told() {
    let autoscaler = |target: &str, seen: u32, conditions: &str| {
        node("n1", "a")
            + &format!(
                "kind: HorizontalPodAutoscaler\nmetadata: {{name: api}}\nspec: {{scaleTargetRef: \
                 {{kind: Deployment, name: {target}}}, minReplicas: 2, maxReplicas: 4, metrics: \
                 [{{type: Resource, resource: {{name: cpu, target: {{averageUtilization: \
                 50}}}}}}]}}\nstatus: {{currentReplicas: 4, desiredReplicas: 4, conditions: \
                 [{conditions}], currentMetrics: [{{type: Resource, resource: {{name: cpu, current: \
                 {{averageUtilization: {seen}}}}}}}]}}\n---\n"
            )
    };
    assert_eq!(fit(&autoscaler("other", 90, ""), PLAIN, 1).autoscaler, None);
    let limited = "{type: ScalingLimited, status: \"True\", reason: TooManyReplicas}";
    let own = fit(&autoscaler("api", 90, limited), PLAIN, 1).autoscaler;
    let own = own.expect("an autoscaler");
    assert_eq!((own.minimum, own.maximum, own.desired), (2, 4, 4));
    assert_eq!(own.wanted, Some(8)); // 4 * 90 / 50 = 7.2
    assert!(own.is_at_maximum);
    // Within a tenth of the target nothing happens.
    let near = fit(&autoscaler("api", 54, ""), PLAIN, 1).autoscaler;
    let near = near.expect("an autoscaler");
    assert_eq!(near.wanted, Some(4));
    assert!(!near.is_at_maximum);
}

#[test]
fn new_nodes_are_like_their_pattern_without_its_pods_and_troubles() {
    let daemon = pod(
        "agent",
        "agent",
        &format!("nodeName: n1, {}", asks("500m")),
        "",
    )
    .replace(
        "name: agent, labels",
        "name: agent, owner: DaemonSet/agent, labels",
    );
    let guest = pod(
        "old",
        "old",
        &format!("nodeName: n1, {}", asks("1500m")),
        "",
    );
    let taints = "unschedulable: true, taints: [{key: dedicated, effect: NoSchedule}, {key: \
                  node.kubernetes.io/not-ready, effect: NoSchedule}]";
    let spec = format!(
        "tolerations: [{{key: dedicated, operator: Exists}}], {}",
        asks("700m")
    );
    let snapshot = snapshot(&(node_with("n1", "a", taints) + &daemon + &guest), &spec);
    let with = |count: u32| {
        let like = &snapshot.nodes[0];
        fit_in(&snapshot, 5, &[Extra { like, count }])
    };
    assert_eq!(told(&with(0)), "0: 0/1 1 node(s) were unschedulable.");
    // 2 CPU less 500m of the DaemonSet take two Pods of 700m.
    let two = with(2);
    assert_eq!(
        told(&two),
        "4: 0/3 1 node(s) were unschedulable, 2 Insufficient cpu."
    );
    assert_eq!(two.conditional, [Proviso::NewNodes { nodes: 2 }]);
    let names: Vec<&str> = two.nodes.iter().map(|node| &*node.node).collect();
    assert_eq!(names, ["n1", "n1+1", "n1+2"]);
    // Its own taints stay.
    let intolerant = super::snapshot(&node_with("n1", "a", taints), &asks("700m"));
    let like = &intolerant.nodes[0];
    let told = told(&fit_in(&intolerant, 1, &[Extra { like, count: 1 }]));
    let expected = "0: 0/2 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable.";
    assert_eq!(told, expected);
}

#[test]
fn reasons_are_counted_and_sorted_as_texts() {
    let mut yaml: String = (0..11)
        .map(|at| node(&format!("small-{at:02}"), "a"))
        .collect();
    yaml += &node_with("closed", "a", "unschedulable: true");
    yaml += &node_with("tainted", "a", "taints: [{key: k, effect: NoSchedule}]");
    let expected = "0: 0/13 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable, 11 \
                    Insufficient cpu, 11 Insufficient memory.";
    let large = "containers: [{name: c, resources: {requests: {cpu: \"3\", memory: 5Gi}}}]";
    assert_eq!(told(&fit(&yaml, large, 1)), expected);
    let expected = "0: no nodes available to schedule pods";
    assert_eq!(told(&fit("", PLAIN, 1)), expected);
    let gated = format!("schedulingGates: [{{name: wait}}], {PLAIN}");
    let expected = "0: Scheduling is blocked due to non-empty scheduling gates";
    assert_eq!(told(&fit(&node("n1", "a"), &gated, 1)), expected);
}

const HIGH: &str = "kind: PriorityClass\nmetadata: {name: high}\nvalue: 1000\n---\n";

fn victims(classes: &str, pods: &[(&str, i64, &str)], spec: &str) -> Vec<String> {
    let pods: String = pods
        .iter()
        .map(|(name, priority, cpu)| {
            let spec = format!("nodeName: n1, priority: {priority}, {}", asks(cpu));
            pod(name, "old", &spec, "")
        })
        .collect();
    let fit = fit(&(node("n1", "a") + classes + &pods), spec, 1);
    fit.victims
        .iter()
        .map(|victim| victim.name.to_string())
        .collect()
}

#[test]
fn less_important_pods_make_room() {
    let pods = [
        ("low", 0, "800m"),
        ("middle", 500, "800m"),
        ("peer", 1000, "400m"),
    ];
    let high = |cpu: &str| format!("priorityClassName: high, {}", asks(cpu));
    assert_eq!(victims(HIGH, &pods, &high("800m")), ["low"]);
    assert_eq!(victims(HIGH, &pods, &high("1600m")), ["middle", "low"]);
    // Not even without all of them, without any need, or without the right.
    assert_eq!(victims(HIGH, &pods, &high("1700m")), [""; 0]);
    assert_eq!(victims(HIGH, &[], &high("800m")), [""; 0]);
    assert_eq!(victims(HIGH, &pods, &asks("800m")), [""; 0]);
    let never = HIGH.replace("value: 1000", "value: 1000\npreemptionPolicy: Never");
    assert_eq!(victims(&never, &pods, &high("800m")), [""; 0]);
}

#[test]
fn nobody_goes_where_that_does_not_help() {
    let low = pod(
        "low",
        "old",
        &format!("nodeName: n1, {}", asks("1500m")),
        "",
    );
    let spec = |cpu: &str| format!("priorityClassName: high, {}", asks(cpu));
    let tainted = node_with("n1", "a", "taints: [{key: k, effect: NoSchedule}]");
    assert_eq!(fit(&(tainted + HIGH + &low), &spec("1"), 1).victims, []);
    let small = fit(&(node("n1", "a") + HIGH + &low), &spec("3"), 1);
    assert_eq!(small.victims, []);
    let enough = fit(&(node("n1", "a") + HIGH + &low), &spec("1"), 1);
    assert_eq!(enough.victims.len(), 1);
}

#[test]
fn nodes_that_stand_for_another_system() {
    let virtual_node = node_with(
        "bursting-node",
        "a",
        "taints: [{key: virtual-kubelet.io/provider, effect: NoSchedule}]",
    );
    let tolerant = format!("tolerations: [{{operator: Exists}}], {PLAIN}");
    let node = "bursting-node".into();
    let expected = [Proviso::VirtualNode { node }];
    assert_eq!(fit(&virtual_node, &tolerant, 1).conditional, expected);
    let both = virtual_node + &super::node("n1", "a");
    assert_eq!(fit(&both, PLAIN, 1).conditional, []);
}

#[test]
fn webhooks_that_see_the_pods() {
    let webhook = |resource: &str, more: &str| {
        node("n1", "a")
            + &format!(
                "kind: ValidatingWebhookConfiguration\nmetadata: {{name: w}}\nwebhooks: [{{name: \
                 w.example.com, rules: [{{apiGroups: [\"\"], resources: [{resource}], operations: \
                 [CREATE]}}]{more}}}]\n---\n"
            )
    };
    let webhooks = |yaml: &str| fit(yaml, PLAIN, 1).conditional.len();
    assert_eq!(webhooks(&webhook("pods", "")), 1);
    assert_eq!(webhooks(&webhook("services", "")), 0);
    let selector = ", namespaceSelector: {matchLabels: {team: other}}";
    assert_eq!(webhooks(&webhook("pods", selector)), 0);
    let selector = ", namespaceSelector: {matchLabels: {team: shop}}";
    assert_eq!(webhooks(&webhook("pods", selector)), 1);
}

#[test]
fn lists_that_were_not_read() {
    let sources = |yaml: &str, spec: &str| {
        let conditional = fit(&(node("n1", "a") + yaml), spec, 1).conditional;
        conditional
            .into_iter()
            .filter_map(|proviso| match proviso {
                Proviso::Unread { source } => Some(source),
                Proviso::VirtualNode { .. }
                | Proviso::Webhook { .. }
                | Proviso::PodSecurity { .. }
                | Proviso::OtherScheduler { .. }
                | Proviso::UnknownPriority { .. }
                | Proviso::NewVolume { .. }
                | Proviso::SharedVolume { .. }
                | Proviso::Waiting { .. }
                | Proviso::NewNodes { .. } => None,
            })
            .collect::<Vec<Source>>()
    };
    assert_eq!(sources("", PLAIN), []);
    let denied = "missing: [pods, resourcequotas, persistentvolumes]\n---\n";
    assert_eq!(
        sources(denied, PLAIN),
        [Kind::Pod, Kind::ResourceQuota].map(Source::Objects)
    );
    let mounting =
        format!("volumes: [{{name: v, persistentVolumeClaim: {{claimName: data}}}}], {PLAIN}");
    assert_eq!(
        sources(denied, &mounting),
        [Kind::Pod, Kind::PersistentVolume, Kind::ResourceQuota].map(Source::Objects)
    );
}

#[test]
fn pods_that_wait_too() {
    let waiting = |spec: &str| node("n1", "a") + &pod("old", "old", spec, "phase: Pending");
    let conditional = |yaml: &str| fit(yaml, PLAIN, 1).conditional;
    assert_eq!(conditional(&waiting(PLAIN)), [Proviso::Waiting { pods: 1 }]);
    assert_eq!(conditional(&waiting(&format!("priority: -5, {PLAIN}"))), []);
    let gated = format!("schedulingGates: [{{name: wait}}], {PLAIN}");
    assert_eq!(conditional(&waiting(&gated)), []);
    assert_eq!(conditional(&waiting(&format!("nodeName: n1, {PLAIN}"))), []);
}

#[test]
fn another_scheduler_has_rules_of_its_own() {
    let spec = |name: &str| format!("schedulerName: {name}, {PLAIN}");
    let scheduler = "batch".into();
    let expected = [Proviso::OtherScheduler { scheduler }];
    assert_eq!(
        fit(&node("n1", "a"), &spec("batch"), 1).conditional,
        expected
    );
    assert_eq!(
        fit(&node("n1", "a"), &spec("default-scheduler"), 1).conditional,
        []
    );
}

#[test]
fn four_pods_where_three_fit_are_foreseen() {
    // Two of 1 CPU run; two more are asked for; one node has one CPU left, the other 500m.
    let cluster = node("n1", "a")
        + &node("n2", "b")
        + &pod(
            "api-1",
            "api",
            &format!("nodeName: n1, {}", asks("\"1\"")),
            "",
        )
        + &pod(
            "api-2",
            "api",
            &format!("nodeName: n2, {}", asks("\"1\"")),
            "",
        )
        + &pod("db", "db", &format!("nodeName: n2, {}", asks("500m")), "");
    let short = fit(&cluster, &asks("\"1\""), 2);
    assert_eq!(told(&short), "1: 0/2 2 Insufficient cpu.");
    assert!(!short.is_certain());
    let missing: Vec<String> = short
        .shortfall
        .iter()
        .map(|short| format!("{} {}", short.node, short.missing))
        .collect();
    assert_eq!(missing, ["n2 500m"]);
    assert!(fit(&cluster, &asks("500m"), 2).is_certain());
}
