//! What the caller may do: deny rules, 403 answers and access reviews.

use serde_json::{Value, json};

use crate::errors::ApiError;
use crate::fields::text;
use crate::kinds::{Kind, Kinds, qualify};
use crate::objects::Store;

/// Who every caller is.
pub(crate) const USER: &str = "sandbox";

/// Everything is allowed that no rule denies.
#[derive(Debug, Clone, Default)]
pub(crate) struct Access {
    rules: Vec<(String, String, String)>,
}

/// What is to be done to what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    pub(crate) verb: &'a str,
    pub(crate) group: &'a str,
    pub(crate) resource: &'a str,
    pub(crate) subresource: &'a str,
    /// `""` for all namespaces or a cluster-scoped resource.
    pub(crate) namespace: &'a str,
    pub(crate) namespaced: bool,
}

impl Access {
    pub(crate) fn deny(&mut self, verb: String, resource: String, namespace: String) {
        self.rules.push((verb, resource, namespace));
    }

    /// Whether no rule denies the attempt. A rule for one namespace also denies reading all.
    pub(crate) fn allows(&self, attempt: Attempt<'_>) -> bool {
        let Attempt {
            verb,
            group,
            resource,
            subresource,
            namespace,
            namespaced,
        } = attempt;
        let everywhere = namespaced && namespace.is_empty();
        let plain = if subresource.is_empty() {
            resource.to_owned()
        } else {
            format!("{resource}/{subresource}")
        };
        let qualified = qualify(&plain, group);
        !self.rules.iter().any(|(v, r, n)| {
            (v == "*" || v == verb)
                && (r == "*" || *r == plain || *r == qualified)
                && (n == "*" || n == namespace || everywhere)
        })
    }

    /// 403 in the words of Kubernetes when a rule denies the attempt.
    pub(crate) fn check(
        &self,
        kind: &Kind,
        name: &str,
        attempt: Attempt<'_>,
    ) -> Result<(), ApiError> {
        if self.allows(attempt) {
            return Ok(());
        }
        let Attempt {
            verb,
            group,
            resource,
            subresource,
            namespace,
            namespaced: _,
        } = attempt;
        let slash = if subresource.is_empty() { "" } else { "/" };
        let place = if namespace.is_empty() {
            "at the cluster scope".to_owned()
        } else {
            format!("in the namespace \"{namespace}\"")
        };
        let cause = format!(
            "User \"{USER}\" cannot {verb} resource \"{resource}{slash}{subresource}\" in API \
             group \"{group}\" {place}"
        );
        Err(ApiError::forbidden(kind, name, &cause))
    }

    /// Answers a self-subject review. `None` for other kinds.
    pub(crate) fn review(&self, store: &Store, kind: &Kind, mut review: Value) -> Option<Value> {
        review["status"] = match kind.kind.as_str() {
            "SelfSubjectAccessReview" => self.access_status(&store.kinds, &review),
            "SelfSubjectRulesReview" => {
                self.rules_status(&store.kinds, text(&review, "/spec/namespace"))
            }
            "SelfSubjectReview" => {
                let groups = ["system:masters", "system:authenticated"];
                json!({"userInfo": {"username": USER, "groups": groups}})
            }
            _ => return None,
        };
        review["apiVersion"] = json!(kind.api_version(kind.version()));
        review["kind"] = json!(kind.kind);
        if !review["metadata"].is_object() {
            review["metadata"] = json!({"creationTimestamp": null});
        }
        Some(review)
    }

    fn access_status(&self, kinds: &Kinds, review: &Value) -> Value {
        let Some(asked) = review.pointer("/spec/resourceAttributes") else {
            // Non-resource paths such as /healthz have no rules here.
            return json!({"allowed": true});
        };
        let resource = text(asked, "/resource");
        let group = text(asked, "/group");
        let namespaced = kinds
            .resource(group, resource)
            .is_none_or(|kind| kind.namespaced);
        let attempt = Attempt {
            verb: text(asked, "/verb"),
            group,
            resource,
            subresource: text(asked, "/subresource"),
            namespace: if namespaced {
                text(asked, "/namespace")
            } else {
                ""
            },
            namespaced,
        };
        if self.allows(attempt) {
            json!({"allowed": true, "reason": "no rule of the sandbox denies it"})
        } else {
            json!({"allowed": false, "reason": "a rule of the sandbox denies it"})
        }
    }

    fn rules_status(&self, kinds: &Kinds, namespace: &str) -> Value {
        let everything = json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]});
        let rules = if self.rules.is_empty() {
            vec![everything]
        } else {
            kinds
                .iter()
                .filter_map(|kind| self.rule(kind, namespace))
                .collect()
        };
        json!({
            "resourceRules": rules,
            "nonResourceRules": [{"verbs": ["*"], "nonResourceURLs": ["*"]}],
            "incomplete": false,
        })
    }

    fn rule(&self, kind: &Kind, namespace: &str) -> Option<Value> {
        let attempt = |verb| Attempt {
            verb,
            group: &kind.group,
            resource: &kind.plural,
            subresource: "",
            namespace: if kind.namespaced { namespace } else { "" },
            namespaced: kind.namespaced,
        };
        let verbs: Vec<_> = kind
            .verbs()
            .iter()
            .filter(|verb| self.allows(attempt(verb)))
            .collect();
        if verbs.is_empty() {
            return None;
        }
        Some(json!({"verbs": verbs, "apiGroups": [kind.group], "resources": [kind.plural]}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: (&str, &str, &str), verb: &str, resource: &str, expected: bool) {
        let mut access = Access::default();
        access.deny(rule.0.to_owned(), rule.1.to_owned(), rule.2.to_owned());
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        let attempt = Attempt {
            verb,
            group: "apps",
            resource,
            subresource,
            namespace: "n",
            namespaced: true,
        };
        assert_eq!(access.allows(attempt), expected);
    }

    #[test]
    fn rules_match_verb_resource_and_namespace() {
        check(("list", "deployments", "n"), "list", "deployments", false);
        check(
            ("list", "deployments.apps", "*"),
            "list",
            "deployments",
            false,
        );
        check(("*", "*", "*"), "get", "deployments", false);
        check(("list", "deployments", "n"), "get", "deployments", true);
        check(
            ("list", "deployments", "other"),
            "list",
            "deployments",
            true,
        );
        check(
            ("get", "deployments", "n"),
            "get",
            "deployments/scale",
            true,
        );
        check(
            ("get", "deployments/scale", "n"),
            "get",
            "deployments/scale",
            false,
        );
    }
}
