//! The text files of the repository.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

/// A text file and its content.
#[derive(Debug, Clone)]
pub(crate) struct TextFile {
    /// The path from the root of the repository, with forward slashes.
    pub(crate) path: String,
    /// The content.
    pub(crate) text: String,
}

const SKIPPED: [&str; 2] = ["target", ".git"];

/// The files below `root` whose name ends with one of `endings`, sorted by path.
pub(crate) fn text_files(root: &Path, endings: &[&str]) -> Result<Vec<TextFile>> {
    let mut files = Vec::new();
    visit(root, root, endings, &mut files)?;
    files.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(files)
}

fn visit(root: &Path, folder: &Path, endings: &[&str], files: &mut Vec<TextFile>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("read {}", folder.display()))?;
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let kind = entry
            .file_type()
            .with_context(|| format!("look at {}", path.display()))?;
        if kind.is_dir() {
            if !SKIPPED.contains(&name.as_ref()) {
                visit(root, &path, endings, files)?;
            }
        } else if kind.is_file() && endings.iter().any(|ending| name.ends_with(ending)) {
            files.push(read(root, &path)?);
        }
    }
    Ok(())
}

fn read(root: &Path, path: &Path) -> Result<TextFile> {
    let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
    let inside = path
        .strip_prefix(root)
        .context("the walk stays below the root")?;
    let path = inside.to_string_lossy().replace('\\', "/");
    Ok(TextFile { path, text })
}

impl TextFile {
    /// The file name without its folders.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// True for files that hold only tests or benches.
    pub(crate) fn is_test(&self) -> bool {
        let folders = ["/tests/", "/benches/"];
        folders.iter().any(|folder| self.path.contains(folder)) || self.name() == "tests.rs"
    }

    /// The lines before the test module at the end of the file.
    pub(crate) fn production_lines(&self) -> impl Iterator<Item = &str> {
        self.text
            .lines()
            .take_while(|line| !line.starts_with("#[cfg(test)]"))
    }
}
