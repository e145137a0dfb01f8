//! A pool that cannot grow gets a sibling.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};

use super::super::controlplane::ControlPlane;
use super::crew::Crew;
use super::guards::{NAMESPACE, application, apply, wait};
use super::pools::Provider;

/// A Node of the pool: three Pods of the application fit on one.
const NODE: &str = "
apiVersion: v1
kind: Node
metadata:
  name: NAME
  labels: {pool: sibling, kubernetes.io/hostname: NAME}
  annotations: {play.dogwatch.io/cpu: '2'}
";

const TIMES: &str = "verification: {settle: 1s, hold: 2s, giveUp: 40s, lookEvery: 1s}\n";

/// One Pod of four waits; the new pool, approved by two people, takes it.
pub(super) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    let kubectl = plane.kubectl();
    let provider = Provider::start(plane.kubectl(), "sibling-pool", NODE, 1)?;
    let more = format!("{TIMES}nodePools: {{url: '{}'}}\n", provider.url);
    let crew = Crew::new(work, plane, dogwatch, &more)?;
    let manifest = application("crowd", "crowd:1", 4, "")
        .replace("pool: shared", "pool: sibling")
        .replace("cpu: 10m", "cpu: 600m")
        .replace("cpu: 20m", "cpu: '1'");
    apply(&kubectl, &manifest)?;
    wait(
        &kubectl,
        "deployment/crowd",
        ".status.availableReplicas",
        "3",
    )?;
    let deadline = Instant::now() + Duration::from_secs(40);
    let made = loop {
        // Until the scheduler has said that a Pod waits there is nothing to plan.
        let made = crew.plans("alice", &["deployment/crowd", "-n", NAMESPACE]);
        match made {
            Ok(made) if made.of("create-node-pool").is_ok() => break made,
            _ if Instant::now() < deadline => sleep(Duration::from_millis(500)),
            other => bail!("no pool is offered: {other:?}"),
        }
    };
    let plan = made.of("create-node-pool")?;
    let fit = &plan.option["fit"];
    ensure!(
        fit["asked"] == 1 && fit["fits"] == 1,
        "the new Node takes the Pod: {fit}"
    );
    ensure!(
        provider.changes() == 0,
        "nothing is made before it is approved"
    );
    let first = crew.approve("bob", &plan.id, &plan.typed)?;
    ensure!(first.code == 6, "one is not enough: {}", first.out);
    crew.approves("carol", plan)?;
    let ended = crew.execute("carol", &plan.id, 0)?;
    ensure!(ended["state"] == "succeeded", "the Pod is placed: {ended}");
    let listed = crew.expect(
        "alice",
        &[
            "action",
            "huawei_list_cce_nodepools",
            "region=e2e",
            "cluster_id=e2e",
        ],
        0,
    )?;
    ensure!(
        listed.out.contains("sibling-pool-2") && listed.out.contains("0.42 USD per hour"),
        "the new pool is listed with its price: {}",
        listed.out
    );
    ensure!(
        provider.changes() == 1 && provider.names() == ["sibling-pool", "sibling-pool-2"],
        "one pool was made: {:?}",
        provider.names()
    );
    Ok(())
}
