//! Which revisions a rollback of a Helm release is about.

use dogwatch_engine::remedies::revisions;
use dogwatch_testkit::fixture;

/// A Secret of the release as it is listed: by its metadata.
fn secret(release: &str, revision: i64, status: &str, made: &str) -> String {
    format!(
        "
---
kind: Secret
metadata:
  name: sh.helm.release.v1.{release}.v{revision}
  creationTimestamp: {made}
  labels: {{owner: helm, name: {release}, version: '{revision}', status: {status}}}
"
    )
}

const LONG_AGO: &str = "\"2025-12-31T00:00:00Z\"";

fn history(all: &[(i64, &str)]) -> String {
    let all = all.iter();
    all.map(|(revision, status)| secret("shop", *revision, status, LONG_AGO))
        .collect()
}

/// Present, aim and deployed revisions, or the refusal.
fn found(yaml: &str, to: Option<i64>) -> String {
    match revisions(&fixture::snapshot(yaml), ("shop", "shop"), to, None) {
        Ok(found) => {
            let deployed: Vec<i64> = found
                .deployed
                .iter()
                .map(|known| known.revision.revision)
                .collect();
            let (present, target) = (&found.present.revision, &found.target.revision);
            format!("{} to {}, {deployed:?}", present.revision, target.revision)
        }
        Err(refusal) => format!("{}: {refusal}", refusal.code()),
    }
}

#[test]
fn the_aim_is_the_newest_earlier_revision_that_was_deployed() {
    let yaml = history(&[
        (7, "superseded"),
        (8, "deployed"),
        (9, "failed"),
        (10, "failed"),
    ]);
    assert_eq!(found(&yaml, None), "10 to 8, [8]");
    assert_eq!(found(&yaml, Some(7)), "10 to 7, [8]");
    // Somebody may want one that failed; it is told in the plan.
    assert_eq!(found(&yaml, Some(9)), "10 to 9, [8]");
}

#[test]
fn a_present_revision_that_is_deployed_is_superseded_too() {
    let yaml = history(&[(1, "superseded"), (2, "deployed")]);
    assert_eq!(found(&yaml, None), "2 to 1, [2]");
}

#[test]
fn without_an_aim_nothing_is_planned() {
    let refused = |all: &[(i64, &str)], to: Option<i64>| found(&history(all), to);
    let first = refused(&[(1, "failed")], None);
    assert!(
        first.starts_with("not_supported: no revision before"),
        "{first}"
    );
    let never = refused(&[(1, "failed"), (2, "failed")], None);
    assert!(
        never.starts_with("not_supported: no revision before"),
        "{never}"
    );
    let gone = refused(&[(1, "superseded"), (2, "deployed")], Some(3));
    assert!(
        gone.starts_with("not_supported: there is no revision 3"),
        "{gone}"
    );
    let same = refused(&[(1, "superseded"), (2, "deployed")], Some(2));
    assert!(same.ends_with("is the present one"), "{same}");
    let removed = refused(&[(1, "superseded"), (2, "uninstalled")], None);
    assert!(removed.contains("nothing to roll back"), "{removed}");
    let pending = refused(&[(1, "pending-install"), (2, "failed")], Some(1));
    assert!(pending.ends_with("can be no aim"), "{pending}");
    assert!(found("kind: Namespace\nmetadata: {name: shop}", None).starts_with("not_known"));
}

#[test]
fn a_helm_that_may_be_at_work_is_not_disturbed() {
    let new = secret("shop", 2, "pending-upgrade", "\"2026-01-01T00:09:00Z\"");
    let yaml = history(&[(1, "deployed")]) + &new;
    let said = found(&yaml, None);
    assert!(said.contains("since less than 5 minutes"), "{said}");
    let old = history(&[(1, "deployed"), (2, "pending-upgrade")]);
    assert_eq!(found(&old, None), "2 to 1, [1]");
    // What a plan of our own left behind is nobody's work any more.
    let own = revisions(&fixture::snapshot(&yaml), ("shop", "shop"), None, Some(2));
    assert!(own.is_ok());
}

#[test]
fn a_secret_that_only_says_it_is_a_revision_is_none() {
    let other = secret("other", 3, "deployed", LONG_AGO).replace("name: other,", "name: shop,");
    let yaml = history(&[(1, "superseded"), (2, "deployed")]) + &other;
    assert_eq!(found(&yaml, None), "2 to 1, [2]");
}
