//! Is this object as its spec wants it? One file per kind; the words are those of kstatus.
//!
//! Where kstatus is too lax for somebody on duty the rules are stricter: a Job that runs is not
//! done, a lost claim has failed, `OnDelete` excuses old Pods but no missing ones, and a container
//! that waits because of an error has failed.

mod daemon_set;
mod deployment;
mod job;
mod node;
mod persistent_volume_claim;
mod pod;
mod replica_set;
mod stateful_set;

use dogwatch_model::snapshot::Meta;
use serde::Serialize;

pub use daemon_set::of_daemon_set;
pub use deployment::of_deployment;
pub use job::of_job;
pub use node::of_node;
pub use persistent_volume_claim::of_claim;
pub use pod::of_pod;
pub use replica_set::of_replica_set;
pub use stateful_set::of_stateful_set;

/// The closed list of words for the state of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum HealthWord {
    /// As its spec wants it.
    Current,
    /// On the way.
    InProgress,
    /// It will not get there by itself.
    Failed,
    /// Being deleted.
    Terminating,
    /// It does not exist.
    NotFound,
    /// Who should report on it is silent.
    Unknown,
}

/// The state of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Health {
    /// The word.
    pub word: HealthWord,
    /// Why, in one word of a closed list; the first rule that does not hold.
    pub reason: &'static str,
}

impl Health {
    const fn new(word: HealthWord, reason: &'static str) -> Self {
        Self { word, reason }
    }

    const fn current(reason: &'static str) -> Self {
        Self::new(HealthWord::Current, reason)
    }

    const fn in_progress(reason: &'static str) -> Self {
        Self::new(HealthWord::InProgress, reason)
    }

    const fn failed(reason: &'static str) -> Self {
        Self::new(HealthWord::Failed, reason)
    }
}

/// The state of an object that may not exist.
pub fn of_found<T>(object: Option<&T>, judge: impl Fn(&T) -> Health) -> Health {
    object.map_or(Health::new(HealthWord::NotFound, "NotFound"), judge)
}

/// What holds for every kind: deletion first.
fn of_meta(meta: &Meta) -> Option<Health> {
    meta.is_terminating()
        .then_some(Health::new(HealthWord::Terminating, "ResourceDeleted"))
}

/// The same, and the controller has to have seen the present spec.
fn of_generation(meta: &Meta, observed: Option<i64>) -> Option<Health> {
    of_meta(meta).or_else(|| {
        (meta.generation > observed.unwrap_or(0))
            .then_some(Health::in_progress("LatestGenerationNotObserved"))
    })
}

/// The first rule that does not hold, or the word for "as wanted".
fn first_broken(rules: &[(bool, &'static str)], done: &'static str) -> Health {
    rules
        .iter()
        .find(|(holds, _)| !holds)
        .map_or(Health::current(done), |(_, reason)| {
            Health::in_progress(reason)
        })
}
