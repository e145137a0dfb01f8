//! `dogwatch demo`: a stuck rollout, played in the sandbox and diagnosed over HTTP as any cluster.

use std::{net::Ipv4Addr, time::Duration};

use dogwatch_adapters::kubernetes::{self, ConnectOptions};
use dogwatch_agent::collect::{Limits, Scope, Silent, collect};
use dogwatch_engine::report::{object, object_document};
use dogwatch_model::{Kind, ObjectRef};
use dogwatch_sandbox::{Clock, Controllers, Sandbox, Server};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::outcome;
use crate::{
    args::{Common, Demo},
    exit::{CliError, Exit},
    render::{self, Rendered},
    wiring,
};

const NAMESPACE: &str = "shop";
const NAME: &str = "checkout";

/// The story begins at three in the morning.
const NIGHT: &str = "2026-11-21T03:00:00Z";

/// Long enough for the first version to be complete.
const CALM: Duration = Duration::from_mins(5);

/// Long enough for back-off and deadline.
const TROUBLE: Duration = Duration::from_mins(7);

pub(super) async fn run(args: &Demo, common: &Common) -> Result<Exit, CliError> {
    let outputs = render::outputs(&args.output)?;
    let sandbox = play()?;
    let server = sandbox.serve((Ipv4Addr::LOCALHOST, 0).into()).await;
    let server = server.map_err(|error| CliError::failure(wiring::chain(&error)))?;
    if !common.quiet {
        anstream::eprintln!(
            "A sandbox cluster at {}: {NAME} was healthy, then version 2.0 was rolled out.\n\
             $ dogwatch diagnose deployment/{NAME} -n {NAMESPACE}\n",
            server.url()
        );
    }
    let report = diagnose(&server).await?;
    let rendered = Rendered {
        document: object_document(&report),
        causes: &report.top_causes,
        report: &report,
    };
    render::write(&rendered, &outputs, common)?;
    if args.keep {
        return keep(&server).await;
    }
    // The demo shows a fault on purpose: it went well when it was found.
    let found = outcome::of_object(&report, &args.output) == Exit::Findings;
    Ok(if found || args.output.exit_zero {
        Exit::Ok
    } else {
        Exit::Failure
    })
}

async fn diagnose(server: &Server) -> Result<dogwatch_engine::report::ObjectDiagnosis, CliError> {
    let options = ConnectOptions {
        server: Some(server.url()),
        ..ConnectOptions::default()
    };
    let cluster = kubernetes::connect(options).await;
    let cluster = cluster.map_err(|error| CliError::failure(wiring::chain(&error)))?;
    let target = ObjectRef::named(Kind::Deployment, NAMESPACE, NAME);
    let scope = Scope::Object {
        kind: target.kind,
        namespace: NAMESPACE.to_owned(),
        name: NAME.to_owned(),
        selector: None,
    };
    let limits = Limits::default();
    let snapshot = collect(&cluster, &scope, &limits, &Silent, Timestamp::now()).await;
    Ok(object(&snapshot, &target, 20))
}

/// Keeps serving until interrupted.
async fn keep(server: &Server) -> Result<Exit, CliError> {
    let name = format!("dogwatch-demo-{}.kubeconfig", server.addr().port());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, server.kubeconfig()).map_err(|error| {
        CliError::failure(format!("{} cannot be written: {error}", path.display()))
    })?;
    let shown = path.display();
    anstream::eprintln!(
        "still serving: kubectl --kubeconfig {shown} -n {NAMESPACE} get pods   (Ctrl-C stops)"
    );
    std::future::pending::<()>().await;
    Ok(Exit::Ok)
}

/// Plays the story: three nodes, a healthy version 1.4, then a version 2.0 that wants a setting
/// which nobody gave it.
fn play() -> Result<Sandbox, CliError> {
    let night: Timestamp = NIGHT
        .parse()
        .map_err(|error: jiff::Error| CliError::failure(error.to_string()))?;
    let sandbox = Sandbox::builder()
        .clock(Clock::Frozen(night))
        .controllers(Controllers::On)
        .objects((1..=3).map(node))
        .object(namespace("kube-system"))
        .object(account())
        .object(deployment())
        .object(service())
        .build();
    sandbox.advance(CALM);
    let changed = sandbox.change("deployments.apps", NAMESPACE, NAME, |deployment| {
        let template = &mut deployment["spec"]["template"];
        template["spec"]["containers"][0]["image"] = json!("registry.example/shop/checkout:2.0");
        template["metadata"]["annotations"]["sandbox.dogwatch.io/kubelet"] = json!(crash());
    });
    if !changed {
        return Err(CliError::failure(
            "the sandbox lost the Deployment of the demo",
        ));
    }
    sandbox.advance(TROUBLE);
    Ok(sandbox)
}

/// What version 2.0 does, for the player of the kubelet.
fn crash() -> String {
    let log = "starting checkout 2.0\nloading configuration\n\
               fatal: required environment variable PAYMENT_URL is not set\n";
    json!({"app": {"play": "crash", "exit_code": 1, "after": 2, "log": log}}).to_string()
}

/// Every cluster has this one; its UID names the cluster.
fn namespace(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

/// Without it the API server would refuse every new Pod of the Namespace.
fn account() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "default", "namespace": NAMESPACE},
    })
}

fn node(number: u32) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": format!("node-{number}")},
        "status": {
            "allocatable": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "capacity": {"cpu": "4", "memory": "8Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
        },
    })
}

fn service() -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": NAME, "namespace": NAMESPACE},
        "spec": {"selector": {"app": NAME}, "ports": [{"port": 80, "targetPort": 8080}]},
    })
}

fn deployment() -> Value {
    let runs = json!({"app": {"play": "run", "ready_after": 3}}).to_string();
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "generation": 1},
        "spec": {
            "replicas": 3,
            "progressDeadlineSeconds": 300,
            "selector": {"matchLabels": {"app": NAME}},
            "strategy": {"type": "RollingUpdate",
                "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {
                "metadata": {
                    "labels": {"app": NAME},
                    "annotations": {"sandbox.dogwatch.io/kubelet": runs},
                },
                "spec": {"containers": [{
                    "name": "app",
                    "image": "registry.example/shop/checkout:1.4",
                    // Never read, never written down.
                    "env": [{"name": "CATALOG_PASSWORD", "value": "hunter2-of-the-demo"}],
                    "ports": [{"containerPort": 8080}],
                    "resources": {"requests": {"cpu": "250m", "memory": "128Mi"}},
                }]},
            },
        },
    })
}
