#![doc = include_str!("jvm_heap_limit.md")]

use dogwatch_model::{CheckId, ContainerFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::{
        ends::{self, EndClass},
        logs::LogClass,
    },
    view::View,
};

/// The heap of the application is full; the memory limit is not.
#[derive(Debug)]
pub(crate) struct JvmHeapLimit;

static META: Meta = Meta {
    id: CheckId::new("container/jvm-heap-limit"),
    kind: FindingKind::Container(ContainerFinding::JvmHeapLimit),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Raise the heap option of the application; raising the container limit alone does not help when the heap size is fixed.",
    ],
    casebook: include_str!("jvm_heap_limit.md"),
};

impl Check for JvmHeapLimit {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        ends::report(view, EndClass::Log(LogClass::HeapExhausted), report);
    }
}
