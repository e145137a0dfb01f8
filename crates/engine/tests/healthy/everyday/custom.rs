//! Objects of CustomResourceDefinitions, and what serves them.

use serde_json::json;

use super::{Everyday, cluster_wide, condition};

const AT: &str = "2026-03-01T08:00:10Z";

pub(super) fn definitions(day: &mut Everyday) {
    let served = json!({"spec": {"group": "example.com", "names": {"kind": "Widget",
            "plural": "widgets"}}, "status": {"conditions": [
        condition("NamesAccepted", "True", "NoConflicts", AT),
        condition("Established", "True", "InitialNamesAccepted", AT)]}});
    let (api, kind) = ("apiextensions.k8s.io/v1", "CustomResourceDefinition");
    day.add(api, kind, "widgets.example.com", &cluster_wide(&served));
    let service = json!({"spec": {"service": {"namespace": super::NAMESPACE,
            "name": Everyday::app(0)}}, "status": {"conditions": [
        condition("Available", "True", "Passed", AT)]}});
    let api = "apiregistration.k8s.io/v1";
    day.add(
        api,
        "APIService",
        "v1.metrics.example.com",
        &cluster_wide(&service),
    );
    let widget = json!({"metadata": {"finalizers": ["example.com/cleanup"]},
        "status": {"conditions": [condition("Ready", "True", "Reconciled", AT)]}});
    day.add("example.com/v1", "Widget", "one", &widget);
}

pub(super) fn delivery(day: &mut Everyday) {
    let application = json!({"spec": {"destination": {"namespace": super::NAMESPACE},
            "syncPolicy": {"automated": {"selfHeal": true, "prune": true}}},
        "status": {"health": {"status": "Healthy"}, "sync": {"status": "Synced"},
            "operationState": {"phase": "Succeeded", "finishedAt": AT,
                "operation": {"sync": {"autoHealAttemptsCount": 1}}}}});
    day.add("argoproj.io/v1alpha1", "Application", "web", &application);
    let ready = |reason: &str| {
        json!({"status": {"observedGeneration": 1, "conditions": [
        condition("Ready", "True", reason, AT)]}})
    };
    let api = "kustomize.toolkit.fluxcd.io/v1";
    day.add(
        api,
        "Kustomization",
        "infra",
        &ready("ReconciliationSucceeded"),
    );
    let api = "helm.toolkit.fluxcd.io/v2";
    day.add(api, "HelmRelease", "cache", &ready("UpgradeSucceeded"));
    let certificate = json!({"spec": {"secretName": "tls", "dnsNames": ["shop.example.com"],
            "issuerRef": {"name": "issuer", "kind": "ClusterIssuer"}},
        "status": {"notAfter": "2026-05-20T08:00:00Z", "renewalTime": "2026-04-20T08:00:00Z",
            "conditions": [condition("Ready", "True", "Ready", AT)]}});
    day.add("cert-manager.io/v1", "Certificate", "shop", &certificate);
}

pub(super) fn gateway(day: &mut Everyday) {
    let api = "gateway.networking.k8s.io/v1";
    let class = json!({"spec": {"controllerName": "example.com/gateway"}, "status": {
        "conditions": [condition("Accepted", "True", "Accepted", AT)]}});
    day.add(api, "GatewayClass", "edge", &cluster_wide(&class));
    let works = [
        condition("Accepted", "True", "Accepted", AT),
        condition("Programmed", "True", "Programmed", AT),
    ];
    let listener = json!({"name": "http", "port": 80, "protocol": "HTTP"});
    let gateway = json!({"spec": {"gatewayClassName": "edge", "listeners": [listener]},
        "status": {"conditions": works}});
    day.add(api, "Gateway", "edge", &gateway);
    let accepted = [
        condition("Accepted", "True", "Accepted", AT),
        condition("ResolvedRefs", "True", "ResolvedRefs", AT),
    ];
    let route = json!({"spec": {"parentRefs": [{"name": "edge"}], "rules": [
            {"backendRefs": [{"name": Everyday::app(0), "port": 80}]}]},
        "status": {"parents": [{"parentRef": {"name": "edge"}, "conditions": accepted}]}});
    day.add(api, "HTTPRoute", "shop", &route);
}
