#![doc = include_str!("fix_service_port.md")]

use dogwatch_model::{
    plan::{
        Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Step, Target,
    },
    snapshot::{Pod, ServicePort},
};
use serde_json::{Value, json};

use super::{Ground, Remedy, RemedyMeta, fix_service_selector::service, sketch};

/// A target port that the Pods listen on.
#[derive(Debug)]
pub(crate) struct FixServicePort;

static META: RemedyMeta = RemedyMeta {
    id: "fix-service-port",
    does: "Changes the target port of a Service to one that its Pods declare.",
    risk: Risk::Medium,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for FixServicePort {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("fix_service_port.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::FixServicePort {
            service: target,
            port,
            target_port,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let known = service(ground, target)?;
        let mut ports = known.spec.ports.iter().filter(|known| known.port == *port);
        let (Some(known), None) = (ports.next(), ports.next()) else {
            let because = format!("{target} has not exactly one port {port}");
            return Err(PlanRefusal::NotSupported { because });
        };
        let now = now(known);
        if now == *target_port {
            let because = format!("port {port} of {target} leads to {now} already");
            return Err(PlanRefusal::NothingToDo { because });
        }
        check_declared(ground, target, target_port)?;
        let title = format!("lead port {port} of {target} to {target_port} instead of {now}");
        let scenario = "The Pods are Ready and do not listen where the Service leads.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft.steps.push(step(target, *port, target_port));
        draft.rollback.push(step(target, *port, &now));
        draft.observed.push(sketch::relies_on(
            target,
            &["/spec/ports", "/spec/selector"],
        ));
        draft.impact.expected_seconds = 30;
        draft.verification.push(Expectation::NotFound {
            mode: "service-targetport-mismatch".to_owned(),
            object: target.clone(),
        });
        Ok(draft)
    }
}

/// Where the port leads now: to its own number when nothing is said.
fn now(port: &ServicePort) -> String {
    port.target_port
        .as_ref()
        .map_or_else(|| port.port.to_string(), ToString::to_string)
}

/// Every Pod behind the Service must declare the port.
fn check_declared(
    ground: &Ground<'_>,
    target: &Target,
    target_port: &str,
) -> Result<(), PlanRefusal> {
    let backend = ground.view.backends.get(&target.namespace, &target.name);
    let pods = backend.map(|backend| &*backend.pods).unwrap_or_default();
    let declares = |pod: &&Pod| {
        let mut ports = pod
            .spec
            .containers
            .iter()
            .flat_map(|container| container.ports.iter());
        ports
            .any(|port| port.name == *target_port || port.container_port.to_string() == target_port)
    };
    if pods.is_empty() || !pods.iter().all(declares) {
        let because = format!("not every Pod behind {target} declares port {target_port}");
        return Err(PlanRefusal::NotSupported { because });
    }
    Ok(())
}

fn step(target: &Target, port: i64, target_port: &str) -> Step {
    let value = target_port
        .parse::<i64>()
        .map_or_else(|_| json!(target_port), Value::from);
    sketch::change(
        format!("lead port {port} of {target} to {target_port}"),
        target,
        json!({"spec": {"ports": [{"port": port, "targetPort": value}]}}),
        (Fact::as_read("/spec/ports"), Fact::as_read("/spec/ports")),
    )
}
