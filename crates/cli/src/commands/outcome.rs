//! From a report to an exit code.

use dogwatch_engine::report::{CauseEntry, Inspection, InspectionStatus, ObjectDiagnosis, Status};
use dogwatch_model::{Role, Severity};

use crate::{
    args::{FailOn, OutputArgs},
    exit::Exit,
};

/// How bad the worst of a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worst {
    Nothing,
    Note,
    Warning,
    Error,
    Critical,
}

/// The exit code of one diagnosed object.
pub(super) fn of_object(report: &ObjectDiagnosis, args: &OutputArgs) -> Exit {
    if args.exit_zero {
        return Exit::Ok;
    }
    let is_well = matches!(report.summary.status, Status::Healthy);
    let causes = worst(&report.top_causes);
    // A workload that is not healthy is at least an error, unless it is only under way.
    let worst = if is_well || is_under_way(&report.top_causes) {
        causes.min(Worst::Warning)
    } else {
        causes.max(Worst::Error)
    };
    match report.summary.status {
        Status::Unknown => Exit::Incomplete,
        _ => exit(worst, args.fail_on),
    }
}

/// The exit code of an inspection.
pub(super) fn of_inspection(report: &Inspection, args: &OutputArgs) -> Exit {
    if args.exit_zero {
        return Exit::Ok;
    }
    match report.summary.status {
        InspectionStatus::Unknown => Exit::Incomplete,
        InspectionStatus::Healthy | InspectionStatus::Unhealthy => {
            exit(worst(&report.findings), args.fail_on)
        }
    }
}

fn is_under_way(causes: &[CauseEntry]) -> bool {
    !causes.is_empty() && causes.iter().all(|cause| cause.severity == Severity::Info)
}

/// A warning that explains a symptom has hit somebody: it is an error.
fn worst(causes: &[CauseEntry]) -> Worst {
    let explains = |rank: usize| causes.iter().any(|cause| cause.caused_by.contains(&rank));
    causes
        .iter()
        .map(|cause| match (cause.role, cause.severity) {
            (Role::Note | Role::Symptom, _) | (_, Severity::Info) => Worst::Note,
            (Role::Cause, Severity::Critical) => Worst::Critical,
            (Role::Cause, Severity::Warning) if explains(cause.rank) => Worst::Error,
            (Role::Cause, Severity::Warning) => Worst::Warning,
        })
        .max()
        .unwrap_or(Worst::Nothing)
}

fn exit(worst: Worst, fail_on: FailOn) -> Exit {
    let threshold = match fail_on {
        FailOn::None => return Exit::Ok,
        FailOn::Info => Worst::Note,
        FailOn::Warning => Worst::Warning,
        FailOn::Error => Worst::Error,
        FailOn::Critical => Worst::Critical,
    };
    if worst < threshold {
        Exit::Ok
    } else if worst <= Worst::Warning {
        Exit::Warnings
    } else {
        Exit::Findings
    }
}
