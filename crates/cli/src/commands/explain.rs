//! `dogwatch explain ID`: the page of a check or of a remedy.

use dogwatch_engine::remedies::REMEDIES;

use crate::{
    args::Explain,
    exit::{CliError, Exit},
    render,
};

pub(super) fn run(args: &Explain) -> Result<Exit, CliError> {
    let Some(id) = &args.check else {
        let ids: Vec<String> = dogwatch_engine::checks()
            .iter()
            .map(|check| {
                let meta = check.meta();
                let line = meta.casebook.lines().nth(2).unwrap_or_default();
                format!("{:<44} {line}\n", meta.id.as_str())
            })
            .collect();
        render::print(&ids.concat());
        let remedies = REMEDIES.iter().map(|remedy| remedy.meta());
        let remedies: Vec<String> = remedies
            .map(|meta| format!("{:<44} {}\n", meta.id, meta.does))
            .collect();
        render::print(&format!("\nremedies:\n{}", remedies.concat()));
        return Ok(Exit::Ok);
    };
    // The cases are for those who change the check; the rest is for those who are woken by it.
    let page = page(id).ok_or_else(|| {
        CliError::usage(format!(
            "\"{id}\" is no check and no remedy; `dogwatch explain` lists all of them"
        ))
    })?;
    let page = page.split("\n## Cases").next().unwrap_or(page);
    render::print(&format!("{}\n", page.trim_end()));
    Ok(Exit::Ok)
}

fn page(id: &str) -> Option<&'static str> {
    let check = dogwatch_engine::explain_check(id).map(|check| check.meta().casebook);
    let remedy = || {
        let mut known = REMEDIES.iter();
        known
            .find(|remedy| remedy.meta().id == id)
            .map(|remedy| remedy.casebook())
    };
    check.or_else(remedy)
}
