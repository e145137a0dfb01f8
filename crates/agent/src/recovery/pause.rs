//! The switch that stops all recovery: one person stops, two different people let it go on.

use dogwatch_model::{
    approval::{Identity, Role},
    ports::store::Resumed,
};

use super::{Recovery, RecoveryError, journal::person};

impl Recovery<'_> {
    /// Stops all recovery; answers the number of the pause.
    ///
    /// # Errors
    /// When the person is no admin, or the store gives no answer.
    pub async fn pause(&self, reason: &str, by: &Identity) -> Result<u64, RecoveryError> {
        self.ensure_admin(by)?;
        let entry = self.entry_by(person(by), "recovery.paused", reason);
        Ok(self.store.pause(reason, by.as_str(), entry).await?)
    }

    /// Asks to lift a pause.
    ///
    /// # Errors
    /// When the person is no admin, or the store gives no answer.
    pub async fn resume(&self, pause: u64, by: &Identity) -> Result<Resumed, RecoveryError> {
        self.ensure_admin(by)?;
        let entry = self.entry_by(person(by), "recovery.resumed", &format!("pause {pause}"));
        Ok(self.store.resume(pause, by.as_str(), entry).await?)
    }

    fn ensure_admin(&self, by: &Identity) -> Result<(), RecoveryError> {
        let settings = self.settings;
        if settings
            .policy
            .has_role(by, Role::Admin, &settings.cluster, "")
        {
            return Ok(());
        }
        Err(RecoveryError::NotNow(format!(
            "{by} has not the role admin in the approval policy"
        )))
    }
}
