//! Groups findings and ranks the groups: a symptom never outranks its cause.

use std::{cmp::Reverse, collections::BTreeMap};

use dogwatch_model::{
    CausalGraph, Cause, Evidence, EvidenceSource, Finding, FindingKind, Kind, ObjectRef, Role,
    Severity, wire::Text,
};

use petgraph::{algo::tarjan_scc, graph::DiGraph};

use super::confidence;
use crate::view::View;

/// Findings of one kind about one workload are one cause.
type GroupKey = (FindingKind, Kind, Text, Text, Text);

pub(super) fn causes(view: &View<'_>, findings: &[Finding], graph: &CausalGraph) -> Vec<Cause> {
    let mut groups: BTreeMap<GroupKey, Vec<usize>> = BTreeMap::new();
    for (index, finding) in findings.iter().enumerate() {
        groups
            .entry(group_key(view, finding))
            .or_default()
            .push(index);
    }
    let members: Vec<Vec<usize>> = groups.into_values().collect();
    let group_of = group_index(&members, findings.len());
    let explained_by = links(graph, &group_of, members.len());
    let explaining = explaining(findings, &members, &explained_by);
    let causes: Vec<Cause> = members
        .iter()
        .enumerate()
        .map(|(group, indices)| {
            let explains = explaining[group];
            cause(findings, graph, indices, &explained_by[group], explains)
        })
        .collect();
    let steps = steps(graph, &members);
    ordered(findings, causes, &explained_by, &steps)
}

/// The object that stands for a finding: the workload of a Pod, else the object itself.
fn group_key(view: &View<'_>, finding: &Finding) -> GroupKey {
    let owner = owner_of(view, finding).unwrap_or_else(|| finding.object.clone());
    (
        finding.kind,
        owner.kind,
        owner.namespace,
        owner.name,
        finding.container.clone(),
    )
}

/// The workload, Job or other controller that a Pod of a finding belongs to.
pub(crate) fn owner_of(view: &View<'_>, finding: &Finding) -> Option<ObjectRef> {
    if finding.object.kind != Kind::Pod {
        return None;
    }
    let pod = view.snapshot.pod(&finding.object.uid).or_else(|| {
        view.snapshot.pods.iter().find(|pod| {
            pod.meta.name == *finding.object.name && pod.meta.namespace == *finding.object.namespace
        })
    })?;
    if let Some(rollout) = view.rollout_of(pod) {
        return Some(rollout.object.clone());
    }
    let owner = pod.meta.controller()?;
    let kind = Kind::of_object(&owner.kind)?;
    Some(ObjectRef {
        kind,
        namespace: pod.meta.namespace.clone(),
        name: owner.name.clone(),
        uid: owner.uid.clone(),
    })
}

fn group_index(members: &[Vec<usize>], findings: usize) -> Vec<usize> {
    let mut group_of = vec![0; findings];
    for (group, indices) in members.iter().enumerate() {
        for index in indices {
            group_of[*index] = group;
        }
    }
    group_of
}

/// For each group, the groups that explain it by a proven link.
fn links(graph: &CausalGraph, group_of: &[usize], groups: usize) -> Vec<Vec<usize>> {
    let mut explained_by = vec![Vec::new(); groups];
    for edge in graph.edges.iter().filter(|edge| edge.is_proven()) {
        let (cause, effect) = (group_of[edge.cause], group_of[edge.effect]);
        if cause != effect && !explained_by[effect].contains(&cause) {
            explained_by[effect].push(cause);
        }
    }
    explained_by
}

/// Groups that explain a fault: what is worth knowing by itself is then a cause.
fn explaining(
    findings: &[Finding],
    members: &[Vec<usize>],
    explained_by: &[Vec<usize>],
) -> Vec<bool> {
    let mut explaining = vec![false; members.len()];
    for (effect, causes) in explained_by.iter().enumerate() {
        let mut severities = members[effect].iter().map(|at| findings[*at].severity);
        if severities.any(|severity| severity != Severity::Info) {
            for cause in causes {
                explaining[*cause] = true;
            }
        }
    }
    explaining
}

fn cause(
    findings: &[Finding],
    graph: &CausalGraph,
    indices: &[usize],
    explained_by: &[usize],
    explains: bool,
) -> Cause {
    let first = indices
        .iter()
        .copied()
        .min_by_key(|index| (findings[*index].since, *index))
        .unwrap_or_default();
    // Members of a proven cycle explain each other: the one to cut it at stands for the cause.
    let is_cut = indices.iter().any(|index| is_breaker(graph, *index));
    let is_info = findings[first].severity == Severity::Info;
    let role = if is_info && explained_by.is_empty() && !explains {
        Role::Note
    } else if explained_by.is_empty() || is_cut {
        Role::Cause
    } else {
        Role::Symptom
    };
    let sure = indices
        .iter()
        .map(|index| confidence::of(&findings[*index]))
        .max();
    Cause {
        finding: first,
        members: indices.to_vec(),
        role,
        caused_by: Vec::new(),
        confidence: sure.unwrap_or_default(),
    }
}

fn is_breaker(graph: &CausalGraph, finding: usize) -> bool {
    graph.proven.iter().any(|cycle| cycle.breaker == finding)
}

/// Orders causes and rewrites `caused_by` to the new places.
fn ordered(
    findings: &[Finding],
    causes: Vec<Cause>,
    explained_by: &[Vec<usize>],
    steps: &[usize],
) -> Vec<Cause> {
    let explains = reach(explained_by);
    let depth = depths(explained_by);
    let mut order: Vec<usize> = (0..causes.len()).collect();
    order.sort_by_key(|group| {
        let cause = &causes[*group];
        let finding = &findings[cause.finding];
        (
            cause.role,
            depth[*group],
            steps[*group],
            Reverse(explains[*group]),
            !is_first_hand(finding),
            finding.severity,
            Reverse(cause.confidence),
            finding.since,
            (finding.kind.mode(), &finding.object),
        )
    });
    let mut place = vec![0; causes.len()];
    for (rank, group) in order.iter().enumerate() {
        place[*group] = rank;
    }
    let mut causes: Vec<Option<Cause>> = causes.into_iter().map(Some).collect();
    order
        .into_iter()
        .filter_map(|group| {
            let mut cause = causes[group].take()?;
            if cause.role == Role::Symptom {
                cause.caused_by = explained_by[group]
                    .iter()
                    .map(|other| place[*other])
                    .collect();
                cause.caused_by.sort_unstable();
            }
            Some(cause)
        })
        .collect()
}

/// How far from the cut each group stands in a proven circle; 0 outside.
fn steps(graph: &CausalGraph, members: &[Vec<usize>]) -> Vec<usize> {
    let in_circle = |indices: &Vec<usize>| {
        let circles = graph.proven.iter();
        let steps = circles.filter_map(|circle| {
            let mut chain = circle.members.iter();
            chain.position(|member| indices.contains(member))
        });
        steps.min().unwrap_or(0)
    };
    members.iter().map(in_circle).collect()
}

/// How many groups each group explains, directly or through others.
fn reach(explained_by: &[Vec<usize>]) -> Vec<usize> {
    let mut explains = vec![Vec::new(); explained_by.len()];
    for (effect, causes) in explained_by.iter().enumerate() {
        for cause in causes {
            explains[*cause].push(effect);
        }
    }
    (0..explained_by.len())
        .map(|start| {
            let mut seen = vec![false; explained_by.len()];
            let mut open = vec![start];
            seen[start] = true;
            while let Some(at) = open.pop() {
                for next in &explains[at] {
                    if !seen[*next] {
                        seen[*next] = true;
                        open.push(*next);
                    }
                }
            }
            seen.iter().filter(|seen| **seen).count() - 1
        })
        .collect()
}

/// Steps from the nearest root: a symptom comes after what explains it. The members of a circle
/// stand on one step.
fn depths(explained_by: &[Vec<usize>]) -> Vec<usize> {
    let mut graph: DiGraph<usize, ()> = DiGraph::new();
    let nodes: Vec<_> = (0..explained_by.len())
        .map(|group| graph.add_node(group))
        .collect();
    for (effect, causes) in explained_by.iter().enumerate() {
        for cause in causes {
            graph.add_edge(nodes[effect], nodes[*cause], ());
        }
    }
    let mut depth = vec![0; explained_by.len()];
    // Components come out causes first.
    for component in tarjan_scc(&graph) {
        let members: Vec<usize> = component.into_iter().map(|node| graph[node]).collect();
        let outside = members
            .iter()
            .flat_map(|member| &explained_by[*member])
            .filter(|cause| !members.contains(cause));
        let deepest = outside.map(|cause| depth[*cause] + 1).max();
        let is_circle = members.len() > 1;
        for member in &members {
            depth[*member] = deepest.unwrap_or(usize::from(is_circle));
        }
    }
    depth
}

/// The object's own state or log says so, rather than somebody about it.
fn is_first_hand(finding: &Finding) -> bool {
    let own = |fact: &Evidence| matches!(fact.source, EvidenceSource::Status | EvidenceSource::Log);
    finding.evidence.iter().any(own)
}
