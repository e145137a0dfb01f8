//! A step at a provider.

use dogwatch_model::{
    plan::Step,
    ports::{NewPool, PoolError},
};
use serde_json::json;
use tokio::time::sleep;

use super::{
    execute::Execution,
    fate::Fate,
    order::Order,
    step::{IN_FLIGHT, Stop},
};

impl Execution<'_> {
    /// Asks the provider, once per key: the provider carries out the same key only once.
    pub(crate) async fn provide(&self, step: &Step) -> Result<(), Stop> {
        let Some(order) = Order::of(&step.act) else {
            return Err(Stop::Failed("the step names no order".to_owned()));
        };
        self.gate().await?;
        let claimed = &self.claimed;
        claimed.still_wanted(&order).await?;
        self.start(step, &order.record()).await?;
        let key = format!("{}/{}", claimed.plan.id, step.n);
        match self.ask(&order, &key).await {
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

    async fn ask(&self, order: &Order<'_>, key: &str) -> Result<(), PoolError> {
        let absent =
            |what: &str| PoolError::Refused(format!("no provider of {what} is configured"));
        if let Order::Cloud(change) = order {
            let cloud = self.hands.cloud.ok_or_else(|| absent("machines"))?;
            return cloud.act(change.order(), key).await;
        }
        let pools = self.hands.pools.ok_or_else(|| absent("Nodes"))?;
        match order {
            Order::Resize { pool, to, .. } => pools.resize(pool, *to, key).await,
            Order::Create {
                name,
                machines,
                nodes,
            } => {
                let new = NewPool {
                    name,
                    nodes: *nodes,
                    machines: machines.wanted(),
                };
                pools.create(new, key).await
            }
            Order::DeletePool { pool, .. } => pools.delete(pool, key).await,
            Order::Cloud(_) => Err(absent("machines")),
        }
    }
}
