//! `dogwatch replay PATH`: a recording as a Kubernetes API on loopback.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use dogwatch_adapters::bundle::Bundle;
use dogwatch_model::{ReadOutcome, ports::ClusterReader as _};
use dogwatch_sandbox::{Builder, Clock, LogKey, Sandbox, Server};
use serde_json::Value;

use crate::{
    args::{Common, Replay},
    exit::{CliError, Exit},
    render, wiring,
};

pub(super) async fn run(args: &Replay, common: &Common) -> Result<Exit, CliError> {
    let bundle = wiring::open_bundle(&args.path)?;
    let sandbox = sandbox(&bundle);
    drop(bundle);
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let server = sandbox.serve(address).await;
    let server = server.map_err(|error| CliError::failure(wiring::chain(&error)))?;
    let path = write_kubeconfig(&server, args.kubeconfig_out.as_deref())?;
    let shown = path.display();
    render::print(&format!(
        "serving {} at {}\n",
        args.path.display(),
        server.url()
    ));
    render::print(&format!("export KUBECONFIG={shown}\n"));
    if !common.quiet {
        anstream::eprintln!("try: kubectl --kubeconfig {shown} get pods -A   (Ctrl-C stops)");
    }
    std::future::pending::<()>().await;
    Ok(Exit::Ok)
}

/// A sandbox that holds what a recording holds and believes the time of the recording.
fn sandbox(bundle: &Bundle) -> Sandbox {
    let facts = bundle.facts();
    let mut builder = Sandbox::builder();
    if let Some(version) = facts.version {
        builder = builder.server_version(version);
    }
    if let Some(now) = facts.now {
        builder = builder.clock(Clock::Frozen(now));
    }
    for object in bundle.objects() {
        // What is no JSON was already counted when the recording was opened.
        if let Ok(object) = serde_json::from_slice::<Value>(object.json) {
            builder = builder.object(object);
        }
    }
    for log in bundle.logs() {
        let key = LogKey {
            namespace: log.namespace.to_owned(),
            pod: log.pod.to_owned(),
            container: log.container.to_owned(),
            previous: log.previous,
        };
        builder = builder.log(key, String::from_utf8_lossy(log.text));
    }
    deny(bundle, builder).build()
}

/// What was denied to the recorder is denied to the reader of the recording.
fn deny(bundle: &Bundle, builder: Builder) -> Builder {
    let ledger = bundle.ledger();
    let mut builder = builder;
    for entry in ledger.iter().flat_map(|ledger| ledger.entries()) {
        let ReadOutcome::Denied { .. } = entry.outcome else {
            continue;
        };
        let place = entry.namespace.as_deref().unwrap_or("*");
        let resource = entry.source.to_string();
        for verb in ["get", "list", "watch"] {
            builder = builder.deny(verb, &*resource, place);
        }
    }
    builder
}

/// Writes the kubeconfig where it was asked for, else beside the other temporary files.
fn write_kubeconfig(server: &Server, wanted: Option<&Path>) -> Result<PathBuf, CliError> {
    let path = wanted.map_or_else(
        || {
            let port = server.addr().port();
            std::env::temp_dir().join(format!("dogwatch-replay-{port}.kubeconfig"))
        },
        Path::to_path_buf,
    );
    std::fs::write(&path, server.kubeconfig()).map_err(|error| {
        CliError::failure(format!("{} cannot be written: {error}", path.display()))
    })?;
    Ok(path)
}
