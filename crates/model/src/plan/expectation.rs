//! What must be true after a plan, and whether it is.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{Fact, Target};
use crate::ports::ResourceRef;

/// One thing that must be true afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "expect", rename_all = "snake_case")]
pub enum Expectation {
    /// The workload is rolled out: its controller has seen the spec, and as many Pods of the new
    /// version as wanted are Ready and available.
    RolledOut {
        /// The workload.
        workload: Target,
        /// Pods wanted.
        replicas: i64,
    },
    /// A mode of trouble is not found any more about the object or its parts.
    NotFound {
        /// The mode, `image-not-found`.
        mode: String,
        /// The object.
        object: Target,
    },
    /// A field has a value.
    FieldIs {
        /// The object.
        object: Target,
        /// The field and its value.
        fact: Fact,
    },
    /// The object is gone, or another incarnation has its name. Of a workload its Pods are gone too.
    Gone {
        /// A Pod or a workload.
        object: Target,
    },
    /// So many Nodes more than before are Ready.
    NodesReady {
        /// Nodes that were Ready before.
        before: u32,
        /// Nodes that must be Ready.
        at_least: u32,
    },
    /// The machine of the Node was started anew: the kubelet tells another start.
    Rebooted {
        /// The Node.
        node: Target,
        /// What the kubelet called the start before.
        boot_id: String,
    },
    /// A thing at the provider has a state; `gone` when it is not there any more.
    AtProvider {
        /// The thing.
        resource: ResourceRef,
        /// In the provider's words.
        state: String,
    },
    /// The alert is not firing at its source any more.
    AlertGone {
        /// Name of the alert.
        name: String,
        /// The object it is about.
        object: Target,
    },
    /// A metric is below a threshold.
    MetricBelow {
        /// The query; each of its samples must be below.
        query: String,
        /// Thousandths, so that the digest needs no floating point.
        threshold_milli: i64,
    },
    /// Nothing new is wrong with the workload and its neighbours.
    NothingNew {
        /// The object.
        object: Target,
        /// Modes that were there before.
        known: Vec<String>,
    },
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RolledOut { workload, replicas } => write!(
                f,
                "{workload} is observed and has {replicas} of {replicas} Pods of the new version Ready and available"
            ),
            Self::NotFound { mode, object } => {
                write!(f, "`{mode}` is no longer found about {object}")
            }
            Self::FieldIs { object, fact } => {
                write!(f, "{object} {} is {}", fact.field, fact.value)
            }
            Self::Gone { object } if object.kind == "Pod" => {
                write!(f, "{object} of before is gone")
            }
            Self::Gone { object } => write!(f, "{object} of before and its Pods are gone"),
            Self::NodesReady { at_least, before } => {
                write!(f, "at least {at_least} Nodes are Ready ({before} before)")
            }
            Self::Rebooted { node, .. } => write!(f, "{node} was started anew"),
            Self::AtProvider { resource, state } => {
                write!(f, "{resource} is {state} at the provider")
            }
            Self::AlertGone { name, object } => {
                write!(f, "alert {name} about {object} is resolved at its source")
            }
            Self::MetricBelow {
                query,
                threshold_milli,
            } => {
                let sign = if *threshold_milli < 0 { "-" } else { "" };
                let whole = threshold_milli.unsigned_abs();
                write!(
                    f,
                    "{query} is below {sign}{}.{:03}",
                    whole / 1000,
                    whole % 1000
                )
            }
            Self::NothingNew { object, .. } => {
                write!(f, "nothing new is wrong with {object}")
            }
        }
    }
}

/// What became of one expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is true.
    Met,
    /// It is not true.
    Unmet,
    /// What would decide could not be read.
    Undecided,
}

/// One expectation and what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was expected.
    pub expectation: Expectation,
    /// Whether it is so.
    pub outcome: Outcome,
    /// What was seen, with values.
    pub seen: String,
}

/// All expectations of a plan against one snapshot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// In the order of the plan.
    pub verdicts: Vec<Verdict>,
}

impl Verification {
    /// The worst outcome; nothing expected is nothing proven.
    pub fn outcome(&self) -> Outcome {
        let outcomes = self.verdicts.iter().map(|verdict| verdict.outcome);
        if self.verdicts.is_empty() {
            return Outcome::Undecided;
        }
        // A thing that is not so outweighs a thing that is not known.
        if outcomes.clone().any(|outcome| outcome == Outcome::Unmet) {
            Outcome::Unmet
        } else {
            outcomes.max().unwrap_or(Outcome::Undecided)
        }
    }
}
