//! P5: ports of nodes.

use super::{PLAIN, check, node, pod};

const TAKEN: &str = "0: 0/1 1 node(s) didn't have free ports for the requested pod ports.";

fn with_port(port: &str) -> String {
    format!("containers: [{{name: c, ports: [{{{port}}}]}}]")
}

fn cluster(port: &str) -> String {
    node("n1", "a")
        + &pod(
            "old",
            "old",
            &format!("nodeName: n1, {}", with_port(port)),
            "",
        )
}

#[test]
fn a_port_is_taken_once_for_each_address_and_protocol() {
    let any = "containerPort: 80, hostPort: 80";
    for (known, wanted, is_taken) in [
        (any, any, true),
        (any, "containerPort: 80, hostPort: 81", false),
        (any, "containerPort: 80, hostPort: 80, protocol: UDP", false),
        (
            any,
            "containerPort: 80, hostPort: 80, hostIP: 10.0.0.1",
            true,
        ),
        ("hostPort: 80, hostIP: 10.0.0.1", any, true),
        (
            "hostPort: 80, hostIP: 10.0.0.1",
            "hostPort: 80, hostIP: 10.0.0.2",
            false,
        ),
        (
            "hostPort: 80, hostIP: 10.0.0.1",
            "hostPort: 80, hostIP: 0.0.0.0",
            true,
        ),
        (any, "containerPort: 80", false),
        ("containerPort: 80", any, false),
    ] {
        let expected = if is_taken { TAKEN } else { "1: all fit" };
        check(&cluster(known), &with_port(wanted), 1, expected);
    }
}

#[test]
fn two_pods_with_one_port_need_two_nodes() {
    let two = node("n1", "a") + &node("n2", "a");
    check(
        &two,
        &with_port("hostPort: 9234"),
        3,
        "2: 0/2 2 node(s) didn't have free ports for the requested pod ports.",
    );
}

#[test]
fn on_the_network_of_the_node_every_port_is_one_of_the_node() {
    let spec =
        |on_host: bool| format!("hostNetwork: {on_host}, {}", with_port("containerPort: 80"));
    let cluster = cluster("hostPort: 80");
    check(&cluster, &spec(true), 1, TAKEN);
    check(&cluster, &spec(false), 1, "1: all fit");
}

#[test]
fn sidecars_take_ports_and_init_containers_do_not() {
    let init = |more: &str| {
        format!("initContainers: [{{name: i, ports: [{{hostPort: 80}}]{more}}}], {PLAIN}")
    };
    let cluster = cluster("hostPort: 80");
    check(&cluster, &init(", restartPolicy: Always"), 1, TAKEN);
    check(&cluster, &init(""), 1, "1: all fit");
}
