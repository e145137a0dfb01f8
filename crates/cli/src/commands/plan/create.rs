//! `dogwatch plan create` and `plan rollback`.

use dogwatch_agent::recovery::{Asked, Created, Made, RecoveryError};
use dogwatch_engine::report::plans_document;
use dogwatch_model::{Alert, ObjectRef, report::Document, wire::Text};
use serde_json::{Value, json};

use super::{error, remedy, show};
use crate::{
    args::{
        Common,
        recovery::{PlanCreate, PlanName},
    },
    commands::{ask, case::recordings, incidents::recheck},
    exit::{CliError, Exit},
    progress::Shown,
    render,
    wiring::recovery::{Kit, kit},
};

pub(super) async fn run(args: &PlanCreate, common: &Common) -> Result<Exit, CliError> {
    // A word that names no kind is found before anything is connected.
    ask::object(&args.object, "default")?;
    let kit = kit(&args.recovery, true).await?;
    recheck::remind(&kit.config, &kit.store).await?;
    let namespace = args.namespace.clone();
    let namespace = namespace.unwrap_or_else(|| kit.source.source().default_namespace().to_owned());
    let target = ask::object(&args.object, &namespace)?;
    let alerts: Vec<Alert> = args
        .alerts
        .iter()
        .map(|name| alert(name, &target))
        .collect();
    let request = match &args.remedy {
        None => None,
        Some(id) => Some(remedy::request(id, &args.set, &target)?),
    };
    let asked = Asked {
        target: &target,
        alerts: &alerts,
        request,
        requester: Some(kit.whoami().await?),
    };
    let shown = Shown::new(common.quiet);
    let created = kit.recovery().create(&asked, &shown).await;
    drop(shown);
    if let Err(quiet @ RecoveryError::NothingToDo(_)) = &created {
        anstream::eprintln!("{quiet}");
        return Ok(Exit::Ok);
    }
    let created = created.map_err(error)?;
    recordings::keep(&kit, &created).await?;
    print(args, &created, common)?;
    Ok(exit(&created))
}

/// An alert that somebody says is firing.
fn alert(name: &str, target: &ObjectRef) -> Alert {
    Alert {
        name: name.into(),
        object: target.clone(),
        container: Text::default(),
        description: Text::default(),
    }
}

fn print(args: &PlanCreate, created: &Created, common: &Common) -> Result<(), CliError> {
    let (document, machine) = created_document(created);
    show::print(args.output, &document, &machine, common)
}

/// A round for people and for machines.
pub(super) fn created_document(created: &Created) -> (Document, Value) {
    let plans: Vec<_> = created
        .plans
        .iter()
        .map(|made| show::entry(made, &[]))
        .collect();
    let mut remarks: Vec<String> = created
        .refused
        .iter()
        .map(|(remedy, refusal)| format!("{remedy}: {refusal}"))
        .collect();
    remarks.extend(created.gaps.iter().cloned());
    if !created.why_none.is_empty() {
        remarks.push(created.why_none.clone());
    }
    let title = format!("{} ({})", created.incident.title, created.incident.id);
    let headline = &created.diagnosis.summary.headline;
    let document = plans_document(&title, headline, &plans, remarks);
    let machine = json!({
        "schema": "dogwatch.plans/v1",
        "incident": created.incident.id,
        "state": created.incident.state,
        "diagnosis": created.diagnosis,
        "plans": created.plans.iter().map(show::in_json).collect::<Vec<_>>(),
        "refused": created.refused.iter().map(|(remedy, refusal)| {
            json!({"remedy": remedy, "code": refusal.code(), "reason": refusal.to_string()})
        }).collect::<Vec<_>>(),
        "why_none": created.why_none,
        "data_gaps": created.gaps,
    });
    (document, machine)
}

/// Approval is needed for what can be executed; else a person takes over.
fn exit(created: &Created) -> Exit {
    let can_do = |made: &Made| made.body.option.state.preview.blocked.is_empty();
    if created.plans.iter().any(can_do) {
        Exit::Refused
    } else {
        Exit::Findings
    }
}

pub(super) async fn rollback(args: &PlanName, common: &Common) -> Result<Exit, CliError> {
    let kit: Kit = kit(&args.recovery, false).await?;
    let requester = Some(kit.whoami().await?);
    let made = kit
        .recovery()
        .undo(&args.plan, requester)
        .await
        .map_err(error)?;
    let entry = show::entry(&made, &[]);
    let title = format!("The way back from {}", args.plan);
    let document = plans_document(&title, &made.body.option.title, &[entry], Vec::new());
    render::print(&render::text(&document, common.ascii));
    Ok(Exit::Refused)
}
