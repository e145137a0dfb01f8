//! `dogwatch diagnose cluster/NAME --management-context CONTEXT`: two clusters, one graph.

use dogwatch_agent::collect::{Access, ClusterName, collect_cluster};
use dogwatch_engine::report::{inspection, inspection_document};
use dogwatch_model::{CustomKind, Kind, ObjectRef, Snapshot, ports::ClusterReader};
use jiff::Timestamp;

use super::{ask, diagnose::limits, outcome};
use crate::{
    args::{Common, Diagnose, LimitArgs, ManagementArgs, PastArgs, SourceArgs},
    exit::{CliError, Exit},
    progress::Shown,
    render::{self, Rendered},
    wiring,
};

pub(super) async fn run(args: &Diagnose, common: &Common, name: &str) -> Result<Exit, CliError> {
    if args.watch || args.capture.is_some() {
        return Err(CliError::usage(
            "--watch and --capture look at one cluster: name the workload cluster by its context",
        ));
    }
    refuse_past(&args.past)?;
    let outputs = render::outputs(&args.output)?;
    let asked = Asked {
        name,
        namespace: args.namespace.as_deref(),
        source: &args.source,
        management: &args.management,
        limits: &args.limits,
    };
    let snapshot = read(&asked, common).await?;
    let report = inspection(&snapshot, &format!("cluster {name}"));
    let rendered = Rendered {
        document: inspection_document(&report),
        causes: &report.findings,
        report: &report,
    };
    render::write(&rendered, &outputs, common)?;
    Ok(outcome::of_inspection(&report, &args.output))
}

/// The past of two clusters cannot be told apart by one recording or log.
pub(super) fn refuse_past(past: &PastArgs) -> Result<(), CliError> {
    if past.is_given() {
        return Err(CliError::usage(
            "--before, --audit-log and --helm-releases look at one cluster: name the workload cluster by its context",
        ));
    }
    Ok(())
}

/// Which Cluster, and where it is.
pub(super) struct Asked<'a> {
    pub(super) name: &'a str,
    pub(super) namespace: Option<&'a str>,
    pub(super) source: &'a SourceArgs,
    pub(super) management: &'a ManagementArgs,
    pub(super) limits: &'a LimitArgs,
}

/// Reads both clusters into one snapshot.
pub(super) async fn read(asked: &Asked<'_>, common: &Common) -> Result<Snapshot, CliError> {
    let Asked {
        name,
        namespace,
        source,
        management,
        limits: limit_args,
    } = asked;
    let clusters = wiring::open_clusters(source, management, *namespace, name).await?;
    let access = Access {
        management: &clusters.management,
        workload: clusters
            .workload
            .as_ref()
            .map(|known| known as &dyn ClusterReader),
        entries: clusters.entries.clone(),
    };
    let cluster = ClusterName {
        namespace: clusters.namespace.clone(),
        name: (*name).to_owned(),
    };
    let shown = Shown::new(common.quiet);
    let limits = limits(limit_args);
    let snapshot = collect_cluster(&access, &cluster, &limits, &shown, Timestamp::now()).await;
    drop(shown);
    let target = ObjectRef::named(Kind::Custom(CustomKind::CLUSTER), &cluster.namespace, name);
    let is_known = snapshot
        .customs_of("cluster.x-k8s.io", "Cluster")
        .any(|known| *known.meta.name == **name);
    if !is_known {
        return Err(ask::explain_absence(&clusters.management, &snapshot, &target).await);
    }
    Ok(snapshot)
}
