//! Helm releases that are to be rolled back: opened in memory, compared, and told without anything
//! that is in them.

mod documents;
pub(crate) mod merge;
pub(crate) mod payload;

use dogwatch_engine::{
    View, planning,
    remedies::{
        OutlinedObject, ReleaseOutline, Revisions, Said, delivered_by, meta_of, release_of_object,
        revisions,
    },
};
use dogwatch_model::{
    Diagnosis, ObjectRef, Snapshot,
    plan::{Act, PlanRefusal, RemedyRequest, Revision, Step, Target},
    ports::{OpenedRevision, WriteError},
};
use serde_json::Value;

use super::{
    Recovery,
    prepare::{Tried, dry_run},
    send::Source,
};
use documents::{NAME, hooks, is_managed, is_server_side, pairs, target_of};
pub(crate) use documents::{Pair, hash_of, owned, pair_of};

/// Objects of one release: whoever approves must be able to look at them.
const MAX_OBJECTS: usize = 100;

/// The annotation that keeps an object, and its value.
const KEEP: (&str, &str) = ("helm.sh/resource-policy", "keep");

/// Both revisions, opened.
struct Opened {
    known: Revisions,
    present: OpenedRevision,
    wanted: OpenedRevision,
}

/// Namespace, name and revision of the release that is wanted; `None` when none is.
pub(crate) fn wanted(
    snapshot: &Snapshot,
    (target, diagnosis): (&ObjectRef, &Diagnosis),
    request: Option<&RemedyRequest>,
) -> Option<(String, String, Option<i64>)> {
    match request {
        Some(RemedyRequest::RollbackRelease {
            namespace,
            name,
            to,
            ..
        }) => (!name.is_empty()).then(|| (namespace.clone(), name.clone(), *to)),
        None if planning::wants_rollback(diagnosis) => {
            let view = View::new(snapshot);
            let (namespace, name) = release_of_object(meta_of(&view, &Target::of(target))?)?;
            Some((namespace, name, None))
        }
        Some(_) | None => None,
    }
}

/// Fills in the release that the object of a request belongs to.
pub(crate) fn with_release(snapshot: &Snapshot, mut request: RemedyRequest) -> RemedyRequest {
    if let RemedyRequest::RollbackRelease {
        part,
        namespace,
        name,
        ..
    } = &mut request
    {
        let view = View::new(snapshot);
        let own = meta_of(&view, part).and_then(release_of_object);
        if let Some((place, own)) = own.filter(|(place, own)| {
            (name.is_empty() || own == name) && (namespace.is_empty() || place == namespace)
        }) {
            *namespace = place;
            *name = own;
        } else if !name.is_empty() && namespace.is_empty() {
            namespace.clone_from(&part.namespace);
        }
    }
    request
}

impl Recovery<'_> {
    /// Opens a release and compares what it says with what is there. `own` is a pending revision that
    /// nobody works at any more.
    ///
    /// # Errors
    /// When it may not or cannot be opened, or has nothing to go back to.
    pub(crate) async fn outline(
        &self,
        snapshot: &Snapshot,
        (namespace, name): (&str, &str),
        to: Option<i64>,
        own: Option<i64>,
    ) -> Result<ReleaseOutline, PlanRefusal> {
        if self.vault.is_none() {
            let because = format!(
                "Helm release {namespace}/{name} is opened only where the configuration says remediation.helmReleases: true; the executing identity needs get, create and patch on secrets in namespace {namespace}"
            );
            return Err(PlanRefusal::NotSupported { because });
        }
        let known = revisions(snapshot, (namespace, name), to, own)?;
        let opened = Opened {
            present: self.opened(&known.present.revision).await?,
            wanted: self.opened(&known.target.revision).await?,
            known,
        };
        let place = &*opened.known.present.revision.namespace;
        let pairs = pairs(&opened.present.documents, &opened.wanted.documents, place);
        if pairs.len() > MAX_OBJECTS {
            let because = format!(
                "the manifests have {} objects; more than {MAX_OBJECTS} are not rolled back at once",
                pairs.len()
            );
            return Err(PlanRefusal::TooMuch { because });
        }
        let mut objects = Vec::new();
        for pair in &pairs {
            objects.extend(self.outlined(&opened, pair).await?);
        }
        Ok(ReleaseOutline {
            hooks: hooks(opened.wanted.payload.payload()),
            server_side: is_server_side(opened.wanted.payload.payload()),
            revisions: opened.known,
            objects,
        })
    }

    async fn opened(&self, revision: &Revision) -> Result<OpenedRevision, PlanRefusal> {
        let unknown = |why: String| PlanRefusal::NotKnown {
            needs: format!("the Secret of {revision} ({why})"),
        };
        let vault = self
            .vault
            .ok_or_else(|| unknown("not permitted".to_owned()))?;
        match vault.open(revision).await {
            Ok(Some(opened)) => Ok(opened),
            Ok(None) => Err(unknown("it is gone".to_owned())),
            Err(WriteError::Denied(_)) => Err(unknown(format!(
                "the executing identity needs get on secrets in namespace {}",
                revision.namespace
            ))),
            Err(error) => Err(unknown(error.to_string())),
        }
    }

    /// What has to be done with one object; `None` for one that is gone and not wanted.
    async fn outlined(
        &self,
        opened: &Opened,
        pair: &Pair<'_>,
    ) -> Result<Option<OutlinedObject>, PlanRefusal> {
        let release = &opened.known.present.revision;
        let named = pair.wanted.or(pair.before).unwrap_or(&Value::Null);
        let mut object = OutlinedObject {
            target: target_of(named, &release.namespace),
            said: Said::Same,
            sha256: hash_of(pair),
            delivered_by: None,
            replicas: pair
                .wanted
                .and_then(|wanted| wanted["spec"]["replicas"].as_i64()),
        };
        if !is_managed(named) {
            if pair.before != pair.wanted {
                object.said = Said::Beyond;
            }
            return Ok(Some(object));
        }
        let read = self.previewer.read(&object.target).await;
        let live = read.map_err(|error| PlanRefusal::NotKnown {
            needs: format!("{} ({error})", object.target),
        })?;
        let Some(live) = live else {
            object.said = Said::Created;
            return Ok(pair.wanted.map(|_| object));
        };
        let uid = live["metadata"]["uid"].as_str().unwrap_or_default();
        uid.clone_into(&mut object.target.uid);
        object.delivered_by = delivered_by(|key| {
            let mark = |of: &str| live["metadata"][of][key].as_str();
            mark("labels").or_else(|| mark("annotations"))
        });
        object.said = match said_of(&live, release, pair) {
            Some(said) => said,
            None => self.changed(opened, pair, (&object, &live)).await,
        };
        Ok(Some(object))
    }

    /// Whether the server would change anything. What it would refuse shows in the preview.
    async fn changed(
        &self,
        opened: &Opened,
        pair: &Pair<'_>,
        (object, live): (&OutlinedObject, &Value),
    ) -> Said {
        let act = Act::ApplyManifest {
            source: opened.known.target.revision.clone(),
            present: opened.known.present.revision.revision,
            creates: false,
            server_side: is_server_side(opened.wanted.payload.payload()),
            sha256: object.sha256.clone(),
        };
        let step = Step {
            n: 0,
            name: String::new(),
            target: object.target.clone(),
            act,
            expected_before: Vec::new(),
            expected_after: Vec::new(),
            timeout_seconds: 0,
            retries: 0,
        };
        let source = Source::documents(pair);
        match dry_run(self.eyes(), &step, (live, &source), "preview").await {
            Ok(Tried::Would { shown, .. }) if shown.is_empty() => Said::Same,
            _ => Said::Changed,
        }
    }
}

/// What the metadata of an object that is there decides alone.
fn said_of(live: &Value, release: &Revision, pair: &Pair<'_>) -> Option<Said> {
    let annotation = |key: &str| live["metadata"]["annotations"][key].as_str();
    let is_ours = annotation(NAME) == Some(&release.release);
    let goes_with_claims =
        live["spec"]["persistentVolumeClaimRetentionPolicy"]["whenDeleted"] == "Delete";
    if !is_ours {
        return Some(Said::Foreign);
    }
    if !live["metadata"]["deletionTimestamp"].is_null() {
        return Some(Said::Going);
    }
    if pair.wanted.is_some() {
        return None;
    }
    Some(if annotation(KEEP.0) == Some(KEEP.1) {
        Said::Kept
    } else if goes_with_claims {
        Said::DeletedWithClaims
    } else {
        Said::Deleted
    })
}
