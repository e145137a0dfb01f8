//! One change as a row of the answer.

use dogwatch_engine::{Act, Change, ChangeSource, Reach, View, reach};
use dogwatch_model::{Alarm, Kind, ObjectRef, Snapshot, snapshot::AuditRecord};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{
    Request, Span,
    category::{Category, semantic},
    score::{Around, Scope, Window, alarms as alarms_after, confidence, level, warnings},
};

/// Objects named of one kind; the count tells of the others.
const MAX_NAMED: usize = 50;

/// A change, with the record of the audit log that tells of it. Kinds that are not read are known from
/// the audit log alone.
pub(super) struct Found<'a> {
    change: Option<&'a Change>,
    record: Option<&'a AuditRecord>,
}

/// Every change, newest first, and the writes of an audit log to kinds that are not read.
pub(super) fn found<'a>(snapshot: &'a Snapshot, changes: &'a [Change]) -> Vec<Found<'a>> {
    let known = changes.iter().map(|change| Found {
        change: Some(change),
        record: record_of(snapshot, change),
    });
    let others = snapshot
        .audit
        .iter()
        .rev()
        .filter(|record| record.kind().is_none() && record.is_done() && !record.is_noise());
    known
        .chain(others.map(|record| Found {
            change: None,
            record: Some(record),
        }))
        .collect()
}

/// The write that a change was read from.
fn record_of<'a>(snapshot: &'a Snapshot, change: &Change) -> Option<&'a AuditRecord> {
    let object = &change.object;
    let mut records = snapshot.audit.iter();
    records.find(|record| {
        change.source == ChangeSource::AuditLog
            && Some(record.at) == change.at
            && *record.resource == *object.kind.info().plural
            && (&record.namespace, &record.name) == (&object.namespace, &object.name)
    })
}

impl<'a> Found<'a> {
    pub(super) fn is_wanted(&self, request: &Request) -> bool {
        let is_audit = self
            .change
            .is_none_or(|change| change.source == ChangeSource::AuditLog);
        if is_audit {
            request.include_audit
        } else {
            request.include_snapshots
        }
    }

    fn at(&self) -> Option<Timestamp> {
        match (self.change, self.record) {
            (Some(change), _) => change.at,
            (None, record) => record.map(|record| record.at),
        }
    }

    /// Within the window and before the incident. Of a change between two recordings it is enough that
    /// it may have come before.
    pub(super) fn is_within(&self, span: Span) -> bool {
        if let Some(at) = self.at() {
            return at >= span.begin && at < span.incident;
        }
        let between = self.change.and_then(|change| change.between);
        between.is_some_and(|between| between.after < span.incident && between.before >= span.begin)
    }

    /// Resource as in URLs, Namespace and name.
    fn place(&self) -> (&'a str, &'a str, &'a str) {
        match (self.change, self.record) {
            (Some(Change { object, .. }), _) => {
                (object.kind.info().plural, &object.namespace, &object.name)
            }
            (None, Some(record)) => (&record.resource, &record.namespace, &record.name),
            (None, None) => ("", "", ""),
        }
    }

    fn fields(&self) -> Vec<String> {
        let of_change = self.change.into_iter().flat_map(|change| {
            let fields = change.fields.iter().map(|field| field.path.clone());
            fields.chain(change.touched.iter().cloned())
        });
        let of_record = self.record.filter(|_| self.change.is_none());
        let of_record = of_record
            .into_iter()
            .flat_map(|record| record.fields.iter());
        of_change
            .chain(of_record.map(|field| field.path.to_string()))
            .collect()
    }

    fn verb(&self) -> &'a str {
        match (self.record, self.change.map(|change| change.act)) {
            (Some(record), _) => &record.verb,
            (None, Some(Act::Created)) => "create",
            (None, Some(Act::Deleted)) => "delete",
            (None, Some(Act::Updated) | None) => "update",
        }
    }

    /// Whether it touches what was asked for: the workload itself, or what its Pods depend on.
    fn scope(&self, request: &Request, reach: &Reach) -> Scope {
        let (_, namespace, name) = self.place();
        if let Some(wanted) = &request.workload_name {
            let is_of = |pod: &ObjectRef| pod.name.starts_with(&format!("{wanted}-"));
            if name == wanted || reach.pods.iter().any(is_of) {
                return Scope::Object;
            }
        }
        match &request.namespace {
            Some(wanted) if *wanted == namespace => Scope::Namespace,
            _ => Scope::Cluster,
        }
    }

    /// The score and the row.
    pub(super) fn row(
        &self,
        view: &View<'_>,
        request: &Request,
        span: Span,
        alarms: &[Alarm],
    ) -> (i64, Value) {
        let (resource, namespace, name) = self.place();
        let category = Category::of(resource, name);
        let fields = self.fields();
        let is_global = category == Category::GlobalConfigChange;
        let hit = self.change.map(|change| reach(view, change, is_global));
        let hit = hit.unwrap_or_default();
        let (warned, alarmed) = self.effects(view.snapshot, request, &hit, alarms);
        let aim = self.scope(request, &hit);
        let minutes = self
            .at()
            .map(|at| span.incident.duration_since(at).as_mins());
        let score = Around {
            base: category.base(resource, &fields),
            minutes,
            warnings: warned.len(),
            alarms: alarmed.len(),
            reach: hit.count(),
            scope: aim,
        }
        .score();
        let evidence: Vec<&String> = warned.iter().chain(&alarmed).take(MAX_NAMED).collect();
        let row = json!({
            "time": self.at(),
            "between": self.change.and_then(|change| change.between),
            "source": self.change.map_or(ChangeSource::AuditLog, |change| change.source),
            "verb": self.verb(),
            "resource": resource,
            "namespace": namespace,
            "name": name,
            "object_key": self.object_key(),
            "category": category.word(),
            "title": self.title(),
            "actor": self.actor(),
            "managed_by": self.change.and_then(|change| change.managed_by.clone()),
            "user_agent": self.record.map(|record| &record.user_agent),
            "status_code": self.record.map(|record| record.code),
            "semantic_fields": semantic(&fields),
            "differences": self.change.map(|change| &change.fields),
            "has_unread_fields": self.change.is_some_and(|change| change.has_unread_fields),
            "blast_radius": hit.count(),
            "impacted_entities": entities(&hit),
            "risk_score": score.total,
            "risk_level": level(score.total),
            "confidence": confidence(&score, minutes.is_some()),
            "risk_reasons": score.reasons,
            "evidence": evidence,
            "scope_match": aim.word(),
        });
        (score.total, row)
    }

    /// Warnings and alarms that followed.
    fn effects(
        &self,
        snapshot: &Snapshot,
        request: &Request,
        hit: &Reach,
        alarms: &[Alarm],
    ) -> (Vec<String>, Vec<String>) {
        let (Some(change), Some(from)) = (self.change, self.at()) else {
            return (Vec::new(), Vec::new());
        };
        let long = i64::from(request.correlation_window_minutes);
        let window = Window {
            from,
            long: SignedDuration::from_mins(long),
        };
        let warned = if request.include_k8s_events {
            warnings(snapshot, change, hit, window)
        } else {
            Vec::new()
        };
        (warned, alarms_after(alarms, &change.object, hit, window))
    }

    fn object_key(&self) -> String {
        if let Some(change) = self.change {
            return change.object.to_string();
        }
        let (resource, namespace, name) = self.place();
        let parts = [resource, namespace, name];
        let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
        parts.join("/")
    }

    fn title(&self) -> String {
        match self.change {
            Some(change) => change.title(),
            None => format!("{} {}", self.verb(), self.object_key()),
        }
    }

    fn actor(&self) -> Option<String> {
        let of_change = self.change.and_then(|change| {
            let by = change.actor.clone();
            by.or_else(|| change.managed_by.clone())
        });
        of_change.or_else(|| self.record.map(|record| record.user.to_string()))
    }
}

fn entities(hit: &Reach) -> Value {
    let names = |list: &[ObjectRef]| -> Vec<String> {
        let named = list.iter().take(MAX_NAMED);
        named
            .map(|object| {
                if object.kind == Kind::Node {
                    object.name.to_string()
                } else {
                    format!("{}/{}", object.namespace, object.name)
                }
            })
            .collect()
    };
    json!({
        "pods": names(&hit.pods),
        "services": names(&hit.services),
        "ingresses": names(&hit.ingresses),
        "nodes": names(&hit.nodes),
    })
}
