//! How requests get in, and what stands between the API server and new objects.

use serde_json::{Value, json};

use super::{Everyday, cluster_wide, condition};

fn class(day: &mut Everyday, name: &str, controller: &str) {
    let class = json!({"spec": {"controller": controller}});
    let api = "networking.k8s.io/v1";
    day.add(api, "IngressClass", name, &cluster_wide(&class));
}

fn ingress(day: &mut Everyday, name: &str, class: &str, rest: &Value) {
    let service = json!({"service": {"name": Everyday::app(0), "port": {"number": 80}}});
    let mut all = json!({"spec": {"ingressClassName": class, "rules": [
        {"host": format!("{name}.example.com"), "http": {"paths": [
            {"path": "/", "pathType": "Prefix", "backend": service}]}}]}});
    super::merge(&mut all, rest);
    day.add("networking.k8s.io/v1", "Ingress", name, &all);
}

fn published() -> Value {
    json!({"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.10"}]}}})
}

pub(super) fn ingresses(day: &mut Everyday) {
    class(day, "nginx", "k8s.io/ingress-nginx");
    for name in ["shop", "blog"] {
        ingress(day, name, "nginx", &published());
    }
    day.add_pod_like(
        0,
        "ingress-nginx-controller-1",
        &json!({"metadata": {"ownerReferences": null, "labels": {
            "app.kubernetes.io/name": "ingress-nginx", "pod-template-hash": null}}}),
    );
}

pub(super) fn ingress_is_new(day: &mut Everyday) {
    class(day, "edge", "k8s.io/ingress-nginx");
    ingress(day, "served", "edge", &published());
    let new = json!({"metadata": {"creationTimestamp": "2026-03-01T09:59:30Z"}});
    ingress(day, "fresh", "edge", &new);
}

/// Traefik without a published Service serves and writes no address.
pub(super) fn ingress_without_address(day: &mut Everyday) {
    class(day, "traefik", "traefik.io/ingress-controller");
    ingress(day, "metal", "traefik", &json!({}));
}

pub(super) fn load_balancer_is_new(day: &mut Everyday) {
    let labels = json!({"app.kubernetes.io/name": Everyday::app(0), "team": super::NAMESPACE});
    day.add(
        "v1",
        "Service",
        "outside",
        &json!({"metadata": {"creationTimestamp": "2026-03-01T09:59:40Z"},
            "spec": {"type": "LoadBalancer", "clusterIP": "10.96.200.1", "selector": labels,
                "ports": [{"port": 443, "targetPort": 8080, "nodePort": 31000,
                    "protocol": "TCP"}]},
            "status": {"loadBalancer": {}}}),
    );
    let service = day.of("Service", "outside").clone();
    let words = (
        "service-controller",
        "EnsuringLoadBalancer",
        "Ensuring load balancer",
    );
    day.add_event(&service, words, "2026-03-01T09:59:41Z");
}

pub(super) fn services(day: &mut Everyday) {
    let labels = json!({"app.kubernetes.io/name": Everyday::app(0), "team": super::NAMESPACE});
    let port = |target: Value| json!([{"port": 80, "targetPort": target, "protocol": "TCP"}]);
    for (name, spec) in [
        (
            "named",
            json!({"clusterIP": "10.96.200.2", "selector": labels,
            "ports": port(json!("http"))}),
        ),
        (
            "headless",
            json!({"clusterIP": "None", "selector": labels, "ports": port(json!(8080))}),
        ),
        (
            "elsewhere",
            json!({"type": "ExternalName", "externalName": "db.example.com"}),
        ),
        (
            "by-hand",
            json!({"clusterIP": "10.96.200.3", "ports": port(json!(5432))}),
        ),
    ] {
        day.add("v1", "Service", name, &json!({"spec": spec}));
    }
    day.add(
        "discovery.k8s.io/v1",
        "EndpointSlice",
        "by-hand-1",
        &json!({"metadata": {"labels": {"kubernetes.io/service-name": "by-hand"}},
            "addressType": "IPv4", "endpoints": [{"addresses": ["198.51.100.7"],
                "conditions": {"ready": true}}],
            "ports": [{"port": 5432, "protocol": "TCP"}]}),
    );
}

pub(super) fn policies(day: &mut Everyday) {
    let api = "networking.k8s.io/v1";
    let deny = json!({"spec": {"podSelector": {}, "policyTypes": ["Ingress"]}});
    day.add(api, "NetworkPolicy", "deny", &deny);
    let allow = json!({"spec": {"podSelector": {}, "policyTypes": ["Ingress"],
        "ingress": [{"ports": [{"port": 8080, "protocol": "TCP"}]}]}});
    day.add(api, "NetworkPolicy", "allow", &allow);
}

pub(super) fn webhooks(day: &mut Everyday) {
    let config = json!({"webhooks": [{"name": "check.example.com", "failurePolicy": "Fail",
        "timeoutSeconds": 10, "sideEffects": "None", "admissionReviewVersions": ["v1"],
        "clientConfig": {"service": {"namespace": super::NAMESPACE,
            "name": Everyday::app(0), "port": 80}},
        "rules": [{"apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["CREATE"],
            "resources": ["deployments"]}]}]});
    let api = "admissionregistration.k8s.io/v1";
    let kind = "ValidatingWebhookConfiguration";
    day.add(api, kind, "check", &cluster_wide(&config));
}

pub(super) fn quota(day: &mut Everyday) {
    day.add(
        "v1",
        "ResourceQuota",
        "team",
        &json!({"spec": {"hard": {"pods": "400", "requests.cpu": "100"}},
            "status": {"hard": {"pods": "400", "requests.cpu": "100"},
                "used": {"pods": "399", "requests.cpu": "99"}}}),
    );
}

pub(super) fn namespace_goes(day: &mut Everyday) {
    let at = "2026-03-01T09:59:30Z";
    let going = json!({"metadata": {"deletionTimestamp": at}, "spec": {"finalizers":
            ["kubernetes"]}, "status": {"phase": "Terminating", "conditions": [
        condition("NamespaceContentRemaining", "True", "SomeResourcesRemain", at),
        condition("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered", at)]}});
    day.add("v1", "Namespace", "preview-17", &cluster_wide(&going));
}
