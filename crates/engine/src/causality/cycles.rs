//! Circles of findings: strongly connected components with their exact links.

use std::collections::BTreeSet;

use dogwatch_model::{AddonFinding, Cycle, Edge, Finding, FindingKind};
use petgraph::{algo::tarjan_scc, graph::DiGraph};

/// Cycles over proven links.
pub(super) fn proven(findings: &[Finding], edges: &[Edge]) -> Vec<Cycle> {
    let proven: Vec<usize> = (0..edges.len())
        .filter(|index| edges[*index].is_proven())
        .collect();
    components(findings, edges, &proven)
}

/// Cycles that close only when a candidate link is proven.
pub(super) fn would_be(findings: &[Finding], edges: &[Edge], proven: &[Cycle]) -> Vec<Cycle> {
    let all: Vec<usize> = (0..edges.len()).collect();
    components(findings, edges, &all)
        .into_iter()
        .filter(|cycle| {
            let has_same_members = |known: &Cycle| members(known) == members(cycle);
            !cycle.missing.is_empty() && !proven.iter().any(has_same_members)
        })
        .collect()
}

fn members(cycle: &Cycle) -> BTreeSet<usize> {
    cycle.members.iter().copied().collect()
}

fn components(findings: &[Finding], edges: &[Edge], used: &[usize]) -> Vec<Cycle> {
    let mut graph: DiGraph<usize, usize> = DiGraph::with_capacity(findings.len(), used.len());
    let nodes: Vec<_> = (0..findings.len())
        .map(|index| graph.add_node(index))
        .collect();
    for index in used {
        let edge = &edges[*index];
        graph.add_edge(nodes[edge.cause], nodes[edge.effect], *index);
    }
    let mut cycles: Vec<Cycle> = tarjan_scc(&graph)
        .into_iter()
        .map(|component| {
            component
                .into_iter()
                .map(|node| graph[node])
                .collect::<BTreeSet<_>>()
        })
        .filter(|members| {
            members.len() > 1
                || used.iter().any(|at| {
                    edges[*at].cause == edges[*at].effect && members.contains(&edges[*at].cause)
                })
        })
        .map(|members| cycle(findings, edges, used, &members))
        .collect();
    cycles.sort_by(|one, other| one.members.cmp(&other.members));
    cycles
}

fn cycle(findings: &[Finding], edges: &[Edge], used: &[usize], members: &BTreeSet<usize>) -> Cycle {
    let inside: Vec<usize> = used
        .iter()
        .copied()
        .filter(|at| members.contains(&edges[*at].cause) && members.contains(&edges[*at].effect))
        .collect();
    let breaker = members
        .iter()
        .copied()
        .min_by_key(|index| {
            let finding = &findings[*index];
            (repair_rank(finding.kind), finding.since, *index)
        })
        .unwrap_or_default();
    Cycle {
        members: chain(breaker, edges, &inside, members),
        missing: inside
            .iter()
            .filter_map(|at| edges[*at].missing.clone())
            .collect(),
        edges: inside,
        breaker,
    }
}

/// Members along the effect direction, starting at the cut.
fn chain(start: usize, edges: &[Edge], inside: &[usize], members: &BTreeSet<usize>) -> Vec<usize> {
    let mut order = vec![start];
    let mut queue = vec![start];
    while let Some(at) = queue.pop() {
        for index in inside {
            let edge = &edges[*index];
            if edge.cause == at && !order.contains(&edge.effect) {
                order.push(edge.effect);
                queue.insert(0, edge.effect);
            }
        }
    }
    order.extend(
        members
            .iter()
            .copied()
            .filter(|index| !order.contains(index))
            .collect::<Vec<_>>(),
    );
    order
}

/// How little else a repair needs: a configuration stands alone, a restart of an agent touches one
/// component, a node or its taints touch everything on it and come last.
fn repair_rank(kind: FindingKind) -> u8 {
    match kind {
        FindingKind::Container(_) | FindingKind::Image(_) | FindingKind::Admission(_) => 0,
        // An operator needs one place to run; an agent is on every node; the cloud controller needs
        // the network that they make.
        FindingKind::Addon(AddonFinding::CniOperatorMissing) => 1,
        FindingKind::Addon(AddonFinding::CniAgentDown) => 2,
        FindingKind::Addon(AddonFinding::CcmNotRunning) => 3,
        FindingKind::Network(_) | FindingKind::Storage(_) => 4,
        // A failing probe is how others see the trouble.
        FindingKind::Workload(_) | FindingKind::Job(_) | FindingKind::Probe(_) => 5,
        FindingKind::Pod(_) | FindingKind::Scheduling(_) => 6,
        FindingKind::Node(_) => 7,
    }
}
