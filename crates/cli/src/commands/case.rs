//! `dogwatch case`: one signed file with everything about an incident.

mod export;
pub(super) mod recordings;
mod replay;
mod verify;

use crate::{
    args::recovery::CaseCommand,
    exit::{CliError, Exit},
};

pub(super) async fn run(command: &CaseCommand) -> Result<Exit, CliError> {
    match command {
        CaseCommand::Export(args) => export::run(args).await,
        CaseCommand::Verify(args) => verify::run(&args.file),
        CaseCommand::Replay(args) => replay::run(&args.file).await,
    }
}
