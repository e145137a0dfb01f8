#![doc = include_str!("escalate.md")]

use dogwatch_model::plan::{Draft, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk};

use super::{Ground, Remedy, RemedyMeta, sketch};

/// Nothing is written; a person looks.
#[derive(Debug)]
pub(crate) struct Escalate;

static META: RemedyMeta = RemedyMeta {
    id: "escalate",
    does: "Writes nothing; hands the incident to a person.",
    risk: Risk::Low,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for Escalate {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("escalate.md")
    }

    fn draft(
        &self,
        _ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let title = "do nothing and hand it to a person".to_owned();
        let scenario = "The evidence is not enough, or no other option fits.";
        Ok(sketch::draft(&META, request, title, scenario))
    }
}
