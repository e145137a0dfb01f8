//! An approval after the end of its preview, as a person at the command line meets it.

use serde_json::Value;

use super::Sandbox;

/// Previews end the moment they are made, so that every approval comes too late.
const SHORT: &str = "
remediation: {enabled: true}
approval: {grants: [{who: ['kubernetes:sandbox'], role: admin}], flagOnly: true, selfApproval: true, previewMinutes: 0}
";

#[test]
fn a_late_approval_is_refused_and_shows_the_plan_that_waits_for_its_own() {
    let sandbox = Sandbox::start(SHORT);
    let (plan, digest, incident) = sandbox.plan();
    let said = sandbox.expect(&["plan", "approve", &plan, "--approve", &digest], 6);
    assert!(said.contains("no approval of it counts any more"), "{said}");
    let shown: Value = {
        let output = sandbox.dogwatch(&["incidents", "show", &incident, "-o", "json"]);
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    assert_eq!(shown["state"], "awaiting_approval", "{shown:#}");
    let plans = shown["plans"].as_array().expect("a list");
    let waiting = plans.iter().filter(|plan| plan["state"] == "awaiting");
    let waiting: Vec<&str> = waiting.filter_map(|plan| plan["id"].as_str()).collect();
    assert!(
        !waiting.is_empty() && !waiting.contains(&&*plan),
        "{waiting:?}"
    );
    let named: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("(type "))
        .filter_map(|line| line.split_whitespace().nth(3))
        .collect();
    assert!(!named.is_empty(), "{said}");
    // Handing over to a person awaits no approval.
    for id in named {
        assert!(waiting.contains(&id), "{id}: {waiting:?}");
    }
    assert_eq!(shown["rounds"][1]["after"], plan.as_str());
    let recorded = shown["rounds"][1]["recording"].as_str().expect("a hash");
    assert_eq!(recorded.len(), 64, "the round can be replayed");
    // What was said of it counts for nothing: neither it nor its successor runs.
    let said = sandbox.expect(&["plan", "execute", &plan], 6);
    assert!(said.contains("expired; a new plan is needed"), "{said}");
    let again = sandbox.expect(&["plan", "approve", &plan, "--approve", &digest], 6);
    assert!(again.contains("takes no decision any more"), "{again}");
}
