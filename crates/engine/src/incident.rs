//! Where an incident stands, what may happen to it there, and what follows: a closed state machine.
//!
//! [`step`] decides one event, [`walk`] several that are written down together. Nothing that changes a
//! cluster follows from any state but `Approved` and `Executing`.

mod table;

pub use dogwatch_model::ports::store::IncidentState as State;

use table::row;

/// Whether there is something that people can decide on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Options {
    /// At least one option.
    Some,
    /// None, or too little evidence for one.
    None,
}

/// Something that happened to an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// Its turn has come.
    Scheduled,
    /// There is a diagnosis.
    DiagnosisReady(Options),
    /// Options were tried against the server.
    PreviewsReady,
    /// One more option was previewed while others await a decision or the execution.
    PreviewAdded,
    /// Everybody who has to approved an option.
    Confirmed,
    /// Somebody rejected an option; what is left beside it.
    Denied(Options),
    /// The time to approve is over; what is left.
    Expired(Options),
    /// The alarms are gone at their source, and nothing was executed.
    AlarmsCleared,
    /// Approval, limits and lease allow the first step.
    PreconditionsHold,
    /// The cluster is no longer what was approved; nothing was written.
    Drifted,
    /// The time to begin is over.
    Late,
    /// Everything is paused before the first step.
    Paused,
    /// A step is done, and another one follows.
    StepDone,
    /// All steps are done.
    LastStepDone,
    /// A step failed, was stopped, or its outcome is not known.
    StepFailed,
    /// Everything that was expected held for the whole window.
    ExpectationsMet,
    /// Something that was expected is not so, or cannot be seen.
    ExpectationsUnmet,
    /// Somebody, or the end of a plan, wants another look.
    NewRound,
    /// A person gave it up.
    Abandoned,
}

impl Event {
    /// Every event.
    pub const ALL: [Self; 22] = [
        Self::Scheduled,
        Self::DiagnosisReady(Options::Some),
        Self::DiagnosisReady(Options::None),
        Self::PreviewsReady,
        Self::PreviewAdded,
        Self::Confirmed,
        Self::Denied(Options::Some),
        Self::Denied(Options::None),
        Self::Expired(Options::Some),
        Self::Expired(Options::None),
        Self::AlarmsCleared,
        Self::PreconditionsHold,
        Self::Drifted,
        Self::Late,
        Self::Paused,
        Self::StepDone,
        Self::LastStepDone,
        Self::StepFailed,
        Self::ExpectationsMet,
        Self::ExpectationsUnmet,
        Self::NewRound,
        Self::Abandoned,
    ];
}

/// What follows from an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Read the cluster.
    Collect,
    /// Tell people what was found.
    NotifySummary,
    /// Try the options against the server.
    PreviewOptions,
    /// Tell people the possible causes and what to look at by hand.
    HandOff,
    /// Ask people to decide.
    RequestApproval,
    /// From now on the previews grow old.
    StartApproveBy,
    /// Keep who approved what, and when.
    RecordApproval,
    /// From now on the approval grows old.
    StartExecuteBy,
    /// The option will not be done.
    EndOption,
    /// Tell people that time ran out, and that nothing was done.
    NotifyExpired,
    /// Tell people that a new preview and a new approval are needed.
    NotifyVoid,
    /// Wait, as long as the approval lasts.
    Hold,
    /// No other option awaits a decision any more.
    SupersedeOthers,
    /// Carry out the first step.
    ExecuteFirstStep,
    /// Carry out the next step.
    ExecuteNextStep,
    /// Let the change settle before the first look.
    Settle,
    /// Say that nothing was executed.
    NotifyUntouched,
    /// Tell people that the loop is closed.
    NotifyClosed,
    /// Tell people what is still wrong.
    NotifyRemaining,
    /// Show the way back.
    OfferRollback,
    /// Keep everything; nothing awaits a decision any more.
    Archive,
}

impl Effect {
    /// True for what changes a cluster or a cloud.
    pub const fn is_change(self) -> bool {
        match self {
            Self::ExecuteFirstStep | Self::ExecuteNextStep => true,
            Self::Collect
            | Self::NotifySummary
            | Self::PreviewOptions
            | Self::HandOff
            | Self::RequestApproval
            | Self::StartApproveBy
            | Self::RecordApproval
            | Self::StartExecuteBy
            | Self::EndOption
            | Self::NotifyExpired
            | Self::NotifyVoid
            | Self::Hold
            | Self::SupersedeOthers
            | Self::Settle
            | Self::NotifyUntouched
            | Self::NotifyClosed
            | Self::NotifyRemaining
            | Self::OfferRollback
            | Self::Archive => false,
        }
    }
}

/// The event has no place in the state. Nothing was changed; reading the incident again helps when
/// somebody else moved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfPlace {
    /// Where the incident stands.
    pub state: State,
    /// What does not belong there.
    pub event: Event,
}

impl core::fmt::Display for OutOfPlace {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "the incident is {}, where {:?} has no place",
            self.state.as_str(),
            self.event
        )
    }
}

impl core::error::Error for OutOfPlace {}

/// Where the event leads from the state, and what follows.
///
/// # Errors
/// When the event has no place in the state.
pub fn step(state: State, event: Event) -> Result<(State, Vec<Effect>), OutOfPlace> {
    let row = row(event);
    let way = row.ways.iter().find(|(from, _)| from.contains(&state));
    match way {
        Some((_, to)) => Ok((*to, row.effects.to_vec())),
        None => Err(OutOfPlace { state, event }),
    }
}

/// Where several events lead, one after the other.
///
/// # Errors
/// When one of them has no place in the state that the ones before led to.
pub fn walk(state: State, events: &[Event]) -> Result<(State, Vec<Effect>), OutOfPlace> {
    let mut now = state;
    let mut all = Vec::new();
    for event in events {
        let (next, effects) = step(now, *event)?;
        now = next;
        all.extend(effects);
    }
    Ok((now, all))
}
