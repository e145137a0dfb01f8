//! The beginnings of a draft, and what follows from its steps.

use dogwatch_model::plan::{
    Act, Draft, Fact, Impact, Observed, PatchFormat, Permission, PlanOption, PlanRefusal,
    RemedyRequest, Step, Target,
};
use serde_json::Value;

use super::RemedyMeta;

/// Seconds for one write.
const WRITE_SECONDS: u32 = 30;

/// A draft that does nothing yet.
pub(crate) fn draft(
    meta: &'static RemedyMeta,
    request: &RemedyRequest,
    title: String,
    scenario: &str,
) -> PlanOption<Draft> {
    PlanOption {
        request: request.clone(),
        title,
        scenario: scenario.to_owned(),
        steps: Vec::new(),
        observed: Vec::new(),
        preconditions: Vec::new(),
        risk: meta.risk,
        reversibility: meta.reversibility,
        impact: Impact::default(),
        fit: None,
        rollback: Vec::new(),
        verification: Vec::new(),
        permissions: Vec::new(),
        warnings: Vec::new(),
        state: Draft,
    }
}

/// A write without its number.
pub(crate) fn step(name: String, target: Target, act: Act) -> Step {
    Step {
        n: 0,
        name,
        target,
        act,
        expected_before: Vec::new(),
        expected_after: Vec::new(),
        timeout_seconds: WRITE_SECONDS,
        retries: 0,
    }
}

/// A patch that moves one field from one value to another; the way back is the same with the
/// values changed over.
pub(crate) fn change(
    name: String,
    target: &Target,
    patch: Value,
    (before, after): (Fact, Fact),
) -> Step {
    let mut step = step(
        name,
        target.clone(),
        Act::Patch {
            format: PatchFormat::Strategic,
            subresource: None,
            patch,
        },
    );
    step.expected_before.push(before);
    step.expected_after.push(after);
    step
}

/// The same as [`change`] with a JSON merge patch: for custom kinds, and for lists and maps that are
/// replaced.
pub(crate) fn merge(name: String, target: &Target, patch: Value, facts: (Fact, Fact)) -> Step {
    let mut step = change(name, target, Value::Null, facts);
    step.act = Act::Patch {
        format: PatchFormat::Merge,
        subresource: None,
        patch,
    };
    step
}

/// Sets a flag of the spec, or takes it away: the API server does not keep one that is false.
pub(crate) fn flag(target: &Target, (field, name): (&str, &str), on: bool) -> Step {
    let value = if on { Value::Bool(true) } else { Value::Null };
    let facts = (Fact::absent(field), Fact::new(field, true));
    let facts = if on { facts } else { (facts.1, facts.0) };
    let verb = if on { "set" } else { "clear" };
    change(
        format!("{verb} {name} of {target}"),
        target,
        serde_json::json!({"spec": {name: value}}),
        facts,
    )
}

/// The registry hands every request to its own remedy; this says so when it does not.
pub(crate) fn other_remedy(meta: &'static RemedyMeta) -> PlanRefusal {
    PlanRefusal::NotSupported {
        because: format!("this is no request for {}", meta.id),
    }
}

/// What the plan relies on: these fields as they are when it is previewed.
pub(crate) fn relies_on(target: &Target, fields: &[&str]) -> Observed {
    Observed {
        target: target.clone(),
        relied_on: fields.iter().map(|field| Fact::as_read(field)).collect(),
    }
}

/// Numbers the steps and adds what follows from them.
pub(crate) fn complete(draft: &mut PlanOption<Draft>) {
    for list in [&mut draft.steps, &mut draft.rollback] {
        for (n, step) in (1..).zip(list.iter_mut()) {
            step.n = n;
        }
    }
    let mut permissions: Vec<Permission> = draft.steps.iter().flat_map(permissions_of).collect();
    let relied_on = draft.observed.iter().map(|known| &known.target);
    permissions.extend(relied_on.map(|target| {
        let why = "the plan relies on the object";
        permission("get", target, target.plural.clone(), why)
    }));
    permissions.sort();
    permissions.dedup_by(|one, other| {
        (&one.verb, &one.group, &one.resource, &one.namespace)
            == (&other.verb, &other.group, &other.resource, &other.namespace)
    });
    draft.permissions = permissions;
    let written = draft.steps.iter().filter(|step| step.act.verb().is_some());
    let mut touched: Vec<String> = written.map(|step| step.target.key()).collect();
    touched.sort_unstable();
    touched.dedup();
    draft.impact.objects = u32::try_from(touched.len()).unwrap_or(u32::MAX);
    draft.warnings.sort();
    draft.warnings.dedup();
}

fn permissions_of(step: &Step) -> Vec<Permission> {
    let Some(verb) = step.act.verb() else {
        return Vec::new();
    };
    let plural = &step.target.plural;
    let resource = match step.act.subresource() {
        Some(subresource) => format!("{plural}/{subresource}"),
        None => plural.clone(),
    };
    let again = "the object is read again before the write";
    let mut needed = vec![
        permission(verb, &step.target, resource, &step.name),
        permission("get", &step.target, plural.clone(), again),
    ];
    if let Act::CopyTemplate { from, .. } = &step.act {
        let copied = "its template is copied";
        needed.push(permission("get", from, from.plural.clone(), copied));
    }
    if let Act::ApplyManifest { source, .. } = &step.act {
        let read = "the manifests are read from the revisions";
        let secret = source.secret("");
        needed.push(permission("get", &secret, secret.plural.clone(), read));
    }
    if let Act::ApplyManifest {
        creates: true,
        server_side: true,
        ..
    } = &step.act
    {
        // Applying what is not there takes both rights.
        needed.push(permission(
            "create",
            &step.target,
            plural.clone(),
            &step.name,
        ));
    }
    needed
}

fn permission(verb: &str, target: &Target, resource: String, why: &str) -> Permission {
    Permission {
        verb: verb.to_owned(),
        group: target.group().to_owned(),
        resource,
        namespace: target.namespace.clone(),
        why: why.to_owned(),
    }
}
