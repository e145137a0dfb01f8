//! Queries. Whatever comes from outside is escaped before it stands in one.

use std::collections::BTreeSet;

use dogwatch_model::{
    Resource,
    snapshot::{Node, Pod},
};

/// Label matchers of a query.
#[derive(Debug, Clone, Default)]
pub(crate) struct Matchers(Vec<String>);

impl Matchers {
    /// Adds an equal sign; an empty value adds nothing.
    #[must_use]
    pub(crate) fn equal(mut self, label: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.0.push(format!("{label}=\"{}\"", quoted(value)));
        }
        self
    }

    /// Adds a match with any of the names, each followed by what the end matches.
    #[must_use]
    pub(crate) fn any_of<'a>(
        mut self,
        label: &str,
        names: impl IntoIterator<Item = &'a str>,
        end: &str,
    ) -> Self {
        let names: Vec<String> = names.into_iter().map(literal).collect();
        let pattern = format!("({}){end}", names.join("|"));
        self.0.push(format!("{label}=~\"{}\"", quoted(&pattern)));
        self
    }

    /// The selector of a metric.
    pub(crate) fn of(&self, metric: &str, more: &[&str]) -> String {
        let own = self.0.iter().map(String::as_str);
        let all: Vec<&str> = more.iter().copied().chain(own).collect();
        format!("{metric}{{{}}}", all.join(","))
    }
}

/// A value inside double quotes.
fn quoted(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// A pattern that matches only this text.
fn literal(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !c.is_alphanumeric() && !matches!(c, '-' | '_' | ' ' | '/') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Usage of Pods in cores or bytes, one series each.
pub(super) fn pod_usage(resource: Resource, pods: &[&Pod], rate: &str) -> String {
    let namespaces: BTreeSet<&str> = pods.iter().map(|pod| &*pod.meta.namespace).collect();
    let names = pods.iter().map(|pod| &*pod.meta.name);
    let matchers = Matchers::default()
        .any_of("namespace", namespaces, "")
        .any_of("pod", names, "");
    let of = |metric: &str| matchers.of(metric, &["image!=\"\"", "container!=\"POD\""]);
    let used = match resource {
        Resource::Cpu => {
            let counter = of("container_cpu_usage_seconds_total");
            format!("rate({counter}[{rate}])")
        }
        Resource::Memory => of("container_memory_working_set_bytes"),
        Resource::Disk => of("container_fs_usage_bytes"),
    };
    format!("sum by (namespace,pod) ({used})")
}

/// Usage of nodes in percent, one series for each instance of the exporter.
pub(crate) fn node_usage(resource: Resource, matchers: &Matchers, rate: &str) -> String {
    let share = |free: String, whole: String| format!("(1 - {free} / {whole}) * 100");
    match resource {
        Resource::Cpu => {
            let idle = matchers.of("node_cpu_seconds_total", &["mode=\"idle\""]);
            format!("100 - avg by (instance) (rate({idle}[{rate}])) * 100")
        }
        Resource::Memory => {
            let of = |metric: &str| format!("sum by (instance) ({})", matchers.of(metric, &[]));
            share(
                of("node_memory_MemAvailable_bytes"),
                of("node_memory_MemTotal_bytes"),
            )
        }
        Resource::Disk => {
            // The same device may be told of more than once.
            let of = |metric: &str| {
                let root = matchers.of(metric, &["mountpoint=\"/\""]);
                format!("max by (instance) ({root})")
            };
            share(
                of("node_filesystem_avail_bytes"),
                of("node_filesystem_size_bytes"),
            )
        }
    }
}

/// Exporters name nodes by address or by name, mostly with a port.
pub(crate) fn of_instances(nodes: &[&Node]) -> Matchers {
    let names = nodes
        .iter()
        .flat_map(|node| [&*node.meta.name, &*node.status.internal_ip]);
    let known = names.filter(|name| !name.is_empty());
    Matchers::default().any_of("instance", known, "(:[0-9]+)?")
}

/// True when an exporter's instance is this node.
pub(crate) fn of_node(instance: &str, node: &Node) -> bool {
    let host = match instance.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => instance,
    };
    !host.is_empty() && (node.meta.name == host || node.status.internal_ip == host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_leaves_its_quotes() {
        let evil = "a\"} or up{x=\"b\\";
        let one = Matchers::default().equal("pod", evil).of("m", &[]);
        assert_eq!(one, r#"m{pod="a\"} or up{x=\"b\\"}"#);
        let many = Matchers::default().any_of("pod", ["a.b", "c|d"], "");
        assert_eq!(
            many.of("m", &["x=\"y\""]),
            r#"m{x="y",pod=~"(a\\.b|c\\|d)"}"#
        );
        assert_eq!(Matchers::default().equal("pod", "").of("m", &[]), "m{}");
    }

    #[test]
    fn instances_are_nodes_by_name_or_address() {
        let mut node = Node::default();
        node.meta.name = "n1".into();
        node.status.internal_ip = "10.0.0.1".into();
        for (instance, is_it) in [
            ("10.0.0.1:9100", true),
            ("n1", true),
            ("n1:9100", true),
            ("10.0.0.11:9100", false),
            ("", false),
        ] {
            assert_eq!(of_node(instance, &node), is_it, "{instance}");
        }
    }
}
