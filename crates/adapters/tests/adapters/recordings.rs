//! Writes small recordings and reads what a bundle makes of them.

use std::{fs, path::Path};

use dogwatch_adapters::bundle::{Bundle, BundleError};
use dogwatch_model::{
    Kind, ReadOutcome,
    ports::{ClusterReader, ListQuery, LogQuery, LogRead},
};
use flate2::{Compression, write::GzEncoder};
use tempfile::TempDir;

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    write_files(folder.path(), files);
    folder
}

pub(crate) fn write_files(root: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// A bundle of a folder with these files.
pub(crate) fn bundle(files: &[(&str, &str)]) -> Bundle {
    Bundle::open(folder(files).path()).unwrap()
}

/// A tar with these entries, as raw as needed: names are not checked.
pub(crate) fn tar(entries: &[(&str, tar::EntryType, &str)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, kind, text) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        header.set_mtime(1_700_000_000);
        // `set_path` would refuse what these tests are about.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        let is_link = kind.is_symlink() || kind.is_hard_link();
        if is_link {
            header.set_link_name(text).unwrap();
        }
        let data = if is_link { &[][..] } else { text.as_bytes() };
        header.set_size(data.len() as u64);
        header.set_cksum();
        archive.append(&header, data).unwrap();
    }
    archive.into_inner().unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    gzip_at(Compression::fast(), bytes)
}

/// Packs as tightly as asked.
pub(crate) fn gzip_at(level: Compression, bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), level);
    std::io::Write::write_all(&mut packed, bytes).unwrap();
    packed.finish().unwrap()
}

/// Opens a file with this name and these bytes.
pub(crate) fn open_file(name: &str, bytes: &[u8]) -> Result<Bundle, BundleError> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    Bundle::open(&path)
}

/// Lists and gives `namespace/name` of what was handed on.
pub(crate) async fn list(
    reader: &impl ClusterReader,
    query: &ListQuery,
) -> (Vec<String>, ReadOutcome) {
    let mut names = Vec::new();
    let mut sink = |json: &[u8]| {
        let object: serde_json::Value = serde_json::from_slice(json).unwrap();
        let part = |key: &str| {
            object["metadata"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        names.push(format!("{}/{}", part("namespace"), part("name")));
        true
    };
    let outcome = reader.list(query, &mut sink).await;
    (names, outcome)
}

pub(crate) async fn names(reader: &impl ClusterReader, kind: Kind) -> Vec<String> {
    let (names, outcome) = list(reader, &ListQuery::all(kind)).await;
    assert!(outcome.is_usable(), "{kind}: {outcome:?}");
    names
}

pub(crate) async fn log(reader: &impl ClusterReader, pod: &str, previous: bool) -> LogRead {
    let query = LogQuery {
        namespace: "shop".to_owned(),
        pod: pod.to_owned(),
        container: "app".to_owned(),
        previous,
        tail_lines: 100,
        limit_bytes: 10_000,
    };
    reader.log(&query).await
}

/// A list of objects, each given as `namespace/name`, without types of their own.
pub(crate) fn list_of(kind: &str, names: &[&str]) -> String {
    let items: Vec<serde_json::Value> = names
        .iter()
        .map(|name| {
            let (namespace, name) = name.split_once('/').unwrap();
            let mut meta = serde_json::json!({"name": name, "uid": format!("u-{name}")});
            if !namespace.is_empty() {
                meta["namespace"] = namespace.into();
            }
            serde_json::json!({"metadata": meta})
        })
        .collect();
    let kind = format!("{kind}List");
    serde_json::json!({"kind": kind, "apiVersion": "v1", "items": items}).to_string()
}
