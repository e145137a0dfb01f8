#![doc = include_str!("volume_expand_failed.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, StorageFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::{View, is_within},
};

/// The volume of the claim cannot be enlarged.
#[derive(Debug)]
pub(crate) struct ExpandFailed;

static META: Meta = Meta {
    id: CheckId::new("storage/volume-expand-failed"),
    kind: FindingKind::Storage(StorageFinding::ExpandFailed),
    needs: sources::CLAIMS_AND_EVENTS,
    advice: &[
        "Read the words of the driver. A size that cannot be had may be lowered again, down to the present one.",
    ],
    casebook: include_str!("volume_expand_failed.md"),
};

impl Check for ExpandFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for claim in view
            .snapshot
            .claims
            .iter()
            .filter(|claim| claim.status.phase == "Bound")
        {
            let object = cite::object(Kind::PersistentVolumeClaim, &claim.meta);
            let state = claim.status.allocated_resource_statuses.get("storage");
            let state = state.filter(|state| state.ends_with("Infeasible"));
            let field = "status.allocatedResourceStatuses.storage";
            let state = state.map(|state| cite::status(&object, field, state));
            let mut conditions = claim.status.conditions.iter();
            let error =
                conditions.find(|known| known.is_true() && known.kind.ends_with("ResizeError"));
            let error = error.map(|known| cite::condition(&object, known));
            let said = notes::newest(view, &claim.meta, SAID).filter(|event| {
                let seen = event.last_seen;
                event.reason == FAILED
                    && seen.is_some_and(|at| is_within(view.now(), at, notes::RECENT))
            });
            let subject = Subject::of(object).since(said.and_then(|event| event.first_seen));
            report.found_all(
                subject,
                state.into_iter().chain(error).chain(said.map(cite::event)),
            );
        }
    }
}

const FAILED: &str = "VolumeResizeFailed";

/// The outcomes that somebody says of an expansion.
const SAID: &[&str] = &[
    FAILED,
    "VolumeResizeSuccessful",
    "FileSystemResizeSuccessful",
    "FileSystemResizeRequired",
];
