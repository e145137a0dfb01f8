#![doc = include_str!("bind_address.md")]

use dogwatch_model::{
    plan::{Draft, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk},
    ports::{AVAILABLE, CloudAct, FREE, PublicAddress, bound_to},
};

use super::{
    Ground, Remedy, RemedyMeta,
    machines::{self, Change},
    sketch,
};

/// Gives the API server a public address, or takes it away.
#[derive(Debug)]
pub(crate) struct BindAddress;

/// Seconds until the provider has done it.
const SECONDS: u32 = 60;

static META: RemedyMeta = RemedyMeta {
    id: "bind-address",
    does: "Gives the API server a public address, or takes it away (unbind-address).",
    risk: Risk::High,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for BindAddress {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("bind_address.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::BindAddress {
            id, address, bound, ..
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let cluster = machines::cluster(ground, id)?;
        if cluster.state != AVAILABLE {
            let because = format!("cluster {id} is {} at the provider", cluster.state);
            return Err(machines::unsupported(because));
        }
        let addresses = &machines::cloud(ground)?.addresses;
        let known = addresses.iter().find(|known| known.id == *address);
        let known = known.ok_or_else(|| {
            machines::unsupported(format!("the provider knows no public address {address}"))
        })?;
        let taken = bound_to(id);
        check(addresses, known, (&taken, *bound))?;
        let forth = Change {
            act: CloudAct::BindAddress,
            id: address,
            from: FREE,
            to: &taken,
        };
        let back = Change {
            act: CloudAct::UnbindAddress,
            id: address,
            from: &taken,
            to: FREE,
        };
        let shown = shown(known);
        let names = (
            format!("bind {shown} to cluster {id}"),
            format!("unbind {shown} from cluster {id}"),
        );
        Ok(if *bound {
            let mut draft = sketch::draft(
                &META,
                request,
                names.0.clone(),
                "The API server has to be reached from outside for a while.",
            );
            note(&mut draft, (&forth, names.0), (&back, names.1));
            let open = "the API server can be reached from everywhere: credentials are all that keeps others out";
            draft.warnings.push(open.to_owned());
            draft
        } else {
            let mut draft = sketch::draft(
                &META,
                request,
                names.1.clone(),
                "The API server is not to be reached from outside any more.",
            );
            note(&mut draft, (&back, names.1), (&forth, names.0));
            let cut = "whoever reaches the API server by this address, dogwatch among them, does not any more";
            draft.warnings.push(cut.to_owned());
            draft
        })
    }
}

fn check(
    addresses: &[PublicAddress],
    known: &PublicAddress,
    (taken, bound): (&str, bool),
) -> Result<(), PlanRefusal> {
    let state = known.state();
    let shown = shown(known);
    let is_so = if bound { state == taken } else { state == FREE };
    if is_so {
        let because = format!("{shown} is {state}");
        return Err(PlanRefusal::NothingToDo { because });
    }
    if state != FREE && state != taken {
        return Err(machines::unsupported(format!("{shown} is {state}")));
    }
    let mut others = addresses.iter();
    let other = others.find(|other| bound && other.state() == taken);
    other.map_or(Ok(()), |other| {
        let other = self::shown(other);
        let because = format!("the cluster has {other} already; unbind it first");
        Err(machines::unsupported(because))
    })
}

fn shown(address: &PublicAddress) -> String {
    if address.ip.is_empty() {
        return format!("public address {}", address.id);
    }
    format!("public address {} ({})", address.ip, address.id)
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
