//! A step at a provider of Nodes.

use dogwatch_model::{
    plan::{Act, Step},
    ports::PoolError,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    execute::Execution,
    fate::Fate,
    step::{IN_FLIGHT, Stop},
};

impl Execution<'_> {
    /// Asks the provider, once per key: the provider carries out the same key only once.
    pub(crate) async fn provide(&self, step: &Step) -> Result<(), Stop> {
        let Act::Provider {
            resource,
            parameters,
            ..
        } = &step.act
        else {
            return Ok(());
        };
        self.gate().await?;
        let Some(pools) = self.hands.pools else {
            return Err(Stop::Failed(
                "no provider of Nodes is configured".to_owned(),
            ));
        };
        let number = |name: &str| {
            let value = parameters.get(name).and_then(Value::as_u64);
            value.and_then(|value| u32::try_from(value).ok())
        };
        let (Some(from), Some(to)) = (number("from"), number("nodes")) else {
            return Err(Stop::Failed("the step names no number of Nodes".to_owned()));
        };
        let now = self.claimed.pool_nodes(resource).await?;
        if now != from {
            return Err(Stop::Drifted(format!(
                "node pool {resource} has {now} Nodes instead of {from}"
            )));
        }
        self.start(step, &json!({"resize": resource, "from": from, "to": to}))
            .await?;
        let key = format!("{}/{}", self.claimed.plan.id, step.n);
        let claimed = &self.claimed;
        match pools.resize(resource, to, &key).await {
            Ok(()) => Ok(claimed.done(step, &json!({"accepted": true}), "").await?),
            Err(error) => {
                if let PoolError::Unknown(_) = error {
                    sleep(IN_FLIGHT).await;
                }
                match claimed.fate(step).await? {
                    Fate::Done => Ok(claimed.done(step, &json!({"found": "done"}), "").await?),
                    Fate::NotDone | Fate::Unclear(_) => self.failed(step, &error.to_string()).await,
                }
            }
        }
    }
}
