//! Why a remedy is not offered.

use core::fmt;

use serde::{Deserialize, Serialize};

/// Why a remedy cannot be planned. Each says what is in the way and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PlanRefusal {
    /// The object is not there, or another incarnation of it is.
    NotThere {
        /// The object.
        object: String,
    },
    /// It is already so.
    NothingToDo {
        /// What is so.
        because: String,
    },
    /// An autoscaler owns the number of replicas and would undo the change.
    OwnedByAutoscaler {
        /// The autoscaler.
        autoscaler: String,
    },
    /// A delivery tool owns the object and would undo the change: its source has to be edited.
    OwnedByDelivery {
        /// Who: `Argo CD application shop`, `Flux Kustomization apps`, `Helm release shop/api`.
        owner: String,
    },
    /// A disruption budget forbids it.
    DisruptionBudget {
        /// The budget.
        budget: String,
        /// With numbers.
        because: String,
    },
    /// Quota or limits forbid it.
    Quota {
        /// With numbers.
        because: String,
    },
    /// The cluster has no room for it, and nobody said that a part is enough.
    NoRoom {
        /// With numbers.
        because: String,
    },
    /// The object may lose data or have no one to replace it.
    Unsafe {
        /// What would be lost.
        because: String,
    },
    /// The step is larger than what is done at once.
    TooMuch {
        /// With numbers.
        because: String,
    },
    /// This kind of object has no such remedy.
    NotSupported {
        /// Why.
        because: String,
    },
    /// What would have to be known could not be read.
    NotKnown {
        /// The read.
        needs: String,
    },
    /// It is never done.
    Forbidden {
        /// Why.
        because: String,
    },
}

impl PlanRefusal {
    /// The code for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotThere { .. } => "not_there",
            Self::NothingToDo { .. } => "nothing_to_do",
            Self::OwnedByAutoscaler { .. } => "owned_by_autoscaler",
            Self::OwnedByDelivery { .. } => "owned_by_delivery",
            Self::DisruptionBudget { .. } => "disruption_budget",
            Self::Quota { .. } => "quota",
            Self::NoRoom { .. } => "no_room",
            Self::Unsafe { .. } => "unsafe",
            Self::TooMuch { .. } => "too_much",
            Self::NotSupported { .. } => "not_supported",
            Self::NotKnown { .. } => "not_known",
            Self::Forbidden { .. } => "forbidden",
        }
    }
}

impl fmt::Display for PlanRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotThere { object } => write!(f, "{object} is not there"),
            Self::OwnedByAutoscaler { autoscaler } => write!(
                f,
                "{autoscaler} sets the number of replicas and would undo the change within 15 s; change its bounds instead"
            ),
            Self::OwnedByDelivery { owner } => write!(
                f,
                "{owner} owns the object and would undo the change; edit its source instead"
            ),
            Self::DisruptionBudget { budget, because } => {
                write!(f, "PodDisruptionBudget {budget} forbids it: {because}")
            }
            Self::NotKnown { needs } => {
                write!(f, "insufficient evidence: {needs} would have to be read")
            }
            Self::Quota { because }
            | Self::NothingToDo { because }
            | Self::NoRoom { because }
            | Self::Unsafe { because }
            | Self::TooMuch { because }
            | Self::NotSupported { because }
            | Self::Forbidden { because } => f.write_str(because),
        }
    }
}
