//! Writes a capture: a support bundle in troubleshoot's layout, redacted, with the facts that let
//! Dogwatch answer the same questions again.
//!
//! The same contents give the same bytes: files are sorted and dated with the time of the capture.

use std::{
    fs::{self, OpenOptions},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use dogwatch_model::{Alert, AlertFile, Ledger, ports::LogQuery, redaction::redact};
use flate2::{Compression, GzBuilder, write::GzEncoder};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use tar::{Builder, Header};

use super::{
    capture::{CaptureFile, SCHEMA_VERSION, ServiceRecord},
    contents::Contents,
    layout::{CAPTURE_FILE, CLUSTER_RESOURCES, LogName},
    pair::{PAIR_FILE, PairFile},
};

/// The folder inside of an archive.
const ROOT: &str = "support-bundle";

/// The file by which troubleshoot knows a bundle.
const VERSION_FILE: &str = "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  \
                            versionNumber: dogwatch\n";

/// A capture could not be written. Each message is one sentence.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The file system refused.
    #[error("the capture {} cannot be written", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        #[source]
        source: io::Error,
    },
    /// The folder holds something already.
    #[error("the folder {} is not empty; name a new one, or a .tar.gz file", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The text is no Kubernetes object.
    #[error("the text is no Kubernetes object")]
    NoObject,
    /// More than a capture may hold.
    #[error("the capture grows above 1 GiB; choose a namespace")]
    TooLarge,
    /// The system gave no random numbers.
    #[error("this system gives no random numbers, which hiding values needs")]
    NoRandom,
}

/// When and of what a capture was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureFacts {
    /// The clock of the cluster.
    pub captured_at: Timestamp,
    /// `v1.36.3`; `None` when it is not known.
    pub version: Option<String>,
}

/// Collects objects and logs and writes them at the end.
#[derive(Debug)]
pub struct BundleWriter {
    target: PathBuf,
    contents: Contents,
}

impl BundleWriter {
    /// A capture at this place: an archive if the name ends in `.tar.gz` or `.tgz`, else a folder,
    /// which must be new or empty.
    ///
    /// # Errors
    /// When the place cannot be used.
    pub fn create(target: &Path) -> Result<Self, WriteError> {
        check_target(target)?;
        Ok(Self {
            target: target.to_owned(),
            contents: Contents::new()?,
        })
    }

    /// Adds an object with `kind` and `apiVersion`.
    ///
    /// # Errors
    /// When the text is no Kubernetes object.
    pub fn add_object(&mut self, json: &[u8]) -> Result<(), WriteError> {
        self.contents.add_object(json, None).map(drop)
    }

    /// Adds a log.
    pub fn add_log(&mut self, query: &LogQuery, text: &str) {
        self.contents.add_log(query, text);
    }

    /// Adds the reads that were made, so that what was denied or cut is so again.
    pub fn add_ledger(&mut self, ledger: &Ledger) {
        self.contents.ledger = ledger.clone();
    }

    /// Writes the capture.
    ///
    /// # Errors
    /// When something does not fit or cannot be written; nothing usable is left behind then.
    pub fn finish(self, facts: CaptureFacts) -> Result<(), WriteError> {
        let part = Part {
            folder: "",
            contents: &self.contents,
            facts,
        };
        write(&self.target, &[part], None)
    }
}

/// One cluster of a capture.
#[derive(Debug)]
pub(super) struct Part<'a> {
    /// The folder, with its `/`; empty when it is the only one.
    pub(super) folder: &'a str,
    pub(super) contents: &'a Contents,
    pub(super) facts: CaptureFacts,
}

pub(super) fn check_target(target: &Path) -> Result<(), WriteError> {
    if is_archive(target) || !target.exists() {
        return Ok(());
    }
    let failed = |source| WriteError::Unwritable {
        path: target.to_owned(),
        source,
    };
    match fs::read_dir(target).map_err(failed)?.next() {
        None => Ok(()),
        Some(_) => Err(WriteError::NotEmpty {
            path: target.to_owned(),
        }),
    }
}

fn is_archive(target: &Path) -> bool {
    let name = target
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    [".tar.gz", ".tgz"].iter().any(|end| name.ends_with(end))
}

/// Takes a file of the capture: its name and its bytes.
type Put<'a> = &'a mut dyn FnMut(&str, &[u8]) -> io::Result<()>;

/// Writes everything to its place. What names two clusters comes first, so that a reader knows at once.
pub(super) fn write(
    target: &Path,
    parts: &[Part<'_>],
    pair: Option<&PairFile>,
) -> Result<(), WriteError> {
    for part in parts {
        part.contents.check()?;
    }
    let written = if is_archive(target) {
        write_archive(target, parts, pair)
    } else {
        write_parts(parts, pair, &mut |path, bytes| {
            let path = target.join(path);
            fs::create_dir_all(path.parent().unwrap_or(target))?;
            private_file(&path)?.write_all(bytes)
        })
    };
    written.map_err(|source| WriteError::Unwritable {
        path: target.to_owned(),
        source,
    })
}

fn write_parts(parts: &[Part<'_>], pair: Option<&PairFile>, put: Put<'_>) -> io::Result<()> {
    if let Some(pair) = pair {
        put(PAIR_FILE, &serde_json::to_vec_pretty(pair)?)?;
    }
    for part in parts {
        write_files(part, &mut |path, bytes| {
            put(&format!("{}{path}", part.folder), bytes)
        })?;
    }
    Ok(())
}

/// The archive appears under its name when it is complete.
fn write_archive(target: &Path, parts: &[Part<'_>], pair: Option<&PairFile>) -> io::Result<()> {
    let mut partial = target.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let newest = parts.iter().map(|part| part.facts.captured_at.as_second());
    let date = u64::try_from(newest.max().unwrap_or_default()).unwrap_or_default();
    let packed: GzEncoder<_> = GzBuilder::new().write(
        BufWriter::new(private_file(&partial)?),
        Compression::default(),
    );
    let mut archive = Builder::new(packed);
    let written = write_parts(parts, pair, &mut |path, bytes| {
        let mut header = Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(date);
        archive.append_data(&mut header, format!("{ROOT}/{path}"), bytes)
    });
    let finished = written.and_then(|()| archive.into_inner()?.finish()?.flush());
    if let Err(error) = finished {
        // The error that matters is the first one.
        let _ = fs::remove_file(&partial);
        return Err(error);
    }
    fs::rename(&partial, target)
}

/// A capture is for its owner only.
fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListFile<'a> {
    kind: &'a str,
    api_version: &'a str,
    items: Vec<&'a RawValue>,
}

fn write_files(part: &Part<'_>, put: Put<'_>) -> io::Result<()> {
    let Part {
        contents, facts, ..
    } = part;
    if let Some(version) = &facts.version {
        let json = serde_json::json!({"info": {"gitVersion": version}, "string": version});
        put(
            "cluster-info/cluster_version.json",
            &serde_json::to_vec_pretty(&json)?,
        )?;
    }
    for (file, objects) in &contents.objects {
        let items = objects
            .values()
            .map(|object| serde_json::from_slice(&object.json));
        let list = ListFile {
            kind: &file.list_kind,
            api_version: &file.api_version,
            items: items.collect::<Result<_, _>>()?,
        };
        put(
            &format!("{CLUSTER_RESOURCES}/{}", file.path),
            &serde_json::to_vec(&list)?,
        )?;
    }
    for (name, text) in &contents.logs {
        put(&log_path(name), text.as_bytes())?;
    }
    let mut lists = contents.lists.clone();
    lists.sort_unstable();
    lists.dedup();
    let mut logs = contents.log_reads.clone();
    logs.sort_unstable();
    logs.dedup();
    let capture = CaptureFile {
        schema_version: SCHEMA_VERSION,
        captured_at: Some(facts.captured_at),
        version: facts.version.clone(),
        ledger: contents.ledger.clone(),
        lists,
        logs,
        discovery: contents.discovery.clone(),
        alerts: contents.alerts.iter().map(alert_file).collect(),
        node_services: contents
            .node_services
            .iter()
            .map(ServiceRecord::new)
            .collect(),
        releases: contents.history.releases.clone(),
        audit: contents.history.audit.clone(),
    };
    put(CAPTURE_FILE, &serde_json::to_vec_pretty(&capture)?)?;
    put("version.yaml", VERSION_FILE.as_bytes())
}

fn alert_file(alert: &Alert) -> AlertFile {
    let file = AlertFile::from(alert);
    let description = file.description.map(|text| redact(&text));
    AlertFile {
        description,
        ..file
    }
}

fn log_path(name: &LogName) -> String {
    let LogName {
        namespace,
        pod,
        container,
        previous,
    } = name;
    let previous = if *previous { "-previous" } else { "" };
    format!("{CLUSTER_RESOURCES}/pods/logs/{namespace}/{pod}/{container}{previous}.log")
}
