//! The round after a plan that did not help, or that was approved or begun too late.

use dogwatch_agent::recovery::{Created, Made};
use jiff::Timestamp;
use serde_json::json;

use super::{create::created_document, show};
use crate::{
    args::{Common, Format, recovery::RecoveryArgs},
    commands::case::recordings,
    exit::{CliError, Exit},
    progress::Shown,
    wiring::recovery::kit,
};

/// What can be done now: looked for and previewed at once, with a recording of its own. That there is
/// nothing is told, and is no failure.
pub(super) async fn round(
    args: &RecoveryArgs,
    plan: &str,
    common: &Common,
) -> Result<Option<Created>, CliError> {
    let kit = kit(args, true).await?;
    let shown = Shown::new(common.quiet);
    let next = kit.recovery().next_round(plan, &shown).await;
    drop(shown);
    match next {
        Ok(Some(created)) => {
            recordings::keep(&kit, &created).await?;
            Ok(Some(created))
        }
        Ok(None) => Ok(None),
        Err(why) => {
            anstream::eprintln!("no next plan: {why}");
            Ok(None)
        }
    }
}

/// A plan that was approved, or begun, after its time.
pub(super) struct Late<'a> {
    pub(super) plan: &'a str,
    /// When its time was over.
    pub(super) at: Timestamp,
    pub(super) output: Format,
}

impl Late<'_> {
    /// Makes the next plans and says that they wait for an approval of their own. Nothing that was said
    /// of the late plan counts for them.
    pub(super) async fn follow(
        self,
        args: &RecoveryArgs,
        common: &Common,
    ) -> Result<Exit, CliError> {
        let Self { plan, at, output } = self;
        let next = Box::pin(round(args, plan, common)).await?;
        let Some(next) = next else {
            return Err(CliError::refused(format!(
                "{plan} expired at {at} and can no longer be approved or carried out; `dogwatch plan create` makes a new one"
            )));
        };
        anstream::eprintln!(
            "Error: {plan} expired at {at}; no approval of it counts any more. What can be done now waits for an approval of its own:"
        );
        let can_do = |made: &&Made| made.body.option.state.preview.blocked.is_empty();
        for made in next.plans.iter().filter(can_do) {
            let (id, typed) = (&made.plan.id, made.body.option.typed());
            anstream::eprintln!("  dogwatch plan approve {id}   (type {typed})");
        }
        let (document, mut machine) = created_document(&next);
        machine["expired"] = json!({"plan": plan, "at": at});
        show::print(output, &document, &machine, common)?;
        Ok(Exit::Refused)
    }
}
