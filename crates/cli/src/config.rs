//! The configuration of recovery: one YAML file. Without it everything is read only.

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    time::Duration,
};

use dogwatch_agent::recovery::{PauseRequests, Settings, Windows};
use dogwatch_model::approval::Policy;
use jiff::SignedDuration;
use serde::Deserialize;

use crate::exit::CliError;

/// Names the configuration when `--config` does not.
const VARIABLE: &str = "DOGWATCH_CONFIG";

/// Largest configuration.
const MAX_BYTES: u64 = 1024 * 1024;

/// What the file may say. Unknown words are errors: a misspelt limit must not be no limit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The cluster as people and grants call it; `default` when absent.
    pub(crate) cluster: Option<String>,
    /// Where incidents, plans and the audit chain are kept.
    pub(crate) store: StoreConfig,
    /// Whether anything may be changed, and with which credential.
    pub(crate) remediation: Remediation,
    /// Who may approve what.
    pub(crate) approval: Policy,
    /// The audit chain.
    pub(crate) audit: Audit,
    /// How long results are watched.
    pub(crate) verification: Verification,
    /// When load is too much.
    pub(crate) thresholds: Thresholds,
    /// Serverless capacity.
    pub(crate) burst: Burst,
    /// The provider of Nodes.
    pub(crate) node_pools: Option<ProviderService>,
    /// The provider of machines and of the cluster itself.
    pub(crate) cloud: Option<ProviderService>,
}

/// Where incidents, plans and the audit chain are kept.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct StoreConfig {
    /// `sqlite:/path` or `postgres://...`; `DOGWATCH_STORE_URL` wins.
    pub(crate) url: Option<String>,
}

/// The audit chain.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Audit {
    /// Where a signed checkpoint is written at the first act of a UTC day; nowhere when absent.
    pub(crate) checkpoint_dir: Option<PathBuf>,
}

/// Whether anything may be changed, and with which credential.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Remediation {
    /// False by default: a fresh installation is read only.
    pub(crate) enabled: bool,
    /// Kubeconfig of the identity that writes; that of the reader when absent.
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Context of the identity that writes; that of the reader when absent.
    pub(crate) context: Option<String>,
    /// Seconds after which somebody else may go on with the plan of an executor that is not heard of
    /// any more; 90 when absent, at least 2.
    pub(crate) lease_seconds: Option<u32>,
    /// The Lease in the cluster that keeps installations apart: `off`, or its Namespace, which is
    /// `kube-system` when absent.
    pub(crate) lease: ClusterLease,
    /// A ConfigMap whose `pauseRequests` stop everything.
    pub(crate) pause_requests: Option<ObjectPlace>,
    /// True where Secrets of Helm releases may be opened as a whole, to roll them back. False by
    /// default.
    pub(crate) helm_releases: bool,
}

/// The Lease in the cluster.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum ClusterLease {
    /// Some readers of YAML take `off` for this.
    Switch(bool),
    /// `off` or `on`.
    Word(Word),
    /// In another Namespace.
    In(LeasePlace),
}

/// A switch in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Word {
    Off,
    On,
}

/// Where the Lease lies.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LeasePlace {
    namespace: String,
}

impl Default for ClusterLease {
    fn default() -> Self {
        Self::Word(Word::On)
    }
}

impl ClusterLease {
    /// The Namespace; `None` for no Lease.
    fn namespace(&self) -> Option<String> {
        match self {
            Self::Switch(false) | Self::Word(Word::Off) => None,
            Self::Switch(true) | Self::Word(Word::On) => Some("kube-system".to_owned()),
            Self::In(place) => Some(place.namespace.clone()),
        }
    }
}

/// Names an object of a known kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ObjectPlace {
    namespace: String,
    name: String,
}

/// How long results are watched. Durations such as `60s` and `5m`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Verification {
    settle: Option<String>,
    hold: Option<String>,
    give_up: Option<String>,
    look_every: Option<String>,
}

/// When load is too much, in percent of the limit.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Thresholds {
    cpu_percent: Option<i64>,
    cpu_window: Option<String>,
    memory_percent: Option<i64>,
}

/// Capacity without Nodes: labels by which Pods run on it, or a service that tells more.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Burst {
    /// Labels of Pods, when no service tells them.
    pub(crate) labels: BTreeMap<String, String>,
    /// Base address of the service.
    pub(crate) url: Option<String>,
    /// Variable of the environment that holds a bearer token.
    pub(crate) token_env: Option<String>,
}

/// A service that speaks for a provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProviderService {
    /// Base address.
    pub(crate) url: String,
    /// Variable of the environment that holds a bearer token.
    pub(crate) token_env: Option<String>,
}

impl Config {
    /// Reads the file that a flag or the environment names; the defaults when neither does.
    pub(crate) fn load(flag: Option<&Path>) -> Result<Self, CliError> {
        let named = flag
            .map(Path::to_owned)
            .or_else(|| env::var_os(VARIABLE).map(PathBuf::from));
        let Some(path) = named else {
            return Ok(Self::default());
        };
        let shown = path.display();
        let bad = |what: String| CliError::usage(format!("configuration {shown}: {what}"));
        let size = fs::metadata(&path)
            .map_err(|error| bad(error.to_string()))?
            .len();
        if size > MAX_BYTES {
            return Err(bad(format!("{size} bytes are more than {MAX_BYTES}")));
        }
        let text = fs::read_to_string(&path).map_err(|error| bad(error.to_string()))?;
        serde_saphyr::from_str(&text).map_err(|error| bad(error.to_string()))
    }

    /// The address of the store: environment, file, or a file of this user.
    pub(crate) fn store_url(&self) -> Result<String, CliError> {
        if let Ok(url) = env::var("DOGWATCH_STORE_URL")
            && !url.is_empty()
        {
            return Ok(url);
        }
        if let Some(url) = &self.store.url {
            return Ok(url.clone());
        }
        Ok(format!(
            "sqlite:{}",
            state_folder()?.join("dogwatch.db").display()
        ))
    }

    /// What the agent needs to know.
    pub(crate) fn settings(&self) -> Result<Settings, CliError> {
        let plain = Windows::default();
        let times = &self.verification;
        Ok(Settings {
            cluster: self.cluster.clone().unwrap_or_else(|| "default".to_owned()),
            is_enabled: self.remediation.enabled,
            policy: self.approval.clone(),
            windows: Windows {
                settle: time("settle", times.settle.as_deref(), plain.settle)?,
                hold: time("hold", times.hold.as_deref(), plain.hold)?,
                give_up: time("giveUp", times.give_up.as_deref(), plain.give_up)?,
                look_every: time("lookEvery", times.look_every.as_deref(), plain.look_every)?,
            },
            lease: lease(self.remediation.lease_seconds)?,
            cluster_lease: self.remediation.lease.namespace(),
            pause_requests: self
                .remediation
                .pause_requests
                .as_ref()
                .map(|place| PauseRequests {
                    namespace: place.namespace.clone(),
                    name: place.name.clone(),
                }),
            cpu_percent: self.thresholds.cpu_percent.unwrap_or(80),
            cpu_window: window(self.thresholds.cpu_window.as_deref())?,
            memory_percent: self.thresholds.memory_percent.unwrap_or(85),
        })
    }
}

/// A folder of this user for what must outlive a run.
pub(crate) fn state_folder() -> Result<PathBuf, CliError> {
    let base = env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".local/state")));
    base.map(|base| base.join("dogwatch")).ok_or_else(|| {
        CliError::usage(
            "there is no place for the store: set store.url in the configuration, or HOME",
        )
    })
}

/// A window as Prometheus writes it; it becomes part of a query, so nothing else is let through.
fn window(text: Option<&str>) -> Result<String, CliError> {
    let text = text.unwrap_or("2m");
    let (number, unit) = text.split_at(text.len().saturating_sub(1));
    let is_window = matches!(unit, "s" | "m" | "h")
        && !number.is_empty()
        && number.bytes().all(|digit| digit.is_ascii_digit());
    if is_window {
        return Ok(text.to_owned());
    }
    Err(CliError::usage(format!(
        "configuration: thresholds.cpuWindow \"{text}\" is no window: write 2m"
    )))
}

/// The lease of an executor.
fn lease(seconds: Option<u32>) -> Result<SignedDuration, CliError> {
    let seconds = seconds.unwrap_or(90);
    if (2..=3600).contains(&seconds) {
        return Ok(SignedDuration::from_secs(seconds.into()));
    }
    Err(CliError::usage(format!(
        "configuration: remediation.leaseSeconds {seconds} is not between 2 and 3600"
    )))
}

fn time(name: &str, text: Option<&str>, plain: SignedDuration) -> Result<SignedDuration, CliError> {
    let Some(text) = text else {
        return Ok(plain);
    };
    let parsed = text.parse::<SignedDuration>().ok();
    let is_usable = |time: &SignedDuration| Duration::try_from(*time).is_ok();
    parsed.filter(is_usable).ok_or_else(|| {
        CliError::usage(format!(
            "configuration: verification.{name} \"{text}\" is no duration: write 30s or 5m"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_read_and_a_misspelt_one_is_refused() {
        let text = "cluster: demo\nremediation: {enabled: true}\napproval:\n  grants:\n  - {who: ['kubernetes:alice'], role: operator}\nverification: {hold: 10s}\n";
        let config: Config = serde_saphyr::from_str(text).unwrap();
        let settings = config.settings().unwrap();
        assert!(settings.is_enabled);
        assert_eq!(settings.windows.hold, SignedDuration::from_secs(10));
        assert_eq!(settings.policy.grants.len(), 1);
        assert!(serde_saphyr::from_str::<Config>("remediation: {enable: true}").is_err());
        let bad: Config = serde_saphyr::from_str("verification: {hold: soon}").unwrap();
        assert!(bad.settings().is_err());
    }

    #[test]
    fn the_lease_in_the_cluster_is_on_unless_somebody_says_off() {
        let namespace = |text: &str| {
            let config: Config = serde_saphyr::from_str(text).unwrap();
            config.settings().unwrap().cluster_lease
        };
        let home = Some("kube-system".to_owned());
        assert_eq!(namespace("cluster: a"), home);
        assert_eq!(namespace("remediation: {lease: on}"), home);
        assert_eq!(namespace("remediation: {lease: off}"), None);
        assert_eq!(namespace("remediation: {lease: false}"), None);
        let own = namespace("remediation: {lease: {namespace: dogwatch}}");
        assert_eq!(own.as_deref(), Some("dogwatch"));
        for bad in [
            "{lease: of}",
            "{lease: {name: x}}",
            "{pauseRequests: {name: x}}",
        ] {
            let text = format!("remediation: {bad}");
            assert!(serde_saphyr::from_str::<Config>(&text).is_err(), "{bad}");
        }
    }

    #[test]
    fn serverless_capacity_has_labels_or_a_service() {
        let read = |text: &str| serde_saphyr::from_str::<Config>(text).map(|config| config.burst);
        let service = read("burst: {url: 'https://capacity.example', tokenEnv: T}").unwrap();
        assert!(service.labels.is_empty() && service.token_env.as_deref() == Some("T"));
        let plain = read("burst: {labels: {a/burst: enforce}}").unwrap();
        assert_eq!(
            (plain.labels["a/burst"].as_str(), plain.url),
            ("enforce", None)
        );
        assert!(read("burst: {label: x}").is_err());
    }

    #[test]
    fn weekly_windows_are_read() {
        let text = "approval:\n  weeklyFreeze:\n  - {days: [sat, sun], from: '00:00', to: '24:00', zone: UTC, reason: weekend}\n";
        let config: Config = serde_saphyr::from_str(text).unwrap();
        let policy = config.settings().unwrap().policy;
        let frozen = |at: &str| policy.check_freeze(["shop"].into_iter(), at.parse().unwrap());
        assert!(frozen("2026-11-21T12:00:00Z").is_err());
        assert!(frozen("2026-11-20T12:00:00Z").is_ok());
    }

    #[test]
    fn a_lease_is_never_too_short_to_be_one() {
        let settings = |text: &str| {
            let config: Config = serde_saphyr::from_str(text).unwrap();
            config.settings().map(|settings| settings.lease.as_secs())
        };
        assert_eq!(settings("cluster: a").unwrap(), 90);
        assert_eq!(settings("remediation: {leaseSeconds: 2}").unwrap(), 2);
        for bad in [0, 1, 3601] {
            assert!(settings(&format!("remediation: {{leaseSeconds: {bad}}}")).is_err());
        }
    }
}
