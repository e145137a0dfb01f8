//! `delete` and `deletecollection`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{body_object, show};
use crate::answer::Answer;
use crate::clock::rfc3339;
use crate::core::Core;
use crate::errors::ApiError;
use crate::fields::{list, put, set_meta, text};
use crate::kinds::Kind;
use crate::objects::{Store, Stored};
use crate::reading::{Filter, find};
use crate::request::{Call, Target};
use crate::view::{Form, ListMeta, View};

fn options(call: &Call) -> Result<Value, ApiError> {
    if call.body.is_empty() {
        Ok(json!({}))
    } else {
        body_object(call)
    }
}

/// Behind a body the API server does not look at the query.
fn is_dry_run(call: &Call, options: &Value) -> bool {
    if call.body.is_empty() {
        call.dry_run()
    } else {
        !list(options, "/dryRun").is_empty()
    }
}

/// Answers `delete`.
pub(crate) fn delete(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let options = options(call)?;
    let (last, gone) = core.with_store(|store| {
        let old = find(store, target)?;
        check(&target.kind, &old, &options)?;
        if is_dry_run(call, &options) {
            return Ok((old, true));
        }
        Ok(remove_or_mark(core, store, &target.kind, &old))
    })?;
    // A kind with a grace period answers with the object, others with a Status.
    if !gone || matches!(target.kind.kind.as_str(), "Pod" | "Namespace" | "Service") {
        return Ok(show(core, target, call, &last));
    }
    let mut details = json!({"name": last.name, "kind": target.kind.plural, "uid": last.uid});
    if !target.kind.group.is_empty() {
        details["group"] = json!(target.kind.group);
    }
    Ok(Answer::json(
        200,
        &json!({"kind": "Status", "apiVersion": "v1", "metadata": {},
        "status": "Success", "details": details}),
    ))
}

fn check(kind: &Kind, old: &Stored, options: &Value) -> Result<(), ApiError> {
    let uid = text(options, "/preconditions/uid");
    if !uid.is_empty() && uid != old.uid {
        let cause = format!(
            "the UID in the precondition ({uid}) does not match the UID in record ({}). The \
             object might have been deleted and then recreated",
            old.uid
        );
        return Err(ApiError::conflict(kind, &old.name, &cause));
    }
    let revision = text(options, "/preconditions/resourceVersion");
    if !revision.is_empty() && revision != old.revision.to_string() {
        let cause = format!(
            "the ResourceVersion in the precondition ({revision}) does not match the \
             ResourceVersion in record ({}). The object might have been modified",
            old.revision
        );
        return Err(ApiError::conflict(kind, &old.name, &cause));
    }
    Ok(())
}

/// Removes an object, or marks it when finalizers hold it. The flag says whether it is gone.
pub(crate) fn remove_or_mark(
    core: &Core,
    store: &mut Store,
    kind: &Arc<Kind>,
    old: &Arc<Stored>,
) -> (Arc<Stored>, bool) {
    let mut value = old.value();
    if list(&value, "/metadata/finalizers").is_empty() {
        if kind.is("", "Namespace") {
            empty_namespace(store, &old.name);
        }
        let last = store.remove(kind, &old.namespace, &old.name);
        return (last.unwrap_or_else(|| Arc::clone(old)), true);
    }
    if !text(&value, "/metadata/deletionTimestamp").is_empty() {
        return (Arc::clone(old), false);
    }
    set_meta(&mut value, "deletionTimestamp", rfc3339(core.now()));
    put(
        &mut value,
        &["metadata", "deletionGracePeriodSeconds"],
        json!(0),
    );
    (store.put(kind, value), false)
}

/// Removes everything in a namespace.
fn empty_namespace(store: &mut Store, namespace: &str) {
    let kinds: Vec<Arc<Kind>> = store
        .kinds
        .iter()
        .filter(|k| k.namespaced)
        .cloned()
        .collect();
    for kind in kinds {
        let names: Vec<String> = store
            .scan(&kind, Some(namespace), None)
            .map(|object| object.name.clone())
            .collect();
        for name in names {
            store.remove(&kind, namespace, &name);
        }
    }
}

/// Answers `deletecollection` with the list of what was deleted.
pub(crate) fn delete_collection(
    core: &Core,
    target: &Target,
    call: &Call,
) -> Result<Answer, ApiError> {
    if target.kind.namespaced && target.namespace.is_none() {
        return Err(ApiError::method_not_allowed());
    }
    let options = options(call)?;
    let filter = Filter::of(call)?;
    let (deleted, revision) = core.with_store(|store| {
        let all = store.scan(&target.kind, target.namespace.as_deref(), None);
        let matching: Vec<_> = all
            .filter(|object| filter.matches(object))
            .cloned()
            .collect();
        if !is_dry_run(call, &options) {
            for object in &matching {
                remove_or_mark(core, store, &target.kind, object);
            }
        }
        (matching, store.revision())
    });
    let form = Form::negotiate(&call.accept, call.option("includeObject"))?;
    let view = View {
        kind: &target.kind,
        version: &target.version,
        form,
        now: core.now(),
    };
    let meta = ListMeta {
        revision,
        ..ListMeta::default()
    };
    Ok(Answer::text(
        view.list(&meta, deleted.iter().map(Arc::as_ref)).0,
    ))
}
