//! Casebooks of remedies: a snapshot and a request in, a plan or a refusal out.
//!
//! A request is written as it is stored, with one short form: `Kind/name` stands for an object of
//! the fixture (`group/version/Kind/name` for a custom kind), with its Namespace and UID. Documents
//! of the snapshot without `kind` may name what is known beyond the cluster: `pools`, a list of node
//! pools, `cloud`, the machines and the cluster at the provider, and `serverless`, capacity without
//! Nodes.

use std::fmt::Write as _;

use dogwatch_model::{
    Kind,
    plan::{
        Act, Draft, Expectation, Fact, PatchFormat, PlanOption, PlanRefusal, RemedyRequest, Step,
    },
    ports::{Cloud, NodePool, Serverless},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{casebook::Case, fixture};

/// What the heading of a case promises; checked besides the exact text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// A plan.
    Applies,
    /// A refusal.
    Refused,
    /// A plan whose rollback leads back to the objects of the fixture.
    Restores,
    /// A plan that says how many of its Pods find no place.
    FallsShort,
}

const HEADINGS: [(&str, Promise); 4] = [
    ("applies", Promise::Applies),
    ("refused", Promise::Refused),
    ("rollback restores", Promise::Restores),
    ("preview shows the shortfall", Promise::FallsShort),
];

/// What the heading of a case promises.
///
/// # Panics
/// When the heading begins with none of the known words.
pub fn promise(case: &Case) -> Promise {
    let title = case.title.to_ascii_lowercase();
    let mut headings = HEADINGS.iter();
    let known = headings.find(|(word, _)| title.starts_with(word));
    known
        .unwrap_or_else(|| panic!("unknown kind of case: {}", case.title))
        .1
}

/// The request of a case.
///
/// # Panics
/// With a message that names the mistake.
pub fn request(case: &Case) -> RemedyRequest {
    let mut value: Value = serde_saphyr::from_str(&case.request)
        .unwrap_or_else(|error| panic!("{}: {error}", case.title));
    for key in [
        "workload",
        "cluster",
        "node",
        "pod",
        "job",
        "claim",
        "service",
        "autoscaler",
        "release",
        "part",
        "quota",
        "range",
    ] {
        if let Some(short) = value[key].as_str() {
            value[key] = target(short);
        }
    }
    serde_json::from_value(value).unwrap_or_else(|error| panic!("{}: {error}", case.title))
}

/// The stored form of `Kind/name` or `group/version/Kind/name`.
///
/// # Panics
/// When there is no such kind.
pub fn target(short: &str) -> Value {
    let (path, name) = short.rsplit_once('/').expect("Kind/name");
    let kind = match path.rsplit_once('/') {
        Some((version, kind)) => Kind::of(version, kind),
        None => Kind::of_object(path),
    };
    let kind = kind.unwrap_or_else(|| panic!("{path} is no kind"));
    let info = kind.info();
    json!({
        "apiVersion": kind.api_version(),
        "kind": kind.name(),
        "plural": info.plural,
        "namespace": if info.namespaced { fixture::NAMESPACE } else { "" },
        "name": name,
        "uid": format!("{}-{name}", kind.name().to_ascii_lowercase()),
    })
}

/// What a fixture knows beyond the cluster.
#[derive(Debug, Clone, Default)]
pub struct Beyond {
    /// Node pools; `None` when there is no provider.
    pub pools: Option<Vec<NodePool>>,
    /// Machines and the cluster at the provider.
    pub cloud: Option<Cloud>,
    /// Capacity without Nodes.
    pub serverless: Option<Serverless>,
    /// The fixture's Helm release, as it is handed to whoever knows its form.
    pub release: Option<Value>,
}

/// What a fixture knows beyond the cluster.
///
/// # Panics
/// When it is no YAML of the right form.
pub fn beyond(yaml: &str) -> Beyond {
    let documents: Vec<Value> = serde_saphyr::from_multiple(yaml).expect("the fixture is YAML");
    Beyond {
        pools: part(&documents, "pools"),
        cloud: part(&documents, "cloud"),
        serverless: part(&documents, "serverless"),
        release: part(&documents, "release"),
    }
}

fn part<T: DeserializeOwned>(documents: &[Value], key: &str) -> Option<T> {
    let value = documents.iter().find_map(|document| document.get(key))?;
    let read = serde_json::from_value(value.clone());
    Some(read.unwrap_or_else(|error| panic!("{key} of a fixture: {error}")))
}

/// A plan or a refusal as a casebook shows it.
pub fn render(planned: &Result<PlanOption<Draft>, PlanRefusal>) -> String {
    match planned {
        Ok(draft) => lines(draft).join("\n") + "\n",
        Err(refusal) => format!("refused: {}: {refusal}\n", refusal.code()),
    }
}

fn lines(draft: &PlanOption<Draft>) -> Vec<String> {
    let mut out = vec![
        format!("title: {}", draft.title),
        format!("risk: {}, {}", draft.risk, draft.reversibility),
    ];
    out.extend(draft.steps.iter().flat_map(|step| shown("step", step)));
    for observed in &draft.observed {
        let fields: Vec<&str> = observed.relied_on.iter().map(|fact| &*fact.field).collect();
        out.push(format!(
            "relies on {}: {}",
            observed.target,
            fields.join(", ")
        ));
    }
    out.extend(
        draft
            .preconditions
            .iter()
            .map(|words| format!("precondition: {words}")),
    );
    out.extend(impact(draft));
    out.extend(
        draft
            .rollback
            .iter()
            .flat_map(|step| shown("rollback", step)),
    );
    out.extend(draft.verification.iter().map(expected));
    for permission in &draft.permissions {
        let place = match &*permission.namespace {
            "" => "the cluster",
            namespace => namespace,
        };
        let (verb, resource) = (&permission.verb, &permission.resource);
        out.push(format!("needs: {verb} {resource} in {place}"));
    }
    out.extend(
        draft
            .warnings
            .iter()
            .map(|words| format!("warning: {words}")),
    );
    out
}

fn impact(draft: &PlanOption<Draft>) -> Vec<String> {
    let impact = &draft.impact;
    let mut out = vec![format!(
        "impact: {} objects, {} Pods restarted, up to {} % of Ready missing, {} Nodes, {} s",
        impact.objects,
        impact.pods_restarted,
        impact.ready_lost_percent,
        impact.nodes,
        impact.expected_seconds
    )];
    out.extend(
        impact
            .summary
            .iter()
            .map(|words| format!("impact: {words}")),
    );
    out.extend(impact.cost.iter().map(|words| format!("cost: {words}")));
    out.extend(draft.fit.iter().map(|fit| {
        let held = if fit.shortfall.is_empty() { "" } else { "; " };
        format!(
            "fit: {} of {} Pods{held}{}",
            fit.fits, fit.asked, fit.shortfall
        )
    }));
    out
}

fn expected(expectation: &Expectation) -> String {
    match expectation {
        Expectation::NothingNew { known, .. } if !known.is_empty() => {
            format!("verify: {expectation} (known: {})", known.join(", "))
        }
        other => format!("verify: {other}"),
    }
}

fn shown(word: &str, step: &Step) -> Vec<String> {
    let mut out = vec![
        format!("{word} {}: {}", step.n, step.name),
        format!("  {}", act(step)),
    ];
    if step.retries > 0 {
        let (times, seconds) = (step.retries, step.timeout_seconds);
        out.push(format!("  again up to {times} times within {seconds} s"));
    }
    let facts = |word: &str, facts: &[Fact]| -> Vec<String> {
        let line = |fact: &Fact| match &*fact.value {
            "" => format!("  {word} {} as read", fact.field),
            value => format!("  {word} {} {value}", fact.field),
        };
        facts.iter().map(line).collect()
    };
    out.extend(facts("before", &step.expected_before));
    out.extend(facts("after", &step.expected_after));
    out
}

fn act(step: &Step) -> String {
    let target = &step.target;
    match &step.act {
        Act::Patch {
            format,
            subresource,
            patch,
        } => {
            let format = match format {
                PatchFormat::Strategic => "strategic",
                PatchFormat::Merge => "merge",
                PatchFormat::Json => "json",
            };
            let part = subresource
                .as_deref()
                .map_or(String::new(), |part| format!("/{part}"));
            format!("patch {target}{part} ({format}) {patch}")
        }
        Act::CopyTemplate { from, .. } => format!("copy the template of {from} to {target}"),
        Act::Create { object } => format!("create {target} {object}"),
        Act::RerunJob { name, .. } => format!("create {name} like {target}"),
        Act::ApplyManifest {
            source,
            present,
            creates,
            ..
        } => {
            let verb = if *creates { "create" } else { "patch" };
            format!("{verb} {target} from {source}, now {present}")
        }
        Act::StoreRevision {
            source,
            copy_of,
            status,
            at,
            ..
        } => match copy_of {
            Some(from) => format!("create {source} like {from}, {status}, at {at}"),
            None => format!("mark {source} {status}, at {at}"),
        },
        Act::Delete { grace_seconds } => {
            let mut line = format!("delete {target}");
            if let Some(seconds) = grace_seconds {
                write!(line, " within {seconds} s").expect("infallible");
            }
            line
        }
        Act::Evict => format!("evict {target}"),
        Act::Provider {
            operation,
            resource,
            parameters,
            ..
        } => format!("{operation} {resource} {}", json!(parameters)),
    }
}

/// What every new Pod of a case needs: its Namespace, a ServiceAccount, and a Node with room where
/// the case names no Node.
pub fn with_room(yaml: &str) -> String {
    const PLACE: &str = "
---
kind: Namespace
metadata: {name: shop}
---
kind: ServiceAccount
metadata: {name: default}
";
    const NODE: &str = "
---
kind: Node
metadata: {name: roomy}
status:
  allocatable: {cpu: '32', memory: 64Gi, pods: '110'}
  conditions: [{type: Ready, status: 'True'}]
";
    let has_nodes = yaml.lines().any(|line| line.starts_with("kind: Node"));
    let node = if has_nodes { "" } else { NODE };
    format!("{yaml}{PLACE}{node}")
}
