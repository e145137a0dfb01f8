//! From a diagnosis to a verified recovery: preview, approval, execution, verification, archive.
//!
//! [`Recovery`] prepares and records; it holds nothing that could write to a cluster. Only
//! [`Recovery::execute`] is handed the [`Hands`] that can, and it wants an approved plan.

mod abandon;
mod approve;
mod confirm;
mod create;
mod ear;
mod ending;
mod execute;
mod fate;
mod fields;
mod glance;
mod journal;
mod lease;
mod look;
mod machines;
mod moves;
mod naming;
mod next;
mod observe;
mod order;
mod pause;
mod prepare;
mod provide;
mod recheck;
mod rehearse;
mod release;
mod requests;
mod send;
mod step;
mod stored;
mod suitable;
mod supply;
mod tell;
mod undo;
mod verify;

use dogwatch_model::{
    approval::Policy,
    ports::{
        AlarmReader, CloudReader, CloudWriter, ClusterReader, ClusterWriter, MetricsReader,
        NodePoolReader, NodePoolWriter, Previewer, ReleaseVault, ServerlessReader,
        store::{Store, StoreError},
    },
};
use jiff::{SignedDuration, Timestamp};

pub use approve::{Approval, Decided};
pub use confirm::Confirmed;
pub use create::{Asked, Created, MAX_PODS, Made};
pub use dogwatch_model::ports::store::Resumed;
pub use ending::Ended;
pub use execute::Execution;
pub use observe::Measured;
pub use prepare::PrepareError;
pub use requests::PauseRequests;
pub use stored::{Abandoned, Closed, IncidentBody, PlanBody, Rechecked, Round};

/// What an operator sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The cluster as people and the policy call it.
    pub cluster: String,
    /// Whether anything may be changed at all.
    pub is_enabled: bool,
    /// Who may approve what.
    pub policy: Policy,
    /// How long results are watched.
    pub windows: Windows,
    /// How long nobody else may take over from an executor that is not heard of. It should be longer
    /// than one request to the API server may take.
    pub lease: SignedDuration,
    /// Namespace of the Lease that keeps installations apart; `None` for none.
    pub cluster_lease: Option<String>,
    /// A ConfigMap whose requests to pause are honoured before every step.
    pub pause_requests: Option<PauseRequests>,
    /// Percent of the limit above which processor time counts as too much.
    pub cpu_percent: i64,
    /// Over how long processor time is averaged, as Prometheus writes it: `2m`.
    pub cpu_window: String,
    /// Percent of the limit above which memory counts as too much.
    pub memory_percent: i64,
}

/// Times of a verification.
#[derive(Debug, Clone, Copy)]
pub struct Windows {
    /// Before the first look.
    pub settle: SignedDuration,
    /// How long everything must hold.
    pub hold: SignedDuration,
    /// When it has failed for good.
    pub give_up: SignedDuration,
    /// Between two looks when nothing is heard of a change.
    pub look_every: SignedDuration,
}

impl Default for Windows {
    fn default() -> Self {
        Self {
            settle: SignedDuration::from_secs(60),
            hold: SignedDuration::from_mins(5),
            give_up: SignedDuration::from_mins(20),
            look_every: SignedDuration::from_secs(30),
        }
    }
}

/// Time and chance, handed in.
pub trait World: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;
    /// A new id that nobody has had.
    fn new_id(&self) -> String;
    /// Who executes: process and host.
    fn owner(&self) -> String;
}

/// Everything that preparing, recording and verifying needs.
pub struct Recovery<'a> {
    /// The cluster, read only.
    pub reader: &'a dyn ClusterReader,
    /// Dry runs and access reviews with the identity that would write.
    pub previewer: &'a dyn Previewer,
    /// Opens Helm releases, where an operator permits it.
    pub vault: Option<&'a dyn ReleaseVault>,
    /// What is kept.
    pub store: &'a dyn Store,
    /// Metrics, when there is a source.
    pub metrics: Option<&'a dyn MetricsReader>,
    /// Sources of alarms.
    pub alarms: Vec<&'a dyn AlarmReader>,
    /// Node pools, when there is a provider.
    pub pools: Option<&'a dyn NodePoolReader>,
    /// Machines and the cluster itself, when there is a provider.
    pub cloud: Option<&'a dyn CloudReader>,
    /// Capacity without Nodes, when there is some.
    pub serverless: Option<&'a dyn ServerlessReader>,
    /// What an operator sets.
    pub settings: &'a Settings,
    /// Time and chance.
    pub world: &'a dyn World,
}

/// What changes the world. Made in one place, and only when the operator has enabled it.
pub struct Hands<'a> {
    /// The cluster.
    pub writer: &'a dyn ClusterWriter,
    /// Node pools, when there is a provider.
    pub pools: Option<&'a dyn NodePoolWriter>,
    /// Machines and the cluster itself, when there is a provider.
    pub cloud: Option<&'a dyn CloudWriter>,
}

/// Why something was not done. One sentence each, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum RecoveryError {
    /// The store gave no answer or refused it.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A preview cannot be made.
    #[error("{0}")]
    Prepare(#[from] PrepareError),
    /// A confirmation does not count.
    #[error("{0}")]
    Refused(#[from] dogwatch_model::approval::Refusal),
    /// A remedy is not possible.
    #[error("{0}")]
    NotPlanned(dogwatch_model::plan::PlanRefusal),
    /// Nothing is wrong, so nothing is planned.
    #[error("{0}; no plan is needed")]
    NothingToDo(String),
    /// There is no such thing.
    #[error("{0}")]
    Unknown(String),
    /// What is stored cannot be understood.
    #[error("the store holds something that cannot be understood: {0}")]
    Garbled(String),
    /// It is not the time for it.
    #[error("{0}")]
    NotNow(String),
    /// The state machine of the incident has no such move.
    #[error("{0}; make a new plan with `dogwatch plan create`")]
    OutOfPlace(#[from] dogwatch_engine::incident::OutOfPlace),
    /// The cluster gave no answer.
    #[error("the cluster gave no answer: {0}")]
    Cluster(dogwatch_model::ports::WriteError),
}
