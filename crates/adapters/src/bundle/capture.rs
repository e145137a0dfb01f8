//! The facts that a capture of Dogwatch keeps beside the objects, so that the same questions get the
//! same answers again.

use dogwatch_model::{
    AlertFile, Kind, Ledger, NodeService, ReadOutcome, Source,
    ports::{History, ListQuery, LogQuery},
    redaction::redact,
    snapshot::{AuditRecord, HelmRelease},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Version of this file. A reader refuses versions above its own.
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// What the capture file says.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct CaptureFile {
    pub(crate) schema_version: u32,
    /// The clock of the cluster when it was read.
    pub(crate) captured_at: Option<Timestamp>,
    pub(crate) version: Option<String>,
    #[serde(default)]
    pub(crate) ledger: Ledger,
    /// Every list that was asked for. Empty when only a ledger is known.
    #[serde(default)]
    pub(crate) lists: Vec<ListRecord>,
    #[serde(default)]
    pub(crate) logs: Vec<LogRecord>,
    /// What became of asking for the custom kinds; absent when nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) discovery: Option<ReadOutcome>,
    /// Alerts that the source said were firing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) alerts: Vec<AlertFile>,
    /// What the source knew of the services of nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) node_services: Vec<ServiceRecord>,
    /// Releases of Helm that were opened with permission.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) releases: Vec<HelmRelease>,
    /// Writes that an audit log told of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) audit: Vec<AuditRecord>,
}

/// One service of one node, in the words of the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceRecord {
    node: String,
    unit: String,
    state: String,
}

impl ServiceRecord {
    pub(crate) fn new(service: &NodeService) -> Self {
        Self {
            node: service.node.to_string(),
            unit: service.unit.to_string(),
            state: redact(&service.state),
        }
    }

    /// `None` when the state says nothing that is understood.
    pub(crate) fn service(&self) -> Option<NodeService> {
        NodeService::said(&self.node, &self.unit, &self.state)
    }
}

/// The part that every version has.
#[derive(Debug, Deserialize)]
pub(crate) struct CaptureVersion {
    pub(crate) schema_version: u32,
}

/// One list and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct ListRecord {
    pub(crate) kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label_selector: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field_selector: Option<String>,
    pub(crate) outcome: ReadOutcome,
}

/// One log and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct LogRecord {
    namespace: String,
    pod: String,
    container: String,
    previous: bool,
    pub(crate) outcome: ReadOutcome,
}

impl ListRecord {
    pub(crate) fn new(query: &ListQuery, outcome: ReadOutcome) -> Self {
        Self {
            kind: query.kind,
            namespace: query.namespace.clone(),
            name: query.name.clone(),
            label_selector: query.label_selector.clone(),
            field_selector: query.field_selector.clone(),
            outcome,
        }
    }

    fn is(&self, query: &ListQuery) -> bool {
        self.covers(query)
            && (&self.namespace, &self.name) == (&query.namespace, &query.name)
            && (&self.label_selector, &self.field_selector)
                == (&query.label_selector, &query.field_selector)
    }

    /// True when every object that the query asks for was within this read.
    fn covers(&self, query: &ListQuery) -> bool {
        let within =
            |mine: &Option<String>, asked: &Option<String>| mine.is_none() || mine == asked;
        self.kind == query.kind
            && within(&self.namespace, &query.namespace)
            && within(&self.name, &query.name)
            && within(&self.label_selector, &query.label_selector)
            && within(&self.field_selector, &query.field_selector)
    }
}

impl LogRecord {
    pub(crate) fn new(query: &LogQuery, outcome: ReadOutcome) -> Self {
        Self {
            namespace: query.namespace.clone(),
            pod: query.pod.clone(),
            container: query.container.clone(),
            previous: query.previous,
            outcome,
        }
    }

    fn is(&self, query: &LogQuery) -> bool {
        (self.namespace.as_str(), self.pod.as_str())
            == (query.namespace.as_str(), query.pod.as_str())
            && (self.container.as_str(), self.previous)
                == (query.container.as_str(), query.previous)
    }
}

/// What a capture knows about a query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Recorded<'a> {
    /// This very question was asked.
    Exactly(&'a ReadOutcome),
    /// A wider question was asked.
    Within(&'a ReadOutcome),
    /// Other questions about this kind were asked.
    Partly,
    /// Nothing of this kind was asked.
    Never,
}

impl CaptureFile {
    /// Lists that were read; those of the ledger when no question was kept.
    pub(crate) fn complete(mut self) -> Self {
        if self.lists.is_empty() {
            self.lists = self
                .ledger
                .entries()
                .iter()
                .filter_map(from_ledger)
                .collect();
        }
        self
    }

    pub(crate) fn list(&self, query: &ListQuery) -> Recorded<'_> {
        if let Some(record) = self.lists.iter().find(|record| record.is(query)) {
            return Recorded::Exactly(&record.outcome);
        }
        // A usable wider read is better than one that was denied.
        let wider = || self.lists.iter().filter(|record| record.covers(query));
        match wider()
            .find(|record| record.outcome.is_usable())
            .or_else(|| wider().next())
        {
            Some(record) => Recorded::Within(&record.outcome),
            None if self.lists.iter().any(|record| record.kind == query.kind) => Recorded::Partly,
            None => Recorded::Never,
        }
    }

    /// What was read of the past, with the reads that the ledger tells of.
    pub(crate) fn history(&self) -> History {
        let is_past = |source| matches!(source, Source::HelmReleases | Source::AuditLog);
        let entries = self.ledger.entries().iter();
        History {
            releases: self.releases.clone(),
            audit: self.audit.clone(),
            entries: entries
                .filter(|entry| is_past(entry.source))
                .cloned()
                .collect(),
        }
    }

    pub(crate) fn log(&self, query: &LogQuery) -> Option<&ReadOutcome> {
        self.logs
            .iter()
            .find(|record| record.is(query))
            .map(|record| &record.outcome)
    }
}

fn from_ledger(entry: &dogwatch_model::LedgerEntry) -> Option<ListRecord> {
    let Source::Objects(kind) = entry.source else {
        return None;
    };
    let mut query = ListQuery::all(kind);
    query.namespace.clone_from(&entry.namespace);
    Some(ListRecord::new(&query, entry.outcome.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrower_questions_are_answered_by_wider_reads() {
        let ok = ReadOutcome::Ok { items: 3 };
        let denied = ReadOutcome::Denied {
            message: "no".to_owned(),
        };
        let file = CaptureFile {
            lists: vec![
                ListRecord::new(&ListQuery::in_namespace(Kind::Pod, "shop"), ok.clone()),
                ListRecord::new(&ListQuery::all(Kind::Node), denied.clone()),
            ],
            ..CaptureFile::default()
        };
        let shop = ListQuery::in_namespace(Kind::Pod, "shop");
        assert_eq!(file.list(&shop), Recorded::Exactly(&ok));
        assert_eq!(
            file.list(&shop.labelled("a=b".to_owned())),
            Recorded::Within(&ok)
        );
        let one = ListQuery::one(Kind::Pod, "shop", "web");
        assert_eq!(file.list(&one), Recorded::Within(&ok));
        assert_eq!(file.list(&ListQuery::all(Kind::Pod)), Recorded::Partly);
        assert_eq!(
            file.list(&ListQuery::one(Kind::Node, "", "n")),
            Recorded::Within(&denied)
        );
        assert_eq!(file.list(&ListQuery::all(Kind::Event)), Recorded::Never);
    }
}
