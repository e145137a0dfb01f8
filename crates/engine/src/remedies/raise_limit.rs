#![doc = include_str!("raise_limit.md")]

use dogwatch_model::{
    plan::{
        Act, Draft, Fact, PatchFormat, PlanOption, PlanRefusal, RemedyRequest, ResourceAmount,
        Reversibility, Risk, Step, Target,
    },
    snapshot::{LimitRange, LimitRangeItem},
    wire::Quantity,
};
use serde_json::{Value, json};

use super::{
    Ground, Remedy, RemedyMeta,
    ground::is_same,
    raising::{self, Raise, escaped},
    sketch,
};
use crate::capacity::{Bound, Rejection};

/// Higher maxima of one type of a LimitRange.
#[derive(Debug)]
pub(crate) struct RaiseLimit;

static META: RemedyMeta = RemedyMeta {
    id: "raise-limit",
    does: "Raises maxima of one type of a LimitRange for a workload whose Pods it keeps away.",
    risk: Risk::High,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for RaiseLimit {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("raise_limit.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::RaiseLimit {
            range: target,
            scope,
            amounts,
            workload,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let range = find(ground, target)?;
        let rollout = ground.rollout(workload)?;
        raising::check_place(target, workload)?;
        let (at, item) = item(range, target, scope)?;
        let raises = raising::raises(target, &item.max, amounts)?;
        let words: Vec<String> = raises.iter().map(Raise::words).collect();
        let title = format!(
            "raise the maximum of {scope} in {target}: {}",
            words.join(", ")
        );
        let scenario = "The Pods are as large as they must be, and the bound is older than they.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let place = Place { target, scope, at };
        draft.steps.push(place.step(&raises, |raise| raise.to));
        draft.rollback.push(place.step(&raises, |raise| raise.now));
        raising::bind(&mut draft, target, &raises, |resource| {
            place.field(resource)
        });
        let lift = |rejection| lifted(rejection, (&range.meta.name, scope), &raises);
        let relief = raising::Relief {
            mode: "limitrange-violation",
            count: raising::refused(ground, rollout),
            lift: &lift,
        };
        raising::relieve(ground, &mut draft, (rollout, workload), &relief)?;
        Ok(draft)
    }
}

fn find<'a>(ground: &Ground<'a>, target: &Target) -> Result<&'a LimitRange, PlanRefusal> {
    let mut all = ground.view.snapshot.limit_ranges.iter();
    all.find(|known| {
        *known.meta.namespace == *target.namespace
            && *known.meta.name == *target.name
            && is_same(&known.meta, target)
    })
    .ok_or_else(|| PlanRefusal::NotThere {
        object: target.to_string(),
    })
}

/// The only limit of a type, with its place in the list.
fn item<'a>(
    range: &'a LimitRange,
    target: &Target,
    scope: &str,
) -> Result<(usize, &'a LimitRangeItem), PlanRefusal> {
    let all = range.spec.limits.iter().enumerate();
    let mut of_scope = all.filter(|(_, item)| *item.kind == *scope);
    let because = match (of_scope.next(), of_scope.next()) {
        (Some(only), None) => return Ok(only),
        (None, _) => format!("{target} has no limit of type {scope}"),
        (Some(_), Some(_)) => {
            format!("{target} has several limits of type {scope}: which one is meant is not clear")
        }
    };
    Err(PlanRefusal::NotSupported { because })
}

/// One limit in the list of a LimitRange.
struct Place<'r> {
    target: &'r Target,
    scope: &'r str,
    at: usize,
}

impl Place<'_> {
    fn field(&self, resource: &str) -> String {
        format!("/spec/limits/{}/max/{}", self.at, escaped(resource))
    }

    /// The list has no keys, so every value is named by its place, and the type there is tested.
    fn step(&self, raises: &[Raise<'_>], to: impl Fn(&Raise<'_>) -> Quantity) -> Step {
        let Self { target, scope, at } = self;
        let kind = format!("/spec/limits/{at}/type");
        let mut operations = vec![json!({"op": "test", "path": kind, "value": scope})];
        operations.extend(raises.iter().map(|raise| {
            let (path, value) = (self.field(raise.resource), to(raise).to_string());
            json!({"op": "replace", "path": path, "value": value})
        }));
        let words = raises
            .iter()
            .map(|raise| format!("{} to {}", raise.resource, to(raise)));
        let words: Vec<String> = words.collect();
        let name = format!(
            "set the maximum of {scope} in {target}: {}",
            words.join(", ")
        );
        let act = Act::Patch {
            format: PatchFormat::Json,
            subresource: None,
            patch: Value::Array(operations),
        };
        let mut step = sketch::step(name, (*target).clone(), act);
        let facts = || {
            let fields = raises.iter().map(|raise| self.field(raise.resource));
            // The API server writes quantities in its own form, so their values are read.
            fields.map(|field| Fact::as_read(&field)).collect()
        };
        step.expected_before = facts();
        step.expected_after = facts();
        step
    }
}

/// What the range says of a Pod with its new maxima; `None` when it is let through.
fn lifted(
    rejection: Rejection,
    (name, kind): (&str, &str),
    raises: &[Raise<'_>],
) -> Option<Rejection> {
    let Rejection::Limit {
        limit_range,
        scope,
        subject,
        resource,
        bound: bound @ Bound::Maximum,
        found: found @ Some(size),
        ..
    } = &rejection
    else {
        return Some(rejection);
    };
    let mut all = raises.iter();
    let own =
        all.find(|raise| *limit_range == *name && *scope == *kind && *resource == *raise.resource);
    let Some(raise) = own else {
        return Some(rejection);
    };
    (*size > raise.to).then(|| Rejection::Limit {
        limit_range: limit_range.clone(),
        scope: scope.clone(),
        subject: subject.clone(),
        resource: resource.clone(),
        bound: *bound,
        limit: raise.to,
        found: *found,
    })
}

/// The range and the type that refuse Pods first, with the maxima that let exactly these through.
pub(crate) fn needed(reasons: &[Rejection]) -> Option<(String, String, Vec<ResourceAmount>)> {
    let mut found: Option<(&str, &str)> = None;
    let mut sizes: Vec<(&str, Quantity)> = Vec::new();
    for rejection in reasons {
        let Rejection::Limit {
            limit_range,
            scope,
            resource,
            bound: Bound::Maximum,
            found: Some(size),
            ..
        } = rejection
        else {
            continue;
        };
        if *found.get_or_insert((limit_range, scope)) != (limit_range, scope) {
            continue;
        }
        // Of several containers the largest decides.
        match sizes.iter_mut().find(|(known, _)| *known == &**resource) {
            Some((_, known)) => *known = (*known).max(*size),
            None => sizes.push((resource, *size)),
        }
    }
    let amounts = sizes.into_iter().map(|(resource, size)| ResourceAmount {
        resource: resource.to_owned(),
        amount: size.to_string(),
    });
    let (range, scope) = found?;
    Some((range.to_owned(), scope.to_owned(), amounts.collect()))
}
