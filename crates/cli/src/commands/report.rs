//! `dogwatch report`: what happened, why, what to do and what not, for people who were not there.

use dogwatch_agent::{
    collect::{Scope, collect},
    metrics::{Window, measure},
};
use dogwatch_engine::report::{Status, incident, incident_document, object};
use dogwatch_model::{ObjectRef, Snapshot, ports::MetricsReader};
use jiff::{SignedDuration, Timestamp};

use super::{ask, cluster, diagnose::limits, outcome};
use crate::{
    args::{Common, Report},
    exit::{CliError, Exit},
    progress::Shown,
    render::{self, Rendered},
    wiring::{self, Source, past},
};

/// How far charts look back when no time is given.
const LOOKS_BACK: SignedDuration = SignedDuration::from_hours(2);

/// What a report is about.
struct Subject {
    snapshot: Snapshot,
    /// Its name in the title.
    scope: String,
    /// The object, when one was named.
    target: Option<ObjectRef>,
}

pub(super) async fn run(args: &Report, common: &Common) -> Result<Exit, CliError> {
    let mut wanted = args.output.clone();
    if wanted.output.is_empty() {
        wanted.output.push("markdown".to_owned());
    }
    let outputs = render::outputs(&wanted)?;
    let metrics = wiring::metrics()?;
    let subject = read(args, common).await?;
    let Subject {
        snapshot, scope, ..
    } = &subject;
    let window = Window::before(
        snapshot.captured_at,
        args.limits.since.unwrap_or(LOOKS_BACK),
    );
    let source = metrics.as_ref().map(|source| source as &dyn MetricsReader);
    let measured = measure(source, snapshot, subject.target.as_ref(), window).await;
    let report = incident(snapshot, scope).with_measurements(&measured);
    let rendered = Rendered {
        document: incident_document(&report),
        causes: &report.inspection.findings,
        report: &report,
    };
    render::write(&rendered, &outputs, common)?;
    Ok(outcome::of_inspection(&report.inspection, &args.output))
}

/// Reads what the report is about, and names it.
async fn read(args: &Report, common: &Common) -> Result<Subject, CliError> {
    let named = if args.object.is_empty() {
        None
    } else {
        Some(ask::object(&args.object, "default")?)
    };
    match named {
        Some(named) if cluster::is_asked(&named, &args.management, &args.source)? => {
            read_cluster(args, common, &named).await
        }
        Some(_) => read_object(args, common).await,
        None if args.management.is_given() => Err(cluster::out_of_place()),
        None => read_scope(args, common).await,
    }
}

/// A cluster of Cluster API, read from both sides.
async fn read_cluster(
    args: &Report,
    common: &Common,
    named: &ObjectRef,
) -> Result<Subject, CliError> {
    let asked = cluster::Asked {
        name: &named.name,
        namespace: args.namespace.as_deref(),
        source: &args.source,
        management: &args.management,
        past: &args.past,
        limits: &args.limits,
        is_recording: false,
    };
    let (_, seen) = cluster::read(&asked, common).await?;
    Ok(Subject {
        snapshot: seen.snapshot,
        scope: format!("cluster {}", named.name),
        target: None,
    })
}

/// One object and what surrounds it.
async fn read_object(args: &Report, common: &Common) -> Result<Subject, CliError> {
    let source = wiring::open(&args.source).await?;
    let namespace = args.namespace.as_deref();
    let namespace = namespace.unwrap_or_else(|| source.default_namespace());
    let target = ask::object(&args.object, namespace)?;
    let scope = Scope::Object {
        kind: target.kind,
        namespace: target.namespace.to_string(),
        name: target.name.to_string(),
        selector: None,
    };
    let snapshot = collected(args, common, &source, &scope).await?;
    let found = object(&snapshot, &target, 1);
    let is_absent = found.summary.status == Status::NotFound
        || target.kind.is_rollout() && found.workload.is_none();
    if is_absent {
        return Err(ask::explain_absence(&source, &snapshot, &target).await);
    }
    Ok(Subject {
        snapshot,
        scope: target.to_string(),
        target: Some(target),
    })
}

/// One Namespace, or everything.
async fn read_scope(args: &Report, common: &Common) -> Result<Subject, CliError> {
    let source = wiring::open(&args.source).await?;
    let scope = args
        .namespace
        .clone()
        .map_or(Scope::Cluster, Scope::Namespace);
    let snapshot = collected(args, common, &source, &scope).await?;
    if let Some(error) = ask::unreadable(snapshot.ledger.entries()) {
        return Err(error);
    }
    Ok(Subject {
        snapshot,
        scope: args.namespace.clone().unwrap_or_else(|| "*".to_owned()),
        target: None,
    })
}

async fn collected(
    args: &Report,
    common: &Common,
    source: &Source,
    scope: &Scope,
) -> Result<Snapshot, CliError> {
    let shown = Shown::new(common.quiet);
    let limits = limits(&args.limits);
    let mut snapshot = collect(source, scope, &limits, &shown, Timestamp::now()).await;
    drop(shown);
    past::add(&args.past, source, (scope, &limits), &mut snapshot).await?;
    Ok(snapshot)
}
