//! Two clusters in one recording: a management cluster and one of its workload clusters, each in a
//! folder of its own, and a file that names them.

use std::path::Path;

use dogwatch_model::LedgerEntry;
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::{
    Bundle, BundleError,
    capture::SCHEMA_VERSION,
    catalog::Catalog,
    files::{self, Content, Entry, Visitor},
};

/// The file that tells a recording of two clusters from one of a single one.
pub(super) const PAIR_FILE: &str = "dogwatch/clusters.json";

/// The folder of the management cluster.
pub(super) const MANAGEMENT: &str = "management/";

/// The folder of the workload cluster.
pub(super) const WORKLOAD: &str = "workload/";

/// What is known of two clusters beside what each of them holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairFacts {
    /// Namespace of the Cluster in the management cluster.
    pub namespace: String,
    /// Name of the Cluster.
    pub name: String,
    /// Reads that were made to get to the workload cluster.
    #[serde(default)]
    pub entries: Vec<LedgerEntry>,
    /// How far the clock of the management cluster was ahead of the one of the workload cluster, where
    /// that mattered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub management_ahead: Option<SignedDuration>,
}

/// What stands in the file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PairFile {
    pub(super) schema_version: u32,
    #[serde(flatten)]
    pub(super) facts: PairFacts,
}

/// Two clusters that were recorded together.
#[derive(Debug)]
pub struct Pair {
    /// Which ones.
    pub facts: PairFacts,
    /// The management cluster.
    pub management: Bundle,
    /// The workload cluster; `None` when it could not be reached.
    pub workload: Option<Bundle>,
}

/// A recording of one cluster or of two.
#[derive(Debug)]
pub enum Recording {
    /// One.
    One(Box<Bundle>),
    /// A management cluster and one of its workload clusters.
    Two(Box<Pair>),
}

impl Recording {
    /// Reads a recording: a folder, a `.tar`, a `.tar.gz`, or one JSON or YAML file.
    ///
    /// # Errors
    /// When there is none, when it is damaged or hostile, or when it holds no Kubernetes object.
    pub fn open(path: &Path) -> Result<Self, BundleError> {
        Self::sorted(path, &|visitor| files::read(path, visitor))
    }

    /// Sorts the files that somebody hands on, perhaps twice.
    pub(super) fn sorted(
        path: &Path,
        read: &dyn Fn(&mut dyn Visitor) -> Result<(), BundleError>,
    ) -> Result<Self, BundleError> {
        let mut sorter = Sorter::default();
        read(&mut sorter)?;
        if sorter.is_late {
            // Whoever packed it anew put other files before the one that says where they belong.
            sorter = Sorter {
                root: sorter.root,
                file: sorter.file,
                ..Sorter::default()
            };
            read(&mut sorter)?;
        }
        if sorter.root.is_none() {
            return Ok(Self::One(Box::new(Bundle::of(path, sorter.plain)?)));
        }
        Ok(Self::Two(Box::new(sorter.pair(path)?)))
    }

    /// The one cluster, or of two the workload cluster.
    ///
    /// # Errors
    /// When the workload cluster was not reached when both were recorded.
    pub fn into_workload(self, path: &Path) -> Result<Bundle, BundleError> {
        match self {
            Self::One(bundle) => Ok(*bundle),
            Self::Two(pair) => pair.workload.ok_or_else(|| BundleError::NoWorkload {
                path: path.to_owned(),
            }),
        }
    }
}

/// Hands each file to the cluster in whose folder it lies.
#[derive(Debug, Default)]
struct Sorter {
    /// What stands before the folders of both clusters; `None` as long as it is one cluster.
    root: Option<String>,
    /// The file that names both.
    file: Vec<u8>,
    /// Files came before it.
    is_late: bool,
    is_begun: bool,
    /// There is more than one such file.
    is_ambiguous: bool,
    plain: Catalog,
    management: Catalog,
    /// `None` as long as no file is of the workload cluster.
    workload: Option<Catalog>,
}

impl Visitor for Sorter {
    fn wants(&self, path: &str) -> bool {
        match (&self.root, root_of(path)) {
            (_, Some(_)) => true,
            (None, None) => self.plain.wants(path),
            (Some(root), None) => {
                let place = place(root, path);
                place.is_some_and(|(_, path)| self.plain.wants(path))
            }
        }
    }

    fn take(&mut self, entry: Entry) {
        if let (Some(root), Content::Bytes(bytes)) = (root_of(&entry.path), &entry.content) {
            if let Some(known) = &self.root {
                self.is_ambiguous |= known != root;
            } else {
                self.is_late = self.is_begun;
                self.root = Some(root.to_owned());
                self.file.clone_from(bytes);
            }
            return;
        }
        self.is_begun = true;
        let Some(root) = &self.root else {
            return self.plain.take(entry);
        };
        let Some((half, path)) = place(root, &entry.path) else {
            return;
        };
        let content = match entry.content {
            Content::LinkTo(target) => match place(root, &target) {
                Some((same, target)) if same == half => Content::LinkTo(target.to_owned()),
                _ => return,
            },
            bytes @ Content::Bytes(_) => bytes,
        };
        let entry = Entry {
            path: path.to_owned(),
            content,
            modified: entry.modified,
        };
        if half == WORKLOAD {
            self.workload.get_or_insert_default().take(entry);
        } else {
            self.management.take(entry);
        }
    }
}

impl Sorter {
    fn pair(self, path: &Path) -> Result<Pair, BundleError> {
        let damaged = |why: &str| BundleError::Damaged {
            path: path.to_owned(),
            reason: format!("{PAIR_FILE}: {why}"),
        };
        if self.is_ambiguous {
            return Err(damaged("there is more than one"));
        }
        let file: PairFile =
            serde_json::from_slice(&self.file).map_err(|error| damaged(&error.to_string()))?;
        if file.schema_version > SCHEMA_VERSION {
            return Err(BundleError::NewerCapture {
                path: path.to_owned(),
                version: file.schema_version,
            });
        }
        let mut management = Bundle::of(path, self.management)?;
        let workload = self.workload.map(|catalog| Bundle::of(path, catalog));
        let mut workload = workload.transpose()?;
        if let (Some(ahead), Some(workload)) = (file.facts.management_ahead, &mut workload) {
            management.ahead = Some(ahead);
            workload.ahead = Some(SignedDuration::ZERO);
        }
        Ok(Pair {
            facts: file.facts,
            management,
            workload,
        })
    }
}

/// What stands before the name of the file that names both clusters, which lies at the top or one
/// folder below; `None` for every other file.
fn root_of(path: &str) -> Option<&str> {
    let root = path.strip_suffix(PAIR_FILE)?;
    let is_top = root.is_empty() || root.ends_with('/') && root.matches('/').count() == 1;
    is_top.then_some(root)
}

/// The cluster whose file it is, and its name there.
fn place<'p>(root: &str, path: &'p str) -> Option<(&'static str, &'p str)> {
    let within = path.strip_prefix(root)?;
    [MANAGEMENT, WORKLOAD]
        .into_iter()
        .find_map(|half| Some((half, within.strip_prefix(half)?)))
}
