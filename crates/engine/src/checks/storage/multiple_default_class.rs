#![doc = include_str!("multiple_default_class.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, StorageFinding, snapshot::StorageClass};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// Several StorageClasses are marked as the default.
#[derive(Debug)]
pub(crate) struct SeveralDefaultClasses;

static META: Meta = Meta {
    id: CheckId::new("storage/multiple-default-class"),
    kind: FindingKind::Storage(StorageFinding::SeveralDefaultClasses),
    needs: sources::CLASSES,
    advice: &["Leave the mark on one class: of several the newest one wins."],
    casebook: include_str!("multiple_default_class.md"),
};

impl Check for SeveralDefaultClasses {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let classes = view.snapshot.storage_classes.iter();
        let defaults: Vec<_> = classes.filter(|class| is_default(class)).collect();
        // Of classes of one age the first by name wins.
        let newest = defaults.iter().rev().max_by_key(|class| class.meta.created);
        let Some(newest) = newest.filter(|_| defaults.len() > 1) else {
            return;
        };
        let object = cite::object(Kind::StorageClass, &newest.meta);
        let facts = defaults.iter().map(|class| {
            let object = cite::object(Kind::StorageClass, &class.meta);
            cite::spec(&object, DEFAULT, true)
        });
        report.found_all(
            Subject::of(object).detail(format!("{} defaults", defaults.len())),
            facts,
        );
    }
}

const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";

fn is_default(class: &StorageClass) -> bool {
    class.meta.annotations.get(DEFAULT) == Some("true") && !class.meta.is_terminating()
}
