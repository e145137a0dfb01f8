//! `cargo xtask new-check`: the two files of a new check.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use regex::Regex;

use crate::casebook::FOLDER;
use crate::workspace;

/// Which check to begin.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The id: `<domain>/<name>`, in lower case with dashes.
    id: String,
}

/// Writes the code and the casebook from templates and tells the next steps.
pub(crate) fn run(options: &Options) -> Result<()> {
    let check = NewCheck::parse(&options.id)?;
    let folder = workspace::root().join(FOLDER).join(&check.domain);
    ensure!(
        folder.is_dir(),
        "there is no domain {}: a new one needs an ADR",
        check.domain
    );
    let files = [
        (
            format!("{}.rs", check.stem),
            include_str!("new_check/check.rs.txt"),
        ),
        (
            format!("{}.md", check.stem),
            include_str!("new_check/casebook.md.txt"),
        ),
    ];
    for (name, _) in &files {
        ensure!(
            !folder.join(name).exists(),
            "{FOLDER}/{}/{name} exists already",
            check.domain
        );
    }
    for (name, template) in &files {
        write(&folder.join(name), &check.fill(template))?;
        println!("wrote {FOLDER}/{}/{name}", check.domain);
    }
    println!("{}", check.next_steps());
    Ok(())
}

#[derive(Debug)]
struct NewCheck {
    id: String,
    domain: String,
    name: String,
    stem: String,
}

impl NewCheck {
    fn parse(id: &str) -> Result<Self> {
        let form = Regex::new("^([a-z]+)/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)$")?;
        let Some(parts) = form.captures(id) else {
            bail!("{id} is not of the form <domain>/<name>, in lower case with dashes");
        };
        Ok(Self {
            id: id.to_owned(),
            domain: parts[1].to_owned(),
            name: parts[2].to_owned(),
            stem: parts[2].replace('-', "_"),
        })
    }

    fn fill(&self, template: &str) -> String {
        template
            .replace("{id}", &self.id)
            .replace("{stem}", &self.stem)
            .replace("{type}", &pascal_case(&self.name))
            .replace("{domain_type}", &pascal_case(&self.domain))
    }

    fn next_steps(&self) -> String {
        let Self {
            id,
            domain,
            name,
            stem,
        } = self;
        let (kind, sub) = (pascal_case(name), pascal_case(domain));
        format!(
            "
Next, in this order:
1. Fill in the casebook and its four cases: {FOLDER}/{domain}/{stem}.md.
2. Add a row `{kind} \"{name}\" ...` to {sub}Finding in crates/model/src/finding/kinds.rs; the
   compiler lists every match that must say something about it.
3. Register {id}: `pub(super) mod {stem};` in {FOLDER}/{domain}.rs and
   `&{domain}::{stem}::{kind}` in {FOLDER}.rs, sorted.
4. Write `run` until the cases pass: CASEBOOK={id} cargo test -p dogwatch-engine
5. Say what explains it and what it explains: crates/engine/src/causality/rules/.
6. Run `cargo xtask docs` and `cargo xtask tidy`."
        )
    }
}

fn pascal_case(words: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    words.split('-').map(capital).collect()
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_completely() {
        let check = NewCheck::parse("pod/dns-config-limits").expect("the id is sound");
        let code = check.fill(include_str!("new_check/check.rs.txt"));
        assert!(code.contains("struct DnsConfigLimits;"), "{code}");
        assert!(
            code.contains("FindingKind::Pod(PodFinding::DnsConfigLimits)"),
            "{code}"
        );
        assert!(
            code.contains("include_str!(\"dns_config_limits.md\")"),
            "{code}"
        );
        let page = check.fill(include_str!("new_check/casebook.md.txt"));
        assert!(page.starts_with("# pod/dns-config-limits\n"), "{page}");
    }

    #[test]
    fn odd_ids_are_refused() {
        for id in ["pod", "Pod/x", "pod/x_y", "pod/x-", "pod/../x", ""] {
            assert!(NewCheck::parse(id).is_err(), "{id} is accepted");
        }
    }
}
