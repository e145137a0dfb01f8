//! An entry: a record before it has its place in the chain.

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    canonical::NotCanonical,
    redaction::{REDACTED, redact},
};

use super::{Actor, Record, Tip, chain::hash_of};

/// What is to be recorded. The store gives it its place; redaction and hashing happen in
/// [`Entry::seal`], so that no store can forget them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When it happened.
    pub ts: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What was done: `plan.proposed`.
    pub action: String,
    /// To what: `default/chat-app`.
    pub object: String,
    /// The incident, or empty. A store sets it where it knows it.
    pub incident_id: String,
    /// The plan, or empty. A store sets it where it knows it.
    pub plan_id: String,
    /// The digest of the plan, or empty. A store sets it where it knows it.
    pub plan_digest: String,
    /// What was asked of an outside system.
    pub request: Option<Value>,
    /// What it answered.
    pub response: Option<Value>,
    /// The `Audit-ID` of the API server, or empty.
    pub k8s_audit_id: String,
    /// The version of Dogwatch, or empty.
    pub tool_version: String,
    /// The version of the policy, or empty.
    pub policy_version: String,
    /// The evidence that it rests on.
    pub evidence_ids: Vec<String>,
    /// Anything else.
    pub detail: Option<Value>,
}

impl Entry {
    /// An entry with the four fields that every record has.
    pub fn new(ts: Timestamp, actor: Actor, action: &str, object: &str) -> Self {
        Self {
            ts,
            actor,
            action: action.to_owned(),
            object: object.to_owned(),
            incident_id: String::new(),
            plan_id: String::new(),
            plan_digest: String::new(),
            request: None,
            response: None,
            k8s_audit_id: String::new(),
            tool_version: String::new(),
            policy_version: String::new(),
            evidence_ids: Vec::new(),
            detail: None,
        }
    }

    /// Removes credentials, gives the entry its place behind `tip` and hashes it.
    ///
    /// # Errors
    /// The entry holds a number that is no integer within ±2^53.
    pub fn seal(self, tip: &Tip) -> Result<Record, NotCanonical> {
        let mut record = self.cleaned(tip);
        let hash = hash_of(&record);
        record.hash = match hash {
            Some(hash) => hash,
            None => return Err(why_not(&record)),
        };
        Ok(record)
    }

    fn cleaned(self, tip: &Tip) -> Record {
        let mut clean = Cleaning::default();
        let actor = Actor {
            id: clean.text("/actor/id", &self.actor.id),
            display: clean.text("/actor/display", &self.actor.display),
            ..self.actor
        };
        Record {
            seq: tip.count + 1,
            ts: self.ts,
            prev_hash: tip.last_hash.clone(),
            hash: String::new(),
            actor: Some(actor),
            action: clean.text("/action", &self.action),
            object: clean.text("/object", &self.object),
            incident_id: self.incident_id,
            plan_id: self.plan_id,
            plan_digest: self.plan_digest,
            request: clean.value("/request", self.request),
            response: clean.value("/response", self.response),
            k8s_audit_id: self.k8s_audit_id,
            tool_version: self.tool_version,
            policy_version: self.policy_version,
            evidence_ids: self.evidence_ids,
            detail: clean.value("/detail", self.detail),
            redactions: clean.places,
        }
    }
}

fn why_not(record: &Record) -> NotCanonical {
    let json = serde_json::to_value(record).map_err(|error| error.to_string());
    let reason = match json.map(|document| crate::canonical::canonical_json(&document)) {
        Ok(Err(reason)) => return reason,
        Ok(Ok(_)) => "the chain has no valid end".to_owned(),
        Err(reason) => reason,
    };
    NotCanonical::NotJson { reason }
}

/// Redacts texts and remembers where something was removed.
#[derive(Debug, Default)]
struct Cleaning {
    places: Vec<String>,
}

impl Cleaning {
    fn text(&mut self, place: &str, text: &str) -> String {
        let clean = redact(text);
        if clean != text {
            self.places.push(place.to_owned());
        }
        clean
    }

    /// An absent value stays absent, and so does `null`: both are the same record.
    fn value(&mut self, place: &str, value: Option<Value>) -> Option<Value> {
        let mut value = value.filter(|value| !value.is_null())?;
        self.visit(place, &mut value);
        Some(value)
    }

    fn visit(&mut self, place: &str, value: &mut Value) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => *text = self.text(place, text),
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.visit(&format!("{place}/{index}"), item);
                }
            }
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    let escaped = name.replace('~', "~0").replace('/', "~1");
                    let place = format!("{place}/{escaped}");
                    if names_a_secret(name) && holds_a_secret(member) {
                        *member = Value::from(REDACTED);
                        self.places.push(place);
                    } else {
                        self.visit(&place, member);
                    }
                }
            }
        }
    }
}

/// True when text of the form `name=value` would lose its value.
fn names_a_secret(name: &str) -> bool {
    redact(&format!("{name}=0")).ends_with(REDACTED)
}

fn holds_a_secret(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty() && text != REDACTED,
        Value::Number(_) => true,
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry() -> Entry {
        let ts = "2026-01-02T03:04:05.000000006Z".parse().unwrap();
        Entry::new(
            ts,
            Actor::system("executor"),
            "step.started",
            "default/chat-app",
        )
    }

    #[test]
    fn empty_fields_are_absent_and_time_has_nanoseconds() {
        let record = entry().seal(&Tip::empty()).unwrap();
        let json = serde_json::to_value(&record).unwrap();
        let names: Vec<&String> = json.as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            [
                "action",
                "actor",
                "hash",
                "object",
                "prev_hash",
                "seq",
                "ts"
            ]
        );
        assert_eq!(json["ts"], "2026-01-02T03:04:05.000000006Z");
        let again: Record = serde_json::from_value(json).unwrap();
        assert_eq!(again, record);
    }

    #[test]
    fn credentials_go_before_the_hash_is_made() {
        let mut entry = entry();
        entry.request = Some(json!({"url": "http://bob:pw@host/", "password": "a b", "n": 3}));
        entry.detail = Some(json!({"list": ["ok", "token=abc"], "a/b": {"api_key": 12}}));
        entry.object = "secret_key=abc".to_owned();
        let record = entry.seal(&Tip::empty()).unwrap();
        let text = serde_json::to_string(&record).unwrap();
        for gone in ["bob:pw", "a b", "abc", "12"] {
            let quoted = text.replace(&record.hash, "");
            assert!(!quoted.contains(gone), "{gone} in {quoted}");
        }
        assert_eq!(
            record.redactions,
            [
                "/object",
                "/request/password",
                "/request/url",
                "/detail/a~1b/api_key",
                "/detail/list/1"
            ]
        );
        assert_eq!(record.request.as_ref().unwrap()["n"], 3);
        assert_eq!(hash_of(&record).as_ref(), Some(&record.hash));
    }

    #[test]
    fn a_number_without_one_text_is_refused() {
        let mut entry = entry();
        entry.detail = Some(json!({"share": 0.5}));
        let number = "0.5".to_owned();
        assert_eq!(
            entry.seal(&Tip::empty()),
            Err(NotCanonical::Fraction { number })
        );
    }

    #[test]
    fn a_null_is_the_same_as_nothing() {
        let mut with_null = entry();
        with_null.detail = Some(Value::Null);
        let record = with_null.seal(&Tip::empty()).unwrap();
        assert_eq!(record, entry().seal(&Tip::empty()).unwrap());
    }

    #[test]
    fn unknown_fields_and_other_spellings_of_time_are_refused() {
        let record = entry().seal(&Tip::empty()).unwrap();
        let mut json = serde_json::to_value(&record).unwrap();
        json["ts"] = Value::from("2026-01-02T04:04:05.000000006+01:00");
        assert!(serde_json::from_value::<Record>(json.clone()).is_err());
        json["ts"] = Value::from("2026-01-02T03:04:05.000000006Z");
        json["extra"] = Value::from(1);
        assert!(serde_json::from_value::<Record>(json).is_err());
    }
}
