//! `dogwatch report`: what happened, why, what to do and what not, for people who were not there.

use dogwatch_agent::collect::{Scope, collect};
use dogwatch_engine::report::{incident, incident_document};
use dogwatch_model::{CustomKind, Kind, Snapshot};
use jiff::Timestamp;

use super::{ask, cluster, diagnose::limits, outcome};
use crate::{
    args::{Common, Report},
    exit::{CliError, Exit},
    progress::Shown,
    render::{self, Rendered},
    wiring,
};

pub(super) async fn run(args: &Report, common: &Common) -> Result<Exit, CliError> {
    let mut wanted = args.output.clone();
    if wanted.output.is_empty() {
        wanted.output.push("markdown".to_owned());
    }
    let outputs = render::outputs(&wanted)?;
    let (snapshot, scope) = read(args, common).await?;
    let report = incident(&snapshot, &scope);
    let rendered = Rendered {
        document: incident_document(&report),
        causes: &report.inspection.findings,
        report: &report,
    };
    render::write(&rendered, &outputs, common)?;
    Ok(outcome::of_inspection(&report.inspection, &args.output))
}

/// Reads what the report is about, and names it.
async fn read(args: &Report, common: &Common) -> Result<(Snapshot, String), CliError> {
    if !args.object.is_empty() {
        let target = ask::object(&args.object, "default")?;
        let is_cluster = target.kind == Kind::Custom(CustomKind::CLUSTER);
        if !is_cluster || !args.management.is_given() {
            return Err(CliError::usage(
                "an incident report is about a whole scope: leave the object out, or name cluster/NAME with --management-context",
            ));
        }
        let asked = cluster::Asked {
            name: &target.name,
            namespace: args.namespace.as_deref(),
            source: &args.source,
            management: &args.management,
            limits: &args.limits,
        };
        let snapshot = cluster::read(&asked, common).await?;
        return Ok((snapshot, format!("cluster {}", target.name)));
    }
    if args.management.is_given() {
        return Err(CliError::usage(
            "--management-context and --management-from belong to cluster/NAME",
        ));
    }
    let source = wiring::open(&args.source).await?;
    let scope = args
        .namespace
        .clone()
        .map_or(Scope::Cluster, Scope::Namespace);
    let shown = Shown::new(common.quiet);
    let snapshot = collect(
        &source,
        &scope,
        &limits(&args.limits),
        &shown,
        Timestamp::now(),
    )
    .await;
    drop(shown);
    if let Some(error) = ask::unreadable(snapshot.ledger.entries()) {
        return Err(error);
    }
    let name = args.namespace.clone().unwrap_or_else(|| "*".to_owned());
    Ok((snapshot, name))
}
