//! The table of the state machine: per event the states in which it belongs, where it leads from
//! there, and what follows.

use super::{
    Effect::{
        self, Archive, Collect, EndOption, ExecuteFirstStep, ExecuteNextStep, HandOff, Hold,
        NotifyClosed, NotifyExpired, NotifyRemaining, NotifySummary, NotifyUntouched, NotifyVoid,
        OfferRollback, PreviewOptions, RecordApproval, RequestApproval, Settle, StartApproveBy,
        StartExecuteBy, SupersedeOthers,
    },
    Event, Options,
    State::{
        self, Abandoned, Approved, AwaitingApproval, Collecting, Detected, Diagnosed, Executing,
        NeedsNextOption, Resolved, Verifying,
    },
};

/// From any of these states to that one.
type Way = (&'static [State], State);

/// What an event does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) ways: &'static [Way],
    pub(super) effects: &'static [Effect],
}

impl Row {
    const fn new(ways: &'static [Way], effects: &'static [Effect]) -> Self {
        Self { ways, effects }
    }
}

/// The row of an event.
pub(super) const fn row(event: Event) -> Row {
    match event {
        Event::Scheduled => SCHEDULED,
        Event::DiagnosisReady(Options::Some) => DIAGNOSED,
        Event::DiagnosisReady(Options::None) => NO_OPTION,
        Event::PreviewsReady => PREVIEWED,
        Event::PreviewAdded => ONE_MORE,
        Event::Confirmed => CONFIRMED,
        Event::Denied(Options::Some) => DENIED,
        Event::Denied(Options::None) => ALL_DENIED,
        Event::Expired(Options::Some) => EXPIRED,
        Event::Expired(Options::None) => ALL_EXPIRED,
        Event::AlarmsCleared => CLEARED,
        Event::PreconditionsHold => BEGINS,
        Event::Drifted => DRIFTED,
        Event::Late => LATE,
        Event::Paused => PAUSED,
        Event::StepDone => STEP_DONE,
        Event::LastStepDone => ALL_DONE,
        Event::StepFailed => STEP_FAILED,
        Event::ExpectationsMet => MET,
        Event::ExpectationsUnmet => UNMET,
        Event::NewRound => NEW_ROUND,
        Event::Abandoned => GIVEN_UP,
    }
}

/// Every state in which no step is being sent and that is not closed.
const AT_REST: &[State] = &[
    Detected,
    Collecting,
    Diagnosed,
    AwaitingApproval,
    Approved,
    Verifying,
    NeedsNextOption,
];

const SCHEDULED: Row = Row::new(&[(&[Detected], Collecting)], &[Collect]);
const DIAGNOSED: Row = Row::new(
    &[(&[Collecting], Diagnosed)],
    &[NotifySummary, PreviewOptions],
);
const NO_OPTION: Row = Row::new(&[(&[Collecting], Diagnosed)], &[NotifySummary, HandOff]);
const PREVIEWED: Row = Row::new(
    &[(&[Diagnosed], AwaitingApproval)],
    &[RequestApproval, StartApproveBy],
);
const ONE_MORE: Row = Row::new(
    &[
        (&[AwaitingApproval], AwaitingApproval),
        (&[Approved], Approved),
    ],
    &[RequestApproval, StartApproveBy],
);
const CONFIRMED: Row = Row::new(
    &[(&[AwaitingApproval, Approved], Approved)],
    &[RecordApproval, StartExecuteBy],
);
const DENIED: Row = Row::new(
    &[
        (&[AwaitingApproval], AwaitingApproval),
        (&[Approved], Approved),
    ],
    &[EndOption],
);
const ALL_DENIED: Row = Row::new(
    &[(&[AwaitingApproval], Diagnosed), (&[Approved], Approved)],
    &[EndOption],
);
const EXPIRED: Row = Row::new(
    &[
        (&[AwaitingApproval], AwaitingApproval),
        (&[Approved], Approved),
    ],
    &[EndOption, NotifyExpired],
);
const ALL_EXPIRED: Row = Row::new(
    &[(&[AwaitingApproval], Diagnosed), (&[Approved], Approved)],
    &[EndOption, NotifyExpired],
);
const CLEARED: Row = Row::new(
    &[(&[AwaitingApproval], Verifying)],
    &[Collect, NotifyUntouched],
);
const BEGINS: Row = Row::new(
    &[(&[Approved], Executing)],
    &[SupersedeOthers, ExecuteFirstStep],
);
const DRIFTED: Row = Row::new(&[(&[Approved], Collecting)], &[NotifyVoid, Collect]);
const LATE: Row = Row::new(&[(&[Approved], Collecting)], &[NotifyVoid, Collect]);
const PAUSED: Row = Row::new(&[(&[Approved], Approved)], &[Hold]);
const STEP_DONE: Row = Row::new(&[(&[Executing], Executing)], &[ExecuteNextStep]);
const ALL_DONE: Row = Row::new(&[(&[Executing], Verifying)], &[Settle, Collect]);
const STEP_FAILED: Row = Row::new(&[(&[Executing], Verifying)], &[Collect]);
const MET: Row = Row::new(&[(&[Verifying], Resolved)], &[NotifyClosed, Archive]);
const UNMET: Row = Row::new(
    &[(&[Verifying], NeedsNextOption)],
    &[NotifyRemaining, OfferRollback],
);
const NEW_ROUND: Row = Row::new(
    &[(&[Diagnosed, AwaitingApproval, NeedsNextOption], Collecting)],
    &[Collect],
);
const GIVEN_UP: Row = Row::new(&[(AT_REST, Abandoned)], &[Archive]);
