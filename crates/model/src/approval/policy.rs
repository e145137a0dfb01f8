//! The operator's rules about approvals.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{FreezeWindow, Identity, Refusal, WeeklyFreeze};
use crate::{
    canonical::{canonical_json, sha256_hex},
    plan::Risk,
};

/// Longest life of a preview.
const LONGEST_PREVIEW: SignedDuration = SignedDuration::from_mins(30);

/// Longest time between the last approval and the execution.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(5);

/// What a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Approves low and medium risk.
    Operator,
    /// Approves high risk too.
    Approver,
    /// Stops everything, changes the policy.
    Admin,
}

/// Gives a role to people, in some clusters and Namespaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grant {
    /// Identities such as `kubernetes:alice`.
    pub who: Vec<String>,
    /// The role.
    pub role: Role,
    /// Clusters by name; empty means all.
    #[serde(default)]
    pub clusters: Vec<String>,
    /// Namespaces; empty means all, and only an empty list covers cluster-scoped objects.
    #[serde(default)]
    pub namespaces: Vec<String>,
}

/// The operator's rules about approvals. Without any grant nobody may approve anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Policy {
    /// Who may do what.
    pub grants: Vec<Grant>,
    /// A flag may stand for a human at a terminal.
    pub flag_only: bool,
    /// Who asked for a plan may approve it up to medium risk: for a team of one.
    pub self_approval: bool,
    /// Times in which nothing is changed.
    pub freeze: Vec<FreezeWindow>,
    /// Times of every week in which nothing is changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weekly_freeze: Vec<WeeklyFreeze>,
    /// Minutes that a preview lives; at most 30, which is the default.
    pub preview_minutes: Option<u32>,
}

impl Policy {
    /// Names the content of the policy, so that a change of it voids what was previewed under it.
    pub fn version(&self) -> String {
        let value = serde_json::to_value(self).ok();
        let text = value.and_then(|value| canonical_json(&value).ok());
        // Two policies never share a version, even if one could not be written as JSON.
        let text = text.unwrap_or_else(|| format!("{self:?}"));
        sha256_hex(text.as_bytes())[..12].to_owned()
    }

    /// Different people who must approve. The policy cannot lower it.
    pub fn approvals(&self, risk: Risk) -> usize {
        risk.approvals()
    }

    /// When a preview that is made now ends.
    pub fn preview_ends(&self, made: Timestamp) -> Timestamp {
        let asked = self
            .preview_minutes
            .map(|minutes| SignedDuration::from_mins(minutes.into()));
        let life = asked.unwrap_or(LONGEST_PREVIEW).min(LONGEST_PREVIEW);
        made.checked_add(life).unwrap_or(made)
    }

    /// Until when a plan must begin after its last approval.
    pub fn execute_by(&self, last_said: Timestamp) -> Timestamp {
        last_said.checked_add(LONGEST_WAIT).unwrap_or(last_said)
    }

    /// True when some grant gives the person a role that is high enough, here.
    pub fn may_approve(&self, who: &Identity, risk: Risk, cluster: &str, namespace: &str) -> bool {
        let needed = match risk {
            Risk::Low | Risk::Medium => Role::Operator,
            Risk::High => Role::Approver,
            Risk::Forbidden => return false,
        };
        self.has_role(who, needed, cluster, namespace)
    }

    /// True when some grant gives the person at least this role, here.
    pub fn has_role(&self, who: &Identity, role: Role, cluster: &str, namespace: &str) -> bool {
        let covers = |list: &[String], one: &str| {
            list.is_empty() || !one.is_empty() && list.iter().any(|known| known == one)
        };
        self.grants.iter().any(|grant| {
            grant.role >= role
                && grant.who.iter().any(|known| known == who.as_str())
                && covers(&grant.clusters, cluster)
                && covers(&grant.namespaces, namespace)
        })
    }

    /// Refuses while changes are frozen in one of the Namespaces.
    ///
    /// # Errors
    /// Names the window.
    pub fn check_freeze<'a>(
        &self,
        namespaces: impl Iterator<Item = &'a str>,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let touched: Vec<&str> = namespaces.collect();
        let is_here = |frozen: &[String]| {
            frozen.is_empty() || frozen.iter().any(|known| touched.contains(&known.as_str()))
        };
        let once = self.freeze.iter();
        let once = once
            .filter(|window| is_here(&window.namespaces))
            .find_map(|window| Some((window.until(at)?, &window.reason)));
        let weekly = self.weekly_freeze.iter();
        let mut weekly = weekly
            .filter(|window| is_here(&window.namespaces))
            .filter_map(|window| Some((window.until(at)?, &window.reason)));
        match once.or_else(|| weekly.next()) {
            None => Ok(()),
            Some((until, reason)) => Err(Refusal::Frozen {
                until,
                reason: reason.clone(),
            }),
        }
    }
}
