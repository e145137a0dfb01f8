//! Tables of services, endpoints, ingresses and network policies.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::Sheet;
use super::cells::{age, first_of, name, pairs, selector, text_or};
use super::column::Column;
use crate::fields::{count, list, text};

pub(super) const SERVICE: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Type"),
        Column::text("Cluster-IP"),
        Column::text("External-IP"),
        Column::text("Port(s)"),
        Column::text("Age"),
        Column::wide("Selector"),
    ],
    cells: |object, now| {
        let first = list(object, "/spec/clusterIPs")
            .first()
            .and_then(Value::as_str);
        let ip = first.unwrap_or(text(object, "/spec/clusterIP"));
        vec![
            name(object),
            text_or(object, "/spec/type", "ClusterIP"),
            json!(if ip.is_empty() { "<none>" } else { ip }),
            json!(external(object)),
            json!(ports(object)),
            age(object, now),
            pairs(object, "/spec/selector"),
        ]
    },
};

pub(super) const ENDPOINTS: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Endpoints"),
        Column::text("Age"),
    ],
    cells: |object, now| vec![name(object), json!(subsets(object)), age(object, now)],
};

pub(super) const ENDPOINT_SLICE: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("AddressType"),
        Column::text("Ports"),
        Column::text("Endpoints"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        let port = |p: &Value| match p.get("port").and_then(Value::as_i64) {
            Some(number) => number.to_string(),
            None => text_or(p, "/name", "*").as_str().unwrap_or("*").to_owned(),
        };
        let ports: Vec<String> = list(object, "/ports").iter().map(port).collect();
        let addresses = list(object, "/endpoints")
            .iter()
            .flat_map(|e| list(e, "/addresses"));
        let addresses: Vec<String> = addresses
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        vec![
            name(object),
            json!(text(object, "/addressType")),
            json!(first_of(&ports, 3, "<unset>")),
            json!(first_of(&addresses, 3, "<unset>")),
            age(object, now),
        ]
    },
};

pub(super) const INGRESS: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Class"),
        Column::text("Hosts"),
        Column::text("Address"),
        Column::text("Ports"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        let hosts = list(object, "/spec/rules")
            .iter()
            .map(|rule| text(rule, "/host").to_owned());
        let hosts: Vec<String> = hosts.filter(|host| !host.is_empty()).collect();
        let tls = !list(object, "/spec/tls").is_empty();
        vec![
            name(object),
            text_or(object, "/spec/ingressClassName", "<none>"),
            json!(first_of(&hosts, 3, "*")),
            json!(load_balancer(object)),
            json!(if tls { "80, 443" } else { "80" }),
            age(object, now),
        ]
    },
};

pub(super) const INGRESS_CLASS: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Controller"),
        Column::text("Parameters"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        let kind = text(object, "/spec/parameters/kind");
        let group = text(object, "/spec/parameters/apiGroup");
        let parameters = text(object, "/spec/parameters/name");
        let parameters = if parameters.is_empty() {
            "<none>".to_owned()
        } else {
            format!("{}/{parameters}", crate::kinds::qualify(kind, group))
        };
        let controller = json!(text(object, "/spec/controller"));
        vec![
            name(object),
            controller,
            json!(parameters),
            age(object, now),
        ]
    },
};

pub(super) const NETWORK_POLICY: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Pod-Selector"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        vec![
            name(object),
            selector(object, "/spec/podSelector"),
            age(object, now),
        ]
    },
};

fn load_balancer(object: &Value) -> String {
    let address = |ingress: &Value| {
        let ip = text(ingress, "/ip");
        if ip.is_empty() {
            text(ingress, "/hostname").to_owned()
        } else {
            ip.to_owned()
        }
    };
    let all: BTreeSet<String> = list(object, "/status/loadBalancer/ingress")
        .iter()
        .map(address)
        .collect();
    all.into_iter()
        .filter(|a| !a.is_empty())
        .collect::<Vec<_>>()
        .join(",")
}

fn external(service: &Value) -> String {
    let mut addresses: Vec<String> = list(service, "/spec/externalIPs")
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    let empty = match text(service, "/spec/type") {
        "ExternalName" => return text(service, "/spec/externalName").to_owned(),
        "LoadBalancer" => {
            let balancer = load_balancer(service);
            if !balancer.is_empty() {
                addresses.insert(0, balancer);
            }
            "<pending>"
        }
        _ => "<none>",
    };
    if addresses.is_empty() {
        empty.to_owned()
    } else {
        addresses.join(",")
    }
}

fn ports(service: &Value) -> String {
    let one = |port: &Value| {
        let protocol = text_or(port, "/protocol", "TCP");
        let protocol = protocol.as_str().unwrap_or("TCP");
        let number = count(port, "/port");
        match count(port, "/nodePort") {
            0 => format!("{number}/{protocol}"),
            node_port => format!("{number}:{node_port}/{protocol}"),
        }
    };
    let ports: Vec<String> = list(service, "/spec/ports").iter().map(one).collect();
    if ports.is_empty() {
        "<none>".to_owned()
    } else {
        ports.join(",")
    }
}

fn subsets(endpoints: &Value) -> String {
    let mut all = Vec::new();
    for subset in list(endpoints, "/subsets") {
        let ips: Vec<&str> = list(subset, "/addresses")
            .iter()
            .map(|a| text(a, "/ip"))
            .collect();
        let ports = list(subset, "/ports");
        if ports.is_empty() {
            all.extend(ips.iter().map(|ip| (*ip).to_owned()));
        }
        for port in ports {
            let number = count(port, "/port");
            let join = |ip: &&str| {
                if ip.contains(':') {
                    format!("[{ip}]:{number}")
                } else {
                    format!("{ip}:{number}")
                }
            };
            all.extend(ips.iter().map(join));
        }
    }
    first_of(&all, 3, "<none>")
}
