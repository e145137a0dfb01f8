//! From a request to the function that answers it.

use std::sync::Arc;

use axum::http::Method;

use crate::access::Attempt;
use crate::answer::Answer;
use crate::core::Core;
use crate::errors::ApiError;
use crate::faults::Effect;
use crate::request::{Call, Route, Target, route};
use crate::{controllers, discovery, reading, subresources, watch, writing};

/// Answers one request. Failures become `Status` answers.
pub(crate) async fn answer(core: &Arc<Core>, call: &Call) -> Answer {
    let answer = try_answer(core, call).await.unwrap_or_else(Answer::from);
    if call.method != Method::GET {
        controllers::tick(core);
    }
    answer
}

async fn try_answer(core: &Arc<Core>, call: &Call) -> Result<Answer, ApiError> {
    let routed = core.with_store(|store| route(&store.kinds, &call.path));
    let resource = match &routed {
        Ok(Route::Resource(target)) => Some(target.kind.qualified()),
        _ => None,
    };
    let effect = core.faults.take(&call.path, resource.as_deref());
    match effect {
        Some(Effect::Status(status)) => return Err(ApiError::injected(status)),
        Some(Effect::Latency(pause)) => tokio::time::sleep(pause).await,
        _ => {}
    }
    match routed? {
        Route::Discovery(segments) => discovery::answer(core, &segments, call),
        Route::Resource(target) => {
            if effect == Some(Effect::Deny) {
                let cause = "denied by a fault of the sandbox";
                return Err(ApiError::forbidden(&target.kind, target.object(), cause));
            }
            check_access(core, &target, call)?;
            resource_answer(core, &target, call, effect)
        }
    }
}

fn resource_answer(
    core: &Arc<Core>,
    target: &Target,
    call: &Call,
    effect: Option<Effect>,
) -> Result<Answer, ApiError> {
    if target.subresource.is_some() {
        return subresources::answer(core, target, call);
    }
    let named = target.name.is_some();
    if target.kind.create_only {
        return match (call.method.as_str(), named) {
            ("POST", false) => writing::review(core, target, call),
            _ => Err(ApiError::method_not_allowed()),
        };
    }
    match (call.method.as_str(), named) {
        ("GET", false) if call.is_watch() => {
            watch::open(core, target, call, effect == Some(Effect::CloseWatch))
        }
        ("GET", false) => {
            let cut = match effect {
                Some(Effect::CutAfterItems(items)) => Some(items),
                _ => None,
            };
            reading::list(core, target, call, cut)
        }
        ("GET", true) => reading::get(core, target, call),
        ("POST", false) => writing::create(core, target, call),
        ("PUT", true) => writing::update(core, target, call),
        ("PATCH", true) => writing::patch(core, target, call),
        ("DELETE", true) => writing::delete(core, target, call),
        ("DELETE", false) => writing::delete_collection(core, target, call),
        _ => Err(ApiError::method_not_allowed()),
    }
}

fn check_access(core: &Core, target: &Target, call: &Call) -> Result<(), ApiError> {
    let collection = target.name.is_none();
    let verb = match call.method {
        Method::GET if call.is_watch() => "watch",
        Method::GET if collection => "list",
        Method::GET => "get",
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if collection => "deletecollection",
        Method::DELETE => "delete",
        _ => return Err(ApiError::method_not_allowed()),
    };
    let attempt = Attempt {
        verb,
        group: &target.kind.group,
        resource: &target.kind.plural,
        subresource: target.subresource.as_deref().unwrap_or_default(),
        namespace: target.place(),
        namespaced: target.kind.namespaced,
    };
    core.access.check(&target.kind, target.object(), attempt)
}
