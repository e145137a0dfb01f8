//! What an autoscaler aims at, and how fast it scales: what is changed, or added to what it goes by.

use dogwatch_model::{
    plan::{Act, Fact, PatchFormat, PlanRefusal, Step, Target, UtilizationAim},
    snapshot::HorizontalPodAutoscaler,
};
use serde_json::{Value, json};

use super::sketch;
use crate::rollout::Rollout;

/// Most that is aimed at, in percent of the requests: above it nothing would ever be scaled.
const MAX_PERCENT: i64 = 500;

/// Changes of one object, forth and back, with the fields that tell.
#[derive(Debug, Default)]
pub(super) struct Changes {
    forth: Vec<Value>,
    back: Vec<Value>,
    before: Vec<Fact>,
    after: Vec<Fact>,
    /// After the way back.
    again: Vec<Fact>,
    /// In words.
    pub(super) words: Vec<String>,
}

impl Changes {
    /// True when nothing changes.
    pub(super) fn are_none(&self) -> bool {
        self.forth.is_empty()
    }

    /// Another number in a field of the spec, which may be stored as its default, by being absent.
    pub(super) fn bound(&mut self, field: &str, stored: Option<i64>, (from, to): (i64, i64)) {
        if from == to {
            return;
        }
        let path = format!("/spec/{field}");
        let set = |value: i64| json!({"op": "add", "path": path, "value": value});
        self.forth.push(set(to));
        self.back.push(set(from));
        let before = stored.map_or_else(|| Fact::absent(&path), |stored| Fact::new(&path, stored));
        self.before.push(before);
        self.after.push(Fact::new(&path, to));
        self.again.push(Fact::new(&path, from));
    }

    /// The step, and the one that leads back.
    pub(super) fn steps(self, name: &str, target: &Target) -> (Step, Step) {
        let mut forth = step(name.to_owned(), target, self.forth);
        forth.expected_before = self.before;
        forth.expected_after.clone_from(&self.after);
        let mut back = step(format!("undo: {name}"), target, self.back);
        back.expected_before = self.after;
        back.expected_after = self.again;
        (forth, back)
    }

    /// How fast an autoscaler scales from now on.
    pub(super) fn pace(
        &mut self,
        known: &HorizontalPodAutoscaler,
        wanted: &str,
    ) -> Result<(), PlanRefusal> {
        let stored = known.spec.behavior.as_deref();
        let wanted = pace(wanted)?;
        if stored == Some(&wanted) {
            return Ok(());
        }
        let path = "/spec/behavior";
        let add = |value: &Value| json!({"op": "add", "path": path, "value": value});
        self.forth.push(add(&wanted));
        let back = stored.map_or_else(|| json!({"op": "remove", "path": path}), add);
        self.back.push(back);
        // The API server completes what is written, so it is read.
        for facts in [&mut self.before, &mut self.after, &mut self.again] {
            facts.push(Fact::as_read(path));
        }
        self.words.push("how fast it scales".to_owned());
        Ok(())
    }

    /// What an autoscaler aims at from now on.
    pub(super) fn aim(
        &mut self,
        known: &HorizontalPodAutoscaler,
        target: &Target,
        aims: &[UtilizationAim],
    ) -> Result<(), PlanRefusal> {
        let mut added = known.spec.metrics.len();
        for aim in aims {
            check(target, aims, aim)?;
            let mut metrics = known.spec.metrics.iter();
            let is_meant = |resource: &str| resource == aim.resource;
            let at = metrics
                .position(|metric| metric.kind == "Resource" && is_meant(&metric.resource.name));
            if let Some(at) = at {
                let now = known.spec.metrics[at].resource.target.average_utilization;
                self.other(target, (at, now), aim)?;
            } else {
                self.more(added, aim);
                added += 1;
            }
        }
        Ok(())
    }

    /// Another share of what it goes by already.
    fn other(
        &mut self,
        target: &Target,
        (at, now): (usize, Option<i64>),
        aim: &UtilizationAim,
    ) -> Result<(), PlanRefusal> {
        let UtilizationAim { resource, percent } = aim;
        let Some(now) = now else {
            let because =
                format!("{target} goes by an amount of {resource}, not by a share of requests");
            return Err(PlanRefusal::NotSupported { because });
        };
        if now == *percent {
            return Ok(());
        }
        let metric = format!("/spec/metrics/{at}/resource");
        let field = format!("{metric}/target/averageUtilization");
        // The list has no keys: what stands at the place is tested.
        let test = json!({"op": "test", "path": format!("{metric}/name"), "value": resource});
        let replace = |value: i64| json!({"op": "replace", "path": field, "value": value});
        self.forth.extend([test.clone(), replace(*percent)]);
        self.back.extend([test, replace(now)]);
        self.before.push(Fact::new(&field, now));
        self.again.push(Fact::new(&field, now));
        self.after.push(Fact::new(&field, *percent));
        self.words
            .push(format!("its aim of {resource} from {now} % to {percent} %"));
        Ok(())
    }

    /// A share that it does not go by yet, at the end of the list.
    fn more(&mut self, at: usize, aim: &UtilizationAim) {
        let UtilizationAim { resource, percent } = aim;
        let place = format!("/spec/metrics/{at}");
        let name = format!("{place}/resource/name");
        let value = metric(aim);
        self.forth
            .push(json!({"op": "add", "path": place, "value": value}));
        // The last one that was added is the first one to go.
        let test = json!({"op": "test", "path": name, "value": resource});
        let remove = json!({"op": "remove", "path": place});
        self.back.splice(0..0, [test, remove]);
        self.before.push(Fact::absent(&name));
        self.again.push(Fact::absent(&name));
        self.after.push(Fact::new(&name, resource.as_str()));
        self.words
            .push(format!("a new aim of {resource}, {percent} %"));
    }
}

/// How fast an autoscaler scales, as its field `spec.behavior` says it.
pub(super) fn pace(text: &str) -> Result<Value, PlanRefusal> {
    // What is no JSON is no behavior either.
    let wanted: Value = serde_json::from_str(text).unwrap_or_default();
    let parts = wanted.as_object().filter(|parts| !parts.is_empty());
    let is_known = |key: &String| matches!(key.as_str(), "scaleUp" | "scaleDown");
    if parts.is_some_and(|parts| parts.keys().all(is_known)) {
        return Ok(wanted);
    }
    let because = "a behavior is an object with scaleUp, scaleDown or both".to_owned();
    Err(PlanRefusal::NotSupported { because })
}

/// An aim as an item of `spec.metrics`.
pub(super) fn metric(aim: &UtilizationAim) -> Value {
    json!({"type": "Resource", "resource": {"name": aim.resource,
        "target": {"type": "Utilization", "averageUtilization": aim.percent}}})
}

/// A share of nothing would keep the autoscaler from scaling at all.
pub(super) fn check_requests(
    aims: &[UtilizationAim],
    rollout: &Rollout<'_>,
) -> Result<(), PlanRefusal> {
    let containers = &rollout.workload.template().spec.containers;
    let lacking = aims.iter().find_map(|aim| {
        let resource = &*aim.resource;
        let mut all = containers.iter();
        let container = all.find(|known| known.resources.requests.get(resource).is_none())?;
        Some((container, resource))
    });
    lacking.map_or(Ok(()), |(container, resource)| {
        let because = format!(
            "container {} has no {resource} request, of which a share could be told",
            container.name
        );
        Err(PlanRefusal::NotSupported { because })
    })
}

/// One aim of several.
pub(super) fn check(
    target: &Target,
    aims: &[UtilizationAim],
    aim: &UtilizationAim,
) -> Result<(), PlanRefusal> {
    let UtilizationAim { resource, percent } = aim;
    let same = aims.iter().filter(|other| other.resource == *resource);
    let because = if !matches!(&**resource, "cpu" | "memory") {
        format!("{target} can aim at a share of cpu or memory, not of {resource}")
    } else if !(1..=MAX_PERCENT).contains(percent) {
        format!("{percent} % is no share to aim at: 1 to {MAX_PERCENT}")
    } else if same.count() > 1 {
        format!("{resource} is named twice")
    } else {
        return Ok(());
    };
    Err(PlanRefusal::NotSupported { because })
}

fn step(name: String, target: &Target, operations: Vec<Value>) -> Step {
    let act = Act::Patch {
        format: PatchFormat::Json,
        subresource: None,
        patch: Value::Array(operations),
    };
    sketch::step(name, target.clone(), act)
}
