#![doc = include_str!("untolerated_taint.md")]

use std::collections::BTreeSet;

use dogwatch_model::{CheckId, Evidence, FindingKind, Kind, SchedulingFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    cite,
    reading::{
        placement::{self, Predicate, Unplaced},
        taints,
    },
    view::View,
};

/// The nodes carry a taint that the Pod does not tolerate.
#[derive(Debug)]
pub(crate) struct UntoleratedTaint;

static META: Meta = Meta {
    id: CheckId::new("scheduling/untolerated-taint"),
    kind: FindingKind::Scheduling(SchedulingFinding::UntoleratedTaint),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Find who set the taint: a condition of the node, a controller that has not finished, or a person.",
        "Do not remove the taints of controllers by hand: repair the controller.",
    ],
    casebook: include_str!("untolerated_taint.md"),
};

impl Check for UntoleratedTaint {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (unplaced, reason) in placement::with(view, Predicate::UntoleratedTaint) {
            let (keys, facts) = rejecting(view, unplaced, &reason.name);
            let words = placement::words(unplaced, reason);
            // Since Kubernetes 1.35 the scheduler does not name the taint.
            let detail = if reason.name.is_empty() && !keys.is_empty() {
                let keys: Vec<&str> = keys.into_iter().collect();
                format!("{words}: {}", keys.join(", "))
            } else {
                words
            };
            let subject = placement::subject(unplaced, reason).detail(detail);
            report.found_all(subject, unplaced.evidence.iter().cloned().chain(facts));
        }
        placement::undecided(view, report);
    }
}

/// The taints for which nodes turn the Pod down, of one key if it is known, with the nodes.
fn rejecting<'a>(
    view: &View<'a>,
    unplaced: &Unplaced<'_>,
    key: &str,
) -> (BTreeSet<&'a str>, Vec<Evidence>) {
    let mut keys = BTreeSet::new();
    let mut facts = Vec::new();
    for node in &view.snapshot.nodes {
        let taint = taints::rejecting(node, unplaced.suspect.pod);
        let Some(taint) = taint.filter(|taint| key.is_empty() || taint.key == *key) else {
            continue;
        };
        keys.insert(&*taint.key);
        let object = cite::object(Kind::Node, &node.meta);
        let words = format!("{}:{}", taint.key, taint.effect);
        facts.push(cite::spec(&object, "spec.taints", words));
    }
    (keys, facts)
}
