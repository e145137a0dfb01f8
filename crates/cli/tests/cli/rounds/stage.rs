//! A cluster in the sandbox, a store of its own, and the recovery between them, in one process: the
//! real clients and the real database, with a clock that the test moves.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};

use dogwatch_adapters::{
    kubernetes::{ConnectOptions, LiveCluster, Preparer, Writer, connect},
    store::SqlStore,
};
use dogwatch_agent::{
    collect::Silent,
    recovery::{Approval, Asked, Created, Ended, Hands, Recovery, Settings, Windows, World},
};
use dogwatch_model::{
    Kind, ObjectRef,
    approval::{Grant, Identity, Policy, Role, Said, VerifiedHuman},
    plan::{RemedyRequest, Target},
    ports::{
        NodePool, NodePoolReader, NodePoolWriter, PoolError, PortFuture,
        store::{Incident, Plan, PlanState, Store as _},
    },
    record::Record,
};
use dogwatch_sandbox::{Clock, Controllers, Sandbox, Server};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The Namespace of the stories.
pub(super) const NAMESPACE: &str = "shop";

/// The wall clock, some time ahead, and ids that are counted.
#[derive(Debug, Default)]
pub(super) struct Watch {
    ahead: AtomicI64,
    ids: AtomicU64,
    name: String,
}

impl Watch {
    /// Moves the clock.
    pub(super) fn pass(&self, time: SignedDuration) {
        self.ahead.fetch_add(time.as_secs(), Ordering::SeqCst);
    }
}

impl World for Watch {
    fn now(&self) -> Timestamp {
        let ahead = self.ahead.load(Ordering::SeqCst);
        Timestamp::now() + SignedDuration::from_secs(ahead)
    }

    fn new_id(&self) -> String {
        let number = self.ids.fetch_add(1, Ordering::SeqCst);
        format!("{}{number}", self.name)
    }

    fn owner(&self) -> String {
        format!("{}/1", self.name)
    }
}

/// A pool with the one Node that there is. Nobody gets more.
#[derive(Debug)]
pub(super) struct Pools;

impl NodePoolReader for Pools {
    fn pools(&self) -> PortFuture<'_, Result<Vec<NodePool>, PoolError>> {
        let pool = NodePool {
            id: "pool".to_owned(),
            name: "pool".to_owned(),
            nodes: 1,
            min: 1,
            max: Some(3),
            members: vec!["node-1".to_owned()],
            price: None,
        };
        Box::pin(async { Ok(vec![pool]) })
    }
}

impl NodePoolWriter for Pools {
    fn resize<'a>(
        &'a self,
        _: &'a str,
        _: u32,
        _: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>> {
        Box::pin(async { Err(PoolError::Refused("sold out".to_owned())) })
    }
}

/// The cluster, which installations share.
pub(super) struct Cluster {
    pub(super) sandbox: Sandbox,
    pub(super) server: Server,
}

impl Cluster {
    /// One Node with two cores, and two Pods of 600m each; `more` lies there too.
    pub(super) async fn start(more: impl IntoIterator<Item = Value>) -> Self {
        let names = ["kube-system", NAMESPACE, "dogwatch"];
        let sandbox = Sandbox::builder()
            .clock(Clock::Running)
            .controllers(Controllers::On)
            .objects(names.map(namespace))
            .object(json!({"apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": NAMESPACE}}))
            .object(node())
            .object(deployment())
            .objects(more)
            .build();
        Self::serve(sandbox).await
    }

    pub(super) async fn serve(sandbox: Sandbox) -> Self {
        let server = sandbox.serve(([127, 0, 0, 1], 0).into()).await;
        let cluster = Self {
            server: server.expect("a loopback address"),
            sandbox,
        };
        cluster
            .until(|web| web["status"]["readyReplicas"] == 2)
            .await;
        cluster
    }

    /// Waits until the Deployment is so.
    pub(super) async fn until(&self, is_so: impl Fn(&Value) -> bool) {
        for _ in 0..150 {
            if is_so(&self.web()) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("it never comes: {}", self.web());
    }

    /// The Deployment as it is now.
    pub(super) fn web(&self) -> Value {
        let web = self.sandbox.get("deployments.apps", NAMESPACE, "web");
        web.expect("the Deployment is there")
    }

    async fn connect(&self) -> LiveCluster {
        let options = ConnectOptions {
            server: Some(self.server.url()),
            ..ConnectOptions::default()
        };
        connect(options).await.expect("the sandbox answers")
    }
}

/// One installation: its store, its connections, its settings.
pub(super) struct Installation {
    pub(super) store: SqlStore,
    pub(super) settings: Settings,
    pub(super) watch: Arc<Watch>,
    pub(super) folder: TempDir,
    reader: LiveCluster,
    preparer: Preparer,
    writer: Writer,
    pools: Pools,
}

impl Installation {
    pub(super) async fn new(name: &str, cluster: &Cluster) -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = format!("sqlite:{}/dogwatch.db", folder.path().display());
        Self {
            store: SqlStore::open(&url).await.expect("a store"),
            settings: settings(),
            watch: Arc::new(Watch {
                name: name.to_owned(),
                ..Watch::default()
            }),
            folder,
            reader: cluster.connect().await,
            preparer: Preparer::new(cluster.connect().await, false),
            writer: Writer::new(cluster.connect().await),
            pools: Pools,
        }
    }

    pub(super) fn recovery(&self) -> Recovery<'_> {
        Recovery {
            reader: &self.reader,
            previewer: &self.preparer,
            store: &self.store,
            metrics: None,
            alarms: Vec::new(),
            pools: Some(&self.pools),
            settings: &self.settings,
            world: &*self.watch,
        }
    }

    pub(super) fn hands(&self) -> Hands<'_> {
        Hands {
            writer: &self.writer,
            pools: Some(&self.pools),
        }
    }

    /// Alice asks for another number of replicas.
    pub(super) async fn asks_for(&self, replicas: i64) -> Created {
        let target = web();
        let request = RemedyRequest::ScaleWorkload {
            workload: Target::of(&target),
            replicas,
        };
        let asked = Asked {
            target: &target,
            alerts: &[],
            request: Some(request),
            requester: Some(Identity::kubernetes("alice")),
        };
        let created = self.recovery().create(&asked, &Silent).await;
        created.expect("a plan is made")
    }

    /// Somebody says yes or no.
    pub(super) async fn says(
        &self,
        person: &str,
        said: Said,
        plan: &str,
    ) -> Result<dogwatch_agent::recovery::Decided, dogwatch_agent::recovery::RecoveryError> {
        let recovery = self.recovery();
        let (_, body) = recovery.plan(plan).await.expect("the plan is there");
        let approval = Approval {
            plan_id: plan,
            by: VerifiedHuman::by_flag_policy(Identity::kubernetes(person)),
            said,
            digest: &body.option.state.digest,
        };
        recovery.decide(approval).await
    }

    /// Bob says yes, and it is carried out.
    pub(super) async fn carries_out(&self, plan: &str) -> Ended {
        let said = self.says("bob", Said::Approve, plan).await;
        said.expect("bob may say it");
        let (recovery, hands) = (self.recovery(), self.hands());
        let ended = recovery.execute(plan, &hands, &Silent).await;
        ended.expect("it begins")
    }

    pub(super) async fn incident(&self, id: &str) -> Incident {
        let found = self.store.incident(id).await.expect("the store answers");
        found.expect("the incident is there")
    }

    pub(super) async fn state_of(&self, plan: &str) -> PlanState {
        self.stored(plan).await.state
    }

    pub(super) async fn stored(&self, plan: &str) -> Plan {
        let found = self.store.plan(plan).await.expect("the store answers");
        found.expect("the plan is there")
    }

    /// The record of an incident, by what was done.
    pub(super) async fn actions(&self, incident: &str) -> Vec<String> {
        let records = self.store.records_of_incident(incident).await;
        let records: Vec<Record> = records.expect("the store answers");
        records.into_iter().map(|record| record.action).collect()
    }
}

/// The Deployment of the stories.
pub(super) fn web() -> ObjectRef {
    ObjectRef::named(Kind::Deployment, NAMESPACE, "web")
}

fn settings() -> Settings {
    let admins = ["bob", "carol"].map(|name| format!("kubernetes:{name}"));
    let grant = Grant {
        who: admins.to_vec(),
        role: Role::Admin,
        clusters: Vec::new(),
        namespaces: Vec::new(),
    };
    Settings {
        cluster: "test".to_owned(),
        is_enabled: true,
        policy: Policy {
            grants: vec![grant],
            flag_only: true,
            ..Policy::default()
        },
        windows: Windows {
            settle: SignedDuration::from_millis(500),
            hold: SignedDuration::from_secs(1),
            give_up: SignedDuration::from_secs(8),
            look_every: SignedDuration::from_millis(500),
        },
        lease: SignedDuration::from_secs(30),
        burst: std::collections::BTreeMap::new(),
        cpu_percent: 80,
        cpu_window: "2m".to_owned(),
        memory_percent: 85,
    }
}

fn namespace(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

fn node() -> Value {
    let amounts = json!({"cpu": "2", "memory": "8Gi", "pods": "110"});
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": "node-1", "labels": {"kubernetes.io/hostname": "node-1"}},
        "status": {
            "allocatable": amounts,
            "capacity": amounts,
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
        },
    })
}

fn deployment() -> Value {
    let runs = json!({"app": {"play": "run", "ready_after": 0}}).to_string();
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": NAMESPACE},
        "spec": {
            "replicas": 2,
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {
                    "labels": {"app": "web"},
                    "annotations": {"sandbox.dogwatch.io/kubelet": runs},
                },
                "spec": {"containers": [{
                    "name": "app",
                    "image": "web:1",
                    "resources": {"requests": {"cpu": "600m", "memory": "64Mi"}},
                }]},
            },
        },
    })
}
