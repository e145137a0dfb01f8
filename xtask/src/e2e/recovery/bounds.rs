//! A quota keeps a workload from its Pods, workloads are deleted, and no preview takes anything away.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use super::super::controlplane::ControlPlane;
use super::super::kubectl::Kubectl;
use super::crew::{Crew, Plans};
use super::guards::application;

/// The name under which the suite lists it.
pub(crate) const NAME: &str = "recovery-bounds";

/// What it shows.
pub(crate) const DESCRIPTION: &str = "A quota and a LimitRange are raised by two people and Pods appear; a workload is deleted with its Pods; no preview takes anything away.";

const NAMESPACE: &str = "recovery-bounds";

/// A controller that was refused waits longer every time.
const TIMES: &str = "verification: {settle: 1s, hold: 2s, giveUp: 150s, lookEvery: 1s}\n";

/// How long the cluster may take for what it does by itself.
const PATIENCE: Duration = Duration::from_mins(1);

const POLL: Duration = Duration::from_millis(300);

pub(crate) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    let kubectl = plane.kubectl();
    super::prepare(&kubectl)?;
    kubectl.run(&["create", "namespace", NAMESPACE])?;
    let crew = Crew::new(&work.join(NAME), plane, dogwatch, TIMES)?;
    let story = Story {
        crew: &crew,
        kubectl: &kubectl,
    };
    story.pod().context("a preview leaves a Pod in place")?;
    story.deletion().context("a workload is deleted")?;
    story
        .drift()
        .context("a deletion whose workload changed meanwhile")?;
    story
        .claims()
        .context("a deletion that would take claims")?;
    story.quota().context("a quota is raised")?;
    story.limit().context("a LimitRange is raised")?;
    crew.expect("alice", &["audit", "verify"], 0)?;
    Ok(())
}

/// The people and the Namespace.
struct Story<'a> {
    crew: &'a Crew<'a>,
    kubectl: &'a Kubectl,
}

impl Story<'_> {
    fn apply(&self, manifest: &str) -> Result<()> {
        let words = ["apply", "-n", NAMESPACE, "-f", "-"];
        self.kubectl.feed(&words, manifest).map(drop)
    }

    fn get(&self, words: &[&str]) -> Result<Value> {
        let all = [&["get"], words, &["-n", NAMESPACE, "-o", "json"]].concat();
        let said = self.kubectl.run(&all)?;
        serde_json::from_str(&said).context("kubectl prints JSON")
    }

    /// UIDs of the Pods of an application.
    fn pods(&self, app: &str) -> Result<Vec<String>> {
        let selector = format!("app={app}");
        let list = self.get(&["pods", "-l", &selector])?;
        let items = list["items"].as_array().context("a list")?;
        let uids = items.iter().map(|pod| &pod["metadata"]["uid"]);
        let mut uids: Vec<String> = uids
            .map(|uid| uid.as_str().unwrap_or("").to_owned())
            .collect();
        uids.sort();
        Ok(uids)
    }

    /// Waits until a workload has so many available Pods.
    fn available(&self, object: &str, wanted: u64) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.get(&[object])?;
            if now["status"]["availableReplicas"].as_u64().unwrap_or(0) == wanted {
                return Ok(());
            }
            ensure!(
                Instant::now() < deadline,
                "{object} does not get {wanted} Pods: {}",
                now["status"]
            );
            sleep(POLL);
        }
    }

    fn plans(&self, object: &str, remedy: &[&str]) -> Result<Plans> {
        let words = [&[object, "-n", NAMESPACE, "--remedy"], remedy].concat();
        self.crew.plans("alice", &words)
    }

    /// Plans of the diagnosis, once it offers this remedy.
    fn offered(&self, object: &str, remedy: &str) -> Result<Plans> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let made = self.crew.plans("alice", &[object, "-n", NAMESPACE]);
            match made {
                Ok(made) if made.of(remedy).is_ok() => return Ok(made),
                _ if Instant::now() < deadline => sleep(POLL),
                other => bail!("{remedy} is not offered: {other:?}"),
            }
        }
    }

    /// Two people approve, and it is carried out.
    fn carry_out(&self, made: &Plans, remedy: &str) -> Result<()> {
        let plan = made.of(remedy)?;
        ensure!(plan.option["risk"] == "high", "{}", plan.option["risk"]);
        let first = self.crew.approve("bob", &plan.id, &plan.typed)?;
        ensure!(first.code == 6, "one is not enough: {}", first.out);
        self.crew.approves("carol", plan)?;
        let ended = self.crew.execute("carol", &plan.id, 0)?;
        ensure!(ended["state"] == "succeeded", "it succeeds: {ended}");
        Ok(())
    }

    /// The dry run of a deletion deletes nothing: the same Pod is there afterwards.
    fn pod(&self) -> Result<()> {
        self.apply(&application("kept", "kept:1", 2, ""))?;
        self.available("deployment/kept", 2)?;
        let before = self.pods("kept")?;
        let list = self.get(&["pods", "-l", "app=kept"])?;
        let name = list["items"][0]["metadata"]["name"].as_str();
        let object = format!("pod/{}", name.context("a Pod has a name")?);
        let made = self.plans(&object, &["delete-pod"])?;
        let plan = made.of("delete-pod")?;
        nothing_blocked(&plan.option)?;
        self.stays("kept", &before)
    }

    /// All Pods of before are there for a while, and none is being deleted.
    fn stays(&self, app: &str, before: &[String]) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(2);
        while Instant::now() < deadline {
            let now = self.pods(app)?;
            ensure!(now == before, "the Pods are {before:?} no more: {now:?}");
            let selector = format!("app={app}");
            let list = self.get(&["pods", "-l", &selector])?;
            ensure!(
                !list.to_string().contains("deletionTimestamp"),
                "a Pod of {app} is being deleted"
            );
            sleep(POLL);
        }
        Ok(())
    }

    /// The preview leaves the workload and its Pods; the execution takes both away.
    fn deletion(&self) -> Result<()> {
        self.apply(&application("old", "old:1", 2, ""))?;
        self.available("deployment/old", 2)?;
        self.kubectl
            .run(&["expose", "deployment/old", "-n", NAMESPACE, "--port=80"])?;
        let (uid, before) = (self.uid("deployment/old")?, self.pods("old")?);
        let made = self.plans("deployment/old", &["delete-workload"])?;
        let option = &made.of("delete-workload")?.option;
        nothing_blocked(option)?;
        let told = option["impact"].to_string();
        ensure!(
            told.contains("2 Pods go") && told.contains("Services that are left without Pods: old"),
            "who is left behind is told: {told}"
        );
        self.stays("old", &before)?;
        ensure!(self.uid("deployment/old")? == uid, "the Deployment stays");
        self.carry_out(&made, "delete-workload")?;
        ensure!(self.pods("old")?.is_empty(), "its Pods are gone");
        for words in [&["deployment/old"][..], &["replicasets", "-l", "app=old"]] {
            let quiet = ["--ignore-not-found", "-o", "name", "-n", NAMESPACE];
            let left = self.kubectl.run(&[&["get"], words, &quiet[..]].concat())?;
            ensure!(left.trim().is_empty(), "something is left: {left}");
        }
        self.get(&["service/old"]).map(drop)
    }

    fn uid(&self, object: &str) -> Result<String> {
        let uid = self.get(&[object])?["metadata"]["uid"].clone();
        Ok(uid.as_str().context("an object has a UID")?.to_owned())
    }

    /// Somebody scales the workload after two people have approved: it is in use.
    fn drift(&self) -> Result<()> {
        let object = "deployment/kept";
        let made = self.plans(object, &["delete-workload"])?;
        let plan = made.of("delete-workload")?;
        let first = self.crew.approve("bob", &plan.id, &plan.typed)?;
        ensure!(first.code == 6, "one is not enough: {}", first.out);
        self.crew.approves("carol", plan)?;
        self.kubectl
            .run(&["scale", object, "-n", NAMESPACE, "--replicas=3"])?;
        let ended = self.crew.execute("carol", &plan.id, 6)?;
        ensure!(ended["state"] == "drifted", "it drifted: {ended}");
        self.available(object, 3)
    }

    /// Claims are never deleted, not even by their StatefulSet.
    fn claims(&self) -> Result<()> {
        let set = application("data", "data:1", 1, "")
            .replace("kind: Deployment", "kind: StatefulSet")
            .replace(
                "  replicas: 1\n",
                "  replicas: 1\n  serviceName: data\n  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Retain}\n",
            );
        self.apply(&set)?;
        let words = [
            "plan",
            "create",
            "statefulset/data",
            "-n",
            NAMESPACE,
            "--remedy",
            "delete-workload",
        ];
        let said = self.crew.expect("alice", &words, 6)?;
        ensure!(
            said.err.contains("claims are never deleted"),
            "it says why: {}",
            said.err
        );
        self.get(&["statefulset/data"]).map(drop)
    }

    /// Two of four Pods are refused; with exactly their share more, all are there.
    fn quota(&self) -> Result<()> {
        let words = ["create", "quota", "budget", "-n", NAMESPACE];
        let others = self.counted()?;
        let hard = format!("--hard=pods={},limits.cpu=2", others + 2);
        self.kubectl.run(&[&words[..], &[&hard]].concat())?;
        self.wait_for_count(others)?;
        self.apply(&application("short", "short:1", 4, ""))?;
        let made = self.offered("deployment/short", "raise-quota")?;
        let option = &made.of("raise-quota")?.option;
        nothing_blocked(option)?;
        ensure!(
            option["fit"]["asked"] == 2 && option["fit"]["fits"] == 2,
            "two Pods wait: {}",
            option["fit"]
        );
        let hard = |quota: &Value| quota["spec"]["hard"]["pods"].clone();
        let before = hard(&self.get(&["quota/budget"])?);
        ensure!(
            before == *(others + 2).to_string(),
            "nothing is raised: {before}"
        );
        self.carry_out(&made, "raise-quota")?;
        let after = hard(&self.get(&["quota/budget"])?);
        ensure!(after == *(others + 4).to_string(), "by two: {after}");
        self.available("deployment/short", 4)?;
        self.kubectl
            .run(&["delete", "quota", "budget", "-n", NAMESPACE])
            .map(drop)
    }

    /// Pods that the quota will count.
    fn counted(&self) -> Result<u64> {
        let list = self.get(&["pods"])?;
        let items = list["items"].as_array().context("a list")?;
        u64::try_from(items.len()).context("a number of Pods")
    }

    fn wait_for_count(&self, pods: u64) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let quota = self.get(&["quota/budget"])?;
            let used = &quota["status"]["used"]["pods"];
            if *used == *pods.to_string() {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "the quota counts {used}");
            sleep(POLL);
        }
    }

    /// A maximum is raised to the size of the container, and its neighbours stay as they are.
    fn limit(&self) -> Result<()> {
        let range = "
apiVersion: v1
kind: LimitRange
metadata: {name: sizes}
spec:
  limits:
  - {type: Pod, max: {cpu: '4'}}
  - {type: Container, max: {cpu: 15m}, default: {cpu: 10m}, defaultRequest: {cpu: 5m}}
";
        self.apply(range)?;
        self.apply(&application("large", "large:1", 1, ""))?;
        let made = self.offered("deployment/large", "raise-limit")?;
        nothing_blocked(&made.of("raise-limit")?.option)?;
        self.carry_out(&made, "raise-limit")?;
        let limits = &self.get(&["limitrange/sizes"])?["spec"]["limits"];
        ensure!(
            limits[1]["max"]["cpu"] == "20m"
                && limits[1]["defaultRequest"]["cpu"] == "5m"
                && limits[0]["max"]["cpu"] == "4",
            "one maximum is raised: {limits}"
        );
        self.available("deployment/large", 1)
    }
}

fn nothing_blocked(option: &Value) -> Result<()> {
    let blocked = &option["state"]["preview"]["blocked"];
    ensure!(
        blocked.as_array().is_some_and(Vec::is_empty),
        "the preview could be carried out: {blocked}"
    );
    Ok(())
}
