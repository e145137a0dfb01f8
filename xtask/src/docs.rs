//! `cargo xtask docs`: pages that are generated from the sources.

mod casebooks;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use clap::Args;

use crate::tidy::tree::text_files;
use crate::workspace;

/// How to treat the generated pages.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Writes nothing and fails when a page is out of date.
    #[arg(long)]
    check: bool,
}

/// Makes the pages of one folder: their paths below the folder and their texts.
type Generator = fn(&Path) -> Result<BTreeMap<String, String>>;

/// Each generated folder with its generator; the folder holds nothing else.
const FOLDERS: &[(&str, Generator)] = &[
    ("docs/checks", casebooks::pages),
    ("docs/remedies", casebooks::remedy_pages),
];

/// Writes the pages, or checks them.
pub(crate) fn run(options: &Options) -> Result<()> {
    let root = workspace::root();
    let stale = stale(&root)?;
    if options.check {
        ensure!(
            stale.is_empty(),
            "out of date, run `cargo xtask docs`: {}",
            stale.join(", ")
        );
        println!("docs: every generated page is up to date");
        return Ok(());
    }
    for (folder, generate) in FOLDERS {
        let pages = generate(&root)?;
        for (name, text) in &pages {
            write(&root.join(folder).join(name), text)?;
        }
        for path in existing(&root, folder)?
            .keys()
            .filter(|name| !pages.contains_key(*name))
        {
            let path = root.join(folder).join(path);
            fs::remove_file(&path).with_context(|| format!("remove {}", path.display()))?;
        }
    }
    println!(
        "docs: {} pages were out of date and are written",
        stale.len()
    );
    Ok(())
}

/// The pages that differ from what would be written now, are missing, or have no source any more.
pub(crate) fn stale(root: &Path) -> Result<Vec<String>> {
    let mut stale = Vec::new();
    for (folder, generate) in FOLDERS {
        let pages = generate(root)?;
        let existing = existing(root, folder)?;
        let differs = pages
            .iter()
            .filter(|(name, text)| existing.get(*name) != Some(*text));
        let orphans = existing
            .iter()
            .filter(|(name, _)| !pages.contains_key(*name));
        stale.extend(
            differs
                .chain(orphans)
                .map(|(name, _)| format!("{folder}/{name}")),
        );
    }
    Ok(stale)
}

fn existing(root: &Path, folder: &str) -> Result<BTreeMap<String, String>> {
    let folder = root.join(folder);
    if !folder.is_dir() {
        return Ok(BTreeMap::new());
    }
    let files = text_files(&folder, &[""])?;
    Ok(files
        .into_iter()
        .map(|file| (file.path, file.text))
        .collect())
}

fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().context("a page lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
