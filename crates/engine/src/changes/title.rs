//! A change in one line.

use dogwatch_model::Kind;

use super::{Act, Change, ChangeSource, releases};

/// Characters of a revision that are shown: a commit is known by fewer.
const MAX_VERSION: usize = 60;

impl Change {
    /// What changed, in one line without the object.
    pub fn title(&self) -> String {
        let (old, new) = (short(&self.before), short(&self.version));
        match self.source {
            ChangeSource::Template => {
                let kind = if self.object.kind == Kind::Deployment {
                    "ReplicaSet"
                } else {
                    "revision"
                };
                format!("{kind} {new} replaced {old}")
            }
            ChangeSource::Helm => {
                let secret = &self.object.name;
                let name = releases::release_name(secret).unwrap_or(secret);
                format!("Helm release {name}: {}", step(&old, &new))
            }
            ChangeSource::Gitops => format!("applied {}", step(&old, &new)),
            ChangeSource::ManagedFields => format!("written: {}", self.touched.join(", ")),
            ChangeSource::Node | ChangeSource::AuditLog | ChangeSource::Captures => {
                let act = match self.act {
                    Act::Created => "created",
                    Act::Updated => "changed",
                    Act::Deleted => "deleted",
                };
                act.to_owned()
            }
        }
    }
}

fn short(version: &str) -> String {
    version.chars().take(MAX_VERSION).collect()
}

fn step(old: &str, new: &str) -> String {
    if old.is_empty() {
        format!("revision {new}")
    } else {
        format!("revision {old} -> {new}")
    }
}
