//! What is known of a Helm release before it is rolled back: which revisions there are, and which
//! objects the two manifests name. Of what the manifests say there is nothing here but hashes.

use dogwatch_model::{
    Snapshot,
    plan::{PlanRefusal, Revision, Target},
    snapshot::Meta,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// How long a pending revision may still be somebody's work: Helm waits five minutes by itself.
const AT_WORK: SignedDuration = SignedDuration::from_mins(5);

/// Statuses of revisions that were in force once.
const PROVEN: &[&str] = &["deployed", "superseded"];

/// One revision, by the labels of its Secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KnownRevision {
    /// Which one.
    #[serde(flatten)]
    pub revision: Revision,
    /// UID of its Secret.
    pub uid: String,
    /// In Helm's words.
    pub status: String,
    /// When its Secret was made.
    #[serde(default)]
    pub made: Option<Timestamp>,
}

impl KnownRevision {
    /// Its Secret.
    pub fn secret(&self) -> Target {
        self.revision.secret(&self.uid)
    }
}

/// The revisions that a rollback is about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Revisions {
    /// The newest one.
    pub present: KnownRevision,
    /// The one to go back to.
    pub target: KnownRevision,
    /// Those that count as deployed now.
    pub deployed: Vec<KnownRevision>,
}

/// What the two manifests and the cluster together say of one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Said {
    /// Nothing has to be written.
    Same,
    /// It has to be changed.
    Changed,
    /// It is not there and has to be created.
    Created,
    /// Only the present manifest names it.
    Deleted,
    /// Only the present manifest names it, and its annotation says that it is kept.
    Kept,
    /// Only the present manifest names it, and its claims would go with it.
    DeletedWithClaims,
    /// The manifests differ in it, and it is of a kind that is never rolled back here.
    Beyond,
    /// It is there and belongs to somebody else.
    Foreign,
    /// It is being deleted.
    Going,
}

/// One object of the manifests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OutlinedObject {
    /// The object; without UID when it is not there.
    pub target: Target,
    /// What has to be done with it.
    pub said: Said,
    /// SHA-256 of what both manifests say of it.
    #[serde(default)]
    pub sha256: String,
    /// The delivery tool that applies it, by its marks.
    #[serde(default)]
    pub delivered_by: Option<String>,
    /// Replicas that the wanted manifest names.
    #[serde(default)]
    pub replicas: Option<i64>,
}

/// Both revisions of a release, opened, without anything that they say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ReleaseOutline {
    /// The revisions.
    #[serde(flatten)]
    pub revisions: Revisions,
    /// Hooks that Helm would run around the rollback.
    #[serde(default)]
    pub hooks: Vec<String>,
    /// True for a release whose objects Helm applies on the server.
    #[serde(default)]
    pub server_side: bool,
    /// Objects in the order in which they are written, then those that go.
    pub objects: Vec<OutlinedObject>,
}

/// Namespace and name of the release that an object belongs to, as Helm annotates it.
pub fn release_of_object(meta: &Meta) -> Option<(String, String)> {
    let name = meta.annotations.get("meta.helm.sh/release-name")?;
    let namespace = meta.annotations.get("meta.helm.sh/release-namespace");
    let namespace = namespace.unwrap_or(&meta.namespace);
    Some((namespace.to_owned(), name.to_owned()))
}

/// The revisions that a rollback of a release is about. `own` is a pending one that nobody works at
/// any more.
///
/// # Errors
/// When there is nothing to go back to, or somebody may be at work.
pub fn revisions(
    snapshot: &Snapshot,
    (namespace, name): (&str, &str),
    to: Option<i64>,
    own: Option<i64>,
) -> Result<Revisions, PlanRefusal> {
    let mut known = known(snapshot, namespace, name);
    let not = |because: String| Err(PlanRefusal::NotSupported { because });
    let Some(present) = known.pop() else {
        return Err(PlanRefusal::NotKnown {
            needs: format!(
                "the Secrets of Helm release {namespace}/{name} (list secrets in namespace {namespace})"
            ),
        });
    };
    if own != Some(present.revision.revision) {
        check_present(&present, snapshot.captured_at)?;
    }
    let is_proven = |known: &&KnownRevision| PROVEN.contains(&&*known.status);
    let target = match to {
        Some(number) => known.iter().find(|known| known.revision.revision == number),
        None => known.iter().rev().find(is_proven),
    };
    let Some(target) = target.cloned() else {
        return not(match to {
            Some(number) if number == present.revision.revision => {
                format!("{} is the present one", present.revision)
            }
            Some(number) => format!(
                "there is no {}; Helm keeps the last ten only",
                present.revision.at(number)
            ),
            None => format!(
                "no revision before {} was ever deployed; ask for one with --set revision=NUMBER",
                present.revision
            ),
        });
    };
    if !is_proven(&&target) && target.status != "failed" {
        let (target, status) = (target.revision, target.status);
        return not(format!("{target} is {status} and can be no aim"));
    }
    let newest = [present.clone()];
    let deployed = known.into_iter().chain(newest);
    let deployed = deployed
        .filter(|known| known.status == "deployed")
        .collect();
    Ok(Revisions {
        present,
        target,
        deployed,
    })
}

/// Refuses what is being removed, and what somebody may still be working at.
fn check_present(present: &KnownRevision, now: Timestamp) -> Result<(), PlanRefusal> {
    let (revision, status) = (&present.revision, &present.status);
    let because = if status.starts_with("uninstall") {
        format!("{revision} is {status}: there is nothing to roll back")
    } else if status.starts_with("pending")
        && present
            .made
            .is_none_or(|made| now.duration_since(made) < AT_WORK)
    {
        format!(
            "{revision} is {status} since less than 5 minutes: a Helm that is still at work would write too"
        )
    } else {
        return Ok(());
    };
    Err(PlanRefusal::NotSupported { because })
}

/// Every revision of a release, the newest last.
fn known(snapshot: &Snapshot, namespace: &str, name: &str) -> Vec<KnownRevision> {
    let secrets = snapshot.secrets.iter().map(|secret| &secret.meta);
    let own = secrets.filter(|meta| {
        meta.namespace == *namespace
            && meta.labels.get("owner") == Some("helm")
            && meta.labels.get("name") == Some(name)
    });
    let mut known: Vec<KnownRevision> = own
        .filter_map(|meta| {
            let revision = Revision {
                namespace: namespace.to_owned(),
                release: name.to_owned(),
                revision: meta.labels.get("version")?.parse().ok()?,
            };
            // The label alone could name any Secret.
            (revision.secret("").name == *meta.name).then(|| KnownRevision {
                revision,
                uid: meta.uid.as_str().to_owned(),
                status: meta.labels.get("status").unwrap_or_default().to_owned(),
                made: meta.created,
            })
        })
        .collect();
    known.sort_by_key(|known| known.revision.revision);
    known
}
