//! Listens for changes while a plan is verified.

use core::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use dogwatch_model::{
    Kind,
    plan::Expectation,
    ports::{ClusterReader, PortFuture},
};
use tokio::time::sleep;

use super::PlanBody;

/// How long one watch lasts.
const WATCH: Duration = Duration::from_mins(5);

/// A watch that goes on during everything else, so that no change falls between two of them.
pub(crate) struct Ear<'a> {
    reader: &'a dyn ClusterReader,
    kinds: &'a [Kind],
    namespace: Option<&'a str>,
    watch: PortFuture<'a, bool>,
    /// What the watch said, once it has ended.
    said: Option<bool>,
}

impl<'a> Ear<'a> {
    /// Listens for changes in the Namespace of the plan.
    pub(crate) fn new(
        reader: &'a dyn ClusterReader,
        kinds: &'a [Kind],
        body: &'a PlanBody,
    ) -> Self {
        let namespace = Some(&*body.target.namespace).filter(|name| !name.is_empty());
        Self {
            reader,
            kinds,
            namespace,
            watch: reader.changed(kinds, namespace, WATCH),
            said: None,
        }
    }

    /// Does something and listens meanwhile.
    pub(crate) async fn during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        poll_fn(|context| {
            if self.said.is_none()
                && let Poll::Ready(said) = self.watch.as_mut().poll(context)
            {
                self.said = Some(said);
            }
            work.as_mut().poll(context)
        })
        .await
    }

    /// Waits so long, or until something has changed since the last time it did, and `group` longer for
    /// what changes with it.
    pub(crate) async fn hears_within(&mut self, time: Duration, group: Duration) -> bool {
        if self.said == Some(false) {
            // A source that cannot watch says so again at once, and the time is waited out.
            self.listen();
        }
        let mut over = pin!(sleep(time));
        let heard = poll_fn(|context| {
            if self.said.is_none()
                && let Poll::Ready(said) = self.watch.as_mut().poll(context)
            {
                self.said = Some(said);
            }
            if self.said == Some(true) {
                return Poll::Ready(true);
            }
            over.as_mut().poll(context).map(|()| false)
        })
        .await;
        if heard {
            self.listen();
            self.during(sleep(group)).await;
        }
        heard
    }

    fn listen(&mut self) {
        self.watch = self.reader.changed(self.kinds, self.namespace, WATCH);
        self.said = None;
    }
}

/// Kinds by which a plan is verified: Pods always, and the workloads and Nodes that it promises.
pub(crate) fn kinds(expectations: &[Expectation]) -> Vec<Kind> {
    let named = expectations
        .iter()
        .filter_map(|expectation| match expectation {
            Expectation::RolledOut {
                workload: object, ..
            }
            | Expectation::Gone { object } => object.object().map(|object| object.kind),
            Expectation::NodesReady { .. } | Expectation::Rebooted { .. } => Some(Kind::Node),
            Expectation::FieldIs { .. }
            | Expectation::AtProvider { .. }
            | Expectation::NotFound { .. }
            | Expectation::AlertGone { .. }
            | Expectation::MetricBelow { .. }
            | Expectation::NothingNew { .. } => None,
        });
    let mut kinds: Vec<Kind> = named.chain([Kind::Pod]).collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}
