//! The causal graph as a picture: one node per kind of trouble within one connected part, so that
//! four nodes with the same taint are one box.

use std::collections::{BTreeMap, BTreeSet};

use dogwatch_model::{
    ContainerFinding, Diagnosis, FindingKind, PodFinding, Severity, WorkloadFinding,
    report::{Mark, Picture, PictureEdge, PictureNode},
};

/// Boxes of one picture: more cannot be read.
const MAX_NODES: usize = 60;

/// Draws the links of a diagnosis. Links that are not proven are drawn as such.
pub(super) fn picture(diagnosis: &Diagnosis) -> Picture {
    let parts = parts(diagnosis);
    let mut boxes: BTreeMap<(usize, FindingKind), Vec<usize>> = BTreeMap::new();
    let roots = roots(diagnosis);
    for index in &linked(diagnosis) {
        let finding = &diagnosis.findings[*index];
        let is_echo = is_umbrella(finding.kind) && !roots.contains(index);
        if !is_echo {
            boxes
                .entry((parts[*index], finding.kind))
                .or_default()
                .push(*index);
        }
    }
    let in_circle = in_circle(diagnosis);
    let mut keys: Vec<_> = boxes.into_iter().collect();
    keys.truncate(MAX_NODES);
    let nodes = keys
        .iter()
        .map(|((_, kind), members)| node(diagnosis, *kind, members, &in_circle, &roots))
        .collect();
    let place: BTreeMap<usize, usize> = keys
        .iter()
        .enumerate()
        .flat_map(|(at, (_, members))| members.iter().map(move |member| (*member, at)))
        .collect();
    Picture {
        nodes,
        edges: edges(diagnosis, &place),
    }
}

fn node(
    diagnosis: &Diagnosis,
    kind: FindingKind,
    members: &[usize],
    in_circle: &BTreeSet<usize>,
    roots: &BTreeSet<usize>,
) -> PictureNode {
    let first = &diagnosis.findings[members[0]];
    let more = members.len() - 1;
    let object = match more {
        0 => first.object.to_string(),
        _ => format!("{} and {more} more", first.object),
    };
    let severity = members
        .iter()
        .map(|member| diagnosis.findings[*member].severity)
        .min()
        .unwrap_or(Severity::Info);
    PictureNode {
        title: kind.mode().to_owned(),
        object,
        mark: match severity {
            Severity::Critical => Mark::Crit,
            Severity::Warning => Mark::Warn,
            Severity::Info => Mark::Info,
        },
        is_root: members.iter().any(|member| roots.contains(member)),
        in_circle: members.iter().any(|member| in_circle.contains(member)),
    }
}

/// Links between boxes; of several the one that is proven.
fn edges(diagnosis: &Diagnosis, place: &BTreeMap<usize, usize>) -> Vec<PictureEdge> {
    let mut known: BTreeMap<(usize, usize), PictureEdge> = BTreeMap::new();
    for edge in &diagnosis.graph.edges {
        let (Some(from), Some(to)) = (place.get(&edge.cause), place.get(&edge.effect)) else {
            continue;
        };
        if from == to {
            continue;
        }
        let drawn = PictureEdge {
            from: *from,
            to: *to,
            because: edge.because.to_owned(),
            is_proven: edge.is_proven(),
        };
        let entry = known.entry((*from, *to)).or_insert_with(|| drawn.clone());
        if drawn.is_proven && !entry.is_proven {
            *entry = drawn;
        }
    }
    known.into_values().collect()
}

/// For each finding, the smallest finding that it is connected with.
fn parts(diagnosis: &Diagnosis) -> Vec<usize> {
    let mut part: Vec<usize> = (0..diagnosis.findings.len()).collect();
    for edge in &diagnosis.graph.edges {
        let (one, other) = (top(&mut part, edge.cause), top(&mut part, edge.effect));
        part[one.max(other)] = one.min(other);
    }
    (0..part.len()).map(|at| top(&mut part, at)).collect()
}

/// The smallest finding of a part, with shorter ways for the next question.
fn top(part: &mut [usize], mut at: usize) -> usize {
    while part[at] != at {
        part[at] = part[part[at]];
        at = part[at];
    }
    at
}

/// Findings that stand in a link, and faults that stand alone.
fn linked(diagnosis: &Diagnosis) -> BTreeSet<usize> {
    let edges = diagnosis.graph.edges.iter();
    let mut linked: BTreeSet<usize> = edges.flat_map(|edge| [edge.cause, edge.effect]).collect();
    let alone = diagnosis
        .findings
        .iter()
        .enumerate()
        .filter(|(_, finding)| finding.severity != Severity::Info);
    linked.extend(alone.map(|(index, _)| index));
    linked
}

/// Names for what others already say: drawn only when nothing explains them. What they lead to hangs
/// on what explains them as well.
fn is_umbrella(kind: FindingKind) -> bool {
    matches!(
        kind,
        FindingKind::Pod(PodFinding::NotReady | PodFinding::PendingUnscheduled)
            | FindingKind::Container(ContainerFinding::CrashLoop)
            | FindingKind::Workload(
                WorkloadFinding::RolloutIncomplete
                    | WorkloadFinding::ReplicasBelowSpec
                    | WorkloadFinding::RolloutDeadlineExceeded
            )
    )
}

fn in_circle(diagnosis: &Diagnosis) -> BTreeSet<usize> {
    let graph = &diagnosis.graph;
    let circles = graph.proven.iter().chain(&graph.would_be);
    circles
        .flat_map(|circle| circle.members.iter().copied())
        .collect()
}

fn roots(diagnosis: &Diagnosis) -> BTreeSet<usize> {
    let causes = diagnosis.causes.iter();
    causes
        .filter(|cause| cause.role == dogwatch_model::Role::Cause)
        .flat_map(|cause| cause.members.iter().copied())
        .collect()
}
