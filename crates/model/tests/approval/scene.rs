//! A valid preview with valid confirmations, for each risk.

use dogwatch_model::{
    approval::{
        Approved, Confirmation, Grant, Identity, Policy, Refusal, Role, Said, Terms, VerifiedHuman,
    },
    plan::{
        Act, Binding, Expectation, Fact, Impact, Observed, OptionLetter, PatchFormat, PlanDigest,
        PlanOption, Preview, Previewed, RemedyRequest, Reversibility, Risk, Step, Target,
    },
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// Everything that an approval is judged by.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) option: PlanOption<Previewed>,
    pub(super) said: Vec<Confirmation>,
    pub(super) policy: Policy,
    pub(super) expires_at: Timestamp,
    pub(super) requester: Option<Identity>,
    pub(super) is_used: bool,
    pub(super) paused: Option<String>,
    pub(super) cluster: String,
    pub(super) at: Timestamp,
}

pub(super) const MADE: &str = "2026-01-01T12:00:00Z";

pub(super) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn who(name: &str) -> Identity {
    Identity::kubernetes(name)
}

pub(super) fn at_terminal(name: &str) -> VerifiedHuman {
    VerifiedHuman::at_terminal(who(name), name)
}

pub(super) fn target(name: &str) -> Target {
    Target {
        api_version: "apps/v1".to_owned(),
        kind: "Deployment".to_owned(),
        plural: "deployments".to_owned(),
        namespace: "shop".to_owned(),
        name: name.to_owned(),
        uid: format!("deployment-{name}"),
    }
}

fn step(from: i64, to: i64) -> Step {
    Step {
        n: 1,
        name: format!("set the replicas from {from} to {to}"),
        target: target("api"),
        act: Act::Patch {
            format: PatchFormat::Merge,
            subresource: Some("scale".to_owned()),
            patch: json!({"spec": {"replicas": to}}),
        },
        expected_before: vec![Fact::new("/spec/replicas", from)],
        expected_after: vec![Fact::new("/spec/replicas", to)],
        timeout_seconds: 30,
        retries: 0,
    }
}

fn grant(role: Role, names: &[&str]) -> Grant {
    Grant {
        who: names
            .iter()
            .map(|name| format!("kubernetes:{name}"))
            .collect(),
        role,
        clusters: vec!["prod".to_owned()],
        namespaces: vec!["shop".to_owned()],
    }
}

pub(super) fn policy() -> Policy {
    Policy {
        grants: vec![
            grant(Role::Operator, &["alice", "bob"]),
            grant(Role::Approver, &["carol", "dave", "erin"]),
            grant(Role::Viewer, &["victor"]),
        ],
        ..Policy::default()
    }
}

/// A preview with a digest that is not computed yet.
pub(super) fn option(risk: Risk) -> PlanOption<Previewed> {
    PlanOption {
        request: RemedyRequest::ScaleWorkload {
            workload: target("api"),
            replicas: 4,
        },
        title: "scale".to_owned(),
        scenario: "load".to_owned(),
        steps: vec![step(2, 4)],
        observed: vec![Observed {
            target: target("api"),
            relied_on: vec![Fact::new("/spec/replicas", 2)],
        }],
        preconditions: vec!["two places are free".to_owned()],
        risk,
        reversibility: Reversibility::Reversible,
        impact: Impact::default(),
        fit: None,
        rollback: vec![step(4, 2)],
        verification: vec![Expectation::RolledOut {
            workload: target("api"),
            replicas: 4,
        }],
        permissions: Vec::new(),
        warnings: Vec::new(),
        state: Previewed {
            incident_id: "inc-1".to_owned(),
            letter: OptionLetter::new('A').unwrap(),
            cluster_uid: "11111111-1111-1111-1111-111111111111".to_owned(),
            policy_version: policy().version(),
            digest: PlanDigest::parse(&"0".repeat(64)).unwrap(),
            preview: Preview {
                difference_hashes: vec!["f".repeat(64)],
                ..Preview::default()
            },
        },
    }
}

impl Scene {
    /// A valid scene. The requester is Alice, who may approve low risk herself.
    pub(super) fn of(risk: Risk) -> Self {
        let names: &[&str] = match risk {
            Risk::Low => &["alice"],
            Risk::Medium => &["bob"],
            Risk::High => &["carol", "dave"],
            Risk::Forbidden => panic!("nothing forbidden is approved"),
        };
        let mut option = option(risk);
        option.state.digest = digest_of(&option);
        let said = (1..).zip(names).map(|(minute, name)| Confirmation {
            incident_id: option.state.incident_id.clone(),
            letter: option.state.letter,
            digest: option.state.digest.clone(),
            by: at_terminal(name),
            said: Said::Approve,
            at: time(MADE) + SignedDuration::from_mins(minute),
        });
        Self {
            said: said.collect(),
            policy: policy(),
            expires_at: time(MADE) + SignedDuration::from_mins(30),
            requester: Some(who("alice")),
            is_used: false,
            paused: None,
            cluster: "prod".to_owned(),
            at: time(MADE) + SignedDuration::from_mins(4),
            option,
        }
    }

    /// Binds the preview anew after an honest change, as if it had been previewed like that; the
    /// confirmations that named the former digest name the new one.
    pub(super) fn seal(&mut self) {
        self.option.state.policy_version = self.policy.version();
        let former = self.option.state.digest.clone();
        let digest = digest_of(&self.option);
        for one in self.said.iter_mut().filter(|one| one.digest == former) {
            one.digest = digest.clone();
        }
        self.option.state.digest = digest;
    }

    pub(super) fn judge(&self) -> Result<Approved, Refusal> {
        let terms = Terms {
            expires_at: self.expires_at,
            requester: self.requester.as_ref(),
            is_used: self.is_used,
            paused: self.paused.as_deref(),
            cluster: &self.cluster,
            policy: &self.policy,
        };
        let judged = self.option.clone().approve(&self.said, &terms, self.at);
        judged.map_err(|(_, refusal)| refusal)
    }
}

pub(super) fn digest_of(option: &PlanOption<Previewed>) -> PlanDigest {
    let state = &option.state;
    let binding = Binding {
        incident_id: &state.incident_id,
        letter: state.letter,
        cluster_uid: &state.cluster_uid,
        policy_version: &state.policy_version,
    };
    let hashes = &state.preview.difference_hashes;
    option.digest(&binding, hashes).unwrap()
}
