//! What recovery works with: store, previewer, metrics, pools, and the one writer.

use std::{env, process};

use dogwatch_adapters::{
    NodePassword, Token, UnusablePassword,
    cloud::{HttpCloud, HttpCloudWriter},
    kubernetes::{self, ConnectOptions, LiveCluster, Preparer, ReleasePayloads, Writer},
    node_pools::{HttpNodePoolWriter, HttpNodePools},
    prometheus::{Alertmanager, Prometheus},
    serverless::HttpServerless,
    store::SqlStore,
};
use dogwatch_agent::recovery::{Hands, Recovery, Settings, World};
use dogwatch_model::{
    approval::Identity,
    plan::NODE_PASSWORD,
    ports::{
        AlarmReader, CloudReader, CloudWriter, ClusterReader, ClusterWriter, MetricsReader,
        NodePoolReader, NodePoolWriter, Previewer, ReleaseVault, ServerlessReader, UserName,
    },
};
use jiff::Timestamp;

use super::{Recordable, chain, checkpoints, options};
use crate::{args::recovery::RecoveryArgs, config::Config, exit::CliError};

/// Everything that a command of recovery holds while it runs. Nothing of it can write to a cluster.
pub(crate) struct Kit {
    pub(crate) config: Config,
    pub(crate) settings: Settings,
    pub(crate) store: SqlStore,
    pub(crate) source: Recordable,
    /// The person's own connection, which says who they are.
    person: Preparer,
    /// The identity that would write.
    remediator: Preparer,
    /// Opens Helm releases with that identity, where the operator permits it.
    vault: Option<ReleasePayloads>,
    metrics: Option<Prometheus>,
    alertmanager: Option<Alertmanager>,
    pools: Option<HttpNodePools>,
    cloud: Option<HttpCloud>,
    serverless: Option<Box<dyn ServerlessReader>>,
}

/// What changes the world.
pub(crate) struct Tools {
    writer: Writer,
    pools: Option<HttpNodePoolWriter>,
    cloud: Option<HttpCloudWriter>,
}

/// The real clock, and ids that nobody has had.
struct Real;

impl World for Real {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn new_id(&self) -> String {
        uuid::Uuid::now_v7().simple().to_string()
    }

    fn owner(&self) -> String {
        let host = env::var("HOSTNAME").unwrap_or_else(|_| "localhost".to_owned());
        format!("{host}/{}", process::id())
    }
}

/// Opens the store alone, for commands that need no cluster.
pub(crate) async fn store(config: &Config) -> Result<SqlStore, CliError> {
    let opened = SqlStore::open(&config.store_url()?).await;
    opened.map_err(|error| CliError::failure(chain(&error)))
}

/// Opens everything that preparing and recording needs.
pub(crate) async fn kit(args: &RecoveryArgs, is_recording: bool) -> Result<Kit, CliError> {
    if args.source.from.is_some() {
        return Err(CliError::usage(
            "a recording cannot be changed: plans need a cluster; `dogwatch replay` serves one",
        ));
    }
    let config = Config::load(args.config.as_deref())?;
    let settings = config.settings()?;
    let store = store(&config).await?;
    checkpoints::daily(&config, &store).await;
    let source = Recordable::begin(super::open(&args.source).await?, is_recording)?;
    let own = options(&args.source);
    let is_impersonating = own.as_user.is_some() || !own.as_groups.is_empty();
    let person = Preparer::new(connect(own).await?, is_impersonating);
    let remediator = connect(remediator_options(args, &config)).await?;
    let vault = if config.remediation.helm_releases {
        let connection = connect(remediator_options(args, &config)).await?;
        Some(ReleasePayloads::new(connection))
    } else {
        None
    };
    Ok(Kit {
        vault,
        metrics: super::metrics()?,
        alertmanager: super::alertmanager()?,
        pools: pools(&config)?,
        cloud: cloud(&config)?,
        serverless: serverless(&config)?,
        config,
        settings,
        store,
        source,
        person,
        remediator: Preparer::new(remediator, is_impersonating),
    })
}

async fn connect(options: ConnectOptions) -> Result<LiveCluster, CliError> {
    let connected = kubernetes::connect(options).await;
    connected.map_err(|error| CliError::failure(chain(&error)))
}

/// The connection of the identity that would write.
fn remediator_options(args: &RecoveryArgs, config: &Config) -> ConnectOptions {
    let mut options = options(&args.source);
    let wanted = &config.remediation;
    if wanted.kubeconfig.is_some() {
        options.kubeconfig.clone_from(&wanted.kubeconfig);
    }
    if wanted.context.is_some() {
        options.context.clone_from(&wanted.context);
    }
    options
}

/// The one place where something that can write is made: only when the operator enabled it.
pub(crate) async fn tools(args: &RecoveryArgs, kit: &Kit) -> Result<Tools, CliError> {
    if !kit.settings.is_enabled {
        return Err(CliError::refused(
            "remediation is not enabled: set remediation.enabled: true in the configuration",
        ));
    }
    let writer = Writer::new(connect(remediator_options(args, &kit.config)).await?);
    let pools = match &kit.config.node_pools {
        None => None,
        Some(known) => {
            let pools = HttpNodePoolWriter::new(
                &known.url,
                token("nodePools", known.token_env.as_deref())?,
            );
            let pools = pools.map_err(|error| CliError::usage(chain(&error)))?;
            Some(pools.with_password(node_password().and_then(Result::ok)))
        }
    };
    let cloud = match &kit.config.cloud {
        None => None,
        Some(known) => {
            let token = token("cloud", known.token_env.as_deref())?;
            let cloud = HttpCloudWriter::new(&known.url, token);
            Some(cloud.map_err(|error| CliError::usage(chain(&error)))?)
        }
    };
    Ok(Tools {
        writer,
        pools,
        cloud,
    })
}

/// The password for logins to new Nodes in the environment, where there is one.
pub(crate) fn node_password() -> Option<Result<NodePassword, UnusablePassword>> {
    let text = env::var_os(NODE_PASSWORD).filter(|text| !text.is_empty())?;
    Some(
        text.to_str()
            .ok_or(UnusablePassword)
            .and_then(NodePassword::new),
    )
}

/// The provider of Nodes, where the configuration names one.
pub(crate) fn pools(config: &Config) -> Result<Option<HttpNodePools>, CliError> {
    let Some(known) = &config.node_pools else {
        return Ok(None);
    };
    let token = token("nodePools", known.token_env.as_deref())?;
    let pools = HttpNodePools::new(&known.url, token);
    pools
        .map(Some)
        .map_err(|error| CliError::usage(chain(&error)))
}

/// The provider of machines, where the configuration names one.
fn cloud(config: &Config) -> Result<Option<HttpCloud>, CliError> {
    let Some(known) = &config.cloud else {
        return Ok(None);
    };
    let token = token("cloud", known.token_env.as_deref())?;
    let cloud = HttpCloud::new(&known.url, token);
    cloud
        .map(Some)
        .map_err(|error| CliError::usage(chain(&error)))
}

/// Capacity without Nodes, where the configuration names some.
fn serverless(config: &Config) -> Result<Option<Box<dyn ServerlessReader>>, CliError> {
    let known = &config.burst;
    let Some(url) = &known.url else {
        let labels = known.labels.clone();
        return Ok((!labels.is_empty()).then(|| Box::new(labels) as Box<dyn ServerlessReader>));
    };
    if !known.labels.is_empty() {
        return Err(CliError::usage(
            "burst has a url and labels: the service at the url tells the labels, leave them out",
        ));
    }
    let token = token("burst", known.token_env.as_deref())?;
    let service = HttpServerless::new(url, token);
    let service = service.map_err(|error| CliError::usage(chain(&error)))?;
    Ok(Some(Box::new(service)))
}

/// The token in a variable of the environment.
fn token(of: &str, name: Option<&str>) -> Result<Option<Token>, CliError> {
    let Some(name) = name else {
        return Ok(None);
    };
    let value = env::var(name)
        .map_err(|_| CliError::usage(format!("{of}.tokenEnv names {name}, which is not set")))?;
    Ok(Some(Token::new(&value)))
}

impl Kit {
    /// The part of the agent that prepares and records.
    pub(crate) fn recovery(&self) -> Recovery<'_> {
        let of_rules = self.metrics.iter().map(|known| known as &dyn AlarmReader);
        let held = self
            .alertmanager
            .iter()
            .map(|known| known as &dyn AlarmReader);
        Recovery {
            alarms: of_rules.chain(held).collect(),
            reader: self.source.reader() as &dyn ClusterReader,
            previewer: &self.remediator as &dyn Previewer,
            vault: self.vault.as_ref().map(|known| known as &dyn ReleaseVault),
            store: &self.store,
            metrics: self
                .metrics
                .as_ref()
                .map(|known| known as &dyn MetricsReader),
            pools: self
                .pools
                .as_ref()
                .map(|known| known as &dyn NodePoolReader),
            cloud: self.cloud.as_ref().map(|known| known as &dyn CloudReader),
            serverless: self.serverless.as_deref(),
            settings: &self.settings,
            world: &Real,
        }
    }

    /// Who asks, as the API server names them.
    pub(crate) async fn whoami(&self) -> Result<Identity, CliError> {
        let user = self.user().await?;
        Ok(Identity::kubernetes(&user.username))
    }

    /// Who is at the terminal. A name that was taken on by a flag proves nothing.
    pub(crate) async fn person(&self) -> Result<Identity, CliError> {
        let user = self.user().await?;
        if user.is_impersonated {
            return Err(CliError::refused(
                "an impersonated user proves nothing about a person: leave --as out",
            ));
        }
        if user.username.is_empty() || user.username == "system:anonymous" {
            return Err(CliError::refused(
                "the API server does not know who you are: use a kubeconfig with a credential of your own",
            ));
        }
        Ok(Identity::kubernetes(&user.username))
    }

    async fn user(&self) -> Result<UserName, CliError> {
        let said = self.person.whoami().await;
        said.map_err(|error| {
            CliError::failure(format!("the API server does not say who you are: {error}"))
        })
    }
}

impl Tools {
    /// The part that changes the world.
    pub(crate) fn hands(&self) -> Hands<'_> {
        Hands {
            writer: &self.writer as &dyn ClusterWriter,
            pools: self
                .pools
                .as_ref()
                .map(|known| known as &dyn NodePoolWriter),
            cloud: self.cloud.as_ref().map(|known| known as &dyn CloudWriter),
        }
    }
}
