//! `dogwatch plan`: make, show, approve and carry out recovery plans.

pub(in crate::commands) mod approve;
mod create;
mod execute;
mod remedy;
mod show;

use dogwatch_agent::recovery::RecoveryError;

use crate::{
    args::{Common, PlanCommand},
    exit::{CliError, Exit},
};

pub(super) async fn run(command: &PlanCommand, common: &Common) -> Result<Exit, CliError> {
    match command {
        PlanCommand::Create(args) => create::run(args, common).await,
        PlanCommand::Show(args) => show::run(args, common).await,
        PlanCommand::Diff(args) => show::diff(args, common).await,
        PlanCommand::Approve(args) => approve::approve(args, common).await,
        PlanCommand::Reject(args) => approve::reject(args).await,
        PlanCommand::Execute(args) => execute::run(args, common).await,
        PlanCommand::Rollback(args) => create::rollback(args, common).await,
    }
}

/// The exit code of what the agent refuses.
pub(super) fn error(error: RecoveryError) -> CliError {
    let words = error.to_string();
    match error {
        RecoveryError::Refused(_) | RecoveryError::NotPlanned(_) | RecoveryError::NotNow(_) => {
            CliError::refused(words)
        }
        RecoveryError::Store(ref store) if store.is_refusal() => CliError::refused(words),
        RecoveryError::Prepare(dogwatch_agent::recovery::PrepareError::Changed { .. }) => {
            CliError::refused(words)
        }
        RecoveryError::Store(_)
        | RecoveryError::Prepare(_)
        | RecoveryError::NothingToDo(_)
        | RecoveryError::Unknown(_)
        | RecoveryError::Garbled(_)
        | RecoveryError::Cluster(_) => CliError::failure(words),
    }
}
