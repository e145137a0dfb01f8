//! Asks the API server which custom kinds it serves, in one request.

use dogwatch_model::{CustomKind, Kind, ReadOutcome, ports::CustomKinds};
use serde::Deserialize;

use super::{exchange::Exchange, request::Call};

/// Largest discovery document that is read. A cluster with 500 definitions has about 1 MiB.
const MAX_DISCOVERY_BYTES: usize = 32 * 1024 * 1024;

/// Both versions of the aggregated document: 1.27 to 1.29 serve the beta only.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

#[derive(Deserialize)]
struct Document {
    kind: String,
    #[serde(default)]
    items: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    #[serde(default)]
    metadata: GroupName,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct GroupName {
    name: String,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    #[serde(rename = "resource")]
    plural: String,
    response_kind: Option<ResponseKind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    verbs: Vec<String>,
}

#[derive(Deserialize)]
struct ResponseKind {
    kind: String,
}

/// The custom kinds that can be listed, each in the version that the server prefers.
pub(super) async fn custom_kinds(exchange: &Exchange) -> CustomKinds {
    let call = Call {
        accept: AGGREGATED,
        ..Call::get("/apis".to_owned())
    };
    let answer = match exchange.send(&call).await {
        Ok(answer) => answer,
        Err(failure) => return CustomKinds::failed(failure.outcome()),
    };
    let body = match answer.collect(MAX_DISCOVERY_BYTES).await {
        Ok(body) => body,
        Err(last_error) => return CustomKinds::failed(lost(last_error)),
    };
    match serde_json::from_slice::<Document>(&body) {
        Ok(document) if document.kind == "APIGroupDiscoveryList" => CustomKinds {
            kinds: of(&document),
            outcome: ReadOutcome::Ok { items: 0 },
        },
        _ => CustomKinds::failed(lost(
            "the server did not answer with an aggregated discovery document".to_owned(),
        )),
    }
}

fn of(document: &Document) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for group in &document.items {
        // Versions come in the order of preference.
        for version in &group.versions {
            let listed = version
                .resources
                .iter()
                .filter(|resource| resource.verbs.iter().any(|verb| verb == "list"));
            for resource in listed {
                let kind = resource.response_kind.as_ref().and_then(|response| {
                    CustomKind::new(
                        &group.metadata.name,
                        &version.version,
                        &response.kind,
                        &resource.plural,
                        resource.scope == "Namespaced",
                    )
                });
                if let Some(kind) = kind.map(Kind::Custom).filter(|kind| !kinds.contains(kind)) {
                    kinds.push(kind);
                }
            }
        }
    }
    kinds.sort();
    kinds
}

fn lost(last_error: String) -> ReadOutcome {
    ReadOutcome::TimedOut {
        attempts: 1,
        last_error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_version_of_listed_custom_kinds_is_taken() {
        let document: Document = serde_json::from_str(
            r#"{"kind":"APIGroupDiscoveryList","items":[
              {"metadata":{"name":"apps"},"versions":[{"version":"v1","resources":[
                {"resource":"deployments","responseKind":{"kind":"Deployment"},"scope":"Namespaced","verbs":["list"]}]}]},
              {"metadata":{"name":"cluster.x-k8s.io"},"versions":[
                {"version":"v1beta2","resources":[
                  {"resource":"machines","responseKind":{"kind":"Machine"},"scope":"Namespaced","verbs":["get","list"]},
                  {"resource":"reviews","responseKind":{"kind":"Review"},"scope":"Cluster","verbs":["create"]}]},
                {"version":"v1beta1","resources":[
                  {"resource":"machines","responseKind":{"kind":"Machine"},"scope":"Namespaced","verbs":["list"]}]}]}]}"#,
        )
        .unwrap();
        let kinds = of(&document);
        assert_eq!(kinds.len(), 1);
        assert_eq!(kinds[0].info().version, "v1beta2");
        assert!(kinds[0].is_custom("cluster.x-k8s.io", "Machine"));
    }
}
