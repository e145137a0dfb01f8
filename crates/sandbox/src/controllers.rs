//! Small controllers on virtual time: enough of a cluster to play a rollout and its failures.
//!
//! Each controller looks at the store, writes what it would write, and names the next instant at
//! which it wants to look again. Nothing depends on chance or on the clock of the machine, so the
//! same input gives the same objects, names, uids and times.

mod deployment;
mod garbage;
mod kubelet;
mod quantity;
mod quota;
mod replica_set;
mod rollout;
mod scheduler;
mod world;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::core::Core;
pub(crate) use world::World;

/// Whether the controllers of the sandbox run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Controllers {
    /// Objects stay as they are written.
    #[default]
    Off,
    /// Deployments make ReplicaSets, ReplicaSets make Pods, Pods are scheduled and played.
    On,
}

/// Rounds of reconciling after which the controllers are taken to be quiet in any case.
const ROUNDS: usize = 100;
/// Steps of virtual time in one call of advance.
const STEPS: usize = 100_000;
/// More replicas than this are not played.
const MOST_REPLICAS: i64 = 1000;

/// Plays until nothing changes at the present instant. Returns when something is due next.
fn settle(core: &Core) -> Option<Timestamp> {
    core.with_store(|store| {
        let mut due = None;
        for _ in 0..ROUNDS {
            let before = store.revision();
            let mut world = World::new(store, core);
            deployment::reconcile(&mut world);
            replica_set::reconcile(&mut world);
            scheduler::reconcile(&mut world);
            kubelet::reconcile(&mut world);
            garbage::collect(&mut world);
            due = world.due();
            if store.revision() == before {
                break;
            }
        }
        due
    })
}

/// Brings everything up to the present instant, when controllers run.
pub(crate) fn tick(core: &Core) {
    if core.controllers == Controllers::On {
        settle(core);
    }
}

/// Moves virtual time forward and plays everything that becomes due on the way, in order.
pub(crate) fn advance(core: &Core, by: Duration) {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    let end = core.now().saturating_add(by).unwrap_or(Timestamp::MAX);
    if core.controllers == Controllers::On {
        for _ in 0..STEPS {
            let now = core.now();
            match settle(core).filter(|due| *due <= end) {
                Some(due) if due > now => core.time.advance(due.duration_since(now)),
                Some(_) => core.time.advance(SignedDuration::from_secs(1)),
                None => break,
            }
        }
    }
    let rest = end.duration_since(core.now());
    if rest.is_positive() {
        core.time.advance(rest);
        tick(core);
    }
}
