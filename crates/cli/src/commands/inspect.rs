//! `dogwatch inspect`.

use core::mem::ManuallyDrop;

use dogwatch_agent::collect::{Scope, collect};
use dogwatch_engine::report::{Inspection, inspection, inspection_document};
use dogwatch_model::Snapshot;
use jiff::Timestamp;

use super::{ask, diagnose::limits, outcome, watch};
use crate::{
    args::{Common, Inspect},
    exit::{CliError, Exit},
    progress::Shown,
    render::{self, Rendered},
    wiring::{self, Recordable, past},
};

pub(super) async fn run(args: &Inspect, common: &Common) -> Result<Exit, CliError> {
    let outputs = render::outputs(&args.output)?;
    let source = wiring::open(&args.source).await?;
    let source = Recordable::new(source, args.capture.as_deref())?;
    let scope = scope(args, &source);
    if args.watch {
        return watched(args, common, &source, &scope).await;
    }
    let (report, snapshot) = once(args, common, &source, &scope).await?;
    // The process ends here: what the snapshot holds need not be given back piece by piece.
    let snapshot = ManuallyDrop::new(snapshot);
    source.save_seen(args.capture.as_deref(), &snapshot)?;
    let rendered = Rendered {
        document: inspection_document(&report),
        causes: &report.findings,
        report: &report,
    };
    render::write(&rendered, &outputs, common)?;
    Ok(outcome::of_inspection(&report, &args.output))
}

fn scope(args: &Inspect, source: &Recordable) -> Scope {
    // A recording is looked at as a whole unless a Namespace is named.
    let is_recording = source.source().live().is_none();
    match &args.namespace {
        Some(namespace) => Scope::Namespace(namespace.clone()),
        None if args.all_namespaces || is_recording => Scope::Cluster,
        None => Scope::Namespace(source.source().default_namespace().to_owned()),
    }
}

async fn once(
    args: &Inspect,
    common: &Common,
    source: &Recordable,
    scope: &Scope,
) -> Result<(Inspection, Snapshot), CliError> {
    let shown = Shown::new(common.quiet);
    let limits = limits(&args.limits);
    let mut snapshot = collect(source.reader(), scope, &limits, &shown, Timestamp::now()).await;
    drop(shown);
    if let Some(error) = ask::unreadable(snapshot.ledger.entries()) {
        return Err(error);
    }
    past::add(&args.past, source.source(), (scope, &limits), &mut snapshot).await?;
    let name = match scope {
        Scope::Namespace(namespace) => namespace,
        _ => "*",
    };
    Ok((inspection(&snapshot, name), snapshot))
}

async fn watched(
    args: &Inspect,
    common: &Common,
    source: &Recordable,
    scope: &Scope,
) -> Result<Exit, CliError> {
    let as_json = render::is_json(&args.output);
    watch::rounds(as_json, async || {
        let (report, _) = once(args, common, source, scope).await?;
        told(&report, as_json, common)
    })
    .await
}

/// What tells a round of a watch from the one before, and what is printed of it.
pub(super) fn told(
    report: &Inspection,
    as_json: bool,
    common: &Common,
) -> Result<(String, String), CliError> {
    let modes: Vec<String> = report
        .findings
        .iter()
        .map(|cause| format!("{} {}", cause.mode, cause.object))
        .collect();
    let essence = format!("{} {modes:?}", report.summary.headline);
    let text = if as_json {
        let line = serde_json::to_string(report);
        line.map_err(|error| CliError::failure(error.to_string()))? + "\n"
    } else {
        render::text(&inspection_document(report), common.ascii)
    };
    Ok((essence, text))
}
