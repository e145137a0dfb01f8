//! Ways to forge an approval.

use dogwatch_model::{
    approval::{FreezeWindow, Identity, Proof, Refusal, Said, VerifiedHuman},
    plan::{Act, OptionLetter, PlanDigest, Risk, Step},
};
use jiff::SignedDuration;
use serde_json::json;

use super::scene::{MADE, Scene, at_terminal, time};

/// One way to forge. `noise` chooses among equals.
pub(super) struct Forgery {
    pub(super) name: &'static str,
    pub(super) risks: &'static [Risk],
    pub(super) apply: fn(&mut Scene, u64),
    /// Whether the refusal is the one that names the reason.
    pub(super) is_named: fn(&Refusal) -> bool,
}

const ANY: &[Risk] = &[Risk::Low, Risk::Medium, Risk::High];

macro_rules! forgery {
    ($name:literal, $risks:expr, $apply:expr, $refusal:pat) => {
        Forgery {
            name: $name,
            risks: $risks,
            apply: $apply,
            is_named: |refusal| matches!(refusal, $refusal),
        }
    };
}

pub(super) const NANOSECOND: SignedDuration = SignedDuration::from_nanos(1);

fn one(scene: &mut Scene, noise: u64) -> &mut dogwatch_model::approval::Confirmation {
    let count = u64::try_from(scene.said.len()).unwrap();
    let at = usize::try_from(noise % count).unwrap();
    &mut scene.said[at]
}

/// Another digest that agrees in the digits that people read.
fn same_start(digest: &PlanDigest, noise: u64) -> PlanDigest {
    let at = 8 + usize::try_from(noise % 56).unwrap();
    let mut digits: Vec<char> = digest.as_str().chars().collect();
    digits[at] = if digits[at] == '0' { '1' } else { '0' };
    let text: String = digits.into_iter().collect();
    PlanDigest::parse(&text).unwrap()
}

pub(super) const FORGED: &[Forgery] = &[
    forgery!(
        "wrong letter",
        ANY,
        |scene, noise| {
            let letter = char::from(b'B' + u8::try_from(noise % 25).unwrap());
            one(scene, noise).letter = OptionLetter::new(letter).unwrap();
        },
        Refusal::OtherOption { .. }
    ),
    forgery!(
        "other digest",
        ANY,
        |scene, noise| {
            let text = format!("{:064x}", u128::from(noise));
            one(scene, noise).digest = PlanDigest::parse(&text).unwrap();
        },
        Refusal::StalePreview
    ),
    forgery!(
        "digest with the same first digits",
        ANY,
        |scene, noise| {
            let digest = same_start(&scene.option.state.digest, noise);
            one(scene, noise).digest = digest;
        },
        Refusal::StalePreview
    ),
    forgery!(
        "other incident",
        ANY,
        |scene, noise| {
            one(scene, noise).incident_id = format!("inc-{}", noise % 1000 + 2);
        },
        Refusal::OtherIncident
    ),
    forgery!(
        "expired by a nanosecond",
        ANY,
        |scene, _| {
            scene.expires_at = scene.at - NANOSECOND;
        },
        Refusal::Expired { .. }
    ),
    forgery!(
        "executed too late by a nanosecond",
        ANY,
        |scene, _| {
            let last = scene.said.iter().map(|one| one.at).max().unwrap();
            scene.at = last + SignedDuration::from_mins(5) + NANOSECOND;
        },
        Refusal::Expired { .. }
    ),
    forgery!(
        "said at a time that has not come",
        ANY,
        |scene, noise| {
            let at = scene.at + NANOSECOND;
            one(scene, noise).at = at;
        },
        Refusal::NotYet { .. }
    ),
    forgery!(
        "replayed",
        ANY,
        |scene, _| scene.is_used = true,
        Refusal::AlreadyUsed
    ),
    forgery!(
        "nobody said anything",
        ANY,
        |scene, _| scene.said.clear(),
        Refusal::NotEnough { .. }
    ),
    forgery!(
        "somebody without a grant",
        ANY,
        |scene, noise| {
            one(scene, noise).by = at_terminal(["mallory", "victor"][usize::from(noise % 2 == 0)]);
        },
        Refusal::NotAllowed { .. }
    ),
    forgery!(
        "a name that only looks the same",
        ANY,
        |scene, noise| {
            let by = one(scene, noise).by.identity().as_str().to_owned();
            let forged = match noise % 3 {
                0 => by.to_uppercase(),
                1 => by.replace('a', "\u{430}").replace('o', "\u{43e}"),
                _ => format!("{by} "),
            };
            one(scene, noise).by = VerifiedHuman::at_terminal(Identity::stored(&forged), "x");
        },
        Refusal::NotAllowed { .. }
    ),
    forgery!(
        "a role that is too low",
        &[Risk::High],
        |scene, noise| {
            one(scene, noise).by = at_terminal("bob");
        },
        Refusal::NotAllowed { .. }
    ),
    forgery!(
        "grants of another cluster",
        ANY,
        |scene, _| {
            scene.cluster = "staging".to_owned();
        },
        Refusal::NotAllowed { .. }
    ),
    forgery!(
        "grants of another Namespace",
        ANY,
        |scene, _| {
            for grant in &mut scene.policy.grants {
                grant.namespaces = vec!["other".to_owned()];
            }
            scene.seal();
        },
        Refusal::NotAllowed { .. }
    ),
    forgery!(
        "grants of a Namespace for a Node",
        ANY,
        |scene, _| {
            scene.option.steps[0].target.namespace.clear();
            scene.seal();
        },
        Refusal::NotAllowed { .. }
    ),
    forgery!(
        "grants of a Namespace for a provider",
        ANY,
        |scene, _| {
            provide(&mut scene.option.steps[0]);
            scene.seal();
        },
        Refusal::NotAllowed { .. }
    ),
    forgery!(
        "the requester approves",
        &[Risk::Medium, Risk::High],
        |scene, noise| {
            let by = one(scene, noise).by.identity().clone();
            scene.requester = Some(by);
        },
        Refusal::Requester
    ),
    forgery!(
        "the requester approves high risk under self-approval",
        &[Risk::High],
        |scene, noise| {
            scene.policy.self_approval = true;
            scene.requester = Some(one(scene, noise).by.identity().clone());
            scene.seal();
        },
        Refusal::Requester
    ),
    forgery!(
        "one person twice",
        &[Risk::High],
        |scene, noise| {
            let by = one(scene, noise).by.clone();
            scene.said.iter_mut().for_each(|one| one.by = by.clone());
        },
        Refusal::NotEnough { have: 1, need: 2 }
    ),
    forgery!(
        "one person twice with two proofs",
        &[Risk::High],
        |scene, _| {
            scene.policy.flag_only = true;
            let by = scene.said[0].by.identity().clone();
            scene.said[1].by = VerifiedHuman::by_flag_policy(by);
            scene.seal();
        },
        Refusal::NotEnough { have: 1, need: 2 }
    ),
    forgery!(
        "one approval too few",
        &[Risk::High],
        |scene, noise| {
            scene.said.truncate(1);
            scene.said[0].at =
                time(MADE) + SignedDuration::from_secs(i64::try_from(noise % 200).unwrap());
        },
        Refusal::NotEnough { have: 1, need: 2 }
    ),
    forgery!(
        "a rejection among approvals",
        ANY,
        |scene, noise| {
            let mut no = scene.said[0].clone();
            no.said = Said::Reject;
            no.by = at_terminal("erin");
            let at = usize::try_from(noise).unwrap_or(0) % (scene.said.len() + 1);
            scene.said.insert(at, no);
        },
        Refusal::Denied { .. }
    ),
    forgery!(
        "a flag without a policy",
        ANY,
        |scene, noise| {
            let by = one(scene, noise).by.identity().clone();
            one(scene, noise).by = VerifiedHuman::by_flag_policy(by);
        },
        Refusal::NotHuman
    ),
    forgery!(
        "a stored flag without a policy",
        ANY,
        |scene, noise| {
            let by = one(scene, noise).by.identity().clone();
            one(scene, noise).by = VerifiedHuman::recorded(by, Proof::FlagPolicy);
        },
        Refusal::NotHuman
    ),
    forgery!(
        "a changed policy",
        ANY,
        |scene, noise| {
            let minutes = u32::try_from(noise % 29).unwrap() + 1;
            scene.policy.preview_minutes = Some(minutes);
        },
        Refusal::OtherPolicy
    ),
    forgery!(
        "a freeze of the Namespace",
        ANY,
        |scene, noise| {
            let namespaces = if noise % 2 == 0 {
                vec!["shop".to_owned()]
            } else {
                Vec::new()
            };
            scene.policy.freeze.push(FreezeWindow {
                begins: scene.at,
                ends: scene.at + NANOSECOND,
                namespaces,
                reason: "sale".to_owned(),
            });
            scene.seal();
        },
        Refusal::Frozen { .. }
    ),
    forgery!(
        "a pause",
        ANY,
        |scene, _| scene.paused = Some("sale".to_owned()),
        Refusal::Paused { .. }
    ),
    forgery!(
        "a blocked preview",
        ANY,
        |scene, _| {
            scene
                .option
                .state
                .preview
                .blocked
                .push("a right is missing".to_owned());
        },
        Refusal::Blocked { .. }
    ),
    forgery!(
        "a plan that writes nothing",
        ANY,
        |scene, _| {
            scene.option.steps.clear();
            scene.seal();
        },
        Refusal::Blocked { .. }
    ),
    forgery!(
        "a forbidden plan",
        ANY,
        |scene, _| {
            scene.option.risk = Risk::Forbidden;
            scene.seal();
        },
        Refusal::Forbidden
    ),
    forgery!(
        "a preview with an edited step",
        ANY,
        |scene, noise| {
            scene.option.steps[0].act = patch(i64::try_from(noise % 1000).unwrap() + 5);
        },
        Refusal::StalePreview
    ),
    forgery!(
        "a preview with one step more",
        ANY,
        |scene, _| {
            let more = scene.option.steps[0].clone();
            scene.option.steps.push(more);
        },
        Refusal::StalePreview
    ),
    forgery!(
        "a preview with a lower risk",
        &[Risk::High],
        |scene, _| {
            scene.option.risk = Risk::Low;
        },
        Refusal::StalePreview
    ),
    forgery!(
        "a preview for another cluster",
        ANY,
        |scene, _| {
            scene.option.state.cluster_uid = "22222222-2222-2222-2222-222222222222".to_owned();
        },
        Refusal::StalePreview
    ),
    forgery!(
        "a preview with other differences",
        ANY,
        |scene, _| {
            scene.option.state.preview.difference_hashes = vec!["e".repeat(64)];
        },
        Refusal::StalePreview
    ),
];

fn patch(replicas: i64) -> Act {
    Act::Patch {
        format: dogwatch_model::plan::PatchFormat::Merge,
        subresource: Some("scale".to_owned()),
        patch: json!({"spec": {"replicas": replicas}}),
    }
}

fn provide(step: &mut Step) {
    step.act = Act::Provider {
        provider: "node-pools".to_owned(),
        operation: "resize_node_pool".to_owned(),
        resource: "p-1".to_owned(),
        parameters: [("nodes".to_owned(), json!(3))].into(),
    };
}
