//! `create`, `update`, `patch`, `delete`, `deletecollection` and reviews.

pub(crate) mod commit;
pub(crate) mod defaults;
mod removal;

use std::sync::Arc;

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::core::Core;
use crate::errors::ApiError;
use crate::fields::{set_meta, text};
use crate::kinds::Kind;
use crate::objects::{Store, Stored, intake, shapes};
use crate::patch;
use crate::protobuf;
use crate::reading::find;
use crate::request::{Call, Target};
use crate::view::{Form, View};
use commit::{Part, Write};
pub(crate) use removal::{delete, delete_collection, remove_or_mark};

/// Reads the JSON object of a request body.
pub(crate) fn body_object(call: &Call) -> Result<Value, ApiError> {
    let media = call
        .content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    if media == protobuf::MEDIA_TYPE {
        return protobuf::decode(&call.body).ok_or_else(|| ApiError::unsupported_media(media));
    }
    if !media.is_empty() && !media.ends_with("json") {
        return Err(ApiError::unsupported_media(media));
    }
    parse_object(&call.body)
}

/// Parses a JSON object.
pub(crate) fn parse_object(body: &[u8]) -> Result<Value, ApiError> {
    let parsed = serde_json::from_slice::<Value>(body)
        .ok()
        .filter(Value::is_object);
    parsed.ok_or_else(|| ApiError::bad_request("the object provided is unrecognized"))
}

/// Answers with an object in the form that the client accepts.
pub(crate) fn show(core: &Core, target: &Target, call: &Call, object: &Stored) -> Answer {
    let form = Form::negotiate(&call.accept, call.option("includeObject")).unwrap_or(Form::Plain);
    let view = View {
        kind: &target.kind,
        version: &target.version,
        form,
        now: core.now(),
    };
    Answer::text(view.object(object))
}

/// Answers a create-only review.
pub(crate) fn review(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let review = body_object(call)?;
    let answer = core.with_store(|store| core.access.review(store, &target.kind, review));
    answer
        .map(|body| Answer::json(201, &body))
        .ok_or_else(ApiError::method_not_allowed)
}

/// Answers `create`.
pub(crate) fn create(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let object = body_object(call)?;
    let stored = core.with_store(|store| {
        let object = admit(store, target, object)?;
        insert(core, store, &target.kind, object, call.dry_run())
    })?;
    Ok(show(core, target, call, &stored).with_code(201))
}

/// Checks type, namespace and name of a new object and brings it into the stored shape.
fn admit(store: &mut Store, target: &Target, mut object: Value) -> Result<Value, ApiError> {
    let kind = &target.kind;
    check_type(target, &object)?;
    if kind.namespaced {
        let wanted = target
            .namespace
            .as_deref()
            .ok_or_else(ApiError::method_not_allowed)?;
        check_namespace(store, kind, wanted)?;
        let given = text(&object, "/metadata/namespace");
        if !given.is_empty() && given != wanted {
            return Err(ApiError::bad_request(
                "the namespace of the provided object does not match the namespace sent on the \
                 request",
            ));
        }
        set_meta(&mut object, "namespace", wanted);
    }
    let prefix = text(&object, "/metadata/generateName").to_owned();
    if text(&object, "/metadata/name").is_empty() {
        if prefix.is_empty() {
            let cause = "metadata.name: Required value: name or generateName is required";
            return Err(ApiError::invalid(kind, "", cause));
        }
        let serial = store.next_serial().to_string();
        let suffix = intake::suffix(&[&kind.shelf, target.place(), &prefix, &serial]);
        set_meta(&mut object, "name", format!("{prefix}{suffix}"));
    }
    shapes::to_stored(kind, &mut object);
    Ok(object)
}

fn check_namespace(store: &Store, kind: &Kind, name: &str) -> Result<(), ApiError> {
    let namespaces = store
        .kinds
        .resource("", "namespaces")
        .expect("a built-in kind");
    let Some(namespace) = store.get(&namespaces, "", name) else {
        return Err(ApiError::not_found(&namespaces, name));
    };
    if text(&namespace.value(), "/metadata/deletionTimestamp").is_empty() {
        return Ok(());
    }
    let cause =
        format!("unable to create new content in namespace {name} because it is being terminated");
    Err(ApiError::forbidden(kind, "", &cause))
}

/// 400 when the body is of another kind or version than the path.
pub(crate) fn check_type(target: &Target, object: &Value) -> Result<(), ApiError> {
    let (kind, api_version) = (text(object, "/kind"), text(object, "/apiVersion"));
    let expected = target.kind.api_version(&target.version);
    if !kind.is_empty() && kind != target.kind.kind {
        return Err(ApiError::bad_request(format!(
            "{kind} in version \"{}\" cannot be handled as a {}: converting to the kind is not \
             supported",
            target.version, target.kind.kind
        )));
    }
    if !api_version.is_empty() && api_version != expected {
        return Err(ApiError::bad_request(format!(
            "the API version in the data ({api_version}) does not match the expected API version \
             ({expected})"
        )));
    }
    Ok(())
}

/// Stores a new object with its system fields; 409 when the name is taken.
pub(crate) fn insert(
    core: &Core,
    store: &mut Store,
    kind: &Arc<Kind>,
    mut object: Value,
    dry_run: bool,
) -> Result<Arc<Stored>, ApiError> {
    let (namespace, name) = (
        text(&object, "/metadata/namespace"),
        text(&object, "/metadata/name"),
    );
    if store.get(kind, namespace, name).is_some() {
        return Err(ApiError::already_exists(kind, name));
    }
    let serial = store.next_serial().to_string();
    let uid = intake::uid(&[&kind.shelf, namespace, name, "created", &serial]);
    intake::drop_secret_payload(kind, &mut object);
    set_meta(&mut object, "uid", uid);
    set_meta(
        &mut object,
        "creationTimestamp",
        crate::clock::rfc3339(core.now()),
    );
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in ["resourceVersion", "deletionTimestamp", "selfLink"] {
            metadata.remove(field);
        }
        if !matches!(
            kind.kind.as_str(),
            "ConfigMap" | "Secret" | "Event" | "Node"
        ) {
            metadata.insert("generation".to_owned(), json!(1));
        }
    }
    defaults::fill(kind, &mut object);
    Ok(if dry_run {
        Arc::new(Stored::new(object))
    } else {
        store.put(kind, object)
    })
}

/// Answers `update`.
pub(crate) fn update(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let object = body_object(call)?;
    check_type(target, &object)?;
    let stored = core.with_store(|store| {
        let old = find(store, target)?;
        replace(
            store,
            target,
            Replacement {
                old,
                new: object,
                call,
                part: Part::Main,
            },
        )
    })?;
    Ok(show(core, target, call, &stored))
}

/// Answers `patch`; server-side apply may create.
pub(crate) fn patch(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let (stored, created) = core.with_store(|store| {
        let format = patch::Format::of(&call.content_type, &target.kind)?;
        if format == patch::Format::Apply && find(store, target).is_err() {
            let object = patch::apply::first(core, target, call)?;
            let object = admit(store, target, object)?;
            let stored = insert(core, store, &target.kind, object, call.dry_run())?;
            return Ok((stored, true));
        }
        patch_part(core, store, target, call, Part::Main).map(|stored| (stored, false))
    })?;
    Ok(show(core, target, call, &stored).with_code(if created { 201 } else { 200 }))
}

/// Patches the main part or the status of the targeted object.
pub(crate) fn patch_part(
    core: &Core,
    store: &mut Store,
    target: &Target,
    call: &Call,
    part: Part,
) -> Result<Arc<Stored>, ApiError> {
    let old = find(store, target)?;
    let mut shown = old.typed_value(&target.kind, &target.version);
    shapes::from_stored(&target.kind, &target.version, &mut shown);
    let new = patch::patched(core, target, call, &shown)?;
    check_type(target, &new)?;
    replace(
        store,
        target,
        Replacement {
            old,
            new,
            call,
            part,
        },
    )
}

/// A new state for an existing object.
pub(crate) struct Replacement<'a> {
    pub(crate) old: Arc<Stored>,
    /// In the shape of the request.
    pub(crate) new: Value,
    pub(crate) call: &'a Call,
    pub(crate) part: Part,
}

/// Stores the new state of an existing object.
pub(crate) fn replace(
    store: &mut Store,
    target: &Target,
    mut replacement: Replacement<'_>,
) -> Result<Arc<Stored>, ApiError> {
    if text(&replacement.new, "/apiVersion").is_empty() {
        replacement.new["apiVersion"] = json!(target.kind.api_version(&target.version));
    }
    shapes::to_stored(&target.kind, &mut replacement.new);
    let write = Write {
        kind: &target.kind,
        part: replacement.part,
        dry_run: replacement.call.dry_run(),
    };
    write.commit(store, &replacement.old, replacement.new)
}
