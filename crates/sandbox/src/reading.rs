//! `get` and `list`.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::answer::Answer;
use crate::core::Core;
use crate::errors::ApiError;
use crate::objects::{Place, Store, Stored, within};
use crate::request::{Call, Target};
use crate::selectors::{FieldSelector, LabelSelector};
use crate::view::{Form, ListMeta, View};

/// Which objects a list, watch or deletecollection is about.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) labels: LabelSelector,
    pub(crate) fields: FieldSelector,
}

impl Filter {
    /// Reads the selectors of a request.
    pub(crate) fn of(call: &Call) -> Result<Self, ApiError> {
        let labels = LabelSelector::parse(call.option("labelSelector"));
        let fields = FieldSelector::parse(call.option("fieldSelector"));
        Ok(Self {
            labels: labels.map_err(ApiError::bad_request)?,
            fields: fields.map_err(ApiError::bad_request)?,
        })
    }

    /// Whether an object is selected.
    pub(crate) fn matches(&self, object: &Stored) -> bool {
        self.labels.matches(&object.labels) && self.fields.matches(object)
    }

    fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }
}

/// Answers `get` of one object.
pub(crate) fn get(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let form = Form::negotiate(&call.accept, call.option("includeObject"))?;
    let object = core.with_store(|store| find(store, target))?;
    let view = View {
        kind: &target.kind,
        version: &target.version,
        form,
        now: core.now(),
    };
    Ok(Answer::text(view.object(&object)))
}

/// The targeted object or 404.
pub(crate) fn find(store: &Store, target: &Target) -> Result<Arc<Stored>, ApiError> {
    let object = store.get(&target.kind, target.place(), target.object());
    object.ok_or_else(|| ApiError::not_found(&target.kind, target.object()))
}

/// A continue token: where the next page begins and which revision it shows.
#[derive(Debug, Serialize, Deserialize)]
struct Token {
    /// `None` when the client accepted an inconsistent continuation.
    revision: Option<u64>,
    namespace: String,
    name: String,
}

impl Token {
    fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).expect("a token is plain data"))
    }

    fn decode(text: &str) -> Result<Self, ApiError> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let token = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        token.ok_or_else(|| ApiError::bad_request("continue key is not valid: bad encoding"))
    }
}

struct Page {
    objects: Vec<Arc<Stored>>,
    meta: ListMeta,
}

/// Answers `list`. `cut` breaks the connection after that many items.
pub(crate) fn list(
    core: &Core,
    target: &Target,
    call: &Call,
    cut: Option<usize>,
) -> Result<Answer, ApiError> {
    let form = Form::negotiate(&call.accept, call.option("includeObject"))?;
    let filter = Filter::of(call)?;
    let page = core.with_store(|store| page(store, target, call, &filter))?;
    let view = View {
        kind: &target.kind,
        version: &target.version,
        form,
        now: core.now(),
    };
    let (body, ends) = view.list(&page.meta, page.objects.iter().map(Arc::as_ref));
    match cut.filter(|items| *items < ends.len()) {
        Some(items) => {
            let end = items.checked_sub(1).and_then(|last| ends.get(last));
            Ok(Answer::cut(
                body.slice(..end.map_or(body.len().min(10), |end| end + 1)),
            ))
        }
        None => Ok(Answer::text(body)),
    }
}

/// Collects one page: the objects, and how to read on.
fn page(store: &Store, target: &Target, call: &Call, filter: &Filter) -> Result<Page, ApiError> {
    let limit = call.number("limit")?.filter(|limit| *limit > 0);
    let limit = limit.map_or(usize::MAX, |limit| {
        usize::try_from(limit).unwrap_or(usize::MAX)
    });
    let (revision, after) = position(store, call)?;
    let Ok(past) = store.rewind(&target.kind, revision) else {
        return Err(expired(after));
    };
    let namespace = target.namespace.as_deref();
    let all: Box<dyn Iterator<Item = &Arc<Stored>>> = match &past {
        Some(past) => Box::new(within(past, namespace, after.as_ref())),
        None => Box::new(store.scan(&target.kind, namespace, after.as_ref())),
    };
    let mut matching = all.filter(|object| filter.matches(object));
    let objects: Vec<_> = matching.by_ref().take(limit).cloned().collect();
    let mut meta = ListMeta {
        revision,
        ..ListMeta::default()
    };
    if let Some(last) = objects.last().filter(|_| matching.next().is_some()) {
        let (namespace, name) = last.place();
        let token = Token {
            revision: Some(revision),
            namespace,
            name,
        };
        meta.next = Some(token.encode());
        if filter.is_empty() {
            let namespace = target.namespace.as_deref();
            meta.remaining = Some(match &past {
                Some(past) => within(past, namespace, Some(&last.place())).count(),
                None => store.count_after(&target.kind, namespace, &last.place()),
            });
        }
    }
    Ok(Page { objects, meta })
}

/// The revision that a list shows and the place after which it begins.
fn position(store: &Store, call: &Call) -> Result<(u64, Option<Place>), ApiError> {
    let current = store.revision();
    let wanted = call.number("resourceVersion")?;
    match call.option("continue") {
        "" => {
            let exact = call.option("resourceVersionMatch") == "Exact";
            match wanted {
                Some(wanted) if wanted > current => Err(ApiError::future_revision(wanted, current)),
                Some(wanted) if exact && wanted > 0 => Ok((wanted, None)),
                _ => Ok((current, None)),
            }
        }
        token => {
            if wanted.is_some_and(|wanted| wanted > 0) {
                return Err(ApiError::bad_request(
                    "specifying resource version is not allowed when using continue",
                ));
            }
            let token = Token::decode(token)?;
            let revision = token.revision.unwrap_or(current).min(current);
            Ok((revision, Some((token.namespace, token.name))))
        }
    }
}

fn expired(after: Option<Place>) -> ApiError {
    match after {
        Some((namespace, name)) => ApiError::expired(
            "The provided continue parameter is too old to display a consistent list result. You \
             can start a new list without the continue parameter.",
        )
        .with_continue(
            Token {
                revision: None,
                namespace,
                name,
            }
            .encode(),
        ),
        None => ApiError::expired("The resourceVersion for the provided list is too old."),
    }
}
