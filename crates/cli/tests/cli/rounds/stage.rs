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
        ClusterWriter, NewPool, NodePool, NodePoolReader, NodePoolWriter, PoolError, PortFuture,
        Write, WriteError, Written,
        store::{Incident, Plan, PlanState, Store as _},
    },
    record::Record,
};
use dogwatch_sandbox::{Builder, Clock, Controllers, Sandbox, Server};
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

    fn create<'a>(&'a self, _: NewPool<'a>, _: &'a str) -> PortFuture<'a, Result<(), PoolError>> {
        Box::pin(async { Err(PoolError::Refused("sold out".to_owned())) })
    }

    fn delete<'a>(&'a self, _: &'a str, _: &'a str) -> PortFuture<'a, Result<(), PoolError>> {
        Box::pin(async { Err(PoolError::Refused("in use".to_owned())) })
    }
}

/// The cluster, which installations share.
pub(super) struct Cluster {
    pub(super) sandbox: Sandbox,
    pub(super) server: Server,
}

impl Cluster {
    /// One Node with two cores, and two Pods of 600m each.
    pub(super) async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    /// The same, and what the story adds.
    pub(super) async fn with(more: impl FnOnce(Builder) -> Builder) -> Self {
        let names = ["kube-system", NAMESPACE, "dogwatch"];
        let builder = Sandbox::builder()
            .clock(Clock::Running)
            .controllers(Controllers::On)
            .objects(names.map(namespace))
            .object(json!({"apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": {"name": "default", "namespace": NAMESPACE}}))
            .object(node("node-1"))
            .object(deployment());
        let sandbox = more(builder).build();
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

/// The writer, and somebody who does something behind the first write of a plan.
pub(super) struct Meddled<'a> {
    writer: &'a Writer,
    meddles: Box<dyn Fn() + Send + Sync + 'a>,
    writes: AtomicU64,
}

impl ClusterWriter for Meddled<'_> {
    fn write<'a>(&'a self, write: &'a Write) -> PortFuture<'a, Result<Written, WriteError>> {
        Box::pin(async move {
            let written = self.writer.write(write).await;
            let is_step = !write.plan_id.is_empty();
            if is_step && self.writes.fetch_add(1, Ordering::SeqCst) == 0 {
                (self.meddles)();
                // So long that a renewal notices it.
                tokio::time::sleep(std::time::Duration::from_secs(3)).await;
            }
            written
        })
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
            vault: None,
            store: &self.store,
            metrics: None,
            alarms: Vec::new(),
            pools: Some(&self.pools),
            cloud: None,
            serverless: None,
            settings: &self.settings,
            world: &*self.watch,
        }
    }

    pub(super) fn hands(&self) -> Hands<'_> {
        Hands {
            writer: &self.writer,
            pools: Some(&self.pools),
            cloud: None,
        }
    }

    /// The writer, and what happens behind the first write of a plan.
    pub(super) fn meddled<'a>(&'a self, meddles: impl Fn() + Send + Sync + 'a) -> Meddled<'a> {
        Meddled {
            writer: &self.writer,
            meddles: Box::new(meddles),
            writes: AtomicU64::new(0),
        }
    }

    /// Alice asks for another number of replicas.
    pub(super) async fn asks_for(&self, replicas: i64) -> Created {
        let target = web();
        let workload = Target::of(&target);
        let request = RemedyRequest::ScaleWorkload { workload, replicas };
        self.asks(&target, request).await
    }

    /// Alice asks for the Node to be drained, which takes several steps; bob and carol approve. The id
    /// of the plan, and its steps.
    pub(super) async fn drain(&self) -> (String, usize) {
        let target = ObjectRef::named(Kind::Node, "", "node-1");
        let node = Target::of(&target);
        let made = self.asks(&target, RemedyRequest::DrainNode { node }).await;
        let plan = made.plans[0].plan.id.clone();
        let steps = made.plans[0].body.option.steps.len();
        assert!(steps > 1);
        for person in ["bob", "carol"] {
            let said = self.says(person, Said::Approve, &plan).await;
            said.expect("they may say it");
        }
        (plan, steps)
    }

    async fn asks(&self, target: &ObjectRef, request: RemedyRequest) -> Created {
        let asked = Asked {
            target,
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

    /// The plans of an incident.
    pub(super) async fn store_plans(&self, incident: &str) -> Vec<Plan> {
        let plans = self.store.plans_of(incident).await;
        plans.expect("the store answers")
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
        cluster_lease: Some("dogwatch".to_owned()),
        pause_requests: None,
        cpu_percent: 80,
        cpu_window: "2m".to_owned(),
        memory_percent: 85,
    }
}

fn namespace(name: &str) -> Value {
    json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
}

/// A Node that the cluster has not from the beginning.
pub(super) fn node(name: &str) -> Value {
    let amounts = json!({"cpu": "2", "memory": "8Gi", "pods": "110"});
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
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
