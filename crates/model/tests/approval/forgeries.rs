//! Forged approvals: each differs from a valid one in one thing or more, and none is accepted.

use dogwatch_model::{
    approval::{Policy, Refusal, Role, VerifiedHuman},
    plan::Risk,
};
use jiff::SignedDuration;
use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};

use super::{
    forged::{FORGED, Forgery, NANOSECOND},
    scene::{MADE, Scene, at_terminal, time, who},
};

const RISKS: [Risk; 3] = [Risk::Low, Risk::Medium, Risk::High];

/// Forgeries that are tried.
const FORGERIES: u32 = 6_000;

#[test]
fn what_is_valid_is_approved_to_the_last_nanosecond() {
    for risk in RISKS {
        let mut scene = Scene::of(risk);
        let approved = scene.judge().expect("it is valid");
        assert_eq!(approved.by().len(), if risk == Risk::High { 2 } else { 1 });
        let last = scene.said.last().unwrap().at;
        assert_eq!(approved.last_said(), last);
        scene.at = last + SignedDuration::from_mins(5);
        assert!(scene.judge().is_ok(), "{risk}: at the end of the wait");
        scene.expires_at = scene.at;
        assert!(scene.judge().is_ok(), "{risk}: at the end of the preview");
    }
}

#[test]
fn policy_may_let_the_requester_and_a_flag_pass() {
    let mut scene = Scene::of(Risk::Medium);
    scene.requester = Some(who("bob"));
    scene.policy.self_approval = true;
    scene.policy.flag_only = true;
    scene.said[0].by = VerifiedHuman::by_flag_policy(who("bob"));
    scene.seal();
    assert!(scene.judge().is_ok());
}

#[test]
fn an_approval_that_nobody_needed_does_not_prolong_the_wait() {
    let mut scene = Scene::of(Risk::Low);
    let mut late = scene.said[0].clone();
    late.by = at_terminal("bob");
    late.at = time(MADE) + SignedDuration::from_mins(5);
    scene.said.insert(0, late);
    scene.at = time(MADE) + SignedDuration::from_mins(6);
    let approved = scene.judge().expect("the first one still counts");
    assert_eq!(
        approved.last_said(),
        time(MADE) + SignedDuration::from_mins(1)
    );
    scene.at += NANOSECOND;
    assert!(matches!(scene.judge(), Err(Refusal::Expired { .. })));
}

#[test]
fn without_grants_nobody_approves() {
    for risk in RISKS {
        let mut scene = Scene::of(risk);
        scene.policy = Policy::default();
        scene.seal();
        assert!(matches!(scene.judge(), Err(Refusal::NotAllowed { .. })));
    }
    assert!(Policy::default().grants.is_empty() && Role::Admin > Role::Approver);
}

#[test]
fn each_forgery_alone_is_refused_for_its_own_reason() {
    let mut tried = 0;
    for forgery in FORGED {
        for risk in forgery.risks {
            for noise in [0, 1, 2, 3, 77] {
                let mut scene = Scene::of(*risk);
                (forgery.apply)(&mut scene, noise);
                let refusal = scene.judge().expect_err(forgery.name);
                assert!(
                    (forgery.is_named)(&refusal),
                    "{}: {refusal:?}",
                    forgery.name
                );
                assert!(!refusal.to_string().is_empty() && !refusal.code().is_empty());
                tried += 1;
            }
        }
    }
    assert!(tried > 400, "{tried}");
}

/// Seeded: the same forgeries on every run.
#[test]
fn no_forgery_is_accepted() {
    let mut runner = TestRunner::deterministic();
    let plan = (
        0..RISKS.len(),
        prop::collection::vec((any::<prop::sample::Index>(), any::<u64>()), 1..4),
    );
    let mut refused = 0;
    for _ in 0..FORGERIES {
        let (risk, picks) = plan.new_tree(&mut runner).unwrap().current();
        let risk = RISKS[risk];
        let fitting: Vec<&Forgery> = FORGED
            .iter()
            .filter(|forgery| forgery.risks.contains(&risk))
            .collect();
        let mut scene = Scene::of(risk);
        let mut names = Vec::new();
        for (pick, noise) in picks {
            let forgery = pick.get(&fitting);
            // What is edited or lacks a voice is not sealed anew: that would make it honest.
            let is_whole = scene.said.len() >= risk.approvals() && !scene.option.steps.is_empty();
            if !is_whole || !scene.option.is_intact() {
                break;
            }
            (forgery.apply)(&mut scene, noise);
            names.push(forgery.name);
        }
        assert!(scene.judge().is_err(), "{risk}: {names:?} was accepted");
        refused += 1;
    }
    assert_eq!(refused, FORGERIES);
}
