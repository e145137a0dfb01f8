//! Which Node a machine of the provider is.

use dogwatch_model::{Kind, ObjectRef, plan::PlanRefusal};

use super::{Recovery, RecoveryError};

impl Recovery<'_> {
    /// The Node of a machine. A machine that is no Node of this cluster is none of our business.
    ///
    /// # Errors
    /// When there is no such machine, or the provider gives no answer.
    pub(crate) async fn node_of(&self, machine: &str) -> Result<ObjectRef, RecoveryError> {
        let refused =
            |because: String| RecoveryError::NotPlanned(PlanRefusal::NotSupported { because });
        let Some(reader) = self.cloud else {
            let because = "no provider of machines is configured (cloud in the configuration)";
            return Err(refused(because.to_owned()));
        };
        let cloud = reader.cloud().await;
        let cloud = cloud.map_err(|error| RecoveryError::NotNow(error.to_string()))?;
        let known = cloud.machine(machine);
        let known = known.ok_or_else(|| {
            refused(format!(
                "the provider knows no machine with the id {machine}"
            ))
        })?;
        let node = known.node.as_deref();
        let node =
            node.ok_or_else(|| refused(format!("machine {machine} is no Node of this cluster")))?;
        Ok(ObjectRef::named(Kind::Node, "", node))
    }
}
