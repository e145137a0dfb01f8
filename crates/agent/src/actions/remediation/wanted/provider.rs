//! What calls want of a provider: machines, the cluster, its address, weaknesses.

use dogwatch_model::{
    Kind, ObjectRef,
    plan::{RemedyRequest, Target},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Wanted, node};
use crate::actions::{ActionMeta, CallError, Parameters, flexible};

/// The cluster as a whole.
pub(super) fn cluster() -> ObjectRef {
    ObjectRef::named(Kind::Namespace, "", "kube-system")
}

/// Parameters of giving the machine of a node back.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in super::super) struct NodeGone {
    /// Id of the node at the provider; a name is not enough.
    node_id: String,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

impl NodeGone {
    pub(in super::super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        Ok(Wanted::new(
            RemedyRequest::DeleteMachine {
                node: Target::of(&node("")),
                machine: asked.node_id,
            },
            node(""),
            asked.confirm,
        ))
    }
}

/// Parameters of a restart of a machine.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in super::super) struct Reboot {
    /// Id of the machine.
    instance_id: String,
    /// `SOFT` through its operating system, `HARD` by its power; `SOFT` when absent.
    #[serde(rename = "reboot_type")]
    kind: Option<String>,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

impl Reboot {
    pub(in super::super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        let kind = asked.kind.unwrap_or_default().to_ascii_uppercase();
        let hard = match &*kind {
            "" | "SOFT" => false,
            "HARD" => true,
            _ => {
                let words = "`reboot_type` is neither SOFT nor HARD";
                return Err(CallError::unusable(meta.name, words));
            }
        };
        Ok(Wanted::new(
            RemedyRequest::RebootMachine {
                node: Target::of(&node("")),
                machine: asked.instance_id,
                hard,
            },
            node(""),
            asked.confirm,
        ))
    }
}

macro_rules! power {
    ($($(#[$doc:meta])* $name:ident $on:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Deserialize, JsonSchema)]
            pub(in super::super) struct $name {
                /// Id of the machine.
                instance_id: String,
                /// Carry it out, when it was previewed and approved.
                #[serde(default, deserialize_with = "flexible::flag")]
                confirm: bool,
            }

            impl $name {
                pub(in super::super) fn read(
                    parameters: Parameters,
                    meta: &'static ActionMeta,
                ) -> Result<Wanted, CallError> {
                    let asked: Self = parameters.decode(meta)?;
                    Ok(Wanted::new(RemedyRequest::StartMachine {
                            node: Target::of(&node("")),
                            machine: asked.instance_id,
                            on: $on,
                        }, node(""), asked.confirm))
                }
            }
        )*
    };
}

power! {
    /// Parameters of starting a machine.
    Start true;
    /// Parameters of shutting a machine down.
    Stop false;
}

macro_rules! of_cluster {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident)? } $id:ident => $request:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Deserialize, JsonSchema)]
            pub(in super::super) struct $name {
                $($(#[$field_doc])* $field: String,)?
                /// Carry it out, when it was previewed and approved.
                #[serde(default, deserialize_with = "flexible::flag")]
                confirm: bool,
            }

            impl $name {
                pub(in super::super) fn read(
                    parameters: Parameters,
                    meta: &'static ActionMeta,
                ) -> Result<Wanted, CallError> {
                    let $id = parameters.common().cluster_id;
                    let asked: Self = parameters.decode(meta)?;
                    $(let $field = asked.$field;)?
                    Ok(Wanted::new($request, cluster(), asked.confirm))
                }
            }
        )*
    };
}

of_cluster! {
    /// Parameters of putting a cluster to sleep.
    Hibernate {} id => RemedyRequest::HibernateCluster {
        cluster: Target::cluster(), id, hibernated: true,
    };
    /// Parameters of waking a cluster.
    Awake {} id => RemedyRequest::HibernateCluster {
        cluster: Target::cluster(), id, hibernated: false,
    };
    /// Parameters of giving the API server a public address.
    Bind {
        /// Id of the address.
        eip_id
    } id => RemedyRequest::BindAddress {
        cluster: Target::cluster(), id, address: eip_id, bound: true,
    };
    /// Parameters of taking a public address away.
    Unbind {
        /// Id of the address.
        eip_id
    } id => RemedyRequest::BindAddress {
        cluster: Target::cluster(), id, address: eip_id, bound: false,
    };
}

/// Parameters of a new status of a weakness.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in super::super) struct Weakness {
    /// Id of the weakness.
    vul_id: String,
    /// The status that it gets, such as `ignored`.
    status: String,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

impl Weakness {
    pub(in super::super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        Ok(Wanted::new(
            RemedyRequest::MarkVulnerability {
                cluster: Target::cluster(),
                vulnerability: asked.vul_id,
                status: asked.status,
            },
            cluster(),
            asked.confirm,
        ))
    }
}
