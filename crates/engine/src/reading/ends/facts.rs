//! What is cited of an end besides its Events.

use dogwatch_model::{
    Evidence,
    snapshot::{ContainerStatus, Terminated},
};

use super::EndClass;
use crate::{
    cite,
    view::{Suspect, View},
};

/// How the container ended.
pub(super) fn end(suspect: &Suspect<'_>, status: &ContainerStatus, end: &Terminated) -> Evidence {
    let field = if status.state.terminated.is_some() {
        "state.terminated"
    } else {
        "lastState.terminated"
    };
    cite::terminated(&suspect.object, &status.name, field, end)
}

/// For an OOM kill: the limit that was reached.
pub(super) fn limit(
    class: EndClass,
    suspect: &Suspect<'_>,
    status: &ContainerStatus,
) -> Option<Evidence> {
    if class != EndClass::OomKilled {
        return None;
    }
    let limit = suspect
        .pod
        .spec
        .container(&status.name)?
        .resources
        .limits
        .get("memory")?;
    let field = format!("{}.resources.limits.memory", status.name);
    Some(cite::spec(&suspect.object, &field, limit))
}

/// That it repeats: restart count, and the kubelet's back-off.
pub(super) fn repeats(
    view: &View<'_>,
    suspect: &Suspect<'_>,
    status: &ContainerStatus,
    is_looping: bool,
) -> Vec<Evidence> {
    let mut facts = Vec::new();
    if let Some(waiting) = status.state.waiting.as_deref().filter(|_| is_looping) {
        let field = format!("{}.state.waiting", status.name);
        let value = format!("{}: {}", waiting.reason, waiting.message);
        facts.push(cite::status(
            &suspect.object,
            &field,
            value.trim_end_matches(": "),
        ));
    }
    if status.restart_count > 0 {
        let field = format!("{}.restartCount", status.name);
        facts.push(cite::status(&suspect.object, &field, status.restart_count));
    }
    let back_off = view.pod_events(suspect.pod).filter(|event| {
        event.reason == "BackOff"
            && event.message.contains("restarting failed container")
            && event.container().is_none_or(|name| name == &*status.name)
    });
    facts.extend(back_off.last().map(cite::event));
    facts
}
