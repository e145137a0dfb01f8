//! A Kubernetes control plane on loopback: etcd, apiserver, controller-manager, scheduler and kwok.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::binaries::Binaries;
use super::kubectl::Kubectl;
use super::process::Process;

const READY_WITHIN: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(250);

/// Writes of the executing identity are written down, and nothing else.
const AUDIT: &str = "apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: Metadata, users: [remediator], verbs: [create, update, patch, delete]}
- {level: None}
";

/// A running control plane; every process ends when it is dropped.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    directory: PathBuf,
    binaries: Binaries,
    ports: Ports,
    processes: Mutex<BTreeMap<&'static str, Process>>,
}

#[derive(Debug, Clone, Copy)]
struct Ports {
    etcd: u16,
    peers: u16,
    api: u16,
    controllers: u16,
    scheduler: u16,
    kubelet: u16,
}

impl ControlPlane {
    /// Starts every component in `directory` and waits until the API server says it is ready.
    ///
    /// `kwok_config` holds the stages and log files that play the kubelet.
    pub(crate) fn start(directory: &Path, binaries: Binaries, kwok_config: &Path) -> Result<Self> {
        let plane = Self {
            directory: directory.to_path_buf(),
            binaries,
            ports: Ports::free()?,
            processes: Mutex::default(),
        };
        plane.write_credentials()?;
        plane.launch("etcd", &plane.etcd())?;
        plane.launch("kube-apiserver", &plane.apiserver())?;
        plane.wait_ready()?;
        plane.start_controllers()?;
        plane.launch("kube-scheduler", &plane.scheduler())?;
        plane.launch("kwok", &plane.kwok(kwok_config))?;
        Ok(plane)
    }

    /// A kubectl with the rights of a cluster administrator.
    pub(crate) fn kubectl(&self) -> Kubectl {
        Kubectl::new(self.binaries.path("kubectl"), self.kubeconfig())
    }

    /// The kubectl binary of the suite, for another kubeconfig.
    pub(crate) fn kubectl_with(&self, kubeconfig: &Path) -> Kubectl {
        Kubectl::new(self.binaries.path("kubectl"), kubeconfig.to_path_buf())
    }

    /// The loopback port on which etcd answers clients.
    pub(crate) fn etcd_port(&self) -> u16 {
        self.ports.etcd
    }

    /// What the API server wrote down about every write of the executing identity: one JSON document
    /// in a line.
    pub(crate) fn audit_log(&self) -> PathBuf {
        self.directory.join("audit.log")
    }

    /// The kubeconfig of the administrator.
    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.directory.join("admin.kubeconfig")
    }

    /// The kubeconfig of another user of the token list.
    pub(crate) fn kubeconfig_of(&self, user: &str) -> PathBuf {
        self.directory.join(format!("{user}.kubeconfig"))
    }

    /// Starts the controller-manager.
    pub(crate) fn start_controllers(&self) -> Result<()> {
        self.launch("kube-controller-manager", &self.controllers())
    }

    /// Kills the controller-manager; nothing is reconciled until it is started again.
    pub(crate) fn stop_controllers(&self) {
        let mut processes = self
            .processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        drop(processes.remove("kube-controller-manager"));
    }

    /// Fails with the end of its log when a component has ended.
    pub(crate) fn ensure_alive(&self) -> Result<()> {
        let mut processes = self
            .processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        processes.values_mut().try_for_each(Process::ensure_alive)
    }

    /// The last lines of every component's log.
    pub(crate) fn log_tails(&self) -> String {
        let processes = self
            .processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let tails: Vec<String> = processes
            .values()
            .map(|process| process.log_tail(8))
            .collect();
        tails.join("\n")
    }

    fn launch(&self, name: &'static str, arguments: &[String]) -> Result<()> {
        let mut command = Command::new(self.binaries.path(name));
        command.args(arguments).current_dir(&self.directory);
        let process = Process::start(name, &mut command, &self.directory)?;
        let mut processes = self
            .processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        processes.insert(name, process);
        Ok(())
    }

    fn wait_ready(&self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        let kubectl = self.kubectl();
        loop {
            self.ensure_alive()?;
            match kubectl.run(&["get", "--raw", "/readyz"]) {
                Ok(_) => return Ok(()),
                Err(error) if Instant::now() > deadline => {
                    bail!("the API server is not ready: {error}\n{}", self.log_tails())
                }
                Err(_) => sleep(POLL),
            }
        }
    }

    fn write_credentials(&self) -> Result<()> {
        let users = [
            ("admin", "admin", "system:masters"),
            ("controllers", "system:kube-controller-manager", ""),
            ("scheduler", "system:kube-scheduler", ""),
            // People, and the identity that carries plans out; they get their rights where they act.
            ("alice", "alice", "on-call"),
            ("bob", "bob", "on-call"),
            ("carol", "carol", "on-call"),
            ("remediator", "remediator", ""),
        ];
        let mut tokens = String::new();
        for (name, user, group) in users {
            let token = format!("{name}-of-a-throwaway-cluster");
            writeln!(tokens, "{token},{user},{name},\"{group}\"").context("list the tokens")?;
            let path = self.directory.join(format!("{name}.kubeconfig"));
            write(&path, &kubeconfig(self.ports.api, &self.directory, &token))?;
        }
        write(&self.directory.join("tokens.csv"), &tokens)?;
        write(&self.directory.join("audit.yaml"), AUDIT)
    }

    fn etcd(&self) -> Vec<String> {
        let client = format!("http://127.0.0.1:{}", self.ports.etcd);
        let peers = format!("http://127.0.0.1:{}", self.ports.peers);
        owned(&[
            "--data-dir=etcd",
            "--unsafe-no-fsync",
            "--log-level=error",
            &format!("--listen-client-urls={client}"),
            &format!("--advertise-client-urls={client}"),
            &format!("--listen-peer-urls={peers}"),
            &format!("--initial-advertise-peer-urls={peers}"),
            &format!("--initial-cluster=default={peers}"),
        ])
    }

    fn apiserver(&self) -> Vec<String> {
        owned(&[
            &format!("--etcd-servers=http://127.0.0.1:{}", self.ports.etcd),
            &format!("--secure-port={}", self.ports.api),
            "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1",
            "--endpoint-reconciler-type=none",
            "--cert-dir=certs",
            "--token-auth-file=tokens.csv",
            // Readable in etcd, where scenarios make objects older.
            "--storage-media-type=application/json",
            "--audit-policy-file=audit.yaml",
            "--audit-log-path=audit.log",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            // The API server writes its own serving key first and signs tokens with it.
            "--service-account-key-file=certs/apiserver.key",
            "--service-account-signing-key-file=certs/apiserver.key",
            "--service-cluster-ip-range=10.96.0.0/16",
            // Webhooks and aggregated APIs are called at their endpoints: no proxy serves the addresses
            // of Services here, and nothing may leave the machine.
            "--enable-aggregator-routing=true",
            "--kubelet-preferred-address-types=InternalIP",
        ])
    }

    fn controllers(&self) -> Vec<String> {
        owned(&[
            "--kubeconfig=controllers.kubeconfig",
            "--bind-address=127.0.0.1",
            &format!("--secure-port={}", self.ports.controllers),
            "--cert-dir=controllers",
            "--leader-elect=false",
            "--use-service-account-credentials",
            "--root-ca-file=certs/apiserver.crt",
            "--service-account-private-key-file=certs/apiserver.key",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
        ])
    }

    fn scheduler(&self) -> Vec<String> {
        owned(&[
            "--kubeconfig=scheduler.kubeconfig",
            "--bind-address=127.0.0.1",
            &format!("--secure-port={}", self.ports.scheduler),
            "--cert-dir=scheduler",
            "--leader-elect=false",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
        ])
    }

    fn kwok(&self, config: &Path) -> Vec<String> {
        owned(&[
            "--kubeconfig=admin.kubeconfig",
            // The kubelet of a node with this label is silent: nobody plays it any more.
            "--manage-nodes-with-label-selector=!play.dogwatch.io/silent",
            // Without leases the nodes turn NotReady as soon as the machine is busy.
            "--node-lease-duration-seconds=40",
            "--node-ip=127.0.0.1",
            &format!("--node-port={}", self.ports.kubelet),
            &format!("--server-address=127.0.0.1:{}", self.ports.kubelet),
            "--tls-cert-file=certs/apiserver.crt",
            "--tls-private-key-file=certs/apiserver.key",
            &format!("--config={}", config.display()),
        ])
    }
}

impl Ports {
    fn free() -> Result<Self> {
        // All listeners live until every port is known, so no port is handed out twice.
        let listeners = (0..6)
            .map(|_| TcpListener::bind("127.0.0.1:0"))
            .collect::<Result<Vec<_>, _>>()
            .context("find free loopback ports")?;
        let mut ports = Vec::new();
        for listener in &listeners {
            ports.push(listener.local_addr().context("read a port number")?.port());
        }
        let [etcd, peers, api, controllers, scheduler, kubelet] = ports[..] else {
            bail!("expected six ports, found {}", ports.len());
        };
        Ok(Self {
            etcd,
            peers,
            api,
            controllers,
            scheduler,
            kubelet,
        })
    }
}

fn kubeconfig(port: u16, directory: &Path, token: &str) -> String {
    let authority = directory.join("certs").join("apiserver.crt");
    format!(
        "apiVersion: v1
kind: Config
current-context: e2e
clusters:
- name: e2e
  cluster:
    server: https://127.0.0.1:{port}
    certificate-authority: {}
contexts:
- name: e2e
  context: {{cluster: e2e, user: e2e}}
users:
- name: e2e
  user:
    token: {token}
",
        authority.display()
    )
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments
        .iter()
        .map(|&argument| argument.to_owned())
        .collect()
}
