//! Failures on demand, so that clients can be tested against a server in trouble.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What a fault does to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Answers 403 in the words of Kubernetes.
    Deny,
    /// Answers with this HTTP status and a matching `Status` object; 429 carries `Retry-After: 1`.
    Status(u16),
    /// Waits before the request is handled.
    Latency(Duration),
    /// Breaks the connection in the middle of a list, after this many items.
    CutAfterItems(usize),
    /// Closes watches right after they were opened.
    CloseWatch,
}

/// A failure that is played when a request matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    place: Place,
    effect: Effect,
    times: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Prefix(String),
    Resource(String),
}

impl Fault {
    /// A fault on every request whose path begins with `prefix`.
    pub fn on_path(prefix: impl Into<String>, effect: Effect) -> Self {
        Self {
            place: Place::Prefix(prefix.into()),
            effect,
            times: None,
        }
    }

    /// A fault on every request for a resource (`pods`, `deployments.apps`) and what lies below.
    pub fn on_resource(resource: impl Into<String>, effect: Effect) -> Self {
        Self {
            place: Place::Resource(resource.into()),
            effect,
            times: None,
        }
    }

    /// Ends the fault after this many matching requests. Without it the fault stays.
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }
}

/// The faults that are left to play.
#[derive(Debug)]
pub(crate) struct Faults {
    left: Mutex<Vec<Fault>>,
}

impl Faults {
    pub(crate) fn new(faults: Vec<Fault>) -> Self {
        Self {
            left: Mutex::new(faults),
        }
    }

    /// The effect for a request, if any fault matches. Counts the match.
    pub(crate) fn take(&self, path: &str, resource: Option<&str>) -> Option<Effect> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let matching = left.iter_mut().find(|fault| {
            fault.times != Some(0)
                && match &fault.place {
                    Place::Prefix(prefix) => path.starts_with(prefix.as_str()),
                    Place::Resource(wanted) => resource == Some(wanted.as_str()),
                }
        })?;
        matching.times = matching.times.map(|times| times - 1);
        Some(matching.effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_ends_after_its_times() {
        let fault = Fault::on_resource("pods", Effect::Status(503)).times(2);
        let faults = Faults::new(vec![fault]);
        assert_eq!(faults.take("/api/v1/nodes", Some("nodes")), None);
        assert!(faults.take("/api/v1/pods", Some("pods")).is_some());
        assert!(faults.take("/api/v1/pods", Some("pods")).is_some());
        assert_eq!(faults.take("/api/v1/pods", Some("pods")), None);
    }
}
