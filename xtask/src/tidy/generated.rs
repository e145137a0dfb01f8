//! Generated pages are up to date.

use std::path::Path;

use anyhow::Result;

use crate::docs;

/// One sentence for every generated page that differs from what would be written now.
pub(crate) fn complaints(root: &Path) -> Result<Vec<String>> {
    let stale = docs::stale(root)?;
    Ok(stale
        .into_iter()
        .map(|path| format!("{path}: run `cargo xtask docs`"))
        .collect())
}
