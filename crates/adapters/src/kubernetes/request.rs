//! Writes the URLs and headers of read requests.

use core::{fmt::Write as _, time::Duration};

use dogwatch_model::{
    Kind,
    ports::{ListQuery, LogQuery},
};

/// Page size of lists, as kubectl uses it.
const PAGE_SIZE: u32 = 500;

const JSON: &str = "application/json";
const METADATA_LIST: &str = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
const METADATA_OBJECT: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// The first page of a consistent list.
    First,
    /// The first page again, of exactly this version.
    Exact(String),
    /// The page behind this token.
    After(String),
}

/// One request, ready to be sent any number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) path: String,
    pub(crate) accept: &'static str,
    /// A body makes it a POST.
    pub(crate) body: Option<Vec<u8>>,
}

impl Call {
    pub(crate) fn get(path: String) -> Self {
        Self {
            path,
            accept: JSON,
            body: None,
        }
    }

    pub(crate) fn post(path: &str, body: Vec<u8>) -> Self {
        Self {
            path: path.to_owned(),
            accept: JSON,
            body: Some(body),
        }
    }
}

/// True when one GET answers the query: nothing but a name in a known place.
pub(crate) fn is_single(query: &ListQuery) -> bool {
    query.name.is_some()
        && query.label_selector.is_none()
        && query.field_selector.is_none()
        && (query.namespace.is_some() || !query.kind.info().namespaced)
}

/// False for names that no object can have and that would lead to another path.
pub(crate) fn can_exist(query: &ListQuery) -> bool {
    let fits = |text: &Option<String>| {
        text.as_deref()
            .is_none_or(|text| !matches!(text, "" | "." | "..") && !text.contains('/'))
    };
    fits(&query.namespace) && fits(&query.name)
}

/// The request for one object.
pub(crate) fn object(query: &ListQuery) -> Call {
    let mut path = collection(query);
    path.push('/');
    push_encoded(&mut path, query.name.as_deref().unwrap_or_default());
    // A list of definitions is large for their schemas; a single one is not.
    let is_definition = query.kind == Kind::CustomResourceDefinition;
    let accept = if query.kind.info().metadata_only && !is_definition {
        METADATA_OBJECT
    } else {
        JSON
    };
    Call {
        path,
        accept,
        body: None,
    }
}

/// The request for one page of a list.
pub(crate) fn page(query: &ListQuery, cursor: &Cursor) -> Call {
    let mut path = collection(query);
    // Writing to a String cannot fail.
    write!(path, "?limit={PAGE_SIZE}").expect("infallible");
    let by_name = query
        .name
        .as_ref()
        .map(|name| format!("metadata.name={name}"));
    let fields: Vec<String> = by_name
        .into_iter()
        .chain(query.field_selector.clone())
        .collect();
    push_parameter(&mut path, "labelSelector", query.label_selector.as_deref());
    push_parameter(
        &mut path,
        "fieldSelector",
        (!fields.is_empty()).then_some(&fields.join(",")),
    );
    match cursor {
        Cursor::First => {}
        Cursor::After(token) => push_parameter(&mut path, "continue", Some(token)),
        Cursor::Exact(version) => {
            push_parameter(&mut path, "resourceVersion", Some(version));
            push_parameter(&mut path, "resourceVersionMatch", Some("Exact"));
        }
    }
    let accept = if query.kind.info().metadata_only {
        METADATA_LIST
    } else {
        JSON
    };
    Call {
        path,
        accept,
        body: None,
    }
}

/// The request for the present version of a collection, with as little of it as can be asked for.
pub(crate) fn version(query: &ListQuery) -> Call {
    Call {
        path: format!("{}?limit=1", collection(query)),
        accept: METADATA_LIST,
        body: None,
    }
}

/// The request for the changes of a collection after a version. Only metadata is asked for: that
/// something changed is all there is to know.
pub(crate) fn watch(query: &ListQuery, version: &str, at_most: Duration) -> Call {
    let mut path = collection(query);
    let seconds = at_most.as_secs().max(1);
    write!(
        path,
        "?watch=1&allowWatchBookmarks=true&timeoutSeconds={seconds}"
    )
    .expect("infallible");
    push_parameter(&mut path, "resourceVersion", Some(version));
    Call {
        path,
        accept: METADATA_OBJECT,
        body: None,
    }
}

/// The request for the end of a log.
pub(crate) fn log(query: &LogQuery) -> Call {
    let mut path = String::from("/api/v1/namespaces/");
    push_encoded(&mut path, &query.namespace);
    path.push_str("/pods/");
    push_encoded(&mut path, &query.pod);
    write!(
        path,
        "/log?tailLines={}&limitBytes={}",
        query.tail_lines, query.limit_bytes
    )
    .expect("infallible");
    push_parameter(&mut path, "container", Some(&query.container));
    push_parameter(&mut path, "previous", query.previous.then_some("true"));
    Call::get(path)
}

fn collection(query: &ListQuery) -> String {
    let info = query.kind.info();
    let mut path = root(query.kind);
    if let (true, Some(namespace)) = (info.namespaced, &query.namespace) {
        path.push_str("/namespaces/");
        push_encoded(&mut path, namespace);
    }
    path.push('/');
    path.push_str(info.plural);
    path
}

fn root(kind: Kind) -> String {
    let info = kind.info();
    if info.group.is_empty() {
        format!("/api/{}", info.version)
    } else {
        format!("/apis/{}/{}", info.group, info.version)
    }
}

fn push_parameter(path: &mut String, name: &str, value: Option<impl AsRef<str>>) {
    if let Some(value) = value {
        path.push('&');
        path.push_str(name);
        path.push('=');
        push_encoded(path, value.as_ref());
    }
}

pub(crate) fn push_encoded(path: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            write!(path, "%{byte:02X}").expect("infallible");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_those_of_the_api_server() {
        let query =
            ListQuery::in_namespace(Kind::Deployment, "shop").labelled("app in (a, b)".to_owned());
        let call = page(&query, &Cursor::After("t=".to_owned()));
        assert_eq!(
            call.path,
            "/apis/apps/v1/namespaces/shop/deployments?limit=500\
             &labelSelector=app%20in%20%28a%2C%20b%29&continue=t%3D"
        );
        assert_eq!(call.accept, JSON);
        let secrets = page(
            &ListQuery::all(Kind::Secret),
            &Cursor::Exact("5".to_owned()),
        );
        assert_eq!(
            secrets.path,
            "/api/v1/secrets?limit=500&resourceVersion=5&resourceVersionMatch=Exact"
        );
        assert_eq!(secrets.accept, METADATA_LIST);
        let secret = object(&ListQuery::one(Kind::Secret, "shop", "db"));
        assert_eq!(
            (secret.path.as_str(), secret.accept),
            ("/api/v1/namespaces/shop/secrets/db", METADATA_OBJECT)
        );
    }

    #[test]
    fn a_name_without_a_place_is_a_field_selector() {
        let mut query = ListQuery::all(Kind::Pod);
        query.name = Some("web-0".to_owned());
        assert!(!is_single(&query));
        let call = page(&query, &Cursor::First);
        assert_eq!(
            call.path,
            "/api/v1/pods?limit=500&fieldSelector=metadata.name%3Dweb-0"
        );
        assert!(is_single(&ListQuery::one(Kind::Node, "ignored", "n1")));
    }

    #[test]
    fn names_never_lead_elsewhere() {
        for name in ["..", ".", "", "a/b", "../../nodes"] {
            assert!(
                !can_exist(&ListQuery::one(Kind::Pod, "shop", name)),
                "{name}"
            );
        }
        assert_eq!(
            object(&ListQuery::one(Kind::Pod, "a?b", "c#d%")).path,
            "/api/v1/namespaces/a%3Fb/pods/c%23d%25"
        );
    }
}
