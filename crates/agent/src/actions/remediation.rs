//! The actions that change something: without `confirm` a preview, with it the execution of what was
//! previewed and approved, else the preview again.

mod answer;
mod forbidden;
mod locate;
mod wanted;

use dogwatch_model::ports::PortFuture;
use jiff::SignedDuration;
use schemars::{Schema, schema_for};
use serde_json::{Map, Value};

use super::{Action, ActionMeta, CallError, Context, Desk, Effect, Parameters, contract};
use crate::{
    collect::Silent,
    recovery::{Asked, Confirmed, Recovery, RecoveryError, Settings, Windows},
};
pub(super) use forbidden::DeleteCluster;
use wanted::{Patience, Wanted};

/// An action that changes something.
#[derive(Debug)]
pub(super) struct Remediation {
    meta: ActionMeta,
    /// `R2` changes running state, `R3` destroys.
    class: &'static str,
    parameters: fn() -> Schema,
    read: fn(Parameters, &'static ActionMeta) -> Result<Wanted, CallError>,
    /// Rolls back only what a rollback heals.
    is_automatic: bool,
}

const fn meta(
    name: &'static str,
    summary: &'static str,
    required: &'static [&'static str],
) -> ActionMeta {
    ActionMeta {
        name,
        summary,
        required,
        effect: Effect::Writes,
    }
}

macro_rules! remediation {
    ($(#[$doc:meta] $name:ident $class:literal $automatic:literal $request:ident $public:literal $summary:literal [$($required:literal),*];)*) => {
        $(
            #[$doc]
            pub(super) static $name: Remediation = Remediation {
                meta: meta($public, $summary, &[$($required),*]),
                class: $class,
                parameters: || schema_for!(wanted::$request),
                read: wanted::$request::read,
                is_automatic: $automatic,
            };
        )*
    };
}

remediation! {
    /// Rolls a workload back when that heals its root cause.
    AUTO "R2" true Auto "huawei_auto_remediation_run" "Rolls a Deployment back when its root cause is one that a rollback heals." ["namespace"];
    /// Cordons a Node.
    CORDON "R2" false Cordon "huawei_cce_node_cordon" "Keeps new Pods away from a node." ["node_name"];
    /// Drains a Node.
    DRAIN "R3" false Drain "huawei_cce_node_drain" "Cordons a node and evicts its Pods; budgets hold." ["node_name"];
    /// Uncordons a Node.
    UNCORDON "R2" false Uncordon "huawei_cce_node_uncordon" "Lets new Pods onto a node again." ["node_name"];
    /// Changes an autoscaler, or makes one.
    HPA "R2" false Hpa "huawei_configure_cce_hpa" "Changes the HorizontalPodAutoscaler of a workload, or makes it one." ["workload_name", "namespace", "min_replicas", "max_replicas"];
    /// Deletes a workload.
    DELETE "R3" false Delete "huawei_delete_cce_workload" "Deletes a workload with its Pods; claims stay." ["workload_type", "name", "namespace"];
    /// Resizes a node pool.
    POOL "R2" false Pool "huawei_resize_cce_nodepool" "Sets the number of nodes of a pool." ["nodepool_id", "node_count"];
    /// Makes a node pool.
    NEW_POOL "R2" false NewPool "huawei_create_cce_nodepool" "Makes a node pool of a flavor." ["nodepool_name", "flavor", "availability_zone", "root_volume_size", "root_volume_type"];
    /// Gives a node pool back.
    POOL_GONE "R3" false PoolGone "huawei_delete_cce_nodepool" "Gives a pool of drained nodes back." ["nodepool_id"];
    /// Gives the machine of a node back.
    NODE_GONE "R3" false NodeGone "huawei_delete_cce_node" "Takes a drained node out of the cluster and gives its machine back." ["node_id"];
    /// Starts a machine anew.
    REBOOT "R3" false Reboot "huawei_reboot_ecs" "Starts the machine of a node anew." ["instance_id"];
    /// Starts a machine.
    START "R2" false Start "huawei_start_ecs_instance" "Starts the machine of a node." ["instance_id"];
    /// Shuts a machine down.
    STOP "R2" false Stop "huawei_stop_ecs_instance" "Shuts the machine of a drained node down." ["instance_id"];
    /// Puts a cluster to sleep.
    HIBERNATE "R3" false Hibernate "huawei_hibernate_cce_cluster" "Stops the whole cluster." [];
    /// Wakes a cluster.
    AWAKE "R3" false Awake "huawei_awake_cce_cluster" "Starts a cluster that was stopped." [];
    /// Gives the API server a public address.
    BIND "R2" false Bind "huawei_bind_cce_cluster_eip" "Gives the API server a public address." ["eip_id"];
    /// Takes a public address away.
    UNBIND "R2" false Unbind "huawei_unbind_cce_cluster_eip" "Takes the public address of the API server away." ["eip_id"];
    /// Marks a weakness.
    WEAKNESS "R3" false Weakness "huawei_hss_change_vul_status" "Gives a weakness that the scanner found another status." ["vul_id", "status"];
    /// Changes requests and limits.
    RESIZE "R2" false Resize "huawei_resize_cce_workload" "Changes requests and limits of a workload's container." ["workload_type", "name", "namespace"];
    /// Rolls back.
    ROLLBACK "R2" false Rollback "huawei_rollback_cce_workload" "Gives a Deployment the template of an earlier revision." ["namespace", "workload_type", "name"];
    /// Scales.
    SCALE "R2" false Scale "huawei_scale_cce_workload" "Sets the number of replicas of a workload." ["workload_type", "name", "namespace", "replicas"];
}

impl Action for Remediation {
    fn meta(&self) -> &'static ActionMeta {
        // Every value of this type is one of the statics above.
        let all = [
            &AUTO, &AWAKE, &BIND, &CORDON, &DELETE, &DRAIN, &HIBERNATE, &HPA, &NEW_POOL,
            &NODE_GONE, &POOL, &POOL_GONE, &REBOOT, &RESIZE, &ROLLBACK, &SCALE, &START, &STOP,
            &UNBIND, &UNCORDON, &WEAKNESS,
        ];
        let own = all
            .into_iter()
            .find(|known| known.meta.name == self.meta.name);
        &own.expect("the list above is complete").meta
    }

    /// A machine has an id of its own in its region, whatever cluster it belongs to.
    fn place(&self) -> &'static [&'static str] {
        if self.meta.required == ["instance_id"] {
            &["region"]
        } else {
            &["region", "cluster_id"]
        }
    }

    fn parameters(&self) -> Schema {
        (self.parameters)()
    }

    fn result(&self) -> Schema {
        schema_for!(contract::Remediation)
    }

    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        parameters: Parameters,
    ) -> PortFuture<'a, Result<Map<String, Value>, CallError>> {
        Box::pin(async move {
            let mut wanted = (self.read)(parameters, self.meta())?;
            let Some(desk) = &context.desk else {
                return Ok(answer::impossible(
                    self.meta.name,
                    "a recording cannot be changed: this action needs a cluster",
                ));
            };
            Ok(match Box::pin(self.carry_out(desk, &mut wanted)).await {
                Ok(confirmed) => answer::of(self.meta.name, self.class, &wanted, &confirmed),
                Err(error) => answer::refused(self.meta.name, &error),
            })
        })
    }
}

impl Remediation {
    async fn carry_out(
        &self,
        desk: &Desk<'_>,
        wanted: &mut Wanted,
    ) -> Result<Confirmed, RecoveryError> {
        locate::locate(desk.recovery, wanted).await?;
        locate::log_in(&mut wanted.request, desk)?;
        if self.is_automatic {
            desk.recovery.ensure_rollback_heals(&wanted.target).await?;
        }
        let asked = Asked {
            target: &wanted.target,
            alerts: &[],
            request: Some(wanted.request.clone()),
            requester: Some(desk.caller.clone()),
        };
        if !wanted.is_confirmed {
            let mut created = desk.recovery.create(&asked, &Silent).await?;
            let made = created.plans.pop();
            let made = made.ok_or_else(|| RecoveryError::NotNow("no plan was made".to_owned()))?;
            return Ok(Confirmed::Preview {
                made,
                reason: "confirmation_required",
            });
        }
        let Some(hands) = desk.hands else {
            return Err(RecoveryError::NotNow(
                "remediation is not enabled: set remediation.enabled in the configuration"
                    .to_owned(),
            ));
        };
        let by = desk.by_flag.clone();
        let settings = Settings {
            windows: patient(desk.recovery.settings.windows, wanted.patience),
            ..desk.recovery.settings.clone()
        };
        let recovery = Recovery {
            settings: &settings,
            alarms: desk.recovery.alarms.clone(),
            ..*desk.recovery
        };
        recovery.confirm(&asked, hands, by, &Silent).await
    }
}

/// The operator's times, with more patience where a call asks for it: what has to hold for some time
/// cannot be seen in less.
fn patient(windows: Windows, patience: Patience) -> Windows {
    let seconds = |seconds: u32| SignedDuration::from_secs(seconds.into());
    let least = windows.settle + windows.hold;
    Windows {
        give_up: patience
            .wait
            .map_or(windows.give_up, |wait| seconds(wait).max(least)),
        look_every: patience
            .interval
            .map_or(windows.look_every, |interval| seconds(interval.max(1))),
        ..windows
    }
}
