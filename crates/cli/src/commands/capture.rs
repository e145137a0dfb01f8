//! `dogwatch capture PATH`.

use dogwatch_agent::collect::{Scope, collect};
use dogwatch_model::LedgerEntry;
use jiff::Timestamp;

use super::{ask, diagnose::limits};
use crate::{
    args::{Capture, Common},
    exit::{CliError, Exit},
    progress::Shown,
    wiring::{self, Recordable, past},
};

pub(super) async fn run(args: &Capture, common: &Common) -> Result<Exit, CliError> {
    let source = wiring::open(&args.source).await?;
    let source = Recordable::new(source, Some(&args.path))?;
    let scope = args
        .namespace
        .clone()
        .map_or(Scope::Cluster, Scope::Namespace);
    let shown = Shown::new(common.quiet);
    let limits = limits(&args.limits);
    let mut snapshot = collect(source.reader(), &scope, &limits, &shown, Timestamp::now()).await;
    drop(shown);
    if let Some(error) = ask::unreadable(snapshot.ledger.entries()) {
        return Err(error);
    }
    past::add(
        &args.past,
        source.source(),
        (&scope, &limits),
        &mut snapshot,
    )
    .await?;
    source.save_seen(Some(&args.path), &snapshot)?;
    let holes: Vec<String> = snapshot.ledger.holes().map(LedgerEntry::sentence).collect();
    let path = args.path.display();
    let pods = snapshot.pods.len();
    crate::render::print(&format!(
        "{path}: {pods} Pods as of {:.0}\n",
        snapshot.captured_at
    ));
    for hole in &holes {
        anstream::eprintln!("not captured: {hole}");
    }
    Ok(if holes.is_empty() {
        Exit::Ok
    } else {
        Exit::Incomplete
    })
}
