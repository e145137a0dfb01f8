//! Orders for what is no pool: machines, the cluster, addresses, weaknesses.

use std::collections::BTreeMap;

use dogwatch_model::ports::{Cloud, CloudAct, CloudOrder, GONE, ResourceRef};
use serde_json::{Value, json};

use super::{Claimed, Stop, unknown};

/// From one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CloudChange<'a> {
    act: CloudAct,
    id: &'a str,
    from: &'a str,
    to: &'a str,
    /// When the machine was started last; empty where that is not told.
    started_at: &'a str,
}

impl<'a> CloudChange<'a> {
    pub(super) fn of(
        word: &str,
        id: &'a str,
        parameters: &'a BTreeMap<String, Value>,
    ) -> Option<Self> {
        let text = |name: &str| parameters.get(name)?.as_str();
        let act = CloudAct::ALL.into_iter().find(|act| act.word() == word)?;
        Some(Self {
            act,
            id,
            from: text("from")?,
            to: text("to")?,
            started_at: text("startedAt").unwrap_or_default(),
        })
    }

    /// What is sent.
    pub(crate) fn order(&self) -> CloudOrder<'a> {
        CloudOrder {
            act: self.act,
            id: self.id,
            to: self.to,
        }
    }

    pub(super) fn record(&self) -> Value {
        json!({self.act.word(): self.id, "from": self.from, "to": self.to})
    }

    fn resource(&self) -> ResourceRef {
        ResourceRef {
            kind: self.act.on(),
            id: self.id.to_owned(),
        }
    }

    fn state(&self, cloud: &Cloud) -> String {
        let state = cloud.state_of(&self.resource());
        state.unwrap_or_else(|| GONE.to_owned())
    }

    fn started_at<'c>(&self, cloud: &'c Cloud) -> &'c str {
        let machine = cloud.machine(self.id);
        let started = machine.and_then(|known| known.started_at.as_deref());
        started.unwrap_or_default()
    }

    /// What is no longer as it was approved, in words.
    pub(super) fn drift(&self, cloud: &Cloud) -> Option<String> {
        let now = self.state(cloud);
        if now != self.from {
            let resource = self.resource();
            return Some(format!("{resource} is {now} instead of {}", self.from));
        }
        let was_started = self.act.is_restart() && self.started_at(cloud) != self.started_at;
        was_started.then(|| format!("{} was started anew meanwhile", self.resource()))
    }

    /// True when the provider has it as it was asked for. Where nothing tells one start from another,
    /// nothing proves a restart.
    pub(super) fn is_done(&self, cloud: &Cloud) -> bool {
        let is_restarted =
            || !self.started_at.is_empty() && self.started_at(cloud) != self.started_at;
        self.state(cloud) == self.to && (!self.act.is_restart() || is_restarted())
    }
}

impl Claimed<'_> {
    /// What the provider has now.
    pub(super) async fn cloud(&self) -> Result<Cloud, Stop> {
        let Some(reader) = self.recovery.cloud else {
            return Err(unknown("no provider of machines is configured"));
        };
        let cloud = reader.cloud().await;
        cloud.map_err(|error| unknown(&error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(state: &str, started_at: &str) -> Cloud {
        let cloud = json!({
            "cluster": {"id": "c", "state": state},
            "machines": [{"id": "m", "state": state, "startedAt": started_at}],
        });
        serde_json::from_value(cloud).unwrap()
    }

    fn parameters(value: Value) -> BTreeMap<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_restart_is_told_by_the_time_of_the_start() {
        let told = parameters(json!({"from": "running", "to": "running", "startedAt": "1"}));
        let reboot = CloudChange::of("reboot_machine", "m", &told).unwrap();
        assert_eq!(reboot.drift(&cloud("running", "1")), None);
        assert!(!reboot.is_done(&cloud("running", "1")));
        assert!(reboot.is_done(&cloud("running", "2")));
        assert!(reboot.drift(&cloud("running", "2")).is_some());
        assert!(reboot.drift(&cloud("stopped", "1")).is_some());
        let blind = parameters(json!({"from": "running", "to": "running"}));
        let reboot = CloudChange::of("reboot_machine", "m", &blind).unwrap();
        assert!(!reboot.is_done(&cloud("running", "")));
    }

    #[test]
    fn everything_else_is_told_by_its_state() {
        let asked = parameters(json!({"from": "available", "to": "hibernated"}));
        let sleep = CloudChange::of("hibernate_cluster", "c", &asked).unwrap();
        assert_eq!(sleep.drift(&cloud("available", "")), None);
        assert!(sleep.is_done(&cloud("hibernated", "")));
        assert!(!sleep.is_done(&cloud("available", "")));
        let gone = parameters(json!({"from": "running", "to": "gone"}));
        let delete = CloudChange::of("delete_machine", "m", &gone).unwrap();
        assert!(delete.is_done(&Cloud::default()));
        assert!(!delete.is_done(&cloud("running", "")));
        assert_eq!(
            delete.drift(&Cloud::default()).unwrap(),
            "machine m is gone instead of running"
        );
        assert_eq!(CloudChange::of("delete_cluster", "c", &gone), None);
    }
}
