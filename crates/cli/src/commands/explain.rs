//! `dogwatch explain CHECK-ID`.

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
        return Ok(Exit::Ok);
    };
    let check = dogwatch_engine::explain_check(id).ok_or_else(|| {
        CliError::usage(format!(
            "\"{id}\" is no check; `dogwatch explain` lists all of them"
        ))
    })?;
    // The cases are for those who change the check; the rest is for those who are woken by it.
    let page = check.meta().casebook;
    let page = page.split("\n## Cases").next().unwrap_or(page);
    render::print(&format!("{}\n", page.trim_end()));
    Ok(Exit::Ok)
}
