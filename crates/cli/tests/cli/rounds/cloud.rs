//! Steps at a provider of machines: started, started anew, given back, drifted, unanswered.

use std::sync::Mutex;

use dogwatch_agent::{
    collect::Silent,
    recovery::{Asked, Created, Ended, Hands, Recovery, RecoveryError},
};
use dogwatch_model::{
    Kind, ObjectRef,
    approval::{Identity, Said},
    plan::{RemedyRequest, Target},
    ports::{
        Cloud, CloudAct, CloudOrder, CloudReader, CloudWriter, GONE, PoolError, PortFuture, Write,
        WriteBody, store::PlanState,
    },
};
use dogwatch_sandbox::{Sandbox, Server};
use serde_json::{Value, json};

use super::stage::{Cluster, Installation, node};

/// A provider with a machine for Node `node-2`, and the cluster.
struct Provider<'c> {
    sandbox: &'c Sandbox,
    home: &'c Installation,
    cloud: Mutex<Cloud>,
    /// What was asked for, with its key.
    asked: Mutex<Vec<(CloudAct, String)>>,
    /// Does what is asked for and gives no answer.
    is_mute: bool,
    /// The API server, which goes when the cluster sleeps.
    server: Mutex<Option<Server>>,
}

impl<'c> Provider<'c> {
    fn new(sandbox: &'c Sandbox, home: &'c Installation, state: &str) -> Self {
        let cloud = json!({
            "cluster": {"id": "c-1", "state": "available"},
            "machines": [{"id": "m-2", "node": "node-2", "state": state, "startedAt": "1"}],
        });
        Self {
            sandbox,
            home,
            cloud: Mutex::new(serde_json::from_value(cloud).expect("a cloud")),
            asked: Mutex::default(),
            is_mute: false,
            server: Mutex::default(),
        }
    }

    fn set(&self, change: impl FnOnce(&mut Cloud)) {
        change(&mut self.cloud.lock().expect("no test panics here"));
    }

    fn note(&self, act: CloudAct, key: &str) {
        let mut asked = self.asked.lock().expect("no test panics here");
        asked.push((act, key.to_owned()));
    }

    fn asked(&self) -> Vec<CloudAct> {
        let asked = self.asked.lock().expect("no test panics here");
        asked.iter().map(|(act, _)| *act).collect()
    }

    /// The kubelet of a machine that was started tells another boot.
    fn boots(&self, boot_id: &str) {
        let boot_id = boot_id.to_owned();
        self.sandbox.change("nodes", "", "node-2", |node| {
            node["status"]["nodeInfo"]["bootID"] = json!(boot_id);
            node["status"]["conditions"][0]["status"] = json!("True");
        });
    }

    async fn take_away(&self) {
        let node = self.sandbox.get("nodes", "", "node-2").expect("the Node");
        let text = |field: &str| {
            node["metadata"][field]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        let write = Write {
            target: Target::of(&node_2()),
            subresource: None,
            body: WriteBody::Delete {
                uid: text("uid"),
                resource_version: text("resourceVersion"),
                grace_seconds: None,
            },
            plan_id: String::new(),
        };
        let gone = self.home.hands().writer.write(&write).await;
        gone.expect("the Node goes");
    }
}

impl CloudReader for Provider<'_> {
    fn cloud(&self) -> PortFuture<'_, Result<Cloud, PoolError>> {
        let known = self.cloud.lock().expect("no test panics here").clone();
        Box::pin(async { Ok(known) })
    }
}

impl CloudWriter for Provider<'_> {
    fn act<'a>(
        &'a self,
        order: CloudOrder<'a>,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>> {
        Box::pin(async move {
            self.note(order.act, idempotency_key);
            self.set(|cloud| match order.act {
                CloudAct::HibernateCluster => {
                    let cluster = cloud.cluster.as_mut().expect("a cluster");
                    order.to.clone_into(&mut cluster.state);
                }
                _ if order.to == GONE => cloud.machines.clear(),
                _ => {
                    order.to.clone_into(&mut cloud.machines[0].state);
                    cloud.machines[0].started_at = Some("2".to_owned());
                }
            });
            match order.act {
                CloudAct::DeleteMachine => self.take_away().await,
                CloudAct::HibernateCluster => drop(self.server.lock().expect("no panics").take()),
                _ => self.boots("second"),
            }
            if self.is_mute {
                return Err(PoolError::Unknown("the line is dead".to_owned()));
            }
            Ok(())
        })
    }
}

fn node_2() -> ObjectRef {
    ObjectRef::named(Kind::Node, "", "node-2")
}

/// A second Node, cordoned or silent.
fn second(ready: &str, is_cordoned: bool) -> Value {
    let mut second = node("node-2");
    let since = jiff::Timestamp::now().to_string();
    second["status"]["conditions"] = json!([{
        "type": "Ready",
        "status": ready,
        "reason": if ready == "True" { "KubeletReady" } else { "NodeStatusUnknown" },
        "lastHeartbeatTime": since,
        "lastTransitionTime": since,
    }]);
    second["status"]["nodeInfo"] = json!({"bootID": "first"});
    second["spec"] = json!({"unschedulable": is_cordoned});
    second
}

fn recovery<'p>(home: &'p Installation, provider: &'p Provider<'p>) -> Recovery<'p> {
    Recovery {
        cloud: Some(provider),
        ..home.recovery()
    }
}

async fn asks(
    recovery: &Recovery<'_>,
    target: &ObjectRef,
    request: Option<RemedyRequest>,
) -> Result<Created, RecoveryError> {
    let asked = Asked {
        target,
        alerts: &[],
        request,
        requester: Some(Identity::kubernetes("alice")),
    };
    recovery.create(&asked, &Silent).await
}

/// Bob and carol approve.
async fn agree(home: &Installation, plan: &str) {
    for person in ["bob", "carol"] {
        let said = home.says(person, Said::Approve, plan).await;
        said.expect("they may say it");
    }
}

async fn carries_out(home: &Installation, provider: &Provider<'_>, plan: &str) -> Ended {
    let recovery = recovery(home, provider);
    let hands = Hands {
        cloud: Some(provider),
        ..home.hands()
    };
    let ended = recovery.execute(plan, &hands, &Silent).await;
    ended.expect("it begins")
}

fn reboot() -> RemedyRequest {
    RemedyRequest::RebootMachine {
        node: Target::of(&node_2()),
        machine: "m-2".to_owned(),
        hard: false,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_machine_is_stopped_is_offered_its_start() {
    let cluster = Cluster::with(|builder| builder.object(second("Unknown", false))).await;
    let home = Installation::new("home", &cluster).await;
    let provider = Provider::new(&cluster.sandbox, &home, "stopped");
    let recovery = recovery(&home, &provider);
    let made = asks(&recovery, &node_2(), None).await.expect("plans");
    let first = &made.plans[0];
    assert_eq!(first.body.option.request.id(), "start-machine");
    agree(&home, &first.plan.id).await;
    let ended = carries_out(&home, &provider, &first.plan.id).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    assert_eq!(provider.asked(), [CloudAct::StartMachine]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_without_an_answer_is_told_by_the_provider_and_asked_for_once() {
    let cluster = Cluster::with(|builder| builder.object(second("Unknown", false))).await;
    let home = Installation::new("home", &cluster).await;
    let mut provider = Provider::new(&cluster.sandbox, &home, "running");
    provider.is_mute = true;
    let recovery = recovery(&home, &provider);
    let made = asks(&recovery, &node_2(), Some(reboot())).await;
    let made = made.expect("a plan");
    let plan = &made.plans[0].plan.id;
    agree(&home, plan).await;
    let ended = carries_out(&home, &provider, plan).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    assert_eq!(provider.asked(), [CloudAct::RebootMachine]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_changed_since_the_approval_is_left_alone() {
    let cluster = Cluster::with(|builder| builder.object(second("Unknown", false))).await;
    let home = Installation::new("home", &cluster).await;
    let provider = Provider::new(&cluster.sandbox, &home, "running");
    let recovery = recovery(&home, &provider);
    let made = asks(&recovery, &node_2(), Some(reboot())).await;
    let made = made.expect("a plan");
    let plan = &made.plans[0].plan.id;
    agree(&home, plan).await;
    provider.set(|cloud| cloud.machines[0].started_at = Some("2".to_owned()));
    let ended = carries_out(&home, &provider, plan).await;
    assert_eq!(ended.state, PlanState::Drifted, "{}", ended.words);
    assert!(
        ended.words.contains("started anew meanwhile"),
        "{}",
        ended.words
    );
    assert!(provider.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drained_node_goes_with_its_machine_and_one_with_pods_stays() {
    let cluster = Cluster::with(|builder| builder.object(second("True", true))).await;
    let home = Installation::new("home", &cluster).await;
    let provider = Provider::new(&cluster.sandbox, &home, "running");
    let recovery = recovery(&home, &provider);
    let request = RemedyRequest::DeleteMachine {
        node: Target::of(&node_2()),
        machine: "m-2".to_owned(),
    };
    let made = asks(&recovery, &node_2(), Some(request.clone())).await;
    let made = made.expect("a plan");
    let plan = &made.plans[0].plan.id;
    assert!(cluster.sandbox.get("nodes", "", "node-2").is_some());
    agree(&home, plan).await;
    let ended = carries_out(&home, &provider, plan).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    assert_eq!(provider.asked(), [CloudAct::DeleteMachine]);
    // The other Node holds everything that runs.
    provider.set(|cloud| {
        let told = json!([{"id": "m-2", "node": "node-1", "state": "running"}]);
        cloud.machines = serde_json::from_value(told).expect("a machine");
    });
    let other = ObjectRef::named(Kind::Node, "", "node-1");
    let request = RemedyRequest::DeleteMachine {
        node: Target::of(&other),
        machine: "m-2".to_owned(),
    };
    let refused = asks(&recovery, &other, Some(request)).await;
    assert!(
        matches!(refused, Err(RecoveryError::NotPlanned(_))),
        "{refused:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_that_sleeps_answers_nothing_and_its_provider_vouches_for_it() {
    let cluster = Cluster::start().await;
    let home = Installation::new("home", &cluster).await;
    let Cluster { sandbox, server } = cluster;
    let provider = Provider::new(&sandbox, &home, "running");
    *provider.server.lock().expect("no panics") = Some(server);
    let recovery = recovery(&home, &provider);
    let target = ObjectRef::named(Kind::Namespace, "", "kube-system");
    let asleep = |id: &str| {
        Some(RemedyRequest::HibernateCluster {
            cluster: Target::of(&target),
            id: id.to_owned(),
            hibernated: true,
        })
    };
    let other = asks(&recovery, &target, asleep("c-2")).await;
    let refused = other.expect_err("another cluster is meant").to_string();
    assert!(refused.contains("as c-1, not as c-2"), "{refused}");
    let made = asks(&recovery, &target, asleep("c-1"))
        .await
        .expect("a plan");
    let plan = &made.plans[0].plan.id;
    agree(&home, plan).await;
    let ended = carries_out(&home, &provider, plan).await;
    assert_eq!(ended.state, PlanState::Succeeded, "{}", ended.words);
    assert!(provider.server.lock().expect("no panics").is_none());
    assert!(
        !ended.remarks.is_empty(),
        "that nothing could be written is told"
    );
}

/// A provider that gives no answer.
struct Silence;

impl CloudReader for Silence {
    fn cloud(&self) -> PortFuture<'_, Result<Cloud, PoolError>> {
        Box::pin(async { Err(PoolError::Unknown("503".to_owned())) })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_gives_no_answer_is_not_one_that_nobody_configured() {
    let cluster = Cluster::with(|builder| builder.object(second("True", true))).await;
    let home = Installation::new("home", &cluster).await;
    let provider = Provider::new(&cluster.sandbox, &home, "running");
    let mut silent = recovery(&home, &provider);
    silent.cloud = Some(&Silence);
    let said = asks(&silent, &node_2(), Some(reboot())).await;
    let said = said.expect_err("nothing is known").to_string();
    assert!(
        said.starts_with("machines of the provider: ") && said.ends_with("try again later"),
        "{said}"
    );
    silent.cloud = None;
    let said = asks(&silent, &node_2(), Some(reboot())).await;
    let said = said.expect_err("there is none").to_string();
    assert!(
        said.contains("no provider of machines is configured"),
        "{said}"
    );
}
