//! What a step copies, read right before it is needed: other objects, and revisions of Helm releases
//! where they may be opened.

use dogwatch_model::{
    plan::{Act, Preview, Revision, Step},
    ports::{OpenedRevision, Previewer, ReleaseVault},
};
use serde_json::json;

use super::{
    Recovery,
    fields::differences,
    prepare::{PrepareError, present},
    release::{pair_of, payload},
    send::{self, Source},
};

/// Who looks without changing anything: dry runs, and releases where they may be opened.
#[derive(Clone, Copy)]
pub(crate) struct Eyes<'a> {
    pub(crate) previewer: &'a dyn Previewer,
    pub(crate) vault: Option<&'a dyn ReleaseVault>,
}

impl Recovery<'_> {
    /// Who looks.
    pub(crate) fn eyes(&self) -> Eyes<'_> {
        Eyes {
            previewer: self.previewer,
            vault: self.vault,
        }
    }
}

/// What a step copies; nothing for most steps.
pub(crate) async fn copied(eyes: Eyes<'_>, step: &Step) -> Result<Source, PrepareError> {
    match &step.act {
        Act::ApplyManifest {
            source, present, ..
        } => {
            let before = opened(eyes, &source.at(*present)).await?;
            let wanted = opened(eyes, source).await?;
            let place = (&step.target, &*source.namespace);
            let pair = pair_of(&before.documents, &wanted.documents, place);
            Ok(pair.map_or(Source::Nothing, |pair| Source::documents(&pair)))
        }
        Act::StoreRevision {
            source,
            copy_of: Some(from),
            at,
            ..
        } => {
            let present = opened(eyes, &source.at(source.revision - 1)).await?;
            let wanted = opened(eyes, &source.at(*from)).await?;
            let made = payload::rolled_back((&present, &wanted), source, (*from, at));
            Ok(Source::Payload(made, wanted.labels))
        }
        Act::StoreRevision { source, status, .. } => {
            let known = opened(eyes, source).await?;
            let made = payload::with_status(&known.payload, status);
            Ok(Source::Payload(made, known.labels))
        }
        Act::Patch { .. }
        | Act::CopyTemplate { .. }
        | Act::Create { .. }
        | Act::RerunJob { .. }
        | Act::Delete { .. }
        | Act::Evict
        | Act::Provider { .. } => match send::source(step) {
            None => Ok(Source::Nothing),
            Some(target) => Ok(Source::Object(present(eyes.previewer, target).await?)),
        },
    }
}

/// A revision that a step needs.
async fn opened(eyes: Eyes<'_>, revision: &Revision) -> Result<OpenedRevision, PrepareError> {
    let changed = |what: &str| PrepareError::Changed {
        target: revision.to_string(),
        what: what.to_owned(),
    };
    let closed = || changed("it may not be opened any more (remediation.helmReleases)");
    let found = eyes.vault.ok_or_else(closed)?.open(revision).await;
    let found = found.map_err(|source| PrepareError::Cluster {
        target: revision.to_string(),
        source,
    })?;
    found.ok_or_else(|| changed("it is gone"))
}

/// The content of a revision that an earlier step of the plan stores.
pub(crate) fn made_by(earlier: &[Step], step: &Step) -> Option<(String, u64)> {
    let Act::StoreRevision {
        source: wanted,
        copy_of: None,
        ..
    } = &step.act
    else {
        return None;
    };
    earlier.iter().find_map(|made| match &made.act {
        Act::StoreRevision {
            source,
            copy_of: Some(_),
            sha256,
            bytes,
            ..
        } if source == wanted => Some((sha256.clone(), *bytes)),
        _ => None,
    })
}

/// What a step will do to a revision that the plan itself makes: nothing can be tried yet, and what
/// it will be is known.
pub(crate) fn promised(
    step: &mut Step,
    content: (String, u64),
    preview: &mut Preview,
) -> Result<String, PrepareError> {
    let name = step.target.name.clone();
    let facts = [&step.expected_before, &step.expected_after].map(|facts| {
        let fact = facts.first().map(|fact| fact.value.trim_matches('"'));
        json!({"metadata": {"name": name, "labels": {"status": fact}}})
    });
    if let Act::StoreRevision { sha256, bytes, .. } = &mut step.act {
        (*sha256, *bytes) = content;
    }
    let (shown, hash) = differences((step.n, &step.target), &facts[0], &facts[1])?;
    preview.differences.extend(shown);
    Ok(hash)
}
