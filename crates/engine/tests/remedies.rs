//! Every remedy against its casebook, and the catalogue against its own rules.
//!
//! `UPDATE_EXPECT=1 cargo test -p dogwatch-engine --test remedies` rewrites the `plan` blocks; what
//! a heading promises (applies, refused, rollback restores) is checked all the same.

use std::path::PathBuf;

use dogwatch_engine::{
    View,
    remedies::{Ground, REMEDIES, ReleaseOutline, Remedy, plan},
};
use dogwatch_model::plan::{Draft, PlanOption, PlanRefusal};
use dogwatch_testkit::{
    casebook::{Case, cases, hold},
    fixture,
    patched::Objects,
    remedybook::{Promise, beyond, promise, render, request, with_room},
};

mod remedies {
    mod catalogue;
    mod forbidden;
    mod releases;
}

fn path(remedy: &dyn Remedy) -> PathBuf {
    let name = remedy.meta().id.replace('-', "_");
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("src/remedies/{name}.md"))
}

fn planned(case: &Case) -> Result<PlanOption<Draft>, PlanRefusal> {
    let snapshot = fixture::snapshot(&with_room(&case.yaml));
    let view = View::new(&snapshot);
    let beyond = beyond(&case.yaml);
    let release = beyond.release.map(release);
    let ground = Ground {
        view: &view,
        pools: beyond.pools.as_deref(),
        cloud: beyond.cloud.as_ref(),
        serverless: beyond.serverless.as_ref(),
        release: release.as_ref(),
    };
    plan(&ground, &request(case))
}

/// A release that was opened; `closed` holds why it was not.
fn release(value: serde_json::Value) -> Result<ReleaseOutline, PlanRefusal> {
    match value.get("closed") {
        Some(why) => Err(serde_json::from_value(why.clone()).expect("a refusal")),
        None => Ok(serde_json::from_value(value).expect("the outline of a release")),
    }
}

/// Runs one case: what came out, and whether it keeps the promise of the heading.
fn run(case: &Case) -> (String, bool) {
    let planned = planned(case);
    let is_kept = match (promise(case), &planned) {
        (Promise::Applies, Ok(_)) | (Promise::Refused, Err(_)) => true,
        (Promise::Restores, Ok(draft)) => leads_back(case, draft),
        (Promise::FallsShort, Ok(draft)) => {
            let fit = draft.fit.as_ref();
            fit.is_some_and(|fit| fit.fits < fit.asked && !fit.shortfall.is_empty())
        }
        (Promise::Applies | Promise::Restores | Promise::FallsShort, Err(_))
        | (Promise::Refused, Ok(_)) => false,
    };
    (render(&planned), is_kept)
}

/// True when the steps change something and the rollback leads back to where it began.
fn leads_back(case: &Case, draft: &PlanOption<Draft>) -> bool {
    let before = Objects::of(&case.yaml);
    let mut objects = before.clone();
    objects.carry_out(&draft.steps);
    let has_changed = objects != before;
    objects.carry_out(&draft.rollback);
    has_changed && objects == before
}

#[test]
fn casebooks_hold() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let only = std::env::var("CASEBOOK").unwrap_or_default();
    let mut wrong = Vec::new();
    let mut count = 0;
    for remedy in REMEDIES
        .iter()
        .filter(|known| known.meta().id.contains(&only))
    {
        let id = remedy.meta().id;
        let broken = hold(&path(*remedy), update, |case| {
            assert_eq!(request(case).id(), id_of(case, id), "{id} / {}", case.title);
            run(case)
        });
        wrong.extend(broken.into_iter().map(|why| format!("{id} / {why}")));
        count += cases(remedy.casebook()).len();
    }
    assert!(count > 0, "no case was chosen");
    assert!(
        wrong.is_empty(),
        "{} cases:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    println!("{count} cases");
}

/// The id that a request of a casebook may have: that of the remedy, or of the way back of a switch.
fn id_of<'i>(case: &Case, id: &'i str) -> &'i str {
    match (id, request(case).id()) {
        ("cordon-node", "uncordon-node") => "uncordon-node",
        ("pause-rollout", "resume-rollout") => "resume-rollout",
        ("suspend-job", "unsuspend-job") => "unsuspend-job",
        ("start-machine", "stop-machine") => "stop-machine",
        ("hibernate-cluster", "awake-cluster") => "awake-cluster",
        ("bind-address", "unbind-address") => "unbind-address",
        _ => id,
    }
}
