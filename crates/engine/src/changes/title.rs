//! A change in one line.

use dogwatch_model::Kind;

use super::{Act, Change, ChangeSource, releases};

/// Characters of a revision that are shown: a commit is known by fewer.
const MAX_VERSION: usize = 60;

/// Fields named in a title.
const MAX_PATHS: usize = 2;

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
                let fields = self.fields.iter().map(|field| &*field.path);
                let paths: Vec<&str> = fields
                    .chain(self.touched.iter().map(String::as_str))
                    .collect();
                let more = if paths.len() > MAX_PATHS {
                    " and more"
                } else {
                    ""
                };
                let named = paths.iter().take(MAX_PATHS);
                let named: Vec<&str> = named.copied().collect();
                format!("{act} {}{more}", named.join(", "))
                    .trim_end()
                    .to_owned()
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
