#![doc = include_str!("expand_volume.md")]

use dogwatch_model::{
    Kind,
    plan::{Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk},
    snapshot::PersistentVolumeClaim,
    wire::Quantity,
};
use serde_json::json;

use super::{Ground, Remedy, RemedyMeta, ground::is_same, sketch};

/// A larger claim.
#[derive(Debug)]
pub(crate) struct ExpandVolume;

/// A larger growth at once is somebody's mistake more often than somebody's need, and this one
/// cannot be taken back.
const MAX_PERCENT: i64 = 300;

static META: RemedyMeta = RemedyMeta {
    id: "expand-volume",
    does: "Raises the requested size of a PersistentVolumeClaim. There is no way back.",
    risk: Risk::Medium,
    reversibility: Reversibility::Irreversible,
    since: "0.1.0",
};

impl Remedy for ExpandVolume {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("expand_volume.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::ExpandVolume {
            claim: target,
            size,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let claim = ground.view.snapshot.claim(&target.namespace, &target.name);
        let claim = claim.filter(|claim| is_same(&claim.meta, target));
        let claim = claim.ok_or_else(|| PlanRefusal::NotThere {
            object: target.to_string(),
        })?;
        let now = check(ground, claim, size)?;
        let title = format!("expand {target} from {now} to {size}");
        let scenario = "The volume is full and its content is needed.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let field = "/spec/resources/requests/storage";
        draft.steps.push(sketch::change(
            format!("request {size} for {target}"),
            target,
            json!({"spec": {"resources": {"requests": {"storage": size}}}}),
            // The API server writes quantities in its own form.
            (Fact::as_read(field), Fact::as_read(field)),
        ));
        draft
            .observed
            .push(sketch::relies_on(target, &["/spec/volumeName", field]));
        draft
            .warnings
            .push("a volume never becomes smaller again".to_owned());
        draft.impact.cost =
            Some("a larger volume costs more; the price is not known here".to_owned());
        draft.impact.expected_seconds = 180;
        draft.verification.push(Expectation::NotFound {
            mode: "volume-expand-failed".to_owned(),
            object: target.clone(),
        });
        draft.verification.push(Expectation::FieldIs {
            object: target.clone(),
            fact: Fact::new("/status/capacity/storage", size.as_str()),
        });
        Ok(draft)
    }
}

/// The size of now; refuses what the class does not allow or what is no growth.
fn check(
    ground: &Ground<'_>,
    claim: &PersistentVolumeClaim,
    size: &str,
) -> Result<Quantity, PlanRefusal> {
    let name = &claim.meta.name;
    let wanted: Quantity = size.parse().map_err(|_| PlanRefusal::NotSupported {
        because: format!("\"{size}\" is no size: write 20Gi"),
    })?;
    let now = claim
        .spec
        .resources
        .requests
        .get("storage")
        .unwrap_or_default();
    if wanted <= now {
        let because = format!("claim {name} requests {now} already, and volumes do not shrink");
        return Err(PlanRefusal::NothingToDo { because });
    }
    if wanted > now.scaled_percent(MAX_PERCENT) {
        let because = format!(
            "{size} is more than {} times the {now} of now",
            MAX_PERCENT / 100
        );
        return Err(PlanRefusal::TooMuch { because });
    }
    if claim.status.phase != "Bound" {
        let because = format!("claim {name} is not bound");
        return Err(PlanRefusal::NotSupported { because });
    }
    let class = claim.spec.storage_class_name.as_deref().unwrap_or_default();
    let classes = &ground.view.snapshot.storage_classes;
    let Some(known) = classes.iter().find(|known| *known.meta.name == *class) else {
        ground.needs(Kind::StorageClass)?;
        let because = format!("StorageClass \"{class}\" of claim {name} is not there");
        return Err(PlanRefusal::NotSupported { because });
    };
    if !known.allow_volume_expansion {
        let because = format!("StorageClass {class} does not allow expansion");
        return Err(PlanRefusal::NotSupported { because });
    }
    Ok(now)
}
