//! `dogwatch plan`: make, show, approve and carry out recovery plans.

pub(in crate::commands) mod approve;
mod create;
mod execute;
mod next;
mod remedy;
mod show;

use dogwatch_agent::recovery::{PrepareError, RecoveryError};

use crate::{
    args::{Common, recovery::PlanCommand},
    exit::{CliError, Exit},
};

pub(super) async fn run(command: &PlanCommand, common: &Common) -> Result<Exit, CliError> {
    match command {
        PlanCommand::Create(args) => create::run(args, common).await,
        PlanCommand::Show(args) => show::run(args, common).await,
        PlanCommand::Diff(args) => show::diff(args, common).await,
        PlanCommand::Approve(args) => approve::approve(args, common).await,
        PlanCommand::Reject(args) => approve::reject(args).await,
        PlanCommand::Execute(args) => Box::pin(execute::run(args, common)).await,
        PlanCommand::Rollback(args) => create::rollback(args, common).await,
    }
}

/// The exit code of what the agent refuses.
#[allow(clippy::needless_pass_by_value)] // it stands in map_err
pub(super) fn error(error: RecoveryError) -> CliError {
    let is_refusal = match &error {
        RecoveryError::Refused(_)
        | RecoveryError::NotPlanned(_)
        | RecoveryError::NotNow(_)
        | RecoveryError::OutOfPlace(_) => true,
        RecoveryError::Store(store) => store.is_refusal(),
        RecoveryError::Prepare(prepare) => matches!(prepare, PrepareError::Changed { .. }),
        RecoveryError::NothingToDo(_)
        | RecoveryError::Unknown(_)
        | RecoveryError::Garbled(_)
        | RecoveryError::Cluster(_) => false,
    };
    if is_refusal {
        CliError::refused(error.to_string())
    } else {
        CliError::failure(error.to_string())
    }
}
