//! Recorded outputs of kubectl that found nothing.
//!
//! Recordings of troubleshooting tools keep what a tool printed as text below a line of JSON that says
//! what was asked. A table holds too little of an object to stand for it; that a list was empty is
//! said in full, and is what proves absence.

use dogwatch_model::Kind;
use serde::Deserialize;

/// Longest first line that is looked at, in bytes.
const MAX_HEADING: usize = 4096;

/// What kubectl prints when a list is empty, in front of the Namespace if there is one.
const NOTHING: &str = "No resources found";

/// A list that was empty.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NothingFound {
    pub(crate) kind: Kind,
    /// Absent for all Namespaces.
    pub(crate) namespace: Option<String>,
}

/// The first line: which tool was run, and with what.
#[derive(Deserialize)]
struct Heading {
    tool_name: String,
    #[serde(default)]
    match_params: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    kind: Option<String>,
    namespace: Option<String>,
}

/// Reads such a file; `None` when it says something else.
pub(crate) fn read(bytes: &[u8]) -> Option<NothingFound> {
    let end = memchr::memchr(b'\n', bytes).filter(|end| *end <= MAX_HEADING)?;
    let output = core::str::from_utf8(&bytes[end..]).ok()?.trim();
    let rest = output.strip_prefix(NOTHING)?.trim_end_matches('.');
    let heading: Heading = serde_json::from_slice(&bytes[..end]).ok()?;
    let Parameters { kind, namespace } = heading.match_params;
    let kind = Kind::parse(&kind?).ok()?;
    match heading.tool_name.as_str() {
        "kubectl_get_by_kind_in_cluster" if rest.is_empty() => Some(NothingFound {
            kind,
            namespace: None,
        }),
        "kubectl_get_by_kind_in_namespace" => {
            let namespace = namespace.filter(|name| !name.is_empty())?;
            (rest == format!(" in {namespace} namespace") || rest.is_empty()).then_some(
                NothingFound {
                    kind,
                    namespace: kind.info().namespaced.then_some(namespace),
                },
            )
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(kind: Kind, namespace: Option<&str>) -> NothingFound {
        let namespace = namespace.map(str::to_owned);
        NothingFound { kind, namespace }
    }

    #[test]
    fn only_a_list_that_was_empty_counts() {
        let of = |tool: &str, asked: &str, output: &str| {
            let text =
                format!("{{\"tool_name\": \"{tool}\", \"match_params\": {asked}}}\n{output}\n");
            read(text.as_bytes())
        };
        let (cluster, namespace) = (
            "kubectl_get_by_kind_in_cluster",
            "kubectl_get_by_kind_in_namespace",
        );
        let shop = r#"{"kind": "svc", "namespace": "shop"}"#;
        let table = [
            (
                cluster,
                r#"{"kind": "ingressclass"}"#,
                NOTHING,
                Some(nothing(Kind::IngressClass, None)),
            ),
            (
                namespace,
                shop,
                "No resources found in shop namespace.",
                Some(nothing(Kind::Service, Some("shop"))),
            ),
            (
                namespace,
                r#"{"kind": "node", "namespace": "shop"}"#,
                NOTHING,
                Some(nothing(Kind::Node, None)),
            ),
            (
                namespace,
                shop,
                "No resources found in other namespace.",
                None,
            ),
            (namespace, r#"{"kind": "svc"}"#, NOTHING, None),
            (cluster, r#"{"kind": "ingressclass"}"#, "NAME\nnginx", None),
            (
                cluster,
                r#"{"kind": "ingressclass"}"#,
                "No resources found matching the filter",
                None,
            ),
            (cluster, r#"{"kind": "teapot"}"#, NOTHING, None),
            (cluster, "{}", NOTHING, None),
            (
                "kubectl_find_resource",
                r#"{"kind": "pod", "keyword": "redis"}"#,
                NOTHING,
                None,
            ),
        ];
        for (tool, asked, output, expected) in table {
            assert_eq!(of(tool, asked, output), expected, "{tool} {asked} {output}");
        }
        assert_eq!(read(b"No resources found"), None);
    }
}
