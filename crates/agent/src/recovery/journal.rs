//! Entries of the audit chain.

use dogwatch_model::{
    approval::{Identity, Proof, VerifiedHuman},
    record::{Actor, ActorKind, Entry},
};

use super::Recovery;

impl Recovery<'_> {
    /// An entry by Dogwatch itself.
    pub(crate) fn entry(&self, action: &str, object: &str) -> Entry {
        self.entry_by(Actor::system("dogwatch"), action, object)
    }

    /// An entry by somebody.
    pub(crate) fn entry_by(&self, actor: Actor, action: &str, object: &str) -> Entry {
        let mut entry = Entry::new(self.world.now(), actor, action, object);
        env!("CARGO_PKG_VERSION").clone_into(&mut entry.tool_version);
        entry.policy_version = self.settings.policy.version();
        entry
    }
}

/// A person who asked for something, named by the API server.
pub(crate) fn asking(identity: Option<&Identity>) -> Actor {
    match identity {
        Some(identity) => person(identity),
        None => Actor::system("dogwatch"),
    }
}

/// A person whom the API server names.
pub(crate) fn person(by: &Identity) -> Actor {
    Actor {
        kind: ActorKind::Human,
        id: by.to_string(),
        display: String::new(),
        auth_method: "api_server".to_owned(),
    }
}

/// A verified human.
pub(crate) fn human(by: &VerifiedHuman) -> Actor {
    let (auth_method, display) = match by.proof() {
        Proof::Terminal { os_user } => ("terminal", os_user.clone()),
        Proof::FlagPolicy => ("flag_policy", String::new()),
    };
    Actor {
        kind: ActorKind::Human,
        id: by.identity().to_string(),
        display,
        auth_method: auth_method.to_owned(),
    }
}
