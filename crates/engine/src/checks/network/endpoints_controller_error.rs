#![doc = include_str!("endpoints_controller_error.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notices,
    view::View,
};

/// The endpoints of a Service cannot be written.
#[derive(Debug)]
pub(crate) struct EndpointsControllerError;

static META: Meta = Meta {
    id: CheckId::new("network/endpoints-controller-error"),
    kind: FindingKind::Network(NetworkFinding::EndpointsControllerError),
    needs: sources::SERVICES_AND_EVENTS,
    advice: &[
        "Read the message of the Event: quota, a webhook on EndpointSlices, or the permissions of the controller.",
    ],
    casebook: include_str!("endpoints_controller_error.md"),
};

impl Check for EndpointsControllerError {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for service in &view.snapshot.services {
            let said = notices::recent(view, service, REASONS);
            let said = said.filter(|event| {
                let is_conflict = event.message.contains("the object has been modified");
                event.count >= MANY && !is_conflict
            });
            let Some(event) = said else { continue };
            let object = cite::object(Kind::Service, &service.meta);
            let subject = Subject::of(object).since(event.first_seen);
            report.found(subject, cite::event(event), None);
        }
    }
}

const REASONS: &[&str] = &[
    "FailedToUpdateEndpointSlices",
    "FailedToUpdateEndpoint",
    "FailedToCreateEndpoint",
    "FailedToListPods",
];

/// One failed write is tried again at once.
const MANY: i64 = 3;
