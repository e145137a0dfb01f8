//! A deletion: the workload is named by kind, Namespace and name, and by nothing that fits several.

use dogwatch_model::{
    ObjectRef,
    plan::{RemedyRequest, Target},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    super::super::{
        ActionMeta, CallError, Parameters,
        flexible::{self, workload_kind},
    },
    Wanted,
};

/// Parameters of the deletion of a workload.
#[derive(Debug, Deserialize, JsonSchema)]
pub(in super::super) struct Delete {
    /// Deployment, StatefulSet or DaemonSet.
    workload_type: String,
    /// Name of the workload.
    name: String,
    /// Its Namespace.
    namespace: String,
    /// Carry it out, when it was previewed and approved.
    #[serde(default, deserialize_with = "flexible::flag")]
    confirm: bool,
}

impl Delete {
    pub(in super::super) fn read(
        parameters: Parameters,
        meta: &'static ActionMeta,
    ) -> Result<Wanted, CallError> {
        let asked: Self = parameters.decode(meta)?;
        let kind = workload_kind(Some(&asked.workload_type), meta)?;
        let target = ObjectRef::named(kind, &asked.namespace, &asked.name);
        let request = RemedyRequest::DeleteWorkload {
            workload: Target::of(&target),
        };
        Ok(Wanted::new(request, target, asked.confirm))
    }
}
