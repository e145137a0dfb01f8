//! `dogwatch diagnose TYPE/NAME`.

use std::time::Duration;

use dogwatch_agent::collect::{Limits, Scope, collect};
use dogwatch_engine::report::{ObjectDiagnosis, Status, object, object_document};
use dogwatch_model::{Alert, ObjectRef, Snapshot, wire::Text};
use jiff::{SignedDuration, Timestamp};

use super::{ask, cluster, outcome, watch};
use crate::{
    args::{Common, Diagnose, LimitArgs},
    exit::{CliError, Exit},
    progress::Shown,
    render::{self, Rendered},
    wiring::{self, Recordable, past},
};

pub(super) async fn run(args: &Diagnose, common: &Common) -> Result<Exit, CliError> {
    let outputs = render::outputs(&args.output)?;
    // A word that names no kind is found before anything is connected.
    let named = ask::object(&args.object, "default")?;
    if cluster::is_asked(&named, &args.management, &args.source)? {
        return cluster::run(args, common, &named.name).await;
    }
    let source = wiring::open(&args.source).await?;
    let source = Recordable::new(source, args.capture.as_deref())?;
    let namespace = args.namespace.clone();
    let namespace = namespace.unwrap_or_else(|| source.source().default_namespace().to_owned());
    let target = ask::object(&args.object, &namespace)?;
    if args.watch {
        return watched(args, common, &source, &target).await;
    }
    let (report, snapshot) = once(args, common, &source, &target).await?;
    source.save_seen(args.capture.as_deref(), &snapshot)?;
    let rendered = Rendered {
        document: object_document(&report),
        causes: &report.top_causes,
        report: &report,
    };
    render::write(&rendered, &outputs, common)?;
    Ok(outcome::of_object(&report, &args.output))
}

async fn once(
    args: &Diagnose,
    common: &Common,
    source: &Recordable,
    target: &ObjectRef,
) -> Result<(ObjectDiagnosis, Snapshot), CliError> {
    let scope = Scope::Object {
        kind: target.kind,
        namespace: target.namespace.to_string(),
        name: target.name.to_string(),
        selector: args.selector.clone(),
    };
    let shown = Shown::new(common.quiet);
    let limits = limits(&args.limits);
    let mut snapshot = collect(source.reader(), &scope, &limits, &shown, Timestamp::now()).await;
    drop(shown);
    past::add(
        &args.past,
        source.source(),
        (&scope, &limits),
        &mut snapshot,
    )
    .await?;
    snapshot
        .alerts
        .extend(args.alerts.iter().map(|text| alert(text, target)));
    let mut report = object(&snapshot, target, args.max_pods);
    if let Some(selector) = &args.selector {
        selector.clone_into(&mut report.selector.value);
        report.selector.source = "override";
    }
    let is_absent = report.summary.status == Status::NotFound
        || target.kind.is_rollout() && report.workload.is_none();
    if is_absent {
        return Err(ask::explain_absence(source.reader(), &snapshot, target).await);
    }
    Ok((report, snapshot))
}

/// An alert about the object that is diagnosed.
fn alert(text: &str, target: &ObjectRef) -> Alert {
    let (name, container) = text.split_once(':').unwrap_or((text, ""));
    Alert {
        name: name.into(),
        object: target.clone(),
        container: container.into(),
        description: Text::default(),
    }
}

async fn watched(
    args: &Diagnose,
    common: &Common,
    source: &Recordable,
    target: &ObjectRef,
) -> Result<Exit, CliError> {
    let as_json = render::is_json(&args.output);
    watch::rounds(as_json, async || {
        let (report, _) = once(args, common, source, target).await?;
        let essence = format!("{:?} {:?}", report.summary, report.funnel);
        let text = if as_json {
            let line = serde_json::to_string(&report);
            line.map_err(|error| CliError::failure(error.to_string()))? + "\n"
        } else {
            render::text(&object_document(&report), common.ascii)
        };
        Ok((essence, text))
    })
    .await
}

/// The limits that the flags describe.
pub(super) fn limits(args: &LimitArgs) -> Limits {
    Limits {
        deadline: positive(args.timeout),
        tail_lines: args.tail,
        since: args.since,
        all_secrets: args.secret_names,
        ..Limits::default()
    }
}

/// The flag parser lets only positive durations through.
fn positive(time: SignedDuration) -> Duration {
    Duration::try_from(time).unwrap_or(Duration::from_mins(1))
}
