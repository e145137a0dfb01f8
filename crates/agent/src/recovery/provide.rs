//! A step at a provider of Nodes.

use dogwatch_model::{plan::Step, ports::PoolError};
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
        let Some(pools) = self.hands.pools else {
            return Err(Stop::Failed(
                "no provider of Nodes is configured".to_owned(),
            ));
        };
        let claimed = &self.claimed;
        claimed.still_wanted(&order).await?;
        self.start(step, &order.record()).await?;
        let key = format!("{}/{}", claimed.plan.id, step.n);
        let answered = match order {
            Order::Resize { pool, to, .. } => pools.resize(pool, to, &key).await,
            Order::Create { name, like, nodes } => pools.create(name, like, nodes, &key).await,
        };
        match answered {
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
