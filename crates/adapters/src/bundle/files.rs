//! Opens a recording and hands on its files, without ever unpacking one to disk.

use std::{
    fs::{self, File},
    io::{self, BufReader, Read, Seek as _},
    path::Path,
};

use jiff::Timestamp;

use super::{
    BundleError, archive,
    limits::{MAX_DEPTH, MAX_ENTRY_BYTES, Spent},
};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
const TAR_MAGIC_AT: usize = 257;
const TAR_MAGIC: &[u8] = b"ustar";

/// What stands under one name.
#[derive(Debug)]
pub(crate) enum Content {
    /// The bytes of a file.
    Bytes(Vec<u8>),
    /// A link to another name of the same recording.
    LinkTo(String),
}

/// One file of a recording.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its name, relative, with `/` between the parts, without `.` and `..`.
    pub(crate) path: String,
    pub(crate) content: Content,
    /// When it was last changed, if that is told.
    pub(crate) modified: Option<Timestamp>,
}

/// Receives the files that are wanted.
pub(crate) trait Visitor {
    /// Whether the content of a file is of interest.
    fn wants(&self, path: &str) -> bool;
    /// Takes one file.
    fn take(&mut self, entry: Entry);
}

/// Reads every file of a folder, an archive, or a single text.
pub(crate) fn read(path: &Path, visitor: &mut dyn Visitor) -> Result<(), BundleError> {
    let about = fs::metadata(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => BundleError::Missing {
            path: path.to_owned(),
        },
        _ => unreadable(path, source),
    })?;
    if about.is_dir() {
        let mut walk = Walk {
            root: path,
            spent: Spent::default(),
            visitor,
        };
        return walk.folder(path, 0);
    }
    let mut file = File::open(path).map_err(|source| unreadable(path, source))?;
    let mut head = [0; TAR_MAGIC_AT + TAR_MAGIC.len()];
    let length = read_head(&mut file, &mut head).map_err(|source| unreadable(path, source))?;
    file.rewind().map_err(|source| unreadable(path, source))?;
    let head = &head[..length];
    if head.starts_with(&GZIP_MAGIC) {
        archive::read_packed(path, file, visitor)
    } else if head.get(TAR_MAGIC_AT..) == Some(TAR_MAGIC) {
        archive::read(path, BufReader::new(file), visitor)
    } else {
        single(path, file, about.len(), visitor)
    }
}

fn unreadable(path: &Path, source: io::Error) -> BundleError {
    BundleError::Unreadable {
        path: path.to_owned(),
        source,
    }
}

fn read_head(file: &mut File, head: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < head.len() {
        match file.read(&mut head[length..])? {
            0 => break,
            more => length += more,
        }
    }
    Ok(length)
}

/// A file that is itself one list or one dump.
fn single(
    path: &Path,
    file: File,
    size: u64,
    visitor: &mut dyn Visitor,
) -> Result<(), BundleError> {
    // A path that was opened as a file has a name; only messages show it.
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    Spent::default().entry(&name, size)?;
    let mut bytes = Vec::new();
    file.take(MAX_ENTRY_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|cause| unreadable(path, cause))?;
    if core::str::from_utf8(&bytes).is_err() || bytes.contains(&0) {
        return Err(BundleError::NotABundle {
            path: path.to_owned(),
        });
    }
    // Whatever it is called, it is read as documents.
    let known = [".json", ".yaml", ".yml"]
        .iter()
        .any(|end| name.ends_with(end));
    let name = if known { name } else { format!("{name}.json") };
    visitor.take(Entry {
        path: name,
        content: Content::Bytes(bytes),
        modified: None,
    });
    Ok(())
}

struct Walk<'a> {
    root: &'a Path,
    spent: Spent,
    visitor: &'a mut dyn Visitor,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path, depth: usize) -> Result<(), BundleError> {
        if depth > MAX_DEPTH {
            return Err(BundleError::TooDeep);
        }
        let failed = |source| unreadable(folder, source);
        let mut paths = Vec::new();
        for entry in fs::read_dir(folder).map_err(failed)? {
            paths.push(entry.map_err(failed)?.path());
        }
        paths.sort_unstable();
        for path in paths {
            self.entry(&path, depth)?;
        }
        Ok(())
    }

    fn entry(&mut self, path: &Path, depth: usize) -> Result<(), BundleError> {
        // `symlink_metadata` does not follow links.
        let about = fs::symlink_metadata(path).map_err(|source| unreadable(path, source))?;
        if about.is_dir() {
            return self.folder(path, depth + 1);
        }
        let name = self.name(path);
        if about.is_symlink() {
            let target = fs::read_link(path).map_err(|source| unreadable(path, source))?;
            let target = link_target(&name, &target.to_string_lossy())?;
            self.spent.entry(&name, 0)?;
            self.visitor.take(Entry {
                path: name,
                content: Content::LinkTo(target),
                modified: None,
            });
        } else if about.is_file() && self.visitor.wants(&name) {
            self.spent.entry(&name, about.len())?;
            let bytes = fs::read(path).map_err(|source| unreadable(path, source))?;
            let modified = about
                .modified()
                .ok()
                .and_then(|time| Timestamp::try_from(time).ok());
            self.visitor.take(Entry {
                path: name,
                content: Content::Bytes(bytes),
                modified,
            });
        } else {
            self.spent.entry(&name, 0)?;
        }
        Ok(())
    }

    fn name(&self, path: &Path) -> String {
        let relative = path.strip_prefix(self.root).unwrap_or(path);
        let parts: Vec<_> = relative
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        parts.join("/")
    }
}

/// The name in parts joined by `/`; `None` for the root itself.
pub(crate) fn safe_name(raw: &Path) -> Result<Option<String>, BundleError> {
    use std::path::Component;
    let unsafe_name = || BundleError::UnsafeName {
        entry: raw.to_string_lossy().into_owned(),
    };
    let mut parts = Vec::new();
    for part in raw.components() {
        match part {
            Component::Normal(part) => parts.push(part.to_string_lossy()),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(unsafe_name());
            }
        }
    }
    Ok((!parts.is_empty()).then(|| parts.join("/")))
}

/// Where a link leads, if that is inside of the recording. Support bundles link the log of one
/// collector to the place of another.
pub(crate) fn link_target(name: &str, target: &str) -> Result<String, BundleError> {
    let outside = || BundleError::UnsafeEntry {
        entry: name.to_owned(),
        what: "a symbolic link that leads outside of the recording",
    };
    if target.starts_with('/') || target.is_empty() {
        return Err(outside());
    }
    let mut parts: Vec<&str> = name.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop().ok_or_else(outside)?;
            }
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}
