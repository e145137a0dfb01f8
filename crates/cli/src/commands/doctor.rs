//! `dogwatch doctor`: what can be reached and may be read.

use dogwatch_model::Kind;
use serde::Serialize;

use crate::{
    args::{Doctor, Format, SourceArgs},
    exit::{CliError, Exit},
    render, wiring,
};

/// One question and its answer.
#[derive(Debug, Serialize)]
struct Finding {
    check: String,
    ok: bool,
    detail: String,
}

/// Everything that was asked.
#[derive(Debug, Serialize)]
struct Doctors {
    success: bool,
    server: String,
    namespace: String,
    findings: Vec<Finding>,
}

pub(super) async fn run(args: &Doctor) -> Result<Exit, CliError> {
    if let Some(path) = &args.source.from {
        return recording(args, path);
    }
    let report = live(args, &args.source).await?;
    let exit = if report.success {
        Exit::Ok
    } else {
        Exit::Incomplete
    };
    match args.output {
        Format::Json => render::print(&render::json(&report)?),
        _ => render::print(&text(&report)),
    }
    Ok(exit)
}

async fn live(args: &Doctor, source: &SourceArgs) -> Result<Doctors, CliError> {
    let source = wiring::open(source).await?;
    let Some(cluster) = source.live() else {
        return Err(CliError::failure(
            "a recording has no permissions to ask for",
        ));
    };
    let namespace = args.namespace.clone();
    let namespace = namespace.unwrap_or_else(|| cluster.default_namespace().to_owned());
    let mut findings = Vec::new();
    match cluster.fetch_version().await {
        Ok(version) => findings.push(Finding {
            check: "server answers".to_owned(),
            ok: true,
            detail: version,
        }),
        Err(error) => return Err(CliError::failure(wiring::chain(&error))),
    }
    for kind in Kind::all() {
        let resource = kind.info().plural;
        findings.push(may(cluster, resource, kind.info().namespaced, &namespace).await);
    }
    findings.push(may(cluster, "pods/log", true, &namespace).await);
    Ok(Doctors {
        success: findings.iter().all(|finding| finding.ok),
        server: cluster.server().to_owned(),
        namespace,
        findings,
    })
}

async fn may(
    cluster: &dogwatch_adapters::kubernetes::LiveCluster,
    resource: &str,
    namespaced: bool,
    namespace: &str,
) -> Finding {
    let verb = if resource == "pods/log" {
        "get"
    } else {
        "list"
    };
    let place = namespaced.then_some(namespace);
    let answer = cluster.access_review(verb, resource, place).await;
    let check = format!("{verb} {resource}");
    match answer {
        Ok(true) => Finding {
            check,
            ok: true,
            detail: String::new(),
        },
        Ok(false) => {
            let detail = format!("not allowed: grant {verb} on {resource}");
            Finding {
                check,
                ok: false,
                detail,
            }
        }
        Err(error) => Finding {
            check,
            ok: false,
            detail: wiring::chain(&error),
        },
    }
}

fn text(report: &Doctors) -> String {
    let mut out = format!("server {}, namespace {}\n", report.server, report.namespace);
    for finding in &report.findings {
        let word = if finding.ok { "OK  " } else { "FAIL" };
        out += format!("{word}  {:<36} {}", finding.check, finding.detail).trim_end();
        out.push('\n');
    }
    out
}

/// A recording: which format, what could not be read.
fn recording(args: &Doctor, path: &std::path::Path) -> Result<Exit, CliError> {
    let bundle = wiring::open_bundle(path)?;
    let findings: Vec<Finding> = bundle
        .problems()
        .iter()
        .map(|problem| Finding {
            check: "readable".to_owned(),
            ok: false,
            detail: problem.clone(),
        })
        .collect();
    let count = bundle.objects().count();
    let report = Doctors {
        success: findings.is_empty(),
        server: format!("recording with {count} objects"),
        namespace: "*".to_owned(),
        findings,
    };
    match args.output {
        Format::Json => render::print(&render::json(&report)?),
        _ => render::print(&text(&report)),
    }
    Ok(if report.success {
        Exit::Ok
    } else {
        Exit::Incomplete
    })
}
