//! `dogwatch plan approve` and `plan reject`: a person types the short digest at a terminal.

use std::io::{IsTerminal as _, Write as _, stdin};

use dogwatch_agent::recovery::{Approval, Decided, Made, RecoveryError};
use dogwatch_engine::report::plans_document;
use dogwatch_model::{
    approval::{Refusal, Said, VerifiedHuman},
    plan::PlanDigest,
};

use super::{error, next, show};
use crate::{
    args::{
        Common, Format,
        recovery::{PlanApprove, PlanReject},
    },
    commands::incidents::recheck,
    exit::{CliError, Exit},
    render,
    wiring::recovery::{Kit, kit},
};

pub(super) async fn approve(args: &PlanApprove, common: &Common) -> Result<Exit, CliError> {
    let kit = kit(&args.recovery, false).await?;
    recheck::remind(&kit.config, &kit.store).await?;
    let recovery = kit.recovery();
    let (plan, body) = recovery.plan(&args.plan).await.map_err(error)?;
    let made = Made { plan, body };
    let digest = made.body.option.state.digest.clone();
    let by = match &args.digest {
        Some(text) => {
            is_named(&made, args.naming.as_deref())?;
            by_flag(&kit, text, &digest).await?
        }
        None => at_terminal(&kit, &made, common.ascii).await?,
    };
    let approval = Approval {
        plan_id: &args.plan,
        by,
        said: Said::Approve,
        digest: &digest,
    };
    match recovery.decide(approval).await {
        Err(RecoveryError::Refused(Refusal::Expired { at })) => {
            let late = next::Late {
                plan: &args.plan,
                at,
                output: Format::Text,
            };
            late.follow(&args.recovery, common).await
        }
        decided => Ok(say(&args.plan, &decided.map_err(error)?)),
    }
}

/// What destroys something is approved by naming it.
fn is_named(made: &Made, naming: Option<&str>) -> Result<(), CliError> {
    match made.body.option.request.spoken() {
        Some(spoken) if naming != Some(&*spoken) => Err(CliError::refused(format!(
            "the approval has to name what is done to what: add --naming \"{spoken}\""
        ))),
        _ => Ok(()),
    }
}

/// Whoever the API server names, where the policy lets a flag stand for a human.
async fn by_flag(kit: &Kit, text: &str, digest: &PlanDigest) -> Result<VerifiedHuman, CliError> {
    let given = PlanDigest::parse(text).ok_or_else(|| {
        CliError::usage("--approve takes the full digest: 64 lower-case hexadecimal digits")
    })?;
    if given != *digest {
        return Err(CliError::refused(
            "the digest is not that of this preview; `dogwatch plan show` prints the present one",
        ));
    }
    if !kit.settings.policy.flag_only {
        return Err(CliError::refused(
            "a flag is no approval here; run it at a terminal, or set approval.flagOnly in the configuration",
        ));
    }
    Ok(VerifiedHuman::by_flag_policy(kit.person().await?))
}

/// Shows the plan and asks for its short digest.
async fn at_terminal(kit: &Kit, made: &Made, is_ascii: bool) -> Result<VerifiedHuman, CliError> {
    if !stdin().is_terminal() {
        return Err(CliError::refused(
            "an approval is typed by a person at a terminal; standard input is none",
        ));
    }
    let person = kit.person().await?;
    let entry = show::entry(made, &[]);
    let document = plans_document(&made.plan.incident_id, "", &[entry], Vec::new());
    anstream::eprint!("{}", render::text(&document, is_ascii));
    let wanted = made.body.option.typed();
    let letter = made.plan.letter;
    let what = match made.body.option.request.spoken() {
        None => "type its digest",
        Some(_) => "type what is done to what, and its digest:",
    };
    anstream::eprint!("You are {person}. To approve option {letter}, {what} {wanted}: ");
    let typed = read_line()?;
    if typed.trim() != wanted {
        return Err(CliError::refused(format!(
            "that is not \"{wanted}\"; nothing was approved"
        )));
    }
    let os_user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    Ok(VerifiedHuman::at_terminal(
        person,
        &os_user.unwrap_or_default(),
    ))
}

/// Whoever the API server names, where the policy lets a flag stand for a human.
pub(in crate::commands) async fn by_policy(kit: &Kit) -> Result<Option<VerifiedHuman>, CliError> {
    if !kit.settings.policy.flag_only {
        return Ok(None);
    }
    Ok(Some(VerifiedHuman::by_flag_policy(kit.person().await?)))
}

/// Asks the person at the terminal about a plan, and records the answer.
pub(in crate::commands) async fn ask(kit: &Kit, plan_id: &str) -> Result<(), CliError> {
    let recovery = kit.recovery();
    let (plan, body) = recovery.plan(plan_id).await.map_err(error)?;
    let made = Made { plan, body };
    let digest = made.body.option.state.digest.clone();
    let by = at_terminal(kit, &made, false).await?;
    let approval = Approval {
        plan_id,
        by,
        said: Said::Approve,
        digest: &digest,
    };
    recovery.decide(approval).await.map_err(error)?;
    Ok(())
}

fn read_line() -> Result<String, CliError> {
    // A prompt that cannot be flushed is still answered.
    drop(std::io::stderr().flush());
    let mut line = String::new();
    let read = stdin().read_line(&mut line);
    read.map_err(|error| CliError::failure(format!("the terminal cannot be read: {error}")))?;
    Ok(line)
}

pub(super) async fn reject(args: &PlanReject) -> Result<Exit, CliError> {
    let kit = kit(&args.recovery, false).await?;
    let recovery = kit.recovery();
    let (_, body) = recovery.plan(&args.plan).await.map_err(error)?;
    let person = kit.person().await?;
    let by = if stdin().is_terminal() {
        VerifiedHuman::at_terminal(person, &std::env::var("USER").unwrap_or_default())
    } else {
        VerifiedHuman::by_flag_policy(person)
    };
    let approval = Approval {
        plan_id: &args.plan,
        by,
        said: Said::Reject,
        digest: &body.option.state.digest,
    };
    let decided = recovery.decide(approval).await.map_err(error)?;
    Ok(say(&args.plan, &decided))
}

fn say(plan: &str, decided: &Decided) -> Exit {
    match decided {
        Decided::Approved { execute_by } => {
            render::print(&format!(
                "{plan} is approved; it must begin by {execute_by}:\n  dogwatch plan execute {plan}\n"
            ));
            Exit::Ok
        }
        Decided::NeedsMore { have, need } => {
            render::print(&format!(
                "{plan} has {have} of {need} approvals; somebody else must approve it too\n"
            ));
            Exit::Refused
        }
        Decided::Rejected => {
            render::print(&format!("{plan} is rejected and will not be done\n"));
            Exit::Ok
        }
    }
}
