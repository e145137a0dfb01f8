//! The contract of a check: one failure detector, documented and deterministic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dogwatch_model::{
    CheckId, Evidence, Finding, FindingKind, Kind, ObjectRef, Severity, Source, Undecided,
};
use jiff::Timestamp;

use crate::View;

/// Identity and documentation of a check.
#[derive(Debug)]
pub struct Meta {
    /// `<domain>/<mode>`.
    pub id: CheckId,
    /// What it finds.
    pub kind: FindingKind,
    /// What must have been read for a decision.
    pub needs: &'static [Source],
    /// What a person should do first. Never a command that bypasses approval.
    pub advice: &'static [&'static str],
    /// The casebook, as Markdown.
    pub casebook: &'static str,
}

/// One failure detector.
pub trait Check: core::fmt::Debug + Sync {
    /// Identity and documentation.
    fn meta(&self) -> &'static Meta;
    /// Looks at a frozen view and reports. Deterministic and idempotent.
    fn run(&self, view: &View<'_>, report: &mut Report<'_>);
}

/// What a finding is about: object, container and the words that tell it from its siblings.
#[derive(Debug, Clone)]
pub struct Subject {
    object: ObjectRef,
    container: dogwatch_model::wire::Text,
    detail: String,
    since: Option<Timestamp>,
    severity: Option<Severity>,
    against: Vec<Evidence>,
}

impl Subject {
    /// A finding about an object.
    pub fn of(object: ObjectRef) -> Self {
        Self {
            object,
            container: dogwatch_model::wire::Text::default(),
            detail: String::new(),
            since: None,
            severity: None,
            against: Vec::new(),
        }
    }

    /// About one container of the object.
    pub fn container(mut self, name: &str) -> Self {
        self.container = name.into();
        self
    }

    /// What exactly: a quoted name, key or sub-cause.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The earliest time at which the evidence proves it.
    pub fn since(mut self, since: Option<Timestamp>) -> Self {
        self.since = since;
        self
    }

    /// Other than the usual severity, because the snapshot shows who is hit.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// A fact that speaks against the finding.
    pub fn against(mut self, facts: impl IntoIterator<Item = Evidence>) -> Self {
        self.against.extend(facts);
        self
    }
}

/// Takes what one check reports.
#[derive(Debug)]
pub struct Report<'a> {
    meta: &'static Meta,
    findings: &'a mut Vec<Finding>,
    undecided: &'a mut Vec<Undecided>,
}

/// Stands for every Namespace where no single one is meant.
const EVERYWHERE: &str = "*";

/// Facts kept per finding: more would not convince anybody.
const MAX_EVIDENCE: usize = 10;

impl Report<'_> {
    /// Reports a finding. It needs at least one fact: a finding without evidence cannot be built.
    pub fn found(
        &mut self,
        subject: Subject,
        first: Evidence,
        rest: impl IntoIterator<Item = Evidence>,
    ) {
        let mut evidence = vec![first];
        for fact in rest {
            if evidence.len() < MAX_EVIDENCE && !evidence.contains(&fact) {
                evidence.push(fact);
            }
        }
        self.findings.push(Finding {
            check: self.meta.id,
            kind: self.meta.kind,
            severity: subject
                .severity
                .unwrap_or_else(|| self.meta.kind.severity()),
            object: subject.object,
            container: subject.container,
            detail: subject.detail,
            since: subject.since,
            evidence,
            against: subject.against,
        });
    }

    /// Reports facts gathered elsewhere; nothing happens when there are none.
    pub fn found_all(&mut self, subject: Subject, facts: impl IntoIterator<Item = Evidence>) {
        let mut facts = facts.into_iter();
        if let Some(first) = facts.next() {
            self.found(subject, first, facts);
        }
    }

    /// Reports the places in which a needed source was refused or did not answer. A source that was
    /// not asked for, on purpose, leaves nothing open; logs are asked for per container.
    fn undecided_everywhere(&mut self, view: &View<'_>, need: Source) {
        let holes = view.snapshot.ledger.holes().filter(|hole| {
            hole.source == need && need != Source::Logs && !hole.outcome.is_usable()
        });
        for hole in holes {
            let place = hole.namespace.as_deref().unwrap_or(EVERYWHERE);
            self.undecided(ObjectRef::named(Kind::Namespace, "", place), need);
        }
    }

    /// Reports that the check cannot decide for an object without reading `needs`.
    pub fn undecided(&mut self, object: ObjectRef, needs: Source) {
        self.undecided.push(Undecided {
            check: self.meta.id,
            object,
            needs,
        });
    }
}

pub(crate) fn run_one(check: &dyn Check, view: &View<'_>) -> (Vec<Finding>, Vec<Undecided>) {
    let mut findings = Vec::new();
    let mut undecided = Vec::new();
    let meta = check.meta();
    let mut report = Report {
        meta,
        findings: &mut findings,
        undecided: &mut undecided,
    };
    for need in meta.needs {
        report.undecided_everywhere(view, *need);
    }
    // A defect in one check must not silence the others: it becomes "could not decide".
    let run = catch_unwind(AssertUnwindSafe(|| check.run(view, &mut report)));
    if run.is_err() {
        findings.clear();
        let cluster = ObjectRef::named(Kind::Namespace, "", EVERYWHERE);
        let needs = meta.needs.first().copied().unwrap_or(Source::Logs);
        undecided.push(Undecided {
            check: meta.id,
            object: cluster,
            needs,
        });
    }
    findings.sort_by(|one, other| {
        (&one.object, &one.container, &one.detail).cmp(&(
            &other.object,
            &other.container,
            &other.detail,
        ))
    });
    undecided.sort();
    undecided.dedup();
    (findings, undecided)
}
