//! Circles of findings: strongly connected components with their exact links.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use dogwatch_model::{AddonFinding, ContainerFinding, Cycle, Edge, Finding, FindingKind};
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
    if edges.iter().all(Edge::is_proven) {
        return Vec::new();
    }
    let known: BTreeSet<BTreeSet<usize>> = proven.iter().map(members).collect();
    let all: Vec<usize> = (0..edges.len()).collect();
    components(findings, edges, &all)
        .into_iter()
        .filter(|cycle| !cycle.missing.is_empty() && !known.contains(&members(cycle)))
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
    let parts: Vec<BTreeSet<usize>> = tarjan_scc(&graph)
        .into_iter()
        .map(|component| component.into_iter().map(|node| graph[node]).collect())
        .collect();
    // Every link is looked at once, however many components there are.
    let mut part_of = vec![0; findings.len()];
    for (part, members) in parts.iter().enumerate() {
        for member in members {
            part_of[*member] = part;
        }
    }
    let mut inside: Vec<Vec<usize>> = vec![Vec::new(); parts.len()];
    for at in used.iter().copied() {
        let part = part_of[edges[at].cause];
        if part == part_of[edges[at].effect] {
            inside[part].push(at);
        }
    }
    // A component of one member is a circle only when the member explains itself.
    let mut cycles: Vec<Cycle> = parts
        .iter()
        .zip(inside)
        .filter(|(_, links)| !links.is_empty())
        .map(|(members, links)| cycle(findings, edges, links, members))
        .collect();
    cycles.sort_by(|one, other| one.members.cmp(&other.members));
    cycles
}

fn cycle(
    findings: &[Finding],
    edges: &[Edge],
    inside: Vec<usize>,
    members: &BTreeSet<usize>,
) -> Cycle {
    let mut cuts: Vec<usize> = members.iter().copied().collect();
    cuts.sort_by_key(|index| {
        let finding = &findings[*index];
        (repair_rank(finding.kind), finding.since, *index)
    });
    let breaker = cuts.first().copied().unwrap_or_default();
    let mut seen = BTreeSet::new();
    cuts.retain(|index| seen.insert(findings[*index].kind));
    Cycle {
        members: chain(breaker, edges, &inside, members),
        missing: inside
            .iter()
            .filter_map(|at| edges[*at].missing.clone())
            .collect(),
        edges: inside,
        breaker,
        cuts,
    }
}

/// Members along the effect direction, starting at the cut.
fn chain(start: usize, edges: &[Edge], inside: &[usize], members: &BTreeSet<usize>) -> Vec<usize> {
    let mut effects: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for index in inside {
        let edge = &edges[*index];
        effects.entry(edge.cause).or_default().push(edge.effect);
    }
    let mut seen = BTreeSet::from([start]);
    let mut order = vec![start];
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for effect in effects.get(&at).into_iter().flatten().copied() {
            if seen.insert(effect) {
                order.push(effect);
                queue.push_back(effect);
            }
        }
    }
    order.extend(members.difference(&seen));
    order
}

/// How little else a repair needs: a configuration stands alone, a restart of an agent touches one
/// component, a node or its taints touch everything on it and come last.
fn repair_rank(kind: FindingKind) -> u8 {
    match kind {
        // How a container ends for want of something else is nothing to repair there.
        FindingKind::Container(
            ContainerFinding::CrashLoop
            | ContainerFinding::AppDependencyCrash
            | ContainerFinding::AppErrorExit
            | ContainerFinding::AppErrorLogged
            | ContainerFinding::StuckCreating
            | ContainerFinding::InitContainerHang
            | ContainerFinding::InitContainerFailing,
        ) => 6,
        FindingKind::Container(_)
        | FindingKind::Image(_)
        | FindingKind::Admission(_)
        | FindingKind::Config(_)
        | FindingKind::Certificate(_) => 0,
        // An operator needs one place to run; an agent is on every node; the cloud controller needs
        // the network that they make.
        FindingKind::Addon(AddonFinding::CniOperatorMissing) => 1,
        FindingKind::Addon(AddonFinding::CniAgentDown) => 2,
        FindingKind::Addon(AddonFinding::CcmNotRunning) => 3,
        FindingKind::Network(_)
        | FindingKind::Storage(_)
        | FindingKind::ControlPlane(_)
        | FindingKind::Autoscaling(_)
        | FindingKind::Disruption(_) => 4,
        // A failing probe is how others see the trouble.
        FindingKind::Workload(_)
        | FindingKind::Job(_)
        | FindingKind::Probe(_)
        | FindingKind::Operator(_) => 5,
        // A release, or what rolls it out, follows from what it installs.
        FindingKind::Release(_)
        | FindingKind::ClusterApi(_)
        | FindingKind::Gitops(_)
        | FindingKind::Lifecycle(_)
        | FindingKind::Pod(_)
        | FindingKind::Scheduling(_) => 7,
        FindingKind::Node(_) => 8,
    }
}

#[cfg(test)]
mod tests {
    use dogwatch_model::{
        CheckId, EdgeStrength, Kind, MissingProof, NodeFinding, ObjectRef, RuleId, Severity, Source,
    };
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn finding(index: usize) -> Finding {
        Finding {
            check: CheckId::new("node/node-not-ready"),
            kind: FindingKind::Node(NodeFinding::NotReady),
            severity: Severity::Critical,
            object: ObjectRef::named(Kind::Node, "", &format!("n{index}")),
            container: "".into(),
            detail: String::new(),
            since: None,
            evidence: Vec::new(),
            against: Vec::new(),
        }
    }

    fn edge(cause: usize, effect: usize, is_proven: bool) -> Edge {
        let missing = MissingProof {
            source: Source::Logs,
            shows: "the link".to_owned(),
        };
        Edge {
            cause,
            effect,
            rule: RuleId::new("a-explains-b"),
            because: "",
            strength: EdgeStrength::Hard,
            proof: Vec::new(),
            missing: (!is_proven).then_some(missing),
        }
    }

    /// Circles by definition: who reaches whom and is reached back, with the links between them.
    fn expected(
        count: usize,
        edges: &[Edge],
        used: &[usize],
    ) -> Vec<(BTreeSet<usize>, Vec<usize>)> {
        let mut reaches = vec![vec![false; count]; count];
        for at in used {
            reaches[edges[*at].cause][edges[*at].effect] = true;
        }
        for middle in 0..count {
            for from in 0..count {
                for to in 0..count {
                    let is_path = reaches[from][middle] && reaches[middle][to];
                    reaches[from][to] |= is_path;
                }
            }
        }
        let mut circles: Vec<(BTreeSet<usize>, Vec<usize>)> = Vec::new();
        for (start, row) in reaches.iter().enumerate() {
            let is_known = circles.iter().any(|(members, _)| members.contains(&start));
            if !row[start] || is_known {
                continue;
            }
            let members: BTreeSet<usize> = (0..count)
                .filter(|other| row[*other] && reaches[*other][start])
                .collect();
            let inside = used.iter().copied().filter(|at| {
                members.contains(&edges[*at].cause) && members.contains(&edges[*at].effect)
            });
            let inside = inside.collect();
            circles.push((members, inside));
        }
        circles
    }

    fn found(cycles: &[Cycle]) -> Vec<(BTreeSet<usize>, Vec<usize>)> {
        let mut found: Vec<_> = cycles
            .iter()
            .map(|cycle| (members(cycle), cycle.edges.clone()))
            .collect();
        found.sort();
        found
    }

    fn graphs() -> impl Strategy<Value = (usize, Vec<Edge>)> {
        let pair = |count: usize| (0..count, 0..count, any::<bool>());
        (1_usize..7).prop_flat_map(move |count| {
            let edges = vec(pair(count), 0..14);
            (Just(count), edges).prop_map(|(count, pairs)| {
                let unique: std::collections::BTreeMap<_, _> = pairs
                    .into_iter()
                    .map(|(cause, effect, is_proven)| ((cause, effect), is_proven))
                    .collect();
                let edges = unique
                    .into_iter()
                    .map(|((cause, effect), is_proven)| edge(cause, effect, is_proven));
                (count, edges.collect())
            })
        })
    }

    proptest! {
        #[test]
        fn every_circle_is_reported_once_with_its_exact_links((count, edges) in graphs()) {
            let findings: Vec<Finding> = (0..count).map(finding).collect();
            let sure: Vec<usize> =
                (0..edges.len()).filter(|at| edges[*at].is_proven()).collect();
            let cycles = proven(&findings, &edges);
            prop_assert_eq!(found(&cycles), expected(count, &edges, &sure));
            for cycle in &cycles {
                prop_assert_eq!(cycle.members.len(), members(cycle).len(), "each member once");
                prop_assert_eq!(cycle.members.first(), Some(&cycle.breaker));
                prop_assert!(cycle.missing.is_empty());
            }
        }

        #[test]
        fn a_circle_that_might_be_names_what_would_prove_it((count, edges) in graphs()) {
            let findings: Vec<Finding> = (0..count).map(finding).collect();
            let all: Vec<usize> = (0..edges.len()).collect();
            let known = proven(&findings, &edges);
            let possible = would_be(&findings, &edges, &known);
            let mut due = expected(count, &edges, &all);
            due.retain(|(inside, links)| {
                let is_open = links.iter().any(|at| !edges[*at].is_proven());
                is_open && !known.iter().any(|cycle| members(cycle) == *inside)
            });
            prop_assert_eq!(found(&possible), due);
            for cycle in &possible {
                let open = cycle.edges.iter().filter(|at| !edges[**at].is_proven()).count();
                prop_assert_eq!(cycle.missing.len(), open);
            }
        }
    }
}
