//! `dogwatch pause` and `dogwatch resume`: the switch that stops all recovery.

use dogwatch_agent::recovery::Resumed;

use super::plan;
use crate::{
    args::recovery::{PauseArgs, ResumeArgs},
    exit::{CliError, Exit},
    render,
    wiring::recovery::kit,
};

pub(super) async fn pause(args: &PauseArgs) -> Result<Exit, CliError> {
    let kit = kit(&args.recovery, false).await?;
    let by = kit.person().await?;
    let number = kit
        .recovery()
        .pause(&args.reason, &by)
        .await
        .map_err(plan::error)?;
    render::print(&format!(
        "everything is paused (pause {number}); two different people lift it with `dogwatch resume {number}`\n"
    ));
    Ok(Exit::Ok)
}

pub(super) async fn resume(args: &ResumeArgs) -> Result<Exit, CliError> {
    let kit = kit(&args.recovery, false).await?;
    let by = kit.person().await?;
    match kit
        .recovery()
        .resume(args.pause, &by)
        .await
        .map_err(plan::error)?
    {
        Resumed::Lifted => {
            render::print(&format!("pause {} is lifted\n", args.pause));
            Ok(Exit::Ok)
        }
        Resumed::NeedsSecond => {
            render::print(&format!("pause {} needs somebody else too\n", args.pause));
            Ok(Exit::Refused)
        }
    }
}
