//! Causes with evidence ids and wording.

use std::collections::BTreeMap;

use dogwatch_model::{
    AdmissionFinding, Cause, Cycle, Diagnosis, Evidence, Finding, FindingKind, Kind, Role,
};

use super::{CauseEntry, CitedEvidence, CycleEntry, Cycles, wording};
use crate::{diagnosis::owner_of, view::View};

/// Facts shown per cause.
const MAX_EVIDENCE: usize = 10;

/// Pieces of advice shown per cause.
const MAX_ADVICE: usize = 6;

/// Hands out evidence ids; the same fact keeps its id.
#[derive(Debug, Default)]
struct Ids {
    known: BTreeMap<Evidence, usize>,
}

impl Ids {
    fn cite(&mut self, fact: &Evidence) -> CitedEvidence {
        let next = self.known.len() + 1;
        let number = self.known.get(fact).copied().unwrap_or_else(|| {
            self.known.insert(fact.clone(), next);
            next
        });
        CitedEvidence {
            id: format!("E{number}"),
            fact: fact.clone(),
        }
    }
}

/// The ranked list. A symptom that has the public type of what explains it adds its facts there and
/// does not stand in the list again.
pub(super) fn entries(view: &View<'_>, diagnosis: &Diagnosis) -> Vec<CauseEntry> {
    let folded = folded(diagnosis);
    let mut ranks = vec![0; diagnosis.causes.len()];
    let mut next = 1;
    for (index, into) in folded.iter().enumerate() {
        if into.is_none() {
            ranks[index] = next;
            next += 1;
        }
    }
    for (index, into) in folded.iter().enumerate() {
        if let Some(into) = into {
            ranks[index] = ranks[*into];
        }
    }
    let mut ids = Ids::default();
    let mut entries = Vec::new();
    for (index, cause) in diagnosis.causes.iter().enumerate() {
        if folded[index].is_some() {
            continue;
        }
        let joined: Vec<&Cause> = diagnosis
            .causes
            .iter()
            .enumerate()
            .filter(|(other, _)| folded[*other] == Some(index))
            .map(|(_, cause)| cause)
            .collect();
        let listed = Listed {
            cause,
            joined: &joined,
            rank: ranks[index],
            ranks: &ranks,
        };
        entries.push(entry(view, diagnosis, &listed, &mut ids));
    }
    entries
}

/// For each cause, the cause of the same public type that explains it.
fn folded(diagnosis: &Diagnosis) -> Vec<Option<usize>> {
    let public_type = |cause: &Cause| diagnosis.findings[cause.finding].kind.public_type();
    let mut folded: Vec<Option<usize>> = Vec::with_capacity(diagnosis.causes.len());
    for (index, cause) in diagnosis.causes.iter().enumerate() {
        // Members of a circle explain each other: only what stands earlier takes others in.
        let mut earlier = cause
            .caused_by
            .iter()
            .copied()
            .filter(|other| *other < index);
        let into =
            earlier.find(|other| public_type(&diagnosis.causes[*other]) == public_type(cause));
        // What stands earlier may itself be folded.
        folded.push(into.map(|other| folded.get(other).copied().flatten().unwrap_or(other)));
    }
    folded
}

/// A cause with its place in the list.
struct Listed<'a> {
    cause: &'a Cause,
    /// Symptoms of the same type that stand with it.
    joined: &'a [&'a Cause],
    rank: usize,
    /// Ranks of all causes, by index.
    ranks: &'a [usize],
}

fn entry(view: &View<'_>, diagnosis: &Diagnosis, listed: &Listed<'_>, ids: &mut Ids) -> CauseEntry {
    let Listed {
        cause,
        joined,
        rank,
        ranks,
    } = *listed;
    let finding = &diagnosis.findings[cause.finding];
    let meta = wording::meta(finding);
    let members = cause
        .members
        .iter()
        .chain(joined.iter().flat_map(|other| &other.members));
    let facts = facts(&diagnosis.findings, cause.finding, members.copied());
    let against = &finding.against;
    let mut caused_by: Vec<usize> = cause
        .caused_by
        .iter()
        .map(|other| ranks[*other])
        .filter(|other| *other != rank)
        .collect();
    caused_by.sort_unstable();
    caused_by.dedup();
    CauseEntry {
        rank,
        public_type: finding.kind.public_type(),
        aliases: finding.kind.aliases(),
        mode: finding.kind.mode(),
        subtype: finding.kind.subtype(),
        parent: is_refused(finding).then_some("ReplicaSetCreateBlocked"),
        check: finding.check,
        role: cause.role,
        because: reasons(diagnosis, cause),
        caused_by,
        severity: finding.severity,
        owner: owner_of(view, finding),
        object: finding.object.clone(),
        container: finding.container.clone(),
        affected: cause.members.len(),
        title: wording::sentence(finding),
        detail: finding.detail.clone(),
        since: finding.since,
        confidence: cause.confidence,
        evidence: facts.iter().map(|fact| ids.cite(fact)).collect(),
        counter_evidence: against.iter().map(|fact| ids.cite(fact)).collect(),
        recommendation: meta.advice.iter().copied().take(MAX_ADVICE).collect(),
    }
}

/// True when the finding is that objects of a workload are refused.
fn is_refused(finding: &Finding) -> bool {
    let is_owner = finding.object.kind.is_rollout()
        || matches!(finding.object.kind, Kind::ReplicaSet | Kind::Job);
    is_owner
        && matches!(finding.kind, FindingKind::Admission(kind) if !matches!(
            kind,
            AdmissionFinding::CrdMissing | AdmissionFinding::ImmutableField
        ))
}

/// Facts of the finding that stands for the group first, then of the others.
fn facts(
    findings: &[Finding],
    first: usize,
    members: impl Iterator<Item = usize>,
) -> Vec<Evidence> {
    let mut facts: Vec<Evidence> = Vec::new();
    for index in [first].into_iter().chain(members) {
        for fact in &findings[index].evidence {
            if facts.len() < MAX_EVIDENCE && !facts.contains(fact) {
                facts.push(fact.clone());
            }
        }
    }
    facts
}

/// Why a symptom is one: the rules of its proven links.
fn reasons(diagnosis: &Diagnosis, cause: &Cause) -> Vec<String> {
    if cause.role != Role::Symptom {
        return Vec::new();
    }
    let mut reasons: Vec<String> = diagnosis
        .graph
        .edges
        .iter()
        .filter(|edge| edge.is_proven() && cause.members.contains(&edge.effect))
        .map(|edge| format!("{} ({})", edge.because, edge.rule))
        .collect();
    reasons.sort();
    reasons.dedup();
    reasons
}

/// Circles in words.
pub(super) fn cycles(diagnosis: &Diagnosis) -> Cycles {
    let all = |list: &[Cycle]| {
        list.iter()
            .map(|cycle| cycle_entry(diagnosis, cycle))
            .collect()
    };
    Cycles {
        proven: all(&diagnosis.graph.proven),
        would_be: all(&diagnosis.graph.would_be),
    }
}

/// Links by kinds of trouble, in the order of the members.
fn chain(diagnosis: &Diagnosis, cycle: &Cycle) -> Vec<String> {
    let mode = |index: usize| diagnosis.findings[index].kind.mode();
    let place = |index: usize| cycle.members.iter().position(|member| *member == index);
    let mut edges: Vec<_> = cycle
        .edges
        .iter()
        .map(|at| &diagnosis.graph.edges[*at])
        .collect();
    edges.sort_by_key(|edge| (place(edge.cause), place(edge.effect)));
    let mut links: Vec<String> = Vec::new();
    for edge in edges {
        let open = if edge.is_proven() {
            ""
        } else {
            " (not proven)"
        };
        let (cause, effect) = (mode(edge.cause), mode(edge.effect));
        let link = format!("{cause} -> {effect}{open}: {}", edge.because);
        if cause != effect && !links.contains(&link) {
            links.push(link);
        }
    }
    links
}

fn cycle_entry(diagnosis: &Diagnosis, cycle: &Cycle) -> CycleEntry {
    let name = |index: usize| {
        let finding = &diagnosis.findings[index];
        format!("{} ({})", finding.object, finding.kind.mode())
    };
    let mut missing: Vec<String> = cycle
        .missing
        .iter()
        .map(|proof| format!("{}: {}", proof.source, proof.shows))
        .collect();
    missing.dedup();
    CycleEntry {
        members: cycle.members.iter().map(|index| name(*index)).collect(),
        edges: cycle
            .edges
            .iter()
            .map(|index| {
                let edge = &diagnosis.graph.edges[*index];
                let (cause, effect) = (name(edge.cause), name(edge.effect));
                format!("{cause} -> {effect}: {} ({})", edge.because, edge.rule)
            })
            .collect(),
        chain: chain(diagnosis, cycle),
        breaker: name(cycle.breaker),
        cuts: cycle.cuts.iter().map(|index| name(*index)).collect(),
        missing_proofs: missing,
    }
}
