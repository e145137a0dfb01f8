//! The Pod as it is after the API server has completed the template.

use dogwatch_model::{
    Kind, Snapshot, Source,
    snapshot::{
        Affinity, Container, PodAffinity, PodAffinityTerm, PodSpec, Preemption, ResourceNeeds,
        Toleration,
    },
    wire::{LabelSelector, Labels, List, Quantity, Resources, SelectorExpression, Text},
};

use super::{Ask, amounts};

/// Given to Pods that say nothing about a node that has gone silent.
const SILENT_NODE_TAINTS: [&str; 2] = [
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
];

/// Classes that exist without an object.
const SYSTEM_CLASSES: [(&str, i64); 2] = [
    ("system-cluster-critical", 2_000_000_000),
    ("system-node-critical", 2_000_001_000),
];

/// The Pod as it is after the API server has completed the template.
pub(super) struct Admitted<'a> {
    pub(super) namespace: &'a str,
    pub(super) labels: &'a Labels,
    pub(super) spec: PodSpec,
    /// `None` while its class is not known.
    pub(super) priority: Option<i64>,
}

impl<'a> Admitted<'a> {
    /// Completes a template as the API server does.
    pub(super) fn new(snapshot: &Snapshot, ask: &Ask<'a>) -> Self {
        let mut spec = ask.spec.clone();
        for container in containers(&mut spec) {
            let needs = &mut container.resources;
            needs.requests = filled(&needs.requests, &needs.limits);
        }
        complete_whole(&mut spec);
        for container in containers(&mut spec) {
            complete(snapshot, ask.namespace, container);
        }
        add_runtime(snapshot, &mut spec);
        tolerate_silent_nodes(&mut spec);
        if let Some(affinity) = &mut spec.affinity {
            merge_label_keys(affinity, ask.labels);
        }
        let (priority, policy) = priority(snapshot, &spec);
        spec.preemption_policy = policy;
        Self {
            namespace: ask.namespace,
            labels: ask.labels,
            priority,
            spec,
        }
    }

    /// True when Pods of lower priority may be driven out for it.
    pub(super) fn may_preempt(&self) -> bool {
        self.spec.preemption_policy != Some(Preemption::Never)
    }
}

fn containers(spec: &mut PodSpec) -> impl Iterator<Item = &mut Container> {
    let application = spec.containers.iter_mut();
    application.chain(spec.init_containers.iter_mut())
}

/// The defaults of the Namespace.
fn complete(snapshot: &Snapshot, namespace: &str, container: &mut Container) {
    let needs = &mut container.resources;
    let ranges = snapshot.limit_ranges.iter();
    for item in ranges
        .filter(|range| range.meta.namespace == *namespace)
        .flat_map(|range| &range.spec.limits)
        .filter(|item| item.kind == "Container")
    {
        needs.limits = filled(&needs.limits, &item.default_limits);
        needs.requests = filled(&needs.requests, &item.default_requests);
    }
}

/// The amounts, and those that are missing from another list.
fn filled(amounts: &Resources, from: &Resources) -> Resources {
    let owned = |(name, amount): (&str, Quantity)| (Text::from(name), amount);
    amounts
        .iter()
        .map(owned)
        .chain(from.iter().map(owned))
        .collect()
}

/// Where the Pod as a whole has limits, its requests are those of its containers, or the limits.
fn complete_whole(spec: &mut PodSpec) {
    let Some(needs) = spec.resources.take() else {
        return;
    };
    let shared = ["cpu", "memory"].map(|name| {
        let amount = amounts::of_containers(spec, name, |needs| &needs.requests);
        (Text::from(name), amount)
    });
    let of_containers = shared
        .into_iter()
        .filter(|(_, amount)| *amount != Quantity::default());
    let requests = if needs.limits.is_empty() {
        needs.requests
    } else {
        let requests = filled(&needs.requests, &of_containers.collect());
        filled(&requests, &needs.limits)
    };
    let limits = needs.limits;
    spec.resources = Some(Box::new(ResourceNeeds { requests, limits }));
}

/// What the RuntimeClass adds.
fn add_runtime(snapshot: &Snapshot, spec: &mut PodSpec) {
    let class = snapshot
        .runtime_classes
        .iter()
        .find(|class| class.meta.name == spec.runtime_class_name);
    let Some(class) = class else { return };
    if spec.overhead.is_empty() {
        spec.overhead = class.overhead.pod_fixed.clone();
    }
    let owned = |(key, value): (&str, &str)| (Text::from(key), Text::from(value));
    let labels = class
        .scheduling
        .node_selector
        .iter()
        .chain(spec.node_selector.iter());
    spec.node_selector = labels.map(owned).collect();
    let tolerations = spec.tolerations.iter().chain(&class.scheduling.tolerations);
    spec.tolerations = tolerations.cloned().collect();
}

/// Every Pod tolerates for some minutes that its node is silent.
fn tolerate_silent_nodes(spec: &mut PodSpec) {
    let mut tolerations: Vec<Toleration> = spec.tolerations.iter().cloned().collect();
    for key in SILENT_NODE_TAINTS {
        let is_known = tolerations.iter().any(|known| {
            (known.key.is_empty() || known.key == key) && matches!(&*known.effect, "" | "NoExecute")
        });
        if !is_known {
            tolerations.push(Toleration {
                key: key.into(),
                operator: "Exists".into(),
                effect: "NoExecute".into(),
                ..Toleration::default()
            });
        }
    }
    spec.tolerations = tolerations.into();
}

/// The API server writes the values of some labels of the Pod into its selectors.
fn merge_label_keys(affinity: &mut Affinity, labels: &Labels) {
    let sorts = [&mut affinity.pod_affinity, &mut affinity.pod_anti_affinity];
    for terms in sorts.into_iter().flatten() {
        let merged = terms.required.iter().map(|term| merged(term, labels));
        *terms = PodAffinity {
            required: merged.collect(),
        };
    }
}

fn merged(term: &PodAffinityTerm, labels: &Labels) -> PodAffinityTerm {
    let mut term = term.clone();
    let Some(selector) = term.label_selector.take() else {
        return term;
    };
    let shared = term.match_label_keys.iter().map(|key| (key, "In"));
    let unshared = term.mismatch_label_keys.iter().map(|key| (key, "NotIn"));
    let added = shared.chain(unshared).filter_map(|(key, operator)| {
        Some(SelectorExpression {
            key: key.clone(),
            operator: operator.into(),
            values: List::from(vec![Text::from(labels.get(key)?)]),
        })
    });
    let own = selector.match_expressions.iter().cloned();
    let match_expressions = own.chain(added).collect();
    term.label_selector = Some(LabelSelector {
        match_labels: selector.match_labels,
        match_expressions,
    });
    term
}

/// The priority of a class that exists without an object.
pub(super) fn built_in_priority(class: &str) -> Option<i64> {
    let mut classes = SYSTEM_CLASSES.iter();
    let (_, value) = classes.find(|(known, _)| *known == class)?;
    Some(*value)
}

/// Priority, and whether others may be driven out. A class that was not read is known from its Pods.
fn priority(snapshot: &Snapshot, spec: &PodSpec) -> (Option<i64>, Option<Preemption>) {
    if spec.priority.is_some() {
        return (spec.priority, spec.preemption_policy);
    }
    let name = &spec.priority_class_name;
    let class = snapshot.priority_classes.iter().find(|class| {
        if name.is_empty() {
            class.global_default
        } else {
            class.meta.name == *name
        }
    });
    if let Some(class) = class {
        return (Some(class.value), class.preemption_policy);
    }
    if let Some(value) = built_in_priority(name) {
        return (Some(value), None);
    }
    let is_read = snapshot
        .ledger
        .is_complete(Source::Objects(Kind::PriorityClass));
    if name.is_empty() && is_read {
        return (Some(0), None);
    }
    let same = snapshot
        .pods
        .iter()
        .find(|pod| pod.spec.priority_class_name == *name && pod.spec.priority.is_some());
    match same {
        Some(pod) => (pod.spec.priority, pod.spec.preemption_policy),
        None if name.is_empty() => (Some(0), None),
        None => (None, None),
    }
}
