//! The real Helm is the oracle: two Namespaces with the same release, one rolled back by Dogwatch and
//! one by `helm rollback`, must be the same afterwards, for people and for Helm.

mod chart;
mod twin;

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::super::{Surroundings, binaries::Binaries, crash::witness, kubectl::Kubectl};
use super::crew::{Crew, Plan};
use crate::workspace;
use chart::Helm;
use twin::Twins;

/// The name under which the suite lists the part.
pub(crate) const NAME: &str = "recovery-helm";

/// What it shows.
pub(crate) const DESCRIPTION: &str = "A bad release rolled back by Dogwatch and its twin by the real helm are the same; helm goes on with both.";

/// What no file of Dogwatch may hold: a value of the chart.
const SECRET: &str = "hunter2-of-the-chart";

/// What rolling this chart back takes.
const RIGHTS: &str = "
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: dogwatch-remediator-helm}
rules:
- {apiGroups: [''], resources: [secrets], verbs: [get, create, patch]}
- {apiGroups: [''], resources: [configmaps], verbs: [get, create, patch, delete]}
- {apiGroups: [''], resources: [serviceaccounts], verbs: [get, patch]}
- {apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [get, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: dogwatch-remediator-helm}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: dogwatch-remediator-helm}
subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: remediator}]
";

/// After how many writes executors are killed.
const DEATHS: [usize; 3] = [1, 4, 8];

/// After which somebody else may go on, and a moment more.
const LEASE: Duration = Duration::from_millis(2500);

const TIMES: &str = "verification: {settle: 1s, hold: 2s, giveUp: 40s, lookEvery: 1s}\n";

/// Both ways of Helm to apply objects.
pub(crate) fn run(all: &Surroundings<'_>) -> Result<()> {
    let work = all.work.join(NAME);
    fs::create_dir_all(&work).context("create a folder")?;
    let folder = workspace::root().join("tests/e2e/helm");
    let binary = Binaries::helm(all.bin_dir, &folder)?;
    let helm = Helm::new(binary, all.plane.kubeconfig(), &work, &folder.join("chart"))?;
    let kubectl = all.plane.kubectl();
    super::prepare(&kubectl)?;
    kubectl.feed(&["apply", "-f", "-"], RIGHTS)?;
    let state = work.join("crew");
    let crew = crew(all, &state, "helmReleases: true, ")?;
    closed(all, &work, &helm, &kubectl).context("without permission nothing is opened")?;
    let twins = client_side(all, &helm, &kubectl, &crew)
        .context("a release that is applied by the client")?;
    // What was changed rests for ten minutes: going on with the same release takes another store.
    let later = work.join("later");
    let other = self::crew(all, &later, "helmReleases: true, ")?;
    there_and_back(&helm, &other, &twins, "4").context("a release of the client there and back")?;
    server_side(&helm, &kubectl, &crew).context("a release that is applied on the server")?;
    for (crew, state) in [(&crew, &state), (&other, &later)] {
        crew.expect("alice", &["audit", "verify"], 0)?;
        ensure_silent(state)?;
    }
    Ok(())
}

fn crew<'a>(all: &Surroundings<'a>, work: &Path, more: &str) -> Result<Crew<'a>> {
    let text = format!(
        "cluster: e2e
remediation: {{enabled: true, leaseSeconds: 2, {more}kubeconfig: {}}}
approval:
  grants:
  - {{who: ['kubernetes:bob', 'kubernetes:carol'], role: admin}}
{TIMES}",
        all.plane.kubeconfig_of("remediator").display()
    );
    Crew::with_config(work, all.plane, all.dogwatch, &text)
}

/// The words that ask for the rollback of the release of a Namespace.
fn asked(namespace: &str) -> [&str; 5] {
    [
        "deployment/shop",
        "-n",
        namespace,
        "--remedy",
        "rollback-release",
    ]
}

/// Where nobody permits it, the refusal says what to set.
fn closed(all: &Surroundings<'_>, work: &Path, helm: &Helm, kubectl: &Kubectl) -> Result<()> {
    let namespace = "recovery-helm-closed";
    kubectl.run(&["create", "namespace", namespace])?;
    helm.install(namespace, "1.0.0", &["--server-side=false"])?;
    let crew = crew(all, &work.join("closed"), "")?;
    let mut words = vec!["plan", "create"];
    words.extend(asked(namespace));
    let said = crew.run("alice", &words)?;
    ensure!(
        said.code != 0 && said.err.contains("remediation.helmReleases: true"),
        "the refusal says what to set: {said:?}"
    );
    Ok(())
}

/// A failed upgrade, with traces of people in the objects, and executors that are killed; afterwards
/// Helm upgrades both.
fn client_side<'a>(
    all: &Surroundings<'_>,
    helm: &'a Helm,
    kubectl: &'a Kubectl,
    crew: &Crew<'_>,
) -> Result<Twins<'a>> {
    let twins = Twins::new(kubectl, helm, "client")?;
    for namespace in twins.both() {
        helm.install(namespace, "1.0.0", &["--server-side=false"])?;
        helm.fails_to_upgrade(namespace, "2.0.0")?;
        touch(kubectl, namespace)?;
    }
    let plan = planned(crew, twins.ours())?;
    approved(crew, &plan)?;
    for writes in DEATHS {
        killed(all, crew, &plan, writes)?;
    }
    executed(crew, &plan)?;
    ensure_once(all, &plan)?;
    helm.run(twins.theirs(), &["rollback", "shop", "1"])?;
    twins.ensure_alike()?;
    let steps = plan.option["steps"].to_string();
    ensure!(
        steps.contains("shop-later") && !steps.contains("shop-kept"),
        "what is kept is not deleted: {steps}"
    );
    for namespace in twins.both() {
        helm.upgrade(namespace, "3.0.0", &["--set", "image=shop:3"])?;
    }
    twins.ensure_alike()?;
    Ok(twins)
}

/// Back to the revision before, and forward again.
fn there_and_back(helm: &Helm, crew: &Crew<'_>, twins: &Twins<'_>, revision: &str) -> Result<()> {
    let plan = planned(crew, twins.ours())?;
    carried_out(crew, &plan)?;
    helm.run(twins.theirs(), &["rollback", "shop"])?;
    twins.ensure_alike()?;
    carried_out(crew, &crew.way_back(&plan.id)?)?;
    helm.run(twins.theirs(), &["rollback", "shop", revision])?;
    twins.ensure_alike()
}

/// What people and controllers do to objects of a release.
fn touch(kubectl: &Kubectl, namespace: &str) -> Result<()> {
    let touches: [&[&str]; 4] = [
        &["scale", "deployment/shop", "--replicas=1"],
        &["set", "env", "deployment/shop", "-c", "app", "FOREIGN=1"],
        &["label", "configmap/shop-settings", "foreign=yes"],
        &[
            "patch",
            "configmap/shop-settings",
            "-p",
            "{\"data\":{\"foreign\":\"yes\"}}",
        ],
    ];
    for words in touches {
        kubectl.run(&[words, &["-n", namespace]].concat())?;
    }
    Ok(())
}

/// A release that is deployed and unwanted, and the way forward again.
fn server_side(helm: &Helm, kubectl: &Kubectl, crew: &Crew<'_>) -> Result<()> {
    let twins = Twins::new(kubectl, helm, "server")?;
    for namespace in twins.both() {
        helm.install(namespace, "1.0.0", &[])?;
        helm.upgrade(namespace, "2.0.0", &["--set", "image=shop:2"])?;
    }
    there_and_back(helm, crew, &twins, "2")?;
    for namespace in twins.both() {
        helm.upgrade(namespace, "3.0.0", &["--set", "image=shop:3"])?;
    }
    twins.ensure_alike()
}

/// The plan to roll the release back.
fn planned(crew: &Crew<'_>, namespace: &str) -> Result<Plan> {
    let made = crew.plans("alice", &asked(namespace))?;
    let mut made = made.options.into_iter();
    let plan = made.next().context("there is a plan")?;
    ensure!(
        plan.remedy == "rollback-release" && plan.option["risk"] == "high",
        "{}",
        plan.option
    );
    let blocked = &plan.option["state"]["preview"]["blocked"];
    ensure!(
        *blocked == serde_json::json!([]),
        "it is blocked: {blocked}"
    );
    Ok(plan)
}

fn carried_out(crew: &Crew<'_>, plan: &Plan) -> Result<()> {
    approved(crew, plan)?;
    executed(crew, plan)
}

fn approved(crew: &Crew<'_>, plan: &Plan) -> Result<()> {
    let first = crew.approve("bob", &plan.id, &plan.typed)?;
    ensure!(first.code == 6, "one is not enough: {}", first.out);
    crew.approves("carol", plan)
}

/// Kills an executor once the API server has seen so many writes of the plan, and waits until somebody
/// else may go on.
fn killed(all: &Surroundings<'_>, crew: &Crew<'_>, plan: &Plan, writes: usize) -> Result<()> {
    let mut executor = crew.spawn("carol", &["plan", "execute", &plan.id, "--quiet"])?;
    while written(all, plan)?.len() < writes {
        let ended = executor.try_wait().context("look at dogwatch")?;
        ensure!(ended.is_none(), "it ends before {writes} writes: {ended:?}");
        sleep(Duration::from_millis(10));
    }
    // SIGKILL: nothing is flushed, released or told.
    executor.kill().context("kill dogwatch")?;
    executor.wait().context("wait for dogwatch")?;
    sleep(LEASE);
    Ok(())
}

/// Fails unless every step was written once, in spite of the deaths.
fn ensure_once(all: &Surroundings<'_>, plan: &Plan) -> Result<()> {
    let mut writes = written(all, plan)?;
    let steps = plan.option["steps"].as_array().map_or(0, Vec::len);
    let count = writes.len();
    writes.sort();
    writes.dedup();
    ensure!(
        (count, writes.len()) == (steps, steps),
        "{steps} steps, {count} writes: {writes:?}"
    );
    Ok(())
}

/// The writes of a plan that the API server carried out.
fn written(all: &Surroundings<'_>, plan: &Plan) -> Result<Vec<String>> {
    let mut known = witness::read(&all.plane.audit_log())?;
    let of_plan = known.remove(&plan.id).unwrap_or_default();
    Ok(of_plan.into_iter().map(|(write, _)| write).collect())
}

fn executed(crew: &Crew<'_>, plan: &Plan) -> Result<()> {
    let ended = crew.execute("carol", &plan.id, 0)?;
    ensure!(
        ended["state"] == "succeeded",
        "the release is back: {ended}"
    );
    Ok(())
}

/// No file that Dogwatch wrote holds a value of the chart.
fn ensure_silent(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).context("list a folder")? {
        let path = entry.context("list a folder")?.path();
        if path.is_dir() {
            ensure_silent(&path)?;
            continue;
        }
        let bytes = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
        let secret = SECRET.as_bytes();
        let has = bytes.windows(secret.len()).any(|part| part == secret);
        ensure!(!has, "{} holds a value of the chart", path.display());
    }
    Ok(())
}
