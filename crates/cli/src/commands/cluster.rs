//! `dogwatch diagnose cluster/NAME --management-context CONTEXT`: two clusters, one graph.

use dogwatch_agent::collect::{Collected, collect_cluster};
use dogwatch_engine::report::{Inspection, inspection, inspection_document};
use dogwatch_model::{CustomKind, Kind, ObjectRef};
use jiff::Timestamp;

use super::{ask, diagnose::limits, inspect, outcome, watch};
use crate::{
    args::{Common, Diagnose, LimitArgs, ManagementArgs, PastArgs, SourceArgs},
    exit::{CliError, Exit},
    progress::Shown,
    render::{self, Rendered},
    wiring::{
        clusters::{Clusters, are_recorded, open_clusters},
        past,
    },
};

/// Which Cluster, where it is, and what else is wanted.
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    pub(super) namespace: Option<&'a str>,
    pub(super) source: &'a SourceArgs,
    pub(super) management: &'a ManagementArgs,
    pub(super) past: &'a PastArgs,
    pub(super) limits: &'a LimitArgs,
    /// Whether what is read will be written down.
    pub(super) is_recording: bool,
}

/// True when an object is asked for from both sides: its management cluster is named, or the recording
/// holds both.
///
/// # Errors
/// When a management cluster was named for anything but a Cluster, or the recording cannot be read.
pub(super) fn is_asked(
    object: &ObjectRef,
    management: &ManagementArgs,
    source: &SourceArgs,
) -> Result<bool, CliError> {
    match (
        object.kind == Kind::Custom(CustomKind::CLUSTER),
        management.is_given(),
    ) {
        (true, true) => Ok(true),
        (true, false) => are_recorded(source),
        (false, true) => Err(out_of_place()),
        (false, false) => Ok(false),
    }
}

/// A management cluster was named for something that has none.
pub(super) fn out_of_place() -> CliError {
    CliError::usage("--management-context and --management-from belong to cluster/NAME")
}

pub(super) async fn run(args: &Diagnose, common: &Common, name: &str) -> Result<Exit, CliError> {
    if args.selector.is_some() || !args.alerts.is_empty() {
        return Err(CliError::usage(
            "--selector and --alert belong to one object, and cluster/NAME looks at two clusters as a whole",
        ));
    }
    let outputs = render::outputs(&args.output)?;
    let asked = Asked {
        name,
        namespace: args.namespace.as_deref(),
        source: &args.source,
        management: &args.management,
        past: &args.past,
        limits: &args.limits,
        is_recording: args.capture.is_some(),
    };
    if args.watch {
        return watched(&asked, args, common).await;
    }
    let (clusters, seen) = read(&asked, common).await?;
    if let Some(path) = &args.capture {
        clusters.save(path, &seen)?;
    }
    let report = reported(&asked, &seen);
    let rendered = Rendered {
        document: inspection_document(&report),
        causes: &report.findings,
        report: &report,
    };
    render::write(&rendered, &outputs, common)?;
    Ok(outcome::of_inspection(&report, &args.output))
}

fn reported(asked: &Asked<'_>, seen: &Collected) -> Inspection {
    inspection(&seen.snapshot, &format!("cluster {}", asked.name))
}

/// Every round begins at the management cluster: the way to the other one may change. What cannot be
/// opened at all ends the watch before it begins.
async fn watched(asked: &Asked<'_>, args: &Diagnose, common: &Common) -> Result<Exit, CliError> {
    let as_json = render::is_json(&args.output);
    drop(open(asked).await?);
    watch::rounds(as_json, async || {
        let (_, seen) = read(asked, common).await?;
        inspect::told(&reported(asked, &seen), as_json, common)
    })
    .await
}

async fn open(asked: &Asked<'_>) -> Result<Clusters, CliError> {
    let wanted = (asked.namespace, asked.name);
    open_clusters(asked.source, asked.management, wanted, asked.is_recording).await
}

/// Reads both clusters into one snapshot, with what was asked for of the past.
pub(super) async fn read(
    asked: &Asked<'_>,
    common: &Common,
) -> Result<(Clusters, Collected), CliError> {
    let clusters = open(asked).await?;
    let limits = limits(asked.limits);
    let shown = Shown::new(common.quiet);
    let (access, cluster) = (clusters.access(), &clusters.cluster);
    let read = collect_cluster(&access, cluster, &limits, &shown, Timestamp::now());
    let mut seen = Box::pin(read).await;
    drop(shown);
    let is_known = seen
        .snapshot
        .customs_of("cluster.x-k8s.io", "Cluster")
        .any(|known| *known.meta.name == *cluster.name);
    if !is_known {
        let kind = Kind::Custom(CustomKind::CLUSTER);
        let target = ObjectRef::named(kind, &cluster.namespace, &cluster.name);
        let reader = clusters.management.reader();
        return Err(ask::explain_absence(reader, &seen.snapshot, &target).await);
    }
    let added = past::add_to_both(asked.past, &clusters, &limits, &mut seen.snapshot);
    added.await?;
    Ok((clusters, seen))
}
