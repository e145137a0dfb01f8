//! A dozen situations and the options that they lead to.

use std::collections::BTreeSet;

use dogwatch_engine::{
    View, diagnose,
    planning::{Concern, Options, Pressure, PressureOn, options},
    remedies::{Ground, ReleaseOutline},
};
use dogwatch_model::{
    Alert, Kind, ObjectRef, Snapshot,
    plan::{Expectation, RemedyRequest},
    ports::NodePool,
};
use dogwatch_testkit::{
    fixture,
    remedybook::{target, with_room},
};

use serde_json::json;

use super::snapshots;

const AT: &str = "2026-01-01T00:10:00Z";

/// What somebody asks about, and what they bring along.
#[derive(Default)]
struct Asked {
    alerts: Vec<Alert>,
    pressure: Option<Pressure>,
    pools: Option<Vec<NodePool>>,
    release: Option<ReleaseOutline>,
}

fn object(short: &str) -> ObjectRef {
    let value = target(short);
    let target: dogwatch_model::plan::Target = serde_json::from_value(value).expect("a target");
    target.object().expect("a kind that is read")
}

fn with_options<T>(
    yaml: &str,
    about: &str,
    asked: &Asked,
    look: impl Fn(&Snapshot, &Options) -> T,
) -> T {
    let snapshot = fixture::snapshot(yaml);
    let view = View::new(&snapshot);
    let about = object(about);
    let release = asked.release.clone().map(Ok);
    let ground = Ground {
        view: &view,
        pools: asked.pools.as_deref(),
        cloud: None,
        serverless: None,
        release: release.as_ref(),
    };
    let concern = Concern {
        target: &about,
        alerts: &asked.alerts,
        pressure: asked.pressure.as_ref(),
        at: AT,
    };
    let found = options(&ground, &diagnose(&snapshot, Some(&about)), &concern);
    look(&snapshot, &found)
}

/// Titles of what is offered, what was refused, and why nothing is.
fn shown(yaml: &str, about: &str, asked: &Asked) -> String {
    with_options(yaml, about, asked, |_, found| {
        let mut lines: Vec<String> = found
            .offered
            .iter()
            .map(|draft| draft.title.clone())
            .collect();
        let refused = found.refused.iter();
        lines.extend(
            refused.map(|(request, why)| format!("refused {}: {}", request.id(), why.code())),
        );
        if !found.why_none.is_empty() {
            lines.push(format!("none: {}", found.why_none));
        }
        lines.join("\n")
    })
}

#[track_caller]
fn check(yaml: &str, about: &str, asked: &Asked, expected: &[&str]) {
    let whole = with_room(yaml);
    assert_eq!(shown(&whole, about, asked), expected.join("\n"));
}

const NOTHING: &str = "do nothing and hand it to a person";

fn busy(on: PressureOn) -> Asked {
    let pressure = Pressure::of(on, "cpu_share".to_owned(), 93_000, 80_000);
    Asked {
        pressure,
        ..Asked::default()
    }
}

fn alert(name: &str) -> Asked {
    let alert = Alert {
        name: name.into(),
        object: ObjectRef::named(Kind::Deployment, "shop", "api"),
        container: "".into(),
        description: "".into(),
    };
    Asked {
        alerts: vec![alert],
        ..Asked::default()
    }
}

#[test]
fn a_bad_image_goes_back_to_the_revision_that_runs() {
    let expected = ["roll Deployment/shop/api back to revision 1", NOTHING];
    check(
        snapshots::IMAGE_NOT_FOUND,
        "Deployment/api",
        &Asked::default(),
        &expected,
    );
    with_options(
        snapshots::IMAGE_NOT_FOUND,
        "Deployment/api",
        &Asked::default(),
        |_, found| {
            // Pods of the earlier revision are Ready: nothing has to be warned of.
            assert_eq!(found.offered[0].warnings, Vec::<String>::new());
        },
    );
}

#[test]
fn a_release_that_was_opened_is_offered_behind_its_workload() {
    let owned = "name: api, generation: 2, annotations: {meta.helm.sh/release-name: web}";
    let yaml = snapshots::IMAGE_NOT_FOUND.replace("name: api, generation: 2", owned);
    let revision = |number: i64, status: &str| {
        json!({"namespace": "shop", "release": "web", "revision": number,
            "uid": format!("s{number}"), "status": status})
    };
    let outline = json!({"present": revision(2, "deployed"), "target": revision(1, "superseded"),
        "deployed": [revision(2, "deployed")],
        "objects": [{"target": target("Deployment/api"), "said": "changed"}]});
    let asked = Asked {
        release: Some(serde_json::from_value(outline).expect("an outline")),
        ..Asked::default()
    };
    let expected = [
        "roll Deployment/shop/api back to revision 1",
        "roll Helm release shop/web back to revision 1 (as revision 3)",
        NOTHING,
    ];
    check(&yaml, "Deployment/api", &asked, &expected);
    // A workload of another release does not suggest this one.
    let other = yaml.replace("release-name: web", "release-name: other");
    check(&other, "Deployment/api", &asked, &[expected[0], NOTHING]);
}

#[test]
fn what_argo_cd_delivers_is_refused_with_its_owner() {
    let delivered = "name: api, generation: 2, labels: {argocd.argoproj.io/instance: shop}";
    let yaml = snapshots::IMAGE_NOT_FOUND.replace("name: api, generation: 2", delivered);
    let why = "none: rollback-workload: Argo CD Application shop owns the object and would undo the change; edit its source instead";
    let expected = [NOTHING, "refused rollback-workload: owned_by_delivery", why];
    check(&yaml, "Deployment/api", &Asked::default(), &expected);
}

#[test]
fn out_of_memory_asks_for_more_and_then_for_the_revision_before() {
    let more = "resize Deployment/shop/api: main memory request 128Mi to 192Mi, main memory limit 256Mi to 384Mi";
    let expected = [more, "roll Deployment/shop/api back to revision 1", NOTHING];
    check(
        snapshots::OUT_OF_MEMORY,
        "Deployment/api",
        &Asked::default(),
        &expected,
    );
    // The pressure asks for the same: one option, not two.
    check(
        snapshots::OUT_OF_MEMORY,
        "Deployment/api",
        &busy(PressureOn::Memory),
        &expected,
    );
}

#[test]
fn pressure_asks_for_pods_or_for_who_decides_on_them() {
    let busy = busy(PressureOn::Cpu);
    let scale = ["scale Deployment/shop/api from 2 to 4 replicas", NOTHING];
    check(snapshots::HEALTHY, "Deployment/api", &busy, &scale);
    let bounds = "change the bounds of HorizontalPodAutoscaler/shop/api from";
    let maximum = format!("{bounds} 2..4 to 2..6");
    check(
        snapshots::AUTOSCALED,
        "Deployment/api",
        &busy,
        &[&*maximum, NOTHING],
    );
    let minimum = format!("{bounds} 2..4 to 3..4");
    check(
        snapshots::AUTOSCALED_BELOW_MAXIMUM,
        "Deployment/api",
        &busy,
        &[&*minimum, NOTHING],
    );
}

#[test]
fn pressure_below_its_threshold_is_none() {
    assert_eq!(
        Pressure::of(PressureOn::Cpu, String::new(), 80_000, 80_000),
        None
    );
    assert!(Pressure::of(PressureOn::Cpu, String::new(), 80_001, 80_000).is_some());
}

#[test]
fn an_alert_alone_leads_to_nothing() {
    let why = "none: insufficient evidence: only alert HighCpu speaks of it, and a plan is never based on one alert; name a metrics source (DOGWATCH_PROMETHEUS_URL) that confirms it";
    check(
        snapshots::HEALTHY,
        "Deployment/api",
        &alert("HighCpu"),
        &[NOTHING, why],
    );
}

#[test]
fn a_silent_node_is_cordoned_or_drained() {
    let expected = ["cordon Node/n1", "drain Node/n1: 1 Pods move", NOTHING];
    check(
        snapshots::NODE_NOT_READY,
        "Node/n1",
        &Asked::default(),
        &expected,
    );
}

#[test]
fn a_forgotten_pause_is_ended_and_a_failed_job_is_run_again() {
    let resume = ["resume Deployment/shop/api", NOTHING];
    check(
        snapshots::PAUSED,
        "Deployment/api",
        &Asked::default(),
        &resume,
    );
    let again = ["run Job/shop/load once more, as load-rerun-1", NOTHING];
    check(snapshots::JOB_FAILED, "Job/load", &Asked::default(), &again);
}

#[test]
fn a_selector_that_misses_its_pods_is_mended() {
    let expected = ["let Service/shop/api select app=api", NOTHING];
    check(
        snapshots::SELECTOR_MISMATCH,
        "Service/api",
        &Asked::default(),
        &expected,
    );
}

#[test]
fn nothing_wrong_is_said() {
    let why = "none: nothing is wrong with Deployment/shop/api";
    check(
        snapshots::HEALTHY,
        "Deployment/api",
        &Asked::default(),
        &[NOTHING, why],
    );
}

#[test]
fn two_causes_lead_to_an_option_each() {
    let both = format!(
        "{}---\n{}",
        snapshots::IMAGE_NOT_FOUND,
        snapshots::AUTOSCALER_AT_MAXIMUM
    );
    let expected = [
        "roll Deployment/shop/api back to revision 1",
        "change the bounds of HorizontalPodAutoscaler/shop/api from 1..2 to 1..3",
        NOTHING,
    ];
    check(&both, "Deployment/api", &Asked::default(), &expected);
}

#[test]
fn every_plan_expects_the_alert_and_the_pressure_gone_and_nothing_new() {
    let asked = Asked {
        alerts: alert("HighCpu").alerts,
        ..busy(PressureOn::Cpu)
    };
    with_options(
        snapshots::OUT_OF_MEMORY,
        "Deployment/api",
        &asked,
        |_, found| {
            let (escalate, writing) = found
                .offered
                .split_last()
                .expect("the last one writes nothing");
            assert_eq!(escalate.request, RemedyRequest::Escalate);
            assert!(escalate.steps.is_empty() && escalate.verification.is_empty());
            assert_eq!(writing.len(), 2);
            for draft in writing {
                let words: Vec<String> =
                    draft.verification.iter().map(ToString::to_string).collect();
                let ends = [
                    "alert HighCpu about Deployment/shop/api is resolved at its source",
                    "cpu_share is below 72.000",
                    "nothing new is wrong with Deployment/shop/api",
                ];
                assert!(words.ends_with(&ends.map(str::to_owned)), "{words:?}");
                let known = draft.verification.iter().any(|one| {
                    matches!(one, Expectation::NothingNew { known, .. }
                    if known.contains(&"oom-killed-container".to_owned()))
                });
                assert!(known, "what was wrong before is not new");
            }
        },
    );
}

#[test]
fn a_pool_that_cannot_grow_gets_a_sibling() {
    let template = r#"containers: [{name: main, image: "reg.example/api:v2""#;
    let asking = format!("{template}, resources: {{requests: {{cpu: \"10\"}}}}");
    let yaml = snapshots::SCALED_ONE_PENDING.replace(template, &asking);
    let pools = |max: u32, names: &[&str]| {
        let pool = |name: &&str| NodePool {
            id: format!("id-of-{name}"),
            name: (*name).to_owned(),
            nodes: 1,
            min: 0,
            max: Some(max),
            members: (*name == "workers")
                .then(|| "n1".to_owned())
                .into_iter()
                .collect(),
            price: None,
        };
        Asked {
            pools: Some(names.iter().map(pool).collect()),
            ..Asked::default()
        }
    };
    let first = |asked: &Asked| {
        let all = shown(&with_room(&yaml), "Deployment/api", asked);
        all.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(
        first(&pools(3, &["workers"])),
        "resize node pool workers from 1 to 2 Nodes"
    );
    assert_eq!(
        first(&pools(1, &["workers", "workers-2"])),
        "create node pool workers-3 with 1 Nodes like those of workers"
    );
}

#[test]
fn options_are_the_same_every_time() {
    for yaml in [snapshots::OUT_OF_MEMORY, snapshots::NODE_NOT_READY] {
        let once = with_options(yaml, "Deployment/api", &Asked::default(), |_, found| {
            found.offered.clone()
        });
        let again = with_options(yaml, "Deployment/api", &Asked::default(), |_, found| {
            found.offered.clone()
        });
        assert_eq!(once, again);
    }
}

#[test]
fn keys_name_the_remedy_and_what_it_is_about() {
    let request = |value: serde_json::Value| -> RemedyRequest {
        serde_json::from_value(value).expect("a request")
    };
    let scale = |replicas: i64| {
        request(
            json!({"remedy": "scale-workload", "workload": target("Deployment/api"), "replicas": replicas}),
        )
    };
    let taint = |key: &str, effect: &str| {
        request(
            json!({"remedy": "remove-taint", "node": target("Node/n1"), "key": key, "effect": effect}),
        )
    };
    let pool = |pool: &str, nodes: u32| {
        request(
            json!({"remedy": "resize-node-pool", "pool": pool, "nodes": nodes, "workload": target("Deployment/api")}),
        )
    };
    let port = |port: i64, to: &str| {
        request(
            json!({"remedy": "fix-service-port", "service": target("Service/api"), "port": port, "target_port": to}),
        )
    };
    let pause = |paused: bool| {
        request(
            json!({"remedy": "pause-rollout", "workload": target("Deployment/api"), "paused": paused}),
        )
    };
    assert_eq!(scale(3).key(), "scale-workload deployments/shop/api");
    let same = [
        (scale(3), scale(4)),
        (pool("a", 1), pool("a", 2)),
        (port(80, "8080"), port(80, "web")),
    ];
    for (one, other) in same {
        assert_eq!(one.key(), other.key());
    }
    let distinct = [
        RemedyRequest::Escalate,
        scale(3),
        taint("a", "NoSchedule"),
        taint("a", "NoExecute"),
        taint("b", "NoSchedule"),
        pool("a", 1),
        pool("b", 1),
        port(80, "8080"),
        port(443, "8080"),
        pause(true),
        pause(false),
    ];
    let keys: BTreeSet<String> = distinct.iter().map(RemedyRequest::key).collect();
    assert_eq!(keys.len(), distinct.len(), "{keys:?}");
}
