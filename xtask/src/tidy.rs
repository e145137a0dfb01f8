//! `cargo xtask tidy`: the rules of the house that a machine can check.

mod arrows;
mod budgets;
mod casebooks;
mod generated;
mod makers;
mod manifests;
mod sources;
pub(crate) mod tree;

use anyhow::{Result, ensure};

use crate::workspace;

/// Prints every broken rule; fails when there is one.
pub(crate) fn run() -> Result<()> {
    let complaints = complaints()?;
    for complaint in &complaints {
        println!("{complaint}");
    }
    ensure!(
        complaints.is_empty(),
        "{} rules of the house are broken",
        complaints.len()
    );
    println!("tidy: nothing to complain about");
    Ok(())
}

/// One sentence for every broken rule, sorted.
fn complaints() -> Result<Vec<String>> {
    let root = workspace::root();
    let mut all = arrows::complaints(&root)?;
    all.extend(manifests::complaints(&root)?);
    all.extend(sources::complaints(&root)?);
    all.extend(makers::complaints(&root)?);
    all.extend(casebooks::complaints(&root)?);
    all.extend(budgets::complaints(&root)?);
    all.extend(generated::complaints(&root)?);
    all.sort();
    all.dedup();
    Ok(all)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_house_is_tidy() {
        let complaints = super::complaints().expect("the rules can be checked");
        assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
    }
}
