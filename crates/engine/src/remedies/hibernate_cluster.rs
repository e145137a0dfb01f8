#![doc = include_str!("hibernate_cluster.md")]

use dogwatch_model::{
    plan::{Draft, Expectation, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk},
    ports::{AVAILABLE, CloudAct, HIBERNATED, ManagedCluster},
};

use super::{
    Ground, Remedy, RemedyMeta,
    machines::{self, Change},
    sketch,
};

/// Stops a whole cluster, or starts it again.
#[derive(Debug)]
pub(crate) struct HibernateCluster;

/// Seconds until it sleeps, or works again.
const SECONDS: u32 = 900;

static META: RemedyMeta = RemedyMeta {
    id: "hibernate-cluster",
    does: "Asks the provider to stop the whole cluster, or to start it again (awake-cluster).",
    risk: Risk::High,
    reversibility: Reversibility::Partial,
    since: "0.1.0",
};

impl Remedy for HibernateCluster {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("hibernate_cluster.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::HibernateCluster { id, hibernated, .. } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let cluster = machines::cluster(ground, id)?;
        let [sleep, wake] = changes(cluster);
        if *hibernated {
            check(cluster, (AVAILABLE, HIBERNATED))?;
            let title = format!("hibernate cluster {}", cluster.id);
            let scenario = "Nobody needs the cluster for some time.";
            let mut draft = sketch::draft(&META, request, title, scenario);
            note(&mut draft, (&sleep.0, sleep.1), (&wake.0, wake.1));
            stops(ground, &mut draft, cluster);
            return Ok(draft);
        }
        check(cluster, (HIBERNATED, AVAILABLE))?;
        let title = format!("awake cluster {}", cluster.id);
        let scenario = "The cluster is needed again.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        note(&mut draft, (&wake.0, wake.1), (&sleep.0, sleep.1));
        let cost = machines::cost("an awake cluster", cluster.price.as_ref());
        draft.impact.cost = Some(cost);
        draft.verification.push(Expectation::NodesReady {
            before: machines::ready_nodes(ground),
            at_least: 1,
        });
        Ok(draft)
    }
}

fn changes(cluster: &ManagedCluster) -> [(Change<'_>, String); 2] {
    let sleep = Change {
        act: CloudAct::HibernateCluster,
        id: &cluster.id,
        from: AVAILABLE,
        to: HIBERNATED,
    };
    let wake = Change {
        act: CloudAct::AwakeCluster,
        id: &cluster.id,
        from: HIBERNATED,
        to: AVAILABLE,
    };
    [
        (sleep, format!("hibernate cluster {}", cluster.id)),
        (wake, format!("awake cluster {}", cluster.id)),
    ]
}

fn check(cluster: &ManagedCluster, (from, to): (&str, &str)) -> Result<(), PlanRefusal> {
    let because = format!(
        "cluster {} is {} at the provider",
        cluster.id, cluster.state
    );
    if cluster.state == to {
        return Err(PlanRefusal::NothingToDo { because });
    }
    if cluster.state != from {
        let because = format!("{because}; wait until it is {from}");
        return Err(machines::unsupported(because));
    }
    Ok(())
}

fn note(
    draft: &mut PlanOption<Draft>,
    (forth, name): (&Change<'_>, String),
    (back, name_back): (&Change<'_>, String),
) {
    machines::note(draft, forth, name);
    let target = draft.steps[0].target.clone();
    draft.rollback.push(back.step(name_back, &target));
    draft.impact.expected_seconds = SECONDS;
}

fn stops(ground: &Ground<'_>, draft: &mut PlanOption<Draft>, cluster: &ManagedCluster) {
    let snapshot = ground.view.snapshot;
    let pods = snapshot
        .pods
        .iter()
        .filter(|pod| !pod.is_finished())
        .count();
    draft.impact.nodes = u32::try_from(snapshot.nodes.len()).unwrap_or(u32::MAX);
    draft.impact.pods_restarted = u32::try_from(pods).unwrap_or(u32::MAX);
    draft.impact.ready_lost_percent = 100;
    let nodes = snapshot.nodes.len();
    let summary = format!("{nodes} Nodes and {pods} Pods stop, and the API server with them");
    draft.impact.summary.push(summary);
    let cost = machines::cost("the cluster that stops", cluster.price.as_ref());
    draft.impact.cost = Some(cost);
    draft.warnings.push(
        "while it sleeps its API server names nobody who could approve its awakening: awake it with the provider's own tools"
            .to_owned(),
    );
    draft
        .warnings
        .push("what Pods keep in emptyDir volumes and in memory is lost".to_owned());
}
